//! Personal data of the record, encrypted with a key of the person it is about. Destroying the
//! key makes it unreadable wherever it was copied to, and leaves the chain of records whole.
//!
//! The keys stand in `subject_keys`, wrapped by a master key that the database never sees. They
//! are read anew each time: a key that was destroyed is gone at once, in every process.

use crate::audit::Actor;
use crate::row::Columns;
use crate::write::{Personal, Write};
use crate::{Result, Store};
use inhouse_protocol::UserId;
use inhouse_record::{DataKey, Wrapped};
use serde_json::{Value, json};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// How many keys are wrapped anew between two looks.
const AT_ONCE: i64 = 500;

/// A person's key as it is stored.
enum Kept {
    /// There never was one.
    None,
    /// It was destroyed: what it sealed can't be read any more, and nothing is sealed again.
    Destroyed,
    Wrapped(Wrapped),
}

/// Seals `plain` with the key of `user`, which is made at its first use. None when the key was
/// destroyed: then nothing about the person is to be kept.
pub(crate) async fn seal(
    write: &mut Write,
    user: &str,
    purpose: &str,
    plain: &[u8],
) -> Result<Option<String>> {
    let mut found = kept(write.connection(), user).await?;
    if matches!(found, Kept::None) {
        make(write, user).await?;
        // Another transaction may have been first; then its key is the one.
        found = kept(write.connection(), user).await?;
    }
    match found {
        Kept::Wrapped(wrapped) => {
            let key = write.keys().unwrap(user, &wrapped)?;
            Ok(Some(key.seal(user, purpose, plain)?))
        }
        Kept::None | Kept::Destroyed => Ok(None),
    }
}

/// Destroys a person's key within a change. One that never had a key gets none either.
pub(crate) async fn destroy(write: &mut Write, user: &UserId) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO subject_keys (user_id, wrapped, master, created_at, destroyed_at)
         VALUES ($1, '', '', $2, $2)
         ON CONFLICT (user_id) DO UPDATE SET wrapped = '', master = '', destroyed_at = $2",
    )
    .bind(user.as_str())
    .bind(now)
    .execute(write.connection())
    .await?;
    Ok(())
}

impl Write {
    /// Commits with a record whose personal part, where there is one, is sealed.
    pub(crate) async fn commit_with(
        self,
        by: &Actor,
        action: &str,
        subject: (&str, &str),
        detail: Value,
        personal: Option<Personal<'_>>,
    ) -> Result<()> {
        match personal {
            Some(personal) => {
                self.commit_about(by, action, subject, detail, personal)
                    .await
            }
            None => self.commit(by, action, subject, detail).await,
        }
    }
}

impl Store {
    /// Opens what [`seal`] sealed. None where the key was destroyed.
    pub(crate) async fn open_sealed(
        &self,
        user: &str,
        purpose: &str,
        sealed: &str,
    ) -> Result<Option<Vec<u8>>> {
        let mut connection = self.pool.acquire().await?;
        match kept(&mut connection, user).await? {
            Kept::Wrapped(wrapped) => {
                let key = self.keys.unwrap(user, &wrapped)?;
                Ok(Some(key.open(user, purpose, sealed)?))
            }
            Kept::None | Kept::Destroyed => Ok(None),
        }
    }

    /// Checks that the master keys of this process open the keys of people: of each master key
    /// that wrapped any, one is tried. `Seal` when one is missing.
    pub async fn check_keys(&self) -> Result<()> {
        let rows = sqlx::query(
            "SELECT user_id, wrapped, master FROM subject_keys
             WHERE user_id IN (SELECT MIN(user_id) FROM subject_keys
                               WHERE wrapped <> '' GROUP BY master)",
        )
        .fetch_all(&self.pool)
        .await?;
        for row in &rows {
            self.keys.unwrap(&row.text("user_id")?, &wrapped(row)?)?;
        }
        crate::trackers::check_secrets(self).await
    }

    /// Wraps every key of a person with the master key that is first now, where another one
    /// wrapped it; gives how many. When this has returned, the older master keys can go.
    pub async fn rewrap_keys(&self, by: &Actor) -> Result<u64> {
        let current = self.keys.current().to_owned();
        let mut count = 0;
        loop {
            let mut write = self.write().await?;
            let rows = sqlx::query(
                "SELECT user_id, wrapped, master FROM subject_keys
                 WHERE wrapped <> '' AND master <> $1 ORDER BY user_id LIMIT $2",
            )
            .bind(current.as_str())
            .bind(AT_ONCE)
            .fetch_all(write.connection())
            .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                count += self.rewrap(&mut write, row).await?;
            }
            write.commit_unrecorded().await?;
        }
        count += crate::trackers::rewrap_secrets(self).await?;
        let detail = json!({ "master": current, "keys": count });
        self.write()
            .await?
            .commit(by, "keys.rewrap", ("keys", "master"), detail)
            .await?;
        Ok(count)
    }

    /// 1, or 0 where the key was destroyed meanwhile.
    async fn rewrap(&self, write: &mut Write, row: &AnyRow) -> Result<u64> {
        let user = row.text("user_id")?;
        let old = wrapped(row)?;
        let new = self.keys.wrap(&user, &self.keys.unwrap(&user, &old)?)?;
        let changed = sqlx::query(
            "UPDATE subject_keys SET wrapped = $2, master = $3
             WHERE user_id = $1 AND wrapped = $4",
        )
        .bind(user)
        .bind(new.wrapped)
        .bind(new.master)
        .bind(old.wrapped)
        .execute(write.connection())
        .await?;
        Ok(changed.rows_affected())
    }
}

async fn kept(connection: &mut AnyConnection, user: &str) -> Result<Kept> {
    let row = sqlx::query("SELECT wrapped, master FROM subject_keys WHERE user_id = $1")
        .bind(user)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else {
        return Ok(Kept::None);
    };
    let wrapped = wrapped(&row)?;
    Ok(if wrapped.wrapped.is_empty() {
        Kept::Destroyed
    } else {
        Kept::Wrapped(wrapped)
    })
}

fn wrapped(row: &AnyRow) -> Result<Wrapped> {
    Ok(Wrapped {
        master: row.text("master")?,
        wrapped: row.text("wrapped")?,
    })
}

async fn make(write: &mut Write, user: &str) -> Result<()> {
    let fresh = write.keys().wrap(user, &DataKey::fresh()?)?;
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO subject_keys (user_id, wrapped, master, created_at)
         VALUES ($1, $2, $3, $4) ON CONFLICT (user_id) DO NOTHING",
    )
    .bind(user)
    .bind(fresh.wrapped)
    .bind(fresh.master)
    .bind(now)
    .execute(write.connection())
    .await?;
    Ok(())
}
