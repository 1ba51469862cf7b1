//! Two questions that are one, and one that is two.

use super::{TURN, subject, take, told};
use crate::access::Principal;
use crate::clocks;
use crate::escalations::{Fresh, insert};
use crate::item::{self, Item};
use crate::jobs::{TICKET, take_back};
use crate::queues;
use crate::row::{Columns, clean};
use crate::write::Write;
use crate::{Result, Store, StoreError, restricted, timeline};
use inhouse_protocol::{
    EscalationId, EscalationState, MergeEscalation, SplitEscalation, Timestamp,
};
use serde_json::json;

impl Store {
    /// Marks an escalation as a duplicate of another one: it is resolved with that one, and
    /// replies to that one reach its asker too.
    ///
    /// `NotFound` unless the principal may see both at the desk; `Conflict` where either is merged
    /// already, the other one is closed, or somebody changed this one since; `Invalid` for itself,
    /// and across the border of a restricted queue.
    pub async fn merge_escalation(
        &self,
        by: &Principal,
        id: &EscalationId,
        merge: &MergeEscalation,
    ) -> Result<()> {
        restricted::desk_only(by)?;
        if *id == merge.into {
            return Err(StoreError::Invalid(
                "A question is no duplicate of itself. Choose another one.".into(),
            ));
        }
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        let mut duplicate = take(&mut write, by, id, merge.revision).await?;
        let target = take(&mut write, by, &merge.into, None).await?;
        may_merge(&duplicate, &target)?;
        let (now, calendar) = (write.now(), write.calendar());
        duplicate.move_to(EscalationState::Resolved, now, &calendar);
        duplicate.merged_into = Some(target.id.clone());
        item::save(&mut write, &duplicate).await?;
        take_back(&mut write, TICKET, id.as_str()).await?;
        // What was merged into it goes along.
        sqlx::query(
            "UPDATE escalations SET merged_into = $2, revision = revision + 1
             WHERE merged_into = $1",
        )
        .bind(id.as_str())
        .bind(target.id.as_str())
        .execute(write.connection())
        .await?;
        let (into, one) = (json!({ "into": target.id }), json!({ "duplicate": id }));
        timeline::by(&mut write, id, by, "merged", into.clone()).await?;
        timeline::by(&mut write, &target.id, by, "merged", one).await?;
        write
            .commit(&by.actor(), "escalation.merge", subject(id), into)
            .await
    }

    /// Lets a part of the question go on by itself: a new escalation of the same run, in the same
    /// queue and with the same person. `Invalid` unless the part has 1 to 2,000 characters;
    /// otherwise as [`Self::change_escalation`].
    pub async fn split_escalation(
        &self,
        by: &Principal,
        id: &EscalationId,
        split: &SplitEscalation,
    ) -> Result<EscalationId> {
        restricted::desk_only(by)?;
        let part = clean(split.subject.trim()).into_owned();
        if !(1..=2_000).contains(&part.chars().count()) {
            return Err(StoreError::Invalid(
                "The part that goes on by itself has 1 to 2,000 characters.".into(),
            ));
        }
        let mut write = self.write().await?;
        let origin = take(&mut write, by, id, split.revision).await?;
        let new = insert_part(&mut write, &origin, &part).await?;
        timeline::by(&mut write, id, by, "split", json!({ "new": new })).await?;
        timeline::by(&mut write, &new, by, "split", json!({ "from": id })).await?;
        let personal = told(origin.user.as_deref(), json!({ "subject": part }));
        let detail = json!({ "new": new });
        write
            .commit_with(
                &by.actor(),
                "escalation.split",
                subject(id),
                detail,
                personal,
            )
            .await?;
        Ok(new)
    }
}

fn may_merge(duplicate: &Item, target: &Item) -> Result<()> {
    let conflict = if duplicate.merged_into.is_some() {
        "This question is merged into another one already."
    } else if target.merged_into.is_some() {
        "That question is a duplicate itself. Choose the one that it was merged into."
    } else if target.state == EscalationState::Resolved {
        "That question is resolved: nobody would be answered there. Open it again first."
    } else if duplicate.queue != target.queue && (duplicate.restricted || target.restricted) {
        return Err(StoreError::Invalid(
            "What is in a restricted queue is merged within that queue only.".into(),
        ));
    } else {
        return Ok(());
    };
    Err(StoreError::conflict(conflict))
}

/// The new escalation; its clocks begin now.
async fn insert_part(write: &mut Write, origin: &Item, part: &str) -> Result<EscalationId> {
    let row = sqlx::query("SELECT reason, rule FROM escalations WHERE id = $1")
        .bind(origin.id.as_str())
        .fetch_one(write.connection())
        .await?;
    let rule = row.maybe_text("rule")?;
    let fresh = Fresh {
        run: &origin.run,
        user: origin.user.as_deref(),
        reason: row.name("reason")?,
        rule: rule.as_deref(),
        note: "",
        queue: &origin.queue,
        priority: origin.priority,
        assignee: origin.assignee.as_deref(),
        due: due_now(write, origin).await?,
        split: Some((part, &origin.id)),
    };
    insert(write, &fresh).await
}

/// When something that comes into the escalation's queue now is due; a retired queue has no times.
async fn due_now(
    write: &mut Write,
    origin: &Item,
) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
    let placed = match queues::placed(write, &origin.queue).await {
        Err(StoreError::NotFound) => return Ok((None, None)),
        placed => placed?,
    };
    let (now, calendar) = (write.now(), write.calendar());
    let due = |minutes| clocks::due_with(&calendar, now, minutes, origin.priority, 0);
    Ok((
        due(placed.first_reply_minutes),
        due(placed.resolution_minutes),
    ))
}
