//! The chain: each record's hash covers the record and the hash before it.
//!
//! # The canonical form
//!
//! A record's hash is SHA-256, in lower-case hex, over these fields in this order:
//!
//! 1. the hash of the record before, 64 characters; empty for the first record,
//! 2. `seq`, its number from 1, in decimal,
//! 3. `at`, milliseconds since 1970-01-01T00:00:00Z, in decimal,
//! 4. `actor`, 5. `action`, 6. `subject`, 7. `detail` (JSON, byte for byte as it is stored),
//! 8. `sealed`, only where it isn't empty: personal data, encrypted with the key of the person it
//!    is about. It is hashed as it stands, so that destroying the key leaves the chain whole.
//!
//! Each field is its UTF-8 bytes after their number as 8 bytes, little-endian, so that no two
//! records read the same. An export (see [`crate::export`]) holds a record a line, with exactly
//! these names and `previous` for the hash before. To check it, in Python:
//!
//! ```python
//! import hashlib, json, sys
//! before = None
//! for r in map(json.loads, open(sys.argv[1], encoding="utf-8")):
//!     fields = [r["previous"], str(r["seq"]), str(r["at"])]
//!     fields += [r[name] for name in ("actor", "action", "subject", "detail")]
//!     fields += [r["sealed"]] if r["sealed"] else []
//!     data = b"".join(len(f.encode()).to_bytes(8, "little") + f.encode() for f in fields)
//!     whole = "withheld" in r or hashlib.sha256(data).hexdigest() == r["hash"]
//!     linked = before is None or r["seq"] != before["seq"] + 1 or r["previous"] == before["hash"]
//!     before = r if whole and linked else sys.exit(f"record {r['seq']} does not fit")
//! ```
//!
//! Whoever can write the whole table can compute the whole chain anew: what stands against that
//! are checkpoints (see [`crate::Checkpoint`]), signed with a key that the database doesn't hold
//! and kept outside.

use sha2::{Digest, Sha256};

/// A record without its hash, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its place, from 1, without gaps.
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// `user:…`, `operator` or `system`.
    pub actor: &'a str,
    /// A dotted verb such as `document.add`.
    pub action: &'a str,
    /// What it was done to, as `kind:id`.
    pub subject: &'a str,
    /// JSON.
    pub detail: &'a str,
    /// A [`crate::Sealed`] as JSON, or empty.
    pub sealed: &'a str,
}

/// The hash of a record after the one whose hash is `previous` (empty for the first), in hex.
pub fn hash(previous: &str, entry: &Entry<'_>) -> String {
    let mut hash = Sha256::new();
    let (seq, at) = (entry.seq.to_string(), entry.at.to_string());
    for text in [
        previous,
        &seq,
        &at,
        entry.actor,
        entry.action,
        entry.subject,
        entry.detail,
    ] {
        field(&mut hash, text);
    }
    if !entry.sealed.is_empty() {
        field(&mut hash, entry.sealed);
    }
    hex::encode(hash.finalize())
}

fn field(hash: &mut Sha256, text: &str) {
    // The length first, so that no two records read the same.
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: Entry<'_> = Entry {
        seq: 1,
        at: 1_777_885_200_000,
        actor: "operator",
        action: "user.create",
        subject: "user:7",
        detail: "{}",
        sealed: "",
    };

    // Computed with the Python of the module's documentation: the form may never change, or every
    // log that exists would stop to verify.
    #[test]
    fn the_canonical_form_stays_what_it_is() {
        let first = hash("", &ENTRY);
        assert_eq!(first, FIRST);
        let second = Entry {
            seq: 2,
            sealed: r#"{"for":"7","data":"AAAA"}"#,
            ..ENTRY
        };
        assert_eq!(hash(&first, &second), SECOND);
    }

    const FIRST: &str = "fc8eead599110c5be06602b21115f99467051d5844edad92bb9d4779f9ac00d7";
    const SECOND: &str = "354a815b1dcf9f8f48b0fc0491fa2516caaa8066b4a10dad6dfb10be04fb23cd";

    #[test]
    fn a_character_that_moves_to_the_next_field_changes_the_hash() {
        let moved = Entry {
            action: "user.creat",
            subject: "euser:7",
            ..ENTRY
        };
        assert_ne!(hash("", &ENTRY), hash("", &moved));
    }
}
