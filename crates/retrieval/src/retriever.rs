//! The search behind a question: both indexes in parallel, fused, with signals for the rules.
//!
//! A question often says which document it is about and then what it asks. Both are searched
//! for: all documents with the whole text, and the documents it names with the part that asks.
//! How sure the naming is decides how much each counts.

use crate::embedder::Embedder;
use crate::error::Result;
use crate::fusion::{Ranked, fuse};
use crate::lexical::LexicalIndex;
use crate::question::asking_part;
use crate::signals::{Features, features};
use crate::vector::{VectorFilter, VectorIndex};
use inhouse_protocol::{DocumentId, PassageId};
use inhouse_store::Scope;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// [`LexicalIndex::named`]'s number under which a document isn't taken to be meant, and from
/// which on it surely is. On 343 questions that name their contract it is over 2 for all but one
/// in twenty; on 740 that name none, under 1 for as many.
const NAMED_FROM: f32 = 0.75;
const NAMED_SURELY: f32 = 2.0;

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

/// What the lexical index says.
struct Lexical {
    named: Vec<DocumentId>,
    /// In 0..=1.
    sureness: f32,
    whole: List,
    asked: List,
    attainable: f32,
    ms: f64,
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
        let asked_text = asking_part(&query.text).map(ToOwned::to_owned);
        let (lexical, embedded) = tokio::join!(
            self.search_lexical(scope, query, asked_text.clone()),
            self.embed(query, asked_text)
        );
        let (lexical, (whole_vector, asked_vector, embed_ms)) = (lexical?, embedded?);
        let dense_started = Instant::now();
        let (whole_weight, asked_weight) = if query.document.is_some() && asked_vector.is_none() {
            (1.0, 0.0)
        } else {
            weights(lexical.sureness, asked_vector.is_some())
        };
        let question = asked_vector.as_deref().unwrap_or(&whole_vector);
        let (whole_dense, asked_dense) = tokio::join!(
            self.nearest(scope, &whole_vector, query.document.as_slice(), 1.0),
            self.nearest(scope, question, &lexical.named, asked_weight)
        );
        let (whole_dense, asked_dense) = (whole_dense?, asked_dense?);
        let dense_ms = milliseconds(dense_started);

        let RetrievalSettings {
            lexical_weight,
            dense_weight,
            rrf_k,
            ..
        } = self.settings;
        let fused = fuse(
            &[
                Ranked {
                    list: &asked_dense,
                    weight: asked_weight * dense_weight,
                },
                Ranked {
                    list: &whole_dense,
                    weight: whole_weight * dense_weight,
                },
                Ranked {
                    list: &lexical.asked,
                    weight: asked_weight * lexical_weight,
                },
                Ranked {
                    list: &lexical.whole,
                    weight: whole_weight * lexical_weight,
                },
            ],
            rrf_k.max(0.0),
        );
        // What is asked says more than the whole text, where it is searched for by itself.
        let dense = scores(&[&whole_dense, &asked_dense]);
        let bm25 = scores(&[&lexical.whole, &lexical.asked]);
        let mut features = if asked_weight > 0.0 {
            features(&asked_dense, &lexical.asked, lexical.attainable)
        } else {
            features(&whole_dense, &lexical.whole, lexical.attainable)
        };
        features.named = lexical.sureness;
        features.candidates = fused.len();
        let hits = fused.into_iter().take(query.limit);
        let hits = hits.map(|(passage, score)| Hit {
            score,
            lexical: bm25.get(&passage).copied(),
            dense: dense.get(&passage).copied(),
            passage,
        });
        Ok(Found {
            hits: hits.collect(),
            features,
            timings: Timings {
                embed_ms,
                lexical_ms: lexical.ms,
                dense_ms,
                total_ms: milliseconds(started),
            },
            vector: whole_vector,
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

    /// The vectors of the whole text and of the part that asks, and the milliseconds they took.
    async fn embed(
        &self,
        query: &Query,
        asked: Option<String>,
    ) -> Result<(Vec<f32>, Option<Vec<f32>>, f64)> {
        let started = Instant::now();
        let embedder = self.embedder.clone();
        let (text, given) = (query.text.clone(), query.vector.clone());
        tokio::task::spawn_blocking(move || {
            let whole = match given {
                Some(vector) => vector,
                None => embedder.embed_one(&text)?,
            };
            let asked = asked.map(|asked| embedder.embed_one(&asked)).transpose()?;
            Ok((whole, asked, milliseconds(started)))
        })
        .await?
    }

    async fn search_lexical(
        &self,
        scope: &Scope,
        query: &Query,
        asked: Option<String>,
    ) -> Result<Lexical> {
        let started = Instant::now();
        let index = Arc::clone(&self.lexical);
        let (scope, query) = (scope.clone(), query.clone());
        let candidates = self.settings.candidates;
        tokio::task::spawn_blocking(move || {
            let (named, sureness) = match &query.document {
                Some(document) => (vec![document.clone()], 1.0),
                None => named(&index.named(&scope, &query.text, NAMED_MOST)?),
            };
            let whole = index.search(&scope, &query.text, query.document.as_slice(), candidates)?;
            let question = asked.as_deref().unwrap_or(&query.text);
            let apart = asked.is_some() || (sureness > 0.0 && query.document.is_none());
            let asked = if apart {
                index.search(&scope, question, &named, candidates)?
            } else {
                Vec::new()
            };
            Ok(Lexical {
                attainable: index.attainable(question)?,
                named,
                sureness,
                whole,
                asked,
                ms: milliseconds(started),
            })
        })
        .await?
    }

    /// The passages nearest to `vector`, none if they count nothing.
    async fn nearest(
        &self,
        scope: &Scope,
        vector: &[f32],
        documents: &[DocumentId],
        weight: f32,
    ) -> Result<List> {
        if weight <= 0.0 {
            return Ok(Vec::new());
        }
        let filter = VectorFilter {
            scope: scope.clone(),
            documents: documents.to_vec(),
        };
        self.vectors
            .search(vector, &filter, self.settings.candidates)
            .await
    }
}

/// Which documents are meant, and how surely.
fn named(found: &[(DocumentId, f32)]) -> (Vec<DocumentId>, f32) {
    let most = found.first().map_or(0.0, |(_, score)| *score);
    let sureness = ((most - NAMED_FROM) / (NAMED_SURELY - NAMED_FROM)).clamp(0.0, 1.0);
    if sureness <= 0.0 {
        return (Vec::new(), 0.0);
    }
    let near = found
        .iter()
        .filter(|(_, score)| *score >= most * NAMED_SHARE)
        .map(|(document, _)| document.clone());
    (near.collect(), sureness)
}

/// What the whole text's legs count, and those of what is asked.
fn weights(sureness: f32, asks_apart: bool) -> (f32, f32) {
    let asked = if asks_apart {
        ASKING_WHERE_UNNAMED + (1.0 - ASKING_WHERE_UNNAMED) * sureness
    } else {
        sureness
    };
    (1.0 - (1.0 - WHOLE_WHERE_NAMED) * sureness, asked)
}

/// Each passage's score, a later list's before an earlier one's.
fn scores(lists: &[&List]) -> HashMap<PassageId, f32> {
    lists.iter().flat_map(|list| list.iter().cloned()).collect()
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
