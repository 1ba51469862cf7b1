//! Signing in and out.

use super::access::Caller;
use super::client::ClientAddress;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{Me, SessionId, SignIn};
use inhouse_store::{SessionLimits, User};

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
const CLIENT_CHARS: usize = 200;

pub(super) fn me_of(app: &App, user: &User, session: &SessionId) -> AppResult<Me> {
    Ok(Me {
        id: user.id.clone(),
        email: user.email.clone(),
        name: user.name.clone(),
        role: user.role,
        csrf_token: app
            .keys
            .cross_site_token(session)
            .map_err(AppError::internal)?,
    })
}

/// Fails while the account or the address has to wait after wrong tries.
async fn wait_over(app: &App, email: &str, address: &str) -> AppResult<()> {
    let delay_ms = app.store.sign_in_delay_ms(email, address).await?;
    if delay_ms <= 0 {
        return Ok(());
    }
    let retry_after_s = u64::try_from(delay_ms).unwrap_or(0).div_ceil(1000);
    let message = format!("Too many tries. Wait {retry_after_s} seconds and try again.");
    Err(AppError::TooMany {
        retry_after_s,
        message,
    })
}

/// Opens a session for a right e-mail and password; slows down who guesses.
pub(super) async fn sign_in(
    State(app): State<App>,
    address: ClientAddress,
    headers: HeaderMap,
    Body(sign_in): Body<SignIn>,
) -> AppResult<Response> {
    let email = sign_in.email.trim().to_lowercase();
    let address = address.to_string();
    wait_over(&app, &email, &address).await?;
    let known = app.store.password_hash_of(&email).await?;
    let hash = known.as_ref().map(|(_, hash)| hash.clone());
    let fits = app.passwords.verify(&sign_in.password, hash).await;
    // Tries that came at once all passed the first look: those past the limit learn nothing.
    let waited = wait_over(&app, &email, &address).await;
    let user = match known {
        Some((user, _)) if fits && user.disabled_at.is_none() => user,
        _ => {
            app.store.record_sign_in_failure(&email, &address).await?;
            waited?;
            return Err(AppError::WrongCredentials);
        }
    };
    waited?;
    app.store.clear_sign_in_failures(&email).await?;

    let lifetime_ms = app.config.server.session_hours * HOUR_MS;
    let idle_ms = app.config.server.idle_minutes * MINUTE_MS;
    let limits = SessionLimits {
        lifetime_ms,
        idle_ms,
    };
    let client = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let client: String = client
        .unwrap_or("unknown")
        .chars()
        .take(CLIENT_CHARS)
        .collect();
    let session = app.store.open_session(&user.id, &client, limits).await?;
    let now = app.store.now();
    let token = app
        .keys
        .session_token(&user.id, &session, now, now.plus_ms(lifetime_ms))
        .map_err(AppError::internal)?;
    let cookie = app.cookie.set(&token, lifetime_ms / 1000);
    let cookie = cookie.ok_or_else(|| AppError::internal("the token is no header value"))?;
    let me = me_of(&app, &user, &session)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// Ends the caller's session.
pub(super) async fn sign_out(State(app): State<App>, caller: Caller) -> AppResult<Response> {
    app.store
        .end_session(&caller.principal.actor(), &caller.session)
        .await?;
    let cookie = app.cookie.clear();
    let cookie = cookie.ok_or_else(|| AppError::internal("the cookie is no header value"))?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Who is signed in.
pub(super) async fn me(State(app): State<App>, caller: Caller) -> AppResult<Json<Me>> {
    Ok(Json(me_of(&app, &caller.user, &caller.session)?))
}
