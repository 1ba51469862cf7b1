//! What a search is asked and what it gives.

use crate::signals::Features;
use inhouse_protocol::{DocumentId, PassageId};
use serde::{Deserialize, Serialize};

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
    /// The part of the text that asks.
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
