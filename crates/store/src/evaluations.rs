//! Evaluations: a set of questions run against the configuration of a moment. One runs at a time,
//! so that none disturbs what another measures.

use crate::access::Principal;
use crate::audit::Actor;
use crate::question_sets::hold_set;
use crate::row::{Columns, big, clean, new_id, to_json, variant};
use crate::users::person_name;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    EvaluationId, EvaluationKind, EvaluationState, QuestionSetId, Timestamp, UserId,
};
use serde_json::{Value, json};
use sqlx::any::AnyRow;

/// Whoever starts or removes evaluations, or what belongs to them, takes turns.
pub(crate) const TURN: &str = "evaluations";

/// The longest label, in characters.
const LABEL: usize = 120;

/// An evaluation to be started.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvaluationRow {
    pub set: QuestionSetId,
    pub kind: EvaluationKind,
    /// Up to 120 characters; may be empty.
    pub label: String,
    /// Search each question in its own document only, where it has one.
    pub within_document: bool,
    /// What it runs with.
    pub settings: Value,
    /// How many questions it will run.
    pub questions: usize,
}

/// An evaluation as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationRow {
    pub id: EvaluationId,
    pub set: QuestionSetId,
    pub set_name: String,
    pub label: String,
    pub kind: EvaluationKind,
    pub within_document: bool,
    pub state: EvaluationState,
    pub settings: Value,
    /// What it measured, once it is done.
    pub figures: Option<Value>,
    pub questions: usize,
    /// How many of them were run.
    pub done: usize,
    /// Why it failed, in words.
    pub error: Option<String>,
    /// Somebody wants it stopped.
    pub stop_requested: bool,
    /// Who started it; none for the operator.
    pub user_id: Option<UserId>,
    /// Their name.
    pub started_by: Option<String>,
    /// When somebody worked on it last.
    pub active_at: Timestamp,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

impl EvaluationRow {
    /// Whether this principal started it.
    pub fn is_of(&self, by: &Principal) -> bool {
        self.user_id.as_ref().map(UserId::as_str) == by.user_id()
    }
}

/// What an evaluation is read from; what follows `FROM … JOIN …` is given.
macro_rules! select_evaluations {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.set_id, s.name AS set_name, e.label, e.kind, e.within_document, e.state,
                    e.settings, e.figures, e.questions, e.done, e.error, e.stop_requested_at,
                    e.user_id, e.active_at, e.started_at, e.finished_at, ",
            person_name!(),
            " AS started_by
             FROM evaluations e
             JOIN question_sets s ON s.id = e.set_id
             LEFT JOIN users u ON u.id = e.user_id ",
            $rest
        )
    };
}

