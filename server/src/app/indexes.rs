//! Opening the indexes, in one of the vector index's two forms.

use super::StartError;
use crate::config::Config;
use inhouse_ingest::Follower;
use inhouse_retrieval::{
    EdgeIndex, Embedder, LexicalIndex, Opening, QdrantIndex, RetrievalSettings, Retriever,
    VectorIndex,
};
use inhouse_store::Store;
use std::sync::Arc;

/// Opens both indexes and what keeps them up to the database.
pub(super) async fn open(
    config: &Config,
    store: &Store,
    embedder: Embedder,
) -> Result<(Retriever, Follower), StartError> {
    let dimensions = embedder.dimensions();
    let lexical_dir = config.lexical_dir();
    let lexical = tokio::task::spawn_blocking(move || LexicalIndex::open(&lexical_dir))
        .await
        .map_err(|error| StartError::Site(error.to_string()))??;
    let lexical = Arc::new(lexical);
    let vectors: Arc<dyn VectorIndex> = match &config.qdrant.url {
        None => {
            let dir = config.vectors_dir();
            let edge = tokio::task::spawn_blocking(move || EdgeIndex::open(&dir, dimensions))
                .await
                .map_err(|error| StartError::Site(error.to_string()))??;
            Arc::new(edge)
        }
        Some(url) => {
            let key = config.qdrant.api_key.as_ref().map(|key| key.expose().to_owned());
            let collection = &config.qdrant.collection;
            Arc::new(QdrantIndex::connect(url.as_str(), key.as_deref(), collection, dimensions).await?)
        }
    };
    let settings = RetrievalSettings {
        lexical_weight: config.retrieval.lexical_weight,
        dense_weight: config.retrieval.dense_weight,
        rrf_k: config.retrieval.rrf_k,
        candidates: config.retrieval.candidates,
    };
    let follower = Follower::new(store.clone(), lexical.clone(), vectors.clone());
    Ok((Retriever::new(embedder, lexical, vectors, settings), follower))
}
