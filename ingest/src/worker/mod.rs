//! The worker: leases jobs, and sees each to its end. What it does to a version is in [`taking_in`]
//! and may be begun again at any point: a worker may be killed, and another one goes on.

mod owner;
mod parts;
mod taking_in;
mod watching;

use crate::Cause;
use crate::cage::CageConfig;
use crate::error::{IngestError, Result};
use crate::originals::Originals;
use inhouse_retrieval::{Embedder, Retriever};
use inhouse_store::{INGEST, IngestJob, Job, Store, StoreError};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;

const LEASE: Duration = Duration::from_mins(1);
/// Also how soon a worker notices that somebody took its job away.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often an idle worker looks for jobs that it wasn't woken for.
const LOOK: Duration = Duration::from_secs(1);
/// After these attempts a job that fails on our side is given up.
const MOST_ATTEMPTS: u32 = 5;
/// A job whose worker was killed takes more turns: it need not have been the job's fault.
const MOST_LEASES: u32 = 25;
/// What a killed worker left behind for so long belongs to nobody.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

/// What became of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ingested {
    /// It can be found, once the indexes have followed.
    Ready {
        passages: usize,
        pages: Option<u32>,
        parser: String,
    },
    /// It can't be read, with the reason for people; recorded.
    Failed { reason: String },
    /// It was deleted meanwhile.
    Gone,
    /// It is no longer on its way: somebody stopped it, or another worker saw it to its end.
    Cancelled,
}

/// Works off ingest jobs. Cheap to clone; clones share what they were made of.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    originals: Originals,
    retriever: watch::Receiver<Retriever>,
    cage: CageConfig,
    parallel: usize,
    wake: Arc<Notify>,
    committed: Option<Arc<Notify>>,
}

impl Worker {
    /// A worker that embeds each document with the model of the retriever that there is when it
    /// comes to that.
    pub fn new(
        store: Store,
        originals: Originals,
        retriever: watch::Receiver<Retriever>,
        cage: CageConfig,
    ) -> Self {
        Self {
            store,
            originals,
            retriever,
            cage,
            parallel: 2,
            wake: Arc::new(Notify::new()),
            committed: None,
        }
    }

    /// How many documents are on their way at once, 2 by default: one is parsed while another is
    /// embedded.
    #[must_use]
    pub fn with_parallel(mut self, parallel: usize) -> Self {
        self.parallel = parallel.max(1);
        self
    }

    /// Notifies `follower` (see [`Follower::waker`](crate::Follower::waker)) of every commit.
    #[must_use]
    pub fn with_follower(mut self, follower: Arc<Notify>) -> Self {
        self.committed = Some(follower);
        self
    }

    /// The model that answers now.
    fn embedder(&self) -> Embedder {
        self.retriever.borrow().embedder().clone()
    }

    /// Wakes an idle worker: a job was queued. Without it a job waits up to a second.
    pub fn waker(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Works until `shutdown`; jobs that are under way then go back to the queue.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        self.sweep().await;
        if let Err(e) = self.store.lapse_leases(INGEST, owner::is_gone).await {
            tracing::warn!(error = %e, "leases of workers that are gone run out by themselves");
        }
        let (stop, stopped) = watch::channel(false);
        let mut lanes = JoinSet::new();
        for _ in 0..self.parallel {
            let worker = self.clone();
            let stopped = stopped.clone();
            lanes.spawn(async move { worker.lane(stopped).await });
        }
        shutdown.await;
        // The lanes hold receivers as long as they run.
        let _ = stop.send(true);
        while let Some(ended) = lanes.join_next().await {
            if let Err(e) = ended {
                tracing::error!(error = %e, "a worker lane ended early");
            }
        }
    }

    /// Works off what is due now; gives how many jobs that were.
    pub async fn work_off(&self) -> Result<usize> {
        let (_stop, stopped) = watch::channel(false);
        let mut lanes = JoinSet::new();
        for _ in 0..self.parallel {
            let worker = self.clone();
            let mut stopped = stopped.clone();
            lanes.spawn(async move {
                let owner = owner::new();
                let mut done = 0;
                while worker.work_one(&owner, &mut stopped).await? {
                    done += 1;
                }
                Ok::<usize, IngestError>(done)
            });
        }
        let mut done = 0;
        while let Some(ended) = lanes.join_next().await {
            done += ended??;
        }
        Ok(done)
    }

