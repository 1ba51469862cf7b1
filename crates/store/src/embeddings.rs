//! The models that embed: one answers, another may be on its way to take its place. A passage has
//! a vector by each; the change is one transaction, once no passage lacks one by the next.

mod vectors;

pub use vectors::{Indexes, ToEmbed};
pub(crate) use vectors::{insert_vector, require_active};

use crate::audit::Actor;
use crate::row::{Columns, big};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{EmbeddingState, NextEmbedding, Timestamp};
use serde::Deserialize;
use serde_json::json;
use sqlx::any::AnyRow;
use vectors::drop_misfits;

/// The kind of the one job whose lease is the turn to embed again; see
/// [`Store::ensure_job`](crate::Store::ensure_job).
pub const REEMBED: &str = "reembed";

/// Where a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelState {
    /// It answers.
    Active,
    /// On its way: passages are embedded by it.
    Building,
    /// On its way, and stopped by a person.
    Paused,
}

/// A model of this instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddingModel {
    /// Its id, which every vector by it carries.
    pub model: String,
    pub state: ModelState,
    /// Length of a vector.
    pub dimensions: usize,
    /// JSON: where its files are and how it is used.
    pub settings: String,
    /// When it became the one that answers, or its building began.
    pub begun_at: Timestamp,
}

impl Store {
    /// The models, the one that answers first; none before the first start.
    pub async fn embedding_models(&self) -> Result<Vec<EmbeddingModel>> {
        let rows = sqlx::query(MODELS).fetch_all(&self.pool).await?;
        rows.iter().map(model_of).collect()
    }

    /// Says with which model the configuration wants passages embedded; gives what there is now.
    ///
    /// Where none answers yet, or nothing was ever embedded, it is the one that answers from here
    /// on. Where it does already, its settings are renewed and a change to another is given up.
    /// Where another answers, this one is on its way: the vectors of an earlier try still count.
    /// `Conflict` when the model that answers has vectors of another length.
    pub async fn adopt_embedding(
        &self,
        model: &str,
        dimensions: usize,
        settings: &str,
    ) -> Result<Vec<EmbeddingModel>> {
        let known = self.embedding_models().await?;
        if let [only] = known.as_slice()
            && (only.model.as_str(), only.dimensions) == (model, dimensions)
            && only.settings == settings
        {
            return Ok(known);
        }
        let mut write = self.write().await?;
        // Also makes those that start at once take turns.
        write.next("outbox", 0).await?;
        let known = models(&mut write).await?;
        let wanted = EmbeddingModel {
            model: model.to_owned(),
            state: ModelState::Active,
            dimensions,
            settings: settings.to_owned(),
            begun_at: write.now(),
        };
        let active = known.iter().find(|known| known.state == ModelState::Active);
        let former = match active {
            Some(active) if active.model == model => {
                if active.dimensions != dimensions {
                    return Err(StoreError::conflict(format!(
                        "The embedding model {model} had {} dimensions and has {dimensions} now. \
                         Vectors of both can't be compared: give the new one another \
                         embedding.id.",
                        active.dimensions
                    )));
                }
                None
            }
            active => active.map(|active| active.model.clone()),
        };
        drop_others(&mut write, &known, model).await?;
        if let Some(was) = known.iter().find(|known| known.model == model) {
            // Paused stays paused, whoever starts.
            renew(&mut write, was, &wanted).await?;
        } else {
            begin(&mut write, wanted, former.as_deref()).await?;
        }
        let now = models(&mut write).await?;
        write.commit_unrecorded().await?;
        Ok(now)
    }

    /// Which model answers, and how far the next one is.
    pub async fn embedding_state(&self) -> Result<EmbeddingState> {
        let models = self.embedding_models().await?;
        let mut state = EmbeddingState {
            active: String::new(),
            next: None,
        };
        for known in models {
            if known.state == ModelState::Active {
                state.active = known.model;
                continue;
            }
            state.next = Some(NextEmbedding {
                paused: known.state == ModelState::Paused,
                done: self.passages_embedded(&known.model).await?,
                total: self.findable_passages().await?,
                begun_at: known.begun_at,
                model: known.model,
            });
        }
        Ok(state)
    }

    /// Stops the change to another model, or lets it go on. `NotFound` when none is on its way.
    pub async fn pause_embedding(&self, by: &Actor, paused: bool) -> Result<()> {
        let (from, to, action) = if paused {
            ("building", "paused", "embedding.pause")
        } else {
            ("paused", "building", "embedding.resume")
        };
        let mut write = self.write().await?;
        let row =
            sqlx::query("UPDATE embedding_models SET state = $2 WHERE state = $1 RETURNING model")
                .bind(from)
                .bind(to)
                .fetch_optional(write.connection())
                .await?;
        let Some(row) = row else {
            let known = models(&mut write).await?;
            let next = known.iter().any(|known| known.state != ModelState::Active);
            return if next {
                Ok(())
            } else {
                Err(StoreError::NotFound)
            };
        };
        let model = row.text("model")?;
        let subject = ("embedding", model.as_str());
        write.commit(by, action, subject, json!({})).await
    }

