//! What a look into a folder makes necessary, told from what was known before.

use crate::walk::{Entry, Walk};
use inhouse_protocol::DocumentId;
use inhouse_store::WatchedFile;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// So many files don't vanish at once unless something is wrong with the folder.
const MANY: usize = 5;

/// What the look before saw that has to last until the next one.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// New and changed files, with size and time: one that still looks so lies still.
    moving: HashMap<String, (u64, i64)>,
    /// Files that were gone.
    missing: HashSet<String>,
}

/// What to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Files that are no longer there, to be forgotten with their documents; before [`Self::take`],
    /// so that a file that was moved finds its content free.
    pub(super) forget: Vec<WatchedFile>,
    /// Files to be taken in.
    pub(super) take: Vec<Entry>,
    /// All files that were taken are gone at once; then nothing is forgotten.
    pub(super) all_gone: Option<usize>,
}

/// Compares what lies there with what was known, by path. `there` are the set's documents.
pub(super) fn plan(
    memory: &mut Memory,
    known: &HashMap<String, WatchedFile>,
    walk: &Walk,
    there: &HashSet<DocumentId>,
) -> Plan {
    let mut plan = Plan::default();
    let found: HashSet<String> = walk.files.iter().map(Entry::shown).collect();
    let mut gone: Vec<&WatchedFile> = known
        .values()
        .filter(|file| !found.contains(&file.path) && !walk.hides(Path::new(&file.path)))
        .collect();
    gone.sort_by(|a, b| a.path.cmp(&b.path));
    let taken = gone.iter().filter(|file| !file.sha256.is_empty()).count();
    if found.is_empty() && taken >= MANY {
        plan.all_gone = Some(taken);
    } else {
        let mut missing = HashSet::new();
        for file in gone {
            // Programs that write a file anew take it away for a moment.
            if memory.missing.contains(&file.path) {
                plan.forget.push(file.clone());
            } else {
                missing.insert(file.path.clone());
            }
        }
        memory.missing = missing;
    }
    let mut moving = HashMap::new();
    for entry in &walk.files {
        let (path, stamp) = (entry.shown(), (entry.size_bytes, entry.modified_ms));
        let settled = known
            .get(&path)
            .filter(|file| (file.size_bytes, file.modified_ms) == stamp)
            .filter(|file| !file.sha256.is_empty() || !file.refused.is_empty());
        let take = match settled {
            // Somebody deleted the document; as long as the file lies there, it belongs there.
            Some(file) => file.document.as_ref().is_some_and(|id| !there.contains(id)),
            None => memory.moving.get(&path) == Some(&stamp),
        };
        if take {
            plan.take.push(entry.clone());
        } else if settled.is_none() {
            moving.insert(path, stamp);
        }
    }
    memory.moving = moving;
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn entry(path: &str, modified_ms: i64) -> Entry {
        Entry {
            path: path.into(),
            size_bytes: 10,
            modified_ms,
        }
    }

    fn walk(files: &[(&str, i64)]) -> Walk {
        Walk {
            files: files.iter().map(|(path, at)| entry(path, *at)).collect(),
            unread: Vec::new(),
        }
    }

    fn document(name: &str) -> DocumentId {
        name.parse().unwrap()
    }

    fn taken(path: &str, modified_ms: i64) -> (String, WatchedFile) {
        let file = WatchedFile {
            path: path.to_owned(),
            size_bytes: 10,
            modified_ms,
            sha256: "ab".into(),
            document: Some(document("d")),
            refused: String::new(),
        };
        (path.to_owned(), file)
    }

    fn there() -> HashSet<DocumentId> {
        HashSet::from([document("d")])
    }

    #[test]
    fn a_new_and_a_changed_file_are_taken_once_they_lie_still() {
        let mut memory = Memory::default();
        let known = HashMap::from([taken("old.txt", 1)]);
        let mut look =
            |files: &[(&str, i64)]| plan(&mut memory, &known, &walk(files), &there()).take;
        assert_eq!(look(&[("new.txt", 1), ("old.txt", 1)]), []);
        assert_eq!(look(&[("new.txt", 2), ("old.txt", 2)]), []);
        assert_eq!(
            look(&[("new.txt", 2), ("old.txt", 2)]),
            [entry("new.txt", 2), entry("old.txt", 2)]
        );
    }

    #[test]
    fn a_refused_file_is_left_until_it_changes() {
        let mut memory = Memory::default();
        let (path, mut file) = taken("a.bin", 1);
        file.sha256.clear();
        file.document = None;
        file.refused = "This kind of file is not known.".into();
        let known = HashMap::from([(path, file)]);
        for at in [1, 1, 2] {
            assert_eq!(
                plan(&mut memory, &known, &walk(&[("a.bin", at)]), &there()).take,
                []
            );
        }
        let plan = plan(&mut memory, &known, &walk(&[("a.bin", 2)]), &there());
        assert_eq!(plan.take.len(), 1);
    }

    #[test]
    fn a_file_that_is_gone_twice_is_forgotten() {
        let mut memory = Memory::default();
        let known = HashMap::from([taken("a.txt", 1), taken("b.txt", 1)]);
        let mut look =
            |files: &[(&str, i64)]| plan(&mut memory, &known, &walk(files), &there()).forget;
        assert_eq!(look(&[("a.txt", 1)]), []);
        // It was only written anew.
        assert_eq!(look(&[("a.txt", 1), ("b.txt", 1)]), []);
        assert_eq!(look(&[("a.txt", 1)]), []);
        assert_eq!(look(&[("a.txt", 1)]), [taken("b.txt", 1).1]);
    }

    #[test]
    fn nothing_is_forgotten_where_all_is_gone_at_once_or_can_t_be_seen() {
        let many: HashMap<_, _> = (0..MANY)
            .map(|n| taken(&format!("sub/{n}.txt"), 1))
            .collect();
        let mut memory = Memory::default();
        for _ in 0..3 {
            let plan = plan(&mut memory, &many, &walk(&[]), &there());
            assert_eq!(plan.all_gone, Some(MANY));
            assert_eq!(plan.forget, []);
        }
        let mut hidden = walk(&[]);
        hidden
            .unread
            .push(("sub".into(), io::ErrorKind::PermissionDenied.into()));
        for _ in 0..3 {
            let plan = plan(&mut memory, &many, &hidden, &there());
            assert_eq!((plan.all_gone, plan.forget.len()), (None, 0));
        }
        // One file that is still there says that the folder is the right one.
        let one = walk(&[("other.txt", 1)]);
        assert_eq!(plan(&mut memory, &many, &one, &there()).forget, []);
        let plan = plan(&mut memory, &many, &one, &there());
        assert_eq!(plan.forget.len(), MANY);
    }

    #[test]
    fn a_document_that_somebody_deleted_comes_back_while_its_file_lies_there() {
        let mut memory = Memory::default();
        let known = HashMap::from([taken("a.txt", 1)]);
        let files = walk(&[("a.txt", 1)]);
        assert_eq!(plan(&mut memory, &known, &files, &there()).take, []);
        let plan = plan(&mut memory, &known, &files, &HashSet::new());
        assert_eq!(plan.take, [entry("a.txt", 1)]);
    }
}
