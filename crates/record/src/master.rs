//! Master keys wrap the keys of people; they come from a file or a setting, never from the
//! database, so that a copy of the database alone opens nothing.
//!
//! The first key wraps, all unwrap: a new one is put before the old one, and the old one is taken
//! away once everything was wrapped anew.

use crate::cipher::{self, DataKey, KEY_BYTES, SealError};
use crate::keyfile::{self, KeyError};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Keeps a wrapped key from being taken for anything else that was sealed.
const PURPOSE: &str = "inhouse subject key";
const EXPECTED: &str = "not a master key; one is 32 random bytes in base64";

/// The master keys of an instance; never none. Cheap to clone.
///
/// Those of a file also know the keys that are put there later, so that a running process goes on
/// to unwrap what another one wrapped with a new key.
#[derive(Clone)]
pub struct MasterKeys(Arc<Masters>);

struct Masters {
    keys: Vec<Master>,
    /// Where they came from.
    file: Option<PathBuf>,
    /// Keys that the file got since then.
    later: RwLock<Vec<Master>>,
}

#[derive(Clone)]
struct Master {
    id: String,
    key: [u8; KEY_BYTES],
}

/// A person's key as it is stored: the columns of `subject_keys`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The id of the master key that wrapped it.
    pub master: String,
    /// The key, encrypted, in base64.
    pub wrapped: String,
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.0.keys.iter().map(|master| &master.id).collect();
        f.debug_struct("MasterKeys")
            .field("ids", &ids)
            .finish_non_exhaustive()
    }
}

impl MasterKeys {
    /// Reads the keys of `path`; where there is no such file, makes it with one fresh key,
    /// readable by its owner only.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let text = keyfile::read_or_create(path, Self::fresh_line)?;
        let keys = parse_all(&text, &path.display().to_string())?;
        Ok(Self::new(keys, Some(path.to_owned())))
    }

    /// Keys out of a text: one or more of 32 bytes in base64 (either alphabet), the first wraps.
    /// `place` says where the text is from, for errors.
    pub fn parse(text: &str, place: &str) -> Result<Self, KeyError> {
        Ok(Self::new(parse_all(text, place)?, None))
    }

    fn new(keys: Vec<Master>, file: Option<PathBuf>) -> Self {
        Self(Arc::new(Masters {
            keys,
            file,
            later: RwLock::default(),
        }))
    }

    /// Keys that are kept nowhere: for tests and for what stores nothing.
    pub fn ephemeral() -> Self {
        let mut key = [0; KEY_BYTES];
        aws_lc_rs::rand::fill(&mut key)
            .expect("AWS-LC ends the process itself where the system has no randomness");
        Self::new(vec![Master::new(key)], None)
    }

    /// A new key as a line of the file, to be put first.
    pub fn fresh_line() -> Result<String, KeyError> {
        let mut key = [0; KEY_BYTES];
        aws_lc_rs::rand::fill(&mut key).map_err(|_| KeyError::NotMade)?;
        Ok(STANDARD.encode(key))
    }

    /// The id of the key that wraps: the first 6 bytes of its SHA-256, in hex.
    pub fn current(&self) -> &str {
        &self.0.keys[0].id
    }

    /// Wraps a person's key with the current master key.
    pub fn wrap(&self, user: &str, key: &DataKey) -> Result<Wrapped, SealError> {
        let master = &self.0.keys[0];
        Ok(Wrapped {
            master: master.id.clone(),
            wrapped: cipher::seal(&master.key, [PURPOSE, user], key.bytes())?,
        })
    }

    /// Unwraps a person's key with the master key that wrapped it.
    pub fn unwrap(&self, user: &str, wrapped: &Wrapped) -> Result<DataKey, SealError> {
        let master = self
            .0
            .find(&wrapped.master)
            .ok_or_else(|| SealError::UnknownMaster(wrapped.master.clone()))?;
        let key = cipher::open(&master.key, [PURPOSE, user], &wrapped.wrapped)?;
        DataKey::from_bytes(&key)
    }
}

