//! The search behind a question: both indexes in parallel, fused, with signals for the rules.
//!
//! A question often says which document it is about and then what it asks. Both are searched
//! for: all documents with the whole text, and the documents it names with the part that asks.
//! How sure the naming is decides how much each counts. Where what is asked is a kind of clause,
//! its usual wording is searched for too.

use crate::concepts::Concepts;
use crate::embedder::Embedder;
use crate::error::Result;
use crate::fusion::{Ranked, fuse};
use crate::lexical::{LexicalIndex, Named};
use crate::question::asking_part;
use crate::signals::{Features, features};
use crate::standing::stands_out;
use crate::vector::{Placed, VectorFilter, VectorIndex};
use inhouse_protocol::{DocumentId, PassageId};
use inhouse_store::Scope;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// The number of [`LexicalIndex::named`] up to which a document isn't taken to be meant, and
/// from which on it surely is. Questions that name their contract by all parties and its title
/// have over 2 (of 343, all but one in twenty), those that name one party about 1; of 400 that
/// name nothing, one in ten has over one half.
const NAMED_FROM: f32 = 0.55;
const NAMED_SURELY: f32 = 1.1;

/// Documents are named together if they come this near to the surest, at most so many.
const NAMED_SHARE: f32 = 0.6;
const NAMED_MOST: usize = 4;

/// What the search of everything still counts where a document is surely named.
const WHOLE_WHERE_NAMED: f32 = 0.25;

/// What the part that asks counts by itself where no document is named.
const ASKING_WHERE_UNNAMED: f32 = 0.5;

/// Passages of all documents that tell how far one stands out.
const BACKGROUND: usize = 512;

/// How many of a document's passages tell how far its words stand out, and what is added to the
/// deviation of BM25 scores and of cosines, so that documents that are nearly alike don't seem to
/// differ.
const WORDS_DEPTH: usize = 3;
const WORDS_SOFTENING: f32 = 0.5;
const WORDING_SOFTENING: f32 = 0.02;

/// How the legs are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetrievalSettings {
    /// What a place in the lexical list counts, 0 and up.
    pub lexical_weight: f32,
    /// What a place in the list of nearest vectors counts, 0 and up.
    pub dense_weight: f32,
    /// What a place in the list of passages nearest to the usual wording counts, 0 and up.
    pub wording_weight: f32,
    /// The constant of reciprocal rank fusion: the smaller, the more the first places count.
    pub rrf_k: f32,
    /// Passages taken from each leg.
    pub candidates: usize,
    /// Search inside the documents that a question names.
    pub name_documents: bool,
    /// Search for the part of a question that asks by itself.
    pub split_question: bool,
}

impl Default for RetrievalSettings {
    fn default() -> Self {
        Self {
            lexical_weight: 0.7,
            dense_weight: 1.0,
            wording_weight: 1.0,
            rrf_k: 15.0,
            candidates: 64,
            name_documents: true,
            split_question: true,
        }
    }
}

/// What is searched for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub text: String,
    /// The text's embedding, where the caller has it already.
    pub vector: Option<Vec<f32>>,
    /// Only in this document.
    pub document: Option<DocumentId>,
    /// How many passages at most.
    pub limit: usize,
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub passage: PassageId,
    /// Relevance in 0..=1, comparable within one search only.
    pub score: f32,
    /// BM25, where the lexical leg found it.
    pub lexical: Option<f32>,
    /// Cosine similarity, where the vectors found it.
    pub dense: Option<f32>,
}

/// Where the time went, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    pub embed_ms: f64,
    pub lexical_ms: f64,
    pub dense_ms: f64,
    pub total_ms: f64,
}

/// What is asked for, apart from which document it is about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Aim {
    /// The part of the text that asks, without the names of documents.
    pub text: String,
    /// Its embedding, of length 1.
    pub vector: Vec<f32>,
    /// How clauses read that answer it, as an embedding of length 1; without a known kind of
    /// clause the same as `vector`.
    pub wording: Vec<f32>,
    /// The kind of clause, where it is a known one.
    pub concept: Option<String>,
}

/// The result of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    pub features: Features,
    pub timings: Timings,
    pub aim: Aim,
}

/// Searches. Cloning is cheap; the clones share the indexes.
#[derive(Clone)]
pub struct Retriever {
    embedder: Embedder,
    lexical: Arc<LexicalIndex>,
    vectors: Arc<dyn VectorIndex>,
    concepts: Arc<Concepts>,
    settings: RetrievalSettings,
}

