//! `inhouse ingest`: files and folders into a set, and the wait until they can be found.
//!
//! With the embedded stores this process reads the files itself, unless an `inhouse serve` has
//! the instance open: then that one reads them, and this one waits for it.

use super::IngestArgs;
use super::context::Context;
use super::groups::{NamedGrant, is_admin, resolve};
use crate::app::{self, Answers, App, StartError, edge_name, open_store};
use crate::config::Config;
use crate::upload::{NewFile, file_name, take_in};
use anyhow::{Context as _, bail};
use inhouse_ingest::Originals;
use inhouse_protocol::{
    Audience, DocumentSet, NewDocumentSet, UploadOutcome, VersionId, VersionState,
};
use inhouse_retrieval::{LexicalIndex, RetrievalError};
use inhouse_store::{Principal, Priority, Store, StoreError};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

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
    let tally = intake.take(&principal, &set, &found, context.out).await?;
    tally.print(&set.name, context.out)?;
    Ok(if tally.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A file to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Named itself, not found in a folder that was.
    pub(super) named: bool,
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

/// A set as it is to be where it isn't there yet.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct WantedSet {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    pub(super) audience: Audience,
    #[serde(default)]
    pub(super) grants: Vec<NamedGrant>,
}

/// The set of this name, which the principal has to manage; made where it is missing.
pub(super) async fn set_named(
    store: &Store,
    principal: &Principal,
    wanted: &WantedSet,
) -> anyhow::Result<DocumentSet> {
    let name = &wanted.name;
    let scope = store.scope(principal).await?;
    let set = match store.set_by_name(&scope, name).await? {
        Some(set) => set,
        None if !is_admin(principal) => {
            bail!("there is no set '{name}' that is yours to see, and only admins make sets")
        }
        None => make_set(store, principal, wanted).await?,
    };
    if !set.manages {
        bail!("the set '{name}' isn't yours to manage: nothing was put into it");
    }
    Ok(set)
}

async fn make_set(
    store: &Store,
    principal: &Principal,
    wanted: &WantedSet,
) -> anyhow::Result<DocumentSet> {
    let new = NewDocumentSet {
        name: wanted.name.clone(),
        description: wanted.description.clone(),
        audience: wanted.audience,
        grants: resolve(store, &wanted.grants).await?,
    };
    match store.create_set(&principal.actor(), &new).await {
        // Made meanwhile by somebody else, or not to be seen from here.
        Err(StoreError::Conflict { what }) => {
            let scope = store.scope(principal).await?;
            let set = store.set_by_name(&scope, &wanted.name).await?;
            set.with_context(|| format!("{}: {what}", wanted.name))
        }
        set => Ok(set?),
    }
}

/// All files under the paths, sorted; hidden ones only where named.
pub(super) fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in paths {
        let kind =
            std::fs::metadata(path).with_context(|| format!("{} can't be read", path.display()))?;
        if kind.is_dir() {
            walk(path, &mut found)?;
        } else {
            found.push(Found {
                path: path.clone(),
                named: true,
            });
        }
    }
    Ok(found)
}

