//! What can go wrong between a request and the last word of its answer.

use std::path::PathBuf;

/// A failure of an engine, in words an operator can act on.
#[derive(Debug, thiserror::Error)]
pub enum InferenceError {
    /// The model file isn't there.
    #[error(
        "The model file {} is missing. Run `make models` to fetch the default models, or name another file in the configuration.",
        path.display()
    )]
    ModelMissing { path: PathBuf },
    /// The model file's content isn't what the configuration or the manifest says.
    #[error(
        "The model file {} has SHA-256 {found}, but {expected} was expected. Delete it and run `make models`, or correct the checksum in the configuration.",
        path.display()
    )]
    WrongChecksum {
        path: PathBuf,
        expected: String,
        found: String,
    },
    /// The model file was found but can't be run.
    #[error("The model {} could not be loaded: {reason}", path.display())]
    Load { path: PathBuf, reason: String },
    /// The endpoint's settings make no sense.
    #[error("The inference endpoint is not configured correctly: {0}")]
    Configuration(String),
    /// As many generate and wait as may; try again later.
    #[error("The model is busy: too many questions are waiting. Try again in a moment.")]
    Busy,
    /// The inference server can't be reached, or doesn't answer in time.
    #[error("The inference server at {url} does not answer: {reason}")]
    Unreachable { url: String, reason: String },
    /// The inference server answered with an error.
    #[error("The inference server at {url} answered with status {status}: {message}")]
    Refused {
        url: String,
        /// HTTP status, 400..=599.
        status: u16,
        /// The server's own words, at most 500 characters.
        message: String,
    },
    /// The inference server sent what the protocol doesn't know.
    #[error("The inference server sent something that is not understood: {0}")]
    Protocol(String),
    /// The answer broke off before its end.
    #[error("The answer broke off: {0}")]
    Interrupted(String),
    /// The model refused the request or failed while generating.
    #[error("The model failed: {0}")]
    Failed(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
}

/// A result with an [`InferenceError`].
pub type Result<T> = std::result::Result<T, InferenceError>;
