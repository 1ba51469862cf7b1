//! The second factor of local accounts: its secret, sealed with the person's key, the codes that
//! were used, and the codes for when the device is lost.

use crate::audit::Actor;
use crate::row::Columns;
use crate::sealing;
use crate::users::lock_user;
use crate::{Result, Store, StoreError, sessions};
use inhouse_protocol::{Timestamp, UserId};
use serde_json::json;
use std::fmt;

/// What the secret is sealed for.
const PURPOSE: &str = "totp";

/// The secret of a second factor.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret {
    pub secret: Vec<u8>,
    /// Since when a code is asked for; none until a code of it was given.
    pub since: Option<Timestamp>,
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotpSecret")
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}

/// How an account stands with its second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotpStanding {
    /// The account has a password here.
    pub has_password: bool,
    /// Since when a code is asked for.
    pub since: Option<Timestamp>,
    /// Recovery codes that were not used.
    pub recovery_codes_left: u32,
}

impl Store {
    /// How an account stands with its second factor. `NotFound` if there is no such account.
    pub async fn totp_standing(&self, id: &UserId) -> Result<TotpStanding> {
        let row = sqlx::query(
            "SELECT totp_since,
                    CAST(CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_password,
                    (SELECT COUNT(*) FROM recovery_codes
                     WHERE user_id = users.id AND used_at IS NULL) AS codes_left
             FROM users WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?
        .ok_or(StoreError::NotFound)?;
        Ok(TotpStanding {
            has_password: row.int("has_password")? == 1,
            since: row.maybe_time("totp_since")?,
            recovery_codes_left: row.number("codes_left")?,
        })
    }

    /// Keeps a new secret that is not in force yet, in place of one that never was. `Conflict`
    /// when one is in force, or the account has no password here.
    pub async fn begin_totp(&self, id: &UserId, secret: &[u8]) -> Result<()> {
        let mut write = self.write().await?;
        let user = lock_user(&mut write, id).await?;
        if user.totp_since.is_some() {
            return Err(StoreError::conflict(
                "There is a second factor already. Remove it before setting up another.",
            ));
        }
        let sealed = sealing::seal(&mut write, id.as_str(), PURPOSE, secret).await?;
        let sealed = sealed.ok_or(StoreError::NotFound)?;
        let kept = sqlx::query(
            "UPDATE users SET totp_sealed = $2, totp_step = 0
             WHERE id = $1 AND password_hash IS NOT NULL",
        )
        .bind(id.as_str())
        .bind(sealed)
        .execute(write.connection())
        .await?;
        if kept.rows_affected() == 0 {
            return Err(StoreError::conflict(
                "This account has no password here: its second factor is where it signs in.",
            ));
        }
        let by = Actor::User(id.clone());
        write
            .commit(&by, "totp.begin", ("user", id.as_str()), json!({}))
            .await
    }

    /// The secret of an account, in force or not; none when there is none or its key was
    /// destroyed.
    pub async fn totp_secret(&self, id: &UserId) -> Result<Option<TotpSecret>> {
        let row = sqlx::query("SELECT totp_sealed, totp_since FROM users WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let Some(sealed) = row.maybe_text("totp_sealed")? else {
            return Ok(None);
        };
        let since = row.maybe_time("totp_since")?;
        let secret = self.open_sealed(id.as_str(), PURPOSE, &sealed).await?;
        Ok(secret.map(|secret| TotpSecret { secret, since }))
    }

    /// Puts the secret in force after a code of it was given: the one of `step`, which is used up
    /// with that. `recovery` are the SHA-256 of the recovery codes, in hex. `Conflict` when there
    /// is no secret to put in force.
    pub async fn confirm_totp(&self, id: &UserId, step: i64, recovery: &[String]) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        let confirmed = sqlx::query(
            "UPDATE users SET totp_since = $2, totp_step = $3
             WHERE id = $1 AND totp_sealed IS NOT NULL AND totp_since IS NULL",
        )
        .bind(id.as_str())
        .bind(now)
        .bind(step)
        .execute(write.connection())
        .await?;
        if confirmed.rows_affected() == 0 {
            return Err(StoreError::conflict(
                "There is no second factor to confirm. Start setting it up again.",
            ));
        }
        sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
            .bind(id.as_str())
            .execute(write.connection())
            .await?;
        for hash in recovery {
            sqlx::query("INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)")
                .bind(id.as_str())
                .bind(hash.as_str())
                .execute(write.connection())
                .await?;
        }
        let by = Actor::User(id.clone());
        let detail = json!({ "recovery_codes": recovery.len() });
        write
            .commit(&by, "totp.enrol", ("user", id.as_str()), detail)
            .await
    }

    /// Uses up the code of a time step, and with it all before (RFC 6238, 5.2). False when it was
    /// used already, or no second factor is in force.
    pub async fn use_totp_step(&self, id: &UserId, step: i64) -> Result<bool> {
        let mut write = self.write().await?;
        let used = sqlx::query(
            "UPDATE users SET totp_step = $2
             WHERE id = $1 AND totp_step < $2 AND totp_since IS NOT NULL",
        )
        .bind(id.as_str())
        .bind(step)
        .execute(write.connection())
        .await?;
        write.commit_unrecorded().await?;
        Ok(used.rows_affected() == 1)
    }

    /// Uses up a recovery code, given as its SHA-256 in hex. False when there is no such code or
    /// it was used.
    pub async fn use_recovery_code(&self, id: &UserId, hash: &str) -> Result<bool> {
        let mut write = self.write().await?;
        let now = write.now().0;
        let used = sqlx::query(
            "UPDATE recovery_codes SET used_at = $3
             WHERE user_id = $1 AND hash = $2 AND used_at IS NULL",
        )
        .bind(id.as_str())
        .bind(hash)
        .bind(now)
        .execute(write.connection())
        .await?;
        if used.rows_affected() == 0 {
            return Ok(false);
        }
        let by = Actor::User(id.clone());
        write
            .commit(&by, "totp.recovery_code", ("user", id.as_str()), json!({}))
            .await?;
        Ok(true)
    }

    /// Takes away the second factor and its recovery codes; what is not there stays so. Removed by
    /// somebody else, as for a lost device, the person's sessions end too. `NotFound` if there is
    /// no such account.
    pub async fn remove_totp(&self, by: &Actor, id: &UserId) -> Result<()> {
        let mut write = self.write().await?;
        lock_user(&mut write, id).await?;
        let removed = sqlx::query(
            "UPDATE users SET totp_sealed = NULL, totp_since = NULL, totp_step = 0
             WHERE id = $1 AND totp_sealed IS NOT NULL",
        )
        .bind(id.as_str())
        .execute(write.connection())
        .await?;
        if removed.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
            .bind(id.as_str())
            .execute(write.connection())
            .await?;
        if *by != Actor::User(id.clone()) {
            sessions::end_all(&mut write, id).await?;
        }
        write
            .commit(by, "totp.remove", ("user", id.as_str()), json!({}))
            .await
    }
}
