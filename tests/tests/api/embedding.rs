//! Another embedding model takes over while the former one answers.

use inhouse_tests::{Instance, Settings, settings, write_settings};
use serde_json::json;
use tempfile::TempDir;

const QUESTION: &str = "How many days in advance does a supplier announce a delivery?";

/// An instance's settings with the other model of the tests.
fn with_the_other_model(settings: Settings) -> Settings {
    let folder = "embedding/gte-small";
    settings
        .with("embedding.id", "gte-small")
        .with("embedding.model", &format!("{folder}/model.onnx"))
        .with("embedding.tokenizer", &format!("{folder}/tokenizer.json"))
        .with("embedding.max_tokens", "512")
}

#[tokio::test]
async fn another_model_takes_over_while_the_former_one_answers() {
    let folder = TempDir::new().unwrap();
    let data = folder.path();
    write_settings(data, &settings());
    let instance = Instance::start_on(data, &settings());
    let admin = instance.signed_in("admin").await;
    let set = admin.new_set("Rules", "everyone").await;
    let rule = |number: usize| {
        format!(
            "# Rule {number}\n\nAccording to rule {number}, the form is kept for {number} years.\n"
        )
    };
    for number in 1..=40 {
        let name = format!("rule-{number}.md");
        let sent = [(name.as_str(), rule(number).into_bytes())];
        let sent = sent.each_ref().map(|(name, text)| (*name, text.as_slice()));
        admin.upload(&set, &sent).await.expect(200);
    }
    let deliveries = b"# Deliveries\n\nA supplier announces a delivery 14 days in advance.\n";
    admin
        .upload(&set, &[("deliveries.md", deliveries)])
        .await
        .expect(200);
    admin.settled(&set).await;
    admin.until_found(QUESTION, "deliveries.md").await;
    drop(instance.stop());

    // The first question after the start finds what it found before, and so does each one until
    // the new model answers, and after it.
    let changed = with_the_other_model(settings());
    let instance = Instance::start_on(data, &changed);
    let admin = instance.signed_in("admin").await;
    let state = async || admin.get("/api/v1/embedding").await.expect(200);
    let mut now = state().await;
    let mut asked = 0;
    while now["active"] != json!("gte-small") {
        let (_, _, events) = admin.ask(QUESTION).await;
        let found = inhouse_tests::names(&events);
        assert!(
            found.contains(&"deliveries.md".to_owned()),
            "{found:?} in {now}"
        );
        asked += 1;
        now = state().await;
    }
    assert!(asked > 0, "the change came before the first question");
    assert_eq!(now["next"], json!(null));
    let text = b"# Audits\n\nA supplier is audited every 18 months.\n";
    admin.upload(&set, &[("audits.md", text)]).await.expect(200);
    admin
        .until_found("How often is a supplier audited?", "audits.md")
        .await;
    let (_, _, events) = admin.ask(QUESTION).await;
    assert!(inhouse_tests::names(&events).contains(&"deliveries.md".to_owned()));
    drop(instance);
    let checked = inhouse_tests::run_in(data, &["reindex", "--check"], "");
    assert!(checked.success, "{checked:?}");
}
