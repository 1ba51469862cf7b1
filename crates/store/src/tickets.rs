//! What the ticket tracker is told, and the key it gives back. The job in the queue is unique per
//! escalation; the tracker is asked for the escalation before a second try creates.
//!
//! What is in a restricted queue is never told, whoever asks for it.

use crate::audit::Actor;
use crate::jobs::{NewJob, TICKET, TICKET_UPDATE, TicketJob, enqueue};
use crate::row::{Columns, clean, to_json};
use crate::trackers::TicketStatus;
use crate::write::Write;
use crate::{Result, Store, StoreError, timeline};
use inhouse_protocol::{
    EscalationId, EscalationReason, EscalationState, Priority, ReplyId, Timestamp,
};
use serde_json::json;
use sqlx::any::AnyRow;

/// An escalation as the ticket tracker sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRequest {
    pub escalation: EscalationId,
    pub question: String,
    pub reason: EscalationReason,
    pub department: Option<String>,
    pub created_at: Timestamp,
    pub queue_key: String,
    pub queue_name: String,
    pub priority: Priority,
    /// When it should be resolved, else when it should have its first reply.
    pub due_at: Option<Timestamp>,
    /// The key once it exists: nothing is to be sent then.
    pub key: Option<String>,
    /// The tracker that was tried or has the issue.
    pub tracker: Option<String>,
}

/// How an escalation with an issue stands: what the issue is to be brought to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketUpdate {
    pub escalation: EscalationId,
    pub key: String,
    /// The tracker that has the issue; none: the one of the configuration.
    pub tracker: Option<String>,
    pub resolved: bool,
    /// Counts up with every change of the escalation.
    pub revision: u64,
    /// Replies to the asker, in the order written.
    pub replies: Vec<(ReplyId, String)>,
}

const REQUEST: &str = "
    SELECT e.id, COALESCE(e.subject, r.question) AS question, e.reason, r.department, e.created_at,
           e.ticket_key, e.ticket_tracker, e.priority, e.state, e.revision, e.resolution_due_at,
           e.first_reply_due_at, q.key AS queue_key, q.name AS queue_name
    FROM escalations e
    JOIN runs r ON r.id = e.run_id
    JOIN queues q ON q.id = e.queue_id
    WHERE e.id = $1 AND q.restricted = 0";

impl Store {
    /// What to send for an escalation. `NotFound` also for one in a restricted queue.
    pub async fn ticket_for(&self, id: &EscalationId) -> Result<TicketRequest> {
        let row = self.ticket_row(id).await?.ok_or(StoreError::NotFound)?;
        let priority = row.int("priority")?;
        let due = row.maybe_time("resolution_due_at")?;
        Ok(TicketRequest {
            escalation: row.id("id")?,
            question: row.text("question")?,
            reason: row.name("reason")?,
            department: row.maybe_text("department")?,
            created_at: row.time("created_at")?,
            queue_key: row.text("queue_key")?,
            queue_name: row.text("queue_name")?,
            priority: Priority::ALL
                .into_iter()
                .find(|known| known.number() == priority)
                .unwrap_or_default(),
            due_at: match due {
                Some(due) => Some(due),
                None => row.maybe_time("first_reply_due_at")?,
            },
            key: row.maybe_text("ticket_key")?,
            tracker: row.maybe_text("ticket_tracker")?,
        })
    }

