//! `inhouse ingest`: files and folders into a set, and the wait until they can be found.
//!
//! With the embedded stores this process reads the files itself, unless an `inhouse serve` has
//! the instance open: then that one reads them, and this one waits for it.

mod found;
mod live;
mod set;
mod wait;

pub(super) use found::{files, shown};
pub(super) use live::LiveLine;
pub(super) use set::{WantedSet, set_named};

use super::IngestArgs;
use super::context::Context;
use crate::app::{self, Answers, App, StartError, open_store};
use crate::config::Config;
use crate::upload::{NewFile, take_in};
use anyhow::{Context as _, bail};
use found::Found;
use inhouse_ingest::Originals;
use inhouse_protocol::{DocumentSet, UploadOutcome};
use inhouse_retrieval::RetrievalError;
use inhouse_store::{Principal, Priority, Store};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use wait::Waiting;

/// How often the state of the files is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(super) async fn ingest(
    arguments: IngestArgs,
    context: Context<'_>,
) -> anyhow::Result<ExitCode> {
    let found = files(&arguments.paths)?;
    if found.is_empty() {
        bail!("there are no files in what was named");
    }
    let intake = Intake::open(&context.config, arguments.no_wait).await?;
    let principal = super::context::principal(&intake.store, context.acting.as_deref()).await?;
    let wanted = WantedSet {
        name: arguments.set.trim().to_owned(),
        description: String::new(),
        audience: arguments.audience,
        grants: arguments.grants,
    };
    let set = set_named(&intake.store, &principal, &wanted).await?;
    let mut line = LiveLine::on_terminal();
    let tally = intake
        .take(&principal, &set, &found, &mut line, context.out)
        .await?;
    tally.print(&set.name, context.out)?;
    Ok(if tally.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What became of the files.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    ready: usize,
    queued: usize,
    known: usize,
    skipped: usize,
    pub(super) failed: usize,
}

impl Tally {
    fn print(&self, set: &str, out: &mut dyn Write) -> std::io::Result<()> {
        let parts = [
            (self.ready, "ready"),
            (self.queued, "queued"),
            (self.known, "already there"),
            (self.skipped, "skipped"),
            (self.failed, "failed"),
        ];
        let parts: Vec<_> = parts
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, what)| format!("{n} {what}"))
            .collect();
        writeln!(out, "{set}: {}.", parts.join(", "))
    }
}

/// Who reads what is queued.
enum Reader {
    /// This process: it has the instance for itself.
    Here(App),
    /// An `inhouse serve` on this machine, which has the indexes open.
    Server,
    /// Workers somewhere, or nobody asked to wait.
    Elsewhere,
}

/// The way in.
pub(super) struct Intake {
    pub(super) store: Store,
    originals: Originals,
    config: Config,
    reader: Reader,
}

impl Intake {
    pub(super) async fn open(config: &Config, no_wait: bool) -> anyhow::Result<Self> {
        let (store, reader) = if no_wait || !config.is_sqlite() {
            (open_store(config).await?, Reader::Elsewhere)
        } else {
            match Box::pin(App::open(config.clone(), Answers::NotWritten)).await {
                Ok(app) => (app.store.clone(), Reader::Here(app)),
                Err(StartError::Retrieval(RetrievalError::InUse { .. })) => {
                    (open_store(config).await?, Reader::Server)
                }
                Err(error) => return Err(error.into()),
            }
        };
        Ok(Self {
            store,
            originals: Originals::new(config.originals_dir()),
            config: config.clone(),
            reader,
        })
    }