impl Masters {
    fn find(&self, id: &str) -> Option<Master> {
        if let Some(master) = named(&self.keys, id) {
            return Some(master);
        }
        let later = self.later.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(master) = named(&later, id) {
            return Some(master);
        }
        drop(later);
        let text = std::fs::read_to_string(self.file.as_ref()?).ok()?;
        let keys = parse_all(&text, "").ok()?;
        let found = named(&keys, id);
        *self.later.write().unwrap_or_else(PoisonError::into_inner) = keys;
        found
    }
}

fn named(keys: &[Master], id: &str) -> Option<Master> {
    keys.iter().find(|master| master.id == id).cloned()
}

impl Master {
    fn new(key: [u8; KEY_BYTES]) -> Self {
        Self {
            id: hex::encode(&Sha256::digest(key)[..6]),
            key,
        }
    }
}

fn parse_all(text: &str, place: &str) -> Result<Vec<Master>, KeyError> {
    let masters: Vec<_> = keyfile::lines(text)
        .map(|(line, key)| {
            let master = parse_key(key).map(Master::new);
            master.ok_or_else(|| KeyError::Malformed {
                place: place.to_owned(),
                line,
                expected: EXPECTED,
            })
        })
        .collect::<Result<_, _>>()?;
    if masters.is_empty() {
        return Err(KeyError::Empty {
            place: place.to_owned(),
        });
    }
    Ok(masters)
}

fn parse_key(text: &str) -> Option<[u8; KEY_BYTES]> {
    let bytes = STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')))
        .ok()?;
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_opens_what_the_key_sealed() {
        let masters = MasterKeys::ephemeral();
        let key = DataKey::fresh().expect("a key");
        let sealed = key.seal("u1", "audit", b"emil").expect("sealed");
        let wrapped = masters.wrap("u1", &key).expect("wrapped");
        assert_eq!(wrapped.master, masters.current());
        let again = masters.unwrap("u1", &wrapped).expect("unwrapped");
        assert_eq!(again.open("u1", "audit", &sealed).expect("open"), b"emil");
        let another = masters.unwrap("u2", &wrapped);
        assert_eq!(another.err(), Some(SealError::Refused));
    }

    #[test]
    fn after_a_rotation_old_keys_unwrap_and_the_new_one_wraps() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("master.keys");
        let old = MasterKeys::load_or_create(&path).expect("made");
        let key = DataKey::fresh().expect("a key");
        let wrapped = old.wrap("u1", &key).expect("wrapped");

        let line = MasterKeys::fresh_line().expect("a key");
        keyfile::put_first(&path, &line).expect("written");
        let new = MasterKeys::load_or_create(&path).expect("read");
        assert_ne!(new.current(), old.current());
        let again = new.unwrap("u1", &wrapped).expect("unwrapped");
        let rewrapped = new.wrap("u1", &again).expect("wrapped");
        assert_eq!(rewrapped.master, new.current());
        // A process that has run since before finds the new key in the file.
        assert!(old.unwrap("u1", &rewrapped).is_ok());
        let others = MasterKeys::ephemeral();
        assert_eq!(
            others.unwrap("u1", &rewrapped).err(),
            Some(SealError::UnknownMaster(new.current().to_owned()))
        );
    }

    #[test]
    fn a_text_that_is_no_key_is_refused_with_its_line() {
        let error = MasterKeys::parse("# ours\nabcd\n", "k").expect_err("too short");
        assert!(error.to_string().starts_with("k, line 2"), "{error}");
        let error = MasterKeys::parse("# none\n", "k").expect_err("empty");
        assert!(matches!(error, KeyError::Empty { .. }));
    }

    #[test]
    fn both_alphabets_of_base64_are_read() {
        let standard = STANDARD.encode([0xfb; KEY_BYTES]);
        let url = URL_SAFE_NO_PAD.encode([0xfb; KEY_BYTES]);
        let one = MasterKeys::parse(&standard, "k").expect("a key");
        let two = MasterKeys::parse(&url, "k").expect("a key");
        assert_eq!(one.current(), two.current());
    }

    #[test]
    fn keys_show_their_ids_alone() {
        let line = MasterKeys::fresh_line().expect("a key");
        let keys = MasterKeys::parse(&line, "k").expect("a key");
        assert!(!format!("{keys:?}").contains(&line));
    }
}
