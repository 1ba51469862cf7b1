//! What can go wrong on our side of the way in. What is wrong with a file is a [`ParseFailure`].

use crate::failure::ParseFailure;

/// This crate's result.
pub type Result<T> = std::result::Result<T, IngestError>;

/// A failure on the way in.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("{0}")]
    Parse(#[from] ParseFailure),
    #[error("the store failed: {0}")]
    Store(#[from] inhouse_store::StoreError),
    #[error("the index failed: {0}")]
    Retrieval(#[from] inhouse_retrieval::RetrievalError),
    #[error("the file could not be read or kept: {0}")]
    Io(#[from] std::io::Error),
    #[error("'{0}' is no SHA-256 in hexadecimal")]
    NotAHash(String),
    /// The one that this process embeds with doesn't answer any more.
    #[error("another embedding model answers meanwhile")]
    ModelChanged,
    #[error("a background task ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
}
