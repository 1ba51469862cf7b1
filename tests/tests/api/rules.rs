//! The rules: checked, tried, published and rolled back by the legal team, and as files.

use inhouse_tests::{
    Client, Event, Instance, Settings, files, on_a_lasting_thread, run_in, settings, shared,
};
use serde_json::{Value, json};
use std::sync::OnceLock;
use tokio::sync::Mutex;

/// Who publishes takes turns: the rules are everybody's.
static TURN: Mutex<()> = Mutex::const_new(());

const MASCOT: &str = "Where is the company's mascot kept?";

/// An instance whose rules are these tests' to change.
fn instance() -> &'static Instance {
    static INSTANCE: OnceLock<Instance> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        on_a_lasting_thread(|| {
            let instance = Instance::start_in("ruled", &settings());
            files::put_handbook(&instance);
            instance
        })
    })
}

/// The rules with one more before all others, which declines with `message`.
fn with_mascot(rules: &str, message: &str) -> String {
    format!(
        "[[rule]]\n\
         id = \"mascot\"\n\
         title = \"The mascot\"\n\
         stage = \"question\"\n\
         condition = 'question.contains(\"mascot\")'\n\
         action = \"decline\"\n\
         message = \"{message}\"\n\
         [[rule.test]]\n\
         question = \"{MASCOT}\"\n\
         expect = \"this\"\n\n{rules}"
    )
}

/// The rules that ship, whatever is in force.
fn shipped(instance: &Instance) -> String {
    let shown = instance.run(&["rules", "show", "shipped"], "");
    assert!(shown.success, "{shown:?}");
    shown.stdout
}

async fn drafted(client: &Client, content: &str) -> String {
    let draft = json!({"content": content, "note": "The mascot is a secret."});
    let path = "/api/v1/rules/versions";
    let version = client.post(path, &draft).await.expect(201);
    assert_eq!(version["state"], json!("draft"), "{version:#}");
    format!("{path}/{}", version["id"].as_str().unwrap())
}

async fn set_state(client: &Client, version: &str, state: &str, status: u16) -> Value {
    let path = format!("{version}/state");
    client
        .post(&path, &json!({"state": state}))
        .await
        .expect(status)
}

fn told(events: &[Event]) -> &str {
    events.last().unwrap().data["message"].as_str().unwrap()
}

#[tokio::test]
async fn a_published_rule_decides_the_next_question_until_it_is_rolled_back() {
    let _turn = TURN.lock().await;
    let lena = instance().signed_in("legal").await;
    let emil = instance().signed_in("employee").await;
    let rules = shipped(instance());

    let first = drafted(&lena, &with_mascot(&rules, "It is a secret.")).await;
    let detail = lena.get(&first).await.expect(200);
    assert_eq!(detail["check"]["faults"], json!([]), "{detail:#}");
    assert!(!detail["check"]["tests"].as_array().unwrap().is_empty());
    assert_eq!(detail["diff"]["added"], json!(["mascot"]));
    assert_eq!(detail["diff"]["lines"][0]["change"], json!("added"));
    set_state(&lena, &first, "live", 200).await;
    let (_, _, events) = emil.ask(MASCOT).await;
    assert_eq!(told(&events), "It is a secret.", "{events:#?}");

    let second = drafted(&lena, &with_mascot(&rules, "Ask the zoo.")).await;
    set_state(&lena, &second, "live", 200).await;
    let (_, _, events) = emil.ask(MASCOT).await;
    assert_eq!(told(&events), "Ask the zoo.");

    let back = set_state(&lena, &first, "live", 200).await;
    assert_eq!(back["state"], json!("live"));
    let (_, _, events) = emil.ask(MASCOT).await;
    assert_eq!(told(&events), "It is a secret.");

    let admin = instance().signed_in("admin").await;
    let shown = admin.get("/api/v1/rules").await.expect(200);
    assert_eq!(shown["origin"], json!("version"));
    assert_eq!(shown["rules"][0]["id"], json!("mascot"), "{shown:#}");
    let states: Vec<&str> = shown["versions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|version| version["state"].as_str())
        .collect();
    assert_eq!(states.iter().filter(|state| **state == "live").count(), 1);
}

#[tokio::test]
async fn rules_that_fail_their_tests_or_cannot_be_read_stay_drafts() {
    let lena = instance().signed_in("legal").await;
    let rules = shipped(instance());
    let failing = with_mascot(&rules, "No.").replacen("expect = \"this\"", "expect = \"none\"", 1);
    let body = json!({"content": failing});
    let check = lena.post("/api/v1/rules/check", &body).await.expect(200);
    assert_eq!(check["faults"], json!([]), "{check:#}");
    let failed = check["tests"].as_array().unwrap().iter();
    let failed: Vec<_> = failed
        .filter(|test| test["passed"] == json!(false))
        .collect();
    assert_eq!(failed.len(), 1, "{failed:#?}");
    assert_eq!(failed[0]["question"], json!(MASCOT));

    let version = drafted(&lena, &failing).await;
    for state in ["proposed", "live"] {
        let refused = set_state(&lena, &version, state, 400).await;
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains("mascot"), "{message}");
    }
    let broken = json!({"content": "[[rule]]\nid = \"a\"\nwhen = 1\n", "note": "Broken."});
    lena.put(&version, &broken).await.expect(200);
    let detail = lena.get(&version).await.expect(200);
    assert!(
        detail["check"]["faults"][0]["line"].is_number(),
        "{detail:#}"
    );
    set_state(&lena, &version, "live", 400).await;
    set_state(&lena, &version, "withdrawn", 200).await;
    lena.put(&version, &broken).await.expect(409);
}

