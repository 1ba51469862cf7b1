//! Opening the indexes, in one of the vector index's two forms.

use super::StartError;
use crate::config::{Config, Secret};
use inhouse_ingest::Follower;
use inhouse_retrieval::{
    EdgeIndex, Embedder, LexicalIndex, QdrantIndex, RetrievalSettings, Retriever, VectorIndex,
};
use inhouse_store::Store;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

/// The file in the vector index's folder with the name under which SQL keeps its cursor.
const NAME: &str = "name";

/// The name under which SQL keeps the cursor of the vector index in `dir`, the same as long as the
/// folder is: a new folder starts from the beginning.
pub(crate) fn edge_name(dir: &Path) -> Result<String, StartError> {
    let path = dir.join(NAME);
    let failed = |error| StartError::File {
        path: path.clone(),
        error,
    };
    match std::fs::read_to_string(&path) {
        Ok(name) => Ok(name.trim_end().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let name = format!("edge:{}", uuid::Uuid::now_v7());
            std::fs::create_dir_all(dir)
                .and_then(|()| std::fs::write(&path, &name))
                .map_err(failed)?;
            Ok(name)
        }
        Err(error) => Err(failed(error)),
    }
}

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
        .map_err(StartError::Panicked)??;
    let (vectors, name, is_empty): (Arc<dyn VectorIndex>, _, _) = match &config.qdrant.url {
        None => {
            let dir = config.vectors_dir();
            let opened = dir.clone();
            let edge = tokio::task::spawn_blocking(move || EdgeIndex::open(&opened, dimensions))
                .await
                .map_err(StartError::Panicked)??;
            let is_empty = edge.opening().needs_rebuild();
            (Arc::new(edge), edge_name(&dir)?, is_empty)
        }
        Some(url) => {
            let key = config.qdrant.api_key.as_ref().map(Secret::expose);
            let collection = &config.qdrant.collection;
            let server = QdrantIndex::connect(url.as_str(), key, collection, dimensions).await?;
            let is_empty = server.was_created();
            (Arc::new(server), format!("qdrant:{collection}"), is_empty)
        }
    };
    if is_empty && store.cursor(&name).await? > 0 {
        tracing::warn!(
            name,
            "the vector index is empty; it is filled from the database"
        );
        store.set_cursor(&name, 0).await?;
    }
    let settings = RetrievalSettings {
        lexical_weight: config.retrieval.lexical_weight,
        dense_weight: config.retrieval.dense_weight,
        rrf_k: config.retrieval.rrf_k,
        candidates: config.retrieval.candidates,
    };
    let retriever = Retriever::new(embedder, Arc::new(lexical), vectors, settings);
    let follower = Follower::new(store.clone(), retriever.clone(), Some(name));
    Ok((retriever, follower))
}
