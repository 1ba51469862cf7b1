//! Replies that the model drafted. What became of each is kept: sent as it was, after changes, or
//! rejected.

use super::side::joined;
use super::subject;
use crate::access::{Principal, Scope};
use crate::item;
use crate::row::{Columns, clean, new_id, to_json};
use crate::write::Write;
use crate::{Result, Store, StoreError, restricted, timeline};
use inhouse_protocol::{AnswerSentence, Draft, DraftId, DraftState, EscalationId, RunId};
use serde_json::json;
use sqlx::any::AnyRow;

const OFFERED: &str = "SELECT id, sentences, model, state, created_at FROM escalation_drafts
     WHERE escalation_id = $1 AND state = 'offered' ORDER BY created_at DESC, id DESC LIMIT 1";

impl Store {
    /// Offers a draft for the reply; one that was offered before counts as rejected. `Invalid`
    /// without a sentence, `NotFound` unless the principal may see the escalation at the desk.
    pub async fn offer_draft(
        &self,
        by: &Principal,
        id: &EscalationId,
        sentences: &[AnswerSentence],
        model: &str,
    ) -> Result<Draft> {
        if sentences.is_empty() {
            return Err(StoreError::Invalid("A draft needs a sentence.".into()));
        }
        let mut write = self.write().await?;
        restricted::check(&mut write, by, id).await?;
        // Whoever writes a reply is not disturbed by a draft: the revision stays.
        item::hold(&mut write, id).await?;
        decide_offered(&mut write, by, id, DraftState::Rejected).await?;
        let draft = Draft {
            id: new_id()?,
            sentences: sentences.to_vec(),
            model: clean(model).into_owned(),
            state: DraftState::Offered,
            at: write.now(),
        };
        sqlx::query(
            "INSERT INTO escalation_drafts (id, escalation_id, sentences, model, state, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(draft.id.as_str())
        .bind(id.as_str())
        .bind(to_json(&draft.sentences)?)
        .bind(draft.model.as_str())
        .bind(draft.state.as_str())
        .bind(draft.at.0)
        .execute(write.connection())
        .await?;
        let state = json!({ "state": draft.state });
        timeline::by(&mut write, id, by, "draft", state).await?;
        let detail = json!({
            "draft": draft.id, "state": draft.state, "model": draft.model,
            "sentences": draft.sentences.len(),
        });
        write
            .commit(&by.actor(), "escalation.draft", subject(id), detail)
            .await?;
        Ok(draft)
    }

    /// The draft that waits for a decision, its sentences as far as the principal may see what they
    /// cite; none where there is none, or nothing of it may be seen. Leaves no record.
    pub async fn draft(&self, by: &Principal, id: &EscalationId) -> Result<Option<Draft>> {
        let (_, run) = self.escalation_summary(by, id).await?;
        let scope = self.scope(by).await?;
        self.offered_draft(&scope, &run, id).await
    }

    /// Rejects the draft that waits for a decision. `NotFound` where none does.
    pub async fn reject_draft(&self, by: &Principal, id: &EscalationId) -> Result<()> {
        let mut write = self.write().await?;
        restricted::check(&mut write, by, id).await?;
        item::hold(&mut write, id).await?;
        let rejected = decide_offered(&mut write, by, id, DraftState::Rejected).await?;
        let draft = rejected.ok_or(StoreError::NotFound)?;
        let state = json!({ "state": DraftState::Rejected });
        timeline::by(&mut write, id, by, "draft", state).await?;
        let detail = json!({ "draft": draft, "state": DraftState::Rejected });
        write
            .commit(&by.actor(), "escalation.draft", subject(id), detail)
            .await
    }

    /// The same as [`Self::draft`], for who was found to see the escalation.
    pub(super) async fn offered_draft(
        &self,
        scope: &Scope,
        run: &RunId,
        id: &EscalationId,
    ) -> Result<Option<Draft>> {
        let row = sqlx::query(OFFERED)
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let mut draft = draft_from(&row)?;
        // Beside the run's passages, so that the citations count along those that are shown.
        let mut content = self.kept_of_run(run).await?;
        content.sentences = draft.sentences;
        draft.sentences = self.shown_to(scope, content).await?.sentences;
        Ok(Some(draft).filter(|draft| !draft.sentences.is_empty()))
    }
}

/// Notes that a reply came from a draft: as it was when the reply's words are the draft's, one
/// sentence after the other, else after changes. None, and nothing, where the draft waits for no
/// decision any more: the reply counts in any case.
pub(super) async fn settle(
    write: &mut Write,
    by: &Principal,
    id: &EscalationId,
    draft: &DraftId,
    reply: &str,
) -> Result<Option<DraftState>> {
    let row = sqlx::query(OFFERED)
        .bind(id.as_str())
        .fetch_optional(write.connection())
        .await?;
    let offered = row.map(|row| draft_from(&row)).transpose()?;
    let Some(offered) = offered.filter(|offered| offered.id == *draft) else {
        return Ok(None);
    };
    let drafted = joined(&offered.sentences);
    let same = drafted.split_whitespace().eq(reply.split_whitespace());
    let state = if same {
        DraftState::Accepted
    } else {
        DraftState::Edited
    };
    decide_offered(write, by, id, state).await?;
    timeline::by(write, id, by, "draft", json!({ "state": state })).await?;
    Ok(Some(state))
}

/// Decides on the draft that waits, and gives its id; none where none does.
async fn decide_offered(
    write: &mut Write,
    by: &Principal,
    id: &EscalationId,
    state: DraftState,
) -> Result<Option<DraftId>> {
    let now = write.now().0;
    let rows = sqlx::query(
        "UPDATE escalation_drafts SET state = $2, decided_by = $3, decided_at = $4
         WHERE escalation_id = $1 AND state = 'offered' RETURNING id",
    )
    .bind(id.as_str())
    .bind(state.as_str())
    .bind(by.user_id())
    .bind(now)
    .fetch_all(write.connection())
    .await?;
    rows.first().map(|row| row.id("id")).transpose()
}

fn draft_from(row: &AnyRow) -> Result<Draft> {
    Ok(Draft {
        id: row.id("id")?,
        sentences: row.json("sentences")?,
        model: row.text("model")?,
        state: row.name("state")?,
        at: row.time("created_at")?,
    })
}