#[tokio::test]
async fn trying_a_question_shows_every_signal_and_stores_nothing() {
    let lena = shared().signed_in("legal").await;
    let rules = shipped(shared());
    let path = "/api/v1/rules/try";
    let body = json!({
        "content": with_mascot(&rules, "No."), "question": MASCOT, "question_only": true
    });
    let tried = lena.post(path, &body).await.expect(200);
    assert_eq!(tried["outcome"], json!("declined"), "{tried:#}");
    assert_eq!(tried["rule"], json!("The mascot"));
    assert_eq!(tried["message"], json!("No."));
    let signals = tried["signals"].as_array().unwrap();
    assert!(signals.iter().any(|signal| signal[0] == json!("topic")));
    assert!(!tried["trace"].as_array().unwrap().is_empty());

    let whole = json!({"question": files::GIFTS});
    let tried = lena.post(path, &whole).await.expect(200);
    assert_eq!(tried["outcome"], json!("answered"), "{tried:#}");
    let asked = lena.get("/api/v1/conversations").await.expect(200);
    assert_eq!(asked, json!([]));
    lena.post(path, &json!({"question": " "})).await.expect(400);
    let broken = json!({"question": MASCOT, "content": "[[rule"});
    lena.post(path, &broken).await.expect(400);
}

#[tokio::test]
async fn a_replay_says_what_would_change_without_the_words_that_the_desk_never_read() {
    let _turn = TURN.lock().await;
    let lena = instance().signed_in("legal").await;
    let emil = instance().signed_in("employee").await;
    let rules = shipped(instance());
    let unread = "Where can I order a mascot pizza tonight?";
    emil.ask(unread).await;
    let sent = "Who is liable when the mascot damages a leased vehicle?";
    emil.ask_legal(sent).await;
    let other = with_mascot(&rules, "Not here.").replacen("The mascot", "No animals", 1);
    let body = json!({"content": other, "questions": 50});
    let replay = lena.post("/api/v1/rules/replay", &body).await.expect(200);
    let text = replay.to_string();
    assert!(!text.contains("pizza tonight"), "{replay:#}");
    assert!(text.contains(sent), "{replay:#}");
    assert!(replay["questions"].as_u64().unwrap() >= 2, "{replay:#}");
    let outcomes = replay["outcomes"].as_array().unwrap();
    let declined = outcomes
        .iter()
        .find(|outcome| outcome[0] == json!("declined"));
    assert!(declined.is_some(), "{replay:#}");
    let none = json!({"content": rules, "questions": 0});
    lena.post("/api/v1/rules/replay", &none).await.expect(400);
}

#[tokio::test]
async fn where_a_second_person_is_asked_for_nobody_publishes_their_own_rules() {
    let settings = settings().with("rules.second_person", "true");
    let instance = Instance::start(&settings);
    let lena = instance.signed_in("legal").await;
    let otto = instance.signed_in("legal").await;
    let rules = shipped(&instance);
    let version = drafted(&lena, &with_mascot(&rules, "No.")).await;
    set_state(&lena, &version, "live", 409).await;
    set_state(&lena, &version, "proposed", 200).await;
    set_state(&lena, &version, "live", 409).await;
    let live = set_state(&otto, &version, "live", 200).await;
    assert_eq!(live["state"], json!("live"));

    let file = instance.data().join("changed.toml");
    let changed = with_mascot(&rules, "Never.");
    std::fs::write(&file, changed).expect("the file can be written");
    let file = file.to_str().expect("a temporary path is UTF-8");
    let diff = instance.run(&["rules", "diff", file], "");
    assert!(diff.stdout.contains("changed: mascot"), "{diff:?}");
    let proposed = instance.run(&["rules", "publish", file, "--note", "Shorter."], "");
    assert!(proposed.stdout.contains("is proposed"), "{proposed:?}");
    let own = instance.run(&["rules", "publish", "2"], "");
    assert!(!own.success, "{own:?}");
    let listed = instance.run(&["rules", "list"], "");
    assert!(listed.stdout.contains("proposed"), "{listed:?}");
}

#[test]
fn rules_are_checked_and_compared_as_files_without_an_instance() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("none");
    let tested = run_in(&data, &["rules", "test"], "");
    assert!(tested.success, "{tested:?}");
    assert!(tested.stdout.contains("failed: 0"), "{tested:?}");
    let shown = run_in(&data, &["rules", "show", "shipped"], "");
    assert!(shown.success, "{shown:?}");

    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("the file can be written");
        path.to_str().expect("a temporary path is UTF-8").to_owned()
    };
    let more = write("more.toml", &with_mascot(&shown.stdout, "No."));
    let diff = run_in(&data, &["rules", "diff", "shipped", &more], "");
    assert!(diff.stdout.contains("added: mascot"), "{diff:?}");
    assert!(diff.stdout.contains("+message = \"No.\""), "{diff:?}");
    let broken = write("broken.toml", "[[rule]]\nid = 7\n");
    let checked = run_in(&data, &["rules", "check", &broken], "");
    assert!(!checked.success, "{checked:?}");
    assert!(checked.stdout.contains("line "), "{checked:?}");
    let failing =
        with_mascot(&shown.stdout, "No.").replacen("expect = \"this\"", "expect = \"none\"", 1);
    let failing = write("failing.toml", &failing);
    let checked = run_in(&data, &["rules", "check", &failing], "");
    assert!(!checked.success, "{checked:?}");
    assert!(!data.exists(), "looking makes no instance");
}

#[test]
fn a_department_that_has_no_rules_stops_the_start_with_those_that_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings::new().with("rules.departments", r#"["sports"]"#);
    inhouse_tests::write_settings(folder.path(), &settings);
    let output = run_in(folder.path(), &["serve"], "");
    assert!(!output.success);
    assert!(output.stderr.contains("procurement"), "{output:?}");
}