type List = Vec<(PassageId, f32)>;

/// The search for what is asked, apart from that of the whole text.
struct Asking {
    text: String,
    /// The documents meant; none for all.
    documents: Vec<DocumentId>,
    weight: f32,
}

/// What one search for one text found.
#[derive(Default)]
struct Legs {
    text: String,
    dense: List,
    lexical: List,
    weight: f32,
}

impl Retriever {
    pub fn new(
        embedder: Embedder,
        lexical: Arc<LexicalIndex>,
        vectors: Arc<dyn VectorIndex>,
        settings: RetrievalSettings,
    ) -> Self {
        Self {
            embedder,
            lexical,
            vectors,
            concepts: Arc::default(),
            settings,
        }
    }

    /// Also searches for the wording of what is asked.
    #[must_use]
    pub fn with_concepts(mut self, concepts: Concepts) -> Self {
        self.concepts = Arc::new(concepts);
        self
    }

    /// The best passages of what `scope` holds, fewer than `query.limit` where there are fewer.
    pub async fn search(&self, scope: &Scope, query: &Query) -> Result<Found> {
        let started = Instant::now();
        let mut timings = Timings::default();
        let given = query.document.as_slice();
        let (lexical, vector) = tokio::join!(
            self.named_and_whole(scope, query),
            self.vector(query.vector.clone(), &query.text)
        );
        let ((named, lexical, lexical_ms), (vector, embed_ms)) = (lexical?, vector?);
        timings.lexical_ms += lexical_ms;
        timings.embed_ms += embed_ms;

        let sureness = sureness(query, &named);
        let asking = self.asking(query, &named, sureness);
        let (aim, concept, aim_ms) = self.aim(query, &vector, asking.as_ref()).await?;
        timings.embed_ms += aim_ms;
        let meant = asking.as_ref().map_or(given, |asking| &asking.documents);
        let started_dense = Instant::now();
        let (dense, wording, asking, background) = tokio::join!(
            self.nearest(scope, &vector, given),
            self.worded(scope, &aim, meant),
            self.ask(scope, asking.as_ref(), &aim.vector),
            self.background(scope, &aim)
        );
        let (dense, wording, asking, background) = (dense?, wording?, asking?, background?);
        timings.dense_ms = milliseconds(started_dense);
        let whole = Legs {
            text: query.text.clone(),
            dense,
            lexical,
            weight: if asking.weight > 0.0 {
                1.0 - (1.0 - WHOLE_WHERE_NAMED) * sureness
            } else {
                1.0
            },
        };

        let (hits, candidates) = self.fuse(&asking, &whole, &wording, query.limit);
        // What is asked says more than the whole text, where it is searched for by itself.
        let legs = if asking.weight > 0.0 { &asking } else { &whole };
        let attainable = self.lexical.attainable(&legs.text)?;
        let wording = if wording.is_empty() {
            &legs.dense
        } else {
            &wording
        };
        let (words_stand_out, wording_stands_out) =
            background.standing(meant, hits.first(), &legs.lexical, wording);
        let features = Features {
            named: sureness,
            candidates,
            words_stand_out,
            wording_stands_out,
            concept,
            ..features(&legs.dense, &legs.lexical, attainable)
        };
        timings.total_ms = milliseconds(started);
        Ok(Found {
            hits,
            features,
            timings,
            aim,
        })
    }

    pub fn embedder(&self) -> &Embedder {
        &self.embedder
    }

    pub fn lexical(&self) -> &Arc<LexicalIndex> {
        &self.lexical
    }

    pub fn vectors(&self) -> &Arc<dyn VectorIndex> {
        &self.vectors
    }

    pub fn settings(&self) -> RetrievalSettings {
        self.settings
    }

    /// The documents that the text names, the passages with its words, and the milliseconds.
    async fn named_and_whole(&self, scope: &Scope, query: &Query) -> Result<(Named, List, f64)> {
        let started = Instant::now();
        let index = Arc::clone(&self.lexical);
        let (scope, query) = (scope.clone(), query.clone());
        let (candidates, by_name) = (self.settings.candidates, self.settings.name_documents);
        tokio::task::spawn_blocking(move || {
            let named = match query.document {
                None if by_name => index.named(&scope, &query.text, NAMED_MOST)?,
                _ => Named::default(),
            };
            let given = query.document.as_slice();
            let whole = index.search(&scope, &query.text, given, candidates)?;
            Ok((named, whole, milliseconds(started)))
        })
        .await?
    }

