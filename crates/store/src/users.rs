//! Accounts: where one is made and changed, and how a row is read.

use crate::audit::Actor;
use crate::row::{Columns, clean, new_id};
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError, sessions, tokens};
use inhouse_protocol::{AnswerMode, Person, PersonChange, PersonSource, Role, Timestamp, UserId};
use serde_json::{Value, json};
use sqlx::any::AnyRow;
use std::fmt;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// In lower case.
    pub email: String,
    pub name: String,
    pub role: Role,
    pub department: Option<String>,
    pub disabled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Who keeps the account.
    pub source: PersonSource,
    /// Since when signing in with the password asks for a code too.
    pub totp_since: Option<Timestamp>,
    /// When the person was told that they talk to an AI system (AI Act 50(1)).
    pub ai_notice_at: Option<Timestamp>,
    /// How the person wants to be answered; none: as the deployment has it.
    pub answer_mode: Option<AnswerMode>,
    /// When the person was erased; the account stays as a number.
    pub erased_at: Option<Timestamp>,
}

/// An account to be made.
#[derive(Clone)]
pub struct NewUser {
    pub email: String,
    /// 1 to 120 characters.
    pub name: String,
    pub role: Role,
    pub department: Option<String>,
    /// An argon2id hash in PHC form; none for people who sign in elsewhere.
    pub password_hash: Option<String>,
    pub source: PersonSource,
    /// The SCIM client's name for the account.
    pub external_id: Option<String>,
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser")
            .field("role", &self.role)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

pub(crate) const EMAIL_TAKEN: &str = "There is an account with this e-mail address already.";

/// The columns that [`user`] reads, each after a prefix such as `u.`.
macro_rules! user_columns {
    ($prefix:literal) => {
        concat!(
            $prefix,
            "id, ",
            $prefix,
            "email, ",
            $prefix,
            "name, ",
            $prefix,
            "role, ",
            $prefix,
            "department, ",
            $prefix,
            "disabled_at, ",
            $prefix,
            "created_at, ",
            $prefix,
            "source, ",
            $prefix,
            "totp_since, ",
            $prefix,
            "ai_notice_at, ",
            $prefix,
            "answer_mode, ",
            $prefix,
            "erased_at"
        )
    };
}
pub(crate) use user_columns;

/// The name of whoever is in the joined `users` row `u`, as people read it; null where there is no
/// such row.
macro_rules! person_name {
    () => {
        "CASE WHEN u.erased_at IS NULL THEN u.name ELSE 'Erased person' END"
    };
}
pub(crate) use person_name;

impl Store {
    /// Makes an account. `Conflict` when the e-mail address has one, `Invalid` when it is none.
    pub async fn create_user(&self, by: &Actor, new: NewUser) -> Result<User> {
        let mut write = self.write().await?;
        let user = insert_user(&mut write, &new).await?;
        let (detail, data) = created(&user);
        let id = user.id.as_str();
        let personal = Personal { of: id, data };
        write
            .commit_about(by, "user.create", ("user", id), detail, personal)
            .await?;
        Ok(user)
    }

