//! How questions are answered: written or in quotes, by whose wish; what takes the place of a
//! sentence that fails; documents that contradict each other; follow-ups; answering once more.

use inhouse_tests::files::{GIFTS, HANDBOOK};
use inhouse_tests::{Client, Event, engine, run_in, settings, shared, unique, write_settings};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

fn done(events: &[Event]) -> &Value {
    &events.last().expect("a run has events").data
}

fn sentences(events: &[Event]) -> Vec<&Value> {
    events
        .iter()
        .map(|event| &event.data["sentence"])
        .filter(|sentence| !sentence.is_null())
        .collect()
}

async fn choose(client: &Client, mode: Value) {
    let body = json!({"mode": mode});
    let chosen = client.put("/api/v1/me/answers", &body);
    chosen.await.expect(204);
}

#[tokio::test]
async fn who_wants_quotes_gets_the_documents_own_words_and_no_model() {
    let client = shared().signed_in("employee").await;
    let me = client.get("/api/v1/me").await.expect(200);
    assert_eq!(me["answer_mode"], Value::Null);
    assert_eq!(me["default_answer_mode"], json!("written"));
    choose(&client, json!("quotes")).await;
    let me = client.get("/api/v1/me").await.expect(200);
    assert_eq!(me["answer_mode"], json!("quotes"));

    let question = format!("{GIFTS} {}", unique("x"));
    let (conversation, _, events) = client.ask(&question).await;
    assert_eq!(done(&events)["outcome"], json!("answered"), "{events:#?}");
    assert_eq!(engine().asked(&question), 0);
    let quoted = sentences(&events);
    assert!(
        quoted[0]["text"].as_str().unwrap().contains("45 dollars"),
        "{quoted:?}"
    );
    for sentence in &quoted {
        assert_eq!(sentence["verbatim"], json!(true));
        let quote = sentence["citations"][0]["quote"].as_str().unwrap();
        assert_eq!(
            json!(quote.split_whitespace().collect::<Vec<_>>().join(" ")),
            sentence["text"]
        );
    }
    let kept = client
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await
        .expect(200);
    let exchange = &kept["exchanges"][0];
    assert_eq!(exchange["mode"], json!("quotes"));
    assert_eq!(exchange["ai_generated"], json!(false));

    choose(&client, Value::Null).await;
    let question = format!("{GIFTS} {}", unique("x"));
    client.ask(&question).await;
    assert_eq!(engine().asked(&question), 1);
}

#[tokio::test]
async fn an_unknown_way_to_answer_is_refused() {
    let client = shared().signed_in("employee").await;
    let refused = client
        .put("/api/v1/me/answers", &json!({"mode": "guesses"}))
        .await;
    assert!(refused.status.is_client_error(), "{refused:?}");
}

#[tokio::test]
async fn a_sentence_with_a_wrong_number_gives_way_to_the_documents_words() {
    let client = shared().signed_in("employee").await;
    let question = format!("{GIFTS} (misquote {})", unique("x"));
    let (_, _, events) = client.ask(&question).await;
    assert_eq!(engine().asked(&question), 1);
    assert_eq!(done(&events)["outcome"], json!("answered"), "{events:#?}");
    let shown = sentences(&events);
    assert_eq!(shown[0]["verbatim"], json!(true), "{shown:?}");
    assert!(shown[0]["text"].as_str().unwrap().contains("45 dollars"));
    assert!(!shown[0]["replaces"].as_str().unwrap().is_empty());
    // Of the text alone: an id may hold any digits.
    let texts = shown.iter().map(|sentence| sentence["text"].to_string());
    assert!(!texts.collect::<String>().contains("99"), "{shown:?}");
}

#[tokio::test]
async fn a_follow_up_says_what_was_searched_for() {
    let client = shared().signed_in("employee").await;
    let conversation = client.new_conversation().await;
    let run = client.ask_in(&conversation, GIFTS).await;
    client.events(&run, None).await;
    let run = client.ask_in(&conversation, "And contractors?").await;
    let events = client.events(&run, None).await;
    let meant = GIFTS.replace("employees", "contractors");
    let standalone = events
        .iter()
        .map(|event| &event.data["standalone"])
        .find(|standalone| !standalone.is_null());
    assert_eq!(standalone, Some(&json!(meant)), "{events:#?}");
    let kept = client
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await
        .expect(200);
    assert_eq!(kept["exchanges"][0]["standalone"], Value::Null);
    assert_eq!(kept["exchanges"][1]["question"], json!("And contractors?"));
    assert_eq!(kept["exchanges"][1]["standalone"], json!(meant));
}

