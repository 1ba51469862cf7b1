//! Archives and mails: their files become documents of their own.

use crate::instance::{instance, zip};
use inhouse_ingest::Ingested;
use inhouse_protocol::{Fact, VersionState};
use inhouse_store::Actor;

const MAIL: &[u8] = b"From: ada@example.com\r\nTo: ben@example.com\r\nSubject: The \
    deposit\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
    Content-Type: text/plain\r\n\r\nThe deposit is enclosed.\r\n--b\r\nContent-Type: text/plain; \
    name=deposit.txt\r\nContent-Disposition: attachment; filename=deposit.txt\r\n\r\nThe deposit \
    is three rents.\r\n--b--\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_an_archive_become_documents_below_it() {
    let instance = instance().await;
    let archive = zip(&[
        ("2026/lease.md", b"# Lease\n\nThe rent is 900 euros."),
        ("../mail.eml", MAIL),
        ("movie.bin", b"\x01\x02\x03\x04\x05\x00\x00\x09"),
    ]);
    let (document, _) = instance.add("all.zip", &archive).await;
    instance.settle().await;

    assert_eq!(
        instance.places().await,
        [
            "/all.zip",
            "all.zip/mail.eml",
            "all.zip/2026/lease.md",
            "all.zip/mail.eml/deposit.txt",
        ]
    );
    let documents = instance.documents().await;
    assert!(documents.iter().all(|d| d.state == VersionState::Ready));
    let lease = documents.iter().find(|d| d.name == "lease.md").unwrap();
    assert_eq!(lease.part_of.as_ref(), Some(&document));
    assert_eq!(lease.title, "Lease");
    let detail = instance.detail(&document).await;
    assert_eq!(detail.parts.len(), 2);
    let warnings = &detail.versions[0].warnings;
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].starts_with("Left out: movie.bin: "),
        "{warnings:?}"
    );
    let found = instance.search("How high is the deposit?").await;
    assert_eq!(found[0], "The deposit is three rents.");
    let listed = instance.rows(&detail.versions[0].id).await;
    assert!(listed[0].text.contains("2026/lease.md"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_of_an_archive_changes_its_parts() {
    let instance = instance().await;
    let first = zip(&[
        ("fee.txt", b"The fee is five euros."),
        ("gone.txt", b"The canteen opens at noon."),
        ("same.txt", b"Notice is three months."),
    ]);
    let (document, _) = instance.add("all.zip", &first).await;
    instance.settle().await;
    let second = zip(&[
        ("fee.txt", b"The fee is six euros."),
        ("new.txt", b"The garage is free."),
        ("same.txt", b"Notice is three months."),
    ]);
    let (same, version) = instance.add("all.zip", &second).await;
    assert_eq!(same, document);
    instance.settle().await;

    let places = instance.places().await;
    assert_eq!(
        places,
        [
            "/all.zip",
            "all.zip/fee.txt",
            "all.zip/new.txt",
            "all.zip/same.txt"
        ]
    );
    let documents = instance.documents().await;
    let versions: Vec<u32> = documents.iter().map(|d| d.version_number).collect();
    assert_eq!(versions, [2, 2, 1, 1]);
    assert_eq!(
        instance.search("What is the fee?").await[0],
        "The fee is six euros."
    );
    let found = instance.search("When does the canteen open?").await;
    assert!(!found.iter().any(|text| text.contains("canteen")));

    // Done by a worker already: another one that comes late changes nothing.
    let outcome = instance.worker.ingest_one(&version).await.unwrap();
    assert_eq!(outcome, Ingested::Cancelled);
    assert_eq!(instance.places().await, places);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_and_broken_off_is_done_once_in_effect() {
    let instance = instance().await;
    let archive = zip(&[
        ("a.txt", b"The rent is 900 euros."),
        ("b.txt", b"The deposit is three rents."),
    ]);
    let (_, version) = instance.add("all.zip", &archive).await;
    // Broken off when the first part is there, then when all are: what is dropped there is what
    // a kill leaves.
    for documents in [2, 3] {
        let there = async {
            while instance.places().await.len() < documents {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = there => {}
            outcome = instance.worker.ingest_one(&version) => {
                outcome.unwrap();
            }
        }
    }
    instance.settle().await;
    assert_eq!(
        instance.places().await,
        ["/all.zip", "all.zip/a.txt", "all.zip/b.txt"]
    );
    let documents = instance.documents().await;
    assert!(documents.iter().all(|d| d.version_number == 1));
    let counts = instance.follower.counts().await.unwrap();
    assert_eq!((counts.database, counts.lexical, counts.vectors), (3, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_in_archives_end_somewhere() {
    let instance = instance().await;
    let mut archive = zip(&[("core.txt", b"The core.")]);
    for _ in 0..4 {
        archive = zip(&[("next.zip", &archive)]);
    }
    instance.add("next.zip", &archive).await;
    instance.settle().await;
    let documents = instance.documents().await;
    assert_eq!(documents.len(), 4);
    assert!(documents.iter().all(|d| d.state == VersionState::Ready));
    let deepest = documents.iter().max_by_key(|d| d.folder.len()).unwrap();
    assert_eq!(deepest.folder, "next.zip/next.zip/next.zip");
    let detail = instance.detail(&deepest.id).await;
    assert!(detail.versions[0].warnings[0].contains("unpack it"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_archive_gets_no_parts_and_leaves_none() {
    let instance = instance().await;
    let archive = zip(&[("a.txt", b"The rent is 900 euros.")]);
    let (document, version) = instance.add("all.zip", &archive).await;
    instance.settle().await;
    let by = Actor::Operator;
    let deleted = instance
        .store
        .delete_document(&by, &instance.scope, &document);
    deleted.await.unwrap();
    assert!(instance.places().await.is_empty());
    let outcome = instance.worker.ingest_one(&version).await.unwrap();
    assert_eq!(outcome, Ingested::Gone);
    assert!(instance.places().await.is_empty());
    assert!(instance.search("How much is the rent?").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_says_from_when_on_it_holds_and_a_mail_does_not() {
    let instance = instance().await;
    let text = "The policy of the house.\n\nIt is valid from 1 May 2025 on.";
    let (policy, _) = instance.add("policy.txt", text.as_bytes()).await;
    let mail = "From: a@example.com\r\nSubject: News\r\nDate: Mon, 9 Mar 2026 15:00:43 \
                +0100\r\n\r\nThe new policy is valid from 1 June 2026 on.\r\n";
    let (mail, _) = instance.add("news.eml", mail.as_bytes()).await;
    instance.settle().await;
    let detail = instance.detail(&policy).await;
    let proposals = &detail.versions[0].proposals;
    assert_eq!(proposals.len(), 1);
    assert_eq!(proposals[0].fact, Fact::EffectiveFrom);
    assert_eq!(proposals[0].value, "2025-05-01");
    assert_eq!(detail.versions[0].language, "en");
    assert!(
        instance.detail(&mail).await.versions[0]
            .proposals
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_is_read_after_its_next_version_leaves_the_parts_alone() {
    let instance = instance().await;
    let (_, first) = instance
        .add("all.zip", &zip(&[("fee.txt", b"The fee is five euros.")]))
        .await;
    let (_, second) = instance
        .add("all.zip", &zip(&[("fee.txt", b"The fee is six euros.")]))
        .await;
    for version in [&second, &first] {
        let outcome = instance.worker.ingest_one(version).await.unwrap();
        assert!(matches!(outcome, Ingested::Ready { .. }), "{outcome:?}");
    }
    instance.settle().await;
    assert_eq!(instance.places().await, ["/all.zip", "all.zip/fee.txt"]);
    let found = instance.search("What is the fee?").await;
    assert_eq!(found[0], "The fee is six euros.");
}
