//! Runs: one question and what becomes of it, from asking to stopping. How one ends is in
//! `finish`, what it streams in `events`.

use crate::access::Principal;
use crate::row::{Columns, clean, new_id};
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{ConversationId, Outcome, RunId, RunState, Timestamp};
use serde_json::json;

/// The longest question, in characters.
const QUESTION: usize = 4_000;

/// The longest title that a question gives its conversation, in characters.
const TITLE: usize = 80;

/// A run in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunInfo {
    pub id: RunId,
    /// None for a question asked on the command line.
    pub conversation: Option<ConversationId>,
    pub question: String,
    pub state: RunState,
    pub outcome: Option<Outcome>,
    pub asked_at: Timestamp,
}

impl Store {
    /// Asks a question in the principal's conversation; an untitled one is named after it.
    /// `NotFound` unless the conversation is theirs, `Invalid` for an empty or overlong
    /// question.
    pub async fn start_run(
        &self,
        by: &Principal,
        conversation: &ConversationId,
        question: &str,
    ) -> Result<RunId> {
        let question = checked(question)?;
        let mut write = self.write().await?;
        let now = write.now().0;
        let named = sqlx::query(
            "UPDATE conversations SET updated_at = $3,
                    title = CASE WHEN title = '' THEN $4 ELSE title END
             WHERE id = $1 AND COALESCE(user_id, '') = $2",
        )
        .bind(conversation.as_str())
        .bind(by.user_id().unwrap_or_default())
        .bind(now)
        .bind(title_of(&question))
        .execute(write.connection())
        .await?;
        if named.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        insert(write, by, Some(conversation), &question).await
    }

    /// Asks a question outside any conversation, from the command line.
    pub async fn start_run_alone(&self, by: &Principal, question: &str) -> Result<RunId> {
        let question = checked(question)?;
        let write = self.write().await?;
        insert(write, by, None, &question).await
    }

    /// A run. `NotFound` unless it is the principal's.
    pub async fn run_for(&self, by: &Principal, id: &RunId) -> Result<RunInfo> {
        let row = sqlx::query(
            "SELECT id, conversation_id, question, state, outcome, asked_at FROM runs
             WHERE id = $1 AND COALESCE(user_id, '') = $2",
        )
        .bind(id.as_str())
        .bind(by.user_id().unwrap_or_default())
        .fetch_optional(&self.pool)
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        Ok(RunInfo {
            id: row.id("id")?,
            conversation: row.maybe_id("conversation_id")?,
            question: row.text("question")?,
            state: row.name("state")?,
            outcome: row.maybe_name("outcome")?,
            asked_at: row.time("asked_at")?,
        })
    }

    /// The asker wants the run stopped; the one who works on it sees that. Nothing happens to a
    /// run that is done. `NotFound` unless it is the principal's.
    pub async fn request_cancel(&self, by: &Principal, id: &RunId) -> Result<()> {
        let run = self.run_for(by, id).await?;
        if run.state == RunState::Done {
            return Ok(());
        }
        let mut write = self.write().await?;
        let now = write.now().0;
        let asked = sqlx::query(
            "UPDATE runs SET cancel_requested_at = $2
             WHERE id = $1 AND state = 'running' AND cancel_requested_at IS NULL",
        )
        .bind(id.as_str())
        .bind(now)
        .execute(write.connection())
        .await?;
        if asked.rows_affected() == 0 {
            return Ok(());
        }
        write
            .commit(&by.actor(), "run.stop", ("run", id.as_str()), json!({}))
            .await
    }

    /// Whether the asker wants the run stopped.
    pub async fn cancel_requested(&self, id: &RunId) -> Result<bool> {
        let asked: Option<i64> = sqlx::query_scalar(
            "SELECT COUNT(*) FROM runs WHERE id = $1 AND cancel_requested_at IS NOT NULL",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(asked.is_some_and(|count| count > 0))
    }

    /// How many questions on this topic the principal asked since then and has an end of; none for
    /// the operator, who is nobody in particular.
    pub async fn asked_on_topic(
        &self,
        by: &Principal,
        topic: &str,
        since: Timestamp,
    ) -> Result<u64> {
        let Some(user) = by.user_id() else {
            return Ok(0);
        };
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM runs WHERE user_id = $1 AND topic = $2 AND asked_at >= $3",
        )
        .bind(user)
        .bind(topic)
        .bind(since.0)
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Runs that nobody has worked on since `older_than`: their process is gone. The caller
    /// finishes them as escalations, so that no question is lost.
    pub async fn unfinished_runs(&self, older_than: Timestamp) -> Result<Vec<RunId>> {
        let rows = sqlx::query(
            "SELECT id FROM runs WHERE state = 'running' AND active_at < $1 ORDER BY asked_at, id",
        )
        .bind(older_than.0)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| row.id("id")).collect()
    }
}

async fn insert(
    mut write: Write,
    by: &Principal,
    conversation: Option<&ConversationId>,
    question: &str,
) -> Result<RunId> {
    let id: RunId = new_id()?;
    let now = write.now().0;
    // The conversation's row is held by its update: no two runs get one number.
    let earlier: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM runs WHERE conversation_id = $1")
        .bind(conversation.map(ConversationId::as_str))
        .fetch_one(write.connection())
        .await?;
    sqlx::query(
        "INSERT INTO runs
             (id, conversation_id, number, user_id, department, question, state, message, trace,
              timings, last_event, active_at, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'running', '', 'null', 'null', 0, $7, $7)",
    )
    .bind(id.as_str())
    .bind(conversation.map(ConversationId::as_str))
    .bind(earlier + 1)
    .bind(by.user_id())
    .bind(by.department())
    .bind(question)
    .bind(now)
    .execute(write.connection())
    .await?;
    let detail = json!({ "conversation": conversation });
    let personal = by.user_id().map(|of| Personal {
        of,
        data: json!({ "question": question }),
    });
    let subject = ("run", id.as_str());
    write
        .commit_with(&by.actor(), "run.ask", subject, detail, personal)
        .await?;
    Ok(id)
}

fn checked(question: &str) -> Result<String> {
    let question = clean(question.trim()).into_owned();
    match question.chars().count() {
        0 => Err(StoreError::Invalid("Write a question first.".into())),
        count if count > QUESTION => Err(StoreError::Invalid(format!(
            "A question has up to {QUESTION} characters; this one has {count}."
        ))),
        _ => Ok(question),
    }
}

/// A question on one line, cut at a word if it is long.
fn title_of(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TITLE {
        return line;
    }
    let cut: String = line.chars().take(TITLE - 1).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head);
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_question_makes_a_title_that_ends_at_a_word() {
        let title = title_of(&"notice period ".repeat(20));
        assert!(title.chars().count() <= TITLE);
        assert!(title.ends_with("notice…") || title.ends_with("period…"));
        assert_eq!(title_of("Short\n one?"), "Short one?");
    }
}
