//! What the indexes follow: which version to take in and which to drop, in commit order. A
//! consumer that applies the entries after its cursor, in order, has what SQL has.

use crate::row::{Columns, big};
use crate::write::Write;
use crate::{Result, Store};
use inhouse_protocol::VersionId;

/// What to do with a version in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxKind {
    /// Take in all its rows with their days (`index_rows`; none if it can't be found any more).
    Upsert,
    /// Drop all its rows.
    Remove,
}

impl OutboxKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Remove => "remove",
        }
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its place, from 1, in the order of the commits.
    pub seq: i64,
    pub kind: OutboxKind,
    pub version: VersionId,
}

/// Appends an entry to the change that makes it necessary.
pub(crate) async fn push(write: &mut Write, kind: OutboxKind, version: &VersionId) -> Result<()> {
    let seq = write.next("outbox", 1).await?;
    let now = write.now().0;
    sqlx::query("INSERT INTO outbox (seq, kind, version_id, at) VALUES ($1, $2, $3, $4)")
        .bind(seq)
        .bind(kind.as_str())
        .bind(version.as_str())
        .bind(now)
        .execute(write.connection())
        .await?;
    Ok(())
}

impl Store {
    /// Up to `limit` entries after `seq`, in order.
    pub async fn outbox_after(&self, seq: i64, limit: u32) -> Result<Vec<OutboxEntry>> {
        let rows = sqlx::query(
            "SELECT seq, kind, version_id FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(seq)
        .bind(big(limit)?)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(OutboxEntry {
                    seq: row.int("seq")?,
                    kind: row.name("kind")?,
                    version: row.id("version_id")?,
                })
            })
            .collect()
    }

    /// The newest entry's place; 0 when there is none. Read it before `findable_versions`
    /// to
    /// rebuild an index: what is committed meanwhile is then applied again, not missed.
    pub async fn outbox_head(&self) -> Result<i64> {
        let head = sqlx::query_scalar("SELECT value FROM counters WHERE name = 'outbox'")
            .fetch_one(&self.pool)
            .await?;
        Ok(head)
    }

    /// How far a consumer has followed; 0 for one that is new.
    pub async fn cursor(&self, consumer: &str) -> Result<i64> {
        let seq: Option<i64> =
            sqlx::query_scalar("SELECT seq FROM outbox_cursors WHERE consumer = $1")
                .bind(consumer)
                .fetch_optional(&self.pool)
                .await?;
        Ok(seq.unwrap_or_default())
    }

    /// Notes how far a consumer has followed.
    pub async fn set_cursor(&self, consumer: &str, seq: i64) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO outbox_cursors (consumer, seq) VALUES ($1, $2)
             ON CONFLICT (consumer) DO UPDATE SET seq = excluded.seq",
        )
        .bind(consumer)
        .bind(seq)
        .execute(write.connection())
        .await?;
        write.commit_unrecorded().await
    }
}
