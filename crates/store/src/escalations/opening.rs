//! How an escalation is opened: in its queue, with its clocks and its ticket.

use super::checked_note;
use crate::row::{Columns, clean, new_id};
use crate::write::Write;
use crate::{Result, StoreError, clocks, notices, queues, tickets, timeline};
use inhouse_protocol::{EscalationId, EscalationReason, Priority, QueueId, RunId, Timestamp};
use serde_json::json;

/// A question that goes to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEscalation {
    pub reason: EscalationReason,
    /// The title of the rule that decided, where one did.
    pub rule: Option<String>,
    /// What the asker added; may be empty.
    pub note: String,
    /// Also make an issue in the ticket tracker; never where the queue is restricted.
    pub ticket: bool,
    /// The key of the queue that the rule names; where it names none, or one that isn't there, the
    /// topic decides, then the language.
    pub queue: Option<String>,
    pub priority: Priority,
    /// The label of the question's topic; empty: the one that is kept of the run.
    pub topic: String,
    /// The language asked in, as a code such as `de`; empty: the one that is kept of the run.
    pub language: String,
}

impl NewEscalation {
    /// One of normal priority for this reason, with nothing added and no issue.
    pub const fn new(reason: EscalationReason) -> Self {
        Self {
            reason,
            rule: None,
            note: String::new(),
            ticket: false,
            queue: None,
            priority: Priority::Normal,
            topic: String::new(),
            language: String::new(),
        }
    }
}

/// A row of `escalations` that is to be.
pub(crate) struct Fresh<'a> {
    pub(crate) run: &'a RunId,
    pub(crate) user: Option<&'a str>,
    pub(crate) reason: EscalationReason,
    pub(crate) rule: Option<&'a str>,
    pub(crate) note: &'a str,
    pub(crate) queue: &'a QueueId,
    pub(crate) priority: Priority,
    pub(crate) assignee: Option<&'a str>,
    /// When the first reply and the resolution are due.
    pub(crate) due: (Option<Timestamp>, Option<Timestamp>),
    /// The part of the question that it is about and what it was split off from.
    pub(crate) split: Option<(&'a str, &'a EscalationId)>,
}

/// Opens an escalation within a change: in its queue, with its clocks, given to whose turn it is,
/// and with its ticket job if one is wanted. A run has one escalation: where it is there already,
/// its id comes back, and false.
pub(crate) async fn open(
    write: &mut Write,
    run: &RunId,
    user: Option<&str>,
    new: &NewEscalation,
) -> Result<(EscalationId, bool)> {
    if let Some(existing) = id_of_run(write, run).await? {
        if new.ticket {
            ask_for_ticket(write, &existing).await?;
        }
        return Ok((existing, false));
    }
    let note = checked_note(&new.note)?;
    let (topic, language) = said_of(write, run, new).await?;
    let placed = queues::place(write, new.queue.as_deref(), &topic, &language).await?;
    let assignee = if placed.rotation {
        queues::next_member(write, &placed.id).await?
    } else {
        None
    };
    let (calendar, now) = (write.calendar(), write.now());
    let due = |minutes: Option<u32>| {
        minutes.map(|minutes| clocks::due_at(&calendar, now, minutes, new.priority))
    };
    let fresh = Fresh {
        run,
        user,
        reason: new.reason,
        rule: new.rule.as_deref(),
        note: &note,
        queue: &placed.id,
        priority: new.priority,
        assignee: assignee.as_deref(),
        due: (
            due(placed.first_reply_minutes),
            due(placed.resolution_minutes),
        ),
        split: None,
    };
    let id = insert(write, &fresh).await?;
    let actor = user.filter(|_| new.reason == EscalationReason::Asked);
    let detail = json!({ "queue": placed.id, "priority": new.priority });
    timeline::note(write, &id, actor, "opened", detail).await?;
    if let Some(assignee) = &assignee {
        let given = json!({ "to": assignee, "turn": true });
        timeline::note(write, &id, None, "assigned", given).await?;
        let about = ("escalation", id.as_str());
        notices::tell(write, &[assignee.as_str()], "assigned", about).await?;
    } else if placed.key != queues::FALLBACK {
        // Those of a queue of its own are told; the common one is where everybody looks anyway.
        let people = clocks::watchers(write, placed.id.as_str(), None).await?;
        let people: Vec<&str> = people.iter().map(String::as_str).collect();
        notices::tell(write, &people, "opened", ("escalation", id.as_str())).await?;
    }
    if new.ticket {
        ask_for_ticket(write, &id).await?;
    }
    Ok((id, true))
}

/// Writes a row; its state is open, and it was made now.
pub(crate) async fn insert(write: &mut Write, fresh: &Fresh<'_>) -> Result<EscalationId> {
    let id: EscalationId = new_id()?;
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO escalations
             (id, run_id, user_id, reason, rule, note, state, created_at, queue_id, priority,
              assignee_id, first_reply_due_at, resolution_due_at, subject, split_from)
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(id.as_str())
    .bind(fresh.run.as_str())
    .bind(fresh.user)
    .bind(fresh.reason.as_str())
    .bind(fresh.rule.map(|text| clean(text).into_owned()))
    .bind(fresh.note)
    .bind(now)
    .bind(fresh.queue.as_str())
    .bind(fresh.priority.number())
    .bind(fresh.assignee)
    .bind(fresh.due.0.map(|time| time.0))
    .bind(fresh.due.1.map(|time| time.0))
    .bind(fresh.split.map(|(subject, _)| subject))
    .bind(fresh.split.map(|(_, from)| from.as_str()))
    .execute(write.connection())
    .await?;
    Ok(id)
}

/// The topic and the language of a question: what the caller knows, else what is kept of the run.
async fn said_of(write: &mut Write, run: &RunId, new: &NewEscalation) -> Result<(String, String)> {
    let row = sqlx::query("SELECT topic, language FROM runs WHERE id = $1")
        .bind(run.as_str())
        .fetch_optional(write.connection())
        .await?;
    let row = row.ok_or(StoreError::NotFound)?;
    let or_kept = |known: &str, column: &str| -> Result<String> {
        match known {
            "" => Ok(row.maybe_text(column)?.unwrap_or_default()),
            known => Ok(known.to_owned()),
        }
    };
    Ok((
        or_kept(&new.topic, "topic")?,
        or_kept(&new.language, "language")?,
    ))
}

/// The escalation of a run, as the transaction sees it; not what was split off from it.
pub(crate) async fn id_of_run(write: &mut Write, run: &RunId) -> Result<Option<EscalationId>> {
    let row = sqlx::query("SELECT id FROM escalations WHERE run_id = $1 AND split_from IS NULL")
        .bind(run.as_str())
        .fetch_optional(write.connection())
        .await?;
    row.map(|row| row.id("id")).transpose()
}

/// Queues the job that makes an issue, unless the escalation's queue is restricted: what is in one
/// leaves this system for nobody.
pub(crate) async fn ask_for_ticket(write: &mut Write, id: &EscalationId) -> Result<()> {
    let restricted: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM escalations e JOIN queues q ON q.id = e.queue_id
         WHERE e.id = $1 AND q.restricted = 1",
    )
    .bind(id.as_str())
    .fetch_one(write.connection())
    .await?;
    if restricted > 0 {
        return Ok(());
    }
    tickets::want(write, id).await
}
