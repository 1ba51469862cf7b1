//! The vector index: one suite for Qdrant Edge and a real Qdrant server, and what is each one's.

use crate::common::{self, hidden, id, operator, sets};
use inhouse_protocol::{Day, DocumentId, PassageId, VersionId};
use inhouse_retrieval::{
    EdgeIndex, Opening, QdrantIndex, RetrievalError, VectorFilter, VectorIndex, VectorPoint,
};
use inhouse_store::Scope;

const DIMENSIONS: usize = 4;
const NORTH: [f32; DIMENSIONS] = [1.0, 0.0, 0.0, 0.0];
const NORTH_EAST: [f32; DIMENSIONS] = [0.8, 0.6, 0.0, 0.0];
const EAST: [f32; DIMENSIONS] = [0.0, 1.0, 0.0, 0.0];

/// Passage `passage` of version `document`, which is the only one of document `document` and in
/// force on every day.
fn point(passage: u32, document: u32, set: u32, vector: [f32; DIMENSIONS]) -> VectorPoint {
    VectorPoint {
        passage: id(passage),
        version: id(document),
        document: id(document),
        set: common::set(set),
        valid_from: Day::FIRST.number(),
        valid_until: Day::LAST.number() + 1,
        vector: vector.to_vec(),
    }
}

fn within(scope: Scope) -> VectorFilter {
    VectorFilter {
        scope,
        documents: Vec::new(),
    }
}

async fn found(index: &dyn VectorIndex, filter: &VectorFilter, limit: usize) -> Vec<PassageId> {
    let found = index.search(&NORTH, filter, limit).await;
    let found = found.expect("the search succeeds");
    found.into_iter().map(|(passage, _)| passage).collect()
}

fn passages(numbers: &[u32]) -> Vec<PassageId> {
    numbers.iter().map(|&number| id(number)).collect()
}

async fn the_nearest_passages_come_first_with_their_similarity(index: &dyn VectorIndex) {
    let points = [
        point(1, 10, 20, EAST),
        point(2, 10, 20, NORTH),
        point(3, 10, 20, NORTH_EAST),
    ];
    index.upsert(&points).await.expect("written");

    let found = index.search(&NORTH, &within(operator()), 2).await;
    let found = found.expect("the search succeeds");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].0, id(2));
    assert_eq!(found[1].0, id(3));
    assert!((found[0].1 - 1.0).abs() < 1e-4, "{found:?}");
    assert!((found[1].1 - 0.8).abs() < 1e-4, "{found:?}");
}

async fn passages_outside_the_scope_are_not_found_and_take_no_place(index: &dyn VectorIndex) {
    let points = [
        point(1, 10, 20, NORTH),
        point(2, 11, 21, NORTH_EAST),
        point(3, 12, 22, EAST),
    ];
    index.upsert(&points).await.expect("written");

    let scope = within(sets(&[21, 22]));
    assert_eq!(found(index, &scope, 1).await, passages(&[2]));
    assert_eq!(found(index, &scope, 9).await, passages(&[2, 3]));
    assert_eq!(found(index, &within(sets(&[99])), 9).await, passages(&[]));
}

async fn a_scope_without_sets_finds_nothing(index: &dyn VectorIndex) {
    let points = [point(1, 10, 20, NORTH)];
    index.upsert(&points).await.expect("written");
    assert_eq!(found(index, &within(sets(&[])), 9).await, passages(&[]));
}

async fn a_search_of_some_documents_finds_only_theirs_and_only_in_scope(index: &dyn VectorIndex) {
    let points = [
        point(1, 10, 20, NORTH),
        point(2, 11, 20, NORTH_EAST),
        point(3, 12, 21, EAST),
    ];
    index.upsert(&points).await.expect("written");

    let mut filter = within(operator());
    filter.documents = vec![id::<DocumentId>(11), id::<DocumentId>(12)];
    assert_eq!(found(index, &filter, 9).await, passages(&[2, 3]));
    filter.scope = sets(&[20]);
    assert_eq!(found(index, &filter, 9).await, passages(&[2]));
}

