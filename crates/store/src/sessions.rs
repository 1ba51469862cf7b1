//! Signed-in browsers. They end on the server: by signing out, by disabling or changing the
//! account, by age, by idleness; each takes effect at the next request.

use crate::access::Principal;
use crate::audit::Actor;
use crate::row::{Columns, as_id, clean};
use crate::users::{lock_user, user};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{SessionId, UserId};
use serde_json::json;

/// `last_seen_at` is written at most this often.
const TOUCH_EVERY_MS: i64 = 60_000;

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

impl Store {
    /// Opens a session after the password was checked. `client` says what signed in, such as
    /// the browser's name. `NotFound` when the account is disabled or gone.
    pub async fn open_session(
        &self,
        id: &UserId,
        client: &str,
        limits: SessionLimits,
    ) -> Result<SessionId> {
        let mut write = self.write().await?;
        let user = lock_user(&mut write, id).await?;
        if user.disabled_at.is_some() {
            return Err(StoreError::NotFound);
        }
        // Random throughout: a session's id must not be guessable from when it began.
        let session: SessionId = as_id(uuid::Uuid::new_v4())?;
        let now = write.now();
        let client: String = clean(client).chars().take(200).collect();
        sqlx::query(
            "INSERT INTO sessions (id, user_id, client, created_at, expires_at, idle_ms, last_seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $4)",
        )
        .bind(session.as_str())
        .bind(id.as_str())
        .bind(client.as_str())
        .bind(now.0)
        .bind(now.plus_ms(limits.lifetime_ms).0)
        .bind(limits.idle_ms)
        .execute(write.connection())
        .await?;
        sqlx::query("UPDATE users SET last_seen_at = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(now.0)
            .execute(write.connection())
            .await?;
        write
            .commit(
                &Actor::User(id.clone()),
                "session.sign_in",
                ("user", id.as_str()),
                json!({ "client": client }),
            )
            .await?;
        Ok(session)
    }

    /// Ends a session; one that has ended stays so.
    pub async fn end_session(&self, by: &Actor, session: &SessionId) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        let user: Option<String> = sqlx::query_scalar(
            "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL
             RETURNING user_id",
        )
        .bind(session.as_str())
        .bind(now)
        .fetch_optional(write.connection())
        .await?;
        let Some(user) = user else { return Ok(()) };
        write
            .commit(by, "session.sign_out", ("user", &user), json!({}))
            .await
    }

    /// Who comes with this session; none when it has ended, is too old, was idle too long, or
    /// the account is disabled.
    pub async fn principal_of_session(&self, session: &SessionId) -> Result<Option<Principal>> {
        let row = sqlx::query(
            "SELECT u.id, u.email, u.name, u.role, u.department, u.disabled_at, u.created_at,
                    s.expires_at, s.idle_ms, s.last_seen_at AS session_seen_at
             FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.id = $1 AND s.ended_at IS NULL AND u.disabled_at IS NULL",
        )
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
        Ok(Some(Principal::of(user, Some(session.clone()))))
    }

    async fn touch(&self, session: &SessionId, user: &UserId) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        for (sql, id) in [
            (
                "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2",
                session.as_str(),
            ),
            (
                "UPDATE users SET last_seen_at = $2 WHERE id = $1",
                user.as_str(),
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

/// Ends every session of an account, within the change that makes it necessary.
pub(crate) async fn end_all(write: &mut Write, user: &UserId) -> Result<()> {
    let now = write.now().0;
    sqlx::query("UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL")
        .bind(user.as_str())
        .bind(now)
        .execute(write.connection())
        .await?;
    Ok(())
}
