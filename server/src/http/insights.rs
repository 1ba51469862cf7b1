//! What is missing, and how the rest went: for the legal team and admins.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use crate::insights;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{
    DecideRequest, DocumentRequest, DocumentRequestId, Insights, NewDocumentRequest,
};
use serde::Deserialize;

const USUAL_DAYS: u32 = 30;

#[derive(Deserialize)]
pub(super) struct Period {
    /// 1 to 366; 30 without it.
    #[serde(default = "usual_days")]
    days: u32,
}

const fn usual_days() -> u32 {
    USUAL_DAYS
}

/// Figures, tables and groups of the last days.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(period): Query<Period>,
) -> AppResult<Json<Insights>> {
    Ok(Json(
        insights::insights(&app, &caller.principal, period.days).await?,
    ))
}

/// The same as a CSV table.
pub(super) async fn export(
    State(app): State<App>,
    caller: Caller,
    Query(period): Query<Period>,
) -> AppResult<Response> {
    let told = insights::insights(&app, &caller.principal, period.days).await?;
    let table = insights::csv(&told).map_err(AppError::internal)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"insights.csv\""),
        ),
    ];
    Ok((headers, table).into_response())
}

/// The documents that somebody asked for.
pub(super) async fn requests(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<DocumentRequest>>> {
    Ok(Json(app.store.document_requests(&caller.principal).await?))
}

/// Asks for a document.
pub(super) async fn request(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewDocumentRequest>,
) -> AppResult<(StatusCode, Json<Vec<DocumentRequest>>)> {
    app.store.request_document(&caller.principal, &new).await?;
    let all = app.store.document_requests(&caller.principal).await?;
    Ok((StatusCode::CREATED, Json(all)))
}

/// Says that the document is there, or that it will not come.
pub(super) async fn decide(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(decided): Body<DecideRequest>,
) -> AppResult<Json<Vec<DocumentRequest>>> {
    let id: DocumentRequestId = id.parse()?;
    app.store
        .decide_document_request(&caller.principal, &id, decided.state)
        .await?;
    Ok(Json(app.store.document_requests(&caller.principal).await?))
}
