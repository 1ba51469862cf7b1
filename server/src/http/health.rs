//! Whether the process lives, and whether it can work.

use crate::app::App;
use crate::error::{AppError, AppResult};
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// The process answers.
pub(super) async fn live() -> Json<Value> {
    Json(json!({"status": "live"}))
}

/// The database answers and its migrations are applied.
pub(super) async fn ready(State(app): State<App>) -> AppResult<Json<Value>> {
    match app.store.pending_migrations().await {
        Ok(0) => Ok(Json(json!({"status": "ready"}))),
        Ok(_) => Err(AppError::Unavailable("migrations are pending".into())),
        Err(error) => Err(AppError::Unavailable(error.to_string())),
    }
}
