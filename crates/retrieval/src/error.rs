//! What can go wrong while searching or indexing.

use std::path::PathBuf;

/// A failure of retrieval. The message says what happened and, where a person can act, what to do.
#[derive(Debug, thiserror::Error)]
pub enum RetrievalError {
    /// A model's file or the runtime's library is not where it should be.
    #[error("{what} is not at {}; fetch it with deploy/fetch-models or set its path", path.display())]
    ModelMissing {
        /// What the file is, for people.
        what: &'static str,
        path: PathBuf,
    },
    /// ONNX Runtime or the model could not be loaded.
    #[error("the embedding model could not be loaded: {0}")]
    Load(String),
    /// The model failed on a text.
    #[error("embedding failed: {0}")]
    Embedding(String),
    /// A vector has another length than the index.
    #[error(
        "vectors of {found} dimensions don't fit an index of {expected}; \
         after a change of the embedding model the documents have to be embedded again"
    )]
    Dimensions { expected: usize, found: usize },
    /// An identifier that the index needs as a UUID isn't one.
    #[error("'{0}' is not a UUID")]
    Id(String),
    /// Another process has the index open.
    #[error("the index at {} is in use by another process", path.display())]
    InUse { path: PathBuf },
    /// The embedded vector index failed.
    #[error("the vector index failed: {0}")]
    Edge(String),
    /// The Qdrant server failed or can't be reached.
    #[error("the Qdrant server failed: {0}")]
    Qdrant(#[from] Box<qdrant_client::QdrantError>),
    /// The lexical index failed.
    #[error("the lexical index failed: {0}")]
    Lexical(#[from] tantivy::TantivyError),
    /// A file of an index could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    /// A search's thread ended without a result.
    #[error("a search was interrupted: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// The result of retrieval.
pub type Result<T> = std::result::Result<T, RetrievalError>;

impl RetrievalError {
    /// For `map_err` on an operation upon `path`.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

impl From<qdrant_client::QdrantError> for RetrievalError {
    fn from(error: qdrant_client::QdrantError) -> Self {
        Self::Qdrant(Box::new(error))
    }
}