impl Store {
    /// Starts an evaluation; whoever works on it tells its progress. `NotFound` when there is no
    /// such set, `Invalid` for an overlong label, `Conflict` while another one runs.
    pub async fn start_evaluation(
        &self,
        by: &Principal,
        new: NewEvaluationRow,
    ) -> Result<EvaluationId> {
        let label = clean(new.label.trim()).into_owned();
        if label.chars().count() > LABEL {
            return Err(StoreError::Invalid(format!(
                "A label has up to {LABEL} characters."
            )));
        }
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        hold_set(&mut write, &new.set).await?;
        none_running(
            &mut write,
            "SELECT COUNT(*) FROM evaluations WHERE state = $1",
            "running",
        )
        .await?;
        let id: EvaluationId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO evaluations
                 (id, set_id, label, kind, within_document, state, settings, questions, done,
                  user_id, active_at, started_at)
             VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, 0, $8, $9, $9)",
        )
        .bind(id.as_str())
        .bind(new.set.as_str())
        .bind(label.as_str())
        .bind(variant(&new.kind)?)
        .bind(i64::from(new.within_document))
        .bind(to_json(&new.settings)?)
        .bind(big(new.questions)?)
        .bind(by.user_id())
        .bind(now)
        .execute(write.connection())
        .await?;
        let detail = json!({
            "question_set": new.set, "kind": new.kind, "label": label,
            "within_document": new.within_document, "questions": new.questions,
            "settings": new.settings,
        });
        let subject = ("evaluation", id.as_str());
        write
            .commit(&by.actor(), "evaluation.start", subject, detail)
            .await?;
        Ok(id)
    }

    /// Keeps the results of some questions, by their numbers, and that so many are `done`; also a
    /// sign of life. `Conflict` when it has ended.
    pub async fn evaluation_progress(
        &self,
        id: &EvaluationId,
        done: usize,
        results: &[(usize, Value)],
    ) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        let told = sqlx::query(
            "UPDATE evaluations SET done = $2, active_at = $3 WHERE id = $1 AND state = 'running'",
        )
        .bind(id.as_str())
        .bind(big(done)?)
        .bind(now)
        .execute(write.connection())
        .await?;
        if told.rows_affected() == 0 {
            return Err(ended());
        }
        for (number, result) in results {
            sqlx::query(
                "INSERT INTO evaluation_results (evaluation_id, number, result)
                 VALUES ($1, $2, $3)
                 ON CONFLICT (evaluation_id, number) DO UPDATE SET result = excluded.result",
            )
            .bind(id.as_str())
            .bind(big(*number)?)
            .bind(to_json(result)?)
            .execute(write.connection())
            .await?;
        }
        write.commit_unrecorded().await
    }

    /// Tells that an evaluation is still worked on, while there is no progress.
    pub async fn touch_evaluation(&self, id: &EvaluationId) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        sqlx::query("UPDATE evaluations SET active_at = $2 WHERE id = $1 AND state = 'running'")
            .bind(id.as_str())
            .bind(now)
            .execute(write.connection())
            .await?;
        write.commit_unrecorded().await
    }

    /// Somebody wants an evaluation stopped; whoever works on it sees that. Nothing happens to one
    /// that has ended.
    pub async fn request_stop_evaluation(&self, by: &Principal, id: &EvaluationId) -> Result<()> {
        self.evaluation(id).await?;
        let mut write = self.write().await?;
        let now = write.now().0;
        let asked = sqlx::query(
            "UPDATE evaluations SET stop_requested_at = $2
             WHERE id = $1 AND state = 'running' AND stop_requested_at IS NULL",
        )
        .bind(id.as_str())
        .bind(now)
        .execute(write.connection())
        .await?;
        if asked.rows_affected() == 0 {
            return Ok(());
        }
        let subject = ("evaluation", id.as_str());
        write
            .commit(&by.actor(), "evaluation.stop", subject, json!({}))
            .await
    }

    /// Whether somebody wants the evaluation stopped.
    pub async fn stop_requested(&self, id: &EvaluationId) -> Result<bool> {
        let asked: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM evaluations WHERE id = $1 AND stop_requested_at IS NOT NULL",
        )
        .bind(id.as_str())
        .fetch_one(&self.pool)
        .await?;
        Ok(asked > 0)
    }

    /// Ends an evaluation, once: `Conflict` when it has ended, `NotFound` when there is none. The
    /// record names who started it.
    pub async fn finish_evaluation(
        &self,
        id: &EvaluationId,
        state: EvaluationState,
        figures: Option<Value>,
        error: Option<String>,
    ) -> Result<()> {
        if state == EvaluationState::Running {
            return Err(StoreError::Invalid(
                "an evaluation doesn't end by running".into(),
            ));
        }
        self.evaluation(id).await?;
        let mut write = self.write().await?;
        let now = write.now().0;
        let row = sqlx::query(
            "UPDATE evaluations SET state = $2, figures = $3, error = $4, finished_at = $5,
                    active_at = $5
             WHERE id = $1 AND state = 'running' RETURNING set_id, user_id, done",
        )
        .bind(id.as_str())
        .bind(variant(&state)?)
        .bind(figures.as_ref().map(to_json).transpose()?)
        .bind(error.as_deref().map(|text| clean(text).into_owned()))
        .bind(now)
        .fetch_optional(write.connection())
        .await?;
        let row = row.ok_or_else(ended)?;
        let by: Option<UserId> = row.maybe_id("user_id")?;
        let by = by.map_or(Actor::Operator, Actor::User);
        let detail = json!({
            "question_set": row.text("set_id")?, "state": state, "done": row.int("done")?,
            "figures": figures, "error": error,
        });
        let subject = ("evaluation", id.as_str());
        write
            .commit(&by, "evaluation.finish", subject, detail)
            .await
    }

    /// Evaluations that nobody has worked on since `older_than`: their process is gone. The caller
    /// finishes them.
    pub async fn unfinished_evaluations(&self, older_than: Timestamp) -> Result<Vec<EvaluationId>> {
        let rows = sqlx::query(
            "SELECT id FROM evaluations WHERE state = 'running' AND active_at < $1
             ORDER BY started_at, id",
        )
        .bind(older_than.0)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| row.id("id")).collect()
    }

    /// One evaluation.
    pub async fn evaluation(&self, id: &EvaluationId) -> Result<EvaluationRow> {
        let row = sqlx::query(select_evaluations!("WHERE e.id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        evaluation(&row.ok_or(StoreError::NotFound)?)
    }

    /// The evaluations of a set, the newest first.
    pub async fn evaluations_of(&self, set: &QuestionSetId) -> Result<Vec<EvaluationRow>> {
        let rows = sqlx::query(select_evaluations!(
            "WHERE e.set_id = $1 ORDER BY e.started_at DESC, e.id DESC"
        ))
        .bind(set.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(evaluation).collect()
    }

    /// What became of the questions so far, by their numbers, in order. Who may see what of it is
    /// the caller's to judge.
    pub async fn evaluation_results(&self, id: &EvaluationId) -> Result<Vec<(usize, Value)>> {
        let rows = sqlx::query(
            "SELECT number, result FROM evaluation_results WHERE evaluation_id = $1
             ORDER BY number",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| Ok((row.number("number")?, row.json("result")?)))
            .collect()
    }

    /// Removes an evaluation with its results; a calibration that was fitted on it stays.
    /// `Conflict` while it runs.
    pub async fn delete_evaluation(&self, by: &Principal, id: &EvaluationId) -> Result<()> {
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        let row = sqlx::query("SELECT set_id, label FROM evaluations WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(write.connection())
            .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        none_running(
            &mut write,
            "SELECT COUNT(*) FROM evaluations WHERE state = 'running' AND id = $1",
            id.as_str(),
        )
        .await?;
        forget_evaluations(&mut write, std::slice::from_ref(id)).await?;
        let detail = json!({ "question_set": row.text("set_id")?, "label": row.text("label")? });
        let subject = ("evaluation", id.as_str());
        write
            .commit(&by.actor(), "evaluation.delete", subject, detail)
            .await
    }
}

/// `Conflict` when the query, which takes one text, counts evaluations that run.
pub(crate) async fn none_running(write: &mut Write, sql: &'static str, value: &str) -> Result<()> {
    let running: i64 = sqlx::query_scalar(sql)
        .bind(value)
        .fetch_one(write.connection())
        .await?;
    if running == 0 {
        return Ok(());
    }
    Err(StoreError::conflict(
        "An evaluation is running. Wait until it is done, or stop it first.",
    ))
}

/// Removes evaluations with their results, and what refers to them. The caller has the turn.
pub(crate) async fn forget_evaluations(write: &mut Write, ids: &[EvaluationId]) -> Result<()> {
    for id in ids {
        for sql in [
            "UPDATE calibrations SET evaluation_id = NULL WHERE evaluation_id = $1",
            "UPDATE question_sets SET baseline_id = NULL WHERE baseline_id = $1",
            "DELETE FROM evaluation_results WHERE evaluation_id = $1",
            "DELETE FROM evaluations WHERE id = $1",
        ] {
            write.execute(sql, id.as_str()).await?;
        }
    }
    Ok(())
}

fn ended() -> StoreError {
    StoreError::conflict("This evaluation has ended.")
}

fn evaluation(row: &AnyRow) -> Result<EvaluationRow> {
    Ok(EvaluationRow {
        id: row.id("id")?,
        set: row.id("set_id")?,
        set_name: row.text("set_name")?,
        label: row.text("label")?,
        kind: row.name("kind")?,
        within_document: row.int("within_document")? != 0,
        state: row.name("state")?,
        settings: row.json("settings")?,
        figures: row.maybe_json("figures")?,
        questions: row.number("questions")?,
        done: row.number("done")?,
        error: row.maybe_text("error")?,
        stop_requested: row.maybe_int("stop_requested_at")?.is_some(),
        user_id: row.maybe_id("user_id")?,
        started_by: row.maybe_text("started_by")?,
        active_at: row.time("active_at")?,
        started_at: row.time("started_at")?,
        finished_at: row.maybe_time("finished_at")?,
    })
}
