//! One version's way in: read, cut into passages, embed, commit. Each step may be done again: what
//! counts is the one commit at the end.

use super::watching::Pages;
use super::{Ingested, Worker, parts};
use crate::Cause;
use crate::cage;
use crate::detect::{Format, HEAD_BYTES, detect};
use crate::error::{IngestError, Result};
use crate::failure::ParseFailure;
use crate::parse::Parsed;
use crate::proposals::proposals;
use crate::{language, passages};
use inhouse_protocol::{VersionId, VersionState};
use inhouse_retrieval::Embedder;
use inhouse_store::{
    Committed, IngestVersion, NewPassage, StoreError, embedded_text, passage_header,
};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

/// Passages embedded between two reports of progress.
const EMBED_AT_ONCE: usize = 64;
/// How long a process may take to notice that another model answers.
const MODEL_CHANGES_IN: Duration = Duration::from_secs(10);

impl Worker {
    /// Takes one version in, whatever the queue says: read, split, embed, commit. A file that
    /// can't be read is [`Ingested::Failed`] and recorded; an error is ours and worth another try.
    pub async fn ingest_one(&self, version: &VersionId) -> Result<Ingested> {
        let work = match self.store.version_for_ingest(version).await {
            Ok(work) => work,
            Err(StoreError::NotFound) => return Ok(Ingested::Gone),
            Err(e) => return Err(e.into()),
        };
        match self.take_in(&work).await {
            // The machine's fault, not the file's: it may pass.
            Err(IngestError::Parse(failure)) if failure.cause == Cause::Cage => Err(failure.into()),
            Err(IngestError::Parse(failure)) => self.failed(&work, failure).await,
            Err(IngestError::Store(StoreError::NotFound)) => Ok(Ingested::Gone),
            outcome => outcome,
        }
    }

    async fn failed(&self, work: &IngestVersion, failure: ParseFailure) -> Result<Ingested> {
        tracing::info!(
            document = %work.document,
            cause = failure.cause.as_str(),
            detail = failure.detail,
            "unreadable"
        );
        let reason = failure.reason;
        let failed = self
            .store
            .fail_version(&work.version, failure.cause, &reason)
            .await;
        match failed {
            Ok(()) => Ok(Ingested::Failed { reason }),
            Err(StoreError::NotFound) => Ok(Ingested::Gone),
            Err(e) => Err(e.into()),
        }
    }

    async fn take_in(&self, work: &IngestVersion) -> Result<Ingested> {
        let begun = VersionState::Reading { done: 0, total: 0 };
        let store = &self.store;
        if !store.set_version_state(&work.version, &begun).await? {
            return Ok(Ingested::Cancelled);
        }
        let format = self.format_of(work).await?;
        let Some(parsed) = self.read(work, format).await? else {
            return Ok(Ingested::Cancelled);
        };
        let title = parsed.title.clone().unwrap_or_else(|| work.title.clone());
        let mut found = {
            let title = title.clone();
            spawn_blocking(move || digested(parsed, &title, format)).await?
        };
        if parts::holds_files(format) {
            let Some(left_out) = self.take_apart(work, format).await? else {
                return Ok(Ingested::Cancelled);
            };
            found.warnings = parts::told(found.warnings, left_out);
        }
        self.embed_and_commit(work, &title, found).await
    }

    async fn format_of(&self, work: &IngestVersion) -> Result<Format> {
        let (originals, hash) = (self.originals.clone(), work.sha256.clone());
        let head = spawn_blocking(move || originals.head(&hash, HEAD_BYTES)).await??;
        Ok(detect(&head, &work.name).map_err(ParseFailure::from)?)
    }

    /// Has the file read in the cage; none when somebody stopped it.
    async fn read(&self, work: &IngestVersion, format: Format) -> Result<Option<Parsed>> {
        let path = self.originals.path(&work.sha256)?;
        let (pages, at) = Pages::new();
        let reading = cage::read(&self.cage, format, &path, &work.settings, &pages);
        let read = self.unless_stopped(&work.version, at, reading).await?;
        Ok(read.transpose()?)
    }

    async fn embed_and_commit(
        &self,
        work: &IngestVersion,
        title: &str,
        mut found: Committed,
    ) -> Result<Ingested> {
        let deadline = Instant::now() + MODEL_CHANGES_IN;
        loop {
            let embedder = self.embedder();
            let embedded = self.embed(work, title, &found.passages, &embedder).await?;
            let Some(vectors) = embedded else {
                return Ok(Ingested::Cancelled);
            };
            embedder.id().clone_into(&mut found.embedding_model);
            let committed = Committed {
                vectors,
                ..found.clone()
            };
            match self.store.commit_version(&work.version, committed).await {
                Ok(()) => break,
                // Another model answers since a moment: only the embedding is done again.
                Err(StoreError::Conflict { .. }) => {
                    self.wait_for_other_than(embedder.id(), deadline).await?;
                }
                Err(e) => return Err(e.into()),
            }
        }
        if let Some(follower) = &self.committed {
            follower.notify_one();
        }
        // Stopped in the last moment, it was not committed.
        if self.store.version_state(&work.version).await? != VersionState::Ready {
            return Ok(Ingested::Cancelled);
        }
        Ok(Ingested::Ready {
            passages: found.passages.len(),
            pages: found.pages,
            parser: found.parser,
        })
    }

    /// Until this process has another model than the one called `id`.
    async fn wait_for_other_than(&self, id: &str, deadline: Instant) -> Result<()> {
        let mut retriever = self.retriever.clone();
        let other = retriever.wait_for(|retriever| retriever.embedder().id() != id);
        let came = timeout_at(deadline, other)
            .await
            .is_ok_and(|other| other.is_ok());
        if came {
            Ok(())
        } else {
            Err(IngestError::ModelChanged)
        }
    }

    /// A vector for each passage, its header before its text; the progress is noted. None when
    /// somebody stopped it.
    async fn embed(
        &self,
        work: &IngestVersion,
        title: &str,
        found: &[NewPassage],
        embedder: &Embedder,
    ) -> Result<Option<Vec<Vec<f32>>>> {
        let total = found.len() as u64;
        let mut vectors = Vec::with_capacity(found.len());
        for passages in found.chunks(EMBED_AT_ONCE) {
            let done = vectors.len() as u64;
            let state = VersionState::Embedding { done, total };
            if !self.store.set_version_state(&work.version, &state).await? {
                return Ok(None);
            }
            let texts: Vec<String> = passages
                .iter()
                .map(|p| embedded_text(&passage_header(title, &p.heading_path), &p.text))
                .collect();
            let embedder = embedder.clone();
            vectors.extend(spawn_blocking(move || embedder.embed(&texts, |_| ())).await??);
        }
        Ok(Some(vectors))
    }
}

/// Everything about a file but its vectors.
fn digested(parsed: Parsed, title: &str, format: Format) -> Committed {
    let mut passages = passages::split(&parsed, title);
    let language = language::detect(&parsed.text).unwrap_or_default();
    language::mark(&mut passages, language);
    // What a mail says of days is about something else than the mail.
    let proposals = if parts::holds_files(format) {
        Vec::new()
    } else {
        proposals(&parsed)
    };
    Committed {
        title: parsed.title.unwrap_or_default(),
        parser: parsed.parser,
        pages: parsed.pages,
        text: parsed.text,
        blocks: parsed.blocks,
        boxes: parsed.boxes,
        page_info: parsed.page_info,
        warnings: parsed.warnings,
        language: language.to_owned(),
        proposals,
        passages,
        embedding_model: String::new(),
        vectors: Vec::new(),
    }
}
