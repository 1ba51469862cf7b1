//! Somebody asks what is held on them and is erased: over HTTP, and on the command line. Nothing of
//! them is left in any file of the instance.

use inhouse_tests::{Client, Instance, PASSWORD, Settings, engine, files, run_in, settings};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Words that are the person's, and stand nowhere else.
const WORDS: [&str; 9] = [
    "zebulonquince",
    "quillfeather",
    "wombatdepartment",
    "firefoxocelot",
    "tapirtoken",
    "bandicootquestion",
    "narwhalnote",
    "axolotlreply",
    "pangolinrunning",
];

const EMAIL: &str = "zebulonquince@example.com";
const REASON: &str = "A request under article 17";

async fn somebody(instance: &Instance, admin: &Client) -> (String, Client) {
    let person = json!({
        "email": EMAIL, "name": "Ida Quillfeather", "role": "employee",
        "department": "Wombatdepartment", "password": PASSWORD,
    });
    let made = admin.post("/api/v1/people", &person).await.expect(201);
    let id = made["id"].as_str().expect("an id").to_owned();
    let mut client = Client::new(&instance.base());
    client
        .try_sign_in(EMAIL, "not the password")
        .await
        .expect(401);
    let sign_in = client
        .request(&Method::POST, "/api/v1/session")
        .header("user-agent", "FirefoxOcelot/1.0")
        .json(&json!({"email": EMAIL, "password": PASSWORD}));
    client.keep(&Client::send(sign_in).await);
    let token = json!({"name": "Tapirtoken", "scopes": ["ask"], "days": 9});
    client.post("/api/v1/tokens", &token).await.expect(201);
    (id, client)
}

/// Asks one question that goes to the legal team and comes back answered.
async fn correspond(instance: &Instance, person: &Client) {
    let question = format!("{} Bandicootquestion", files::GIFTS);
    let (_, run, _) = person.ask(&question).await;
    let sent = person
        .post(
            &format!("/api/v1/runs/{run}/escalate"),
            &json!({"note": "Narwhalnote, please."}),
        )
        .await
        .expect(200);
    let lena = instance.signed_in("legal").await;
    let path = format!(
        "/api/v1/escalations/{}/replies",
        sent["id"].as_str().expect("an id")
    );
    let reply = json!({"body": "Axolotlreply.", "state": "answered"});
    lena.post(&path, &reply).await.expect(200);
}

#[tokio::test]
async fn an_erased_person_is_in_no_file_of_the_instance_and_the_log_verifies() {
    let debug = "info,inhouse_server=debug,inhouse_store=debug,sqlx=debug";
    let instance = Instance::start(&settings().with("log.level", debug));
    let admin = instance.signed_in("admin").await;
    let set = admin.new_set("Policies", "everyone").await;
    let handbook = [("handbook.md", files::HANDBOOK.as_bytes())];
    admin.upload(&set, &handbook).await.expect(200);
    admin.settled(&set).await;
    admin.until_found(files::GIFTS, "handbook.md").await;
    let (id, person) = somebody(&instance, &admin).await;
    correspond(&instance, &person).await;

    let export = person.get("/api/v1/me/export").await;
    assert_eq!(export.headers["content-type"], "application/zip");
    let held = files::all_of(&export.bytes).to_lowercase();
    for word in &WORDS[..8] {
        assert!(held.contains(word), "{word} is in the export");
    }
    assert!(!held.contains("argon2"), "hashes stay where they are");

    let running = format!("{} Tell me slowly. Pangolinrunning", files::GIFTS);
    let conversation = person.new_conversation().await;
    let run = person.ask_in(&conversation, &running).await;
    let mut events = person.event_stream(&run, None).await;
    while let Some(event) = events.next().await {
        if event.data["event"] == "sentence" {
            break;
        }
    }

    let path = format!("/api/v1/people/{id}/erase");
    let preview = admin.get(&path).await.expect(200);
    assert_eq!(preview["done"], json!(false));
    assert!(
        preview["kept"][0]["article"]
            .as_str()
            .unwrap()
            .contains("17(3)")
    );
    let wrong = json!({"confirm": "somebody@example.com", "reason": REASON});
    assert_eq!(
        admin.post(&path, &wrong).await.expect(400)["field"],
        "confirm"
    );
    let unsaid = json!({"confirm": EMAIL, "reason": "short"});
    assert_eq!(
        admin.post(&path, &unsaid).await.expect(400)["field"],
        "reason"
    );
    let own = admin.get("/api/v1/me").await.expect(200);
    let own_path = format!("/api/v1/people/{}/erase", own["id"].as_str().unwrap());
    let own = json!({"confirm": own["email"], "reason": REASON});
    admin.post(&own_path, &own).await.expect(409);
    person.get(&path).await.expect(404);

    let sure = json!({"confirm": "ZebulonQuince@example.com ", "reason": REASON});
    let report = admin.post(&path, &sure).await.expect(200);
    assert_eq!(report["done"], json!(true), "{report:#}");
    engine().left("Pangolinrunning").await;

    person.get("/api/v1/me").await.expect(401);
    Client::new(&instance.base())
        .try_sign_in(EMAIL, PASSWORD)
        .await
        .expect(401);
    let people = admin.get("/api/v1/people").await.expect(200);
    let left = people
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == json!(id));
    assert_eq!(left.map(|one| &one["erased"]), Some(&json!(true)));
    admin.post(&path, &sure).await.expect(400);
    admin.get(&path).await.expect(409);

    let stopped = instance.stop();
    let verified = stopped.run(&["audit", "verify"], "");
    assert!(verified.success, "{verified:?}");
    assert_eq!(words_in(stopped.data()), BTreeSet::new());
    let log = stopped.log().to_lowercase();
    let said: Vec<_> = WORDS.iter().filter(|word| log.contains(**word)).collect();
    assert!(said.is_empty(), "the output says {said:?}");
}