/// An instance's folder with these documents.
fn folder(documents: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_settings(folder.path(), &settings());
    let files = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in documents {
        std::fs::write(files.path().join(name), content).expect("the file can be written");
    }
    let path = files.path().to_str().expect("a temporary path is UTF-8");
    let output = run_in(folder.path(), &["ingest", path], "");
    assert!(output.success, "{output:?}");
    folder
}

/// What `inhouse ask --json` says to this line.
fn ask(data: &Path, line: &Value) -> Value {
    let output = run_in(data, &["ask", "--json"], &format!("{line}\n"));
    assert!(output.success, "{output:?}");
    serde_json::from_str(&output.stdout).expect("a report is JSON")
}

#[test]
fn an_old_answer_can_be_given_again_word_for_word() {
    let folder = folder(&[("handbook.md", HANDBOOK)]);
    for mode in ["written", "quotes"] {
        let report = ask(folder.path(), &json!({"question": GIFTS, "mode": mode}));
        assert_eq!(report["outcome"], json!("answered"), "{report}");
        assert_eq!(report["mode"], json!(mode));
        let run = report["run"].as_str().expect("it is recorded");
        let replayed = run_in(folder.path(), &["replay", run], "");
        assert!(replayed.success, "{replayed:?}");
        let said = &replayed.stdout;
        assert!(
            said.contains("The answer is the same, word for word."),
            "{said}"
        );
        assert!(said.contains("are the same as then."), "{said}");
        assert!(said.contains("finds the same passages"), "{said}");

        let settings = ["--setting", "answers.highest_wrong_rate=0.2"];
        let arguments = [&settings[..], &["replay", run, "--json"][..]].concat();
        let replayed = run_in(folder.path(), &arguments, "");
        assert!(replayed.success, "{replayed:?}");
        let replay: Value = serde_json::from_str(&replayed.stdout).expect("it is JSON");
        assert_eq!(replay["same"], json!(true));
        let changed: Vec<&Value> = replay["settings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["same"] == json!(false))
            .map(|one| &one["name"])
            .collect();
        assert!(
            changed.contains(&&json!("answers.highest_wrong_rate")),
            "{changed:?}"
        );
    }
    let unknown = run_in(folder.path(), &["replay", "nothing"], "");
    assert!(!unknown.success);
    assert!(
        unknown.stderr.contains("there is no question"),
        "{unknown:?}"
    );
}

#[test]
fn documents_that_contradict_each_other_are_shown_side_by_side_and_not_blended() {
    let other = "# Travel policy\n\n## 7 Claims\n\nExpense claims must be submitted within 90 days \
                 of the date of the expense. Receipts are attached.\n";
    let folder = folder(&[("handbook.md", HANDBOOK), ("travel.md", other)]);
    let question = "Within how many days must expense claims be submitted?";
    let report = ask(folder.path(), &json!({"question": question}));
    assert_eq!(report["outcome"], json!("escalated"), "{report}");
    assert_eq!(report["rule"], json!("contradiction"), "{report}");
    assert_eq!(report["sentences"], json!([]));
    let sides = report["conflict"]["sides"].as_array().expect("both sides");
    let mut values: Vec<&str> = sides
        .iter()
        .map(|side| {
            let value = side["value"].as_str().unwrap();
            let quote = side["citation"]["quote"].as_str().unwrap();
            assert!(quote.contains(value), "{side}");
            value
        })
        .collect();
    values.sort_unstable();
    assert_eq!(values, ["45 days", "90 days"]);

    // Within one of them there is nothing to contradict it.
    let line = json!({"question": question, "document": "travel.md"});
    let report = ask(folder.path(), &line);
    assert_eq!(report["conflict"], Value::Null, "{report}");
}