    /// Everyone, by name.
    pub async fn users(&self) -> Result<Vec<Person>> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            user_columns!(""),
            ", last_seen_at FROM users ORDER BY name, email"
        ))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(person).collect()
    }

    /// One account. `NotFound` if there is none.
    pub async fn user(&self, id: &UserId) -> Result<User> {
        let row = sqlx::query(concat!(
            "SELECT ",
            user_columns!(""),
            " FROM users WHERE id = $1"
        ))
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        user(&row.ok_or(StoreError::NotFound)?)
    }

    /// One account as the admin sees it. `NotFound` if there is none.
    pub async fn person(&self, id: &UserId) -> Result<Person> {
        let row = sqlx::query(concat!(
            "SELECT ",
            user_columns!(""),
            ", last_seen_at FROM users WHERE id = $1"
        ))
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        person(&row.ok_or(StoreError::NotFound)?)
    }

    /// The account of an e-mail address, whatever its case; disabled ones too.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        let row = sqlx::query(concat!(
            "SELECT ",
            user_columns!(""),
            " FROM users WHERE email = $1"
        ))
        .bind(email_key(email))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(user).transpose()
    }

    /// The account of an e-mail address and its password hash; none for people who have no
    /// password here. Disabled accounts too: check `disabled_at` after the password.
    pub async fn password_hash_of(&self, email: &str) -> Result<Option<(User, String)>> {
        let row = sqlx::query(concat!(
            "SELECT ",
            user_columns!(""),
            ", password_hash FROM users WHERE email = $1 AND password_hash IS NOT NULL"
        ))
        .bind(email_key(email))
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Ok((user(&row)?, row.text("password_hash")?)))
            .transpose()
    }

    /// Changes role or disables or enables. A change of role and disabling end the person's
    /// sessions; disabling revokes their tokens too. `Conflict` when nobody would be left who can
    /// manage people, or the person was erased.
    pub async fn change_user(
        &self,
        by: &Actor,
        id: &UserId,
        change: &PersonChange,
    ) -> Result<User> {
        let mut write = self.write().await?;
        let (was, now) = change_in(&mut write, id, change).await?;
        if now == was {
            return Ok(now);
        }
        write
            .commit(
                by,
                "user.change",
                ("user", id.as_str()),
                changed(&was, &now),
            )
            .await?;
        Ok(now)
    }

    /// Sets a new password and ends the person's sessions. `Conflict` for people who sign in
    /// elsewhere: a password here would outlive what the company's directory says of them.
    pub async fn set_password_hash(&self, by: &Actor, id: &UserId, hash: &str) -> Result<()> {
        let mut write = self.write().await?;
        let user = lock_user(&mut write, id).await?;
        not_erased(&user)?;
        if user.source != PersonSource::Local {
            return Err(StoreError::conflict(
                "This person signs in with the company's account. Change the password there.",
            ));
        }
        sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(hash)
            .execute(write.connection())
            .await?;
        sessions::end_all(&mut write, id).await?;
        write
            .commit(by, "user.password", ("user", id.as_str()), json!({}))
            .await
    }
}

/// Makes an account within a transaction; [`created`] says what its record holds. `Conflict` when
/// the e-mail address has one, `Invalid` when it is none.
pub(crate) async fn insert_user(write: &mut Write, new: &NewUser) -> Result<User> {
    let email = email_key(&new.email);
    check_email(&email)?;
    let department = new.department.as_deref().map(str::trim);
    let department = department.filter(|text| !text.is_empty());
    let user = User {
        id: new_id()?,
        email,
        name: checked_name(&new.name)?,
        role: new.role,
        department: department.map(|text| clean(text).into_owned()),
        disabled_at: None,
        created_at: write.now(),
        source: new.source,
        totp_since: None,
        ai_notice_at: None,
        answer_mode: None,
        erased_at: None,
    };
    sqlx::query(
        "INSERT INTO users (id, email, name, role, department, password_hash, created_at,
                            source, external_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(user.id.as_str())
    .bind(user.email.as_str())
    .bind(user.name.as_str())
    .bind(user.role.as_str())
    .bind(user.department.clone())
    .bind(new.password_hash.clone())
    .bind(user.created_at.0)
    .bind(user.source.as_str())
    .bind(new.external_id.as_deref().map(|id| clean(id).into_owned()))
    .execute(write.connection())
    .await
    .map_err(|error| StoreError::unique(error, EMAIL_TAKEN))?;
    Ok(user)
}

/// What the record `user.create` says of an account: in the open, and sealed with its key.
pub(crate) fn created(user: &User) -> (Value, Value) {
    (
        json!({ "role": user.role, "source": user.source }),
        json!({ "email": user.email, "name": user.name, "department": user.department }),
    )
}

/// Changes role or disables or enables within a transaction, and gives the account as it was and
/// as it is; [`changed`] says what the record holds. Ends sessions and revokes tokens where that
/// follows. `Conflict`, with nothing changed, when nobody would be left who can manage people.
///
/// The caller must not hold the lock of the user's row yet.
pub(crate) async fn change_in(
    write: &mut Write,
    id: &UserId,
    change: &PersonChange,
) -> Result<(User, User)> {
    let demotes = change.role.is_some_and(|role| role != Role::Admin);
    if demotes || change.disabled == Some(true) {
        // Two admins who demote each other at the same moment would each see the other one left.
        write.take_turn("admins").await?;
    }
    let was = lock_user(write, id).await?;
    let mut now = was.clone();
    now.role = change.role.unwrap_or(was.role);
    now.disabled_at = match change.disabled {
        Some(true) => was.disabled_at.or(Some(write.now())),
        Some(false) => None,
        None => was.disabled_at,
    };
    if now == was {
        return Ok((was, now));
    }
    not_erased(&was)?;
    if manages_people(&was) && !manages_people(&now) {
        another_admin(write, id).await?;
    }
    sqlx::query("UPDATE users SET role = $2, disabled_at = $3 WHERE id = $1")
        .bind(id.as_str())
        .bind(now.role.as_str())
        .bind(now.disabled_at.map(|at| at.0))
        .execute(write.connection())
        .await?;
    if now.role != was.role || now.disabled_at.is_some() {
        sessions::end_all(write, id).await?;
    }
    if now.disabled_at.is_some() {
        tokens::revoke_all(write, id).await?;
    }
    Ok((was, now))
}

/// What the record `user.change` says.
pub(crate) fn changed(was: &User, now: &User) -> Value {
    json!({
        "role": now.role,
        "was_role": was.role,
        "disabled": now.disabled_at.is_some(),
    })
}

fn manages_people(user: &User) -> bool {
    user.role == Role::Admin && user.disabled_at.is_none()
}

async fn another_admin(write: &mut Write, id: &UserId) -> Result<()> {
    let others: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM users WHERE role = 'admin' AND disabled_at IS NULL AND id <> $1",
    )
    .bind(id.as_str())
    .fetch_one(write.connection())
    .await?;
    if others == 0 {
        return Err(StoreError::conflict(
            "This is the last admin. Make someone else an admin first.",
        ));
    }
    Ok(())
}

