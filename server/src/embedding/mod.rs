//! Another embedding model takes the place of the one that answers, and until then that one does.
//!
//! [`keep`] embeds every passage by the model on its way, behind the scenes, fills its index and
//! makes it the one that answers. [`follow`] goes over to it, whichever process did that.

mod build;
mod lacking;

pub(crate) use build::keep;
pub(crate) use lacking::embed_lacking;

use crate::app::{self, App, StartError};
use inhouse_protocol::NextEmbedding;
use inhouse_store::Store;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether another model answers.
const LOOK: Duration = Duration::from_secs(2);

/// Vectors removed at once.
const FORGET_AT_ONCE: u32 = 500;

/// Goes over to the model that the database names, until `halt`.
pub(crate) async fn follow(app: App, halt: CancellationToken) {
    halt.run_until_cancelled(Box::pin(stay_with_it(&app))).await;
}

/// How far a model is that is to answer next, for people.
pub(crate) fn progress(next: &NextEmbedding) -> String {
    let NextEmbedding {
        model, done, total, ..
    } = next;
    let paused = if next.paused {
        " This is paused; `inhouse embedding resume` goes on with it."
    } else {
        ""
    };
    format!("{model} is to answer next: {done} of {total} passages are embedded by it.{paused}")
}

async fn stay_with_it(app: &App) {
    let mut tidy = false;
    loop {
        match go_over(app).await {
            Ok(false) => {}
            Ok(true) => tidy = false,
            Err(error) => {
                tracing::error!(%error, "the embedding model that answers can't be used; trying again");
            }
        }
        if !tidy {
            tidy = remove_former(app).await;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// True when another search answers now than before the call.
async fn go_over(app: &App) -> Result<bool, StartError> {
    let models = app.store.embedding_models().await?;
    let active = app::active(&models)?;
    if active.model == app.search().model() {
        return Ok(false);
    }
    // Whoever is about to switch in this process does the rest too.
    let mut prepared = app.prepared().lock().await;
    if active.model == app.search().model() {
        return Ok(true);
    }
    let search = match prepared.take() {
        Some(search) if search.model() == active.model => {
            // Another process embedded what this one's index lacks.
            search.follower.rewind_vectors().await?;
            search
        }
        _ => Arc::new(app.open_search(active).await?),
    };
    // What is read now is embedded by the new model; the former answers until the index is full.
    app.embed_with(search.retriever.clone());
    *prepared = Some(Arc::clone(&search));
    search.follower.catch_up_vectors().await?;
    *prepared = None;
    tracing::info!(model = search.model(), "another embedding model answers");
    app.answer_with(search);
    Ok(true)
}

/// Removes from this process's folder the indexes of former models; false while a question still
/// uses one.
async fn remove_former(app: &App) -> bool {
    let removed = async {
        let models = app.store.embedding_models().await?;
        app::tidy(&app.config, &models).await
    };
    removed.await.unwrap_or_else(|error: StartError| {
        tracing::warn!(%error, "the index of a former embedding model could not be removed");
        true
    })
}

/// Removes the vectors of models that are none of this instance's any more.
pub(crate) async fn forget_former(store: &Store) -> Result<(), StartError> {
    for model in store.forgotten_models().await? {
        while store.forget_vectors(&model, FORGET_AT_ONCE).await? > 0 {}
    }
    Ok(())
}
