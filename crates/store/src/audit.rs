//! The record of every change: who did what to what, in the order of the commits.
//!
//! Each record's hash covers the record before it, so that a changed, inserted or missing record
//! shows (`verify_audit`). Whoever can rewrite the whole table can rewrite the chain as well: keep
//! the newest hash somewhere else.

use crate::row::Columns;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{Timestamp, UserId};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use std::fmt;

/// Whom an audit record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Someone signed in, or named with `--as`.
    User(UserId),
    /// Whoever has the command line.
    Operator,
    /// The product itself, for instance the worker.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Operator => f.write_str("operator"),
            Self::System => f.write_str("system"),
        }
    }
}

impl Actor {
    fn parse(text: &str) -> Result<Self> {
        match text {
            "operator" => Ok(Self::Operator),
            "system" => Ok(Self::System),
            _ => text
                .strip_prefix("user:")
                .and_then(|id| id.parse().ok())
                .map(Self::User)
                .ok_or_else(|| StoreError::Corrupt(format!("the actor {text:?}"))),
        }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRecord {
    /// Its place, from 1, without gaps.
    pub seq: i64,
    pub at: Timestamp,
    pub actor: Actor,
    /// A dotted verb such as `document.add`.
    pub action: String,
    /// What it was done to, as `kind:id`.
    pub subject: String,
    pub detail: Value,
    /// SHA-256 over this record and the one before it, in hex.
    pub hash: String,
}

impl Store {
    /// Up to `limit` records after `seq`, oldest first; 0 starts at the beginning.
    pub async fn audit_after(&self, seq: i64, limit: u32) -> Result<Vec<AuditRecord>> {
        let rows = sqlx::query(
            "SELECT seq, at, actor, action, subject, detail, hash FROM audit
             WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(seq)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(record).collect()
    }

    /// Follows the chain from the first record. `Corrupt` names the first record that doesn't
    /// fit; otherwise the number of records and the newest hash.
    pub async fn verify_audit(&self) -> Result<(u64, String)> {
        let mut previous = String::new();
        let mut seq = 0;
        loop {
            let rows = sqlx::query(
                "SELECT seq, at, actor, action, subject, detail, hash FROM audit
                 WHERE seq > $1 ORDER BY seq LIMIT 1000",
            )
            .bind(seq)
            .fetch_all(&self.pool)
            .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                seq += 1;
                let expected = chain(
                    &previous,
                    row.int("seq")?,
                    row.int("at")?,
                    &row.text("actor")?,
                    &row.text("action")?,
                    &row.text("subject")?,
                    &row.text("detail")?,
                );
                if row.int("seq")? != seq || row.text("hash")? != expected {
                    return Err(StoreError::Corrupt(format!("the audit record {seq}")));
                }
                previous = expected;
            }
        }
        let counted: i64 = sqlx::query_scalar("SELECT value FROM counters WHERE name = 'audit'")
            .fetch_one(&self.pool)
            .await?;
        if counted < seq {
            return Err(StoreError::Corrupt(format!("the audit record {seq}")));
        }
        // Records that other processes committed meanwhile are no gap.
        let rest = self.audit_after(seq, 1).await?;
        if counted > seq && rest.is_empty() {
            return Err(StoreError::Corrupt(format!("the audit record {}", seq + 1)));
        }
        Ok((u64::try_from(seq).unwrap_or_default(), previous))
    }
}

/// Appends a record to the transaction; the caller commits.
pub(crate) async fn append(
    write: &mut Write,
    by: &Actor,
    action: &str,
    (kind, id): (&str, &str),
    detail: &Value,
) -> Result<()> {
    let seq = write.next("audit", 1).await?;
    let previous: Option<String> = sqlx::query_scalar("SELECT hash FROM audit WHERE seq = $1")
        .bind(seq - 1)
        .fetch_optional(write.connection())
        .await?;
    let at = write.now().0;
    let actor = by.to_string();
    let subject = format!("{kind}:{id}");
    let detail = detail.to_string();
    let previous = previous.unwrap_or_default();
    let hash = chain(&previous, seq, at, &actor, action, &subject, &detail);
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, subject, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(seq)
    .bind(at)
    .bind(actor)
    .bind(action)
    .bind(subject)
    .bind(detail)
    .bind(hash)
    .execute(write.connection())
    .await?;
    Ok(())
}

fn chain(
    previous: &str,
    seq: i64,
    at: i64,
    actor: &str,
    action: &str,
    subject: &str,
    detail: &str,
) -> String {
    let mut hash = Sha256::new();
    for field in [
        previous,
        &seq.to_string(),
        &at.to_string(),
        actor,
        action,
        subject,
        detail,
    ] {
        // The length first, so that no two records read the same.
        hash.update(field.len().to_le_bytes());
        hash.update(field.as_bytes());
    }
    hex::encode(hash.finalize())
}

fn record(row: &AnyRow) -> Result<AuditRecord> {
    Ok(AuditRecord {
        seq: row.int("seq")?,
        at: row.time("at")?,
        actor: Actor::parse(&row.text("actor")?)?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.json("detail")?,
        hash: row.text("hash")?,
    })
}
