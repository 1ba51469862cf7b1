//! Signed-in browsers. They end on the server: by signing out, by their owner or an admin, by
//! disabling or changing the account, by age, by idleness; each takes effect at the next request.

use crate::access::Principal;
use crate::audit::Actor;
use crate::row::{Columns, as_id, clean};
use crate::users::{lock_user, user, user_columns};
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{SessionId, SessionInfo, SignInMethod, UserId};
use serde_json::json;
use sqlx::any::AnyRow;

/// `last_seen_at` is written at most this often.
const TOUCH_EVERY_MS: i64 = 60_000;

/// The longest name of a client that is kept, in characters.
const CLIENT_CHARS: usize = 200;

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// From signing in, whatever happens.
    pub lifetime_ms: i64,
    /// Without a request; kept to a minute.
    pub idle_ms: i64,
}

impl Default for SessionLimits {
    /// Twelve hours, two without a request.
    fn default() -> Self {
        Self {
            lifetime_ms: 12 * 3_600_000,
            idle_ms: 2 * 3_600_000,
        }
    }
}

/// A session to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// How the person proved who they are.
    pub method: SignInMethod,
    /// What signs in, such as the browser's name; its first 200 characters are kept.
    pub client: String,
    pub limits: SessionLimits,
    /// The session that the same browser came with: it ends, so that nobody goes on with it
    /// (OWASP ASVS 5.0, 7.2.4).
    pub replaces: Option<SessionId>,
}

impl NewSession {
    /// A session in place of none, with the limits that are usual.
    pub fn new(method: SignInMethod, client: impl Into<String>) -> Self {
        Self {
            method,
            client: client.into(),
            limits: SessionLimits::default(),
            replaces: None,
        }
    }
}

impl Store {
    /// Opens a session after the person has proved who they are. `NotFound` when the account is
    /// disabled, erased or gone.
    pub async fn open_session(&self, id: &UserId, new: &NewSession) -> Result<SessionId> {
        let mut write = self.write().await?;
        let user = lock_user(&mut write, id).await?;
        if user.disabled_at.is_some() || user.erased_at.is_some() {
            return Err(StoreError::NotFound);
        }
        if let Some(old) = &new.replaces {
            end(&mut write, old).await?;
        }
        // Random throughout: a session's id must not be guessable from when it began.
        let session: SessionId = as_id(uuid::Uuid::new_v4())?;
        let client: String = clean(&new.client).chars().take(CLIENT_CHARS).collect();
        insert(&mut write, &session, id, &client, new).await?;
        let mut detail = json!({ "method": new.method, "session": session });
        if let Some(old) = &new.replaces {
            detail["replaces"] = old.as_str().into();
        }
        let personal = Personal {
            of: id.as_str(),
            data: json!({ "client": client }),
        };
        write
            .commit_about(
                &Actor::User(id.clone()),
                "session.sign_in",
                ("user", id.as_str()),
                detail,
                personal,
            )
            .await?;
        Ok(session)
    }

    /// Ends a session by signing out; one that has ended stays so.
    pub async fn end_session(&self, by: &Actor, session: &SessionId) -> Result<()> {
        let mut write = self.write().await?;
        let Some(user) = end(&mut write, session).await? else {
            return Ok(());
        };
        let detail = json!({ "session": session });
        write
            .commit(by, "session.sign_out", ("user", &user), detail)
            .await
    }

    /// Ends one of a person's sessions from elsewhere. `NotFound` when it isn't theirs or has
    /// ended.
    pub async fn end_session_of(
        &self,
        by: &Actor,
        user: &UserId,
        session: &SessionId,
    ) -> Result<()> {
        let mut write = self.write().await?;
        if end(&mut write, session).await?.as_deref() != Some(user.as_str()) {
            // Leaving here rolls back what was ended of somebody else's.
            return Err(StoreError::NotFound);
        }
        let detail = json!({ "session": session });
        write
            .commit(by, "session.end", ("user", user.as_str()), detail)
            .await
    }

    /// Ends every session of a person; gives how many there were. `NotFound` when there is no
    /// such account.
    pub async fn end_sessions(&self, by: &Actor, user: &UserId) -> Result<u64> {
        let mut write = self.write().await?;
        lock_user(&mut write, user).await?;
        let ended = end_all(&mut write, user).await?;
        let detail = json!({ "sessions": ended });
        write
            .commit(by, "session.end_all", ("user", user.as_str()), detail)
            .await?;
        Ok(ended)
    }

