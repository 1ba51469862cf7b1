//! A question as it was answered then, for answering it once more.

use crate::access::Principal;
use crate::row::Columns;
use crate::visibility::RunContent;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    AnswerMode, AnswerSentence, Conflict, Day, ModelCallInfo, Outcome, PassageRef, RunId, RunState,
    Timestamp, UserId,
};
use serde_json::{Value, json};

/// Everything that an answer came about from, and what came about.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedRun {
    pub id: RunId,
    /// None for the operator.
    pub asker: Option<UserId>,
    pub question: String,
    /// The question as it was searched for, where it was rewritten.
    pub standalone: Option<String>,
    pub as_of: Option<Day>,
    /// None where nothing was to be answered, or an earlier version kept no mode.
    pub mode: Option<AnswerMode>,
    /// What else the answer depended on, by name; null of an earlier version.
    pub settings: Value,
    pub trace: Value,
    pub outcome: Option<Outcome>,
    /// The id of the rule that decided.
    pub rule: Option<String>,
    pub message: String,
    /// Probability in 0..=1 that the documents answer the question, where it was computed.
    pub answerability: Option<f32>,
    /// All that was found, as it was then.
    pub passages: Vec<PassageRef>,
    pub sentences: Vec<AnswerSentence>,
    pub conflict: Option<Conflict>,
    pub model_calls: Vec<ModelCallInfo>,
    pub asked_at: Timestamp,
}

/// A question at the desk, as far as an answer is drafted from it.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionToDraft {
    pub question: String,
    /// The question as it was searched for, where it was rewritten.
    pub standalone: Option<String>,
    pub as_of: Option<Day>,
    /// What was found then, as far as the reader may see it; in the order shown.
    pub passages: Vec<PassageRef>,
}

/// The answerability is text, as in a question's story.
const RUN: &str = "
    SELECT user_id, question, standalone_question, as_of, mode, settings, trace, state, outcome,
           rule, message, CAST(answerability AS TEXT) AS answerability, asked_at
    FROM runs WHERE id = $1 AND question <> ''";

impl Store {
    /// A question for whoever drafts its answer at the desk. `NotFound` unless it reached the desk
    /// and the principal may see it there.
    pub async fn question_to_draft(&self, by: &Principal, run: &RunId) -> Result<QuestionToDraft> {
        if !by.works_the_desk() || self.run_is_hidden(by, run).await? {
            return Err(StoreError::NotFound);
        }
        let row = sqlx::query(
            "SELECT question, standalone_question, as_of FROM runs r
             WHERE id = $1 AND question <> ''
                   AND EXISTS (SELECT 1 FROM escalations e WHERE e.run_id = r.id)",
        )
        .bind(run.as_str())
        .fetch_optional(&self.pool)
        .await?
        .ok_or(StoreError::NotFound)?;
        let scope = self.scope(by).await?;
        let content = self.shown_of_run(&scope, run).await?;
        Ok(QuestionToDraft {
            question: row.text("question")?,
            standalone: row.maybe_text("standalone_question")?,
            as_of: row.maybe_day("as_of")?,
            passages: content.passages,
        })
    }

    /// A question with all that it was answered from, whatever its asker may see by now; where
    /// somebody asked it, reading it leaves a record. `NotFound` for everybody but the operator,
    /// when there is none or it was removed, and when it lies in a restricted queue; `Conflict` while it is being answered.
    pub async fn recorded_run(&self, by: &Principal, id: &RunId) -> Result<RecordedRun> {
        if !by.is_operator() || self.run_is_closed(by, id).await? {
            return Err(StoreError::NotFound);
        }
        let row = sqlx::query(RUN)
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .ok_or(StoreError::NotFound)?;
        if row.name::<RunState>("state")? != RunState::Done {
            return Err(StoreError::conflict(
                "This question is still being answered. Try again when it is done.",
            ));
        }
        let RunContent {
            passages,
            sentences,
            conflict,
        } = self.kept_of_run(id).await?;
        let answerability = row.maybe_text("answerability")?;
        let run = RecordedRun {
            id: id.clone(),
            asker: row.maybe_id("user_id")?,
            question: row.text("question")?,
            standalone: row.maybe_text("standalone_question")?,
            as_of: row.maybe_day("as_of")?,
            mode: row.maybe_name("mode")?,
            settings: row.maybe_json("settings")?.unwrap_or_default(),
            trace: row.json("trace")?,
            outcome: row.maybe_name("outcome")?,
            rule: row.maybe_text("rule")?,
            message: row.text("message")?,
            answerability: answerability.and_then(|text| text.parse().ok()),
            passages,
            sentences,
            conflict,
            model_calls: self.model_calls_of(id).await?,
            asked_at: row.time("asked_at")?,
        };
        if let Some(asker) = &run.asker {
            let (subject, detail) = (("run", id.as_str()), json!({ "asker": asker }));
            self.write()
                .await?
                .commit(&by.actor(), "run.replay", subject, detail)
                .await?;
        }
        Ok(run)
    }
}
