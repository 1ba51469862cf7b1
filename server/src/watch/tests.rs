//! A folder on the disk, a database and originals; each look is made by hand.

use super::look::Watcher;
use super::plan::Memory;
use inhouse_ingest::Originals;
use inhouse_protocol::{Audience, DocumentSummary, NewDocumentSet, SetId};
use inhouse_store::{Actor, MasterKeys, Principal, Scope, Store, SystemClock};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

struct World {
    _dir: TempDir,
    folder: PathBuf,
    store: Store,
    set: SetId,
    watcher: Watcher,
}

impl World {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/inhouse.db", dir.path().display());
        let store = Store::open(&url, Arc::new(SystemClock), MasterKeys::ephemeral())
            .await
            .unwrap();
        store.migrate().await.unwrap();
        let set = NewDocumentSet {
            name: "Policies".into(),
            description: String::new(),
            audience: Audience::Everyone,
            grants: Vec::new(),
        };
        let set = store.create_set(&Actor::Operator, &set).await.unwrap().id;
        let folder = dir.path().join("inbox");
        fs::create_dir(&folder).unwrap();
        let watcher = Watcher {
            store: store.clone(),
            originals: Originals::new(dir.path().join("originals")),
            root: "inbox".into(),
            path: folder.clone(),
            set: "policies".into(),
            most_bytes: 1_000,
            memory: Memory::default(),
        };
        Self {
            _dir: dir,
            folder,
            store,
            set,
            watcher,
        }
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Two looks: what lies still is taken, what is gone is forgotten.
    async fn look_twice(&mut self) {
        self.watcher.look().await.unwrap();
        self.watcher.look().await.unwrap();
    }

    async fn scope(&self) -> Scope {
        self.store.scope(&Principal::operator()).await.unwrap()
    }

    async fn documents(&self) -> Vec<DocumentSummary> {
        let scope = self.scope().await;
        self.store.documents(&scope, &self.set).await.unwrap()
    }

    /// Folder and name of each document, and the number of its version.
    async fn names(&self) -> Vec<(String, u32)> {
        let documents = self.documents().await.into_iter();
        let mut names: Vec<_> = documents
            .map(|document| {
                let path = format!("{}/{}", document.folder, document.name);
                (path, document.version_number)
            })
            .collect();
        names.sort();
        names
    }

    async fn refused(&self) -> Vec<(String, String)> {
        let files = self.store.watched_files("inbox").await.unwrap();
        let refused = files.into_iter().filter(|file| !file.refused.is_empty());
        refused.map(|file| (file.path, file.refused)).collect()
    }

    async fn problem(&self) -> String {
        let scope = self.scope().await;
        let folder = self.store.watched_folder(&scope, "inbox").await.unwrap();
        folder.unwrap().problem
    }
}

fn named(names: &[(&str, u32)]) -> Vec<(String, u32)> {
    names
        .iter()
        .map(|(name, number)| ((*name).to_owned(), *number))
        .collect()
}

#[tokio::test]
async fn files_come_in_with_their_folders_change_and_go() {
    let mut world = World::new().await;
    world.write("a.txt", "The first text.");
    world.write("2026/contracts/b.txt", "The second text.");
    assert!(!world.watcher.look().await.unwrap());
    assert!(world.names().await.is_empty());
    assert!(world.watcher.look().await.unwrap());
    let both = [("/a.txt", 1), ("2026/contracts/b.txt", 1)];
    assert_eq!(world.names().await, named(&both));
    world.look_twice().await;
    assert_eq!(world.names().await, named(&both));

    world.write("a.txt", "The first text, changed.");
    world.look_twice().await;
    let changed = [("/a.txt", 2), ("2026/contracts/b.txt", 1)];
    assert_eq!(world.names().await, named(&changed));

    fs::remove_file(world.folder.join("2026/contracts/b.txt")).unwrap();
    world.look_twice().await;
    assert_eq!(world.names().await, named(&[("/a.txt", 2)]));
    assert_eq!(world.problem().await, "");
}

