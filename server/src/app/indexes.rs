//! Opening the indexes, the vector index in one of its two forms. Each embedding model has a vector
//! index of its own.

use super::StartError;
use crate::config::{Config, Secret};
use inhouse_retrieval::{EdgeIndex, Embedder, LexicalIndex, QdrantIndex, VectorIndex};
use inhouse_store::{EmbeddingModel, ModelState, Store};
use sha2::{Digest as _, Sha256};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file in the vector index's folder with the name under which SQL keeps its cursor.
const NAME: &str = "name";

/// The file in the vector index's folder that is locked while it is open.
const LOCK: &str = "lock";

/// Characters of a model's id that name its index.
const SLUG_CHARACTERS: usize = 80;

/// What lay in the folder itself before each model had one of its own below it.
const FORMER_FOLDER: &str = "current";
const FORMER_FILES: [&str; 3] = [NAME, LOCK, "loading"];

/// The model's id as a part of a path and of a collection's name.
fn slug(model: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let plain: String = model
        .chars()
        .map(|c| if fits(c) { c } else { '-' })
        .take(SLUG_CHARACTERS)
        .collect();
    if plain == model && !plain.is_empty() {
        return plain;
    }
    // Two ids may look alike now.
    let print: String = hex::encode(Sha256::digest(model)).chars().take(8).collect();
    format!("{plain}-{print}")
}

/// The folder of the index of vectors by this model, for Qdrant Edge.
fn vectors_dir(config: &Config, model: &str) -> PathBuf {
    config.vectors_dir().join(slug(model))
}

/// The collection of vectors by this model, on a Qdrant server.
pub(crate) fn vector_collection(config: &Config, model: &str) -> String {
    format!("{}-{}", config.qdrant.collection, slug(model))
}

/// The name under which SQL keeps the cursor of the vector index that answers.
pub(crate) async fn vector_cursor(config: &Config, store: &Store) -> Result<String, StartError> {
    let models = store.embedding_models().await?;
    let active = models.iter().find(|m| m.state == ModelState::Active);
    let model = active.map_or(&config.embedding.id, |active| &active.model);
    match config.qdrant.url {
        None => edge_name(&vectors_dir(config, model)),
        Some(_) => Ok(server_name(config, model)),
    }
}

fn server_name(config: &Config, model: &str) -> String {
    format!("qdrant:{}", vector_collection(config, model))
}

/// The name under which SQL keeps the cursor of the vector index in `dir`, the same as long as the
/// folder is: a new folder starts from the beginning.
fn edge_name(dir: &Path) -> Result<String, StartError> {
    let path = dir.join(NAME);
    match std::fs::read_to_string(&path) {
        Ok(name) => Ok(name.trim_end().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let name = format!("edge:{}", uuid::Uuid::now_v7());
            std::fs::create_dir_all(dir)
                .and_then(|()| std::fs::write(&path, &name))
                .map_err(StartError::file(&path))?;
            Ok(name)
        }
        Err(error) => Err(StartError::file(&path)(error)),
    }
}

/// Opens the index of words, which every model shares.
pub(crate) async fn lexical(config: &Config) -> Result<Arc<LexicalIndex>, StartError> {
    let dir = config.lexical_dir();
    let lexical = tokio::task::spawn_blocking(move || LexicalIndex::open(&dir))
        .await
        .map_err(StartError::Panicked)??;
    Ok(Arc::new(lexical))
}