    /// Takes the files into the set, and says of each what became of it; on `line`, what is being
    /// read.
    pub(super) async fn take(
        &self,
        principal: &Principal,
        set: &DocumentSet,
        found: &[Found],
        line: &mut LiveLine,
        out: &mut dyn Write,
    ) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        let waiting = self.queue(principal, set, found, &mut tally, out).await?;
        match &self.reader {
            Reader::Here(app) => {
                let (started, search) = (Instant::now(), app.search());
                let embedder = search.retriever.embedder();
                let embedded_before = embedder.seconds_in_runtime();
                let stop = CancellationToken::new();
                let work = app::work(app, stop.clone().cancelled_owned());
                let wait = async {
                    let waited = self.wait(principal, set, waiting, &mut tally, line, out);
                    let result = waited.await;
                    stop.cancel();
                    result
                };
                let (worked, waited) = tokio::join!(work, wait);
                waited?;
                worked?;
                super::context::catch_up(app).await;
                tracing::info!(
                    took_s = started.elapsed().as_secs_f64(),
                    embedding_s = embedder.seconds_in_runtime() - embedded_before,
                    "all files are read"
                );
            }
            Reader::Server => {
                self.wait(principal, set, waiting, &mut tally, line, out)
                    .await?;
                self.wait_for_indexes().await?;
            }
            Reader::Elsewhere => {
                let names = waiting.names();
                tally.queued += names.len();
                for name in names {
                    writeln!(out, "queued   {name}")?;
                }
            }
        }
        Ok(tally)
    }

    /// Queues the files; gives those that are on their way.
    async fn queue(
        &self,
        principal: &Principal,
        set: &DocumentSet,
        found: &[Found],
        tally: &mut Tally,
        out: &mut dyn Write,
    ) -> anyhow::Result<Waiting> {
        let mut waiting = Waiting::since(self.store.now());
        let mut places = BTreeSet::new();
        for file in found {
            let name = file.shown();
            if !places.insert(name.clone()) {
                tally.failed += 1;
                let path = file.path.display();
                writeln!(
                    out,
                    "failed   {path}: another file named here has this name; put them into different sets"
                )?;
                continue;
            }
            let new = NewFile {
                set: &set.id,
                folder: &file.folder,
                name: &file.name,
                priority: Priority::Bulk,
            };
            let unreadable = || format!("{} can't be read", file.path.display());
            let opened = File::open(&file.path).with_context(unreadable)?;
            let by = principal.actor();
            let outcome = take_in(&self.store, &self.originals, &by, &new, opened).await;
            match outcome.with_context(|| file.path.display().to_string())? {
                UploadOutcome::Added { document, version }
                | UploadOutcome::NewVersion { document, version } => {
                    waiting.add(document, version, name);
                }
                UploadOutcome::Duplicate { name: there, .. } => {
                    tally.known += 1;
                    writeln!(out, "known    {name}: the same content is there as {there}")?;
                }
                UploadOutcome::Refused { reason } if file.named => {
                    tally.failed += 1;
                    writeln!(out, "failed   {name}: {reason}")?;
                }
                UploadOutcome::Refused { reason } => {
                    tally.skipped += 1;
                    writeln!(out, "skipped  {name}: {reason}")?;
                }
            }
        }
        Ok(waiting)
    }

    /// Waits until none of `waiting` is on its way any more.
    async fn wait(
        &self,
        principal: &Principal,
        set: &DocumentSet,
        mut waiting: Waiting,
        tally: &mut Tally,
        line: &mut LiveLine,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        while !waiting.is_over() {
            let scope = self.store.scope(principal).await?;
            let documents = self.store.documents(&scope, &set.id).await?;
            waiting.look(&documents, tally, line, out)?;
            if !waiting.is_over() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        Ok(())
    }

    /// Waits until the server's indexes have what the database has now.
    async fn wait_for_indexes(&self) -> anyhow::Result<()> {
        let head = self.store.outbox_head().await?;
        let lexical = app::lexical(&self.config).await?;
        loop {
            // Another model, with an index of its own, may take the place of the one that answers.
            let vectors = app::vector_cursor(&self.config, &self.store).await?;
            if lexical.cursor()? >= head && self.store.cursor(&vectors).await? >= head {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
