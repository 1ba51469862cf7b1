//! The review desk: the legal team's side of an escalation. For everybody else it is not there, and
//! what is in a restricted queue is there for its members only.
//!
//! Who reads what somebody else asked stands in the record, like every change.

mod changing;
mod drafts;
mod listing;
mod merging;
mod presence;
mod replying;
mod side;

use crate::access::Principal;
use crate::escalations::{Reader, ask_for_ticket};
use crate::item::{self, Item};
use crate::row::Columns;
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError, restricted, timeline};
use inhouse_protocol::{Escalation, EscalationId, EscalationSummary, RunId};
use serde_json::{Value, json};
use sqlx::any::AnyRow;

/// What changes several escalations at once takes turns, so that no two wait for each other.
const TURN: &str = "desk";

impl Store {
    /// One escalation with the passages that the reader may see and how the rules saw it.
    /// `NotFound` unless the principal works the desk and may see its queue.
    pub async fn escalation(&self, by: &Principal, id: &EscalationId) -> Result<Escalation> {
        let row = self.desk_row(by, id).await?;
        let scope = self.scope(by).await?;
        let shown = self.escalation_from(by, &scope, &row, Reader::Desk).await?;
        if !of_others(by, std::slice::from_ref(&row))?.is_empty() {
            let duplicates: Vec<_> = shown.duplicates.iter().map(|one| &one.id).collect();
            let detail = json!({
                "run": shown.run, "asker": row.maybe_text("user_id")?, "duplicates": duplicates,
            });
            self.write()
                .await?
                .commit(&by.actor(), "escalation.read", subject(id), detail)
                .await?;
        }
        Ok(shown)
    }

    /// One escalation in short with its run, for what is about to be done with it. Leaves no
    /// record. `NotFound` as with [`Self::escalation`].
    pub async fn escalation_summary(
        &self,
        by: &Principal,
        id: &EscalationId,
    ) -> Result<(EscalationSummary, RunId)> {
        let row = self.desk_row(by, id).await?;
        Ok((self.summary_of(&row, Reader::Desk)?, row.id("run_id")?))
    }

    /// Asks for an issue in the ticket tracker. `Invalid` in a restricted queue, from which nothing
    /// goes out; `Conflict` where there is an issue.
    pub async fn request_ticket(&self, by: &Principal, id: &EscalationId) -> Result<()> {
        let mut write = self.write().await?;
        let item = take(&mut write, by, id, None).await?;
        if item.restricted {
            return Err(StoreError::Invalid(
                "Nothing of a restricted queue goes to the ticket tracker.".into(),
            ));
        }
        if item.ticket_key.is_some() {
            return Err(StoreError::conflict("This question has an issue already."));
        }
        ask_for_ticket(&mut write, id).await?;
        timeline::by(&mut write, id, by, "ticket", json!({ "asked": true })).await?;
        write
            .commit(
                &by.actor(),
                "escalation.change",
                subject(id),
                json!({ "ticket": true }),
            )
            .await
    }

    /// The row of an escalation that the principal may see at the desk.
    async fn desk_row(&self, by: &Principal, id: &EscalationId) -> Result<AnyRow> {
        restricted::desk_only(by)?;
        let mut rows = self.escalation_rows("WHERE e.id = $1", id.as_str()).await?;
        let row = rows.pop().ok_or(StoreError::NotFound)?;
        let hidden = self.hidden_queues(by).await?;
        if hidden.contains(&row.text("queue_id")?) {
            return Err(StoreError::NotFound);
        }
        Ok(row)
    }
}

/// Takes an escalation for a change by somebody at the desk; see [`item::revise`]. `NotFound`
/// unless they may see it.
async fn take(
    write: &mut Write,
    by: &Principal,
    id: &EscalationId,
    revision: Option<u64>,
) -> Result<Item> {
    restricted::check(write, by, id).await?;
    item::revise(write, id, revision).await
}

/// What a record of the log is about.
fn subject(id: &EscalationId) -> (&'static str, &str) {
    ("escalation", id.as_str())
}

/// The words of a record, sealed for the asker; none where the operator asked.
fn told(asker: Option<&str>, data: Value) -> Option<Personal<'_>> {
    asker.map(|of| Personal { of, data })
}

/// Whose the escalations are that are not the reader's own; the operator's belong to nobody.
fn of_others(by: &Principal, rows: &[AnyRow]) -> Result<Vec<String>> {
    let mut others = Vec::new();
    for row in rows {
        others.extend(row.maybe_text("user_id")?);
    }
    others.retain(|asker| Some(asker.as_str()) != by.user_id());
    Ok(others)
}
