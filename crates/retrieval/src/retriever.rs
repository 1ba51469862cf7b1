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
use crate::request::{Aim, Found, Hit, Query, RetrievalSettings, Timings};
use crate::signals::{Features, features};
use crate::standing::{Background, WORDS_DEPTH, telling};
use crate::vector::{VectorFilter, VectorIndex};
use inhouse_protocol::{DocumentId, PassageId};
use inhouse_store::Scope;
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
        let (aim, concept, aim_ms) = self.aim(query, &vector).await?;
        timings.embed_ms += aim_ms;
        let meant = asking.as_ref().map_or(given, |asking| &asking.documents);
        let started_dense = Instant::now();
        let (dense, wording, asking, background) = tokio::join!(
            self.nearest(scope, &vector, given),
            self.worded(scope, &aim, meant),
            self.ask(scope, asking.as_ref(), &aim),
            self.standing(scope, &aim, meant)
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
        let first = hits.first().map(|hit| &hit.passage);
        let (words_stand_out, wording_stands_out) = background.stand_out(meant, first);
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
        let part = self.part_that_asks(query);
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
    ///
    /// Names of documents stay in it: in 'May I accept a gift?' the word that names the gifts policy
    /// is also what is asked about.
    async fn aim(&self, query: &Query, whole: &[f32]) -> Result<(Aim, f32, f64)> {
        let (text, vector, took_ms) = match self.part_that_asks(query) {
            None => (query.text.clone(), whole.to_vec(), 0.0),
            Some(part) => {
                let (vector, took_ms) = self.vector(None, part).await?;
                (part.to_owned(), vector, took_ms)
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

    fn part_that_asks<'a>(&self, query: &'a Query) -> Option<&'a str> {
        asking_part(&query.text).filter(|_| self.settings.split_question)
    }

    /// The passages nearest to the usual wording of what is asked; none where it has none.
    async fn worded(&self, scope: &Scope, aim: &Aim, documents: &[DocumentId]) -> Result<List> {
        if aim.concept.is_none() || self.settings.wording_weight <= 0.0 {
            return Ok(List::new());
        }
        self.nearest(scope, &aim.wording, documents).await
    }

    async fn ask(&self, scope: &Scope, asking: Option<&Asking>, aim: &Aim) -> Result<Legs> {
        let Some(asking) = asking else {
            return Ok(Legs::default());
        };
        let known = (asking.text == aim.text).then(|| aim.vector.clone());
        let (lexical, dense) = tokio::join!(self.with_words(scope, asking), async {
            let (vector, _) = self.vector(known, &asking.text).await?;
            self.nearest(scope, &vector, &asking.documents).await
        });
        Ok(Legs {
            text: asking.text.clone(),
            dense: dense?,
            lexical: lexical?,
            weight: asking.weight,
        })
    }

    /// How far the words and the wording of the document that is meant, or else of the first hit,
    /// stand out among all documents of the scope.
    async fn standing(&self, scope: &Scope, aim: &Aim, meant: &[DocumentId]) -> Result<Background> {
        let mut background = self.background(scope, aim, &[], BACKGROUND).await?;
        if let [document] = meant {
            // It may be too far down among all to be seen there.
            let own = self.background(scope, aim, meant, WORDS_DEPTH).await?;
            background.put_first(document, own);
        }
        Ok(background)
    }

    async fn background(
        &self,
        scope: &Scope,
        aim: &Aim,
        documents: &[DocumentId],
        limit: usize,
    ) -> Result<Background> {
        let index = Arc::clone(&self.lexical);
        let filter = VectorFilter {
            scope: scope.clone(),
            documents: documents.to_vec(),
        };
        let (inside, text) = (filter.clone(), telling(&aim.text));
        let words = tokio::task::spawn_blocking(move || {
            index.search_placed(&inside.scope, &text, &inside.documents, limit)
        });
        let wording = self.vectors.search_placed(&aim.wording, &filter, limit);
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
