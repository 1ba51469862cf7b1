//! The turn to embed again: one process at a time has it, and gives it back when it is stopped.

use super::{LOOK, embed_lacking, forget_former};
use crate::app::{self, App, Search, StartError};
use inhouse_retrieval::Embedder;
use inhouse_store::{EmbeddingModel, Indexes, ModelState, REEMBED};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// What the one job of the kind is about: all passages.
const SUBJECT: &str = "passages";

const LEASE_MS: i64 = 60_000;
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(30);

/// How often at most all passages are looked through for one without a vector by the model that
/// answers.
const LOOK_THROUGH: Duration = Duration::from_mins(5);

/// How long a Qdrant server keeps the collection of a former model: other processes may still
/// search it until they have gone over.
const KEEP_COLLECTION: Duration = Duration::from_mins(10);

/// Embeds what has to be embedded again, and switches when it is done, until `halt`.
pub(crate) async fn keep(app: App, halt: CancellationToken) {
    let mut keeper = Keeper {
        owner: format!("embedding-{}", uuid::Uuid::now_v7()),
        looked_through: None,
        former: Vec::new(),
        app,
    };
    loop {
        let wait = match keeper.turn(&halt).await {
            Ok(()) => LOOK,
            Err(error) => {
                tracing::error!(%error, "passages could not be embedded again; trying again");
                AGAIN
            }
        };
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// What there is to embed.
enum Due {
    /// All passages, by a model on its way.
    Building(EmbeddingModel),
    /// The passages that have no vector by the model that answers, such as those of a version that
    /// was in force on no day when that model came.
    Lacking,
}

struct Keeper {
    app: App,
    /// Names this process's leases.
    owner: String,
    /// When all passages were last looked through, and where the outbox stood.
    looked_through: Option<(Instant, i64)>,
    /// Models that answered before, and since when they don't.
    former: Vec<(Instant, String)>,
}

impl Keeper {
    async fn turn(&mut self, halt: &CancellationToken) -> Result<(), StartError> {
        self.remove_collections().await?;
        let Some(due) = self.due().await? else {
            return Ok(());
        };
        let store = self.app.store.clone();
        store.ensure_job(REEMBED, SUBJECT).await?;
        let leased = store.lease_job(&[REEMBED], &self.owner, LEASE_MS).await?;
        let Some(job) = leased else { return Ok(()) };
        let owner = self.owner.clone();
        let lease = store.keep_lease(&job.id, &owner, LEASE_MS, HEARTBEAT);
        let done = tokio::select! {
            done = self.work(due) => done,
            () = lease => {
                tracing::warn!(job = %job.id, "the lease was lost; another process embeds again");
                Ok(())
            }
            () = halt.cancelled() => Ok(()),
        };
        store.release_job(&job.id, &owner).await?;
        if done.is_err() {
            self.looked_through = None;
        }
        done
    }

    async fn due(&mut self) -> Result<Option<Due>, StartError> {
        let store = &self.app.store;
        let models = store.embedding_models().await?;
        let building = |known: &&EmbeddingModel| known.state == ModelState::Building;
        if let Some(next) = models.iter().find(building) {
            return Ok(Some(Due::Building(next.clone())));
        }
        if models
            .iter()
            .all(|known| known.model == self.app.search().model())
        {
            // Given up: its memory is for others.
            self.app.prepared().lock().await.take();
        }
        let head = store.outbox_head().await?;
        let is_known = self
            .looked_through
            .is_some_and(|(at, seen)| seen == head || at.elapsed() < LOOK_THROUGH);
        if is_known {
            return Ok(None);
        }
        self.looked_through = Some((Instant::now(), head));
        let active = &app::active(&models)?.model;
        let lacking = store.passages_to_embed(active, None, 1).await?;
        Ok((!lacking.is_empty()).then_some(Due::Lacking))
    }

    async fn work(&mut self, due: Due) -> Result<(), StartError> {
        match due {
            Due::Building(model) => self.build(&model).await,
            Due::Lacking => {
                let search = self.app.search();
                tracing::info!(
                    model = search.model(),
                    "passages without a vector are embedded"
                );
                let embedder = search.retriever.embedder();
                self.embed(embedder, Indexes::Told).await.map(|_| ())
            }
        }
    }

    /// Embeds all passages by the model, fills its index, and makes it the one that answers.
    async fn build(&mut self, model: &EmbeddingModel) -> Result<(), StartError> {
        let next = self.prepare(model).await?;
        let embedder = next.retriever.embedder();
        tracing::info!(
            model = model.model,
            "all passages are embedded by another model"
        );
        // Until it is filled it holds less than it may have followed.
        next.follower.rewind_vectors().await?;
        if !self.embed(embedder, Indexes::FilledLater).await? {
            return Ok(());
        }
        next.follower.rebuild_vectors().await?;
        // Meanwhile more came; what comes now, the index is told of.
        while self.embed(embedder, Indexes::Told).await? {
            next.follower.catch_up_vectors().await?;
            if let Some(former) = self.switch(&next).await? {
                self.former.push((Instant::now(), former));
                return forget_former(&self.app.store).await;
            }
        }
        Ok(())
    }

    async fn embed(&self, embedder: &Embedder, indexes: Indexes) -> Result<bool, StartError> {
        let answering = || self.app.search().retriever.embedder().clone();
        embed_lacking(&self.app.store, embedder, indexes, answering, |_| {}).await
    }

    /// The search with the model on its way, loaded once.
    async fn prepare(&self, model: &EmbeddingModel) -> Result<Arc<Search>, StartError> {
        let mut prepared = self.app.prepared().lock().await;
        if let Some(search) = prepared.as_ref()
            && search.model() == model.model
        {
            return Ok(Arc::clone(search));
        }
        // Another model's goes first: both may not fit.
        *prepared = None;
        let search = Arc::new(self.app.open_search(model).await?);
        *prepared = Some(Arc::clone(&search));
        Ok(search)
    }

    /// Makes it the search that answers, here and in the database; gives the model that did. None
    /// while a passage lacks a vector.
    async fn switch(&self, next: &Arc<Search>) -> Result<Option<String>, StartError> {
        let mut prepared = self.app.prepared().lock().await;
        let former = self.app.search().model().to_owned();
        if !self.app.store.switch_embedding(next.model()).await? {
            return Ok(None);
        }
        *prepared = None;
        tracing::info!(
            model = next.model(),
            former,
            "another embedding model answers"
        );
        self.app.answer_with(Arc::clone(next));
        Ok(Some(former))
    }

    /// Removes the collections of former models that nothing searches any more.
    async fn remove_collections(&mut self) -> Result<(), StartError> {
        let is_due = |(since, _): &(Instant, String)| since.elapsed() >= KEEP_COLLECTION;
        while let Some(place) = self.former.iter().position(is_due) {
            let (_, model) = self.former.swap_remove(place);
            // It may be on its way again.
            let models = self.app.store.embedding_models().await?;
            if models.iter().all(|known| known.model != model) {
                app::remove_collection(&self.app.config, &model).await?;
            }
        }
        Ok(())
    }
}