/// The person's words that are in a file below a folder, whatever its kind.
fn words_in(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(words_in(&path));
            continue;
        }
        let bytes = std::fs::read(&path).expect("the file can be read");
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let held = WORDS.iter().filter(|word| text.contains(**word));
        found.extend(held.map(|word| format!("{word} in {}", path.display())));
    }
    found
}

#[test]
fn the_operator_exports_holds_and_erases_on_the_command_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    inhouse_tests::write_settings(folder.path(), &Settings::new());
    let run = |arguments: &[&str]| run_in(folder.path(), arguments, "");
    let add = ["user", "add", EMAIL, "--name", "Ida Quillfeather"];
    assert!(run_in(folder.path(), &add, &format!("{PASSWORD}\n")).success);

    let zip = folder.path().join("data.zip");
    let zip = zip.to_str().expect("a temporary path is UTF-8");
    let export = ["subject", "export", EMAIL, "--out", zip];
    let made = run(&export);
    assert!(made.success, "{made:?}");
    let all = files::all_of(&std::fs::read(zip).expect("it was written"));
    assert!(all.contains("Ida Quillfeather") && all.contains("<!doctype html>"));
    assert!(
        !run(&export).success,
        "a file that is there is not overwritten"
    );
    std::fs::remove_file(zip).expect("it is there");

    let hold = [
        "hold",
        "place",
        "--person",
        EMAIL,
        "--reason",
        "Dismissal claim 7",
    ];
    assert!(run(&hold).success);
    let erase = [
        "subject",
        "erase",
        EMAIL,
        "--confirm",
        EMAIL,
        "--reason",
        REASON,
    ];
    let held = run(&erase);
    assert!(
        !held.success && held.stderr.contains("legal hold"),
        "{held:?}"
    );
    let holds = run(&["hold", "list", "--json"]);
    let holds: Value = serde_json::from_str(&holds.stdout).expect("JSON");
    let lifted = run(&["hold", "lift", holds[0]["id"].as_str().expect("an id")]);
    assert!(lifted.success, "{lifted:?}");

    let preview = run(&["subject", "erase", EMAIL]);
    assert!(
        preview.success && preview.stdout.contains("Nothing was done"),
        "{preview:?}"
    );
    let erased = run(&erase);
    assert!(
        erased.success && erased.stdout.contains("Removed:"),
        "{erased:?}"
    );
    let again = run(&erase);
    assert!(
        !again.success && again.stderr.contains("no account"),
        "{again:?}"
    );

    let dry = run(&["retention", "--dry-run"]);
    assert!(
        dry.success && dry.stdout.contains("Would be removed"),
        "{dry:?}"
    );
    assert!(run(&["retention"]).success);
    assert!(run(&["audit", "verify"]).success);
    assert_eq!(words_in(folder.path()), BTreeSet::new());
}
