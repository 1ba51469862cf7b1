//! One's own account: sessions, the second factor, the notice of the AI system, how to be answered.

use super::access::Caller;
use super::client::ClientAddress;
use super::session;
use crate::app::App;
use crate::auth::totp;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{
    AnswerPreference, RecoveryCodes, SessionId, SessionInfo, TotpCode, TotpEnrolment, TotpState,
};

/// Keeps that the person was told that they talk to an AI system.
pub(super) async fn ai_notice_seen(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<StatusCode> {
    app.store.mark_ai_notice(&caller.user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps how the person wants to be answered.
pub(super) async fn set_answers(
    State(app): State<App>,
    caller: Caller,
    Body(sent): Body<AnswerPreference>,
) -> AppResult<StatusCode> {
    app.store
        .set_answer_mode(&caller.user.id, sent.mode)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's sessions, the one used last first.
pub(super) async fn sessions(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<SessionInfo>>> {
    let current = caller.session.as_ref();
    Ok(Json(app.store.sessions(&caller.user.id, current).await?))
}

/// Ends one of one's own sessions; the one that asks loses its cookie too.
pub(super) async fn end_session(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Response> {
    let id: SessionId = id.parse()?;
    app.store
        .end_session_of(&caller.principal.actor(), &caller.user.id, &id)
        .await?;
    if caller.session.as_ref() == Some(&id) {
        session::signed_out(&app)
    } else {
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}

/// How one stands with the second factor.
pub(super) async fn totp(State(app): State<App>, caller: Caller) -> AppResult<Json<TotpState>> {
    let standing = app.store.totp_standing(&caller.user.id).await?;
    let required = &app.config.sign_in.totp_required;
    Ok(Json(TotpState {
        available: standing.has_password,
        since: standing.since,
        recovery_codes_left: standing.recovery_codes_left,
        required: required.contains(&caller.user.role),
    }))
}

/// Makes a new secret, in force once a code of it was given.
pub(super) async fn enrol_totp(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<TotpEnrolment>> {
    let secret = totp::fresh_secret().map_err(AppError::internal)?;
    let enrolment = totp::enrolment(&secret, &caller.user.email)?;
    app.store.begin_totp(&caller.user.id, &secret).await?;
    Ok(Json(enrolment))
}

/// Puts the new secret in force, and gives the recovery codes.
pub(super) async fn confirm_totp(
    State(app): State<App>,
    caller: Caller,
    Body(sent): Body<TotpCode>,
) -> AppResult<Json<RecoveryCodes>> {
    let kept = app.store.totp_secret(&caller.user.id).await?;
    let kept = kept.filter(|kept| kept.since.is_none()).ok_or_else(|| {
        AppError::Conflict(
            "There is no second factor to confirm. Start setting it up again.".into(),
        )
    })?;
    let step = totp::step_of(&kept.secret, &sent.code, app.store.now()).ok_or_else(wrong_code)?;
    let codes = totp::fresh_recovery_codes();
    let hashes: Vec<_> = codes.iter().map(|code| totp::recovery_hash(code)).collect();
    app.store
        .confirm_totp(&caller.user.id, step, &hashes)
        .await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// Takes the second factor away, for a code of it or a recovery code.
pub(super) async fn remove_totp(
    State(app): State<App>,
    caller: Caller,
    address: ClientAddress,
    Body(sent): Body<TotpCode>,
) -> AppResult<StatusCode> {
    if caller.user.totp_since.is_none() {
        return Err(AppError::Conflict(
            "There is no second factor to remove.".into(),
        ));
    }
    match session::check_code(&app, &caller.user, &address.to_string(), &sent.code).await {
        // The person is signed in: a 401 would send them away.
        Err(AppError::WrongCode) => return Err(wrong_code()),
        checked => checked?,
    }
    app.store
        .remove_totp(&caller.principal.actor(), &caller.user.id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn wrong_code() -> AppError {
    AppError::field(
        "code",
        "This code doesn't fit. Check the device's clock, wait for the next code and try again.",
    )
}
