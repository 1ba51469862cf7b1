//! Signing in and out.

use super::access::{self, Caller};
use super::client::ClientAddress;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{MailChoice, Me, SignIn, SignInMethod, SignInOptions};
use inhouse_store::{NewSession, SessionLimits, User, Welcome};
use tokio::sync::Mutex;

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// One code is looked at a time: tries that came at once would all pass the look at the wait, and
/// six digits are few.
static CODES: Mutex<()> = Mutex::const_new(());

/// What a name and a password turned out to be.
enum Proof {
    Right(User, SignInMethod),
    /// Of an account that has a password here.
    Wrong,
    /// No account here has a password under this name.
    Unknown,
}

/// The ways in that are configured.
pub(super) async fn options(State(app): State<App>) -> Json<SignInOptions> {
    Json(SignInOptions {
        password: takes_passwords(&app),
        oidc: app.oidc.as_ref().map(|_| app.config.oidc.label.clone()),
    })
}

fn takes_passwords(app: &App) -> bool {
    app.config.sign_in.local || app.directory.is_some()
}

/// Opens a session for a right name and password; slows down who guesses.
pub(super) async fn sign_in(
    State(app): State<App>,
    address: ClientAddress,
    headers: HeaderMap,
    Body(sign_in): Body<SignIn>,
) -> AppResult<Response> {
    if !takes_passwords(&app) {
        return Err(AppError::NotFound);
    }
    let login = sign_in.email.trim();
    let address = address.to_string();
    wait_over(&app, login, &address).await?;
    let mut proof = local(&app, login, &sign_in.password).await?;
    // Tries that came at once all passed the first look: those past the limit learn nothing.
    let waited = wait_over(&app, login, &address).await;
    if matches!(proof, Proof::Unknown) && waited.is_ok() {
        proof = directory(&app, login, &sign_in.password).await?;
    }
    let Proof::Right(user, mut method) = proof else {
        let wait_ms = app
            .store
            .record_sign_in_failure(login, &address, SignInMethod::Password)
            .await?;
        waited?;
        held_up(wait_ms)?;
        return Err(AppError::WrongCredentials);
    };
    waited?;
    if method == SignInMethod::Password && user.totp_since.is_some() {
        let code = sign_in.code.as_deref().map(str::trim);
        let code = code.filter(|code| !code.is_empty());
        let code = code.ok_or(AppError::SecondFactorRequired)?;
        check_code(&app, &user, &address, code).await?;
        method = SignInMethod::PasswordTotp;
    }
    app.store.clear_sign_in_failures(login).await?;
    open(&app, &user, method, &headers).await
}

/// Asks the accounts that have a password here. Takes as long for those that don't exist.
async fn local(app: &App, login: &str, password: &str) -> AppResult<Proof> {
    if !app.config.sign_in.local {
        return Ok(Proof::Unknown);
    }
    let known = app.store.password_hash_of(login).await?;
    let hash = known.as_ref().map(|(_, hash)| hash.clone());
    let fits = app.passwords.verify(password, hash).await;
    Ok(match known {
        Some((user, _)) if fits && user.disabled_at.is_none() => {
            Proof::Right(user, SignInMethod::Password)
        }
        Some(_) => Proof::Wrong,
        None => Proof::Unknown,
    })
}

/// Asks the company's directory, where there is one.
async fn directory(app: &App, login: &str, password: &str) -> AppResult<Proof> {
    let Some(directory) = &app.directory else {
        return Ok(Proof::Unknown);
    };
    let Some(arrival) = directory.sign_in(login, password).await? else {
        return Ok(Proof::Unknown);
    };
    match app.welcome(&arrival).await? {
        Welcome::Person(user) => Ok(Proof::Right(user, SignInMethod::Ldap)),
        Welcome::Refused(reason) => Err(AppError::invalid(reason.sentence())),
    }
}

/// Fails while the account or the address has to wait after wrong tries.
async fn wait_over(app: &App, account: &str, address: &str) -> AppResult<()> {
    held_up(app.store.sign_in_delay_ms(account, address).await?)
}