    /// A person's sessions that are in force, the one seen last first; `current` is marked.
    pub async fn sessions(
        &self,
        user: &UserId,
        current: Option<&SessionId>,
    ) -> Result<Vec<SessionInfo>> {
        let rows = sqlx::query(
            "SELECT id, client, method, created_at, last_seen_at, expires_at FROM sessions
             WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2
                   AND last_seen_at + idle_ms > $2
             ORDER BY last_seen_at DESC, id",
        )
        .bind(user.as_str())
        .bind(self.now().0)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| info(row, current)).collect()
    }

    /// Who comes with this session; none when it has ended, is too old, was idle too long, or
    /// the account is disabled.
    pub async fn principal_of_session(&self, session: &SessionId) -> Result<Option<Principal>> {
        let signed_in = self.signed_in(session).await?;
        Ok(signed_in.map(|(principal, _)| principal))
    }

    /// [`Self::principal_of_session`], with how they signed in.
    pub async fn signed_in(
        &self,
        session: &SessionId,
    ) -> Result<Option<(Principal, SignInMethod)>> {
        let row = sqlx::query(concat!(
            "SELECT ",
            user_columns!("u."),
            ", s.method, s.expires_at, s.idle_ms, s.last_seen_at AS session_seen_at
             FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.id = $1 AND s.ended_at IS NULL
                   AND u.disabled_at IS NULL AND u.erased_at IS NULL"
        ))
        .bind(session.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let now = self.now();
        let idle_ms = now.since_ms(row.time("session_seen_at")?);
        if now >= row.time("expires_at")? || idle_ms >= row.int("idle_ms")? {
            return Ok(None);
        }
        let user = user(&row)?;
        if idle_ms >= TOUCH_EVERY_MS {
            self.touch(session, &user.id).await?;
        }
        let principal = Principal::of(user, Some(session.clone()));
        Ok(Some((principal, row.name("method")?)))
    }

    async fn touch(&self, session: &SessionId, user: &UserId) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        // The account first, as everywhere: two that lock in two orders wait for each other.
        for (sql, id) in [
            (
                "UPDATE users SET last_seen_at = $2 WHERE id = $1",
                user.as_str(),
            ),
            (
                "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2",
                session.as_str(),
            ),
        ] {
            sqlx::query(sql)
                .bind(id)
                .bind(now)
                .execute(write.connection())
                .await?;
        }
        write.commit_unrecorded().await
    }
}

/// Writes the session's row and that the person was seen.
async fn insert(
    write: &mut Write,
    session: &SessionId,
    user: &UserId,
    client: &str,
    new: &NewSession,
) -> Result<()> {
    let now = write.now();
    sqlx::query(
        "INSERT INTO sessions (id, user_id, client, created_at, expires_at, idle_ms,
                               last_seen_at, method)
         VALUES ($1, $2, $3, $4, $5, $6, $4, $7)",
    )
    .bind(session.as_str())
    .bind(user.as_str())
    .bind(client)
    .bind(now.0)
    .bind(now.plus_ms(new.limits.lifetime_ms).0)
    .bind(new.limits.idle_ms)
    .bind(new.method.as_str())
    .execute(write.connection())
    .await?;
    sqlx::query("UPDATE users SET last_seen_at = $2 WHERE id = $1")
        .bind(user.as_str())
        .bind(now.0)
        .execute(write.connection())
        .await?;
    Ok(())
}

/// Ends a session; gives whose it was, or none when it had ended.
async fn end(write: &mut Write, session: &SessionId) -> Result<Option<String>> {
    let now = write.now().0;
    let user = sqlx::query_scalar(
        "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL
         RETURNING user_id",
    )
    .bind(session.as_str())
    .bind(now)
    .fetch_optional(write.connection())
    .await?;
    Ok(user)
}

/// Ends every session of an account, within the change that makes it necessary; gives how many
/// there were.
pub(crate) async fn end_all(write: &mut Write, user: &UserId) -> Result<u64> {
    let now = write.now().0;
    let ended =
        sqlx::query("UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL")
            .bind(user.as_str())
            .bind(now)
            .execute(write.connection())
            .await?;
    Ok(ended.rows_affected())
}

fn info(row: &AnyRow, current: Option<&SessionId>) -> Result<SessionInfo> {
    let id: SessionId = row.id("id")?;
    Ok(SessionInfo {
        client: row.text("client")?,
        method: row.name("method")?,
        created_at: row.time("created_at")?,
        last_seen_at: row.time("last_seen_at")?,
        expires_at: row.time("expires_at")?,
        current: current == Some(&id),
        id,
    })
}
