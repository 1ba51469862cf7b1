//! The order of a set's files: by folder and name, what came out of a file below it, and only what
//! is looked for.

use crate::page::file_state::{has_failed, is_moving};
use inhouse_protocol::{DocumentId, DocumentSummary, VersionState};
use std::collections::{BTreeMap, BTreeSet};

/// Deeper than files are taken out of one another.
const DEEPEST: usize = 8;

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Row {
    /// The files of a folder follow.
    Folder(String),
    /// A file; `depth` counts the files above it that it came out of.
    File { id: DocumentId, depth: usize },
}

/// Files in some state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Standing {
    #[default]
    Any,
    Moving,
    Ready,
    Failed,
    /// A person should look at them.
    Attention,
}

impl Standing {
    pub(super) const ALL: [Self; 5] = [
        Self::Any,
        Self::Moving,
        Self::Ready,
        Self::Failed,
        Self::Attention,
    ];

    fn has(self, file: &DocumentSummary) -> bool {
        match self {
            Self::Any => true,
            Self::Moving => is_moving(&file.state),
            Self::Ready => file.state == VersionState::Ready,
            Self::Failed => has_failed(&file.state),
            Self::Attention => file.attention,
        }
    }
}

/// What the table shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Arranged {
    pub(super) rows: Vec<Row>,
    /// Files that fit what is looked for, shown or not.
    pub(super) found: usize,
}

/// The first `most` files with `words` in their name, title or folder that stand as wanted.
pub(super) fn arranged(
    all: &[DocumentSummary],
    words: &str,
    standing: Standing,
    most: usize,
) -> Arranged {
    let words = words.trim().to_lowercase();
    let fits = |file: &&DocumentSummary| {
        standing.has(file)
            && (words.is_empty()
                || [&file.name, &file.title, &file.folder]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&words)))
    };
    let mut found: Vec<&DocumentSummary> = all.iter().filter(fits).collect();
    found.sort_by_cached_key(|file| (file.folder.to_lowercase(), file.name.to_lowercase()));
    let shown: BTreeSet<&DocumentId> = found.iter().map(|file| &file.id).collect();
    let mut tops = Vec::new();
    let mut parts: BTreeMap<&DocumentId, Vec<&DocumentSummary>> = BTreeMap::new();
    for file in &found {
        match file.part_of.as_ref().filter(|whole| shown.contains(whole)) {
            Some(whole) => parts.entry(whole).or_default().push(*file),
            None => tops.push(*file),
        }
    }
    let mut rows = Vec::new();
    let mut left = most;
    let mut folder = "";
    for file in tops {
        if left == 0 {
            break;
        }
        if file.folder != folder {
            folder = &file.folder;
            rows.push(Row::Folder(file.folder.clone()));
        }
        add(file, 0, &parts, &mut left, &mut rows);
    }
    Arranged {
        rows,
        found: found.len(),
    }
}

/// A file and, below it, what came out of it.
fn add(
    file: &DocumentSummary,
    depth: usize,
    parts: &BTreeMap<&DocumentId, Vec<&DocumentSummary>>,
    left: &mut usize,
    rows: &mut Vec<Row>,
) {
    if *left == 0 || depth > DEEPEST {
        return;
    }
    *left -= 1;
    rows.push(Row::File {
        id: file.id.clone(),
        depth,
    });
    for part in parts.get(&file.id).into_iter().flatten() {
        add(part, depth + 1, parts, left, rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::FailureCause;

    fn shown(arranged: &Arranged) -> Vec<String> {
        let rows = arranged.rows.iter().map(|row| match row {
            Row::Folder(folder) => format!("[{folder}]"),
            Row::File { id, depth } => format!("{}{id}", ">".repeat(*depth)),
        });
        rows.collect()
    }

    fn part(id: &str, whole: &str, folder: &str, name: &str) -> DocumentSummary {
        DocumentSummary {
            part_of: Some(sample::id(whole)),
            ..sample::document(id, folder, name)
        }
    }

    #[test]
    fn files_stand_by_folder_and_name_with_what_came_out_of_them_below() {
        let all = [
            part("memo", "mail", "2026/offer.eml", "memo.pdf"),
            sample::document("lease", "", "Lease.pdf"),
            sample::document("mail", "2026", "offer.eml"),
            part("deep", "zip", "2026/offer.eml/all.zip", "deep.txt"),
            part("zip", "mail", "2026/offer.eml", "all.zip"),
            sample::document("agreement", "", "agreement.pdf"),
        ];
        assert_eq!(
            shown(&arranged(&all, "", Standing::Any, 200)),
            [
                "agreement",
                "lease",
                "[2026]",
                "mail",
                ">zip",
                ">>deep",
                ">memo"
            ]
        );
    }

    #[test]
    fn a_part_is_found_without_the_file_that_it_came_out_of() {
        let all = [
            sample::document("mail", "", "offer.eml"),
            part("memo", "mail", "offer.eml", "Memo.pdf"),
        ];
        let found = arranged(&all, " memo ", Standing::Any, 200);
        assert_eq!(shown(&found), ["[offer.eml]", "memo"]);
        assert_eq!(found.found, 1);
    }

    #[test]
    fn of_many_files_the_first_are_shown_and_all_counted() {
        let all = ["a", "b", "c"].map(|name| sample::document(name, "", name));
        let first = arranged(&all, "", Standing::Any, 2);
        assert_eq!(shown(&first), ["a", "b"]);
        assert_eq!(first.found, 3);
    }

    #[test]
    fn files_are_narrowed_to_how_they_stand() {
        let mut all = ["a", "b", "c", "d"].map(|name| sample::document(name, "", name));
        all[0].state = VersionState::Queued;
        all[1].state = VersionState::Failed {
            cause: FailureCause::NoText,
            reason: String::new(),
        };
        all[2].attention = true;
        let of = |standing| shown(&arranged(&all, "", standing, 200));
        assert_eq!(of(Standing::Moving), ["a"]);
        assert_eq!(of(Standing::Failed), ["b"]);
        assert_eq!(of(Standing::Attention), ["c"]);
        assert_eq!(of(Standing::Ready), ["c", "d"]);
    }
}