    /// What to search for besides the whole text: the part that asks, in the documents that are
    /// meant, without their names.
    fn asking(&self, query: &Query, named: &Named, sureness: f32) -> Option<Asking> {
        let part = asking_part(&query.text).filter(|_| self.settings.split_question);
        if sureness <= 0.0 || query.document.is_some() {
            // The documents are the same as for the whole text.
            return part.map(|part| Asking {
                text: part.to_owned(),
                documents: query.document.clone().into_iter().collect(),
                weight: ASKING_WHERE_UNNAMED + (1.0 - ASKING_WHERE_UNNAMED) * sureness,
            });
        }
        let text = part.unwrap_or(&query.text);
        let surest = named.documents.first().map_or(0.0, |(_, number)| *number);
        let meant = named.documents.iter();
        let meant = meant.filter(|(_, number)| *number >= surest * NAMED_SHARE);
        Some(Asking {
            text: self
                .lexical
                .without(text, &named.words)
                .unwrap_or_else(|| text.to_owned()),
            documents: meant.map(|(document, _)| document.clone()).collect(),
            weight: if part.is_some() {
                ASKING_WHERE_UNNAMED + (1.0 - ASKING_WHERE_UNNAMED) * sureness
            } else {
                sureness
            },
        })
    }

    /// What is asked for, the similarity of its concept, and the milliseconds of embedding it.
    async fn aim(
        &self,
        query: &Query,
        whole: &[f32],
        asking: Option<&Asking>,
    ) -> Result<(Aim, f32, f64)> {
        let (text, vector, took_ms) = match asking {
            None => (query.text.clone(), whole.to_vec(), 0.0),
            Some(asking) => {
                let (vector, took_ms) = self.vector(None, &asking.text).await?;
                (asking.text.clone(), vector, took_ms)
            }
        };
        let asked = self.concepts.asked(&vector);
        let aim = Aim {
            text,
            wording: asked.map_or_else(|| vector.clone(), |asked| asked.wording.to_vec()),
            concept: asked.map(|asked| asked.concept.to_owned()),
            vector,
        };
        Ok((aim, asked.map_or(0.0, |asked| asked.similarity), took_ms))
    }

    /// The passages nearest to the usual wording of what is asked; none where it has none.
    async fn worded(&self, scope: &Scope, aim: &Aim, documents: &[DocumentId]) -> Result<List> {
        if aim.concept.is_none() || self.settings.wording_weight <= 0.0 {
            return Ok(List::new());
        }
        self.nearest(scope, &aim.wording, documents).await
    }

    async fn ask(&self, scope: &Scope, asking: Option<&Asking>, vector: &[f32]) -> Result<Legs> {
        let Some(asking) = asking else {
            return Ok(Legs::default());
        };
        let (lexical, dense) = tokio::join!(
            self.with_words(scope, asking),
            self.nearest(scope, vector, &asking.documents)
        );
        Ok(Legs {
            text: asking.text.clone(),
            dense: dense?,
            lexical: lexical?,
            weight: asking.weight,
        })
    }

    /// What all documents of the scope have for what is asked.
    async fn background(&self, scope: &Scope, aim: &Aim) -> Result<Background> {
        let index = Arc::clone(&self.lexical);
        let (all, text) = (scope.clone(), aim.text.clone());
        let words =
            tokio::task::spawn_blocking(move || index.search_placed(&all, &text, &[], BACKGROUND));
        let filter = VectorFilter {
            scope: scope.clone(),
            documents: Vec::new(),
        };
        let wording = self
            .vectors
            .search_placed(&aim.wording, &filter, BACKGROUND);
        let (words, wording) = tokio::join!(words, wording);
        Ok(Background {
            words: words??,
            wording: wording?,
        })
    }

    async fn with_words(&self, scope: &Scope, asking: &Asking) -> Result<List> {
        let index = Arc::clone(&self.lexical);
        let (scope, text) = (scope.clone(), asking.text.clone());
        let (documents, candidates) = (asking.documents.clone(), self.settings.candidates);
        let found = tokio::task::spawn_blocking(move || {
            index.search(&scope, &text, &documents, candidates)
        });
        found.await?
    }

