//! Exports of the log that verify without the database.
//!
//! An export is a zip of these files:
//!
//! - `records.jsonl`, a [`Line`] a line (or `records.csv`, for reading);
//! - `checkpoints.jsonl`, a [`crate::Checkpoint`] a line;
//! - `manifest.json`, a [`Manifest`]: what the export holds, and SHA-256 and size of each file;
//! - `manifest.sig`, the Ed25519 signature (64 bytes) over the bytes of `manifest.json`;
//! - `public-key.pem`, the key that signed. Compare it with the one you were given elsewhere:
//!   whoever makes a false export can put a key of their own beside it.
//!
//! `openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile
//! manifest.sig` checks the signature, `sha256sum` the files, and ten lines of Python the records
//! (see the documentation of [`crate::hash`]'s module).

use crate::chain::{self, Entry};
use crate::checkpoint::Checkpoint;
use crate::signing::{PublicKey, PublicKeys, SignError, SigningKeys};
use crate::verify::{ChainVerifier, Fault, FaultKind, Verified};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::io::{self, BufRead, Read as _, Write};

/// The file of records, as JSON Lines.
pub const RECORDS: &str = "records.jsonl";
/// The file of records, as CSV.
pub const TABLE: &str = "records.csv";
/// The file of checkpoints.
pub const CHECKPOINTS: &str = "checkpoints.jsonl";
/// What the export holds.
pub const MANIFEST: &str = "manifest.json";
/// The signature over the manifest's bytes.
pub const SIGNATURE: &str = "manifest.sig";
/// The key that signed.
pub const PUBLIC_KEY: &str = "public-key.pem";

/// The form of the manifest and of the files that it names.
const FORMAT: &str = "inhouse log export 1";
/// The longest line that is read, in bytes.
const LINE_BYTES: u64 = 32 * 1024 * 1024;

/// What of a record isn't in the export, as its reader may not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// Its content: the record belongs to a restricted set.
    All,
    /// Passages of restricted sets that its detail names.
    Part,
}

/// A record in an export. `detail` and `sealed` are texts, exactly as they were hashed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its place in the log, from 1.
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// `user:…`, `operator` or `system`.
    pub actor: String,
    /// A dotted verb such as `document.add`.
    pub action: String,
    /// What it was done to, as `kind:id`.
    pub subject: String,
    /// JSON.
    pub detail: String,
    /// Personal data, encrypted; may be empty.
    pub sealed: String,
    /// Absent where the record is whole; otherwise its hash can't be computed from the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
    /// `sealed`, decrypted for the reader; no hash covers it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<Value>,
    /// The hash of the record before; empty for the first.
    pub previous: String,
    /// This record's hash.
    pub hash: String,
}

impl Line {
    /// What the hash is over.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            seq: self.seq,
            at: self.at,
            actor: &self.actor,
            action: &self.action,
            subject: &self.subject,
            detail: &self.detail,
            sealed: &self.sealed,
        }
    }
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name in the zip.
    pub name: String,
    /// SHA-256, in hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// A public key, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedKey {
    /// The first 6 bytes of its SHA-256, in hex.
    pub id: String,
    /// 32 bytes in base64.
    pub public_key: String,
}

/// What an export holds; signed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Names this form.
    pub format: String,
    /// Milliseconds since 1970.
    pub made_at: i64,
    /// `user:…` or `operator`.
    pub made_by: String,
    /// What narrowed the export; empty where nothing did.
    pub filter: Value,
    /// Every record between the first and the last is there.
    pub complete: bool,
    /// How many records.
    pub records: u64,
    /// How many of them are withheld, wholly or in part.
    pub withheld: u64,
    /// The number of the first record; none in an empty export.
    pub first: Option<i64>,
    /// The number of the last record.
    pub last: Option<i64>,
    /// The last record's hash.
    pub last_hash: Option<String>,
    /// How many checkpoints.
    pub checkpoints: u64,
    /// The files with what they hold.
    pub files: Vec<FileEntry>,
    /// The key that signed this manifest.
    pub key_id: String,
    /// Every key that signs or has signed checkpoints here.
    pub public_keys: Vec<ListedKey>,
}

impl Manifest {
    /// A manifest of an empty export, to be filled in.
    pub fn new(keys: &SigningKeys, made_at: i64, made_by: String, filter: Value) -> Self {
        let listed = keys.public_keys().iter().map(|key| ListedKey {
            id: key.id(),
            public_key: key.to_base64(),
        });
        Self {
            format: FORMAT.to_owned(),
            made_at,
            made_by,
            complete: filter.as_object().is_none_or(serde_json::Map::is_empty),
            filter,
            records: 0,
            withheld: 0,
            first: None,
            last: None,
            last_hash: None,
            checkpoints: 0,
            files: Vec::new(),
            key_id: keys.key_id(),
            public_keys: listed.collect(),
        }
    }

    /// Counts a line that was written.
    pub fn count(&mut self, line: &Line) {
        self.records += 1;
        self.withheld += u64::from(line.withheld.is_some());
        self.first.get_or_insert(line.seq);
        self.last = Some(line.seq);
        self.last_hash = Some(line.hash.clone());
    }

