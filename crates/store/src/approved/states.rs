//! How an answer moves: from draft over a proposal, where a second person is asked for, into use;
//! out of it; and back.

use super::changing::revise;
use super::review::{self, Fault};
use super::{TURN, subject};
use crate::access::Principal;
use crate::row::Columns;
use crate::write::Write;
use crate::{Result, Store, StoreError, item, notices, timeline};
use inhouse_protocol::{ApprovalState, ApprovedAnswerId, EscalationId, SetApprovalState};
use serde_json::json;
use sqlx::any::AnyRow;

use ApprovalState::{Approved, Draft, Proposed, Retired, Review};

impl Store {
    /// Moves an answer on. With `second_person`, one is approved by somebody who neither wrote on
    /// it nor proposed it since it was approved last.
    ///
    /// `NotFound` unless the principal may see it; `Conflict`, in words, where it can't go from
    /// where it stands to there, or somebody changed it since; `Invalid` for one that can't be
    /// given: its time is over, or a document that it cites isn't in force in that version.
    pub async fn set_approval_state(
        &self,
        by: &Principal,
        id: &ApprovedAnswerId,
        set: &SetApprovalState,
        second_person: bool,
    ) -> Result<()> {
        let scope = self.scope(by).await?;
        let seen = self.answer_row(by, &scope, id).await?;
        let escalation: Option<EscalationId> = seen.maybe_id("escalation_id")?;
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        // An escalation before what came of it, as where one is removed.
        if let Some(escalation) = &escalation {
            item::hold(&mut write, escalation).await?;
        }
        let row = revise(&mut write, id, set.revision).await?;
        let from: ApprovalState = row.name("state")?;
        let action = step(from, set.state)?;
        if matches!(set.state, Proposed | Approved)
            && let Some(fault) = review::fault_of(&mut write, id).await?
        {
            return Err(StoreError::Invalid(not_given(fault).into()));
        }
        if set.state == Approved {
            if second_person {
                approvable(&mut write, by, id, from, &row).await?;
            }
            approve(&mut write, by, id).await?;
            let first = row.maybe_int("approved_at")?.is_none();
            if let Some(escalation) = escalation.filter(|_| first) {
                let detail = json!({ "answer": id });
                timeline::by(&mut write, &escalation, by, "published", detail).await?;
            }
        } else {
            move_to(&mut write, id, set.state).await?;
        }
        if set.state == Proposed {
            notices::tell_team(&mut write, by, "answer_proposed", subject(id)).await?;
        }
        let detail = json!({ "from": from, "to": set.state });
        write.commit(&by.actor(), action, subject(id), detail).await
    }
}

/// What the record calls this step, where there is one.
fn step(from: ApprovalState, to: ApprovalState) -> Result<&'static str> {
    Ok(match (from, to) {
        (Draft | Review, Proposed) => "approved.propose",
        (Draft | Proposed | Review, Approved) => "approved.approve",
        (Proposed | Approved | Review | Retired, Draft) => "approved.return",
        (Draft | Proposed | Approved | Review, Retired) => "approved.retire",
        (_, Review) => {
            return Err(StoreError::Invalid(
                "An answer comes up for review by itself. To take it out of use, make it a draft."
                    .into(),
            ));
        }
        (Retired, _) => {
            return Err(StoreError::conflict(
                "This answer was retired. Make it a draft again first.",
            ));
        }
        (Approved, Proposed) => {
            return Err(StoreError::conflict("This answer is approved already."));
        }
        (Draft | Proposed | Approved, _) => {
            return Err(StoreError::conflict(
                "This answer stands there already. Look at it again.",
            ));
        }
    })
}

/// Why an answer can't be given, and what to do.
const fn not_given(fault: Fault) -> &'static str {
    match fault {
        Fault::TimeOver => "Its last day is over. Choose a later one, or none, first.",
        Fault::Deleted => "A document that it cites was deleted. Take that citation out first.",
        Fault::Outdated => {
            "A document that it cites has a newer version, or is not in force. Look at what holds \
             now and cite that first."
        }
    }
}

/// Whether this person may be the second one. Who wrote on an answer or proposed it since it was
/// approved last, the record knows.
async fn approvable(
    write: &mut Write,
    by: &Principal,
    id: &ApprovedAnswerId,
    from: ApprovalState,
    row: &AnyRow,
) -> Result<()> {
    if from != Proposed {
        return Err(StoreError::conflict(
            "A second person approves answers here. Propose this one first.",
        ));
    }
    let about = format!("approved_answer:{id}");
    let own: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM audit
         WHERE subject = $1 AND actor = $2
           AND action IN ('approved.create', 'approved.change', 'approved.propose')
           AND seq > (SELECT COALESCE(MAX(l.seq), 0) FROM audit l
                      WHERE l.subject = $1 AND l.action = 'approved.approve')",
    )
    .bind(about)
    .bind(by.actor().to_string())
    .fetch_one(write.connection())
    .await?;
    // The log may have been cut for its age; the author of one that never was in use stays known.
    let never = row.maybe_int("approved_at")?.is_none();
    let author = row.maybe_text("author_id")?;
    if own > 0 || never && author.as_deref() == by.user_id() {
        return Err(StoreError::conflict(
            "You wrote or proposed this answer: somebody else has to approve it.",
        ));
    }
    Ok(())
}

async fn approve(write: &mut Write, by: &Principal, id: &ApprovedAnswerId) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "UPDATE approved_answers
         SET state = 'approved', review_reason = NULL, approved_by = $2, approved_at = $3,
             updated_at = $3
         WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(by.user_id())
    .bind(now)
    .execute(write.connection())
    .await?;
    Ok(())
}

async fn move_to(write: &mut Write, id: &ApprovedAnswerId, to: ApprovalState) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "UPDATE approved_answers SET state = $2, review_reason = NULL, updated_at = $3
         WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(to.as_str())
    .bind(now)
    .execute(write.connection())
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_was_looked_at_and_nobody_sends_it_to_review() {
        let steps: Vec<_> = ApprovalState::ALL
            .into_iter()
            .flat_map(|from| ApprovalState::ALL.map(|to| (from, to)))
            .filter(|&(from, to)| step(from, to).is_ok())
            .collect();
        assert!(steps.iter().all(|(_, to)| *to != Review));
        assert!(!steps.contains(&(Retired, Approved)));
        assert!(!steps.contains(&(Approved, Proposed)));
        assert!(steps.contains(&(Review, Approved)));
        assert!(steps.contains(&(Retired, Draft)));
        for state in ApprovalState::ALL {
            assert!(step(state, state).is_err(), "{state:?}");
        }
    }
}
