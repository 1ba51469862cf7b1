//! Tokens of one's own programs. Nobody sees another's; a token itself is shown once.

use super::access::Caller;
use crate::app::App;
use crate::auth::bearer;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_protocol::{ApiToken, MadeApiToken, NewApiToken, TokenId};
use inhouse_store::NewToken;

/// One's tokens that were not revoked, newest first.
pub(super) async fn list(State(app): State<App>, caller: Caller) -> AppResult<Json<Vec<ApiToken>>> {
    Ok(Json(app.store.tokens(&caller.user.id).await?))
}

/// Makes a token and shows it.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewApiToken>,
) -> AppResult<(StatusCode, Json<MadeApiToken>)> {
    let token = bearer::fresh().map_err(AppError::internal)?;
    let new = NewToken {
        name: new.name,
        scopes: new.scopes,
        days: new.days,
        hash: bearer::hash(&token),
    };
    let owner = &caller.user.id;
    let info = app
        .store
        .create_token(&caller.principal.actor(), owner, &new)
        .await?;
    Ok((StatusCode::CREATED, Json(MadeApiToken { info, token })))
}

/// Revokes one of one's own tokens.
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: TokenId = id.parse()?;
    app.store
        .revoke_token(&caller.principal.actor(), Some(&caller.user.id), &id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
