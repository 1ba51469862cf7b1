//! Queues: who sees what is in them, whose turn it is; templates and views; the command line.

use inhouse_tests::{Client, Settings, queue, run_in, shared, unique, write_settings};
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_in_a_restricted_queue_is_there_for_its_members_only() {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    let [lena, otto] = [
        instance.signed_in("legal").await,
        instance.signed_in("legal").await,
    ];
    let admin = instance.signed_in("admin").await;
    let (queue, key) = lena.new_queue(true).await;
    lena.staff(&queue, &lena.id().await, false).await;
    let word = unique("embezzled");
    let id = emil
        .ask_legal(&format!("Who {word} the pizza money?"))
        .await;
    let moved = lena.change(&id, &json!({"queue": queue})).await;
    assert_eq!(moved["queue"]["key"], json!(key));

    for client in [&otto, &admin] {
        let about = |what: &str| format!("/api/v1/escalations/{id}{what}");
        for what in ["", "/similar", "/draft"] {
            client.get(&about(what)).await.expect(404);
        }
        for (what, body) in [
            ("/replies", json!({"body": "Text.", "state": "answered"})),
            ("/change", json!({"priority": "low"})),
            ("/merge", json!({"into": "another"})),
            ("/split", json!({"subject": "A part."})),
            ("/presence", json!({"writing": false})),
            ("/draft", json!({})),
            ("/ticket", json!({})),
        ] {
            client.post(&about(what), &body).await.expect(404);
        }
    }
    let bulk = json!({"escalations": [[id, 1]], "change": {"priority": "low"}});
    let bulk = otto
        .post("/api/v1/escalations/bulk", &bulk)
        .await
        .expect(200);
    assert!(bulk[0]["error"].is_string(), "{bulk}");
    for path in ["/api/v1/escalations?state=all", "/api/v1/queues"] {
        let seen = otto.get(path).await;
        assert!(
            !seen.text.contains(&word) && !seen.text.contains(&key),
            "{path}"
        );
    }
    let opening = admin.open_log().await;
    let path_of_log = format!("/api/v1/log?opening={opening}&limit=500");
    let log = admin.get(&path_of_log).await;
    assert!(!log.text.contains(&word));

    let kept = lena.escalation(&id).await;
    assert_eq!(kept["priority"], json!("normal"), "nobody has changed it");
    let ticket = format!("/api/v1/escalations/{id}/ticket");
    lena.post(&ticket, &json!({})).await.expect(400);
    let own = emil
        .get(&format!("/api/v1/requests/{id}"))
        .await
        .expect(200);
    assert!(own["question"].as_str().unwrap().contains(&word));
}

#[tokio::test]
async fn the_rotation_gives_to_one_after_the_other_and_passes_over_who_is_away() {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    let mut people = Vec::new();
    for _ in 0..3 {
        people.push(instance.signed_in("legal").await);
    }
    let (queue, _) = people[0].new_queue(false).await;
    let mut ids = Vec::new();
    for (number, person) in people.iter().enumerate() {
        ids.push(person.id().await);
        people[0].staff(&queue, &ids[number], number == 2).await;
    }
    let mut given = Vec::new();
    for _ in 0..4 {
        let id = emil.ask_legal("Where can I order pizza?").await;
        let change = json!({"queue": queue, "assignee": "rotation"});
        let changed = people[0].change(&id, &change).await;
        given.push(changed["assignee"]["id"].as_str().unwrap().to_owned());
    }
    assert_ne!(given[0], given[1]);
    assert_eq!(given[..2], given[2..]);
    assert!(!given.contains(&ids[2]), "{given:?}");
}

