//! The files below a folder, in order of name: hidden ones left out, links not followed.

use std::fs::{self, DirEntry, File, Metadata};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Folders in folders that are followed.
const MOST_DEPTH: usize = 64;
/// Files of one folder and all below it.
const MOST_FILES: usize = 200_000;

/// A file below a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Below the folder that was walked.
    pub(crate) path: PathBuf,
    pub(crate) size_bytes: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub(crate) modified_ms: i64,
}

impl Entry {
    /// The path as text, parts joined by `/`; what is no UTF-8 in it is replaced.
    pub(crate) fn shown(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }
}

/// What lies below a folder.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) files: Vec<Entry>,
    /// Folders below it that could not be read, with the reason: nothing is known of what is in
    /// them.
    pub(crate) unread: Vec<(PathBuf, io::Error)>,
}

impl Walk {
    /// Whether it can't be told if `path` is there.
    pub(crate) fn hides(&self, path: &Path) -> bool {
        self.unread
            .iter()
            .any(|(folder, _)| path.starts_with(folder))
    }
}

/// Everything below `root`. Fails where `root` itself can't be read, or holds too much.
pub(crate) fn below(root: &Path) -> io::Result<Walk> {
    let mut walk = Walk::default();
    let entries = sorted(root)?;
    add(root, entries, 1, &mut walk)?;
    Ok(walk)
}

fn sorted(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}

fn add(root: &Path, entries: Vec<DirEntry>, depth: usize, walk: &mut Walk) -> io::Result<()> {
    for entry in entries {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        let below = path.strip_prefix(root).unwrap_or(&path).to_owned();
        // Of the link itself, where it is one.
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => {
                walk.unread.push((below, error));
                continue;
            }
        };
        if metadata.is_dir() {
            match sorted(&path) {
                _ if depth >= MOST_DEPTH => {
                    let error = io::Error::other("it lies too deep");
                    walk.unread.push((below, error));
                }
                Ok(entries) => add(root, entries, depth + 1, walk)?,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => walk.unread.push((below, error)),
            }
        } else if metadata.is_file() {
            if walk.files.len() == MOST_FILES {
                return Err(io::Error::other(format!(
                    "it holds more than {MOST_FILES} files"
                )));
            }
            walk.files.push(described(below, &metadata));
        }
    }
    Ok(())
}

fn described(path: PathBuf, metadata: &Metadata) -> Entry {
    let modified = metadata.modified().unwrap_or(UNIX_EPOCH);
    let milliseconds =
        |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Entry {
        path,
        size_bytes: metadata.len(),
        modified_ms: match modified.duration_since(UNIX_EPOCH) {
            Ok(since) => milliseconds(since),
            Err(before) => -milliseconds(before.duration()),
        },
    }
}

/// Opens a file that was found below `root`, which has to be without links itself, and says what
/// it is like now. `NotFound` also where a link meanwhile leads elsewhere: whoever may write into
/// the folder must not have other files read.
pub(crate) fn open(root: &Path, path: &Path) -> io::Result<(File, Entry)> {
    let whole = root.join(path);
    let file = File::open(&whole)?;
    let metadata = file.metadata()?;
    let lies_at = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    if lies_at != whole || !metadata.is_file() {
        return Err(ErrorKind::NotFound.into());
    }
    let entry = described(path.to_owned(), &metadata);
    Ok((file, entry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn folder(files: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for file in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        (dir, root)
    }

    #[test]
    fn files_come_in_order_without_hidden_ones_and_links() {
        let (_dir, root) = folder(&["c.txt", "a.txt", ".hidden", ".git/x", "b/d.txt"]);
        symlink("/etc/passwd", root.join("link.txt")).unwrap();
        symlink("/etc", root.join("linked")).unwrap();
        let walk = below(&root).unwrap();
        let names: Vec<_> = walk.files.iter().map(Entry::shown).collect();
        assert_eq!(names, ["a.txt", "b/d.txt", "c.txt"]);
        assert_eq!(walk.files[0].size_bytes, 1);
        assert!(walk.files[0].modified_ms > 0);
        assert!(below(&root.join("nowhere")).is_err());
    }

    #[test]
    fn of_what_can_t_be_read_nothing_is_known() {
        let (_dir, root) = folder(&["a.txt", "closed/b.txt"]);
        let closed = root.join("closed");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        let readable = fs::read_dir(&closed).is_ok();
        let walk = below(&root).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
        // Root reads everything.
        assert_eq!(walk.hides(Path::new("closed/b.txt")), !readable);
        assert!(!walk.hides(Path::new("a.txt")));
        assert!(!walk.hides(Path::new("closed.txt")));
    }

    #[test]
    fn a_link_put_in_a_file_s_place_is_not_followed() {
        let (_dir, root) = folder(&["a.txt", "b/c.txt", "elsewhere/c.txt"]);
        assert!(open(&root, Path::new("a.txt")).is_ok());
        fs::remove_file(root.join("a.txt")).unwrap();
        symlink("/etc/passwd", root.join("a.txt")).unwrap();
        fs::remove_dir_all(root.join("b")).unwrap();
        symlink(root.join("elsewhere"), root.join("b")).unwrap();
        for path in ["a.txt", "b/c.txt", "elsewhere"] {
            assert!(open(&root, Path::new(path)).is_err(), "{path}");
        }
    }
}
