//! Calibrations of the answerability: fitted on an evaluation's questions, put into use by a
//! person. Where none is in use, the one that ships is.

use crate::access::Principal;
use crate::evaluations::TURN;
use crate::row::{Columns, clean, new_id, to_json};
use crate::users::person_name;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{CalibrationId, EvaluationId, Timestamp};
use serde_json::{Value, json};
use sqlx::any::AnyRow;

/// A calibration to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCalibration {
    /// The evaluation on whose questions it was fitted.
    pub evaluation: EvaluationId,
    /// What it was fitted on, in words.
    pub data: String,
    /// The models whose scores it weighs.
    pub embedding: String,
    pub reranker: Option<String>,
    /// Coefficients and curves.
    pub content: Value,
}

/// A calibration as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationRow {
    pub id: CalibrationId,
    /// None once the evaluation is deleted.
    pub evaluation: Option<EvaluationId>,
    pub data: String,
    pub embedding: String,
    pub reranker: Option<String>,
    pub content: Value,
    /// Name of who fitted it; none for the operator.
    pub created_by: Option<String>,
    pub created_at: Timestamp,
    /// When it was put into use last.
    pub adopted_at: Option<Timestamp>,
    /// When it was put out of use after that.
    pub withdrawn_at: Option<Timestamp>,
}

impl CalibrationRow {
    pub const fn in_use(&self) -> bool {
        self.adopted_at.is_some() && self.withdrawn_at.is_none()
    }
}

/// What a calibration is read from; what follows `FROM … JOIN …` is given.
macro_rules! select_calibrations {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.evaluation_id, c.data, c.embedding, c.reranker, c.content,
                    c.created_at, c.adopted_at, c.withdrawn_at, ",
            person_name!(),
            " AS created_by
             FROM calibrations c LEFT JOIN users u ON u.id = c.created_by ",
            $rest
        )
    };
}

impl Store {
    /// Keeps a calibration; it isn't in use by that. `NotFound` when there is no such evaluation.
    pub async fn add_calibration(
        &self,
        by: &Principal,
        new: NewCalibration,
    ) -> Result<CalibrationId> {
        let data = clean(new.data.trim()).into_owned();
        let mut write = self.write().await?;
        // Nobody removes the evaluation meanwhile.
        write.take_turn(TURN).await?;
        let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM evaluations WHERE id = $1")
            .bind(new.evaluation.as_str())
            .fetch_one(write.connection())
            .await?;
        if known == 0 {
            return Err(StoreError::NotFound);
        }
        let id: CalibrationId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO calibrations
                 (id, evaluation_id, data, embedding, reranker, content, created_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(id.as_str())
        .bind(new.evaluation.as_str())
        .bind(data.as_str())
        .bind(new.embedding.as_str())
        .bind(new.reranker.as_deref())
        .bind(to_json(&new.content)?)
        .bind(by.user_id())
        .bind(now)
        .execute(write.connection())
        .await?;
        let detail = json!({
            "evaluation": new.evaluation, "data": data, "embedding": new.embedding,
            "reranker": new.reranker, "content": new.content,
        });
        let subject = ("calibration", id.as_str());
        write
            .commit(&by.actor(), "calibration.fit", subject, detail)
            .await?;
        Ok(id)
    }

    /// Every calibration that was fitted here, the newest first.
    pub async fn calibrations(&self) -> Result<Vec<CalibrationRow>> {
        let rows = sqlx::query(select_calibrations!(
            "ORDER BY c.created_at DESC, c.id DESC"
        ))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(calibration).collect()
    }

    /// One calibration.
    pub async fn calibration(&self, id: &CalibrationId) -> Result<CalibrationRow> {
        let row = sqlx::query(select_calibrations!("WHERE c.id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        calibration(&row.ok_or(StoreError::NotFound)?)
    }

    /// The calibration in use; none: the one that ships.
    pub async fn calibration_in_use(&self) -> Result<Option<CalibrationRow>> {
        let row = sqlx::query(select_calibrations!(
            "WHERE c.adopted_at IS NOT NULL AND c.withdrawn_at IS NULL
             ORDER BY c.adopted_at DESC, c.id DESC LIMIT 1"
        ))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(calibration).transpose()
    }

    /// Puts a calibration into use in place of the one that is; none: the one that ships.
    pub async fn adopt_calibration(
        &self,
        by: &Principal,
        id: Option<&CalibrationId>,
    ) -> Result<()> {
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        let former = withdraw(&mut write).await?;
        if former.as_ref() == id {
            // Dropping the transaction undoes the withdrawal.
            return Ok(());
        }
        if let Some(id) = id {
            let now = write.now().0;
            let adopted = sqlx::query(
                "UPDATE calibrations SET adopted_at = $2, withdrawn_at = NULL WHERE id = $1",
            )
            .bind(id.as_str())
            .bind(now)
            .execute(write.connection())
            .await?;
            if adopted.rows_affected() == 0 {
                return Err(StoreError::NotFound);
            }
        }
        let subject = ("calibration", id.map_or("shipped", CalibrationId::as_str));
        let detail = json!({ "former": former });
        write
            .commit(&by.actor(), "calibration.adopt", subject, detail)
            .await
    }
}

/// Puts the calibration in use out of use, where there is one; its id.
async fn withdraw(write: &mut Write) -> Result<Option<CalibrationId>> {
    let now = write.now().0;
    let row = sqlx::query(
        "UPDATE calibrations SET withdrawn_at = $1
         WHERE adopted_at IS NOT NULL AND withdrawn_at IS NULL RETURNING id",
    )
    .bind(now)
    .fetch_optional(write.connection())
    .await?;
    row.map(|row| row.id("id")).transpose()
}

fn calibration(row: &AnyRow) -> Result<CalibrationRow> {
    Ok(CalibrationRow {
        id: row.id("id")?,
        evaluation: row.maybe_id("evaluation_id")?,
        data: row.text("data")?,
        embedding: row.text("embedding")?,
        reranker: row.maybe_text("reranker")?,
        content: row.json("content")?,
        created_by: row.maybe_text("created_by")?,
        created_at: row.time("created_at")?,
        adopted_at: row.maybe_time("adopted_at")?,
        withdrawn_at: row.maybe_time("withdrawn_at")?,
    })
}