/// Fails where `delay_ms` are left to wait.
fn held_up(delay_ms: i64) -> AppResult<()> {
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

/// Uses up a code of the second factor or for recovery. [`AppError::WrongCode`] counts as a failed
/// sign-in, [`AppError::TooMany`] holds up who guesses.
pub(super) async fn check_code(app: &App, user: &User, address: &str, code: &str) -> AppResult<()> {
    let _turn = CODES.lock().await;
    wait_over(app, &user.email, address).await?;
    if app.takes_code(user, code).await? {
        return Ok(());
    }
    let wait_ms = app
        .store
        .record_sign_in_failure(&user.email, address, SignInMethod::PasswordTotp)
        .await?;
    held_up(wait_ms)?;
    Err(AppError::WrongCode)
}

/// Opens a session for somebody who has proved who they are, in place of the one that the browser
/// came with: `Me` as JSON, with the cookie.
pub(super) async fn open(
    app: &App,
    user: &User,
    method: SignInMethod,
    headers: &HeaderMap,
) -> AppResult<Response> {
    let lifetime_ms = app.config.server.session_hours * HOUR_MS;
    let client = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let new = NewSession {
        method,
        client: client.unwrap_or("unknown").to_owned(),
        limits: SessionLimits {
            lifetime_ms,
            idle_ms: app.config.server.idle_minutes * MINUTE_MS,
        },
        replaces: access::presented_session(app, headers),
    };
    let session = app.store.open_session(&user.id, &new).await?;
    let now = app.store.now();
    let token = app
        .keys
        .session_token(&user.id, &session, now, now.plus_ms(lifetime_ms))
        .map_err(AppError::internal)?;
    let cookie = app.cookie.set(&token, lifetime_ms / 1000);
    let cookie = cookie.ok_or_else(|| AppError::internal("the token is no header value"))?;
    let caller = access::of_session(app, session).await?;
    let me = me_of(app, &caller.ok_or(AppError::SignInRequired)?).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// Ends the caller's session.
pub(super) async fn sign_out(State(app): State<App>, caller: Caller) -> AppResult<Response> {
    if let Some(session) = &caller.session {
        app.store
            .end_session(&caller.principal.actor(), session)
            .await?;
    }
    signed_out(&app)
}

/// The answer that takes the browser's cookie away.
pub(super) fn signed_out(app: &App) -> AppResult<Response> {
    let cookie = app.cookie.clear();
    let cookie = cookie.ok_or_else(|| AppError::internal("the cookie is no header value"))?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Who is signed in.
pub(super) async fn me(State(app): State<App>, caller: Caller) -> AppResult<Json<Me>> {
    Ok(Json(me_of(&app, &caller).await?))
}

pub(super) async fn me_of(app: &App, caller: &Caller) -> AppResult<Me> {
    let scope = app.store.scope(&caller.principal).await?;
    let csrf_token = match &caller.session {
        Some(session) => app.keys.cross_site_token(session),
        // A program needs none.
        None => Ok(String::new()),
    };
    let user = &caller.user;
    let reviews = app.store.due_reviews(&scope, &user.id).await?;
    Ok(Me {
        id: user.id.clone(),
        email: user.email.clone(),
        name: user.name.clone(),
        role: user.role,
        manages_sets: scope.manages_any(),
        reviews_due: reviews.len() as u64,
        ai_notice_seen: user.ai_notice_at.is_some(),
        answer_mode: user.answer_mode,
        default_answer_mode: app.config.answers.mode,
        unread: app.store.unread_notices(&caller.principal).await?,
        mail: mail_choice(app, caller).await?,
        must_enrol: caller.must_enrol,
        csrf_token: csrf_token.map_err(AppError::internal)?,
    })
}

async fn mail_choice(app: &App, caller: &Caller) -> AppResult<MailChoice> {
    if app.config.mail.host.is_none() {
        return Ok(MailChoice::None);
    }
    Ok(if app.store.takes_mail(&caller.user.id).await? {
        MailChoice::On
    } else {
        MailChoice::Off
    })
}
