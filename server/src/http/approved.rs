//! Approved answers: what Legal stands by, and what is given without asking a model.

use super::JSON_LIMIT_BYTES;
use super::access::Caller;
use crate::app::App;
use crate::approved::{self, Format};
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{
    ApprovedAnswer, ApprovedAnswerChange, ApprovedAnswerId, ApprovedAnswerSummary, ImportReport,
    SetApprovalState,
};
use serde::Deserialize;

/// The query of an export.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    format: Format,
}

/// The answers that the caller may see, what changed last first.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<ApprovedAnswerSummary>>> {
    Ok(Json(app.store.approved_answers(&caller.principal).await?))
}

/// Keeps a draft.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<ApprovedAnswerChange>,
) -> AppResult<(StatusCode, Json<ApprovedAnswer>)> {
    let id = app
        .store
        .create_approved_answer(&caller.principal, &new)
        .await?;
    let answer = app.store.approved_answer(&caller.principal, &id).await?;
    Ok((StatusCode::CREATED, Json(answer)))
}

/// One answer with everything that it stands on.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<ApprovedAnswer>> {
    let id: ApprovedAnswerId = id.parse()?;
    Ok(Json(
        app.store.approved_answer(&caller.principal, &id).await?,
    ))
}

/// Writes an answer anew; it is a draft then.
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(change): Body<ApprovedAnswerChange>,
) -> AppResult<Json<ApprovedAnswer>> {
    let id: ApprovedAnswerId = id.parse()?;
    app.store
        .change_approved_answer(&caller.principal, &id, &change)
        .await?;
    Ok(Json(
        app.store.approved_answer(&caller.principal, &id).await?,
    ))
}

/// Proposes, approves, retires an answer, or makes it a draft again.
pub(super) async fn set_state(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(set): Body<SetApprovalState>,
) -> AppResult<Json<ApprovedAnswer>> {
    let id: ApprovedAnswerId = id.parse()?;
    let second_person = app.config.approved.second_person;
    app.store
        .set_approval_state(&caller.principal, &id, &set, second_person)
        .await?;
    Ok(Json(
        app.store.approved_answer(&caller.principal, &id).await?,
    ))
}

/// Every answer that the caller may see, as a file.
pub(super) async fn export(
    State(app): State<App>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> AppResult<Response> {
    let answers = app.store.export_approved_answers(&caller.principal).await?;
    let mut file = Vec::new();
    approved::write(&mut file, wanted.format, &answers).map_err(AppError::internal)?;
    let (media_type, disposition) = match wanted.format {
        Format::Jsonl => (
            "application/jsonl; charset=utf-8",
            "attachment; filename=\"approved-answers.jsonl\"",
        ),
        Format::Csv => (
            "text/csv; charset=utf-8",
            "attachment; filename=\"approved-answers.csv\"",
        ),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static(disposition),
        ),
    ];
    Ok((headers, file).into_response())
}

/// Adds what the body holds, JSON Lines or a table, as drafts of the caller.
pub(super) async fn import(
    State(app): State<App>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> AppResult<Json<ImportReport>> {
    let body = body.map_err(|rejection| refused(&rejection))?;
    let text = std::str::from_utf8(&body)
        .map_err(|_| AppError::invalid("The file is not in UTF-8. Save it in that encoding."))?;
    Ok(Json(
        approved::import(&app.store, &caller.principal, text).await?,
    ))
}

fn refused(rejection: &BytesRejection) -> AppError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return AppError::TooLarge {
            limit_bytes: JSON_LIMIT_BYTES as u64,
        };
    }
    let what = rejection.body_text();
    AppError::invalid(format!("The request's body can't be read: {what}."))
}
