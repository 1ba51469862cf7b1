//! A change: one transaction that ends with its audit record, or leaves nothing behind.

use crate::audit::{self, Actor};
use crate::{Calendar, Result, Store};
use inhouse_protocol::Timestamp;
use inhouse_record::MasterKeys;
use serde_json::Value;
use sqlx::any::Any;
use sqlx::{AnyConnection, Transaction};
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

/// Personal data of a record: what a person typed, an e-mail, a name, an address, a client.
#[derive(Debug)]
pub(crate) struct Personal<'a> {
    /// The id of the person it is about, with whose key it is sealed.
    pub(crate) of: &'a str,
    pub(crate) data: Value,
}

/// An open write transaction. Dropping it rolls it back.
///
/// Counters (`outbox`, then `audit`) are taken last, in this order, so that two transactions on
/// PostgreSQL never wait for each other.
pub(crate) struct Write {
    tx: Transaction<'static, Any>,
    now: Timestamp,
    keys: MasterKeys,
    calendar: Arc<Calendar>,
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
            keys: self.keys.clone(),
            calendar: self.calendar.clone(),
            _turn: turn,
        })
    }
}

impl Write {
    /// When this change happens.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// What wraps the keys of people.
    pub(crate) fn keys(&self) -> &MasterKeys {
        &self.keys
    }

    /// The business hours that service levels are counted in.
    pub(crate) fn calendar(&self) -> Arc<Calendar> {
        self.calendar.clone()
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

    /// Waits until no other transaction has this turn, and holds it until this one ends: a row that
    /// nothing else locks. Taken first in a transaction, before any other row.
    pub(crate) async fn take_turn(&mut self, turn: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO counters (name, value) VALUES ($1, 0)
             ON CONFLICT (name) DO UPDATE SET value = counters.value",
        )
        .bind(turn)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Runs a statement that takes one text.
    pub(crate) async fn execute(&mut self, sql: &'static str, value: &str) -> Result<()> {
        sqlx::query(sql).bind(value).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Writes the audit record and commits: what the product's record must hold ends here.
    pub(crate) async fn commit(
        mut self,
        by: &Actor,
        action: &str,
        subject: (&str, &str),
        detail: Value,
    ) -> Result<()> {
        self.note(by, action, subject, detail).await?;
        self.commit_unrecorded().await
    }

    /// [`Self::commit`] with a record that also holds personal data.
    pub(crate) async fn commit_about(
        mut self,
        by: &Actor,
        action: &str,
        subject: (&str, &str),
        detail: Value,
        personal: Personal<'_>,
    ) -> Result<()> {
        self.note_about(by, action, subject, detail, personal)
            .await?;
        self.commit_unrecorded().await
    }

    /// Writes an audit record and doesn't commit: for changes of several records.
    pub(crate) async fn note(
        &mut self,
        by: &Actor,
        action: &str,
        subject: (&str, &str),
        detail: Value,
    ) -> Result<()> {
        audit::append(self, by, action, subject, &detail, None).await?;
        Ok(())
    }

    /// [`Self::note`] with personal data.
    pub(crate) async fn note_about(
        &mut self,
        by: &Actor,
        action: &str,
        subject: (&str, &str),
        detail: Value,
        personal: Personal<'_>,
    ) -> Result<()> {
        audit::append(self, by, action, subject, &detail, Some(personal)).await?;
        Ok(())
    }

    /// Commits without a record of its own: progress, leases, cursors, what no person decides, and
    /// changes whose records were noted.
    pub(crate) async fn commit_unrecorded(self) -> Result<()> {
        self.tx.commit().await?;
        Ok(())
    }
}
