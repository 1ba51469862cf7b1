//! Checking model files by SHA-256, remembering what was checked so that start-up stays quick.

use crate::{InferenceError, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Bytes read at once while hashing.
const READ_BYTES: usize = 1 << 20;

/// Checksums computed earlier, kept in a file beside other state. A model file is hashed again
/// only when its size or its time of change differs.
pub struct Checksums {
    file: PathBuf,
    known: BTreeMap<PathBuf, Known>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    size_bytes: u64,
    changed_ns: u128,
    sha256: String,
}

impl Checksums {
    /// Reads what is remembered in `file`; a missing or unreadable file remembers nothing.
    pub fn open(file: impl Into<PathBuf>) -> Self {
        let file = file.into();
        let known = std::fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self { file, known }
    }

    /// Fails unless `path` holds exactly the content with the SHA-256 `expected`, 64 hexadecimal
    /// digits in either case. Blocks while it hashes: seconds for gigabytes.
    pub fn verify(&mut self, path: &Path, expected: &str) -> Result<()> {
        let found = self.sha256(path)?;
        if found.eq_ignore_ascii_case(expected.trim()) {
            Ok(())
        } else {
            Err(InferenceError::WrongChecksum {
                path: path.to_owned(),
                expected: expected.trim().to_ascii_lowercase(),
                found,
            })
        }
    }

    /// The file's SHA-256 in lower-case hexadecimal digits, remembered or computed.
    pub fn sha256(&mut self, path: &Path) -> Result<String> {
        let failed = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => InferenceError::ModelMissing {
                path: path.to_owned(),
            },
            _ => InferenceError::Io {
                path: path.to_owned(),
                source,
            },
        };
        let metadata = std::fs::metadata(path).map_err(failed)?;
        let changed_ns = metadata
            .modified()
            .ok()
            .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
            .map_or(0, |since| since.as_nanos());
        let key = path.canonicalize().map_err(failed)?;
        if let Some(known) = self.known.get(&key)
            && known.size_bytes == metadata.len()
            && known.changed_ns == changed_ns
        {
            return Ok(known.sha256.clone());
        }
        let sha256 = sha256_of(path)?;
        self.known.insert(
            key,
            Known {
                size_bytes: metadata.len(),
                changed_ns,
                sha256: sha256.clone(),
            },
        );
        self.remember();
        Ok(sha256)
    }

    /// Writes beside the file and renames, so that a reader never sees half of it. What can't be
    /// written is computed again next time.
    fn remember(&self) {
        let Ok(bytes) = serde_json::to_vec_pretty(&self.known) else {
            return;
        };
        let beside = self
            .file
            .with_extension(format!("{}.new", std::process::id()));
        let written =
            std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, &self.file));
        if let Err(error) = written {
            tracing::warn!(file = %self.file.display(), %error, "checksums can't be remembered");
        }
    }
}

/// The SHA-256 of a file in lower-case hexadecimal digits. Blocks while it reads.
pub fn sha256_of(path: &Path) -> Result<String> {
    let failed = |source| InferenceError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of `abc`, FIPS 180-2 appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_file_is_recognized_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("model.gguf");
        std::fs::write(&model, "abc").unwrap();
        let mut checksums = Checksums::open(folder.path().join("checksums.json"));
        checksums.verify(&model, &ABC.to_uppercase()).unwrap();
        let error = checksums
            .verify(&model, &ABC.replace('b', "0"))
            .unwrap_err();
        assert!(
            matches!(error, InferenceError::WrongChecksum { .. }),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_did_not_change_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("model.gguf");
        let memory = folder.path().join("checksums.json");
        std::fs::write(&model, "abc").unwrap();
        Checksums::open(&memory).verify(&model, ABC).unwrap();
        let changed = std::fs::metadata(&model).unwrap().modified().unwrap();
        // Same size, same time of change: what is remembered answers.
        std::fs::write(&model, "xyz").unwrap();
        File::options()
            .write(true)
            .open(&model)
            .unwrap()
            .set_modified(changed)
            .unwrap();
        Checksums::open(&memory).verify(&model, ABC).unwrap();
    }

    #[test]
    fn a_file_that_changed_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("model.gguf");
        let memory = folder.path().join("checksums.json");
        std::fs::write(&model, "abc").unwrap();
        Checksums::open(&memory).verify(&model, ABC).unwrap();
        std::fs::write(&model, "abcd").unwrap();
        assert!(Checksums::open(&memory).verify(&model, ABC).is_err());
    }

    #[test]
    fn a_missing_file_is_named_with_how_to_get_it() {
        let folder = tempfile::tempdir().unwrap();
        let error = Checksums::open(folder.path().join("checksums.json"))
            .verify(&folder.path().join("absent.gguf"), ABC)
            .unwrap_err()
            .to_string();
        assert!(error.contains("absent.gguf"), "{error}");
        assert!(error.contains("make models"), "{error}");
    }
}