    /// Makes `model` the one that answers, if it is being built and no findable passage lacks a
    /// vector by it; else false, and nothing changes. The former model's vectors are left to
    /// [`forget_vectors`](Self::forget_vectors).
    pub async fn switch_embedding(&self, model: &str) -> Result<bool> {
        let mut write = self.write().await?;
        // Versions are committed before this, and counted, or after it, and then refused: see
        // `require_active`.
        write.next("outbox", 0).await?;
        let known = models(&mut write).await?;
        let is_built =
            |known: &&EmbeddingModel| known.model == model && known.state == ModelState::Building;
        let Some(next) = known.iter().find(is_built) else {
            return Ok(false);
        };
        if vectors::lacks_one(&mut write, model).await? {
            return Ok(false);
        }
        let former = known.iter().find(|known| known.state == ModelState::Active);
        let former = former.map(|former| former.model.as_str());
        sqlx::query("DELETE FROM embedding_models WHERE state = 'active'")
            .execute(write.connection())
            .await?;
        sqlx::query("UPDATE embedding_models SET state = 'active', begun_at = $2 WHERE model = $1")
            .bind(model)
            .bind(write.now().0)
            .execute(write.connection())
            .await?;
        let detail = json!({ "former": former, "begun_at": next.begun_at });
        let subject = ("embedding", model);
        write
            .commit(&Actor::System, "embedding.switch", subject, detail)
            .await?;
        Ok(true)
    }
}

const MODELS: &str = "SELECT model, state, dimensions, settings, begun_at FROM embedding_models
                      ORDER BY CASE WHEN state = 'active' THEN 0 ELSE 1 END, model";

fn model_of(row: &AnyRow) -> Result<EmbeddingModel> {
    Ok(EmbeddingModel {
        model: row.text("model")?,
        state: row.name("state")?,
        dimensions: row.number("dimensions")?,
        settings: row.text("settings")?,
        begun_at: row.time("begun_at")?,
    })
}

async fn models(write: &mut Write) -> Result<Vec<EmbeddingModel>> {
    let rows = sqlx::query(MODELS).fetch_all(write.connection()).await?;
    rows.iter().map(model_of).collect()
}

/// Gives up changes to other models than this one.
async fn drop_others(write: &mut Write, known: &[EmbeddingModel], model: &str) -> Result<()> {
    let others = known
        .iter()
        .filter(|known| known.state != ModelState::Active && known.model != model);
    for other in others {
        sqlx::query("DELETE FROM embedding_models WHERE model = $1")
            .bind(other.model.as_str())
            .execute(write.connection())
            .await?;
        let subject = ("embedding", other.model.as_str());
        write
            .note(&Actor::System, "embedding.give_up", subject, json!({}))
            .await?;
    }
    Ok(())
}

/// The settings of a model that is there as the configuration has them now.
async fn renew(write: &mut Write, was: &EmbeddingModel, wanted: &EmbeddingModel) -> Result<()> {
    if was.dimensions != wanted.dimensions {
        drop_misfits(write, &wanted.model, wanted.dimensions).await?;
    }
    sqlx::query("UPDATE embedding_models SET dimensions = $2, settings = $3 WHERE model = $1")
        .bind(wanted.model.as_str())
        .bind(big(wanted.dimensions)?)
        .bind(wanted.settings.as_str())
        .execute(write.connection())
        .await?;
    Ok(())
}

/// The first model, or one that takes the place of `former`: at once where nothing was embedded.
async fn begin(write: &mut Write, wanted: EmbeddingModel, former: Option<&str>) -> Result<()> {
    let embedded = sqlx::query("SELECT passage_id FROM passage_vectors LIMIT 1")
        .fetch_optional(write.connection())
        .await?;
    let at_once = former.is_none() || embedded.is_none();
    if at_once {
        sqlx::query("DELETE FROM embedding_models")
            .execute(write.connection())
            .await?;
    }
    drop_misfits(write, &wanted.model, wanted.dimensions).await?;
    sqlx::query(
        "INSERT INTO embedding_models (model, state, dimensions, settings, begun_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(wanted.model.as_str())
    .bind(if at_once { "active" } else { "building" })
    .bind(big(wanted.dimensions)?)
    .bind(wanted.settings.as_str())
    .bind(wanted.begun_at.0)
    .execute(write.connection())
    .await?;
    let action = if at_once {
        "embedding.switch"
    } else {
        "embedding.begin"
    };
    let subject = ("embedding", wanted.model.as_str());
    let detail = json!({ "former": former });
    write.note(&Actor::System, action, subject, detail).await
}
