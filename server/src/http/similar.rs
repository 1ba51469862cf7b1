//! What is like an escalation: past cases and approved answers.

use super::access::Caller;
use crate::app::App;
use crate::desk;
use crate::error::AppResult;
use axum::Json;
use axum::extract::{Path, State};
use inhouse_protocol::{EscalationId, Similar};

/// Past cases and approved answers like it, of those that the caller may see.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Similar>> {
    let id: EscalationId = id.parse()?;
    Ok(Json(desk::similar(&app, &caller.principal, &id).await?))
}
