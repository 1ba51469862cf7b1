//! Changes of where an escalation stands: state, queue, priority, whose it is, whether it is out of
//! the list and whether its clock stands still. One, or many with what takes each back.

use super::{subject, take};
use crate::access::Principal;
use crate::calendar::Calendar;
use crate::item::{self, Item};
use crate::jobs::{TICKET, take_back};
use crate::queues::{self, Placed};
use crate::write::Write;
use crate::{Result, Store, StoreError, clocks, notices, restricted, timeline};
use inhouse_protocol::{
    Assign, BulkChange, BulkResult, ChangeEscalation, EscalationChange, EscalationId,
    EscalationState, QueueId, Snooze, Timestamp, UserId,
};
use serde_json::{Value, json};

/// The most escalations of one change.
const BULK: usize = 200;

/// What one change did, for the timeline: its kind and its detail.
type Change = (&'static str, Value);

impl Store {
    /// Changes an escalation, and gives what takes the change back. What is as it should be already
    /// leaves no record.
    ///
    /// `NotFound` unless the principal may see it at the desk; `Conflict` where somebody changed it
    /// since `revision`; `Invalid` for a change of nothing, a queue that isn't there, a person who
    /// may not see its queue, or a time that has passed.
    pub async fn change_escalation(
        &self,
        by: &Principal,
        id: &EscalationId,
        change: &ChangeEscalation,
    ) -> Result<BulkResult> {
        restricted::desk_only(by)?;
        let wanted = &change.change;
        if *wanted == EscalationChange::default() {
            return Err(StoreError::Invalid("Choose what to change.".into()));
        }
        let mut write = self.write().await?;
        let mut item = take(&mut write, by, id, change.revision).await?;
        let before = item.clone();
        apply(&mut write, by, &mut item, wanted).await?;
        let undo = undo_of(&before, &item, write.now())?;
        if item == before {
            // Dropping the transaction takes the new revision back.
            return Ok(BulkResult {
                id: id.clone(),
                error: None,
                revision: item.revision - 1,
                undo,
            });
        }
        item::save(&mut write, &item).await?;
        if item.restricted && !before.restricted {
            take_back(&mut write, TICKET, id.as_str()).await?;
        }
        let mut detail = json!({});
        for (kind, did) in changes(&before, &item, given_in_turn(wanted)) {
            for (name, value) in did.as_object().into_iter().flatten() {
                detail[name] = value.clone();
            }
            timeline::by(&mut write, id, by, kind, did).await?;
        }
        tell(&mut write, by, &before, &item).await?;
        write
            .commit(&by.actor(), "escalation.change", subject(id), detail)
            .await?;
        Ok(BulkResult {
            id: id.clone(),
            error: None,
            revision: item.revision,
            undo,
        })
    }

    /// The same change of many, each by itself: what can't be changed says why, and the others are
    /// changed. `Invalid` unless they are 1 to 200.
    pub async fn change_escalations(
        &self,
        by: &Principal,
        bulk: &BulkChange,
    ) -> Result<Vec<BulkResult>> {
        restricted::desk_only(by)?;
        if !(1..=BULK).contains(&bulk.escalations.len()) {
            return Err(StoreError::Invalid(format!(
                "Choose 1 to {BULK} questions to change together."
            )));
        }
        let mut results = Vec::with_capacity(bulk.escalations.len());
        for (id, revision) in &bulk.escalations {
            let change = ChangeEscalation {
                change: bulk.change.clone(),
                revision: Some(*revision),
            };
            let result = match self.change_escalation(by, id, &change).await {
                Ok(result) => result,
                Err(error) => BulkResult {
                    id: id.clone(),
                    error: Some(why(error)?),
                    revision: *revision,
                    undo: EscalationChange::default(),
                },
            };
            results.push(result);
        }
        Ok(results)
    }
}

/// Why one of many was not changed; what is wrong with the database stops them all.
fn why(error: StoreError) -> Result<String> {
    match error {
        StoreError::NotFound => Ok("It isn't there any more.".to_owned()),
        StoreError::Conflict { what } | StoreError::Invalid(what) => Ok(what),
        other => Err(other),
    }
}

async fn apply(
    write: &mut Write,
    by: &Principal,
    item: &mut Item,
    change: &EscalationChange,
) -> Result<()> {
    let (now, calendar) = (write.now(), write.calendar());
    if let Some(queue) = change.queue.as_ref().filter(|queue| **queue != item.queue) {
        move_queue(write, item, queue, &calendar).await?;
    }
    if let Some(priority) = change.priority.filter(|wanted| *wanted != item.priority) {
        item.priority = priority;
        // What lies in a queue that is retired keeps its time.
        match queues::placed(write, &item.queue).await {
            Ok(placed) => set_due(item, &placed, &calendar),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    if let Some(assign) = &change.assignee {
        item.assignee = assignee(write, by, item, assign).await?;
    }
    match change.snooze {
        None => {}
        Some(Snooze::Wake) => item.snoozed_until = None,
        Some(Snooze::Until(until)) if until > now => item.snoozed_until = Some(until),
        Some(Snooze::Until(_)) => {
            return Err(StoreError::Invalid(
                "This time has passed. Choose a later one.".into(),
            ));
        }
    }
    if let Some(state) = change.state {
        item.move_to(state, now, &calendar);
    }
    match change.waiting {
        None => {}
        Some(false) => item.resume(now, &calendar),
        Some(true) if item.state == EscalationState::Resolved => {
            return Err(StoreError::Invalid(
                "A resolved question waits for nobody.".into(),
            ));
        }
        Some(true) => item.wait(now),
    }
    Ok(())
}

/// Moves to another queue: its service level counts from the beginning, and whoever may not see
/// what is in it has it no more.
async fn move_queue(
    write: &mut Write,
    item: &mut Item,
    queue: &QueueId,
    calendar: &Calendar,
) -> Result<()> {
    let placed = match queues::placed(write, queue).await {
        Err(StoreError::NotFound) => {
            return Err(StoreError::Invalid(
                "There is no such queue. Choose another one.".into(),
            ));
        }
        placed => placed?,
    };
    item.queue = placed.id.clone();
    item.restricted = placed.restricted;
    set_due(item, &placed, calendar);
    let readers = restricted::readers(write.connection(), placed.id.as_str()).await?;
    item.assignee = item.assignee.take().filter(|has| readers.contains(has));
    if item.assignee.is_none() && placed.rotation {
        item.assignee = queues::next_member(write, &placed.id).await?;
    }
    Ok(())
}

/// Sets what isn't met anew, by the queue's service level and the priority.
fn set_due(item: &mut Item, queue: &Placed, calendar: &Calendar) {
    let due = |minutes: Option<u32>| {
        clocks::due_with(
            calendar,
            item.created_at,
            minutes,
            item.priority,
            item.paused_ms,
        )
    };
    let (first_reply, resolution) = (
        due(queue.first_reply_minutes),
        due(queue.resolution_minutes),
    );
    if item.first_reply_at.is_none() {
        item.first_reply_due_at = first_reply;
    }
    if item.resolved_at.is_none() {
        item.resolution_due_at = resolution;
    }
    item.warned_at = None;
    item.breached_at = None;
}

/// Whose it is to be.
async fn assignee(
    write: &mut Write,
    by: &Principal,
    item: &Item,
    assign: &Assign,
) -> Result<Option<String>> {
    let invalid = |words: &str| Err(StoreError::Invalid(words.to_owned()));
    let person = match assign {
        Assign::Nobody => return Ok(None),
        Assign::Rotation => {
            return match queues::next_member(write, &item.queue).await? {
                None => invalid("Nobody of this queue can take it now. Choose a person."),
                next => Ok(next),
            };
        }
        Assign::Me => by.user_id(),
        Assign::Person(person) => Some(person.as_str()),
    };
    let Some(person) = person else {
        return invalid("The operator works no questions. Choose a person.");
    };
    let readers = restricted::readers(write.connection(), item.queue.as_str()).await?;
    if readers.iter().any(|id| id == person) {
        Ok(Some(person.to_owned()))
    } else {
        invalid("This person doesn't work in its queue. Choose another one.")
    }
}

/// What takes the change back.
fn undo_of(before: &Item, after: &Item, now: Timestamp) -> Result<EscalationChange> {
    let assignee = match &before.assignee {
        _ if before.assignee == after.assignee => None,
        None => Some(Assign::Nobody),
        Some(person) => {
            Some(Assign::Person(person.parse::<UserId>().map_err(|_| {
                StoreError::Corrupt("the column assignee_id".into())
            })?))
        }
    };
    let snooze = match before.snoozed_until {
        _ if before.snoozed_until == after.snoozed_until => None,
        Some(until) if until > now => Some(Snooze::Until(until)),
        _ => Some(Snooze::Wake),
    };
    let waited = before.waiting_since.is_some();
    Ok(EscalationChange {
        state: (before.state != after.state).then_some(before.state),
        queue: (before.queue != after.queue).then(|| before.queue.clone()),
        priority: (before.priority != after.priority).then_some(before.priority),
        assignee,
        snooze,
        waiting: (waited != after.waiting_since.is_some()).then_some(waited),
    })
}

/// Whether the change leaves it to the queue whose it is.
const fn given_in_turn(change: &EscalationChange) -> bool {
    match &change.assignee {
        Some(Assign::Rotation) => true,
        Some(Assign::Me | Assign::Person(_) | Assign::Nobody) => false,
        None => change.queue.is_some(),
    }
}

/// What changed, in the order in which the timeline tells it. `turn`: a new assignee was the next.
fn changes(before: &Item, after: &Item, turn: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    if before.queue != after.queue {
        changes.push(("queue", json!({ "queue": after.queue })));
    }
    if before.priority != after.priority {
        changes.push(("priority", json!({ "priority": after.priority })));
    }
    if before.assignee != after.assignee {
        let turn = turn && after.assignee.is_some();
        changes.push(("assigned", json!({ "to": after.assignee, "turn": turn })));
    }
    if before.state != after.state {
        changes.push(("state", json!({ "state": after.state })));
    }
    if after.state == EscalationState::Resolved {
        // That it comes back to the list, and its clock's end, are part of that.
        return changes;
    }
    if before.snoozed_until != after.snoozed_until {
        changes.push(match after.snoozed_until {
            Some(until) => ("snoozed", json!({ "until": until })),
            None => ("woken", json!({ "until": null })),
        });
    }
    let (waited, waits) = (before.waiting_since, after.waiting_since);
    if waited.is_some() != waits.is_some() {
        let kind = if waits.is_some() {
            "waiting"
        } else {
            "resumed"
        };
        changes.push((kind, json!({ "waiting": waits.is_some() })));
    }
    changes
}

/// Tells whoever has it now, and the asker where it was closed or opened again.
async fn tell(write: &mut Write, by: &Principal, before: &Item, after: &Item) -> Result<()> {
    let about = subject(&after.id);
    if let Some(person) = after.assignee.as_deref()
        && before.assignee != after.assignee
        && by.user_id() != Some(person)
    {
        notices::tell(write, &[person], "assigned", about).await?;
    }
    let (was, is) = (before.state, after.state);
    let kind = match is {
        EscalationState::Resolved if was != is => "resolved",
        EscalationState::Open if was != is => "reopened",
        _ => return Ok(()),
    };
    match after.user.as_deref() {
        Some(asker) if by.user_id() != Some(asker) => {
            notices::tell(write, &[asker], kind, about).await
        }
        _ => Ok(()),
    }
}