/// Opens the index of vectors by this model; gives the name of its cursor too.
pub(super) async fn vectors(
    config: &Config,
    store: &Store,
    embedder: &Embedder,
) -> Result<(Arc<dyn VectorIndex>, String), StartError> {
    let (model, dimensions) = (embedder.id(), embedder.dimensions());
    let (vectors, name, is_empty): (Arc<dyn VectorIndex>, _, _) = match &config.qdrant.url {
        None => {
            let dir = vectors_dir(config, model);
            let opened = dir.clone();
            let edge = tokio::task::spawn_blocking(move || EdgeIndex::open(&opened, dimensions))
                .await
                .map_err(StartError::Panicked)??;
            let is_empty = edge.opening().needs_rebuild();
            (Arc::new(edge), edge_name(&dir)?, is_empty)
        }
        Some(url) => {
            let key = config.qdrant.api_key.as_ref().map(Secret::expose);
            let collection = vector_collection(config, model);
            let server = QdrantIndex::connect(url.as_str(), key, &collection, dimensions).await?;
            let is_empty = server.was_created();
            (Arc::new(server), server_name(config, model), is_empty)
        }
    };
    if is_empty && store.cursor(&name).await? > 0 {
        tracing::warn!(
            name,
            "the vector index is empty; it is filled from the database"
        );
        store.set_cursor(&name, 0).await?;
    }
    Ok((vectors, name))
}

/// Removes from this process's folder the vector indexes of all but these models. False while one
/// of them is still open, by a question under way or by another process.
pub(crate) async fn tidy(config: &Config, models: &[EmbeddingModel]) -> Result<bool, StartError> {
    let dir = config.vectors_dir();
    let kept: Vec<String> = models.iter().map(|known| slug(&known.model)).collect();
    tokio::task::spawn_blocking(move || remove_others(&dir, &kept))
        .await
        .map_err(StartError::Panicked)?
}

fn remove_others(dir: &Path, kept: &[String]) -> Result<bool, StartError> {
    let failed = StartError::file(dir);
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(failed(error)),
    };
    let mut tidy = true;
    for entry in entries {
        let path = entry.map_err(StartError::file(dir))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if kept.iter().any(|kept| *kept == *name) {
            continue;
        }
        if FORMER_FILES.contains(&name.as_ref()) && path.is_file() {
            std::fs::remove_file(&path).map_err(StartError::file(&path))?;
        } else if name == FORMER_FOLDER && path.is_dir() && !path.join(LOCK).exists() {
            std::fs::remove_dir_all(&path).map_err(StartError::file(&path))?;
        } else if path.join(LOCK).exists() {
            tidy &= EdgeIndex::remove(&path)?;
        }
    }
    Ok(tidy)
}

/// Removes the collection of a model that answers no more, where a Qdrant server keeps it.
pub(crate) async fn remove_collection(config: &Config, model: &str) -> Result<(), StartError> {
    if let Some(url) = &config.qdrant.url {
        let key = config.qdrant.api_key.as_ref().map(Secret::expose);
        let collection = vector_collection(config, model);
        QdrantIndex::remove(url.as_str(), key, &collection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_models_that_look_alike_have_indexes_of_their_own() {
        assert_eq!(slug("all-MiniLM-L6-v2"), "all-MiniLM-L6-v2");
        let slugs = ["BAAI/bge-m3", "BAAI.bge-m3", "..", "", "BAAI-bge-m3"].map(slug);
        for (place, one) in slugs.iter().enumerate() {
            assert!(!one.is_empty() && !one.contains(['/', '.']), "{one}");
            assert!(!slugs[..place].contains(one), "{one}");
        }
        assert!(slugs[0].starts_with("BAAI-bge-m3-"), "{slugs:?}");
    }

    #[test]
    fn an_index_of_another_model_goes_once_nothing_has_it_open() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let former = EdgeIndex::open(&path("former"), 4).unwrap();
        drop(EdgeIndex::open(&path("answering"), 4).unwrap());
        std::fs::create_dir(path("somebody's own")).unwrap();
        let kept = ["answering".to_owned()];

        assert!(!remove_others(dir.path(), &kept).unwrap());
        assert!(path("former").is_dir());
        drop(former);
        assert!(remove_others(dir.path(), &kept).unwrap());
        assert!(!path("former").exists());
        assert!(path("answering").is_dir() && path("somebody's own").is_dir());
    }

    #[test]
    fn what_lay_in_the_folder_itself_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        drop(EdgeIndex::open(dir.path(), 4).unwrap());
        std::fs::write(dir.path().join(NAME), "edge:1").unwrap();
        assert!(remove_others(dir.path(), &[]).unwrap());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
