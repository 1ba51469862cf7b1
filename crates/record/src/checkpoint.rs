//! A checkpoint: a signature over the newest record's number and hash, and with it over all
//! records before. Kept outside of the database, it shows when the chain was computed anew.
//!
//! What is signed (Ed25519) is this text, each line ended by a line feed:
//!
//! ```text
//! inhouse checkpoint 1
//! seq 1200
//! hash 64 characters of hex
//! at 1777885200000
//! key 12 characters of hex
//! ```

use crate::signing::{PublicKeys, SignError, SigningKeys};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A signed statement about the chain; a line of JSON wherever it is written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The newest record when it was made.
    pub seq: i64,
    /// That record's hash.
    pub hash: String,
    /// When it was made, milliseconds since 1970.
    pub at: i64,
    /// The id of the key that signed.
    pub key_id: String,
    /// Ed25519, in base64.
    pub signature: String,
}

/// Why a checkpoint vouches for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The key that signed isn't among those trusted.
    #[error("the checkpoint of record {seq} is signed with the key {key_id}, which isn't trusted")]
    UnknownKey {
        /// The record it is for.
        seq: i64,
        /// The key it names.
        key_id: String,
    },
    /// The signature isn't the key's.
    #[error("the checkpoint of record {seq} carries a signature that isn't its key's")]
    Forged {
        /// The record it is for.
        seq: i64,
    },
    /// A line of a file of checkpoints isn't one.
    #[error("line {line} holds no checkpoint")]
    Malformed {
        /// Counted from 1.
        line: usize,
    },
}

impl Checkpoint {
    /// Signs that the newest record is `seq` with `hash`, at `at` (milliseconds since 1970).
    pub fn sign(keys: &SigningKeys, seq: i64, hash: &str, at: i64) -> Result<Self, SignError> {
        let mut checkpoint = Self {
            seq,
            hash: hash.to_owned(),
            at,
            key_id: keys.key_id(),
            signature: String::new(),
        };
        checkpoint.signature = STANDARD.encode(keys.sign(checkpoint.text().as_bytes())?);
        Ok(checkpoint)
    }

    /// Whether one of `trusted` signed it.
    pub fn verify(&self, trusted: &PublicKeys) -> Result<(), CheckpointError> {
        let key = trusted
            .find(&self.key_id)
            .ok_or_else(|| CheckpointError::UnknownKey {
                seq: self.seq,
                key_id: self.key_id.clone(),
            })?;
        let signature = STANDARD.decode(&self.signature).unwrap_or_default();
        if key.verifies(self.text().as_bytes(), &signature) {
            Ok(())
        } else {
            Err(CheckpointError::Forged { seq: self.seq })
        }
    }

    /// The checkpoints of a file, one a line, by the record they are for.
    pub fn parse_lines(text: &str) -> Result<Vec<Self>, CheckpointError> {
        let mut checkpoints = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let checkpoint = serde_json::from_str(line)
                .map_err(|_| CheckpointError::Malformed { line: index + 1 })?;
            checkpoints.push(checkpoint);
        }
        checkpoints.sort_by_key(|checkpoint: &Self| checkpoint.seq);
        Ok(checkpoints)
    }

    fn text(&self) -> String {
        let Self {
            seq,
            hash,
            at,
            key_id,
            ..
        } = self;
        format!("inhouse checkpoint 1\nseq {seq}\nhash {hash}\nat {at}\nkey {key_id}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_refused_once_anything_in_it_is_changed() {
        let line = SigningKeys::fresh_line().expect("a key");
        let keys = SigningKeys::parse(&line, "k").expect("a key");
        let made = Checkpoint::sign(&keys, 12, "ab", 1_000).expect("signed");
        let trusted = keys.public_keys();
        assert_eq!(made.verify(trusted), Ok(()));
        let change = |change: fn(&mut Checkpoint)| {
            let mut changed = made.clone();
            change(&mut changed);
            changed.verify(trusted)
        };
        let forged = |seq| Err(CheckpointError::Forged { seq });
        assert_eq!(change(|c| c.seq = 13), forged(13));
        assert_eq!(change(|c| c.hash = "cd".into()), forged(12));
        assert_eq!(change(|c| c.at = 2_000), forged(12));
        assert_eq!(change(|c| c.signature = "AAAA".into()), forged(12));
        assert_eq!(change(|c| c.signature.clear()), forged(12));
        assert!(matches!(
            change(|c| c.key_id = "00".into()),
            Err(CheckpointError::UnknownKey { .. })
        ));
    }

    #[test]
    fn checkpoints_are_read_back_in_order() {
        let line = SigningKeys::fresh_line().expect("a key");
        let keys = SigningKeys::parse(&line, "k").expect("a key");
        let made = [9, 3].map(|seq| Checkpoint::sign(&keys, seq, "ab", 1).expect("signed"));
        let text = made
            .iter()
            .map(|checkpoint| serde_json::to_string(checkpoint).expect("JSON") + "\n")
            .collect::<String>();
        let read = Checkpoint::parse_lines(&text).expect("two");
        assert_eq!(read, [made[1].clone(), made[0].clone()]);
        assert_eq!(
            Checkpoint::parse_lines("\n{}\n"),
            Err(CheckpointError::Malformed { line: 2 })
        );
    }
}
