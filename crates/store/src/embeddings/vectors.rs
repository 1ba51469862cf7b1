//! Vectors of passages by model: which are missing, how they come, and how they go.

use super::models;
use crate::index::{decode, encode, findable, passage_header};
use crate::outbox::{OutboxKind, push};
use crate::row::{Columns, big, placeholders};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{PassageId, VersionId};
use sqlx::AssertSqlSafe;

/// A passage without a vector by some model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToEmbed {
    pub passage: PassageId,
    pub version: VersionId,
    /// What stands before the text when it is embedded; see [`passage_header`].
    pub header: String,
    pub text: String,
}

/// Whether indexes hear of new vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexes {
    /// Through the outbox: an index that follows it takes them in.
    Told,
    /// The model's index is filled later, all at once.
    FilledLater,
}

/// Makes sure, until the change is committed, that `model` is the one that answers, or that none
/// does yet. `Conflict` when another took its place. Takes the outbox's counter: every other row
/// that the change locks comes before.
pub(crate) async fn require_active(write: &mut Write, model: &str) -> Result<()> {
    write.next("outbox", 0).await?;
    let active: Option<String> =
        sqlx::query_scalar("SELECT model FROM embedding_models WHERE state = 'active'")
            .fetch_optional(write.connection())
            .await?;
    match active {
        Some(active) if active != model => Err(StoreError::conflict(format!(
            "Passages are embedded by {active} now, no more by {model}."
        ))),
        _ => Ok(()),
    }
}

/// Keeps a passage's vector; one that is there stays, and none is kept of a passage that is gone.
pub(crate) async fn insert_vector(
    write: &mut Write,
    model: &str,
    passage: &PassageId,
    vector: &[f32],
) -> Result<()> {
    sqlx::query(
        "INSERT INTO passage_vectors (passage_id, model, vector)
         SELECT p.id, $2, $3 FROM passages p WHERE p.id = $1
         ON CONFLICT (model, passage_id) DO NOTHING",
    )
    .bind(passage.as_str())
    .bind(model)
    .bind(encode(vector))
    .execute(write.connection())
    .await?;
    Ok(())
}

impl Store {
    /// Up to `limit` findable passages without a vector by `model`, in the order of their ids, from
    /// the one after `after` on.
    pub async fn passages_to_embed(
        &self,
        model: &str,
        after: Option<&PassageId>,
        limit: u32,
    ) -> Result<Vec<ToEmbed>> {
        let rows = sqlx::query(concat!(
            "SELECT p.id, p.version_id, p.heading_path, p.text, v.title FROM passages p",
            findable!(),
            "WHERE p.id > $2 AND NOT EXISTS (
                 SELECT 1 FROM passage_vectors x WHERE x.model = $1 AND x.passage_id = p.id)
             ORDER BY p.id LIMIT $3"
        ))
        .bind(model)
        .bind(after.map_or("", PassageId::as_str))
        .bind(big(limit)?)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let heading_path: Vec<String> = row.json("heading_path")?;
                Ok(ToEmbed {
                    passage: row.id("id")?,
                    version: row.id("version_id")?,
                    header: passage_header(&row.text("title")?, &heading_path),
                    text: row.text("text")?,
                })
            })
            .collect()
    }

    /// Keeps vectors by `model`. `NotFound` when it is not a model of this instance any more,
    /// `Invalid` when one has another length than the model's.
    pub async fn add_vectors(
        &self,
        model: &str,
        vectors: &[(PassageId, Vec<f32>)],
        indexes: Indexes,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let known = models(&mut write).await?;
        let known = known.iter().find(|known| known.model == model);
        let dimensions = known.ok_or(StoreError::NotFound)?.dimensions;
        if vectors.iter().any(|(_, vector)| vector.len() != dimensions) {
            return Err(StoreError::Invalid(format!(
                "a vector by {model} has {dimensions} dimensions"
            )));
        }
        for (passage, vector) in vectors {
            insert_vector(&mut write, model, passage, vector).await?;
        }
        if indexes == Indexes::Told {
            let passages: Vec<&str> = vectors.iter().map(|(id, _)| id.as_str()).collect();
            for version in versions_of(&mut write, &passages).await? {
                push(&mut write, OutboxKind::Upsert, &version).await?;
            }
        }
        write.commit_unrecorded().await
    }

    /// How many findable passages have a vector by `model`.
    pub(super) async fn passages_embedded(&self, model: &str) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(concat!(
            "SELECT COUNT(*) FROM passages p",
            findable!(),
            "JOIN passage_vectors x ON x.model = $1 AND x.passage_id = p.id"
        ))
        .bind(model)
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Models that vectors were left of and that are none of this instance's any more.
    pub async fn forgotten_models(&self) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "SELECT DISTINCT x.model FROM passage_vectors x
             WHERE x.model NOT IN (SELECT e.model FROM embedding_models e) ORDER BY x.model",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| row.text("model")).collect()
    }

    /// Removes up to `limit` vectors of a model that is none of this instance's any more; gives
    /// how many those were. A few at a time, so that whoever writes in between waits only briefly.
    pub async fn forget_vectors(&self, model: &str, limit: u32) -> Result<u64> {
        let mut write = self.write().await?;
        let removed = sqlx::query(
            "DELETE FROM passage_vectors WHERE model = $1
                 AND NOT EXISTS (SELECT 1 FROM embedding_models e WHERE e.model = $1)
                 AND passage_id IN (
                     SELECT x.passage_id FROM passage_vectors x WHERE x.model = $1
                     ORDER BY x.passage_id LIMIT $2)",
        )
        .bind(model)
        .bind(big(limit)?)
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit_unrecorded().await?;
        Ok(removed)
    }
}

/// Removes what is left of an earlier try if its vectors have another length.
pub(super) async fn drop_misfits(write: &mut Write, model: &str, dimensions: usize) -> Result<()> {
    let left: Option<String> =
        sqlx::query_scalar("SELECT vector FROM passage_vectors WHERE model = $1 LIMIT 1")
            .bind(model)
            .fetch_optional(write.connection())
            .await?;
    if left.is_none_or(|vector| decode(&vector).is_ok_and(|vector| vector.len() == dimensions)) {
        return Ok(());
    }
    sqlx::query("DELETE FROM passage_vectors WHERE model = $1")
        .bind(model)
        .execute(write.connection())
        .await?;
    Ok(())
}

/// Whether a findable passage has no vector by `model`.
pub(super) async fn lacks_one(write: &mut Write, model: &str) -> Result<bool> {
    let lacking = sqlx::query(concat!(
        "SELECT p.id FROM passages p",
        findable!(),
        "WHERE NOT EXISTS (
             SELECT 1 FROM passage_vectors x WHERE x.model = $1 AND x.passage_id = p.id)
         LIMIT 1"
    ))
    .bind(model)
    .fetch_optional(write.connection())
    .await?;
    Ok(lacking.is_some())
}

/// The versions of these passages, each once.
async fn versions_of(write: &mut Write, passages: &[&str]) -> Result<Vec<VersionId>> {
    if passages.is_empty() {
        return Ok(Vec::new());
    }
    let select = format!(
        "SELECT DISTINCT version_id FROM passages WHERE id IN ({}) ORDER BY version_id",
        placeholders(1, passages.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(select));
    for passage in passages {
        query = query.bind(*passage);
    }
    let rows = query.fetch_all(write.connection()).await?;
    rows.iter().map(|row| row.id("version_id")).collect()
}
