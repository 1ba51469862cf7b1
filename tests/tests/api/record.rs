//! The log over HTTP and on the command line: opened with a reason, exported, verified, and found
//! out where it was tampered with.

use inhouse_tests::{Instance, PASSWORD, Settings, files, run_in, shared, unique};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

#[tokio::test]
async fn the_log_is_read_with_a_reason_that_stands_in_it() {
    let instance = shared();
    let admin = instance.signed_in("admin").await;
    let other = instance.signed_in("admin").await;
    for query in ["", "?opening=0", "?opening=999999999"] {
        let refused = admin.get(&format!("/api/v1/log{query}")).await;
        assert_eq!(refused.expect(400)["field"], json!("opening"), "{query}");
    }
    let short = json!({"reason": "why not"});
    admin.post("/api/v1/log/openings", &short).await.expect(400);

    let opening = admin.open_log().await;
    let page = admin.get(&format!("/api/v1/log?opening={opening}")).await;
    let page = page.expect(200);
    let records = page["records"].as_array().unwrap();
    assert!(!records.is_empty());
    let newest_first = |pair: &[Value]| pair[0]["seq"].as_i64() > pair[1]["seq"].as_i64();
    assert!(records.windows(2).all(newest_first));
    // An opening is its opener's own.
    let path = format!("/api/v1/log?opening={opening}");
    other.get(&path).await.expect(400);

    // Opening and reading are both recorded, for whoever reads next.
    let theirs = other.open_log().await;
    let me = admin.id().await;
    let path = format!("/api/v1/log?opening={theirs}&action=log&person={me}");
    let readings = other.get(&path).await.expect(200);
    let actions: Vec<_> = readings["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["action"].as_str().unwrap())
        .collect();
    assert!(actions.contains(&"log.open"), "{actions:?}");
    assert!(actions.contains(&"log.read"), "{actions:?}");
    assert!(readings.to_string().contains("A test reads the log."));
}

#[tokio::test]
async fn an_export_is_checked_without_the_instance() {
    let instance = shared();
    let admin = instance.signed_in("admin").await;
    let opening = admin.open_log().await;
    let key = instance.run(&["audit", "public-key"], "");
    assert!(key.success, "{key:?}");
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key.txt");
    std::fs::write(&key_file, &key.stdout).unwrap();
    for format in ["jsonl", "csv"] {
        let path = format!("/api/v1/log/export?opening={opening}&format={format}");
        let export = admin.get(&path).await;
        assert_eq!(export.status, 200, "{export:?}");
        let found = files::unzipped(&export.bytes);
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        let records = format!("records.{format}");
        for name in ["manifest.json", "checkpoints.jsonl", &records] {
            assert!(names.contains(&name), "{names:?}");
        }
        if format == "csv" {
            continue;
        }
        let file = folder.path().join("export.zip");
        std::fs::write(&file, &export.bytes).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let arguments = [
            "audit",
            "verify",
            "--file",
            file.to_str().unwrap(),
            "--public-key",
            key_file.to_str().unwrap(),
        ];
        let verified = run_in(elsewhere.path(), &arguments, "");
        assert!(verified.success, "{verified:?}");
    }
}

#[tokio::test]
async fn a_cell_that_a_spreadsheet_would_run_is_text_in_the_export() {
    let admin = shared().signed_in("admin").await;
    let person = json!({
        "email": format!("{}@example.com", unique("formula")),
        "name": "=1+1", "role": "employee", "department": "@SUM(1)", "password": PASSWORD
    });
    let made = admin.post("/api/v1/people", &person).await.expect(201);
    let opening = admin.open_log().await;
    let subject = format!("user:{}", made["id"].as_str().unwrap());
    let path = format!("/api/v1/log/export?opening={opening}&format=csv&subject={subject}");
    let export = files::unzipped(&admin.get(&path).await.bytes);
    let csv = export.iter().find(|(name, _)| name == "records.csv");
    let (_, csv) = csv.expect("the records are there");
    assert!(csv.lines().count() > 1, "{csv}");
    for start in ['=', '+', '-', '@', '\t'] {
        for before in ["\n", ",", ",\"", "\n\""] {
            let cell = format!("{before}{start}");
            assert!(!csv.contains(&cell), "{cell:?} in {csv}");
        }
    }
}

/// What somebody with the database does to the log, and the record where it shows first: a gap is
/// told by the record that is missing or by the one after it.
const TAMPERINGS: [(&str, &str, &[&str]); 6] = [
    (
        "a detail",
        "UPDATE audit SET detail = '{}' WHERE seq = 4;",
        &["4"],
    ),
    (
        "a subject",
        "UPDATE audit SET subject = 'x:y' WHERE seq = 5;",
        &["5"],
    ),
    (
        "a time",
        "UPDATE audit SET at = at + 1 WHERE seq = 3;",
        &["3"],
    ),
    (
        "a record gone",
        "DELETE FROM audit WHERE seq = 4;",
        &["4", "5"],
    ),
    (
        "the end gone",
        "DELETE FROM audit WHERE seq > 5;",
        &["5", "6"],
    ),
    (
        "two records swapped",
        "UPDATE audit SET seq = -1 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4; \
         UPDATE audit SET seq = 4 WHERE seq = -1;",
        &["3"],
    ),
];

/// Runs one statement on an instance's database, as somebody who has its files.
fn tamper(data: &Path, sql: &str) {
    let program = "import sqlite3, sys\n\
                   database = sqlite3.connect(sys.argv[1])\n\
                   database.executescript(sys.argv[2])\n";
    let status = Command::new("python3")
        .args(["-c", program])
        .arg(data.join("inhouse.db"))
        .arg(sql)
        .status()
        .expect("python3 runs");
    assert!(status.success(), "{sql}");
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            std::fs::create_dir_all(&target).expect("a folder can be made");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

#[tokio::test]
async fn each_kind_of_tampering_is_found_and_the_first_bad_record_is_named() {
    let instance = Instance::start(&Settings::new().with("inference.engine", "none"));
    let admin = instance.signed_in("admin").await;
    for _ in 0..5 {
        admin.new_group(&unique("Group")).await;
    }
    let stopped = instance.stop();
    let signed = stopped.run(&["audit", "checkpoint"], "");
    assert!(signed.success, "{signed:?}");
    let whole = stopped.run(&["audit", "verify"], "");
    assert!(whole.success, "{whole:?}");
    for (what, sql, first_bad) in TAMPERINGS {
        let tampered = tempfile::tempdir().unwrap();
        copy(stopped.data(), tampered.path());
        tamper(tampered.path(), sql);
        let verdict = run_in(tampered.path(), &["audit", "verify"], "");
        assert!(!verdict.success, "{what}: {verdict:?}");
        let said = verdict.stdout + &verdict.stderr;
        let mut numbers = said.split(|c: char| !c.is_ascii_digit());
        let named = numbers.any(|number| first_bad.contains(&number));
        assert!(named, "{what} is found at {first_bad:?}: {said}");
    }
}
