//! The durable queue: a job is leased for a while, kept by heartbeats, and comes back when its
//! worker is gone. A job may run twice: what it does must bear that.

use crate::row::{Columns, big, clean, new_id, placeholders, to_json};
use crate::write::Write;
use crate::{Result, Store};
use inhouse_protocol::{EscalationId, JobId, VersionId};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use std::time::Duration;
use tokio::time::interval;

/// The kind of a job whose payload is an [`IngestJob`].
pub const INGEST: &str = "ingest";

/// The kind of a job whose payload is a [`TicketJob`].
pub const TICKET: &str = "ticket";

/// The kind of a job that brings an issue to where its escalation is; its payload is a
/// [`TicketJob`].
pub const TICKET_UPDATE: &str = "ticket_update";

/// Read this version, cut it into passages, embed and commit them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestJob {
    pub version: VersionId,
}

/// The escalation that an issue in the ticket tracker is made for, once, or changed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketJob {
    pub escalation: EscalationId,
}

/// A leased job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    /// What it is about, such as a version's id.
    pub subject: String,
    /// JSON; its shape belongs to the kind.
    pub payload: String,
    /// How often it was leased, this time included.
    pub attempts: u32,
}

/// A job to be put in the queue within a change.
pub(crate) struct NewJob<'a> {
    pub(crate) kind: &'a str,
    /// What it is about: whoever takes that back takes the job back.
    pub(crate) subject: &'a str,
    pub(crate) payload: String,
    /// A job of the same kind and key is never queued again, not even when it is done.
    pub(crate) dedupe: Option<&'a str>,
    /// Higher goes first.
    pub(crate) priority: i64,
}

impl<'a> NewJob<'a> {
    pub(crate) fn ingest(version: &'a VersionId, priority: i64) -> Result<Self> {
        let payload = to_json(&IngestJob {
            version: version.clone(),
        })?;
        Ok(Self {
            kind: INGEST,
            subject: version.as_str(),
            payload,
            dedupe: None,
            priority,
        })
    }
}

pub(crate) async fn enqueue(write: &mut Write, job: NewJob<'_>) -> Result<()> {
    let id: JobId = new_id()?;
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO jobs
             (id, kind, subject, payload, dedupe, priority, state, attempts, due_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $7)
         ON CONFLICT DO NOTHING",
    )
    .bind(id.as_str())
    .bind(job.kind)
    .bind(job.subject)
    .bind(job.payload)
    .bind(job.dedupe)
    .bind(job.priority)
    .bind(now)
    .execute(write.connection())
    .await?;
    Ok(())
}

/// Takes back the jobs of a kind about `subject` that are not done. Whoever works on one learns it
/// at the next heartbeat.
pub(crate) async fn take_back(write: &mut Write, kind: &str, subject: &str) -> Result<()> {
    sqlx::query(
        "DELETE FROM jobs WHERE subject = $1 AND kind = $2 AND state IN ('waiting', 'leased')",
    )
    .bind(subject)
    .bind(kind)
    .execute(write.connection())
    .await?;
    Ok(())
}

impl Store {
    /// Makes sure that there is one job of this kind about `subject` to be leased: for what one
    /// process at a time does for ever. It is never done; whoever has it gives it back.
    pub async fn ensure_job(&self, kind: &str, subject: &str) -> Result<()> {
        // Looking first costs a reader only.
        let known: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM jobs WHERE kind = $1 AND dedupe = $2")
                .bind(kind)
                .bind(subject)
                .fetch_one(&self.pool)
                .await?;
        if known > 0 {
            return Ok(());
        }
        let mut write = self.write().await?;
        let job = NewJob {
            kind,
            subject,
            payload: "{}".into(),
            dedupe: Some(subject),
            priority: 0,
        };
        enqueue(&mut write, job).await?;
        write.commit_unrecorded().await
    }

