//! The original files, kept by the SHA-256 of their content, written once and never changed.

use crate::error::{IngestError, Result};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::{Builder, TempDir};

/// How files and folders are called that are gone when they have served; nobody else's are.
const TEMPORARY: &str = ".tmp";

/// A folder of original files. Cheap to clone. All functions block; a put syncs the disk.
#[derive(Debug, Clone)]
pub struct Originals {
    dir: PathBuf,
}

impl Originals {
    /// The originals in `dir`, which is created with the first file.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Keeps `bytes`; gives their SHA-256, 64 lower-case hexadecimal digits. The same content
    /// twice is one file.
    pub fn put(&self, bytes: &[u8]) -> Result<String> {
        self.put_reader(bytes).map(|(hash, _)| hash)
    }

    /// Keeps a copy of the file at `path`; gives its SHA-256 and its size in bytes.
    pub fn put_file(&self, path: &Path) -> Result<(String, u64)> {
        self.put_reader(File::open(path)?)
    }

    /// Keeps what `reader` gives; gives its SHA-256 and its size in bytes.
    pub fn put_reader(&self, mut reader: impl Read) -> Result<(String, u64)> {
        fs::create_dir_all(&self.dir)?;
        let mut file = Builder::new().prefix(TEMPORARY).tempfile_in(&self.dir)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut size_bytes = 0;
        loop {
            let n = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e.into()),
            };
            hasher.update(&buffer[..n]);
            file.write_all(&buffer[..n])?;
            size_bytes += n as u64;
        }
        let hash = hex::encode(hasher.finalize());
        let target = self.path(&hash)?;
        if target.exists() {
            return Ok((hash, size_bytes));
        }
        let folder = target.parent().unwrap_or(&self.dir);
        fs::create_dir_all(folder)?;
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|e| e.error)?;
        File::open(folder)?.sync_all()?;
        Ok((hash, size_bytes))
    }

    /// An empty folder beside the originals, gone with the value.
    pub fn temporary_folder(&self) -> Result<TempDir> {
        fs::create_dir_all(&self.dir)?;
        Ok(Builder::new().prefix(TEMPORARY).tempdir_in(&self.dir)?)
    }

    /// Removes the temporary files and folders that were last changed so long ago: whoever made
    /// them was killed.
    pub fn sweep(&self, age: Duration) -> Result<()> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(e.into()),
        };
        for entry in entries {
            let entry = entry?;
            let ours = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
            // Of two that sweep at once, one finds it gone.
            let Ok(found) = entry.metadata() else {
                continue;
            };
            let old = found
                .modified()
                .is_ok_and(|at| at.elapsed().is_ok_and(|elapsed| elapsed >= age));
            if !ours || !old {
                continue;
            }
            let removed = if found.is_dir() {
                fs::remove_dir_all(entry.path())
            } else {
                fs::remove_file(entry.path())
            };
            if let Err(e) = removed
                && e.kind() != io::ErrorKind::NotFound
            {
                return Err(e.into());
            }
        }
        Ok(())
    }

    /// Where the content with this SHA-256 lies, whether it is there or not.
    pub fn path(&self, sha256: &str) -> Result<PathBuf> {
        let good = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if sha256.len() != 64 || !sha256.bytes().all(good) {
            return Err(IngestError::NotAHash(sha256.to_owned()));
        }
        Ok(self.dir.join(&sha256[..2]).join(sha256))
    }

    /// Opens the content with this SHA-256 for reading.
    pub fn open(&self, sha256: &str) -> Result<File> {
        Ok(File::open(self.path(sha256)?)?)
    }

    /// The whole content with this SHA-256.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>> {
        Ok(fs::read(self.path(sha256)?)?)
    }

    /// The first `limit` bytes of the content with this SHA-256, enough for [`crate::detect`].
    pub fn head(&self, sha256: &str, limit: u64) -> Result<Vec<u8>> {
        let mut head = Vec::new();
        self.open(sha256)?.take(limit).read_to_end(&mut head)?;
        Ok(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_twice_is_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let originals = Originals::new(dir.path().join("originals"));
        let first = originals.put(b"abc").unwrap();
        assert_eq!(
            first,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(originals.put(b"abc").unwrap(), first);
        assert_eq!(originals.read(&first).unwrap(), b"abc");
        let folder = originals.path(&first).unwrap();
        assert_eq!(fs::read_dir(folder.parent().unwrap()).unwrap().count(), 1);
        // No temporary file is left beside the two-letter folder.
        let root = dir.path().join("originals");
        assert_eq!(fs::read_dir(root).unwrap().count(), 1);
    }

    #[test]
    fn what_was_left_behind_is_swept_and_originals_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let originals = Originals::new(dir.path().join("originals"));
        originals.sweep(Duration::ZERO).unwrap();
        let kept = originals.put(b"abc").unwrap();
        let left = originals.temporary_folder().unwrap().keep();
        fs::write(left.join("0"), b"part").unwrap();
        fs::write(dir.path().join("originals/.tmpAbc"), b"half").unwrap();
        originals.sweep(Duration::from_hours(1)).unwrap();
        assert!(left.exists());
        originals.sweep(Duration::ZERO).unwrap();
        assert!(!left.exists());
        let root = dir.path().join("originals");
        assert_eq!(fs::read_dir(root).unwrap().count(), 1);
        assert_eq!(originals.read(&kept).unwrap(), b"abc");
    }

    #[test]
    fn a_path_is_never_taken_for_a_hash() {
        let originals = Originals::new("originals");
        assert!(originals.path("../../etc/passwd").is_err());
        assert!(originals.path(&"g".repeat(64)).is_err());
        assert!(originals.path(&"A".repeat(64)).is_err());
    }
}
