//! What only the desk sees of an escalation.

use crate::access::{Principal, Scope};
use crate::row::Columns;
use crate::{Result, Store};
use inhouse_protocol::{AnswerSentence, EarlierExchange, Escalation, RunId};

/// Earlier questions of a conversation that are shown, the nearest ones.
const EARLIER: &str = "SELECT r.id, r.question, r.outcome, r.asked_at
     FROM runs r JOIN runs this ON this.conversation_id = r.conversation_id
     WHERE this.id = $1 AND r.number < this.number AND r.question <> ''
     ORDER BY r.number DESC LIMIT 10";

impl Store {
    /// Adds what only the desk sees: the conversation before it, the timeline, the model's draft
    /// and the duplicates; each as far as the reader may see it.
    pub(crate) async fn add_desk_side(
        &self,
        of: &Principal,
        scope: &Scope,
        shown: &mut Escalation,
    ) -> Result<()> {
        let id = &shown.summary.id;
        shown.timeline = self.timeline(of, id).await?;
        shown.duplicates = self.duplicates_of(of, id).await?;
        shown.draft = self.offered_draft(scope, &shown.run, id).await?;
        shown.earlier = self.earlier(of, scope, &shown.run).await?;
        Ok(())
    }

    /// The questions before this one in its conversation, the oldest first. Not those that lie in a
    /// queue that the reader may not see.
    async fn earlier(
        &self,
        of: &Principal,
        scope: &Scope,
        run: &RunId,
    ) -> Result<Vec<EarlierExchange>> {
        let rows = sqlx::query(EARLIER)
            .bind(run.as_str())
            .fetch_all(&self.pool)
            .await?;
        let mut earlier = Vec::with_capacity(rows.len());
        for row in rows.iter().rev() {
            let run: RunId = row.id("id")?;
            if self.run_is_hidden(of, &run).await? {
                continue;
            }
            let content = self.shown_of_run(scope, &run).await?;
            earlier.push(EarlierExchange {
                question: row.text("question")?,
                outcome: row.maybe_name("outcome")?,
                answer: joined(&content.sentences),
                at: row.time("asked_at")?,
            });
        }
        Ok(earlier)
    }
}

/// The sentences one after the other, without their citations.
pub(super) fn joined(sentences: &[AnswerSentence]) -> String {
    let texts: Vec<&str> = sentences.iter().map(|s| s.text.as_str()).collect();
    texts.join(" ")
}
