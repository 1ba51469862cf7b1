//! Sets of labelled questions, on which the product is measured. They change together with their
//! evaluations, one change at a time.

use crate::access::Principal;
use crate::evaluations::{TURN, forget_evaluations, none_running};
use crate::row::{Columns, big, clean, new_id, to_json};
use crate::users::person_name;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    EvaluationId, EvaluationState, LabelledQuestion, QuestionSet, QuestionSetId,
};
use serde_json::json;
use sqlx::any::AnyRow;

/// How many of a set's questions hold these characters. A label's name and value can't stand in
/// the question itself: in JSON its quotation marks have a backslash before them.
macro_rules! count_of {
    ($label:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM labelled_questions q WHERE q.set_id = s.id AND (",
            $label,
            "))"
        )
    };
}

/// What a set is read from; what follows `FROM … JOIN …` is given.
macro_rules! select_sets {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.name, s.description, s.questions, s.baseline_id, s.created_at, ",
            person_name!(),
            " AS created_by, ",
            count_of!(r#"q.question LIKE '%"answerable":true%'"#),
            " AS answerable, ",
            count_of!(r#"q.question LIKE '%"answerable":false%'"#),
            " AS unanswerable, ",
            count_of!(r#"q.question LIKE '%"spans":[[%' OR q.question LIKE '%"quote":"%'"#),
            " AS with_place
             FROM question_sets s LEFT JOIN users u ON u.id = s.created_by ",
            $rest
        )
    };
}

impl Store {
    /// Keeps a set. `sha256` is of its questions, in their order. `Conflict` when the name is
    /// taken; `Invalid` for a name or description that is too short or too long, or no question.
    pub async fn create_question_set(
        &self,
        by: &Principal,
        name: &str,
        description: &str,
        sha256: &str,
        questions: &[LabelledQuestion],
    ) -> Result<QuestionSetId> {
        let name = clean(name.trim()).into_owned();
        let description = clean(description.trim()).into_owned();
        if !(1..=120).contains(&name.chars().count()) {
            return Err(StoreError::Invalid(
                "A set's name has 1 to 120 characters.".into(),
            ));
        }
        if description.chars().count() > 1_000 {
            return Err(StoreError::Invalid(
                "A description has up to 1,000 characters.".into(),
            ));
        }
        if questions.is_empty() {
            return Err(StoreError::Invalid(
                "A set needs at least one question.".into(),
            ));
        }
        let mut write = self.write().await?;
        let id: QuestionSetId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO question_sets
                 (id, name, description, sha256, questions, created_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.as_str())
        .bind(name.as_str())
        .bind(description)
        .bind(sha256)
        .bind(big(questions.len())?)
        .bind(by.user_id())
        .bind(now)
        .execute(write.connection())
        .await
        .map_err(|error| {
            let what = "There is a set of questions with this name already. Choose another name.";
            StoreError::unique(error, what)
        })?;
        insert_questions(&mut write, &id, questions).await?;
        let detail = json!({ "name": name, "questions": questions.len(), "sha256": sha256 });
        let subject = ("question_set", id.as_str());
        write
            .commit(&by.actor(), "question_set.create", subject, detail)
            .await?;
        Ok(id)
    }

    /// The oldest set of exactly these questions, by their hash.
    pub async fn question_set_of(&self, sha256: &str) -> Result<Option<QuestionSetId>> {
        let row = sqlx::query(
            "SELECT id FROM question_sets WHERE sha256 = $1 ORDER BY created_at, id LIMIT 1",
        )
        .bind(sha256)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| row.id("id")).transpose()
    }

    /// Every set, by name. All are the company's: whoever may measure sees them.
    pub async fn question_sets(&self, _by: &Principal) -> Result<Vec<QuestionSet>> {
        let rows = sqlx::query(select_sets!("ORDER BY s.name, s.id"))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(question_set).collect()
    }

    /// One set.
    pub async fn question_set(&self, id: &QuestionSetId) -> Result<QuestionSet> {
        let row = sqlx::query(select_sets!("WHERE s.id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        question_set(&row.ok_or(StoreError::NotFound)?)
    }

    /// The questions of a set with their labels, in order. `NotFound` when there is no such set.
    pub async fn labelled_questions(&self, id: &QuestionSetId) -> Result<Vec<LabelledQuestion>> {
        let rows = sqlx::query(
            "SELECT question FROM labelled_questions WHERE set_id = $1 ORDER BY number",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        // No set is empty.
        if rows.is_empty() {
            return Err(StoreError::NotFound);
        }
        rows.iter().map(|row| row.json("question")).collect()
    }

    /// Removes a set with its evaluations; calibrations that were fitted on them stay. `Conflict`
    /// while one of them runs.
    pub async fn delete_question_set(&self, by: &Principal, id: &QuestionSetId) -> Result<()> {
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        let name = hold_set(&mut write, id).await?;
        none_running(
            &mut write,
            "SELECT COUNT(*) FROM evaluations WHERE state = 'running' AND set_id = $1",
            id.as_str(),
        )
        .await?;
        let rows = sqlx::query("SELECT id FROM evaluations WHERE set_id = $1")
            .bind(id.as_str())
            .fetch_all(write.connection())
            .await?;
        let evaluations: Vec<EvaluationId> =
            rows.iter().map(|row| row.id("id")).collect::<Result<_>>()?;
        forget_evaluations(&mut write, &evaluations).await?;
        for sql in [
            "DELETE FROM labelled_questions WHERE set_id = $1",
            "DELETE FROM question_sets WHERE id = $1",
        ] {
            write.execute(sql, id.as_str()).await?;
        }
        let detail = json!({ "name": name, "evaluations": evaluations.len() });
        let subject = ("question_set", id.as_str());
        write
            .commit(&by.actor(), "question_set.delete", subject, detail)
            .await
    }

    /// Makes an evaluation the one that others of its set are compared with, or none. `Invalid`
    /// unless it is one of this set and done.
    pub async fn set_baseline(
        &self,
        by: &Principal,
        id: &QuestionSetId,
        baseline: Option<EvaluationId>,
    ) -> Result<()> {
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        hold_set(&mut write, id).await?;
        if let Some(baseline) = &baseline {
            let row = sqlx::query("SELECT state FROM evaluations WHERE id = $1 AND set_id = $2")
                .bind(baseline.as_str())
                .bind(id.as_str())
                .fetch_optional(write.connection())
                .await?;
            let state: Option<EvaluationState> = row.map(|row| row.name("state")).transpose()?;
            if state != Some(EvaluationState::Done) {
                return Err(StoreError::Invalid(
                    "Only an evaluation of this set that is done can be compared with. Choose \
                     another."
                        .into(),
                ));
            }
        }
        sqlx::query("UPDATE question_sets SET baseline_id = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(baseline.as_ref().map(EvaluationId::as_str))
            .execute(write.connection())
            .await?;
        let detail = json!({ "evaluation": baseline });
        let subject = ("question_set", id.as_str());
        write
            .commit(&by.actor(), "question_set.baseline", subject, detail)
            .await
    }
}

async fn insert_questions(
    write: &mut Write,
    id: &QuestionSetId,
    questions: &[LabelledQuestion],
) -> Result<()> {
    for (number, question) in (1_i64..).zip(questions) {
        sqlx::query(
            "INSERT INTO labelled_questions (set_id, number, question) VALUES ($1, $2, $3)",
        )
        .bind(id.as_str())
        .bind(number)
        .bind(to_json(question)?)
        .execute(write.connection())
        .await?;
    }
    Ok(())
}

/// The name of a set. `NotFound` when there is none. The caller has the turn: nobody removes it.
pub(crate) async fn hold_set(write: &mut Write, id: &QuestionSetId) -> Result<String> {
    let row = sqlx::query("SELECT name FROM question_sets WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(write.connection())
        .await?;
    row.ok_or(StoreError::NotFound)?.text("name")
}

fn question_set(row: &AnyRow) -> Result<QuestionSet> {
    Ok(QuestionSet {
        id: row.id("id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        questions: row.number("questions")?,
        answerable: row.number("answerable")?,
        unanswerable: row.number("unanswerable")?,
        with_place: row.number("with_place")?,
        baseline: row.maybe_id("baseline_id")?,
        created_by: row.maybe_text("created_by")?,
        created_at: row.time("created_at")?,
    })
}
