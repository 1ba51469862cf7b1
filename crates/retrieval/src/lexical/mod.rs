//! The lexical index: BM25 over passages, and over documents by what names them, with Tantivy.
//!
//! It holds every version that is in force on some day; a search is for one day, that of its
//! scope. Words are held as their language forms them.
//!
//! A question's text never reaches Tantivy's query parser: it is analyzed into words, and any
//! text at all is a valid search.

mod schema;
mod search;
mod words;

pub use search::Named;

use crate::error::{Result, RetrievalError};
use crate::guard::{self, Opening};
use inhouse_protocol::VersionId;
use inhouse_store::IndexRow;
use schema::Fields;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tantivy::collector::Count;
use tantivy::indexer::IndexWriterOptions;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyError, Term};
use words::Analyzers;

/// Memory of the writer, of which Tantivy wants 15 MB at least.
const WRITER_BYTES: usize = 24_000_000;

/// BM25 in a folder. Any number of processes may search it, one writes.
pub struct LexicalIndex {
    dir: PathBuf,
    index: Index,
    reader: IndexReader,
    fields: Fields,
    opening: Opening,
    analyzers: Analyzers,
    /// Opened by the first change, so that searching doesn't lock the folder.
    writer: Mutex<Option<IndexWriter>>,
}

impl LexicalIndex {
    /// Opens the index in `dir`, or makes one. Blocking. What can't be loaded is moved aside:
    /// see [`opening`](Self::opening).
    pub fn open(dir: &Path) -> Result<Self> {
        let ((index, reader), opening) = guard::open(
            dir,
            |current| {
                let index = Index::open_in_dir(current).map_err(|error| error.to_string())?;
                if index.schema() != schema::schema() {
                    return Err("another version of the program made it".to_owned());
                }
                with_reader(index).map_err(|error| error.to_string())
            },
            |current| {
                std::fs::create_dir_all(current).map_err(RetrievalError::io(current))?;
                let index = Index::create_in_dir(current, schema::schema())?;
                Ok(with_reader(index)?)
            },
        )?;
        Ok(Self {
            dir: dir.to_path_buf(),
            reader,
            fields: Fields::of(&index.schema())?,
            opening,
            analyzers: Analyzers::new(),
            writer: Mutex::new(None),
            index,
        })
    }

    /// How the index was found; whether it has to be rebuilt.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Adds the versions that the rows belong to, replacing what the index held of them, and
    /// removes others. A version's rows have to come together. Searches see it on return.
    /// Blocking.
    pub fn apply(&self, upserts: &[IndexRow], removes: &[VersionId]) -> Result<()> {
        self.write(upserts, removes, None)
    }

    /// [`apply`](Self::apply), and in the same commit moves the [`cursor`](Self::cursor).
    pub fn apply_up_to(
        &self,
        upserts: &[IndexRow],
        removes: &[VersionId],
        cursor: i64,
    ) -> Result<()> {
        self.write(upserts, removes, Some(cursor))
    }

    /// Up to which entry of the outbox the index follows; 0 when nothing was applied.
    pub fn cursor(&self) -> Result<i64> {
        let payload = self.index.load_metas()?.payload;
        Ok(payload
            .and_then(|payload| payload.parse().ok())
            .unwrap_or(0))
    }

    /// Removes everything, the cursor too. Blocking.
    pub fn clear(&self) -> Result<()> {
        self.with_writer(|writer| {
            writer.delete_all_documents()?;
            let mut commit = writer.prepare_commit()?;
            commit.set_payload("0");
            commit.commit()?;
            Ok(())
        })
    }

    /// How many passages the index holds, of every scope and day.
    pub fn count(&self) -> Result<u64> {
        let passages = search::term_query(Term::from_field_text(self.fields.kind, schema::PASSAGE));
        Ok(self.reader.searcher().search(&*passages, &Count)? as u64)
    }

    fn write(
        &self,
        upserts: &[IndexRow],
        removes: &[VersionId],
        cursor: Option<i64>,
    ) -> Result<()> {
        let cursor = match cursor {
            Some(cursor) => cursor,
            None => self.cursor()?,
        };
        let mut versions: BTreeMap<&VersionId, Vec<&IndexRow>> = BTreeMap::new();
        for row in upserts {
            versions.entry(&row.version).or_default().push(row);
        }
        let mut analyzers = self.analyzers.clone();
        self.with_writer(|writer| {
            for version in removes.iter().chain(versions.keys().copied()) {
                writer.delete_term(Term::from_field_text(self.fields.version, version.as_str()));
            }
            for rows in versions.values() {
                for &row in rows {
                    writer.add_document(self.fields.passage(row))?;
                }
                if let Some(document) = self.fields.document(rows, &mut analyzers) {
                    writer.add_document(document)?;
                }
            }
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&cursor.to_string());
            commit.commit()?;
            Ok(())
        })
    }

    /// Changes the index; a change that fails is undone as a whole.
    fn with_writer(
        &self,
        change: impl FnOnce(&mut IndexWriter) -> tantivy::Result<()>,
    ) -> Result<()> {
        let mut held = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match held.take() {
            Some(writer) => writer,
            None => self.open_writer()?,
        };
        // A writer that failed isn't kept: what it had collected goes with it.
        change(&mut writer)?;
        *held = Some(writer);
        drop(held);
        self.reader.reload()?;
        Ok(())
    }

    fn open_writer(&self) -> Result<IndexWriter> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        self.index
            .writer_with_options(options)
            .map_err(|error| match error {
                TantivyError::LockFailure(..) => RetrievalError::InUse {
                    path: self.dir.clone(),
                },
                error => error.into(),
            })
    }
}

fn with_reader(index: Index) -> tantivy::Result<(Index, IndexReader)> {
    schema::register(&index);
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    Ok((index, reader))
}
