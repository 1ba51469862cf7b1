//! The change to another embedding model, for admins.

use super::access::Caller;
use crate::app::App;
use crate::error::AppResult;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use inhouse_protocol::EmbeddingState;

/// Which model answers, and how far the next one is.
pub(super) async fn state(State(app): State<App>, _: Caller) -> AppResult<Json<EmbeddingState>> {
    Ok(Json(app.store.embedding_state().await?))
}

/// Stops embedding by the model on its way; what is done stays.
pub(super) async fn pause(State(app): State<App>, caller: Caller) -> AppResult<StatusCode> {
    set_paused(&app, &caller, true).await
}

/// Goes on with it.
pub(super) async fn resume(State(app): State<App>, caller: Caller) -> AppResult<StatusCode> {
    set_paused(&app, &caller, false).await
}

async fn set_paused(app: &App, caller: &Caller, paused: bool) -> AppResult<StatusCode> {
    let actor = caller.principal.actor();
    app.store.pause_embedding(&actor, paused).await?;
    Ok(StatusCode::NO_CONTENT)
}
