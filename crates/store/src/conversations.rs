//! Conversations, as their owner sees them; for everybody else they don't exist.

use crate::access::{Principal, Scope};
use crate::row::{Columns, new_id};
use crate::visibility::RunContent;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    AnswerMode, Conversation, ConversationId, ConversationSummary, Exchange, GivenAnswer, RunEvent,
    RunId,
};
use serde_json::json;
use sqlx::any::AnyRow;

impl Store {
    /// Makes an empty conversation; it is listed from its first question on.
    pub async fn create_conversation(&self, by: &Principal) -> Result<ConversationId> {
        let mut write = self.write().await?;
        let id: ConversationId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO conversations (id, user_id, title, created_at, updated_at)
             VALUES ($1, $2, '', $3, $3)",
        )
        .bind(id.as_str())
        .bind(by.user_id())
        .bind(now)
        .execute(write.connection())
        .await?;
        let subject = ("conversation", id.as_str());
        write
            .commit(&by.actor(), "conversation.create", subject, json!({}))
            .await?;
        Ok(id)
    }

    /// The principal's conversations that hold a question, the newest first.
    pub async fn conversations(&self, of: &Principal) -> Result<Vec<ConversationSummary>> {
        let rows = sqlx::query(
            "SELECT id, title, updated_at FROM conversations
             WHERE (user_id = $1 OR (user_id IS NULL AND $1 = '')) AND title <> ''
             ORDER BY updated_at DESC, id DESC",
        )
        .bind(of.user_id().unwrap_or_default())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(summary).collect()
    }

    /// One conversation in short, also an empty one. `NotFound` unless it is the principal's.
    pub async fn conversation_summary(
        &self,
        of: &Principal,
        id: &ConversationId,
    ) -> Result<ConversationSummary> {
        let row = sqlx::query(
            "SELECT id, title, updated_at FROM conversations
             WHERE id = $1 AND COALESCE(user_id, '') = $2",
        )
        .bind(id.as_str())
        .bind(of.user_id().unwrap_or_default())
        .fetch_optional(&self.pool)
        .await?;
        summary(&row.ok_or(StoreError::NotFound)?)
    }

    /// A conversation with its exchanges, oldest first. `NotFound` unless it is the
    /// principal's. Passages, citations and the sentences that need them are left out where the
    /// principal may not see their document any more, and so is a conflict of such documents.
    pub async fn conversation(&self, of: &Principal, id: &ConversationId) -> Result<Conversation> {
        let found = self.conversation_summary(of, id).await?;
        let scope = self.scope(of).await?;
        let rows = sqlx::query(
            "SELECT id, question, asked_at, state, outcome, message, as_of, standalone_question,
                    mode, caution, helpful, approved_answer_id,
                    (SELECT COUNT(*) FROM model_calls c
                     WHERE c.run_id = runs.id AND c.error IS NULL) AS calls
             FROM runs WHERE conversation_id = $1 ORDER BY number",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut exchanges = Vec::with_capacity(rows.len());
        for row in &rows {
            exchanges.push(self.exchange(of, &scope, row).await?);
        }
        Ok(Conversation {
            id: found.id,
            title: found.title,
            exchanges,
        })
    }

    async fn exchange(&self, of: &Principal, scope: &Scope, row: &AnyRow) -> Result<Exchange> {
        let run: RunId = row.id("id")?;
        let RunContent {
            passages,
            sentences,
            conflict,
        } = self.shown_of_run(scope, &run).await?;
        let approved = match row.maybe_text("approved_answer_id")? {
            Some(_) => self.given_in(scope, &run).await?,
            None => None,
        };
        let mode: Option<AnswerMode> = row.maybe_name("mode")?;
        let by_model = match mode {
            Some(mode) => mode == AnswerMode::Written,
            // Of an earlier version, which kept no mode.
            None => row.int("calls")? > 0,
        };
        Ok(Exchange {
            ai_generated: by_model && sentences.iter().any(|sentence| !sentence.verbatim),
            question: row.text("question")?,
            asked_at: row.time("asked_at")?,
            state: row.name("state")?,
            outcome: row.maybe_name("outcome")?,
            message: row.text("message")?,
            as_of: row.maybe_day("as_of")?,
            standalone: row.maybe_text("standalone_question")?,
            mode,
            passages,
            sentences,
            conflict,
            caution: row.maybe_text("caution")?,
            approved,
            helpful: row.maybe_int("helpful")?.map(|helpful| helpful > 0),
            escalation: self.escalation_of_run(of, scope, &run).await?,
            run,
        })
    }

    /// The approved answer as it was given then, whatever became of it since; none where the scope
    /// doesn't show what it stands on.
    async fn given_in(&self, scope: &Scope, run: &RunId) -> Result<Option<GivenAnswer>> {
        let events = self.events_after(scope, run, 0).await?;
        Ok(events
            .into_iter()
            .find_map(|streamed| match streamed.event {
                RunEvent::Approved { answer } => Some(answer),
                _ => None,
            }))
    }
}

fn summary(row: &AnyRow) -> Result<ConversationSummary> {
    Ok(ConversationSummary {
        id: row.id("id")?,
        title: row.text("title")?,
        updated_at: row.time("updated_at")?,
    })
}