#[tokio::test]
async fn a_file_that_was_moved_is_a_document_at_its_new_place() {
    let mut world = World::new().await;
    world.write("a.txt", "A text that moves.");
    world.look_twice().await;
    fs::create_dir(world.folder.join("old")).unwrap();
    fs::rename(world.folder.join("a.txt"), world.folder.join("old/a.txt")).unwrap();
    world.look_twice().await;
    assert_eq!(world.names().await, named(&[("old/a.txt", 1)]));
}

#[tokio::test]
async fn what_can_t_be_taken_is_noted_and_links_are_not_even_that() {
    let mut world = World::new().await;
    world.write("large.txt", &"x".repeat(1_001));
    world.write("back\\slash.txt", "A name that would be a path elsewhere.");
    fs::write(world.folder.join("a.bin"), [1, 2, 3, 4, 5, 0, 0, 9]).unwrap();
    symlink("/etc/passwd", world.folder.join("link.txt")).unwrap();
    world.look_twice().await;
    let refused = world.refused().await;
    let mut paths: Vec<_> = refused.iter().map(|(path, _)| path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["a.bin", "back\\slash.txt", "large.txt"]);
    assert!(world.names().await.is_empty());
    world.write("a.bin", "Now it is a text.");
    world.look_twice().await;
    assert_eq!(world.names().await, named(&[("/a.bin", 1)]));
    assert_eq!(world.refused().await.len(), 2);
}

#[tokio::test]
async fn a_folder_that_is_gone_or_empty_deletes_nothing_and_says_so() {
    let mut world = World::new().await;
    for n in 0..5 {
        world.write(&format!("{n}.txt"), &format!("Text number {n}."));
    }
    world.look_twice().await;
    assert_eq!(world.documents().await.len(), 5);
    let aside = world.folder.with_extension("aside");
    fs::rename(&world.folder, &aside).unwrap();
    world.look_twice().await;
    assert!(world.problem().await.contains("can't be read"));
    // The disk isn't mounted: its folder is there, and empty.
    fs::create_dir(&world.folder).unwrap();
    world.look_twice().await;
    world.look_twice().await;
    assert!(world.problem().await.contains("All 5 files"));
    assert_eq!(world.documents().await.len(), 5);
    fs::remove_dir(&world.folder).unwrap();
    fs::rename(&aside, &world.folder).unwrap();
    world.look_twice().await;
    assert_eq!(world.problem().await, "");
    assert_eq!(world.documents().await.len(), 5);
}

#[tokio::test]
async fn a_document_deleted_by_hand_comes_back_while_its_file_lies_there() {
    let mut world = World::new().await;
    world.write("a.txt", "A text that stays.");
    world.look_twice().await;
    let document = world.documents().await.remove(0);
    let scope = world.scope().await;
    world
        .store
        .delete_document(&Actor::Operator, &scope, &document.id)
        .await
        .unwrap();
    assert!(world.watcher.look().await.unwrap());
    assert_eq!(world.names().await, named(&[("/a.txt", 1)]));
}

#[tokio::test]
async fn the_same_content_twice_is_one_document_and_outlives_one_of_its_files() {
    let mut world = World::new().await;
    world.write("a.txt", "One text.");
    world.write("b.txt", "One text.");
    world.look_twice().await;
    assert_eq!(world.names().await, named(&[("/a.txt", 1)]));
    fs::remove_file(world.folder.join("a.txt")).unwrap();
    world.look_twice().await;
    world.look_twice().await;
    assert_eq!(world.names().await, named(&[("/b.txt", 1)]));
}

#[tokio::test]
async fn a_set_that_is_not_there_is_said() {
    let mut world = World::new().await;
    world.watcher.set = "Nowhere".into();
    world.write("a.txt", "A text.");
    world.look_twice().await;
    assert!(
        world
            .problem()
            .await
            .contains("no document set named Nowhere")
    );
}
