//! The search behind a question: both indexes in parallel, fused, with signals for the rules.
//!
//! A question often says which document it is about and then what it asks. Both are searched
//! for: all documents with the whole text, and the documents it names with the part that asks.
//! How sure the naming is decides how much each counts.

use crate::embedder::Embedder;
use crate::error::Result;
use crate::fusion::{Ranked, fuse};
use crate::lexical::{LexicalIndex, Named};
use crate::question::asking_part;
use crate::signals::{Features, features};
use crate::vector::{VectorFilter, VectorIndex};
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

/// How the legs are weighed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetrievalSettings {
    /// What a place in the lexical list counts, 0 and up.
    pub lexical_weight: f32,
    /// What a place in the list of nearest vectors counts, 0 and up.
    pub dense_weight: f32,
    /// The constant of reciprocal rank fusion: the smaller, the more the first places count.
    pub rrf_k: f32,
    /// Passages taken from each leg.
    pub candidates: usize,
}

impl Default for RetrievalSettings {
    fn default() -> Self {
        Self {
            lexical_weight: 0.7,
            dense_weight: 1.0,
            rrf_k: 15.0,
            candidates: 64,
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

/// The result of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    pub features: Features,
    pub timings: Timings,
    /// The embedding of the whole text.
    pub vector: Vec<f32>,
}

/// Searches. Cloning is cheap; the clones share the indexes.
#[derive(Clone)]
pub struct Retriever {
    embedder: Embedder,
    lexical: Arc<LexicalIndex>,
    vectors: Arc<dyn VectorIndex>,
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
            settings,
        }
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
        let (whole, asking) = tokio::join!(
            self.nearest(scope, &vector, given),
            self.ask(scope, self.asking(query, &named, sureness))
        );
        let ((dense, dense_ms), (asking, asking_timings)) = (whole?, asking?);
        timings.lexical_ms += asking_timings.lexical_ms;
        timings.embed_ms += asking_timings.embed_ms;
        timings.dense_ms += dense_ms + asking_timings.dense_ms;
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

        let (hits, candidates) = self.fuse(&asking, &whole, query.limit);
        // What is asked says more than the whole text, where it is searched for by itself.
        let legs = if asking.weight > 0.0 { &asking } else { &whole };
        let attainable = self.lexical.attainable(&legs.text)?;
        let features = Features {
            named: sureness,
            candidates,
            ..features(&legs.dense, &legs.lexical, attainable)
        };
        timings.total_ms = milliseconds(started);
        Ok(Found {
            hits,
            features,
            timings,
            vector,
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
        let candidates = self.settings.candidates;
        tokio::task::spawn_blocking(move || {
            let named = match query.document {
                Some(_) => Named::default(),
                None => index.named(&scope, &query.text, NAMED_MOST)?,
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
        let part = asking_part(&query.text);
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

    async fn ask(&self, scope: &Scope, asking: Option<Asking>) -> Result<(Legs, Timings)> {
        let mut timings = Timings::default();
        let Some(asking) = asking else {
            return Ok((Legs::default(), timings));
        };
        let (lexical, vector) = tokio::join!(
            self.with_words(scope, &asking),
            self.vector(None, &asking.text)
        );
        let ((lexical, lexical_ms), (vector, embed_ms)) = (lexical?, vector?);
        let (dense, dense_ms) = self.nearest(scope, &vector, &asking.documents).await?;
        timings.lexical_ms = lexical_ms;
        timings.embed_ms = embed_ms;
        timings.dense_ms = dense_ms;
        let legs = Legs {
            text: asking.text,
            dense,
            lexical,
            weight: asking.weight,
        };
        Ok((legs, timings))
    }

    async fn with_words(&self, scope: &Scope, asking: &Asking) -> Result<(List, f64)> {
        let started = Instant::now();
        let index = Arc::clone(&self.lexical);
        let (scope, text) = (scope.clone(), asking.text.clone());
        let (documents, candidates) = (asking.documents.clone(), self.settings.candidates);
        tokio::task::spawn_blocking(move || {
            let found = index.search(&scope, &text, &documents, candidates)?;
            Ok((found, milliseconds(started)))
        })
        .await?
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
    ) -> Result<(List, f64)> {
        let started = Instant::now();
        let filter = VectorFilter {
            scope: scope.clone(),
            documents: documents.to_vec(),
        };
        let candidates = self.settings.candidates;
        let found = self.vectors.search(vector, &filter, candidates).await?;
        Ok((found, milliseconds(started)))
    }

    /// The first `limit` of the fused lists, and how many there are.
    fn fuse(&self, asking: &Legs, whole: &Legs, limit: usize) -> (Vec<Hit>, usize) {
        let settings = self.settings;
        let ranked = |list, weight| Ranked { list, weight };
        let fused = fuse(
            &[
                ranked(&asking.dense, asking.weight * settings.dense_weight),
                ranked(&whole.dense, whole.weight * settings.dense_weight),
                ranked(&asking.lexical, asking.weight * settings.lexical_weight),
                ranked(&whole.lexical, whole.weight * settings.lexical_weight),
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
