//! A worker that is killed, again and again, in the middle of a load: nothing is lost, nothing is
//! there twice.

use inhouse_tests::{Instance, run_in, run_until_line, settings, write_settings};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;

const FILES: usize = 24;
const KILLS: usize = 10;
/// With all that the program says of itself there are many moments to kill it at.
const TALKATIVE: &str = "debug";

/// The numbers of a linear congruential generator (Knuth, MMIX), so that each run is the same.
fn numbers(mut seed: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 40).ok()
    })
}

#[tokio::test]
async fn a_load_whose_worker_is_killed_comes_to_the_same_end() {
    let folder = TempDir::new().unwrap();
    let files = TempDir::new().unwrap();
    for number in 0..FILES {
        let mut text = format!("# Agreement {number}\n\n");
        for clause in 1..=12 {
            let _ = write!(
                text,
                "## {clause} Clause\n\nUnder clause {clause} of agreement {number} the supplier pays \
                 {number}{clause} dollars within thirty days after the invoice was received.\n\n"
            );
        }
        fs::write(files.path().join(format!("agreement-{number}.md")), text).unwrap();
    }
    let data = folder.path();
    write_settings(data, &settings());
    let files = files.path().to_str().unwrap();
    let queued = run_in(data, &["ingest", "--no-wait", files], "");
    assert!(queued.success, "{queued:?}");

    let level = format!("log.level={TALKATIVE}");
    let mut killed = 0;
    for lines in numbers(2026).take(KILLS) {
        let worker = ["--setting", level.as_str(), "worker"];
        killed += usize::from(run_until_line(data, &worker, 5 + lines % 120));
    }
    assert!(
        killed >= KILLS / 2,
        "the worker was killed {killed} times only"
    );

    let instance = Instance::start_on(data, &settings());
    let admin = instance.signed_in("admin").await;
    let sets = admin.get("/api/v1/document-sets").await.expect(200);
    let set = sets[0]["id"].as_str().unwrap().to_owned();
    let documents = admin.settled(&set).await;
    assert_eq!(documents.len(), FILES);
    let ready = |document: &&Value| document["state"] == json!("ready");
    assert_eq!(
        documents.iter().filter(ready).count(),
        FILES,
        "{documents:#?}"
    );
    let passages: u64 = documents
        .iter()
        .map(|document| document["passages"].as_u64().unwrap())
        .sum();
    admin
        .until_found(
            "What is paid under clause 3 of agreement 7?",
            "agreement-7.md",
        )
        .await;
    drop(instance);

    let checked = run_in(data, &["reindex", "--check"], "");
    assert!(checked.success, "{checked:?}");
    let counts: Value = serde_json::from_str(&checked.stdout).unwrap();
    let same = json!({ "database": passages, "lexical": passages, "vectors": passages });
    assert_eq!(counts, same);
}
