//! The asker's own requests: what went to a person, and what came back.

use super::access::Caller;
use crate::app::App;
use crate::error::AppResult;
use axum::Json;
use axum::extract::{Path, State};
use inhouse_protocol::{Escalation, EscalationId, EscalationSummary};

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
    let id: EscalationId = id.parse()?;
    Ok(Json(app.store.my_request(&caller.principal, &id).await?))
}
