//! The lexical index: BM25 over passages, and over documents by what names them, with Tantivy.
//!
//! A question's text never reaches Tantivy's query parser: it is analyzed into words, and any
//! text at all is a valid search.

mod schema;

use crate::error::{Result, RetrievalError};
use crate::guard::{self, Opening};
use inhouse_protocol::{DocumentId, PassageId, VersionId};
use inhouse_store::{IndexRow, Scope};
use schema::Fields;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use tantivy::collector::{Count, TopDocs};
use tantivy::indexer::IndexWriterOptions;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};

/// Words of a question that are searched for; the rest is left out.
const WORDS: usize = 64;

/// What a word in the title or the headings counts, against 1 in the text.
const HEADER_WEIGHT: f32 = 0.3;

/// Memory of the writer, of which Tantivy wants 15 MB at least.
const WRITER_BYTES: usize = 24_000_000;

/// Characters of a version's beginning that go into the entry of its document: titles, parties
/// and dates stand there.
const CARD_CHARACTERS: usize = 1_500;

/// Documents from which on a word of a single one names it.
const FEW_DOCUMENTS: u64 = 20;

/// BM25's saturation, as Tantivy has it.
const K1: f32 = 1.2;

/// BM25 in a folder. Any number of processes may search it, one writes.
pub struct LexicalIndex {
    dir: PathBuf,
    index: Index,
    reader: IndexReader,
    fields: Fields,
    opening: Opening,
    analyzer: TextAnalyzer,
    /// Opened by the first change, so that searching doesn't lock the folder.
    writer: Mutex<Option<IndexWriter>>,
}