    /// Removes such a job: there is nothing to do about `subject` any more.
    pub async fn drop_job(&self, kind: &str, subject: &str) -> Result<()> {
        let mut write = self.write().await?;
        take_back(&mut write, kind, subject).await?;
        write.commit_unrecorded().await
    }

    /// The next due job of one of `kinds`, leased to `owner` for `lease_ms`; also one whose
    /// lease ran out. No two workers ever hold the same lease.
    pub async fn lease_job(
        &self,
        kinds: &[&str],
        owner: &str,
        lease_ms: i64,
    ) -> Result<Option<Job>> {
        if kinds.is_empty() {
            return Ok(None);
        }
        let due = format!(
            "SELECT id FROM jobs
             WHERE kind IN ({})
               AND ((state = 'waiting' AND due_at <= $1)
                    OR (state = 'leased' AND leased_until <= $1))
             ORDER BY priority DESC, due_at, id LIMIT 1",
            placeholders(2, kinds.len())
        );
        // Looking first costs a reader only: an idle worker doesn't stand in the writers' way.
        let mut look = sqlx::query(AssertSqlSafe(due.clone())).bind(self.now().0);
        for kind in kinds {
            look = look.bind(*kind);
        }
        if look.fetch_optional(&self.pool).await?.is_none() {
            return Ok(None);
        }
        let skip = if self.is_sqlite() {
            ""
        } else {
            "FOR UPDATE SKIP LOCKED"
        };
        let owner_at = kinds.len() + 2;
        let lease = format!(
            "UPDATE jobs SET state = 'leased', attempts = attempts + 1,
                    leased_by = ${owner_at}, leased_until = ${}
             WHERE id = ({due} {skip})
             RETURNING id, kind, subject, payload, attempts",
            owner_at + 1
        );
        let mut write = self.write().await?;
        let now = write.now();
        let mut query = sqlx::query(AssertSqlSafe(lease)).bind(now.0);
        for kind in kinds {
            query = query.bind(*kind);
        }
        let row = query
            .bind(owner)
            .bind(now.plus_ms(lease_ms).0)
            .fetch_optional(write.connection())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let job = Job {
            id: row.id("id")?,
            kind: row.text("kind")?,
            subject: row.text("subject")?,
            payload: row.text("payload")?,
            attempts: row.number("attempts")?,
        };
        write.commit_unrecorded().await?;
        Ok(Some(job))
    }

    /// Prolongs the lease to `lease_ms` from now. False: the lease is lost, stop working.
    pub async fn heartbeat(&self, id: &JobId, owner: &str, lease_ms: i64) -> Result<bool> {
        let mut write = self.write().await?;
        let until = write.now().plus_ms(lease_ms).0;
        let held = sqlx::query(
            "UPDATE jobs SET leased_until = $3
             WHERE id = $1 AND leased_by = $2 AND state = 'leased'",
        )
        .bind(id.as_str())
        .bind(owner)
        .bind(until)
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit_unrecorded().await?;
        Ok(held == 1)
    }

    /// Prolongs the lease by heartbeats, one each `every`; ends when it is lost.
    pub async fn keep_lease(&self, id: &JobId, owner: &str, lease_ms: i64, every: Duration) {
        let mut beat = interval(every);
        beat.tick().await;
        loop {
            beat.tick().await;
            match self.heartbeat(id, owner, lease_ms).await {
                Ok(true) => {}
                Ok(false) => return,
                // The lease outlasts a few of these.
                Err(error) => tracing::warn!(%error, "a heartbeat failed"),
            }
        }
    }

