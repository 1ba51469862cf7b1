//! The keys that sign session tokens: a file with one key a line, newest first.
//!
//! The first signs, all verify, so that a key can be rotated without signing everyone out: put a
//! new line on top, and remove the old one after the longest session has ended.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
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

/// Why the keys can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or made.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What failed.
        source: std::io::Error,
    },
    /// A line is no base64url text of 32 bytes or more.
    #[error("{path}, line {line}: not a key; a key is 32 random bytes in base64url")]
    Malformed {
        /// The file.
        path: String,
        /// Counted from 1.
        line: usize,
    },
    /// The file has no key.
    #[error("{path}: holds no key; delete it and start again to have one made")]
    Empty {
        /// The file.
        path: String,
    },
}

impl SessionKeys {
    /// Reads the keys of `path`; where there is no such file, makes it with one fresh key,
    /// readable by its owner only.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let io = |source| KeyError::Io {
            path: path.display().to_string(),
            source,
        };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let line = fresh_key().map_err(io)?;
                write_private(path, &line).map_err(io)?;
                Self::parse(&line, path)
            }
            Err(error) => Err(io(error)),
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self, KeyError> {
        let name = || path.display().to_string();
        let mut keys = Vec::new();
        for (index, line) in text.lines().map(str::trim).enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let secret = URL_SAFE_NO_PAD
                .decode(line)
                .ok()
                .filter(|bytes| bytes.len() >= KEY_BYTES)
                .ok_or_else(|| KeyError::Malformed {
                    path: name(),
                    line: index + 1,
                })?;
            let id = hex::encode(&Sha256::digest(&secret)[..6]);
            keys.push(Key { id, secret });
        }
        if keys.is_empty() {
            Err(KeyError::Empty { path: name() })
        } else {
            Ok(Self { keys })
        }
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

fn fresh_key() -> std::io::Result<String> {
    let mut bytes = [0_u8; KEY_BYTES];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(std::io::Error::other)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn write_private(path: &Path, line: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{line}")?;
    file.sync_all()
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
    fn a_short_key_is_refused_with_its_line() {
        let error = SessionKeys::parse("# ours\nabcd\n", Path::new("k")).unwrap_err();
        assert!(error.to_string().starts_with("k, line 2"));
    }
}
