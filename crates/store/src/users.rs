//! Accounts.

use crate::audit::Actor;
use crate::row::{Columns, clean, new_id};
use crate::write::Write;
use crate::{Result, Store, StoreError, sessions};
use inhouse_protocol::{Person, PersonChange, Role, Timestamp, UserId};
use serde_json::json;
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
}

/// An account to be made.
#[derive(Clone)]
pub struct NewUser {
    pub email: String,
    /// 1 to 120 characters.
    pub name: String,
    pub role: Role,
    pub department: Option<String>,
    /// An argon2id hash in PHC form.
    pub password_hash: String,
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

const TAKEN: &str = "There is an account with this e-mail address already.";

impl Store {
    /// Makes an account. `Conflict` when the e-mail address has one, `Invalid` when it is none.
    pub async fn create_user(&self, by: &Actor, new: NewUser) -> Result<User> {
        let email = email_key(&new.email);
        let name = new.name.trim().to_owned();
        check_email(&email)?;
        if !(1..=120).contains(&name.chars().count()) {
            return Err(StoreError::Invalid(
                "A name has 1 to 120 characters.".into(),
            ));
        }
        let department = new.department.as_deref().map(str::trim);
        let department = department.filter(|text| !text.is_empty());
        let mut write = self.write().await?;
        let user = User {
            id: new_id()?,
            email,
            name: clean(&name).into_owned(),
            role: new.role,
            department: department.map(|text| clean(text).into_owned()),
            disabled_at: None,
            created_at: write.now(),
        };
        sqlx::query(
            "INSERT INTO users (id, email, name, role, department, password_hash, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(user.id.as_str())
        .bind(user.email.as_str())
        .bind(user.name.as_str())
        .bind(user.role.as_str())
        .bind(user.department.clone())
        .bind(new.password_hash)
        .bind(user.created_at.0)
        .execute(write.connection())
        .await
        .map_err(|error| StoreError::unique(error, TAKEN))?;
        let detail = json!({ "email": user.email, "role": user.role });
        write
            .commit(by, "user.create", ("user", user.id.as_str()), detail)
            .await?;
        Ok(user)
    }

    /// Everyone, by name.
    pub async fn users(&self) -> Result<Vec<Person>> {
        let rows = sqlx::query(
            "SELECT id, email, name, role, department, disabled_at, created_at, last_seen_at
             FROM users ORDER BY name, email",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(person).collect()
    }

    /// One account. `NotFound` if there is none.
    pub async fn user(&self, id: &UserId) -> Result<User> {
        let row = sqlx::query(
            "SELECT id, email, name, role, department, disabled_at, created_at
             FROM users WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        user(&row.ok_or(StoreError::NotFound)?)
    }

    /// One account as the admin sees it. `NotFound` if there is none.
    pub async fn person(&self, id: &UserId) -> Result<Person> {
        let row = sqlx::query(
            "SELECT id, email, name, role, department, disabled_at, created_at, last_seen_at
             FROM users WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        person(&row.ok_or(StoreError::NotFound)?)
    }

    /// The account of an e-mail address, whatever its case; disabled ones too.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        let row = sqlx::query(
            "SELECT id, email, name, role, department, disabled_at, created_at
             FROM users WHERE email = $1",
        )
        .bind(email_key(email))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(user).transpose()
    }

    /// The account of an e-mail address and its password hash; none for people who have no
    /// password here. Disabled accounts too: check `disabled_at` after the password.
    pub async fn password_hash_of(&self, email: &str) -> Result<Option<(User, String)>> {
        let row = sqlx::query(
            "SELECT id, email, name, role, department, disabled_at, created_at, password_hash
             FROM users WHERE email = $1 AND password_hash IS NOT NULL",
        )
        .bind(email_key(email))
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Ok((user(&row)?, row.text("password_hash")?)))
            .transpose()
    }

    /// Changes role or disables or enables. A change of role and disabling end the person's
    /// sessions. `Conflict` when nobody would be left who can manage people.
    pub async fn change_user(
        &self,
        by: &Actor,
        id: &UserId,
        change: &PersonChange,
    ) -> Result<User> {
        let mut write = self.write().await?;
        let mut now_user = lock_user(&mut write, id).await?;
        let was = now_user.clone();
        now_user.role = change.role.unwrap_or(was.role);
        now_user.disabled_at = match change.disabled {
            Some(true) => was.disabled_at.or(Some(write.now())),
            Some(false) => None,
            None => was.disabled_at,
        };
        if now_user == was {
            return Ok(was);
        }
        let manages = |user: &User| user.role == Role::Admin && user.disabled_at.is_none();
        if manages(&was) && !manages(&now_user) {
            let others: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM users
                 WHERE role = 'admin' AND disabled_at IS NULL AND id <> $1",
            )
            .bind(id.as_str())
            .fetch_one(write.connection())
            .await?;
            if others == 0 {
                return Err(StoreError::conflict(
                    "This is the last admin. Make someone else an admin first.",
                ));
            }
        }
        sqlx::query("UPDATE users SET role = $2, disabled_at = $3 WHERE id = $1")
            .bind(id.as_str())
            .bind(now_user.role.as_str())
            .bind(now_user.disabled_at.map(|at| at.0))
            .execute(write.connection())
            .await?;
        if now_user.role != was.role || now_user.disabled_at.is_some() {
            sessions::end_all(&mut write, id).await?;
        }
        let detail = json!({
            "role": now_user.role,
            "was_role": was.role,
            "disabled": now_user.disabled_at.is_some(),
        });
        write
            .commit(by, "user.change", ("user", id.as_str()), detail)
            .await?;
        Ok(now_user)
    }

    /// Sets a new password and ends the person's sessions.
    pub async fn set_password_hash(&self, by: &Actor, id: &UserId, hash: &str) -> Result<()> {
        let mut write = self.write().await?;
        let changed = sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(hash)
            .execute(write.connection())
            .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        sessions::end_all(&mut write, id).await?;
        write
            .commit(by, "user.password", ("user", id.as_str()), json!({}))
            .await
    }
}

/// The user's row, held until the transaction ends.
pub(crate) async fn lock_user(write: &mut Write, id: &UserId) -> Result<User> {
    // An update takes the row's lock on both databases.
    let row = sqlx::query(
        "UPDATE users SET email = email WHERE id = $1
         RETURNING id, email, name, role, department, disabled_at, created_at",
    )
    .bind(id.as_str())
    .fetch_optional(write.connection())
    .await?;
    user(&row.ok_or(StoreError::NotFound)?)
}

pub(crate) fn user(row: &AnyRow) -> Result<User> {
    Ok(User {
        id: row.id("id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.name("role")?,
        department: row.maybe_text("department")?,
        disabled_at: row.maybe_time("disabled_at")?,
        created_at: row.time("created_at")?,
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
        created_at: user.created_at,
        last_seen_at: row.maybe_time("last_seen_at")?,
    })
}

fn email_key(email: &str) -> String {
    clean(email.trim()).to_lowercase()
}

fn check_email(email: &str) -> Result<()> {
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
