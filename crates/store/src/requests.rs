//! The asker's side of an escalation: asking for a person, and following one's own requests. What
//! one does with a request is in `own`.

mod own;

use crate::access::Principal;
use crate::escalations::{NewEscalation, Reader, checked_note, open};
use crate::item;
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{Escalation, EscalationId, EscalationReason, EscalationSummary, RunId};
use serde_json::json;

impl Store {
    /// The asker sends a question to Legal, whatever came out of it. Where Legal has it already,
    /// the note is added to it, like a message. `NotFound` unless the run is the principal's.
    pub async fn escalate_run(
        &self,
        by: &Principal,
        run: &RunId,
        note: &str,
        ticket: bool,
    ) -> Result<EscalationId> {
        let note = checked_note(note)?;
        let mut write = self.write().await?;
        // Holds the run's row: an end that comes at the same time waits and finds this.
        let owned = sqlx::query(
            "UPDATE runs SET last_event = last_event
             WHERE id = $1 AND COALESCE(user_id, '') = $2",
        )
        .bind(run.as_str())
        .bind(by.user_id().unwrap_or_default())
        .execute(write.connection())
        .await?;
        if owned.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        let new = NewEscalation {
            note: note.clone(),
            ticket,
            ..NewEscalation::new(EscalationReason::Asked)
        };
        let (id, fresh) = open(&mut write, run, by.user_id(), &new).await?;
        if !fresh && !note.is_empty() {
            add_note(&mut write, by, &id, &note).await?;
        }
        let detail = json!({ "run": run, "reason": "asked", "fresh": fresh, "ticket": ticket });
        let (actor, subject) = (by.actor(), ("escalation", id.as_str()));
        let personal = by.user_id().filter(|_| !note.is_empty());
        let personal = personal.map(|of| Personal {
            of,
            data: json!({ "note": note }),
        });
        write
            .commit_with(&actor, "escalation.ask", subject, detail, personal)
            .await?;
        Ok(id)
    }

    /// The principal's own requests, the newest first.
    pub async fn my_requests(&self, of: &Principal) -> Result<Vec<EscalationSummary>> {
        let rows = self
            .escalation_rows(
                "WHERE (e.user_id = $1 OR (e.user_id IS NULL AND $1 = ''))
                 ORDER BY e.created_at DESC, e.id DESC",
                of.user_id().unwrap_or_default(),
            )
            .await?;
        rows.iter()
            .map(|row| self.summary_of(row, Reader::Asker))
            .collect()
    }

    /// One of the principal's own requests, without the rules' trace. `NotFound` for others'.
    pub async fn my_request(&self, of: &Principal, id: &EscalationId) -> Result<Escalation> {
        let rows = self.escalation_rows("WHERE e.id = $1", id.as_str()).await?;
        let row = rows.first().ok_or(StoreError::NotFound)?;
        if !self.asked_by(of, row).await? {
            return Err(StoreError::NotFound);
        }
        let scope = self.scope(of).await?;
        self.escalation_from(of, &scope, row, Reader::Asker).await
    }
}

/// Adds to the note of an escalation that is there already.
async fn add_note(write: &mut Write, by: &Principal, id: &EscalationId, note: &str) -> Result<()> {
    let mut item = item::revise(write, id, None).await?;
    own::take_up(write, by, &mut item).await?;
    sqlx::query(
        "UPDATE escalations SET note = CASE WHEN note = '' THEN $2 ELSE note || $3 || $2 END
         WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(note)
    .bind("\n\n")
    .execute(write.connection())
    .await?;
    own::said(write, by, &item).await
}
