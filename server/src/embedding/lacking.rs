//! Embedding the passages that have no vector by a model yet.

use crate::app::StartError;
use inhouse_retrieval::{Embedder, RetrievalError};
use inhouse_store::{Indexes, ModelState, Store, ToEmbed, embedded_text};

/// Passages embedded between two looks at whether that is still wanted: a second or two.
const AT_ONCE: u32 = 64;

/// Embeds them all, behind the scenes of the model that `answering` gives; false when it was
/// stopped or given up in between. `progress` hears after each step how many more are embedded.
pub(crate) async fn embed_lacking(
    store: &Store,
    embedder: &Embedder,
    indexes: Indexes,
    answering: impl Fn() -> Embedder,
    mut progress: impl FnMut(usize),
) -> Result<bool, StartError> {
    let mut after = None;
    loop {
        if !is_wanted(store, embedder.id()).await? {
            return Ok(false);
        }
        let passages = store
            .passages_to_embed(embedder.id(), after.as_ref(), AT_ONCE)
            .await?;
        let Some(last) = passages.last() else {
            return Ok(true);
        };
        after = Some(last.passage.clone());
        let vectors = embed(embedder, answering(), &passages).await?;
        let done = vectors.len();
        let ids = passages.into_iter().map(|passage| passage.passage);
        let vectors: Vec<_> = ids.zip(vectors).collect();
        store.add_vectors(embedder.id(), &vectors, indexes).await?;
        progress(done);
    }
}

async fn is_wanted(store: &Store, model: &str) -> Result<bool, StartError> {
    let models = store.embedding_models().await?;
    let known = models.iter().find(|known| known.model == model);
    Ok(known.is_some_and(|known| known.state != ModelState::Paused))
}

/// A vector for each passage, its header before its text.
async fn embed(
    embedder: &Embedder,
    answering: Embedder,
    passages: &[ToEmbed],
) -> Result<Vec<Vec<f32>>, RetrievalError> {
    let texts: Vec<String> = passages
        .iter()
        .map(|passage| embedded_text(&passage.header, &passage.text))
        .collect();
    let embedder = embedder.clone();
    tokio::task::spawn_blocking(move || embedder.embed_behind(&answering, &texts)).await?
}
