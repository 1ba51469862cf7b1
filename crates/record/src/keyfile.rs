//! Files of keys: text, one key a line, the newest first; lines that begin with `#` are remarks.
//! Readable by their owner only.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Why keys can't be used. Never holds a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file can't be read or made.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What failed.
        source: std::io::Error,
    },
    /// A line holds no key.
    #[error("{place}, line {line}: {expected}")]
    Malformed {
        /// The file or setting.
        place: String,
        /// Counted from 1.
        line: usize,
        /// What a key looks like.
        expected: &'static str,
    },
    /// There is no key.
    #[error("{place}: holds no key")]
    Empty {
        /// The file or setting.
        place: String,
    },
    /// The system gave no randomness, or the key could not be made of it.
    #[error("a key could not be made")]
    NotMade,
}

impl KeyError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            source,
        }
    }
}

/// The file's text; where there is no file, makes it with the key of `fresh`. Of two processes
/// that find no file, both get the key of the first.
pub fn read_or_create(
    path: &Path,
    fresh: impl FnOnce() -> Result<String, KeyError>,
) -> Result<String, KeyError> {
    let missing = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    match std::fs::read_to_string(path) {
        Err(error) if missing(&error) => {}
        read => return read.map_err(|error| KeyError::io(path, error)),
    }
    let line = fresh()?;
    match create(path, &line) {
        Ok(()) => Ok(line),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            std::fs::read_to_string(path).map_err(|error| KeyError::io(path, error))
        }
        Err(error) => Err(KeyError::io(path, error)),
    }
}

/// Puts a key before the others: from the next start on it is the one that is used, and the
/// others go on to be known. Makes the file where there is none.
pub fn put_first(path: &Path, line: &str) -> Result<(), KeyError> {
    let former = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.map_err(|error| KeyError::io(path, error))?,
    };
    replace(path, &format!("{line}\n{former}"))
}

/// Puts `text` in the place of the file at `path`; at every moment there is a whole file.
pub fn replace(path: &Path, text: &str) -> Result<(), KeyError> {
    let put = || {
        let new = write_beside(path, text)?;
        std::fs::rename(&new, path)?;
        sync_folder(path)
    };
    put().map_err(|error| KeyError::io(path, error))
}

/// The keys of a text, each with the number of its line.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.starts_with('#'))
        .flat_map(|(number, line)| line.split_whitespace().map(move |key| (number, key)))
}

/// The whole file appears at once, or not at all where another process was first.
fn create(path: &Path, line: &str) -> std::io::Result<()> {
    let new = write_beside(path, &format!("{line}\n"))?;
    let linked = std::fs::hard_link(&new, path);
    let removed = std::fs::remove_file(&new);
    linked.and(removed)?;
    sync_folder(path)
}

fn write_beside(path: &Path, text: &str) -> std::io::Result<PathBuf> {
    use std::os::unix::fs::OpenOptionsExt as _;
    static MADE: AtomicU64 = AtomicU64::new(0);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{number}.new", std::process::id()));
    let new = PathBuf::from(name);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(new)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_fresh_file_is_readable_by_its_owner_only_and_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secrets/some.keys");
        let made = read_or_create(&path, || Ok("one".into())).expect("made");
        let read = read_or_create(&path, || Ok("two".into())).expect("read");
        assert_eq!((made.trim(), read.trim()), ("one", "one"));
        let mode = std::fs::metadata(&path)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let files = std::fs::read_dir(path.parent().expect("a folder")).expect("read");
        assert_eq!(files.count(), 1);
    }

    #[test]
    fn a_file_that_appears_meanwhile_wins() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("some.keys");
        let fresh = || {
            std::fs::write(&path, "theirs\n").map_err(|error| KeyError::io(&path, error))?;
            Ok("ours".into())
        };
        assert_eq!(read_or_create(&path, fresh).expect("read"), "theirs\n");
    }

    #[test]
    fn a_new_key_stands_before_the_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("some.keys");
        put_first(&path, "one").expect("made");
        put_first(&path, "two").expect("added");
        let text = std::fs::read_to_string(&path).expect("read");
        let keys: Vec<_> = lines(&text).collect();
        assert_eq!(keys, [(1, "two"), (2, "one")]);
        let mode = std::fs::metadata(&path)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn remarks_and_blank_lines_are_no_keys() {
        let keys: Vec<_> = lines("# ours\n\n a b\n#c\nd\n").collect();
        assert_eq!(keys, [(3, "a"), (3, "b"), (5, "d")]);
    }
}
