//! The watch over the clocks: warns when a quarter of the time or less is left, notes a breach, and
//! brings back what was put off. Each is one transaction with its line in the timeline and its
//! record, and happens once.

use super::{ClockRow, clock_row, dues};
use crate::audit::Actor;
use crate::restricted::readers;
use crate::row::Columns;
use crate::write::Write;
use crate::{Result, Store, notices, timeline};
use inhouse_protocol::{DueState, EscalationId, QueueId, Timestamp, UserId};
use serde_json::{Value, json};
use sqlx::any::AnyRow;

/// What the watch noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockEventKind {
    /// A quarter of the time or less is left.
    Warned,
    /// The time is over.
    Breached,
    /// What was put off is back.
    Woken,
}

impl ClockEventKind {
    /// Its name in timelines and notices.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warned => "warned",
            Self::Breached => "breached",
            Self::Woken => "woken",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Warned => "escalation.warn",
            Self::Breached => "escalation.breach",
            Self::Woken => "escalation.wake",
        }
    }
}

/// What happened to an escalation by the passing of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockEvent {
    pub escalation: EscalationId,
    pub queue: QueueId,
    pub assignee: Option<UserId>,
    pub kind: ClockEventKind,
}

/// Everything unresolved that has a clock or was put off.
const WATCHED: &str = "SELECT e.id, e.queue_id, e.assignee_id, e.snoozed_until, e.warned_at,
        e.breached_at, e.created_at, e.first_reply_at, e.first_reply_due_at, e.resolution_due_at,
        e.resolved_at, e.waiting_since, e.paused_ms, e.state
     FROM escalations e
     WHERE e.state <> 'resolved'
       AND (e.snoozed_until <= $1
            OR e.waiting_since IS NULL
               AND (e.first_reply_at IS NULL AND e.first_reply_due_at IS NOT NULL
                    OR e.resolution_due_at IS NOT NULL))
     ORDER BY e.id";

/// Of which part of the service level a warning or a breach is.
type Part = &'static str;

impl Store {
    /// Warns, notes breaches and wakes what was put off until `now`, and tells the people whom it
    /// concerns. Gives what happened, each once; again nothing where it is called again.
    pub async fn sweep_clocks(&self, now: Timestamp) -> Result<Vec<ClockEvent>> {
        let rows = sqlx::query(WATCHED)
            .bind(now.0)
            .fetch_all(&self.pool)
            .await?;
        let mut events = Vec::new();
        for row in &rows {
            if row.maybe_time("snoozed_until")?.is_some_and(|at| at <= now) {
                let event = event(row, ClockEventKind::Woken)?;
                if self.note_clock(now, &event, 0, json!({})).await? {
                    events.push(event);
                }
            }
            if let Some((kind, part)) = self.due_event(now, row)? {
                let event = event(row, kind)?;
                let seen = noted_at(row, kind)?.map_or(0, |at| at.0);
                let detail = json!({ "what": part });
                if self.note_clock(now, &event, seen, detail).await? {
                    events.push(event);
                }
            }
        }
        Ok(events)
    }

    /// What is to be told of the clocks of a row; none where it was told.
    fn due_event(&self, now: Timestamp, row: &AnyRow) -> Result<Option<(ClockEventKind, Part)>> {
        let clock = clock_row(row)?;
        if clock.waiting_since.is_some() {
            return Ok(None);
        }
        let (first, resolution) = dues(self.calendar(), now, &clock);
        let parts = [("first_reply", first), ("resolution", resolution)];
        for (state, kind) in [
            (DueState::Breached, ClockEventKind::Breached),
            (DueState::Soon, ClockEventKind::Warned),
        ] {
            let stands = parts
                .iter()
                .find(|(_, due)| due.is_some_and(|due| due.state == state));
            let Some((part, _)) = stands else {
                continue;
            };
            let told = noted_at(row, kind)?.is_some_and(|at| at > since(&clock));
            // Beside a breach a warning says nothing new.
            return Ok((!told).then_some((kind, *part)));
        }
        Ok(None)
    }

    /// Notes it, if nobody else did since the row was read; `seen` is when the same was noted the
    /// last time, 0 for never.
    async fn note_clock(
        &self,
        now: Timestamp,
        event: &ClockEvent,
        seen: i64,
        detail: Value,
    ) -> Result<bool> {
        let mut write = self.write().await?;
        let sql = match event.kind {
            ClockEventKind::Warned => {
                "UPDATE escalations SET warned_at = $2
                 WHERE id = $1 AND COALESCE(warned_at, 0) = $3 AND state <> 'resolved'
                   AND waiting_since IS NULL"
            }
            ClockEventKind::Breached => {
                "UPDATE escalations SET breached_at = $2
                 WHERE id = $1 AND COALESCE(breached_at, 0) = $3 AND state <> 'resolved'
                   AND waiting_since IS NULL"
            }
            ClockEventKind::Woken => {
                "UPDATE escalations SET snoozed_until = NULL
                 WHERE id = $1 AND snoozed_until <= $2 AND $3 = 0"
            }
        };
        let changed = sqlx::query(sql)
            .bind(event.escalation.as_str())
            .bind(now.0)
            .bind(seen)
            .execute(write.connection())
            .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        let kind = event.kind.as_str();
        timeline::note(&mut write, &event.escalation, None, kind, detail.clone()).await?;
        let assignee = event.assignee.as_ref().map(UserId::as_str);
        let people = watchers(&mut write, event.queue.as_str(), assignee).await?;
        let people: Vec<&str> = people.iter().map(String::as_str).collect();
        let subject = ("escalation", event.escalation.as_str());
        notices::tell(&mut write, &people, kind, subject).await?;
        write
            .commit(&Actor::System, event.kind.action(), subject, detail)
            .await?;
        Ok(true)
    }
}

/// Since when a notice of this clock counts: one before the first reply was of another time.
fn since(clock: &ClockRow) -> Timestamp {
    clock.first_reply_at.unwrap_or(clock.created_at)
}

fn noted_at(row: &AnyRow, kind: ClockEventKind) -> Result<Option<Timestamp>> {
    match kind {
        ClockEventKind::Warned => row.maybe_time("warned_at"),
        ClockEventKind::Breached => row.maybe_time("breached_at"),
        ClockEventKind::Woken => Ok(None),
    }
}

fn event(row: &AnyRow, kind: ClockEventKind) -> Result<ClockEvent> {
    Ok(ClockEvent {
        escalation: row.id("id")?,
        queue: row.id("queue_id")?,
        assignee: row.maybe_id("assignee_id")?,
        kind,
    })
}

/// Whom something at the desk concerns, by their ids: the one it is assigned to; else the active
/// members of its queue; else everybody active at the desk who may see it.
pub(crate) async fn watchers(
    write: &mut Write,
    queue: &str,
    assignee: Option<&str>,
) -> Result<Vec<String>> {
    let readers = readers(write.connection(), queue).await?;
    if let Some(one) = assignee
        && readers.iter().any(|id| id == one)
    {
        return Ok(vec![one.to_owned()]);
    }
    let rows = sqlx::query("SELECT user_id FROM queue_members WHERE queue_id = $1")
        .bind(queue)
        .fetch_all(write.connection())
        .await?;
    let mut members = Vec::new();
    for row in rows {
        members.push(row.text("user_id")?);
    }
    let (inside, outside): (Vec<_>, Vec<_>) =
        readers.into_iter().partition(|id| members.contains(id));
    Ok(if inside.is_empty() { outside } else { inside })
}
