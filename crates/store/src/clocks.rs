//! Service levels: when the first reply and the resolution of an escalation are due, and how they
//! stand. Times count in business hours and stand still while the asker has to say something.
//!
//! The columns of an escalation hold when something is due with every pause that is over counted
//! in, so that a list can be sorted by them; [`dues`] adds the pause that goes on. The watch over
//! them is in `watch`.

#[cfg(test)]
mod tests;
mod watch;

pub(crate) use watch::watchers;
pub use watch::{ClockEvent, ClockEventKind};

use crate::Result;
use crate::calendar::Calendar;
use crate::row::Columns;
use inhouse_protocol::{Due, DueState, EscalationState, Priority, Timestamp};
use sqlx::any::AnyRow;

const MINUTE_MS: i64 = 60_000;

/// A condition on an escalation `e` that isn't resolved: something of it was due before `$1`.
pub(crate) const BREACHED: &str = "e.waiting_since IS NULL
     AND (e.first_reply_at IS NULL AND e.first_reply_due_at < $1 OR e.resolution_due_at < $1)";

/// The columns of an escalation that its clocks are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClockRow {
    pub(crate) created_at: Timestamp,
    pub(crate) first_reply_at: Option<Timestamp>,
    /// With every pause that is over counted in, like the next.
    pub(crate) first_reply_due_at: Option<Timestamp>,
    pub(crate) resolution_due_at: Option<Timestamp>,
    pub(crate) resolved_at: Option<Timestamp>,
    /// Since when the clock stands still.
    pub(crate) waiting_since: Option<Timestamp>,
    /// Milliseconds of business hours in pauses that are over.
    pub(crate) paused_ms: i64,
    pub(crate) state: EscalationState,
}

/// The clocks of a row that has the columns by their own names.
pub(crate) fn clock_row(row: &AnyRow) -> Result<ClockRow> {
    Ok(ClockRow {
        created_at: row.time("created_at")?,
        first_reply_at: row.maybe_time("first_reply_at")?,
        first_reply_due_at: row.maybe_time("first_reply_due_at")?,
        resolution_due_at: row.maybe_time("resolution_due_at")?,
        resolved_at: row.maybe_time("resolved_at")?,
        waiting_since: row.maybe_time("waiting_since")?,
        paused_ms: row.int("paused_ms")?,
        state: row.name("state")?,
    })
}

/// When something is due that a queue wants within so many minutes of business hours: an urgent one
/// in a quarter of them, a high one in half, a low one in twice as many.
pub(crate) fn due_at(
    calendar: &Calendar,
    created: Timestamp,
    minutes: u32,
    priority: Priority,
) -> Timestamp {
    calendar.after(created, level_ms(minutes, priority))
}

/// The same where a queue may want nothing, and so many milliseconds of business hours were
/// pauses.
pub(crate) fn due_with(
    calendar: &Calendar,
    created: Timestamp,
    minutes: Option<u32>,
    priority: Priority,
    paused_ms: i64,
) -> Option<Timestamp> {
    let level = level_ms(minutes?, priority);
    Some(calendar.after(created, level.saturating_add(paused_ms.max(0))))
}

fn level_ms(minutes: u32, priority: Priority) -> i64 {
    let quarters = match priority {
        Priority::Urgent => 1,
        Priority::High => 2,
        Priority::Normal => 4,
        Priority::Low => 8,
    };
    i64::from(minutes) * (MINUTE_MS / 4) * quarters
}

/// How the first reply and the resolution stand; none where the queue wants none.
pub(crate) fn dues(
    calendar: &Calendar,
    now: Timestamp,
    row: &ClockRow,
) -> (Option<Due>, Option<Due>) {
    let resolved = row.done();
    let part = |at: Option<Timestamp>, done: Option<Timestamp>| {
        at.map(|at| stand(calendar, now, row, at, done))
    };
    (
        part(row.first_reply_due_at, row.first_reply_at.or(resolved)),
        part(row.resolution_due_at, resolved),
    )
}

impl ClockRow {
    /// When it was resolved. One of an earlier version may lack the time: it counts as kept.
    fn done(&self) -> Option<Timestamp> {
        match self.state {
            EscalationState::Resolved => Some(self.resolved_at.unwrap_or(self.created_at)),
            EscalationState::Open | EscalationState::Answered => None,
        }
    }
}

fn stand(
    calendar: &Calendar,
    now: Timestamp,
    row: &ClockRow,
    at: Timestamp,
    done: Option<Timestamp>,
) -> Due {
    if let Some(done) = done {
        let state = if done <= at {
            DueState::Met
        } else {
            DueState::Missed
        };
        return Due {
            at,
            left_minutes: 0,
            state,
        };
    }
    if let Some(since) = row.waiting_since {
        let left = calendar.business_ms(since, at);
        return Due {
            at: moved(calendar, since, now, at),
            left_minutes: left / MINUTE_MS,
            state: DueState::Paused,
        };
    }
    let left = calendar.business_ms(now, at);
    let whole = calendar.business_ms(row.created_at, at) - row.paused_ms;
    let state = if at < now {
        DueState::Breached
    } else if left.saturating_mul(4) <= whole.max(0) {
        DueState::Soon
    } else {
        DueState::OnTime
    };
    Due {
        at,
        left_minutes: left / MINUTE_MS,
        state,
    }
}

/// What was due at `at` once a pause from `since` to `now` is over. What was over already stays.
fn moved(calendar: &Calendar, since: Timestamp, now: Timestamp, at: Timestamp) -> Timestamp {
    if at <= since {
        at
    } else {
        calendar.after(now, calendar.business_ms(since, at)).max(at)
    }
}

/// The columns of an escalation whose clock goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resumed {
    pub(crate) paused_ms: i64,
    pub(crate) first_reply_due_at: Option<Timestamp>,
    pub(crate) resolution_due_at: Option<Timestamp>,
}

/// The columns once the clock goes on now: what isn't met is due later by the business hours of the
/// pause. As they are where it doesn't stand still.
pub(crate) fn resumed(calendar: &Calendar, now: Timestamp, row: &ClockRow) -> Resumed {
    let Some(since) = row.waiting_since else {
        return Resumed {
            paused_ms: row.paused_ms,
            first_reply_due_at: row.first_reply_due_at,
            resolution_due_at: row.resolution_due_at,
        };
    };
    let later = |at: Timestamp| moved(calendar, since, now, at);
    Resumed {
        paused_ms: row.paused_ms + calendar.business_ms(since, now).max(0),
        first_reply_due_at: match row.first_reply_at {
            Some(_) => row.first_reply_due_at,
            None => row.first_reply_due_at.map(later),
        },
        resolution_due_at: row.resolution_due_at.map(later),
    }
}