async fn a_document_narrower_than_its_set_is_not_found_and_takes_no_place(index: &dyn VectorIndex) {
    let mut narrowed = point(1, 10, 20, NORTH);
    narrowed.document = hidden(20);
    let points = [
        narrowed,
        point(2, 11, 20, NORTH_EAST),
        point(3, 12, 21, EAST),
    ];
    index.upsert(&points).await.expect("written");

    let mut reader = within(sets(&[20]));
    assert_eq!(found(index, &reader, 1).await, passages(&[2]));
    assert_eq!(found(index, &reader, 9).await, passages(&[2]));
    reader.documents = vec![hidden(20), id::<DocumentId>(11)];
    assert_eq!(found(index, &reader, 9).await, passages(&[2]));
    let operator = within(operator());
    assert_eq!(found(index, &operator, 9).await, passages(&[1, 2, 3]));
}

async fn writing_a_passage_again_replaces_it(index: &dyn VectorIndex) {
    let before = [point(1, 10, 20, NORTH), point(2, 10, 20, NORTH_EAST)];
    let after = [point(1, 10, 21, EAST)];
    index.upsert(&before).await.expect("written");
    index.upsert(&after).await.expect("written again");

    assert_eq!(index.count().await.expect("counted"), 2);
    assert_eq!(
        found(index, &within(operator()), 9).await,
        passages(&[2, 1])
    );
    assert_eq!(found(index, &within(sets(&[20])), 9).await, passages(&[2]));
}

async fn removing_a_version_leaves_the_others(index: &dyn VectorIndex) {
    let points = [
        point(1, 10, 20, NORTH),
        point(2, 11, 20, NORTH_EAST),
        point(3, 10, 20, EAST),
    ];
    index.upsert(&points).await.expect("written");
    let version: VersionId = id(10);
    index.remove_version(&version).await.expect("removed");
    index.remove_version(&version).await.expect("none is fine");

    assert_eq!(found(index, &within(operator()), 9).await, passages(&[2]));
    assert_eq!(index.count().await.expect("counted"), 1);
}

/// The 15th of this month of 2026.
fn day(month: u32) -> Day {
    Day::of(2026, month, 15).expect("a day of the calendar")
}

/// A version that is in force from one day until another.
fn between(passage: u32, vector: [f32; DIMENSIONS], from: Day, until: Day) -> VectorPoint {
    VectorPoint {
        valid_from: from.number(),
        valid_until: until.number(),
        ..point(passage, passage, 20, vector)
    }
}

async fn only_what_is_in_force_on_the_scopes_day_is_found(index: &dyn VectorIndex) {
    let points = [
        between(1, NORTH, Day::FIRST, day(3)),
        between(2, NORTH_EAST, day(3), day(9)),
        between(3, EAST, day(9), Day::LAST),
        point(4, 11, 21, NORTH),
    ];
    index.upsert(&points).await.expect("written");

    let on = |day: Day| within(sets(&[20]).as_of(day));
    for (asked, expected) in [
        (Day::FIRST, 1),
        (day(3).plus(-1), 1),
        (day(3), 2),
        (day(9).plus(-1), 2),
        (day(9), 3),
    ] {
        assert_eq!(
            found(index, &on(asked), 9).await,
            passages(&[expected]),
            "{asked}"
        );
        // What is in force on other days takes no place either.
        assert_eq!(found(index, &on(asked), 1).await, passages(&[expected]));
    }
    assert_eq!(found(index, &on(Day::LAST), 9).await, passages(&[]));
    let everywhere = within(operator().as_of(day(5)));
    assert_eq!(found(index, &everywhere, 9).await, passages(&[4, 2]));
}

async fn other_days_of_a_version_replace_the_former_ones(index: &dyn VectorIndex) {
    let before = [between(1, NORTH, day(1), day(3))];
    let after = [between(1, NORTH, day(3), day(9))];
    index.upsert(&before).await.expect("written");
    index.upsert(&after).await.expect("written again");

    let on = |day: Day| within(operator().as_of(day));
    assert_eq!(found(index, &on(day(2)), 9).await, passages(&[]));
    assert_eq!(found(index, &on(day(4)), 9).await, passages(&[1]));
    assert_eq!(index.count().await.expect("counted"), 1);
}

