//! One escalation in a change: its row is held until the transaction ends, its revision counts up,
//! and what moves a clock moves here.

use crate::calendar::Calendar;
use crate::clocks::{self, ClockRow};
use crate::escalations::{name_of, priority_of};
use crate::row::Columns;
use crate::write::Write;
use crate::{Result, StoreError, tickets};
use inhouse_protocol::{EscalationId, EscalationState, Priority, QueueId, RunId, Timestamp};

/// An escalation as a change finds it, and leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) id: EscalationId,
    pub(crate) run: RunId,
    /// The asker; none: the operator.
    pub(crate) user: Option<String>,
    pub(crate) state: EscalationState,
    pub(crate) queue: QueueId,
    /// Whether that queue is one that only its members see.
    pub(crate) restricted: bool,
    pub(crate) priority: Priority,
    pub(crate) assignee: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) first_reply_at: Option<Timestamp>,
    /// With every pause that is over counted in, like the next.
    pub(crate) first_reply_due_at: Option<Timestamp>,
    pub(crate) resolution_due_at: Option<Timestamp>,
    pub(crate) resolved_at: Option<Timestamp>,
    pub(crate) snoozed_until: Option<Timestamp>,
    pub(crate) waiting_since: Option<Timestamp>,
    /// Milliseconds of business hours in pauses that are over.
    pub(crate) paused_ms: i64,
    pub(crate) warned_at: Option<Timestamp>,
    pub(crate) breached_at: Option<Timestamp>,
    pub(crate) merged_into: Option<EscalationId>,
    pub(crate) withdrawn_at: Option<Timestamp>,
    pub(crate) reopened: i64,
    pub(crate) ticket_key: Option<String>,
    pub(crate) revision: u64,
}

impl Item {
    /// The columns that the clocks are read from.
    pub(crate) const fn clock(&self) -> ClockRow {
        ClockRow {
            created_at: self.created_at,
            first_reply_at: self.first_reply_at,
            first_reply_due_at: self.first_reply_due_at,
            resolution_due_at: self.resolution_due_at,
            resolved_at: self.resolved_at,
            waiting_since: self.waiting_since,
            paused_ms: self.paused_ms,
            state: self.state,
        }
    }

    /// Stops the clock until the asker has said more.
    pub(crate) fn wait(&mut self, now: Timestamp) {
        self.waiting_since = self.waiting_since.or(Some(now));
    }

    /// Lets the clock go on: what isn't met is due later by the business hours waited.
    pub(crate) fn resume(&mut self, now: Timestamp, calendar: &Calendar) {
        if self.waiting_since.is_none() {
            return;
        }
        let resumed = clocks::resumed(calendar, now, &self.clock());
        self.paused_ms = resumed.paused_ms;
        self.first_reply_due_at = resumed.first_reply_due_at;
        self.resolution_due_at = resumed.resolution_due_at;
        self.waiting_since = None;
    }

    /// Moves to another state. The time for which one was resolved counts as a pause once it is
    /// taken up again, and it is no duplicate and not withdrawn any more.
    pub(crate) fn move_to(&mut self, state: EscalationState, now: Timestamp, calendar: &Calendar) {
        if state == self.state {
            return;
        }
        if state == EscalationState::Resolved {
            self.resume(now, calendar);
            self.snoozed_until = None;
            self.resolved_at = Some(now);
        } else if self.state == EscalationState::Resolved {
            self.state = state;
            self.waiting_since = self.resolved_at.take();
            self.resume(now, calendar);
            self.merged_into = None;
            self.withdrawn_at = None;
            self.warned_at = None;
            self.breached_at = None;
            if state == EscalationState::Open {
                self.reopened += 1;
            }
        }
        self.state = state;
    }
}

const HOLD: &str = "UPDATE escalations SET revision = revision WHERE id = $1
     RETURNING id, run_id, user_id, state, queue_id, priority, assignee_id, created_at,
               first_reply_at, first_reply_due_at, resolution_due_at, resolved_at, snoozed_until,
               waiting_since, paused_ms, warned_at, breached_at, merged_into, withdrawn_at,
               reopened, ticket_key, revision";

