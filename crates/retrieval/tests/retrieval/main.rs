//! Retrieval with its real parts: the embedding model, Tantivy, Qdrant Edge and a Qdrant server.

mod common;
mod lexical_index;
mod search;
mod vector_index;
