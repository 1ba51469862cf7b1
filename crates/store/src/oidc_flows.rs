//! Sign-ins by OpenID Connect that have left for the provider: what has to fit when they come
//! back. Each is good once, for the browser that left, and for a few minutes.

use crate::row::Columns;
use crate::{Result, Store};
use std::fmt;

/// The most sign-ins that may be on their way at once: whoever only ever leaves fills no disk.
const MOST_OPEN: i64 = 10_000;

/// A sign-in on its way.
#[derive(Clone, PartialEq, Eq)]
pub struct OidcFlow {
    /// SHA-256 of `state`, in hex.
    pub state_hash: String,
    /// SHA-256 of the cookie that binds it to one browser, in hex.
    pub browser_hash: String,
    /// What the ID token has to repeat.
    pub nonce: String,
    /// PKCE's verifier (RFC 7636).
    pub verifier: String,
    /// The page to go to afterwards, a path of ours.
    pub return_to: String,
}

impl fmt::Debug for OidcFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcFlow")
            .field("return_to", &self.return_to)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Keeps a sign-in for `lifetime_ms`. False when too many are on their way: try again later.
    pub async fn keep_oidc_flow(&self, flow: &OidcFlow, lifetime_ms: i64) -> Result<bool> {
        let mut write = self.write().await?;
        let now = write.now();
        sqlx::query("DELETE FROM oidc_flows WHERE expires_at <= $1")
            .bind(now.0)
            .execute(write.connection())
            .await?;
        let open: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM oidc_flows")
            .fetch_one(write.connection())
            .await?;
        if open >= MOST_OPEN {
            write.commit_unrecorded().await?;
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO oidc_flows
                 (state_hash, browser_hash, nonce, verifier, return_to, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(flow.state_hash.as_str())
        .bind(flow.browser_hash.as_str())
        .bind(flow.nonce.as_str())
        .bind(flow.verifier.as_str())
        .bind(flow.return_to.as_str())
        .bind(now.plus_ms(lifetime_ms).0)
        .execute(write.connection())
        .await?;
        write.commit_unrecorded().await?;
        Ok(true)
    }

    /// Takes the sign-in that comes back; none when it has run out, was taken, or another browser
    /// brings it. In the last case it stays: the one who knows `state` alone can't end it.
    pub async fn take_oidc_flow(
        &self,
        state_hash: &str,
        browser_hash: &str,
    ) -> Result<Option<OidcFlow>> {
        let mut write = self.write().await?;
        let now = write.now().0;
        let row = sqlx::query(
            "DELETE FROM oidc_flows
             WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > $3
             RETURNING state_hash, browser_hash, nonce, verifier, return_to",
        )
        .bind(state_hash)
        .bind(browser_hash)
        .bind(now)
        .fetch_optional(write.connection())
        .await?;
        write.commit_unrecorded().await?;
        row.map(|row| {
            Ok(OidcFlow {
                state_hash: row.text("state_hash")?,
                browser_hash: row.text("browser_hash")?,
                nonce: row.text("nonce")?,
                verifier: row.text("verifier")?,
                return_to: row.text("return_to")?,
            })
        })
        .transpose()
    }
}
