//! A document's way in: kept by content, recognised, parsed in a caged child process, split
//! into passages, embedded, committed, and followed into the indexes.
//!
//! ```text
//! file -> Originals -> detect -> cage::parse -> passages::split -> Embedder -> Store::commit_version
//!                                (child process)                                    | outbox
//!                                                                  Follower -> Tantivy, Qdrant
//! ```
//!
//! Only the child process ([`cage::child_main`]) touches a file's bytes beyond the first few,
//! which [`detect`] looks at. What a file does to its parser costs that file alone.

pub mod cage;
mod detect;
mod error;
mod failure;
mod follower;
mod originals;
pub mod parse;
pub mod passages;
mod worker;

pub use detect::{Format, HEAD_BYTES, Unsupported, detect};
pub use error::{IngestError, Result};
pub use failure::ParseFailure;
pub use inhouse_protocol::FailureCause as Cause;
pub use follower::{Counts, Follower};
pub use originals::Originals;
pub use parse::Parsed;
pub use worker::{Ingested, Worker};