/// `Conflict` when the person was erased.
pub(crate) fn not_erased(user: &User) -> Result<()> {
    match user.erased_at {
        None => Ok(()),
        Some(_) => Err(StoreError::conflict(
            "This person was erased; nothing is left to change.",
        )),
    }
}

/// The user's row, held until the transaction ends.
pub(crate) async fn lock_user(write: &mut Write, id: &UserId) -> Result<User> {
    // An update takes the row's lock on both databases.
    let row = sqlx::query(concat!(
        "UPDATE users SET email = email WHERE id = $1 RETURNING ",
        user_columns!("")
    ))
    .bind(id.as_str())
    .fetch_optional(write.connection())
    .await?;
    user(&row.ok_or(StoreError::NotFound)?)
}

/// An account out of the columns of `user_columns!`.
pub(crate) fn user(row: &AnyRow) -> Result<User> {
    Ok(User {
        id: row.id("id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.name("role")?,
        department: row.maybe_text("department")?,
        disabled_at: row.maybe_time("disabled_at")?,
        created_at: row.time("created_at")?,
        source: row.name("source")?,
        totp_since: row.maybe_time("totp_since")?,
        ai_notice_at: row.maybe_time("ai_notice_at")?,
        answer_mode: row.maybe_name("answer_mode")?,
        erased_at: row.maybe_time("erased_at")?,
    })
}

fn person(row: &AnyRow) -> Result<Person> {
    let user = user(row)?;
    Ok(Person {
        id: user.id,
        email: user.email,
        name: user.name,
        role: user.role,
        department: user.department,
        disabled: user.disabled_at.is_some(),
        source: user.source,
        totp: user.totp_since.is_some(),
        erased: user.erased_at.is_some(),
        created_at: user.created_at,
        last_seen_at: row.maybe_time("last_seen_at")?,
    })
}

/// An e-mail address as it is stored and looked up.
pub(crate) fn email_key(email: &str) -> String {
    clean(email.trim()).to_lowercase()
}

/// A name as it is stored. `Invalid` unless it has 1 to 120 characters.
pub(crate) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if !(1..=120).contains(&name.chars().count()) {
        return Err(StoreError::Invalid(
            "A name has 1 to 120 characters.".into(),
        ));
    }
    Ok(clean(name).into_owned())
}

/// `Invalid` unless the text, as [`email_key`] gives it, has the form of an e-mail address.
pub(crate) fn check_email(email: &str) -> Result<()> {
    let (name, host) = email.split_once('@').unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    if name.is_empty() || host.is_empty() || host.contains('@') || email.contains(odd) {
        return Err(StoreError::Invalid(
            "This is no e-mail address. It needs a form such as name@example.com.".into(),
        ));
    }
    // RFC 5321, 4.5.3.1.3: a path has up to 256 octets with its angle brackets.
    if email.len() > 254 {
        return Err(StoreError::Invalid(
            "This e-mail address is too long.".into(),
        ));
    }
    Ok(())
}
