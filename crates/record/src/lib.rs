//! The record and what makes it hold: the chain of records, the signed checkpoints that vouch for
//! it, the keys that seal what is personal in it, and exports that verify without a database.
//!
//! Plain functions over bytes and text: no SQL, no network, and of files only those of keys.

mod chain;
mod checkpoint;
mod cipher;
pub mod export;
pub mod keyfile;
mod master;
mod signing;
mod verify;

pub use chain::{Entry, hash};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use cipher::{DataKey, SealError, Sealed};
pub use keyfile::KeyError;
pub use master::{MasterKeys, Wrapped};
pub use signing::{PublicKey, PublicKeys, SignError, SigningKeys};
pub use verify::{ChainVerifier, Fault, FaultKind, Verified};

#[cfg(test)]
mod tests;
