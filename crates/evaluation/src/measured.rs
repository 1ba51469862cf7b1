//! What an evaluation keeps of a question besides its result.

use crate::metrics::{self, Gold};
use inhouse_protocol::FoundPlace;
use serde::{Deserialize, Serialize};

/// Characters read for [`inhouse_protocol::Metric::Recall4000`].
const RECALL_CHARS: usize = 4000;
/// Characters read for [`inhouse_protocol::Metric::Precision500`].
const PRECISION_CHARS: usize = 500;
/// Passages for nDCG, for a hit, and for the wrong document.
const NDCG_PLACES: usize = 10;
const HIT_PLACES: usize = 5;
const DOCUMENT_PLACES: usize = 8;

/// What the figures need that the result doesn't say. Stored as JSON; what is missing there is
/// empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// What the search found, in order.
    pub hits: Vec<FoundPlace>,
    /// The document that answers the question, or would, by the name that `hits` have.
    pub gold_document: Option<String>,
    /// Characters of that document that hold the answer: start, and one past the end.
    pub gold: Vec<(usize, usize)>,
    /// Sentences of the answer, as shown.
    pub sentences: usize,
    /// How many of them cite something.
    pub cited: usize,
    /// How many of them are the document's words in the place of a sentence that failed a check.
    pub replaced: usize,
    /// Sentences that failed a check and were left out.
    pub dropped: usize,
    /// Tokens that the model read and wrote; 0 where none was asked.
    pub tokens: u32,
    /// Duration of the search, in milliseconds; 0 where it wasn't timed.
    pub search_ms: f64,
}

impl Measured {
    /// Share of the answer's characters within the first 4,000 found; none without its place.
    pub fn recall(&self) -> Option<f64> {
        metrics::recall(&self.hits, &self.place()?, RECALL_CHARS)
    }

    /// The first passage that touches the answer's place, from 1.
    pub fn first_gold(&self) -> Option<usize> {
        metrics::first_gold(&self.hits, &self.place()?)
    }

    /// Whether one of the places cited touches the answer's; none without its place.
    pub fn cites_gold(&self, citations: &[FoundPlace]) -> Option<bool> {
        let place = self.place()?;
        Some(citations.iter().any(|cited| place.touches(cited)))
    }

    pub(crate) fn precision(&self) -> Option<f64> {
        metrics::precision(&self.hits, &self.place()?, PRECISION_CHARS)
    }

    pub(crate) fn ndcg(&self) -> Option<f64> {
        metrics::ndcg(&self.hits, &self.place()?, NDCG_PLACES)
    }

    /// 1 where a passage among the first five touches the answer's place, else 0.
    pub(crate) fn hit(&self) -> Option<f64> {
        self.place()?;
        Some(f64::from(
            self.first_gold().is_some_and(|at| at <= HIT_PLACES),
        ))
    }

    pub(crate) fn wrong_document(&self) -> Option<f64> {
        let document = self.gold_document.as_deref()?;
        Some(metrics::wrong_document(
            &self.hits,
            document,
            DOCUMENT_PLACES,
        ))
    }

    fn place(&self) -> Option<Gold<'_>> {
        let document = self.gold_document.as_deref()?;
        (self.gold.iter().any(|(start, end)| start < end)).then_some(Gold {
            document,
            spans: &self.gold,
        })
    }
}
