//! The whole way in: original, queue, cage, passages, vectors, commit, both indexes.

mod instance;
mod parts;
mod stopping;
mod unpacking;

use inhouse_ingest::{Cause, Ingested};
use inhouse_protocol::VersionState;
use inhouse_store::{Actor, INGEST};
use instance::{instance, zip_bomb};

const LEASE: &str = "# Lease\n\n## 1 Rent\n\nThe monthly rent is 900 euros.\n\n## 2 Pets\n\nThe \
                     tenant may keep two cats.\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_in_and_is_found_where_it_stands() {
    let instance = instance().await;
    let (document, version) = instance.add("lease.md", LEASE.as_bytes()).await;
    assert_eq!(instance.state(&document).await, VersionState::Queued);
    instance.settle().await;

    assert_eq!(instance.state(&document).await, VersionState::Ready);
    let summary = instance.store.document(&instance.scope, &document).await;
    assert_eq!(summary.unwrap().title, "Lease");
    let found = instance.search("May I have a cat?").await;
    assert_eq!(found[0], "2 Pets\n\nThe tenant may keep two cats.");
    let rows = instance.rows(&version).await;
    let paths: Vec<_> = rows.iter().map(|row| row.heading_path.join("/")).collect();
    assert_eq!(paths, ["1 Rent", "2 Pets"]);
    for row in rows {
        assert_eq!(row.language, "en");
        let span: String = LEASE
            .chars()
            .skip(row.start)
            .take(row.end - row.start)
            .collect();
        assert_eq!(row.text, span);
    }
    assert_eq!(instance.store.jobs_waiting(INGEST).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_file_fails_alone_with_its_reason() {
    let instance = instance().await;
    let (good, _) = instance
        .add("good.txt", b"Holidays are 30 days a year.")
        .await;
    let (bomb, _) = instance.add("bomb.docx", &zip_bomb()).await;
    let (broken, _) = instance
        .add("broken.pdf", b"%PDF-1.7\nnothing of use")
        .await;
    let (other, _) = instance.add("other.txt", b"Notice is three months.").await;
    instance.settle().await;

    assert_eq!(instance.state(&good).await, VersionState::Ready);
    assert_eq!(instance.state(&other).await, VersionState::Ready);
    let VersionState::Failed { reason, cause } = instance.state(&bomb).await else {
        panic!("the bomb was read");
    };
    assert!(reason.contains("unpacks to more than"), "{reason}");
    assert_eq!(cause, Cause::TooLarge);
    let VersionState::Failed { reason, cause } = instance.state(&broken).await else {
        panic!("the broken file was read");
    };
    assert!(reason.contains("damaged"), "{reason}");
    assert_eq!(cause, Cause::Broken);
    // A failure is an outcome, not an error of the queue.
    assert_eq!(instance.store.jobs_waiting(INGEST).await.unwrap(), 0);
    assert!(
        instance
            .store
            .jobs_failed(INGEST, 9)
            .await
            .unwrap()
            .is_empty()
    );
    let counts = instance.follower.counts().await.unwrap();
    assert_eq!((counts.database, counts.lexical, counts.vectors), (2, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_indexes_follow_new_versions_and_deletions() {
    let instance = instance().await;
    let (document, first) = instance.add("fees.txt", b"The fee is five euros.").await;
    instance.settle().await;
    let (same, second) = instance.add("fees.txt", b"The fee is six euros.").await;
    assert_eq!(same, document);
    instance.settle().await;
    assert_ne!(first, second);
    assert_eq!(
        instance.search("What is the fee?").await,
        ["The fee is six euros."]
    );
    // The first version was in force until today: it stays to be found for a day before.
    assert_eq!(instance.follower.counts().await.unwrap().vectors, 2);

    // Applying everything once more changes nothing.
    instance.store.set_cursor("edge", 0).await.unwrap();
    instance.follower.catch_up().await.unwrap();
    let counts = instance.follower.counts().await.unwrap();
    assert_eq!((counts.database, counts.lexical, counts.vectors), (2, 2, 2));

    let by = Actor::Operator;
    instance
        .store
        .delete_document(&by, &instance.scope, &document)
        .await
        .unwrap();
    assert!(instance.search("What is the fee?").await.is_empty());
    instance.follower.catch_up().await.unwrap();
    let counts = instance.follower.counts().await.unwrap();
    assert_eq!((counts.database, counts.lexical, counts.vectors), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_gives_the_indexes_that_following_gave() {
    let instance = instance().await;
    instance.add("lease.md", LEASE.as_bytes()).await;
    instance.add("fees.txt", b"The fee is five euros.").await;
    instance.settle().await;
    let before = instance.follower.counts().await.unwrap();
    let found = instance.search("How much is the rent?").await;
    // Whatever happened to them: the database is the truth.
    instance.retriever.vectors().clear().await.unwrap();
    instance.retriever.lexical().clear().unwrap();

    let counts = instance.follower.rebuild().await.unwrap();
    assert_eq!(counts, before);
    assert_eq!(counts.database, counts.lexical);
    assert_eq!(counts.database, counts.vectors);
    assert_eq!(instance.search("How much is the rent?").await, found);
    assert_eq!(instance.follower.catch_up().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_document_is_gone_for_the_worker_too() {
    let instance = instance().await;
    let (document, version) = instance.add("a.txt", b"Some words.").await;
    let by = Actor::Operator;
    instance
        .store
        .delete_document(&by, &instance.scope, &document)
        .await
        .unwrap();
    let outcome = instance.worker.ingest_one(&version).await.unwrap();
    assert_eq!(outcome, Ingested::Gone);
    instance.settle().await;
    assert_eq!(instance.store.jobs_waiting(INGEST).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_worker_and_follower_stop_when_told() {
    let instance = instance().await;
    let follower = instance.follower.clone();
    let worker = instance.worker.clone().with_follower(follower.waker());
    let (stop_worker, worker_stopped) = tokio::sync::oneshot::channel::<()>();
    let (stop_follower, follower_stopped) = tokio::sync::oneshot::channel::<()>();
    let working = tokio::spawn(async move {
        worker
            .run(async {
                let _ = worker_stopped.await;
            })
            .await;
    });
    let following = tokio::spawn(async move {
        follower
            .run(async {
                let _ = follower_stopped.await;
            })
            .await;
    });
    instance.add("a.txt", b"The canteen opens at noon.").await;
    instance.worker.waker().notify_one();
    // Both loops look at least once a second.
    let found = async {
        loop {
            let counts = instance.follower.counts().await.unwrap();
            if counts.vectors == 1 && counts.lexical == 1 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), found)
        .await
        .expect("the document comes in");
    stop_worker.send(()).unwrap();
    stop_follower.send(()).unwrap();
    working.await.unwrap();
    following.await.unwrap();
}
