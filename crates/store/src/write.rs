//! A change: one transaction that ends with its audit record, or leaves nothing behind.

use crate::audit::{self, Actor};
use crate::{Result, Store};
use inhouse_protocol::Timestamp;
use serde_json::Value;
use sqlx::any::Any;
use sqlx::{AnyConnection, Transaction};
use tokio::sync::OwnedMutexGuard;

/// An open write transaction. Dropping it rolls it back.
///
/// Counters (`outbox`, then `audit`) are taken last, in this order, so that two transactions on
/// PostgreSQL never wait for each other.
pub(crate) struct Write {
    tx: Transaction<'static, Any>,
    now: Timestamp,
    // After `tx`: the turn is passed on when the transaction has ended.
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Store {
    /// Starts a write transaction. On SQLite writers of this process queue in order here, and
    /// `BEGIN IMMEDIATE` takes the database's only write lock at once: a transaction that
    /// starts by reading and writes later would fail instead of waiting.
    pub(crate) async fn write(&self) -> Result<Write> {
        let turn = match &self.writers {
            Some(writers) => Some(writers.clone().lock_owned().await),
            None => None,
        };
        let begin = if self.is_sqlite() {
            "BEGIN IMMEDIATE"
        } else {
            "BEGIN"
        };
        Ok(Write {
            tx: self.pool.begin_with(begin).await?,
            now: self.now(),
            _turn: turn,
        })
    }
}

impl Write {
    /// When this change happens.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// The next `count` numbers of a counter; returns the last of them.
    pub(crate) async fn next(&mut self, counter: &str, count: i64) -> Result<i64> {
        let value = sqlx::query_scalar(
            "UPDATE counters SET value = value + $2 WHERE name = $1 RETURNING value",
        )
        .bind(counter)
        .bind(count)
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(value)
    }

    /// Writes the audit record and commits: what the product's record must hold ends here.
    pub(crate) async fn commit(
        mut self,
        by: &Actor,
        action: &str,
        subject: (&str, &str),
        detail: Value,
    ) -> Result<()> {
        audit::append(&mut self, by, action, subject, &detail).await?;
        self.tx.commit().await?;
        Ok(())
    }

    /// Commits without a record: progress, leases, cursors, what no person decides.
    pub(crate) async fn commit_unrecorded(self) -> Result<()> {
        self.tx.commit().await?;
        Ok(())
    }
}