impl LexicalIndex {
    /// Opens the index in `dir`, or makes one. Blocking. What can't be loaded is moved aside:
    /// see [`opening`](Self::opening).
    pub fn open(dir: &Path) -> Result<Self> {
        let (index, opening) = guard::open(
            dir,
            |current| {
                let index = Index::open_in_dir(current).map_err(|error| error.to_string())?;
                if index.schema() != schema::schema() {
                    return Err("another version of the program made it".to_owned());
                }
                Ok(index)
            },
            |current| {
                std::fs::create_dir_all(current).map_err(RetrievalError::io(current))?;
                Ok(Index::create_in_dir(current, schema::schema())?)
            },
        )?;
        schema::register(&index);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            dir: dir.to_path_buf(),
            reader,
            fields: Fields::of(&index.schema())?,
            opening,
            analyzer: schema::analyzer(),
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

    /// How many passages the index holds, of every scope.
    pub fn count(&self) -> Result<u64> {
        let passages = term_query(Term::from_field_text(self.fields.kind, schema::PASSAGE));
        Ok(self.reader.searcher().search(&*passages, &Count)? as u64)
    }

    /// The best passages of what `scope` holds, of `documents` only unless there are none, each
    /// with its BM25 score (0 and up, comparable within one search only). Blocking: some
    /// milliseconds.
    pub fn search(
        &self,
        scope: &Scope,
        text: &str,
        documents: &[DocumentId],
        limit: usize,
    ) -> Result<Vec<(PassageId, f32)>> {
        let mut clauses = Vec::new();
        for word in self.words(text) {
            let text = term_query(Term::from_field_text(self.fields.text, &word));
            let header = term_query(Term::from_field_text(self.fields.header, &word));
            clauses.push((Occur::Should, text));
            clauses.push((Occur::Should, boost(header, HEADER_WEIGHT)));
        }
        self.find(scope, documents, clauses, limit, |found| {
            let id = text_of(found, self.fields.passage);
            PassageId::from_str(id).map_err(|_| RetrievalError::Id(id.to_owned()))
        })
    }

    /// The documents that `text` names, surest first: by the words of their file name, title and
    /// beginning that few other documents hold. The number is about how many such words there
    /// are: 2 and more is a name, under 1 is chance. Blocking: some milliseconds.
    pub fn named(&self, scope: &Scope, text: &str, limit: usize) -> Result<Vec<(DocumentId, f32)>> {
        let searcher = self.reader.searcher();
        let kind = Term::from_field_text(self.fields.kind, schema::DOCUMENT);
        let documents = searcher.doc_freq(&kind)?;
        let mut clauses = Vec::new();
        for word in self.words(text) {
            let holding = searcher.doc_freq(&Term::from_field_text(self.fields.body, &word))?;
            let rarity = rarity(holding, documents);
            if rarity > 0.0 {
                let query = term_query(Term::from_field_text(self.fields.card, &word));
                let query = Box::new(ConstScoreQuery::new(query, rarity));
                clauses.push((Occur::Should, query as Box<dyn Query>));
            }
        }
        self.find(scope, &[], clauses, limit, |found| {
            let id = text_of(found, self.fields.document);
            DocumentId::from_str(id).map_err(|_| RetrievalError::Id(id.to_owned()))
        })
    }

    /// The BM25 score that no passage can exceed for this text, header aside: what makes scores
    /// of different questions comparable.
    pub fn attainable(&self, text: &str) -> Result<f32> {
        let searcher = self.reader.searcher();
        let passages =
            searcher.doc_freq(&Term::from_field_text(self.fields.kind, schema::PASSAGE))?;
        let mut sum = 0.0;
        for word in self.words(text) {
            let holding = searcher.doc_freq(&Term::from_field_text(self.fields.text, &word))?;
            if holding > 0 {
                sum += idf(holding, passages) * (1.0 + K1);
            }
        }
        Ok(sum)
    }

    fn find<T>(
        &self,
        scope: &Scope,
        documents: &[DocumentId],
        mut clauses: Vec<(Occur, Box<dyn Query>)>,
        limit: usize,
        id: impl Fn(&TantivyDocument) -> Result<T>,
    ) -> Result<Vec<(T, f32)>> {
        if clauses.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        match scope.sets() {
            None => {}
            Some([]) => return Ok(Vec::new()),
            Some(sets) => {
                let sets = sets.iter().map(|set| set.as_str());
                clauses.push((Occur::Must, one_of(self.fields.set, sets)));
            }
        }
        if !documents.is_empty() {
            let documents = documents.iter().map(|document| document.as_str());
            clauses.push((Occur::Must, one_of(self.fields.document, documents)));
        }
        let query = BooleanQuery::with_minimum_required_clauses(clauses, 1);
        let searcher = self.reader.searcher();
        searcher
            .search(&query, &TopDocs::with_limit(limit).order_by_score())?
            .into_iter()
            .map(|(score, address)| {
                let found: TantivyDocument = searcher.doc(address)?;
                Ok((id(&found)?, score))
            })
            .collect()
    }

    /// The text's words as the index holds them, each once, the first ones of a long text.
    fn words(&self, text: &str) -> Vec<String> {
        let mut analyzer = self.analyzer.clone();
        let mut stream = analyzer.token_stream(text);
        let mut seen = HashSet::new();
        let mut words = Vec::new();
        while words.len() < WORDS && stream.advance() {
            let word = &stream.token().text;
            if seen.insert(word.clone()) {
                words.push(word.clone());
            }
        }
        words
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
        self.with_writer(|writer| {
            for version in removes.iter().chain(versions.keys().copied()) {
                writer.delete_term(Term::from_field_text(self.fields.version, version.as_str()));
            }
            for rows in versions.values() {
                for &row in rows {
                    writer.add_document(self.fields.passage(row))?;
                }
                if let Some(document) = self.fields.document(rows, CARD_CHARACTERS) {
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

fn term_query(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn boost(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, weight))
}

/// Lets through entries whose `field` is one of `values`, without counting for the score.
fn one_of<'a>(field: Field, values: impl Iterator<Item = &'a str>) -> Box<dyn Query> {
    let terms = values.map(|value| Term::from_field_text(field, value));
    Box::new(ConstScoreQuery::new(
        Box::new(TermSetQuery::new(terms)),
        0.0,
    ))
}

/// The inverse document frequency of BM25, as Tantivy computes it.
fn idf(holding: u64, all: u64) -> f32 {
    let (holding, all) = (to_f32(holding), to_f32(all));
    (1.0 + (all - holding + 0.5).max(0.0) / (holding + 0.5)).ln()
}

/// How rare a word is among the documents: 1 for a word of a single one, 0 for one that all or
/// none hold. Where there are few documents, a word of a single one says less.
fn rarity(holding: u64, documents: u64) -> f32 {
    if holding == 0 {
        return 0.0;
    }
    idf(holding, documents) / idf(1, documents.max(FEW_DOCUMENTS))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of entries, used in a ratio"
)]
fn to_f32(count: u64) -> f32 {
    count as f32
}

fn text_of(document: &TantivyDocument, field: Field) -> &str {
    document
        .get_first(field)
        .and_then(|value| value.as_str())
        .unwrap_or_default()
}