async fn queues(client: &Client) -> Vec<Value> {
    let queues = client.get("/api/v1/queues").await.expect(200);
    queues["queues"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_queue_is_made_changed_and_retired() {
    let lena = shared().signed_in("legal").await;
    let mut wanted = queue(false);
    let made = lena.post("/api/v1/queues", &wanted).await.expect(201);
    lena.post("/api/v1/queues", &wanted).await.expect(409);
    wanted["first_reply_minutes"] = json!(90);
    wanted["name"] = json!("Renamed");
    let path = format!("/api/v1/queues/{}", made["id"].as_str().unwrap());
    let changed = lena.put(&path, &wanted).await.expect(200);
    assert_eq!(changed["name"], json!("Renamed"));
    assert_eq!(changed["first_reply_minutes"], json!(90));
    lena.delete(&path).await.expect(204);
    let left = queues(&lena).await;
    assert!(!left.iter().any(|queue| queue["id"] == made["id"]));
    let mut nameless = queue(false);
    nameless["key"] = json!("Not a key");
    lena.post("/api/v1/queues", &nameless).await.expect(400);
}

#[tokio::test]
async fn a_template_that_somebody_changed_meanwhile_is_not_overwritten() {
    let [lena, otto] = [
        shared().signed_in("legal").await,
        shared().signed_in("legal").await,
    ];
    let new = json!({"title": "Receipt", "body": "Dear {asker}, we have it.", "queue": null});
    let made = lena.post("/api/v1/reply-templates", &new).await.expect(201);
    let path = format!("/api/v1/reply-templates/{}", made["id"].as_str().unwrap());
    let mut change = new.clone();
    change["body"] = json!("Dear {asker}, we have your question.");
    change["version"] = made["version"].clone();
    let changed = otto.put(&path, &change).await.expect(200);
    assert_eq!(changed["body"], change["body"]);
    lena.put(&path, &change).await.expect(409);
    lena.delete(&path).await.expect(204);
    otto.delete(&path).await.expect(404);
}

#[tokio::test]
async fn a_saved_view_is_its_owners_own() {
    let [lena, otto] = [
        shared().signed_in("legal").await,
        shared().signed_in("legal").await,
    ];
    let view = json!({"name": "Mine", "query": "assignee=me&sort=due"});
    let saved = lena.post("/api/v1/desk-views", &view).await.expect(201);
    assert_eq!(saved["query"], view["query"]);
    let listed = lena.get("/api/v1/desk-views").await.expect(200);
    assert_eq!(listed, json!([saved]));
    assert_eq!(otto.get("/api/v1/desk-views").await.expect(200), json!([]));
    let path = format!("/api/v1/desk-views/{}", saved["id"].as_str().unwrap());
    otto.delete(&path).await.expect(404);
    lena.delete(&path).await.expect(204);
}

#[test]
fn queues_are_set_up_on_the_command_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings::new()
        .with("inference.engine", "none")
        .with("desk.time_zone", "Europe/Berlin");
    write_settings(folder.path(), &settings);
    let run = |line: &str| {
        let arguments: Vec<_> = line.split(' ').collect();
        run_in(folder.path(), &arguments, "granite-lantern-orbit\n")
    };
    let done = |line: &str| {
        let output = run(line);
        assert!(output.success, "{line}: {output:?}");
        output.stdout
    };
    done("user add lena@example.com --role legal");
    done("user add emil@example.com");
    done("queue add hr --name People --first-reply 8 --rotation");
    done("queue member hr lena@example.com");
    done("queue away hr lena@example.com");
    let listed = done("queue list");
    for words in ["hr", "People", "8 h", "lena (away)", "Europe/Berlin"] {
        assert!(listed.contains(words), "{words}: {listed}");
    }
    done("queue away hr lena@example.com --back");
    assert!(!done("queue list").contains("(away)"));
    for refused in [
        "queue add hr",
        "queue add Not.a.key",
        "queue member nowhere lena@example.com",
        "queue away hr emil@example.com",
        "queue list --as emil@example.com",
    ] {
        assert!(!run(refused).success, "{refused}");
    }

    let said = run("doctor").stdout;
    assert!(said.contains("queue member whistleblowing"), "{said}");
    done("queue member whistleblowing lena@example.com");
    let said = run("doctor").stdout;
    assert!(!said.contains("queue member whistleblowing"), "{said}");
}