    /// Ends the leases of owners that are gone, so that their jobs needn't wait until these run
    /// out. The jobs go behind others of their priority: one that ends its worker each time doesn't
    /// hold up the rest. Gives how many those were.
    pub async fn lapse_leases(&self, kind: &str, is_gone: impl Fn(&str) -> bool) -> Result<u64> {
        let rows =
            sqlx::query("SELECT DISTINCT leased_by FROM jobs WHERE kind = $1 AND state = 'leased'")
                .bind(kind)
                .fetch_all(&self.pool)
                .await?;
        let mut lapsed = 0;
        for row in rows {
            let Some(owner) = row.maybe_text("leased_by")?.filter(|owner| is_gone(owner)) else {
                continue;
            };
            let mut write = self.write().await?;
            lapsed += sqlx::query(
                "UPDATE jobs SET state = 'waiting', due_at = $3, leased_by = NULL,
                        leased_until = NULL
                 WHERE kind = $1 AND leased_by = $2 AND state = 'leased'",
            )
            .bind(kind)
            .bind(owner)
            .bind(write.now().0)
            .execute(write.connection())
            .await?
            .rows_affected();
            write.commit_unrecorded().await?;
        }
        Ok(lapsed)
    }

    /// The job is done. False: the lease was lost, another worker has it or had it.
    pub async fn finish_job(&self, id: &JobId, owner: &str) -> Result<bool> {
        let mut write = self.write().await?;
        let now = write.now().0;
        let held = sqlx::query(
            "UPDATE jobs SET state = 'done', leased_by = NULL, leased_until = NULL,
                    error = NULL, finished_at = $3
             WHERE id = $1 AND leased_by = $2 AND state = 'leased'",
        )
        .bind(id.as_str())
        .bind(owner)
        .bind(now)
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit_unrecorded().await?;
        Ok(held == 1)
    }

    /// Gives a job back at once, as if it had not been leased: the worker shuts down. False:
    /// the lease was lost.
    pub async fn release_job(&self, id: &JobId, owner: &str) -> Result<bool> {
        let mut write = self.write().await?;
        let held = sqlx::query(
            "UPDATE jobs SET state = 'waiting', attempts = attempts - 1,
                    leased_by = NULL, leased_until = NULL
             WHERE id = $1 AND leased_by = $2 AND state = 'leased'",
        )
        .bind(id.as_str())
        .bind(owner)
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit_unrecorded().await?;
        Ok(held == 1)
    }

    /// The job failed with `error`: it is tried again in `retry_in_ms`, or never. False: the
    /// lease was lost.
    pub async fn fail_job(
        &self,
        id: &JobId,
        owner: &str,
        error: &str,
        retry_in_ms: Option<i64>,
    ) -> Result<bool> {
        let mut write = self.write().await?;
        let now = write.now();
        let (state, due_at, finished_at) = match retry_in_ms {
            Some(wait) => ("waiting", now.plus_ms(wait), None),
            None => ("failed", now, Some(now.0)),
        };
        let held = sqlx::query(
            "UPDATE jobs SET state = $3, due_at = $4, error = $5, finished_at = $6,
                    leased_by = NULL, leased_until = NULL
             WHERE id = $1 AND leased_by = $2 AND state = 'leased'",
        )
        .bind(id.as_str())
        .bind(owner)
        .bind(state)
        .bind(due_at.0)
        .bind(clean(error).into_owned())
        .bind(finished_at)
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit_unrecorded().await?;
        Ok(held == 1)
    }

    /// Jobs of a kind that are not done and not given up: waiting, due later, or leased.
    pub async fn jobs_waiting(&self, kind: &str) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM jobs WHERE kind = $1 AND state IN ('waiting', 'leased')",
        )
        .bind(kind)
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Jobs of a kind that were given up, newest first, each with its last error.
    pub async fn jobs_failed(&self, kind: &str, limit: u32) -> Result<Vec<(JobId, String)>> {
        let rows = sqlx::query(
            "SELECT id, error FROM jobs WHERE kind = $1 AND state = 'failed'
             ORDER BY finished_at DESC, id DESC LIMIT $2",
        )
        .bind(kind)
        .bind(big(limit)?)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| Ok((row.id("id")?, row.maybe_text("error")?.unwrap_or_default())))
            .collect()
    }
}
