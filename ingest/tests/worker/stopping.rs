//! What happens in the middle of a document's way in: somebody stops it, the model changes.

use crate::instance::{Instance, cage, embedder_called, instance, instance_with};
use inhouse_ingest::cage::CageConfig;
use inhouse_ingest::{Cause, Ingested};
use inhouse_protocol::{DocumentId, ReadSettings, VersionState};
use inhouse_retrieval::Retriever;
use inhouse_store::{Actor, INGEST};
use std::process::Command;
use std::time::Duration;
use tokio::time::timeout;

/// Some hundred passages: they take a while to embed.
fn long_text() -> String {
    let clause =
        |i| format!("Clause {i} says that the party of part {i} shall pay {i} euros in time.\n\n");
    (0..1500).map(clause).collect::<Vec<_>>().concat()
}

async fn until(instance: &Instance, document: &DocumentId, is: fn(&VersionState) -> bool) {
    let looking = async {
        while !is(&instance.state(document).await) {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_mins(1), looking)
        .await
        .expect("the document gets there");
}

async fn cancel(instance: &Instance, document: &DocumentId) {
    let by = Actor::Operator;
    let cancelled = instance
        .store
        .cancel_version(&by, &instance.scope, document);
    cancelled.await.unwrap();
}

async fn is_cancelled(instance: &Instance, document: &DocumentId) {
    let VersionState::Failed { cause, .. } = instance.state(document).await else {
        panic!("it was stopped");
    };
    assert_eq!(cause, Cause::Cancelled);
    assert_eq!(instance.store.jobs_waiting(INGEST).await.unwrap(), 0);
    instance.follower.catch_up().await.unwrap();
    let counts = instance.follower.counts().await.unwrap();
    assert_eq!((counts.database, counts.lexical, counts.vectors), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_to_stop_ends_the_reading() {
    let dir = tempfile::tempdir().unwrap();
    // A parser that never ends. Written by another process: one that is being written can't be
    // started.
    let program = dir.path().join("stuck");
    let write = "printf '#!/bin/sh\\nexec /bin/sleep 600\\n' > \"$0\" && chmod +x \"$0\"";
    let written = Command::new("/bin/sh")
        .args(["-c", write])
        .arg(&program)
        .status();
    assert!(written.unwrap().success());
    let instance = instance_with(CageConfig { program, ..cage() }).await;
    let (document, version) = instance.add("a.txt", b"Some words.").await;
    let worker = instance.worker.clone();
    let reading = tokio::spawn(async move { worker.ingest_one(&version).await });
    until(&instance, &document, |state| {
        matches!(state, VersionState::Reading { .. })
    })
    .await;
    cancel(&instance, &document).await;
    let ended = timeout(Duration::from_mins(1), reading).await;
    let outcome = ended.expect("the reading ends").unwrap().unwrap();
    assert_eq!(outcome, Ingested::Cancelled);
    is_cancelled(&instance, &document).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_to_stop_ends_the_embedding() {
    let instance = instance().await;
    let (document, version) = instance.add("a.txt", long_text().as_bytes()).await;
    let worker = instance.worker.clone();
    let reading = tokio::spawn(async move { worker.ingest_one(&version).await });
    until(&instance, &document, |state| {
        matches!(state, VersionState::Embedding { .. })
    })
    .await;
    cancel(&instance, &document).await;
    let outcome = reading.await.unwrap().unwrap();
    assert_eq!(outcome, Ingested::Cancelled);
    is_cancelled(&instance, &document).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_waits_can_be_stopped_and_retried() {
    let instance = instance().await;
    let (document, _) = instance.add("a.txt", b"The canteen opens at noon.").await;
    cancel(&instance, &document).await;
    assert_eq!(instance.worker.work_off().await.unwrap(), 0);
    is_cancelled(&instance, &document).await;
    let by = Actor::Operator;
    let settings = ReadSettings::default();
    let retried = instance
        .store
        .retry_version(&by, &instance.scope, &document, &settings);
    retried.await.unwrap();
    instance.settle().await;
    assert_eq!(instance.state(&document).await, VersionState::Ready);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_changes_meanwhile_embeds_the_document_again() {
    let instance = instance().await;
    // Another model answers than the one that this worker has.
    let other = embedder_called("other");
    let adopted = instance
        .store
        .adopt_embedding("other", other.dimensions(), "{}");
    adopted.await.unwrap();
    let (document, version) = instance.add("a.txt", b"The canteen opens at noon.").await;
    let worker = instance.worker.clone();
    let of_version = version.clone();
    let reading = tokio::spawn(async move { worker.ingest_one(&of_version).await });
    until(&instance, &document, |state| {
        matches!(state, VersionState::Embedding { .. })
    })
    .await;
    let retriever = &instance.retriever;
    instance.models.send_replace(Retriever::new(
        other,
        retriever.lexical().clone(),
        retriever.vectors().clone(),
        retriever.settings(),
    ));
    let outcome = reading.await.unwrap().unwrap();
    assert!(matches!(outcome, Ingested::Ready { .. }), "{outcome:?}");
    let rows = instance.store.index_rows(&version, "other").await.unwrap();
    assert!(rows.iter().all(|row| row.vector.len() == 384));
}
