//! The worker: leases jobs, has each file parsed in the cage, embeds its passages, commits.

use crate::cage::{self, CageConfig};
use crate::detect::{HEAD_BYTES, detect};
use crate::error::{IngestError, Result};
use crate::failure::{Cause, ParseFailure};
use crate::originals::Originals;
use crate::passages;
use inhouse_protocol::{VersionId, VersionState};
use inhouse_retrieval::Embedder;
use inhouse_store::{
    Committed, INGEST, IngestJob, IngestVersion, Job, NewPassage, Store, StoreError, passage_header,
};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{interval, timeout};

const LEASE: Duration = Duration::from_mins(1);
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often an idle worker looks for jobs that it wasn't woken for.
const LOOK: Duration = Duration::from_secs(1);
/// After these attempts a job that fails on our side is given up.
const MOST_ATTEMPTS: u32 = 5;
/// Passages embedded between two reports of progress.
const EMBED_AT_ONCE: usize = 64;

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
}

/// Works off ingest jobs. Cheap to clone; clones share nothing but what they were made of.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    originals: Originals,
    embedder: Embedder,
    cage: CageConfig,
    parallel: usize,
    wake: Arc<Notify>,
    committed: Option<Arc<Notify>>,
}

impl Worker {
    pub fn new(store: Store, originals: Originals, embedder: Embedder, cage: CageConfig) -> Self {
        Self {
            store,
            originals,
            embedder,
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

    /// Wakes an idle worker: a job was queued. Without it a job waits up to a second.
    pub fn waker(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Works until `shutdown`; jobs that are under way then go back to the queue.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
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
                let owner = new_owner();
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

    async fn lane(&self, mut stopped: watch::Receiver<bool>) {
        let owner = new_owner();
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
            outcome = self.attempt(&job) => outcome,
            () = self.keep_lease(&job, owner) => {
                tracing::warn!(job = %job.id, "the lease was lost; another worker has the job");
                return Ok(true);
            }
            () = stop_asked(stopped) => {
                self.store.fail_job(&job.id, owner, "the worker was stopped", Some(0)).await?;
                return Ok(false);
            }
        };
        match outcome {
            Ok(ingested) => {
                tracing::info!(job = %job.id, outcome = ?ingested, "ingested");
                self.store.finish_job(&job.id, owner).await?;
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
        // A worker that was killed each time takes no more turns.
        if job.attempts > MOST_ATTEMPTS {
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
        match self.store.fail_version(&version, GIVEN_UP).await {
            Ok(()) | Err(StoreError::NotFound) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Ends when the lease is lost.
    async fn keep_lease(&self, job: &Job, owner: &str) {
        let mut beat = interval(HEARTBEAT);
        beat.tick().await;
        loop {
            beat.tick().await;
            match self.store.heartbeat(&job.id, owner, millis(LEASE)).await {
                Ok(true) => {}
                Ok(false) => return,
                // The lease outlasts a few of these.
                Err(e) => tracing::warn!(error = %e, "a heartbeat failed"),
            }
        }
    }

    /// Takes one version in, whatever the queue says: parse, split, embed, commit. A file that
    /// can't be read is [`Ingested::Failed`] and recorded; an error is ours and worth another try.
    pub async fn ingest_one(&self, version: &VersionId) -> Result<Ingested> {
        let work = match self.store.version_for_ingest(version).await {
            Ok(work) => work,
            Err(StoreError::NotFound) => return Ok(Ingested::Gone),
            Err(e) => return Err(e.into()),
        };
        let outcome = self.take_in(&work).await;
        match outcome {
            // The machine's fault, not the file's: it may pass.
            Err(IngestError::Parse(failure)) if failure.cause == Cause::Cage => Err(failure.into()),
            Err(IngestError::Parse(failure)) => {
                tracing::info!(document = %work.document, detail = failure.detail, "unreadable");
                let reason = failure.reason;
                match self.store.fail_version(version, &reason).await {
                    Ok(()) => Ok(Ingested::Failed { reason }),
                    Err(StoreError::NotFound) => Ok(Ingested::Gone),
                    Err(e) => Err(e.into()),
                }
            }
            Err(IngestError::Store(StoreError::NotFound)) => Ok(Ingested::Gone),
            outcome => outcome,
        }
    }

    async fn take_in(&self, work: &IngestVersion) -> Result<Ingested> {
        let store = &self.store;
        store
            .set_version_state(&work.version, &VersionState::Reading)
            .await?;
        let path = self.originals.path(&work.sha256)?;
        let head = {
            let (originals, hash) = (self.originals.clone(), work.sha256.clone());
            spawn_blocking(move || originals.head(&hash, HEAD_BYTES)).await??
        };
        let format = detect(&head, &work.name).map_err(ParseFailure::from)?;
        let parsed = cage::parse(&self.cage, format, &path).await?;

        let title = parsed.title.clone().unwrap_or_else(|| work.title.clone());
        let (parsed, found) = {
            let title = title.clone();
            spawn_blocking(move || {
                let found = passages::split(&parsed, &title);
                (parsed, found)
            })
            .await?
        };
        let vectors = self.embed(work, &title, &found).await?;
        let ingested = Ingested::Ready {
            passages: found.len(),
            pages: parsed.pages,
            parser: parsed.parser.clone(),
        };
        let committed = Committed {
            title: parsed.title.unwrap_or_default(),
            parser: parsed.parser,
            pages: parsed.pages,
            text: parsed.text,
            blocks: parsed.blocks,
            passages: found,
            embedding_model: self.embedder.id().to_owned(),
            vectors,
        };
        store.commit_version(&work.version, committed).await?;
        if let Some(follower) = &self.committed {
            follower.notify_one();
        }
        Ok(ingested)
    }

    /// A vector for each passage, its header before its text; the progress is noted.
    async fn embed(
        &self,
        work: &IngestVersion,
        title: &str,
        found: &[NewPassage],
    ) -> Result<Vec<Vec<f32>>> {
        let total = found.len() as u64;
        let mut vectors = Vec::with_capacity(found.len());
        for passages in found.chunks(EMBED_AT_ONCE) {
            let done = vectors.len() as u64;
            let state = VersionState::Embedding { done, total };
            self.store.set_version_state(&work.version, &state).await?;
            let texts: Vec<String> = passages
                .iter()
                .map(|p| format!("{}\n{}", passage_header(title, &p.heading_path), p.text))
                .collect();
            let embedder = self.embedder.clone();
            vectors.extend(spawn_blocking(move || embedder.embed(&texts, |_| ())).await??);
        }
        Ok(vectors)
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

/// A name for a lane's leases that no other lane, process or machine has.
fn new_owner() -> String {
    static LANES: AtomicU64 = AtomicU64::new(0);
    let lane = LANES.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}-{}-{now:x}-{lane}", host.trim(), std::process::id())
}
