//! The review desk of the legal team.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, Query, State};
use inhouse_protocol::{
    Escalation, EscalationId, EscalationState, EscalationSummary, NewReply, SetState,
};
use serde::Deserialize;

const REPLY_CHARS: usize = 20_000;

#[derive(Deserialize)]
pub(super) struct Filter {
    state: Option<EscalationState>,
}

/// The escalations, oldest open first.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<Filter>,
) -> AppResult<Json<Vec<EscalationSummary>>> {
    Ok(Json(
        app.store
            .escalations(&caller.principal, filter.state)
            .await?,
    ))
}

/// One escalation with its passages and how the rules saw it.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    Ok(Json(app.store.escalation(&caller.principal, &id).await?))
}

/// Replies to the asker.
pub(super) async fn reply(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(mut reply): Body<NewReply>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    reply.body = reply.body.trim().to_owned();
    match reply.body.chars().count() {
        0 => return Err(AppError::field("body", "Write a reply first.")),
        n if n > REPLY_CHARS => {
            let message = format!("This reply has {n} characters; the limit is {REPLY_CHARS}.");
            return Err(AppError::field("body", message));
        }
        _ => {}
    }
    if reply.state == EscalationState::Open {
        return Err(AppError::field(
            "state",
            "A reply answers or resolves; it can't reopen.",
        ));
    }
    app.store.reply(&caller.principal, &id, &reply).await?;
    Ok(Json(app.store.escalation(&caller.principal, &id).await?))
}

/// Resolves or reopens.
pub(super) async fn set_state(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(change): Body<SetState>,
) -> AppResult<Json<Escalation>> {
    let id: EscalationId = id.parse()?;
    app.store
        .set_escalation_state(&caller.principal, &id, change.state)
        .await?;
    Ok(Json(app.store.escalation(&caller.principal, &id).await?))
}
