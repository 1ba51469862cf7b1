//! Accounts, for admins.

use super::access::Caller;
use crate::app::App;
use crate::auth::password::PasswordError;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_protocol::{
    NewPerson, PasswordChange, Person, PersonChange, PersonSource, SessionInfo, UserId,
};
use inhouse_store::NewUser;

const NAME_CHARS: usize = 120;

impl From<PasswordError> for AppError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Hash(cause) => Self::internal(cause),
            rule => Self::field("password", rule.to_string()),
        }
    }
}

async fn person(app: &App, id: &UserId) -> AppResult<Json<Person>> {
    Ok(Json(app.store.person(id).await?))
}

/// All accounts, by name.
pub(super) async fn list(State(app): State<App>, _: Caller) -> AppResult<Json<Vec<Person>>> {
    Ok(Json(app.store.users().await?))
}

/// Makes an account.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewPerson>,
) -> AppResult<(StatusCode, Json<Person>)> {
    if !app.config.sign_in.local {
        return Err(AppError::Conflict(
            "Accounts with a password are turned off here. People arrive from the company's \
             directory."
                .into(),
        ));
    }
    let name = new.name.trim().to_owned();
    if !(1..=NAME_CHARS).contains(&name.chars().count()) {
        return Err(AppError::field(
            "name",
            format!("Give a name of 1 to {NAME_CHARS} characters."),
        ));
    }
    let email = new.email.trim().to_lowercase();
    if !is_email(&email) {
        return Err(AppError::field(
            "email",
            "Give an e-mail address, such as ada@example.com.",
        ));
    }
    let user = NewUser {
        email,
        name,
        role: new.role,
        department: new
            .department
            .map(|d| d.trim().to_owned())
            .filter(|d| !d.is_empty()),
        password_hash: Some(app.passwords.hash(&new.password).await?),
        source: PersonSource::Local,
        external_id: None,
    };
    let user = app
        .store
        .create_user(&caller.principal.actor(), user)
        .await?;
    Ok((StatusCode::CREATED, person(&app, &user.id).await?))
}

/// Changes a role, disables or enables an account. Nobody locks themselves out.
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(change): Body<PersonChange>,
) -> AppResult<Json<Person>> {
    let id: UserId = id.parse()?;
    not_oneself(&caller, &id)?;
    app.store
        .change_user(&caller.principal.actor(), &id, &change)
        .await?;
    person(&app, &id).await
}

/// Sets a new password, which ends the person's sessions.
pub(super) async fn set_password(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(change): Body<PasswordChange>,
) -> AppResult<StatusCode> {
    let id: UserId = id.parse()?;
    let hash = app.passwords.hash(&change.password).await?;
    app.store
        .set_password_hash(&caller.principal.actor(), &id, &hash)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a second factor away, when its device is lost; the person's sessions end.
pub(super) async fn remove_totp(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: UserId = id.parse()?;
    // One's own needs a code: whoever took over the session must not get rid of it.
    not_oneself(&caller, &id)?;
    app.store
        .remove_totp(&caller.principal.actor(), &id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A person's sessions, the one used last first.
pub(super) async fn sessions(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Vec<SessionInfo>>> {
    let id: UserId = id.parse()?;
    app.store.user(&id).await?;
    let current = caller.session.as_ref();
    Ok(Json(app.store.sessions(&id, current).await?))
}

/// Ends all sessions of a person.
pub(super) async fn end_sessions(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: UserId = id.parse()?;
    app.store
        .end_sessions(&caller.principal.actor(), &id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn not_oneself(caller: &Caller, id: &UserId) -> AppResult<()> {
    if *id == caller.user.id {
        let message = "You can't change your own account here. Ask another admin.";
        return Err(AppError::Conflict(message.into()));
    }
    Ok(())
}

/// Whether the text has the shape of an address that we can store; only a mail proves it exists.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    text.len() <= 254
        && !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == ',' || c == '<')
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn an_address_needs_both_sides() {
        assert!(is_email("ada@example.com"));
        for bad in [
            "ada",
            "@example.com",
            "ada@localhost",
            "a b@example.com",
            "ada@example.",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
