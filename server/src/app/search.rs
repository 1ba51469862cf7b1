//! What a question is searched with: a model that embeds, and the indexes.

use super::{StartError, indexes, models};
use crate::config::Config;
use inhouse_ingest::Follower;
use inhouse_retrieval::{LexicalIndex, RetrievalSettings, Retriever};
use inhouse_store::{EmbeddingModel, ModelState, Store, StoreError};
use std::sync::Arc;

/// Searching with one embedding model. A question takes it once and keeps it to its end.
pub struct Search {
    /// Finds passages.
    pub retriever: Retriever,
    /// Brings the indexes up to the database.
    pub follower: Follower,
    reranker: Option<&'static str>,
}

impl Search {
    /// The id of the model.
    pub fn model(&self) -> &str {
        self.retriever.embedder().id()
    }

    /// What puts passages in order after the search, where something does.
    pub const fn reranker(&self) -> Option<&str> {
        self.reranker
    }

    /// Loads the model and opens the index of its vectors.
    pub(crate) async fn open(
        config: &Config,
        store: &Store,
        lexical: Arc<LexicalIndex>,
        model: &EmbeddingModel,
    ) -> Result<Self, StartError> {
        let embedder = models::embedder(&models::config_of(config, model)?).await?;
        let (vectors, name) = indexes::vectors(config, store, &embedder).await?;
        let settings = RetrievalSettings {
            lexical_weight: config.retrieval.lexical_weight,
            dense_weight: config.retrieval.dense_weight,
            wording_weight: config.retrieval.wording_weight,
            rrf_k: config.retrieval.rrf_k,
            candidates: config.retrieval.candidates,
            name_documents: config.retrieval.name_documents,
            split_question: config.retrieval.split_question,
        };
        let concepts = models::concepts(config, &embedder).await?;
        let retriever =
            Retriever::new(embedder, lexical, vectors, settings).with_concepts(concepts);
        let follower = Follower::new(store.clone(), retriever.clone(), Some(name));
        Ok(Self {
            retriever,
            follower,
            reranker: config.retrieval.reranker(),
        })
    }
}

/// Tells the database which model the configuration wants; gives all models that there are now. A
/// model that is new to it has been loaded once before: nothing is begun that can't be done.
pub(crate) async fn adopt(
    config: &Config,
    store: &Store,
) -> Result<Vec<EmbeddingModel>, StartError> {
    let wanted = &config.embedding;
    let known = store.embedding_models().await?;
    if !known.is_empty() && known.iter().all(|known| known.model != wanted.id) {
        models::embedder(config).await?;
    }
    let settings = models::settings(config).await?;
    let adopted = store
        .adopt_embedding(&wanted.id, wanted.dimensions, &settings)
        .await;
    adopted.map_err(|error| match error {
        StoreError::Conflict { what } => StartError::Embedding(what),
        other => other.into(),
    })
}

/// The search with the model that answers.
pub(super) async fn answering(config: &Config, store: &Store) -> Result<Search, StartError> {
    let models = adopt(config, store).await?;
    let active = active(&models)?;
    let lexical = indexes::lexical(config).await?;
    let opened = Search::open(config, store, lexical, active).await;
    opened.map_err(|error| match error {
        StartError::Inference(_) | StartError::Retrieval(_)
            if active.model != config.embedding.id && !is_in_use(&error) =>
        {
            StartError::Embedding(without_former(
                &active.model,
                &config.embedding.id,
                &error.to_string(),
            ))
        }
        other => other,
    })
}

fn is_in_use(error: &StartError) -> bool {
    matches!(
        error,
        StartError::Retrieval(inhouse_retrieval::RetrievalError::InUse { .. })
    )
}

/// What to do when the model that answers is gone before another took its place.
pub(crate) fn without_former(former: &str, next: &str, reason: &str) -> String {
    format!(
        "{reason}. The documents are embedded with {former}, which answers until they are with \
         {next}: put its files back until then, or run `inhouse reindex --embed`, which needs \
         {next} alone."
    )
}

/// The model that answers.
pub(crate) fn active(models: &[EmbeddingModel]) -> Result<&EmbeddingModel, StartError> {
    let mut models = models.iter();
    let active = models.find(|known| known.state == ModelState::Active);
    active.ok_or_else(|| StoreError::Corrupt("no embedding model answers".into()).into())
}