    /// Removes what workers that were killed left behind.
    async fn sweep(&self) {
        let originals = self.originals.clone();
        match spawn_blocking(move || originals.sweep(LEFT_BEHIND)).await {
            Ok(Ok(())) => {}
            Ok(Err(e)) => tracing::warn!(error = %e, "leftovers could not be removed"),
            Err(e) => tracing::warn!(error = %e, "leftovers could not be removed"),
        }
    }

    async fn lane(&self, mut stopped: watch::Receiver<bool>) {
        let owner = owner::new();
        while !*stopped.borrow() {
            match self.work_one(&owner, &mut stopped).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(e) => tracing::error!(error = %e, "the ingest queue can't be read"),
            }
            tokio::select! {
                _ = timeout(LOOK, self.wake.notified()) => {}
                () = stop_asked(&mut stopped) => return,
            }
        }
    }

    /// Leases and does one job; false when none is due.
    async fn work_one(&self, owner: &str, stopped: &mut watch::Receiver<bool>) -> Result<bool> {
        let Some(job) = self
            .store
            .lease_job(&[INGEST], owner, millis(LEASE))
            .await?
        else {
            return Ok(false);
        };
        // More may wait: let the next idle lane look too.
        self.wake.notify_one();
        let outcome = tokio::select! {
            outcome = Box::pin(self.attempt(&job)) => outcome,
            () = self.store.keep_lease(&job.id, owner, millis(LEASE), HEARTBEAT) => {
                tracing::warn!(
                    job = %job.id,
                    "the job was taken away: somebody stopped it, or another worker has it"
                );
                return Ok(true);
            }
            () = stop_asked(stopped) => {
                self.store.release_job(&job.id, owner).await?;
                return Ok(false);
            }
        };
        match outcome {
            Ok(ingested) => {
                tracing::info!(job = %job.id, outcome = ?ingested, "ingested");
                self.store.finish_job(&job.id, owner).await?;
            }
            // Nobody's fault, and soon over.
            Err(IngestError::ModelChanged) => {
                tracing::info!(job = %job.id, "the embedding model changed; beginning again");
                self.store.release_job(&job.id, owner).await?;
            }
            Err(e) if job.attempts < MOST_ATTEMPTS => {
                let wait = 1000 * (1_i64 << job.attempts.min(8));
                tracing::warn!(job = %job.id, error = %e, wait_ms = wait, "an attempt failed");
                self.store
                    .fail_job(&job.id, owner, &e.to_string(), Some(wait))
                    .await?;
            }
            Err(e) => {
                tracing::error!(job = %job.id, error = %e, "a job is given up");
                self.give_up(&job).await?;
                self.store
                    .fail_job(&job.id, owner, &e.to_string(), None)
                    .await?;
            }
        }
        Ok(true)
    }

    async fn attempt(&self, job: &Job) -> Result<Ingested> {
        let IngestJob { version } = serde_json::from_str(&job.payload)
            .map_err(|e| StoreError::Corrupt(format!("an ingest job's payload: {e}")))?;
        // A job whose worker was killed each time takes no more turns.
        if job.attempts > MOST_LEASES {
            self.give_up(job).await?;
            return Ok(Ingested::Failed {
                reason: GIVEN_UP.to_owned(),
            });
        }
        self.ingest_one(&version).await
    }

    async fn give_up(&self, job: &Job) -> Result<()> {
        let Ok(IngestJob { version }) = serde_json::from_str(&job.payload) else {
            return Ok(());
        };
        match self
            .store
            .fail_version(&version, Cause::GivenUp, GIVEN_UP)
            .await
        {
            Ok(()) | Err(StoreError::NotFound) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }
}

const GIVEN_UP: &str = "This file could not be taken in after several attempts, for a reason that \
     lies with this server and stands in its log. Try again once it is mended.";

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Resolves once the word to stop was given, or its giver is gone. What the channel lends is given
/// back here: held further, it would tie the caller to one thread.
async fn stop_asked(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}