    async fn ticket_row(&self, id: &EscalationId) -> Result<Option<AnyRow>> {
        let row = sqlx::query(REQUEST)
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row)
    }

    /// Notes which tracker is about to make the issue, so that every later try goes there too.
    /// False when nothing is to be sent any more: it has an issue, or its queue is restricted.
    pub async fn claim_ticket(&self, id: &EscalationId, tracker: &str) -> Result<bool> {
        let mut write = self.write().await?;
        let claimed = sqlx::query(
            "UPDATE escalations SET ticket_tracker = $2
             WHERE id = $1 AND ticket_key IS NULL
               AND queue_id IN (SELECT id FROM queues WHERE restricted = 0)",
        )
        .bind(id.as_str())
        .bind(tracker)
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit_unrecorded().await?;
        Ok(claimed == 1)
    }

    /// Notes the key. The same key again changes nothing; `Conflict` for another one, or
    /// one that another escalation has in this tracker.
    pub async fn set_ticket_key(&self, id: &EscalationId, key: &str) -> Result<()> {
        let key = clean(key.trim()).into_owned();
        let mut write = self.write().await?;
        let set = sqlx::query(
            "UPDATE escalations SET ticket_key = $2 WHERE id = $1 AND ticket_key IS NULL",
        )
        .bind(id.as_str())
        .bind(key.as_str())
        .execute(write.connection())
        .await
        .map_err(|error| StoreError::unique(error, "Another escalation has this issue."))?;
        if set.rows_affected() == 0 {
            drop(write);
            return match self.ticket_of(id).await? {
                Some((existing, _)) if existing == key => Ok(()),
                _ => Err(StoreError::conflict("This escalation has another issue.")),
            };
        }
        let detail = json!({ "key": key });
        timeline::note(&mut write, id, None, "ticket", detail.clone()).await?;
        // What was done until the issue was there.
        let state: String = sqlx::query_scalar("SELECT state FROM escalations WHERE id = $1")
            .bind(id.as_str())
            .fetch_one(write.connection())
            .await?;
        if state != EscalationState::Open.as_str() {
            changed(&mut write, id).await?;
        }
        write
            .commit(
                &Actor::System,
                "escalation.ticket",
                ("escalation", id.as_str()),
                detail,
            )
            .await
    }

    /// An escalation's issue, with the tracker that has it; none there: that of the configuration.
    pub async fn ticket_of(&self, id: &EscalationId) -> Result<Option<(String, Option<String>)>> {
        let row = sqlx::query("SELECT ticket_key, ticket_tracker FROM escalations WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let tracker = row.maybe_text("ticket_tracker")?;
        Ok(row.maybe_text("ticket_key")?.map(|key| (key, tracker)))
    }

    /// How an escalation stands that has an issue. None where it has none, is gone, or is in a
    /// restricted queue by now.
    pub async fn ticket_update(&self, id: &EscalationId) -> Result<Option<TicketUpdate>> {
        let Some(row) = self.ticket_row(id).await? else {
            return Ok(None);
        };
        let Some(key) = row.maybe_text("ticket_key")? else {
            return Ok(None);
        };
        let replies = sqlx::query(
            "SELECT id, body FROM replies WHERE escalation_id = $1 AND kind = 'reply'
             ORDER BY at, id",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let state: EscalationState = row.name("state")?;
        Ok(Some(TicketUpdate {
            escalation: row.id("id")?,
            key,
            tracker: row.maybe_text("ticket_tracker")?,
            resolved: state == EscalationState::Resolved,
            revision: row.number("revision")?,
            replies: replies
                .iter()
                .map(|row| Ok((row.id("id")?, row.text("body")?)))
                .collect::<Result<_>>()?,
        }))
    }

    /// Notes how the issue stands after it was brought to where the escalation is.
    pub async fn set_ticket_status(&self, id: &EscalationId, status: &TicketStatus) -> Result<()> {
        let name = clean(&status.name).into_owned();
        let mut write = self.write().await?;
        let set = sqlx::query(
            "UPDATE escalations SET ticket_state = $2, ticket_seen_at = $3
             WHERE id = $1 AND COALESCE(ticket_state, '') <> $2",
        )
        .bind(id.as_str())
        .bind(name.as_str())
        .bind(status.at.0)
        .execute(write.connection())
        .await?;
        if set.rows_affected() == 0 {
            return Ok(());
        }
        let detail = json!({ "state": name });
        write
            .commit(
                &Actor::System,
                "escalation.ticket_update",
                ("escalation", id.as_str()),
                detail,
            )
            .await
    }
}

/// Queues the job that makes the issue of an escalation, once; one that was given up is tried
/// anew.
pub(crate) async fn want(write: &mut Write, id: &EscalationId) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "UPDATE jobs SET state = 'waiting', attempts = 0, due_at = $3, error = NULL,
                finished_at = NULL
         WHERE kind = $1 AND subject = $2 AND state = 'failed'",
    )
    .bind(TICKET)
    .bind(id.as_str())
    .bind(now)
    .execute(write.connection())
    .await?;
    enqueue(write, job(TICKET, id, Some(id.as_str()))?).await
}

/// Queues the job that brings an escalation's issue to where the escalation is; nothing where it
/// has no issue, or such a job has yet to begin.
pub(crate) async fn changed(write: &mut Write, id: &EscalationId) -> Result<()> {
    let needed: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM escalations
         WHERE id = $1 AND ticket_key IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM jobs
                           WHERE kind = $2 AND subject = $1 AND state = 'waiting')",
    )
    .bind(id.as_str())
    .bind(TICKET_UPDATE)
    .fetch_one(write.connection())
    .await?;
    if needed == 0 {
        return Ok(());
    }
    enqueue(write, job(TICKET_UPDATE, id, None)?).await
}

/// Whether a change made here is still on its way to the tracker.
pub(crate) async fn is_underway(write: &mut Write, id: &EscalationId) -> Result<bool> {
    let jobs: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM jobs
         WHERE kind = $1 AND subject = $2 AND state IN ('waiting', 'leased')",
    )
    .bind(TICKET_UPDATE)
    .bind(id.as_str())
    .fetch_one(write.connection())
    .await?;
    Ok(jobs > 0)
}

fn job<'a>(
    kind: &'static str,
    id: &'a EscalationId,
    dedupe: Option<&'a str>,
) -> Result<NewJob<'a>> {
    let payload = to_json(&TicketJob {
        escalation: id.clone(),
    })?;
    Ok(NewJob {
        kind,
        subject: id.as_str(),
        payload,
        dedupe,
        priority: 0,
    })
}
