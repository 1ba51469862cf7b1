//! A look into one watched folder.

use super::plan::{Memory, plan};
use crate::error::AppResult;
use crate::upload::{self, Content, NewFile};
use crate::walk::{self, Entry, Walk};
use inhouse_ingest::Originals;
use inhouse_protocol::{DocumentId, DocumentSet, DocumentSummary, UploadOutcome};
use inhouse_store::{Actor, Principal, Priority, Scope, Store, StoreError, WatchedFile};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use tokio::task::spawn_blocking;

/// A watched folder, with what the last look left to remember.
pub(super) struct Watcher {
    pub(super) store: Store,
    pub(super) originals: Originals,
    /// The folder as the configuration names it: what the database knows it by.
    pub(super) root: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// The name of the set that its files belong into.
    pub(super) set: String,
    /// The largest file that is taken.
    pub(super) most_bytes: u64,
    pub(super) memory: Memory,
}

/// What is known before anything is done.
struct Place {
    scope: Scope,
    set: DocumentSet,
    /// Without links.
    folder: PathBuf,
    documents: Vec<DocumentSummary>,
}

impl Watcher {
    /// Takes what is new or changed, forgets what is gone, and notes what is in the way. True: a
    /// worker has something to do.
    pub(super) async fn look(&mut self) -> AppResult<bool> {
        let scope = self.store.scope(&Principal::operator()).await?;
        let Some(set) = self.store.set_by_name(&scope, &self.set).await? else {
            let problem = format!(
                "There is no document set named {}. Make it, or correct ingest.watch.",
                self.set
            );
            self.store
                .note_watched_root(&self.root, None, &problem)
                .await?;
            return Ok(false);
        };
        let path = self.path.clone();
        let walked = spawn_blocking(move || {
            let folder = path.canonicalize()?;
            let walk = walk::below(&folder)?;
            Ok::<_, io::Error>((folder, walk))
        });
        let (problem, moved) = match walked.await.map_err(crate::error::AppError::internal)? {
            Ok((folder, walk)) => {
                let documents = self.store.documents(&scope, &set.id).await?;
                let place = Place {
                    scope,
                    set: set.clone(),
                    folder,
                    documents,
                };
                self.follow(&place, &walk).await?
            }
            Err(error) => (unreadable(&error), false),
        };
        self.store
            .note_watched_root(&self.root, Some(&set.id), &problem)
            .await?;
        Ok(moved)
    }

    /// Brings the set to what lies in the folder; gives what is in the way, in words, and whether
    /// anything was done.
    async fn follow(&mut self, place: &Place, walk: &Walk) -> AppResult<(String, bool)> {
        let known: HashMap<String, WatchedFile> = self
            .store
            .watched_files(&self.root)
            .await?
            .into_iter()
            .map(|file| (file.path.clone(), file))
            .collect();
        let documents = place.documents.iter();
        let there: HashSet<DocumentId> = documents.map(|document| document.id.clone()).collect();
        let plan = plan(&mut self.memory, &known, walk, &there);
        let moved = !plan.forget.is_empty() || !plan.take.is_empty();
        for file in &plan.forget {
            self.forget(place, file).await?;
        }
        for entry in plan.take {
            let path = entry.shown();
            if let Err(error) = self.take(place, entry).await {
                tracing::error!(%error, path, folder = self.root, "a watched file could not be taken");
            }
        }
        let problem = match (plan.all_gone, walk.unread.first()) {
            (Some(files), _) => format!(
                "All {files} files are gone at once, so nothing was deleted. Check that the right \
                 folder is there. If they are to go, delete them in the set."
            ),
            (None, Some((folder, error))) => format!(
                "{} of the folders in it can't be read, such as {} ({error}). What came from them \
                 stays. Give this account the right to read them.",
                walk.unread.len(),
                folder.display()
            ),
            (None, None) => String::new(),
        };
        Ok((problem, moved))
    }