    async fn vector(&self, given: Option<Vec<f32>>, text: &str) -> Result<(Vec<f32>, f64)> {
        let started = Instant::now();
        let vector = match given {
            Some(vector) => vector,
            None => self.embedder.query(text.to_owned()).await?,
        };
        Ok((vector, milliseconds(started)))
    }

    async fn nearest(
        &self,
        scope: &Scope,
        vector: &[f32],
        documents: &[DocumentId],
    ) -> Result<List> {
        let filter = VectorFilter {
            scope: scope.clone(),
            documents: documents.to_vec(),
        };
        let candidates = self.settings.candidates;
        self.vectors.search(vector, &filter, candidates).await
    }

    /// The first `limit` of the fused lists, and how many there are.
    fn fuse(&self, asking: &Legs, whole: &Legs, wording: &List, limit: usize) -> (Vec<Hit>, usize) {
        let settings = self.settings;
        let ranked = |list, weight| Ranked { list, weight };
        let asked = if asking.weight > 0.0 {
            asking.weight
        } else {
            whole.weight
        };
        let fused = fuse(
            &[
                ranked(&asking.dense, asking.weight * settings.dense_weight),
                ranked(&whole.dense, whole.weight * settings.dense_weight),
                ranked(&asking.lexical, asking.weight * settings.lexical_weight),
                ranked(&whole.lexical, whole.weight * settings.lexical_weight),
                // A list that isn't there must not lower the score of what the others agree on.
                ranked(
                    wording,
                    if wording.is_empty() {
                        0.0
                    } else {
                        asked * settings.wording_weight
                    },
                ),
            ],
            settings.rrf_k.max(0.0),
        );
        let dense = scores(&whole.dense, &asking.dense);
        let lexical = scores(&whole.lexical, &asking.lexical);
        let candidates = fused.len();
        let hits = fused.into_iter().take(limit).map(|(passage, score)| Hit {
            score,
            lexical: lexical.get(&passage).copied(),
            dense: dense.get(&passage).copied(),
            passage,
        });
        (hits.collect(), candidates)
    }
}

/// What all documents have for a question.
struct Background {
    /// With its words, best first.
    words: Vec<Placed>,
    /// Nearest to how such clauses read, best first.
    wording: Vec<Placed>,
}

impl Background {
    /// How far the words and the wording of the document that is meant, or else of the first hit,
    /// stand out. `words` and `wording` are what was found in the documents that are meant.
    fn standing(
        self,
        meant: &[DocumentId],
        first: Option<&Hit>,
        words: &List,
        wording: &List,
    ) -> (f32, f32) {
        if let [document] = meant {
            return (
                stands_out(
                    &own(self.words, document, words),
                    document,
                    WORDS_DEPTH,
                    WORDS_SOFTENING,
                ),
                stands_out(
                    &own(self.wording, document, wording),
                    document,
                    1,
                    WORDING_SOFTENING,
                ),
            );
        }
        let all = self.words.iter().chain(&self.wording);
        let of_first = first.and_then(|first| all.clone().find(|it| it.passage == first.passage));
        of_first.map_or((0.0, 0.0), |first| {
            let document = &first.document;
            (
                stands_out(&self.words, document, WORDS_DEPTH, WORDS_SOFTENING),
                stands_out(&self.wording, document, 1, WORDING_SOFTENING),
            )
        })
    }
}

/// What was found everywhere, with all that was found in `document` itself.
fn own(everywhere: Vec<Placed>, document: &DocumentId, inside: &List) -> Vec<Placed> {
    let inside = inside.iter().map(|(passage, score)| Placed {
        passage: passage.clone(),
        document: document.clone(),
        score: *score,
    });
    let others = everywhere
        .into_iter()
        .filter(|placed| placed.document != *document);
    inside.chain(others).collect()
}

/// How surely the question is about certain documents, in 0..=1.
fn sureness(query: &Query, named: &Named) -> f32 {
    if query.document.is_some() {
        return 1.0;
    }
    let surest = named.documents.first().map_or(0.0, |(_, number)| *number);
    ((surest - NAMED_FROM) / (NAMED_SURELY - NAMED_FROM)).clamp(0.0, 1.0)
}

/// Each passage's score, the second list's before the first one's.
fn scores(first: &List, second: &List) -> HashMap<PassageId, f32> {
    first.iter().chain(second).cloned().collect()
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
