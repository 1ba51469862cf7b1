//! Finding passages: embeddings, the lexical and the vector index, and their fusion.
//!
//! The indexes hold nothing that can't be rebuilt from the database. Every search takes a
//! [`Scope`](inhouse_store::Scope), and its filter runs inside both indexes, never after.
//!
//! - [`Embedder`]: text to vectors, with a local ONNX model.
//! - [`LexicalIndex`]: BM25 over passages and over documents, with Tantivy.
//! - [`VectorIndex`]: nearest passages, by [`EdgeIndex`] in the process or [`QdrantIndex`] on a
//!   server.
//! - [`Retriever`]: both searched in parallel, fused, with the signals that rules judge.
//! - [`Concepts`]: how clauses read that answer a kind of question.
//! - [`Topics`]: what a question is about, from example questions.

mod concepts;
mod edge;
mod embedder;
mod error;
mod fusion;
mod guard;
mod lexical;
mod qdrant;
mod question;
mod request;
mod retriever;
mod runtime;
mod signals;
mod standing;
mod topics;
mod turnstile;
mod vector;

pub use concepts::{Concept, Concepts, cosine};
pub use edge::EdgeIndex;
pub use embedder::{Embedder, EmbeddingModel};
pub use error::{Result, RetrievalError};
pub use guard::Opening;
pub use lexical::{LexicalIndex, Named};
pub use qdrant::QdrantIndex;
pub use request::{Aim, Found, Hit, Query, RetrievalSettings, Timings};
pub use retriever::Retriever;
pub use signals::Features;
pub use topics::{Topic, Topics};
pub use vector::{Placed, VectorFilter, VectorIndex, VectorPoint};