/// Files and folders below, in order of name; links are not followed.
fn walk(folder: &Path, found: &mut Vec<Found>) -> anyhow::Result<()> {
    let context = || format!("{} can't be read", folder.display());
    let mut entries = std::fs::read_dir(folder)
        .with_context(context)?
        .collect::<Result<Vec<_>, _>>()
        .with_context(context)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let kind = entry.file_type().with_context(context)?;
        if kind.is_dir() {
            walk(&entry.path(), found)?;
        } else if kind.is_file() {
            found.push(Found {
                path: entry.path(),
                named: false,
            });
        }
    }
    Ok(())
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
    lexical_dir: PathBuf,
    vectors_dir: PathBuf,
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
            lexical_dir: config.lexical_dir(),
            vectors_dir: config.vectors_dir(),
            reader,
        })
    }

    /// Takes the files into the set, and says of each what became of it.
    pub(super) async fn take(
        &self,
        principal: &Principal,
        set: &DocumentSet,
        found: &[Found],
        out: &mut dyn Write,
    ) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        let mut waiting = BTreeMap::new();
        let mut names = BTreeSet::new();
        for file in found {
            let name = file_name(&file.path.to_string_lossy());
            if !names.insert(name.clone()) {
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
                name: &name,
                path: &file.path,
                priority: Priority::Bulk,
            };
            let outcome = take_in(&self.store, &self.originals, &principal.actor(), &new).await;
            match outcome.with_context(|| file.path.display().to_string())? {
                UploadOutcome::Added { version, .. }
                | UploadOutcome::NewVersion { version, .. } => {
                    waiting.insert(version, name);
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
        match &self.reader {
            Reader::Here(app) => {
                let (started, embedder) = (Instant::now(), app.retriever.embedder());
                let embedded_before = embedder.seconds_in_runtime();
                let stop = CancellationToken::new();
                let work = app::work(app, stop.clone().cancelled_owned());
                let wait = async {
                    let result = self.wait(principal, set, waiting, &mut tally, out).await;
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
                self.wait(principal, set, waiting, &mut tally, out).await?;
                self.wait_for_indexes().await?;
            }
            Reader::Elsewhere => {
                tally.queued += waiting.len();
                for name in waiting.into_values() {
                    writeln!(out, "queued   {name}")?;
                }
            }
        }
        Ok(tally)
    }

    /// Waits until none of `waiting` is on its way any more.
    async fn wait(
        &self,
        principal: &Principal,
        set: &DocumentSet,
        mut waiting: BTreeMap<VersionId, String>,
        tally: &mut Tally,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let total = waiting.len();
        while !waiting.is_empty() {
            let scope = self.store.scope(principal).await?;
            let documents = self.store.documents(&scope, &set.id).await?;
            let mut there = BTreeSet::new();
            for document in documents {
                if !waiting.contains_key(&document.version) {
                    continue;
                }
                there.insert(document.version.clone());
                match document.state {
                    VersionState::Ready => {
                        tally.ready += 1;
                        waiting.remove(&document.version);
                        let done = total - waiting.len();
                        let (name, passages) = (document.name, document.passages);
                        writeln!(
                            out,
                            "ready    {name}: {passages} passages ({done} of {total})"
                        )?;
                    }
                    VersionState::Failed { reason } => {
                        tally.failed += 1;
                        waiting.remove(&document.version);
                        writeln!(out, "failed   {}: {reason}", document.name)?;
                    }
                    _ => {}
                }
            }
            // Deleted or replaced by a newer version while it waited.
            waiting.retain(|version, _| there.contains(version));
            out.flush()?;
            if !waiting.is_empty() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        Ok(())
    }

    /// Waits until the server's indexes have what the database has now.
    async fn wait_for_indexes(&self) -> anyhow::Result<()> {
        let head = self.store.outbox_head().await?;
        let dir = self.lexical_dir.clone();
        let lexical = tokio::task::spawn_blocking(move || LexicalIndex::open(&dir)).await??;
        let vectors = edge_name(&self.vectors_dir)?;
        while lexical.cursor()? < head || self.store.cursor(&vectors).await? < head {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_files_in_order_without_hidden_ones_and_links() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::create_dir(path("b")).unwrap();
        for name in ["c.txt", "a.txt", ".hidden", "b/d.txt"] {
            std::fs::write(path(name), "x").unwrap();
        }
        std::os::unix::fs::symlink("/etc/passwd", path("link.txt")).unwrap();
        let found = files(&[dir.path().to_owned()]).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|file| file.path.strip_prefix(dir.path()).unwrap().to_owned())
            .collect();
        assert_eq!(
            names,
            [Path::new("a.txt"), Path::new("b/d.txt"), Path::new("c.txt")]
        );
        assert!(found.iter().all(|file| !file.named));
    }

    #[test]
    fn a_path_that_is_not_there_is_named() {
        let error = files(&["nowhere/at.txt".into()]).unwrap_err();
        assert!(error.to_string().contains("nowhere/at.txt"));
    }
}
