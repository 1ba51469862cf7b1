//! The record of every change: who did what to what, in the order of the commits.
//!
//! Each record's hash covers the record before it (`inhouse_record::hash` says how), so that a
//! changed, inserted or missing record shows; `verification` follows the chain. What is personal
//! in a record is sealed with the key of the person it is about.

use crate::row::{Columns, to_json};
use crate::sealing;
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{Timestamp, UserId};
use inhouse_record::{Entry, Sealed};
use serde_json::Value;
use sqlx::any::AnyRow;
use std::fmt;

/// What the personal part of a record is sealed for.
pub(crate) const PURPOSE: &str = "audit";

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
    pub(crate) fn parse(text: &str) -> Result<Self> {
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
    /// The personal part, encrypted, as JSON; empty where there is none.
    pub sealed: String,
    /// SHA-256 over this record and the one before it, in hex.
    pub hash: String,
}

impl Store {
    /// Up to `limit` records after `seq`, oldest first; 0 starts at the beginning.
    pub async fn audit_after(&self, seq: i64, limit: u32) -> Result<Vec<AuditRecord>> {
        let rows = sqlx::query(
            "SELECT seq, at, actor, action, subject, detail, sealed, hash FROM audit
             WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(seq)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(record).collect()
    }
}

/// Appends a record to the transaction, and gives its number; the caller commits.
pub(crate) async fn append(
    write: &mut Write,
    by: &Actor,
    action: &str,
    (kind, id): (&str, &str),
    detail: &Value,
    personal: Option<Personal<'_>>,
) -> Result<i64> {
    // Before the counter: the key of a person may have to be made first.
    let sealed = match personal {
        Some(personal) => seal(write, personal).await?,
        None => String::new(),
    };
    let seq = write.next("audit", 1).await?;
    let previous: Option<String> = sqlx::query_scalar("SELECT hash FROM audit WHERE seq = $1")
        .bind(seq - 1)
        .fetch_optional(write.connection())
        .await?;
    let set = set_of(kind, id, detail);
    let actor = by.to_string();
    let subject = format!("{kind}:{id}");
    let detail = detail.to_string();
    let entry = Entry {
        seq,
        at: write.now().0,
        actor: &actor,
        action,
        subject: &subject,
        detail: &detail,
        sealed: &sealed,
    };
    let hash = inhouse_record::hash(&previous.unwrap_or_default(), &entry);
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, subject, detail, sealed, set_id, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(seq)
    .bind(entry.at)
    .bind(actor)
    .bind(action)
    .bind(subject)
    .bind(detail)
    .bind(sealed)
    .bind(set)
    .bind(hash)
    .execute(write.connection())
    .await?;
    Ok(seq)
}

/// The personal part as it is stored; nothing of a person whose key was destroyed.
async fn seal(write: &mut Write, personal: Personal<'_>) -> Result<String> {
    let plain = personal.data.to_string();
    let sealed = sealing::seal(write, personal.of, PURPOSE, plain.as_bytes()).await?;
    match sealed {
        Some(data) => to_json(&Sealed {
            of: personal.of.to_owned(),
            data,
        }),
        None => Ok(String::new()),
    }
}

/// The document set that a record is about.
fn set_of(kind: &str, id: &str, detail: &Value) -> Option<String> {
    match kind {
        "set" => Some(id.to_owned()),
        _ => detail["set"].as_str().map(str::to_owned),
    }
}

fn record(row: &AnyRow) -> Result<AuditRecord> {
    Ok(AuditRecord {
        seq: row.int("seq")?,
        at: row.time("at")?,
        actor: Actor::parse(&row.text("actor")?)?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.json("detail")?,
        sealed: row.text("sealed")?,
        hash: row.text("hash")?,
    })
}
