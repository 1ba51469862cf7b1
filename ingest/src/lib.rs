//! A document's way in: kept by content, recognised, read in caged child processes, split into
//! passages, embedded, committed, and followed into the indexes. What an archive or a mail holds
//! becomes documents of its own, which go the same way.
//!
//! ```text
//! file -> Originals -> detect -> cage::read -> passages::split -> Embedder -> Store::commit_version
//!   ^                            cage::unpack     language                          | outbox
//!   |                            (children) |     proposals        Follower -> Tantivy, Qdrant
//!   +------------- each part ---------------+
//! ```
//!
//! Only the child process ([`cage::child_main`]) touches a file's bytes beyond the first few,
//! which [`detect`] looks at. What a file does to its parser costs that file alone.

pub mod cage;
mod detect;
mod error;
mod failure;
mod follower;
pub mod language;
pub mod names;
mod originals;
pub mod parse;
pub mod passages;
mod proposals;
mod worker;

pub use detect::{Format, HEAD_BYTES, Unsupported, detect};
pub use error::{IngestError, Result};
pub use failure::ParseFailure;
pub use follower::{Counts, Follower};
pub use inhouse_protocol::FailureCause as Cause;
pub use originals::Originals;
pub use parse::Parsed;
pub use worker::{Ingested, Worker};
