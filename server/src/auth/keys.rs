//! The keys that sign session tokens: a file with one key a line, newest first.
//!
//! The first signs, all verify, so that a key can be rotated without signing everyone out: a new
//! line comes on top, and the old one goes after the longest session has ended.

use super::random;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use inhouse_record::{KeyError, keyfile};
use sha2::{Digest as _, Sha256};
use std::path::Path;

const KEY_BYTES: usize = 32;

/// One signing key, with the id that tokens carry.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) secret: Vec<u8>,
}

/// The keys of an instance; never empty.
#[derive(Clone)]
pub struct SessionKeys {
    keys: Vec<Key>,
}

impl std::fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SessionKeys")
            .field("count", &self.keys.len())
            .finish()
    }
}

impl SessionKeys {
    /// Reads the keys of `path`; where there is no such file, makes it with one fresh key,
    /// readable by its owner only.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let text = keyfile::read_or_create(path, fresh_key)?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, KeyError> {
        let place = || path.display().to_string();
        let keys: Vec<Key> = keyfile::lines(text)
            .map(|(line, key)| {
                Key::parse(key).ok_or_else(|| KeyError::Malformed {
                    place: place(),
                    line,
                    expected: "not a key; a key is 32 random bytes in base64url",
                })
            })
            .collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(KeyError::Empty { place: place() });
        }
        Ok(Self { keys })
    }

    /// Puts a fresh key on top of the file at `path`, which is made where there is none, and keeps
    /// the `keep` newest of the others; gives the keys as they are now. Running processes go on
    /// with the old ones until they start again.
    pub fn rotate(path: &Path, keep: usize) -> Result<Self, KeyError> {
        let mut lines = vec![fresh_key()?];
        if path.exists() {
            // A file that can't be used is not touched.
            let old = Self::load_or_create(path)?;
            let kept = old.keys.iter().take(keep);
            lines.extend(kept.map(|key| URL_SAFE_NO_PAD.encode(&key.secret)));
        }
        let text = lines.join("\n") + "\n";
        keyfile::replace(path, &text)?;
        Self::parse(&text, path)
    }

    /// How many keys there are.
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    /// All keys, the one that signs first.
    pub(super) fn all(&self) -> &[Key] {
        &self.keys
    }

    /// The key that signs.
    pub(super) fn signing(&self) -> &Key {
        &self.keys[0]
    }

    /// The key named by a token.
    pub(super) fn named(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let secret = URL_SAFE_NO_PAD.decode(text).ok()?;
        let id = hex::encode(&Sha256::digest(&secret)[..6]);
        (secret.len() >= KEY_BYTES).then_some(Self { id, secret })
    }
}

fn fresh_key() -> Result<String, KeyError> {
    let key = random::bytes::<KEY_BYTES>().map_err(|_| KeyError::NotMade)?;
    Ok(URL_SAFE_NO_PAD.encode(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_fresh_key_file_is_readable_by_its_owner_only_and_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets/session.keys");
        let made = SessionKeys::load_or_create(&path).unwrap();
        let read = SessionKeys::load_or_create(&path).unwrap();
        assert_eq!(made.signing().id, read.signing().id);
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_new_key_signs_and_the_old_one_goes_on_verifying_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.keys");
        let first = SessionKeys::load_or_create(&path).unwrap();
        let second = SessionKeys::rotate(&path, 1).unwrap();
        assert_ne!(second.signing().id, first.signing().id);
        assert!(second.named(&first.signing().id).is_some());
        let third = SessionKeys::rotate(&path, 1).unwrap();
        assert_eq!(third.count(), 2);
        assert!(third.named(&first.signing().id).is_none());
        let read = SessionKeys::load_or_create(&path).unwrap();
        assert_eq!(read.signing().id, third.signing().id);
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_key_file_that_cannot_be_read_is_not_rotated_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.keys");
        std::fs::write(&path, "not a key\n").unwrap();
        assert!(SessionKeys::rotate(&path, 1).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a key\n");
    }

    #[test]
    fn a_short_key_is_refused_with_its_line() {
        let error = SessionKeys::parse("# ours\nabcd\n", Path::new("k")).unwrap_err();
        assert!(error.to_string().starts_with("k, line 2"));
    }
}