    /// Deletes the document that came of a file which is gone, unless it came from elsewhere too.
    async fn forget(&self, place: &Place, file: &WatchedFile) -> AppResult<()> {
        let (folder, name) = split(&file.path);
        let document = place.documents.iter().find(|document| {
            Some(&document.id) == file.document.as_ref()
                && document.folder == folder
                && document.name == name
        });
        if let Some(document) = document {
            let deleted = self
                .store
                .delete_document(&Actor::System, &place.scope, &document.id)
                .await;
            match deleted {
                Ok(()) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
            tracing::info!(
                path = file.path,
                folder = self.root,
                "a watched file is gone"
            );
        }
        self.store.forget_watched(&self.root, &file.path).await?;
        Ok(())
    }

    async fn take(&self, place: &Place, entry: Entry) -> AppResult<()> {
        let shown = entry.shown();
        let (folder, name) = split(&shown);
        let keeps = entry.path.to_str().is_some()
            && upload::folder(folder) == folder
            && upload::file_name(name) == name;
        let refusal = if !keeps {
            Some(
                "Its name, or that of a folder above it, is too long or has characters that can't \
                 be kept. Rename it."
                    .to_owned(),
            )
        } else if entry.size_bytes > self.most_bytes {
            Some(format!(
                "This file is larger than the {} MB allowed. Split it, or ask your administrator.",
                self.most_bytes / 1_000_000
            ))
        } else {
            None
        };
        if let Some(refused) = refusal {
            return self.note(&entry, "", None, refused).await;
        }
        match opened(&place.folder, &entry.path).await? {
            Ok((file, now)) if now == entry => self.take_opened(place, entry, file).await,
            // It changed since, or is gone: another look will tell.
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => {
                // The time of no file: it is tried again though the file doesn't change.
                let entry = Entry {
                    modified_ms: i64::MIN,
                    ..entry
                };
                let refused = format!(
                    "This file can't be read ({error}). Give this account the right to read it."
                );
                self.note(&entry, "", None, refused).await
            }
        }
    }

    async fn take_opened(&self, place: &Place, entry: Entry, file: std::fs::File) -> AppResult<()> {
        let shown = entry.shown();
        let (folder, name) = split(&shown);
        let content = upload::keep(&self.originals, file, name).await?;
        let sha256 = match &content {
            Content::Kept { sha256, .. } => sha256.clone(),
            Content::Refused(_) => String::new(),
        };
        match opened(&place.folder, &entry.path).await? {
            Ok((_, now)) if now == entry => {}
            // What was kept may be half of the old file and half of the new one.
            _ => return Ok(()),
        }
        let new = NewFile {
            set: &place.set.id,
            folder,
            name,
            priority: Priority::Bulk,
        };
        match upload::queue(&self.store, &Actor::System, &new, content).await? {
            UploadOutcome::Added { document, .. }
            | UploadOutcome::NewVersion { document, .. }
            | UploadOutcome::Duplicate { document, .. } => {
                self.note(&entry, &sha256, Some(document), String::new())
                    .await
            }
            UploadOutcome::Refused { reason } => self.note(&entry, "", None, reason).await,
        }
    }

    async fn note(
        &self,
        entry: &Entry,
        sha256: &str,
        document: Option<DocumentId>,
        refused: String,
    ) -> AppResult<()> {
        let file = WatchedFile {
            path: entry.shown(),
            size_bytes: entry.size_bytes,
            modified_ms: entry.modified_ms,
            sha256: sha256.to_owned(),
            document,
            refused,
        };
        Ok(self.store.note_watched(&self.root, &file).await?)
    }
}

async fn opened(folder: &Path, path: &Path) -> AppResult<io::Result<(std::fs::File, Entry)>> {
    let (folder, path) = (folder.to_owned(), path.to_owned());
    spawn_blocking(move || walk::open(&folder, &path))
        .await
        .map_err(crate::error::AppError::internal)
}

/// The folder and the name of a file at this path below the watched folder.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn unreadable(error: &io::Error) -> String {
    format!(
        "This folder can't be read ({error}), so nothing was changed. Check that it is there and \
         that this account may read it."
    )
}
