//! A question's whole story: everything that is kept of one run, for who opened the log.

use crate::access::Principal;
use crate::escalations::words;
use crate::log::{OpenedLog, run_subject};
use crate::row::Columns;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{EscalationId, ModelCallInfo, QuestionStory, RunId};
use serde_json::json;
use sqlx::any::AnyRow;

/// A question with its asker. The answerability is text, as the database writes it: a NULL among
/// numbers has another type on each database.
const STORY: &str = "
    SELECT r.asked_at, r.finished_at, r.department, r.question, r.standalone_question, r.outcome,
           r.rule, r.message, r.mode, r.settings,
           CAST(r.answerability AS TEXT) AS answerability, r.trace, r.timings, r.user_id,
           u.name AS asker, e.id AS escalation
    FROM runs r
    LEFT JOIN users u ON u.id = r.user_id AND u.erased_at IS NULL
    LEFT JOIN escalations e ON e.run_id = r.id AND e.split_from IS NULL
    WHERE r.id = $1 AND r.question <> ''";

impl Store {
    /// The story of a question; reading it leaves a record about the question. `NotFound` when
    /// there is none, it was removed, or it lies in a queue that is restricted to others.
    pub async fn question_story(&self, opened: &OpenedLog, run: &RunId) -> Result<QuestionStory> {
        let row = sqlx::query(STORY)
            .bind(run.as_str())
            .fetch_optional(&self.pool)
            .await?
            .ok_or(StoreError::NotFound)?;
        if self.run_is_closed(opened.by(), run).await? {
            return Err(StoreError::NotFound);
        }
        self.note_reading(opened, "log.read", ("run", run.as_str()), json!({}))
            .await?;
        self.story(opened.by(), run, &row).await
    }

    async fn story(&self, by: &Principal, run: &RunId, row: &AnyRow) -> Result<QuestionStory> {
        let scope = self.scope(by).await?;
        let escalation: Option<EscalationId> = row.maybe_id("escalation")?;
        let mut subjects = vec![run_subject(run)];
        subjects.extend(escalation.as_ref().map(|id| format!("escalation:{id}")));
        let kept = self.kept_of_run(run).await?;
        let found = kept.passages.len();
        let content = self.shown_to(&scope, kept).await?;
        Ok(QuestionStory {
            run: run.clone(),
            asked_at: row.time("asked_at")?,
            finished_at: row.maybe_time("finished_at")?,
            asker: row.maybe_text("asker")?,
            asker_id: row.maybe_id("user_id")?,
            department: row.maybe_text("department")?,
            question: row.text("question")?,
            standalone_question: row.maybe_text("standalone_question")?,
            outcome: row.maybe_name("outcome")?,
            rule: row.maybe_text("rule")?,
            message: row.text("message")?,
            answerability: row
                .maybe_text("answerability")?
                .and_then(|text| text.parse().ok()),
            trace: words(&row.json("trace")?),
            timings_ms: row.json("timings")?,
            mode: row.maybe_name("mode")?,
            settings: row.maybe_json("settings")?.unwrap_or_default(),
            passages_withheld: found.saturating_sub(content.passages.len()) as u64,
            passages: content.passages,
            sentences: content.sentences,
            conflict: content.conflict,
            model_calls: self.model_calls_of(run).await?,
            escalation,
            records: self.records_about(by, &scope, &subjects).await?,
        })
    }

    /// The calls of models that a run made, in order.
    pub(crate) async fn model_calls_of(&self, run: &RunId) -> Result<Vec<ModelCallInfo>> {
        let rows = sqlx::query(
            "SELECT task, engine, model, prompt_sha256, parameters, prompt_tokens,
                    completion_tokens, duration_ms, error
             FROM model_calls WHERE run_id = $1 ORDER BY number",
        )
        .bind(run.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ModelCallInfo {
                    task: row.text("task")?,
                    engine: row.text("engine")?,
                    model: row.text("model")?,
                    prompt_sha256: row.text("prompt_sha256")?,
                    parameters: row.json("parameters")?,
                    prompt_tokens: row.number("prompt_tokens")?,
                    completion_tokens: row.number("completion_tokens")?,
                    duration_ms: row.number("duration_ms")?,
                    error: row.maybe_text("error")?,
                })
            })
            .collect()
    }
}