    /// Its bytes as they are written, and the signature over them.
    pub fn sign(&self, keys: &SigningKeys) -> Result<(Vec<u8>, Vec<u8>), ExportError> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(io::Error::from)?;
        bytes.push(b'\n');
        let signature = keys.sign(&bytes)?;
        Ok((bytes, signature))
    }

    /// Reads a manifest whose signature holds. With `trusted`, one of those keys must have made
    /// it; without, the key that it names itself, which proves nothing about who that is.
    pub fn open(
        bytes: &[u8],
        signature: &[u8],
        trusted: Option<&PublicKeys>,
    ) -> Result<Self, ExportError> {
        let manifest: Self = serde_json::from_slice(bytes)
            .ok()
            .filter(|manifest: &Self| manifest.format == FORMAT)
            .ok_or(ExportError::NoManifest)?;
        let listed = manifest.keys();
        let key = trusted
            .unwrap_or(&listed)
            .find(&manifest.key_id)
            .ok_or_else(|| ExportError::UnknownKey(manifest.key_id.clone()))?;
        if key.verifies(bytes, signature) {
            Ok(manifest)
        } else {
            Err(ExportError::Forged)
        }
    }

    /// The keys that the manifest lists.
    pub fn keys(&self) -> PublicKeys {
        let keys = self.public_keys.iter();
        keys.filter_map(|listed| PublicKey::parse(&listed.public_key))
            .collect()
    }
}

/// Why an export can't be made or doesn't hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A file can't be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The manifest isn't one.
    #[error("the manifest is none of an export of Inhouse's log")]
    NoManifest,
    /// The manifest is signed with another key.
    #[error("the manifest is signed with the key {0}, which isn't trusted")]
    UnknownKey(String),
    /// The manifest's signature isn't the key's.
    #[error("the manifest's signature doesn't hold: the manifest was changed")]
    Forged,
    /// A line of the records isn't one.
    #[error("line {0} holds no record")]
    Malformed(u64),
}

/// Writes on, and keeps count and hash of what went by.
#[derive(Debug)]
pub struct Hashed<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W> Hashed<W> {
    /// Nothing has gone by yet.
    pub fn new(inner: W) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    /// What it wrote to, and what went by as a file of this name.
    pub fn finish(self, name: &str) -> (W, FileEntry) {
        let entry = FileEntry {
            name: name.to_owned(),
            sha256: hex::encode(self.hash.finalize()),
            bytes: self.bytes,
        };
        (self.inner, entry)
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.hash.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Writes a value as a line of JSON.
pub fn write_line<T: Serialize>(out: &mut impl Write, value: &T) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// A cell of a table that no spreadsheet takes for a formula: what begins like one, also after
/// blanks, gets an apostrophe before it (OWASP, CSV injection).
pub fn cell(text: &str) -> Cow<'_, str> {
    let formula = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    let shown = text.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\0']);
    if shown.starts_with(formula) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What following a file of records came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileVerdict {
    /// Records read, up to the fault.
    pub records: u64,
    /// Records whose content isn't in the file: their place in the chain was checked alone.
    pub withheld: u64,
    /// Places where records are left out, as in an export that was narrowed.
    pub gaps: u64,
    /// Checkpoints that agreed.
    pub checkpoints: u64,
    /// The first record that doesn't fit.
    pub fault: Option<Fault>,
}

/// Follows the records of a file. With `complete` a gap is a removed record. The signatures of
/// `checkpoints` were checked by the caller; those of records that the file doesn't hold are left
/// out.
pub fn verify_lines(
    mut lines: impl BufRead,
    checkpoints: &[Checkpoint],
    complete: bool,
) -> Result<FileVerdict, ExportError> {
    let mut following = Following {
        chain: None,
        checkpoints,
        complete,
        verdict: FileVerdict::default(),
    };
    let mut text = Vec::new();
    for number in 1.. {
        text.clear();
        let read = lines
            .by_ref()
            .take(LINE_BYTES)
            .read_until(b'\n', &mut text)?;
        if read == 0 {
            break;
        }
        let line: Line =
            serde_json::from_slice(&text).map_err(|_| ExportError::Malformed(number))?;
        if let Err(fault) = following.feed(&line) {
            following.verdict.fault = Some(fault);
            return Ok(following.verdict);
        }
    }
    if let Err(fault) = following.end_run() {
        following.verdict.fault = Some(fault);
    }
    Ok(following.verdict)
}

/// The state between two lines: a chain as long as no record is left out.
struct Following<'a> {
    chain: Option<ChainVerifier>,
    checkpoints: &'a [Checkpoint],
    complete: bool,
    verdict: FileVerdict,
}

impl Following<'_> {
    fn feed(&mut self, line: &Line) -> Result<(), Fault> {
        let gap = self
            .chain
            .as_ref()
            .is_some_and(|chain| !self.complete && !chain.is_in_doubt() && line.seq > chain.next());
        if gap {
            self.end_run()?;
            self.verdict.gaps += 1;
        }
        self.verdict.records += 1;
        self.verdict.withheld += u64::from(line.withheld.is_some());
        let checkpoints = self.checkpoints;
        let chain = self.chain.get_or_insert_with(|| {
            ChainVerifier::after(line.seq - 1, &line.previous).with_checkpoints(checkpoints)
        });
        if rewrote_the_one_before(chain, line) {
            return Err(Fault {
                seq: line.seq - 1,
                kind: FaultKind::Changed,
            });
        }
        match line.withheld {
            None => chain.feed(&line.entry(), &line.hash),
            Some(_) => chain.feed_withheld(line.seq, &line.previous, &line.hash),
        }
    }

    /// The end of records that follow one another.
    fn end_run(&mut self) -> Result<(), Fault> {
        let Some(chain) = self.chain.take() else {
            return Ok(());
        };
        let Verified { checkpoints, .. } = chain.without_later_checkpoints().finish(None)?;
        self.verdict.checkpoints += checkpoints;
        Ok(())
    }
}

/// The line is whole and names another hash before it than the record there has: that one was
/// changed with its hash.
fn rewrote_the_one_before(chain: &ChainVerifier, line: &Line) -> bool {
    let linked = line.seq == chain.next() && line.previous != chain.previous();
    let whole =
        || line.withheld.is_some() || chain::hash(&line.previous, &line.entry()) == line.hash;
    linked && !chain.is_in_doubt() && whole()
}
