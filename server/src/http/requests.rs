//! The asker's own requests: what went to a person, what came back, and what one does with it.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body, OptionalBody};
use axum::Json;
use axum::extract::{Path, State};
use inhouse_protocol::{
    AddToRequest, Escalation, EscalationId, EscalationSummary, RateRequest, ReopenRequest,
};

const MESSAGE_CHARS: usize = 20_000;
const COMMENT_CHARS: usize = 1_000;

/// The caller's requests, newest first.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<EscalationSummary>>> {
    Ok(Json(app.store.my_requests(&caller.principal).await?))
}

/// One request of the caller's.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Escalation>> {
    shown(&app, &caller, &id.parse()?).await
}

/// Adds a message: the legal team looks at it again.
pub(super) async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(sent): Body<AddToRequest>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    let body = sent.body.trim();
    if body.is_empty() {
        return Err(AppError::field("body", "Write a message first."));
    }
    fits("body", "message", body, MESSAGE_CHARS)?;
    app.store
        .add_to_request(&caller.principal, &id, body)
        .await?;
    shown(&app, &caller, &id).await
}

/// Takes it back: the legal team need not answer any more.
pub(super) async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    app.store.withdraw_request(&caller.principal, &id).await?;
    shown(&app, &caller, &id).await
}

/// Opens it again, with or without a word why.
pub(super) async fn reopen(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    OptionalBody(sent): OptionalBody<ReopenRequest>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    let body = sent.body.trim();
    fits("body", "message", body, MESSAGE_CHARS)?;
    app.store
        .reopen_request(&caller.principal, &id, body)
        .await?;
    shown(&app, &caller, &id).await
}

/// Says how it went.
pub(super) async fn rate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(sent): Body<RateRequest>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    if !(1..=5).contains(&sent.rating) {
        return Err(AppError::field("rating", "A rating is 1 to 5."));
    }
    let comment = sent.comment.trim();
    fits("comment", "comment", comment, COMMENT_CHARS)?;
    app.store
        .rate_request(&caller.principal, &id, sent.rating, comment)
        .await?;
    shown(&app, &caller, &id).await
}

async fn shown(app: &App, caller: &Caller, id: &EscalationId) -> AppResult<Json<Escalation>> {
    Ok(Json(app.store.my_request(&caller.principal, id).await?))
}

fn fits(field: &'static str, what: &str, text: &str, most: usize) -> AppResult<()> {
    let count = text.chars().count();
    if count <= most {
        return Ok(());
    }
    let message = format!("This {what} has {count} characters; the limit is {most}.");
    Err(AppError::field(field, message))
}
