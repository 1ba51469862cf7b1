//! Replies that the model drafts for an escalation.

use super::access::Caller;
use crate::app::App;
use crate::desk;
use crate::error::AppResult;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_protocol::{DraftStatus, EscalationId};

/// The draft that waits for a decision, or where it stands.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<DraftStatus>> {
    let id: EscalationId = id.parse()?;
    Ok(Json(desk::draft(&app, &caller.principal, &id).await?))
}

/// Has a draft written in the background, unless one is being written.
pub(super) async fn start(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<(StatusCode, Json<DraftStatus>)> {
    let id: EscalationId = id.parse()?;
    let status = desk::start(&app, &caller.principal, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(status)))
}

/// Rejects the draft, or stops the one that is being written.
pub(super) async fn reject(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: EscalationId = id.parse()?;
    desk::reject(&app, &caller.principal, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
