//! The files that are named on the command line, and those in folders that are.

use crate::upload;
use crate::walk;
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};

/// A file to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Found {
    pub(super) path: PathBuf,
    /// Where it lies below the folder that was named, as documents keep it.
    pub(super) folder: String,
    pub(super) name: String,
    /// Named itself, not found in a folder that was.
    pub(super) named: bool,
}

impl Found {
    fn new(path: PathBuf, below: &Path, named: bool) -> Self {
        let folder = below.parent().unwrap_or(Path::new(""));
        Self {
            folder: upload::folder(&folder.to_string_lossy()),
            name: upload::file_name(&path.to_string_lossy()),
            path,
            named,
        }
    }

    /// The name with the folder before it.
    pub(super) fn shown(&self) -> String {
        shown(&self.folder, &self.name)
    }
}

/// A document's name with its folder before it.
pub(in crate::cli) fn shown(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// All files under the paths, sorted; hidden ones only where named.
pub(in crate::cli) fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in paths {
        let unreadable = || format!("{} can't be read", path.display());
        let kind = std::fs::metadata(path).with_context(unreadable)?;
        if !kind.is_dir() {
            found.push(Found::new(path.clone(), Path::new(""), true));
            continue;
        }
        let walk = walk::below(path).with_context(unreadable)?;
        if let Some((folder, error)) = walk.unread.first() {
            bail!("{} can't be read: {error}", path.join(folder).display());
        }
        let files = walk.files.into_iter();
        found.extend(files.map(|file| Found::new(path.join(&file.path), &file.path, false)));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_files_with_the_folders_below_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        std::fs::create_dir_all(path("b/2026")).unwrap();
        for name in ["c.txt", ".hidden", "b/2026/d.txt"] {
            std::fs::write(path(name), "x").unwrap();
        }
        let found = files(&[dir.path().to_owned(), path(".hidden")]).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|file| (file.folder.as_str(), file.name.as_str(), file.named))
            .collect();
        assert_eq!(
            told,
            [
                ("b/2026", "d.txt", false),
                ("", "c.txt", false),
                ("", "hidden", true)
            ]
        );
        assert_eq!(found[0].path, path("b/2026/d.txt"));
        assert_eq!(found[0].shown(), "b/2026/d.txt");
    }

    #[test]
    fn a_path_that_is_not_there_is_named() {
        let error = files(&["nowhere/at.txt".into()]).unwrap_err();
        assert!(error.to_string().contains("nowhere/at.txt"));
    }
}
