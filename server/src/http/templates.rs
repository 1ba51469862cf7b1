//! Reply templates, which everybody at the desk shares, and saved views, which are one's own.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_protocol::{DeskView, NewDeskView, ReplyTemplate, TemplateChange, TemplateId, ViewId};

/// The templates, by title.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<ReplyTemplate>>> {
    Ok(Json(app.store.reply_templates(&caller.principal).await?))
}

/// Makes a template.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<TemplateChange>,
) -> AppResult<(StatusCode, Json<ReplyTemplate>)> {
    let id = app
        .store
        .create_reply_template(&caller.principal, &new)
        .await?;
    Ok((StatusCode::CREATED, Json(one(&app, &caller, &id).await?)))
}

/// Changes a template; refused where somebody else changed it meanwhile.
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(change): Body<TemplateChange>,
) -> AppResult<Json<ReplyTemplate>> {
    let id: TemplateId = id.parse()?;
    app.store
        .change_reply_template(&caller.principal, &id, &change)
        .await?;
    Ok(Json(one(&app, &caller, &id).await?))
}

/// Deletes a template. Replies that were written with it stay.
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: TemplateId = id.parse()?;
    app.store
        .delete_reply_template(&caller.principal, &id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller's views, in the order saved.
pub(super) async fn views(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<DeskView>>> {
    Ok(Json(app.store.desk_views(&caller.principal).await?))
}

/// Saves a view for the caller.
pub(super) async fn save_view(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewDeskView>,
) -> AppResult<(StatusCode, Json<DeskView>)> {
    let id = app.store.save_desk_view(&caller.principal, &new).await?;
    let views = app.store.desk_views(&caller.principal).await?;
    let view = views.into_iter().find(|view| view.id == id);
    Ok((StatusCode::CREATED, Json(view.ok_or(AppError::NotFound)?)))
}

/// Deletes a view of the caller's.
pub(super) async fn delete_view(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: ViewId = id.parse()?;
    app.store.delete_desk_view(&caller.principal, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn one(app: &App, caller: &Caller, id: &TemplateId) -> AppResult<ReplyTemplate> {
    let templates = app.store.reply_templates(&caller.principal).await?;
    let mut templates = templates.into_iter();
    let template = templates.find(|template| template.id == *id);
    template.ok_or(AppError::NotFound)
}