async fn a_cleared_index_is_empty_and_can_be_filled(index: &dyn VectorIndex) {
    index
        .upsert(&[point(1, 10, 20, NORTH)])
        .await
        .expect("written");
    index.clear().await.expect("cleared");
    assert_eq!(index.count().await.expect("counted"), 0);

    index
        .upsert(&[point(2, 11, 20, NORTH)])
        .await
        .expect("written");
    assert_eq!(found(index, &within(sets(&[20])), 9).await, passages(&[2]));
}

async fn more_points_than_one_write_takes_are_all_found(index: &dyn VectorIndex) {
    let points: Vec<_> = (0..2_500).map(|n| point(n, n % 7, n % 3, NORTH)).collect();
    index.upsert(&points).await.expect("written");
    index.flush().await.expect("flushed");
    assert_eq!(index.count().await.expect("counted"), 2_500);
    let theirs = found(index, &within(sets(&[1])), 2_500).await;
    assert_eq!(theirs.len(), 833);
}

async fn a_vector_of_another_length_is_refused(index: &dyn VectorIndex) {
    let mut wrong = point(1, 10, 20, NORTH);
    wrong.vector.push(0.0);
    for refused in [
        index.upsert(&[wrong]).await.err(),
        index.search(&[1.0], &within(operator()), 1).await.err(),
    ] {
        assert!(
            matches!(refused, Some(RetrievalError::Dimensions { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(index.count().await.expect("counted"), 0);
}

macro_rules! on_both {
    ($($name:ident)*) => {
        mod on_edge {
            $(#[tokio::test]
            async fn $name() {
                let dir = tempfile::tempdir().expect("a folder");
                super::$name(&super::edge(dir.path())).await;
            })*
        }

        mod on_a_server {
            $(#[tokio::test]
            async fn $name() {
                let collection = super::Collection::new();
                super::$name(&collection.index(super::DIMENSIONS).await).await;
                collection.delete().await;
            })*
        }
    };
}

on_both! {
    the_nearest_passages_come_first_with_their_similarity
    passages_outside_the_scope_are_not_found_and_take_no_place
    a_scope_without_sets_finds_nothing
    a_search_of_some_documents_finds_only_theirs_and_only_in_scope
    a_document_narrower_than_its_set_is_not_found_and_takes_no_place
    writing_a_passage_again_replaces_it
    removing_a_version_leaves_the_others
    only_what_is_in_force_on_the_scopes_day_is_found
    other_days_of_a_version_replace_the_former_ones
    a_cleared_index_is_empty_and_can_be_filled
    more_points_than_one_write_takes_are_all_found
    a_vector_of_another_length_is_refused
}

fn edge(dir: &std::path::Path) -> EdgeIndex {
    EdgeIndex::open(dir, DIMENSIONS).expect("it opens")
}

/// A collection of one test on the server that `make test` starts.
struct Collection {
    url: String,
    name: String,
}

impl Collection {
    fn new() -> Self {
        let url = std::env::var("INHOUSE_TEST_QDRANT_URL").expect(
            "INHOUSE_TEST_QDRANT_URL is not set: `make test` starts a Qdrant server and sets it",
        );
        Self {
            url,
            name: format!("test-{}", uuid::Uuid::new_v4()),
        }
    }

    async fn index(&self, dimensions: usize) -> QdrantIndex {
        self.connect(dimensions).await.expect("it connects")
    }

    async fn connect(&self, dimensions: usize) -> Result<QdrantIndex, RetrievalError> {
        QdrantIndex::connect(&self.url, None, &self.name, dimensions).await
    }

    async fn delete(self) {
        let client = qdrant_client::Qdrant::from_url(&self.url)
            .skip_compatibility_check()
            .build()
            .expect("a client");
        let deleted = client.delete_collection(self.name).await;
        deleted.expect("the collection is deleted");
    }
}

#[tokio::test]
async fn an_edge_index_opened_again_holds_what_was_written() {
    let dir = tempfile::tempdir().expect("a folder");
    {
        let index = edge(dir.path());
        assert_eq!(index.opening(), &Opening::Created);
        index
            .upsert(&[point(1, 10, 20, NORTH)])
            .await
            .expect("written");
        index.flush().await.expect("flushed");
    }
    let index = edge(dir.path());
    assert_eq!(index.opening(), &Opening::Loaded);
    assert_eq!(found(&index, &within(sets(&[20])), 9).await, passages(&[1]));
}

#[tokio::test]
async fn a_damaged_edge_index_is_kept_aside_and_asks_to_be_rebuilt() {
    let dir = tempfile::tempdir().expect("a folder");
    {
        let index = edge(dir.path());
        index
            .upsert(&[point(1, 10, 20, NORTH)])
            .await
            .expect("written");
        index.flush().await.expect("flushed");
    }
    std::fs::write(dir.path().join("current/edge_config.json"), "{").expect("damaged");

    let index = edge(dir.path());
    let Opening::Damaged { kept, .. } = index.opening() else {
        panic!("{:?}", index.opening());
    };
    assert!(kept.join("segments").is_dir());
    assert!(index.opening().needs_rebuild());
    assert_eq!(index.count().await.expect("counted"), 0);
    index
        .upsert(&[point(1, 10, 20, NORTH)])
        .await
        .expect("written");
    assert_eq!(found(&index, &within(operator()), 9).await, passages(&[1]));
}

#[tokio::test]
async fn an_edge_index_whose_loading_ended_the_process_is_not_loaded_again() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(edge(dir.path()));
    std::fs::write(dir.path().join("loading"), []).expect("the mark of a crash");

    let index = edge(dir.path());
    assert!(index.opening().needs_rebuild(), "{:?}", index.opening());
    drop(index);
    assert_eq!(edge(dir.path()).opening(), &Opening::Loaded);
}

#[tokio::test]
async fn an_edge_index_of_another_length_is_rebuilt() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(edge(dir.path()));
    let index = EdgeIndex::open(dir.path(), 8).expect("it opens");
    assert!(matches!(index.opening(), Opening::Damaged { .. }));
}

#[tokio::test]
async fn a_folder_holds_one_open_edge_index() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = edge(dir.path());
    let second = EdgeIndex::open(dir.path(), DIMENSIONS).err();
    assert!(
        matches!(second, Some(RetrievalError::InUse { .. })),
        "{second:?}"
    );
    drop(first);
    edge(dir.path());
}

#[tokio::test]
async fn an_edge_index_is_removed_once_it_is_closed() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("former");
    let open = edge(&path);
    assert!(!EdgeIndex::remove(&path).expect("it is looked at"));
    drop(open);
    assert!(EdgeIndex::remove(&path).expect("it is removed"));
    assert!(!path.exists());
    assert!(EdgeIndex::remove(&path).expect("none is fine"));
}

#[tokio::test]
async fn a_removed_collection_is_gone_and_none_is_fine() {
    let collection = Collection::new();
    drop(collection.index(DIMENSIONS).await);
    for _ in 0..2 {
        QdrantIndex::remove(&collection.url, None, &collection.name)
            .await
            .expect("removed");
    }
    let looked = QdrantIndex::look(&collection.url, None, &collection.name).await;
    assert_eq!(looked.expect("looked"), None);
}

#[tokio::test]
async fn a_collection_is_made_once_and_keeps_its_length() {
    let collection = Collection::new();
    let look = || QdrantIndex::look(&collection.url, None, &collection.name);
    assert_eq!(look().await.expect("looked"), None);
    let first = collection.index(DIMENSIONS).await;
    assert_eq!(look().await.expect("looked"), Some(0));
    assert!(first.was_created());
    assert!(!collection.index(DIMENSIONS).await.was_created());
    let other = collection.connect(8).await.err();
    assert!(
        matches!(
            other,
            Some(RetrievalError::Dimensions {
                expected: DIMENSIONS,
                found: 8
            })
        ),
        "{other:?}"
    );
    collection.delete().await;
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_said_to_be() {
    let error = QdrantIndex::connect("http://127.0.0.1:1", None, "test", DIMENSIONS)
        .await
        .err()
        .expect("nothing listens there");
    assert!(error.to_string().contains("Qdrant server"), "{error}");
}
