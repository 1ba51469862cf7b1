//! `serve` and `worker` as two processes over PostgreSQL and Qdrant.

use inhouse_tests::{Instance, settings, unique};
use std::process::Command;

/// A database of its own on the test's PostgreSQL server.
fn new_database() -> String {
    let server = peer("INHOUSE_TEST_POSTGRES_URL");
    let name = format!("inhouse_{}", std::process::id());
    let status = Command::new("psql")
        .args(["--quiet", "--no-psqlrc", "--command"])
        .arg(format!("CREATE DATABASE {name}"))
        .arg(&server)
        .status()
        .expect("psql runs");
    assert!(status.success());
    let (before, _) = server
        .rsplit_once('/')
        .expect("the address names a database");
    format!("{before}/{name}")
}

fn peer(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set: `make test` starts it and sets it"))
}

#[tokio::test]
async fn a_document_that_the_worker_reads_is_found_by_the_server_and_goes_with_the_right() {
    let settings = settings()
        .with("database.url", &new_database())
        .with("qdrant.url", &peer("INHOUSE_TEST_QDRANT_URL"))
        .with("qdrant.collection", &format!("two-{}", std::process::id()));
    let instance = Instance::start_with_worker(&settings);
    let admin = instance.signed_in("admin").await;
    let reader = instance.signed_in("employee").await;
    let outsider = instance.signed_in("employee").await;
    let reader_id = reader.id().await;
    let group = admin.new_group("Readers").await;
    admin.join(&group, &reader_id).await;
    let grants = [(group.as_str(), "read")];
    let set = admin.new_set_for("Lent", "groups", &grants).await;
    let word = unique("Larkspur").replace('-', "");
    let text = format!(
        "# Supply agreement with {word}\n\nThe supply agreement with {word} provides a penalty of \
         810,000 dollars for late delivery.\n"
    );
    let name = format!("{word}.md");
    let uploaded = admin.upload(&set, &[(&name, text.as_bytes())]).await;
    uploaded.expect(200);
    admin.settled(&set).await;
    let question =
        format!("What penalty does the supply agreement with {word} provide for late delivery?");
    reader.until_found(&question, &name).await;
    let (_, _, events) = outsider.ask(&question).await;
    assert!(!format!("{events:?}").contains("810,000"), "{events:#?}");

    admin.leave(&group, &reader_id).await;
    let (_, _, events) = reader.ask(&question).await;
    assert!(!format!("{events:?}").contains("810,000"), "{events:#?}");
    let verified = instance.run(&["audit", "verify"], "");
    assert!(verified.success, "{verified:?}");
}
