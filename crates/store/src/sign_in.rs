//! What slows down guessing: failures are counted per account and per address, and each one
//! past a few doubles the wait.

use crate::audit::Actor;
use crate::row::{Columns, clean};
use crate::users::email_key;
use crate::write::{Personal, Write};
use crate::{Result, Store};
use inhouse_protocol::{SignInMethod, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

/// The longest wait.
const LONGEST_MS: i64 = 15 * 60_000;

/// How failures of one kind of origin are counted.
struct Counting {
    /// The failure that brings the first wait.
    from: i64,
    /// Failures are forgotten after this long without another.
    forgotten_after_ms: i64,
}

const ACCOUNT: Counting = Counting {
    from: 5,
    forgotten_after_ms: 24 * 3_600_000,
};

/// A whole office may share one address: it takes more failures, and they are forgotten sooner.
const ADDRESS: Counting = Counting {
    from: 20,
    forgotten_after_ms: 3_600_000,
};

impl Counting {
    /// One second after the first failure that counts, doubling with each further one.
    fn wait_ms(&self, failures: i64) -> i64 {
        if failures < self.from {
            return 0;
        }
        let doublings = u32::try_from(failures - self.from)
            .unwrap_or(u32::MAX)
            .min(20);
        (1_000_i64 << doublings).min(LONGEST_MS)
    }

    fn remaining_ms(&self, failures: i64, last_at: Timestamp, now: Timestamp) -> i64 {
        let since = now.since_ms(last_at);
        if since >= self.forgotten_after_ms {
            return 0;
        }
        (self.wait_ms(failures) - since.max(0)).max(0)
    }
}

impl Store {
    /// How long whoever tries must wait before a password is looked at; 0 is now. `account` is
    /// the e-mail as typed, `address` where it comes from.
    pub async fn sign_in_delay_ms(&self, account: &str, address: &str) -> Result<i64> {
        let mut connection = self.pool.acquire().await?;
        longest_wait_ms(&mut connection, account, address, self.now()).await
    }

    /// Counts a failed try, for the account (there may be none of that name) and the address.
    /// `method` is how it was tried: [`SignInMethod::PasswordTotp`] where the password was right
    /// and the code was not.
    ///
    /// Returns how long the try would have had to wait after those that were counted before it: who
    /// tried may learn that it failed only if that is 0. Tries that come at once are counted one
    /// after the other, so no more of them learn it than of tries that keep the wait.
    ///
    /// People type passwords into the wrong field: of a name that no account has, nothing is kept.
    pub async fn record_sign_in_failure(
        &self,
        account: &str,
        address: &str,
        method: SignInMethod,
    ) -> Result<i64> {
        let mut write = self.write().await?;
        write.take_turn("sign_in_failures").await?;
        let now = write.now();
        let wait_ms = longest_wait_ms(write.connection(), account, address, now).await?;
        for (origin, counting) in origins(account, address) {
            count(&mut write, &origin, &counting).await?;
        }
        let known: Option<String> = sqlx::query_scalar("SELECT id FROM users WHERE email = $1")
            .bind(email_key(account))
            .fetch_optional(write.connection())
            .await?;
        let detail = json!({ "method": method, "account": known.is_some() });
        let Some(user) = known else {
            let subject = ("account", "unknown");
            write
                .commit(&Actor::System, "session.refused", subject, detail)
                .await?;
            return Ok(wait_ms);
        };
        let personal = Personal {
            of: &user,
            data: json!({ "account": key(account), "address": key(address) }),
        };
        let subject = ("user", user.as_str());
        write
            .commit_about(&Actor::System, "session.refused", subject, detail, personal)
            .await?;
        Ok(wait_ms)
    }

    /// Forgets an account's failures, after a right password.
    pub async fn clear_sign_in_failures(&self, account: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM sign_in_failures WHERE origin = $1")
            .bind(account_origin(account))
            .execute(write.connection())
            .await?;
        write.commit_unrecorded().await
    }
}

async fn longest_wait_ms(
    connection: &mut AnyConnection,
    account: &str,
    address: &str,
    now: Timestamp,
) -> Result<i64> {
    let mut longest = 0;
    for (origin, counting) in origins(account, address) {
        let row = sqlx::query("SELECT failures, last_at FROM sign_in_failures WHERE origin = $1")
            .bind(origin)
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = row {
            let wait = counting.remaining_ms(row.int("failures")?, row.time("last_at")?, now);
            longest = longest.max(wait);
        }
    }
    Ok(longest)
}

async fn count(write: &mut Write, origin: &str, counting: &Counting) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO sign_in_failures (origin, failures, last_at) VALUES ($1, 1, $2)
         ON CONFLICT (origin) DO UPDATE SET
             failures = CASE WHEN sign_in_failures.last_at <= $3 THEN 1
                             ELSE sign_in_failures.failures + 1 END,
             last_at = $2",
    )
    .bind(origin)
    .bind(now)
    .bind(now - counting.forgotten_after_ms)
    .execute(write.connection())
    .await?;
    Ok(())
}

fn origins(account: &str, address: &str) -> [(String, Counting); 2] {
    [
        (account_origin(account), ACCOUNT),
        (format!("address:{}", key(address)), ADDRESS),
    ]
}

/// An account's key: hashed, because people also type their password into this field.
pub(crate) fn account_origin(account: &str) -> String {
    let hash = Sha256::digest(key(account).as_bytes());
    format!("account:{}", hex::encode(hash))
}

/// What somebody typed, as a key of bounded length.
fn key(text: &str) -> String {
    clean(text.trim())
        .to_lowercase()
        .chars()
        .take(254)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_starts_at_the_fifth_failure_doubles_and_ends_at_fifteen_minutes() {
        let waits = [4, 5, 6, 7, 15, 1_000].map(|failures| ACCOUNT.wait_ms(failures));
        assert_eq!(waits, [0, 1_000, 2_000, 4_000, LONGEST_MS, LONGEST_MS]);
    }
}
