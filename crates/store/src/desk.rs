//! The review desk: the legal team's side of an escalation. For everybody else it is not there.
//!
//! Who reads what somebody else asked stands in the record, like every change.

use crate::access::Principal;
use crate::escalations::{Reader, summary};
use crate::row::{Columns, clean, new_id};
use crate::write::Personal;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    Escalation, EscalationId, EscalationState, EscalationSummary, NewReply, ReplyId,
};
use serde_json::json;
use sqlx::any::AnyRow;

impl Store {
    /// The desk's list: what is open by how long it waits, everything else the newest first.
    /// `NotFound` unless the principal works the desk.
    pub async fn escalations(
        &self,
        by: &Principal,
        state: Option<EscalationState>,
    ) -> Result<Vec<EscalationSummary>> {
        desk_only(by)?;
        let (rest, value) = match state {
            Some(EscalationState::Open) => (
                "WHERE e.state = $1 ORDER BY e.created_at, e.id",
                EscalationState::Open.as_str(),
            ),
            Some(state) => (
                "WHERE e.state = $1 ORDER BY e.created_at DESC, e.id DESC",
                state.as_str(),
            ),
            None => (
                "WHERE e.state <> $1 ORDER BY e.created_at DESC, e.id DESC",
                "",
            ),
        };
        let rows = self.escalation_rows(rest, value).await?;
        let others = of_others(by, &rows)?;
        if !others.is_empty() {
            let detail = json!({ "state": state, "escalations": others.len() });
            self.write()
                .await?
                .commit(
                    &by.actor(),
                    "escalation.list",
                    ("escalation", "list"),
                    detail,
                )
                .await?;
        }
        rows.iter().map(summary).collect()
    }

    /// One escalation with the passages that the reader may see and how the rules saw it.
    /// `NotFound` unless the principal works the desk.
    pub async fn escalation(&self, by: &Principal, id: &EscalationId) -> Result<Escalation> {
        desk_only(by)?;
        let rows = self.escalation_rows("WHERE e.id = $1", id.as_str()).await?;
        let row = rows.first().ok_or(StoreError::NotFound)?;
        let scope = self.scope(by).await?;
        let shown = self.escalation_from(&scope, row, Reader::Desk).await?;
        if !of_others(by, &rows)?.is_empty() {
            let detail = json!({ "run": shown.run, "asker": row.maybe_text("user_id")? });
            let subject = ("escalation", id.as_str());
            self.write()
                .await?
                .commit(&by.actor(), "escalation.read", subject, detail)
                .await?;
        }
        Ok(shown)
    }

    /// Replies; the asker sees it in the conversation and in their requests. `Invalid` for an
    /// empty or overlong reply, or a state that isn't `answered` or `resolved`.
    pub async fn reply(
        &self,
        by: &Principal,
        id: &EscalationId,
        new: &NewReply,
    ) -> Result<ReplyId> {
        desk_only(by)?;
        let body = clean(new.body.trim()).into_owned();
        if !(1..=20_000).contains(&body.chars().count()) {
            return Err(StoreError::Invalid(
                "A reply has 1 to 20,000 characters.".into(),
            ));
        }
        if new.state == EscalationState::Open {
            return Err(StoreError::Invalid(
                "After a reply a question is answered or resolved.".into(),
            ));
        }
        let mut write = self.write().await?;
        let now = write.now().0;
        let row = sqlx::query(
            "UPDATE escalations SET state = $2, first_reply_at = COALESCE(first_reply_at, $3)
             WHERE id = $1 RETURNING run_id, user_id",
        )
        .bind(id.as_str())
        .bind(new.state.as_str())
        .bind(now)
        .fetch_optional(write.connection())
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let reply: ReplyId = new_id()?;
        sqlx::query(
            "INSERT INTO replies (id, escalation_id, author_id, body, at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(reply.as_str())
        .bind(id.as_str())
        .bind(by.user_id())
        .bind(body.as_str())
        .bind(now)
        .execute(write.connection())
        .await?;
        sqlx::query(
            "UPDATE conversations SET updated_at = $2
             WHERE id = (SELECT conversation_id FROM runs WHERE id = $1)",
        )
        .bind(row.text("run_id")?)
        .bind(now)
        .execute(write.connection())
        .await?;
        let detail = json!({ "reply": reply, "state": new.state });
        let (actor, subject) = (by.actor(), ("escalation", id.as_str()));
        // What was replied is about the asker.
        let asker = row.maybe_text("user_id")?;
        let personal = asker.as_deref().map(|of| Personal {
            of,
            data: json!({ "body": body }),
        });
        write
            .commit_with(&actor, "escalation.reply", subject, detail, personal)
            .await?;
        Ok(reply)
    }

    /// Moves an escalation to another state without a reply.
    pub async fn set_escalation_state(
        &self,
        by: &Principal,
        id: &EscalationId,
        state: EscalationState,
    ) -> Result<()> {
        desk_only(by)?;
        let mut write = self.write().await?;
        let row = sqlx::query("UPDATE escalations SET state = $2 WHERE id = $1 RETURNING id")
            .bind(id.as_str())
            .bind(state.as_str())
            .fetch_optional(write.connection())
            .await?;
        row.ok_or(StoreError::NotFound)?.id::<EscalationId>("id")?;
        let subject = ("escalation", id.as_str());
        write
            .commit(
                &by.actor(),
                "escalation.state",
                subject,
                json!({ "state": state }),
            )
            .await
    }
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

fn desk_only(by: &Principal) -> Result<()> {
    if by.works_the_desk() {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}
