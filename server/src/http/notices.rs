//! What the caller is told, and whether by mail too.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body, OptionalBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use inhouse_protocol::{MailChoice, Notices, ReadNotices, SetMail};

/// What the caller was told, the newest first.
pub(super) async fn list(State(app): State<App>, caller: Caller) -> AppResult<Json<Notices>> {
    Ok(Json(app.store.notices(&caller.principal).await?))
}

/// The caller has seen them.
pub(super) async fn read(
    State(app): State<App>,
    caller: Caller,
    OptionalBody(read): OptionalBody<ReadNotices>,
) -> AppResult<StatusCode> {
    app.store.read_notices(&caller.principal, &read).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps whether the caller wants mail.
pub(super) async fn set_mail(
    State(app): State<App>,
    caller: Caller,
    Body(sent): Body<SetMail>,
) -> AppResult<StatusCode> {
    let mail = match sent.mail {
        MailChoice::On => true,
        MailChoice::Off => false,
        MailChoice::None => return Err(AppError::field("mail", "Choose on or off.")),
    };
    app.store.set_mail(&caller.user.id, mail).await?;
    Ok(StatusCode::NO_CONTENT)
}