/// Holds an escalation's row until the transaction ends, for what is added to it and changes
/// nothing. `NotFound` when there is none.
pub(crate) async fn hold(write: &mut Write, id: &EscalationId) -> Result<Item> {
    let row = sqlx::query(HOLD)
        .bind(id.as_str())
        .fetch_optional(write.connection())
        .await?;
    let row = row.ok_or(StoreError::NotFound)?;
    let queue: QueueId = row.id("queue_id")?;
    let restricted: i64 = sqlx::query_scalar("SELECT restricted FROM queues WHERE id = $1")
        .bind(queue.as_str())
        .fetch_one(write.connection())
        .await?;
    Ok(Item {
        id: row.id("id")?,
        run: row.id("run_id")?,
        user: row.maybe_text("user_id")?,
        state: row.name("state")?,
        queue,
        restricted: restricted != 0,
        priority: priority_of(&row)?,
        assignee: row.maybe_text("assignee_id")?,
        created_at: row.time("created_at")?,
        first_reply_at: row.maybe_time("first_reply_at")?,
        first_reply_due_at: row.maybe_time("first_reply_due_at")?,
        resolution_due_at: row.maybe_time("resolution_due_at")?,
        resolved_at: row.maybe_time("resolved_at")?,
        snoozed_until: row.maybe_time("snoozed_until")?,
        waiting_since: row.maybe_time("waiting_since")?,
        paused_ms: row.int("paused_ms")?,
        warned_at: row.maybe_time("warned_at")?,
        breached_at: row.maybe_time("breached_at")?,
        merged_into: row.maybe_id("merged_into")?,
        withdrawn_at: row.maybe_time("withdrawn_at")?,
        reopened: row.int("reopened")?,
        ticket_key: row.maybe_text("ticket_key")?,
        revision: row.number("revision")?,
    })
}

/// Holds an escalation's row for a change and counts its revision up: the item has the new one.
/// `NotFound` when there is none; `Conflict` when `revision` is not the one that stands, since then
/// somebody changed it after the caller had looked.
pub(crate) async fn revise(
    write: &mut Write,
    id: &EscalationId,
    revision: Option<u64>,
) -> Result<Item> {
    let mut item = hold(write, id).await?;
    if revision.is_some_and(|seen| seen != item.revision) {
        let who = last_actor(write, id).await?;
        return Err(StoreError::conflict(format!(
            "{who} changed this meanwhile. Look at it again, then repeat your change."
        )));
    }
    let counted = "UPDATE escalations SET revision = revision + 1 WHERE id = $1";
    write.execute(counted, id.as_str()).await?;
    item.revision += 1;
    Ok(item)
}

/// Who changed an escalation last, as the beginning of a sentence.
async fn last_actor(write: &mut Write, id: &EscalationId) -> Result<String> {
    let row = sqlx::query(concat!(
        "SELECT ",
        name_of!("u"),
        " AS actor, v.actor_id FROM escalation_events v LEFT JOIN users u ON u.id = v.actor_id
         WHERE v.escalation_id = $1 ORDER BY v.number DESC LIMIT 1",
    ))
    .bind(id.as_str())
    .fetch_optional(write.connection())
    .await?;
    match row {
        Some(row) if row.maybe_text("actor_id")?.is_some() => row.text("actor"),
        _ => Ok("Somebody else".to_owned()),
    }
}

/// Writes what a change may have changed, and has its issue told where it has one.
pub(crate) async fn save(write: &mut Write, item: &Item) -> Result<()> {
    keep(write, item).await?;
    tickets::changed(write, &item.id).await
}

/// Writes what a change may have changed that came from the issue.
pub(crate) async fn keep(write: &mut Write, item: &Item) -> Result<()> {
    let time = |time: Option<Timestamp>| time.map(|time| time.0);
    sqlx::query(
        "UPDATE escalations
         SET state = $2, queue_id = $3, priority = $4, assignee_id = $5, first_reply_at = $6,
             first_reply_due_at = $7, resolution_due_at = $8, resolved_at = $9,
             snoozed_until = $10, waiting_since = $11, paused_ms = $12, warned_at = $13,
             breached_at = $14, merged_into = $15, withdrawn_at = $16, reopened = $17
         WHERE id = $1",
    )
    .bind(item.id.as_str())
    .bind(item.state.as_str())
    .bind(item.queue.as_str())
    .bind(item.priority.number())
    .bind(item.assignee.as_deref())
    .bind(time(item.first_reply_at))
    .bind(time(item.first_reply_due_at))
    .bind(time(item.resolution_due_at))
    .bind(time(item.resolved_at))
    .bind(time(item.snoozed_until))
    .bind(time(item.waiting_since))
    .bind(item.paused_ms)
    .bind(time(item.warned_at))
    .bind(time(item.breached_at))
    .bind(item.merged_into.as_ref().map(EscalationId::as_str))
    .bind(time(item.withdrawn_at))
    .bind(item.reopened)
    .execute(write.connection())
    .await?;
    Ok(())
}
