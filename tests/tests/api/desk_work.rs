//! A day at the desk: lists, changes of many, two people on one case, duplicates, notes, drafts.

use inhouse_tests::files::GIFTS;
use inhouse_tests::{Client, shared, unique};
use serde_json::{Value, json};

fn path(id: &str, what: &str) -> String {
    format!("/api/v1/escalations/{id}/{what}")
}

fn ids(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list").iter();
    list.map(|entry| entry["id"].as_str().expect("an id"))
        .collect()
}

/// Somebody who asks and somebody at the desk.
async fn two() -> (Client, Client) {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    (emil, instance.signed_in("legal").await)
}

#[tokio::test]
async fn the_list_is_narrowed_as_its_address_says() {
    let (emil, lena) = two().await;
    let word = unique("zeppelin");
    let mine = emil
        .ask_legal(&format!("Who insures the {word} that we rent?"))
        .await;
    let other = emil
        .ask_legal(&format!("Who repairs the {word} that we rent?"))
        .await;
    lena.change(&mine, &json!({"assignee": "me", "priority": "urgent"}))
        .await;
    let listed = async |query: &str| {
        let path = format!("/api/v1/escalations?q={word}{query}");
        lena.get(&path).await.expect(200)
    };
    assert_eq!(ids(&listed("&sort=newest").await), [&other, &mine]);
    assert_eq!(ids(&listed("&sort=age").await), [&mine, &other]);
    assert_eq!(ids(&listed("&sort=priority").await), [&mine, &other]);
    assert_eq!(ids(&listed("&assignee=me").await), [&mine]);
    assert_eq!(ids(&listed("&assignee=nobody").await), [&other]);
    assert_eq!(ids(&listed("&priority=urgent").await), [&mine]);
    assert_eq!(listed("&state=resolved").await, json!([]));
    let unknown = lena.get("/api/v1/escalations?sort=luck").await;
    unknown.expect(400);
}

#[tokio::test]
async fn what_is_snoozed_is_out_of_the_list_until_it_is_woken() {
    let (emil, lena) = two().await;
    let word = unique("airship");
    let id = emil
        .ask_legal(&format!("Who insures the {word} that we rent?"))
        .await;
    let open = format!("/api/v1/escalations?q={word}");
    let later = json!({"snooze": {"until": 4_000_000_000_000_i64}});
    lena.change(&id, &later).await;
    assert_eq!(lena.get(&open).await.expect(200), json!([]));
    let with_snoozed = lena.get(&format!("{open}&snoozed=yes")).await.expect(200);
    assert_eq!(ids(&with_snoozed), [&id]);
    lena.change(&id, &json!({"snooze": "wake"})).await;
    assert_eq!(ids(&lena.get(&open).await.expect(200)), [&id]);
}

#[tokio::test]
async fn a_change_on_top_of_another_persons_change_is_refused_with_who_made_it() {
    let (emil, lena) = two().await;
    let otto = shared().signed_in("legal").await;
    let id = emil.ask_legal("Where can I order pizza?").await;
    let seen = otto.escalation(&id).await["revision"].clone();
    let first = json!({"priority": "high", "revision": seen});
    lena.post(&path(&id, "change"), &first).await.expect(200);
    let second = json!({"priority": "low", "revision": seen});
    let refused = otto.post(&path(&id, "change"), &second).await.expect(409);
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("Test Person"), "{message}");
    let reply = json!({"body": "Text.", "state": "answered", "revision": seen});
    otto.post(&path(&id, "replies"), &reply).await.expect(409);
    let now = otto.escalation(&id).await;
    assert_eq!(now["priority"], json!("high"));
    assert_eq!(now["replies"], json!([]));
}

#[tokio::test]
async fn many_are_changed_each_by_itself_and_what_was_changed_is_taken_back() {
    let (emil, lena) = two().await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let id = emil.ask_legal("Where can I order pizza?").await;
        let revision = lena.escalation(&id).await["revision"].clone();
        seen.push((id, revision));
    }
    // Somebody is faster with the last one.
    lena.change(&seen[2].0, &json!({"priority": "low"})).await;
    let body = json!({"escalations": seen, "change": {"priority": "urgent", "assignee": "me"}});
    let results = lena
        .post("/api/v1/escalations/bulk", &body)
        .await
        .expect(200);
    let results = results.as_array().unwrap();
    assert_eq!(results.len(), 3);
    for (result, (id, _)) in results.iter().zip(&seen).take(2) {
        assert_eq!(result["error"], Value::Null, "{result}");
        assert_eq!(lena.escalation(id).await["priority"], json!("urgent"));
        let mut undo = result["undo"].clone();
        undo["revision"] = result["revision"].clone();
        let undone = lena.change(id, &undo).await;
        assert_eq!(undone["priority"], json!("normal"));
        assert_eq!(undone["assignee"], Value::Null);
    }
    assert!(results[2]["error"].is_string(), "{}", results[2]);
    let untouched = lena.escalation(&seen[2].0).await;
    assert_eq!(untouched["priority"], json!("low"));
    let none = json!({"escalations": [], "change": {"priority": "urgent"}});
    lena.post("/api/v1/escalations/bulk", &none)
        .await
        .expect(400);
}

#[tokio::test]
async fn a_note_stays_at_the_desk_and_leaves_the_state() {
    let (emil, lena) = two().await;
    let id = emil.ask_legal("Where can I order pizza?").await;
    let note = json!({"body": "Ask the canteen first.", "kind": "note", "state": "open"});
    let noted = lena.post(&path(&id, "replies"), &note).await.expect(200);
    assert_eq!(noted["state"], json!("open"));
    assert_eq!(noted["first_reply_at"], Value::Null);
    assert_eq!(noted["replies"][0]["kind"], json!("note"));
    let request = emil.get(&format!("/api/v1/requests/{id}")).await;
    assert!(!request.text.contains("canteen"), "{}", request.text);
    for kind in ["asker", "ticket"] {
        let forged = json!({"body": "Text.", "kind": kind, "state": "answered"});
        lena.post(&path(&id, "replies"), &forged).await.expect(400);
    }
}

#[tokio::test]
async fn a_reply_that_asks_something_back_stops_the_clock() {
    let (emil, lena) = two().await;
    let id = emil.ask_legal("Where can I order pizza?").await;
    let asked = json!({"body": "For which day?", "state": "answered", "wait": true});
    let waiting = lena.post(&path(&id, "replies"), &asked).await.expect(200);
    assert!(waiting["waiting_since"].is_number());
    assert_eq!(waiting["resolution_due"]["state"], json!("paused"));
    let resumed = lena.change(&id, &json!({"waiting": false})).await;
    assert_eq!(resumed["waiting_since"], Value::Null);
    assert_ne!(resumed["resolution_due"]["state"], json!("paused"));
}

#[tokio::test]
async fn a_reply_to_the_one_case_reaches_everybody_whose_duplicate_was_merged_into_it() {
    let (emil, lena) = two().await;
    let eva = shared().signed_in("employee").await;
    let question = format!("Who insures the lighthouse of {}?", unique("Sark"));
    let kept = emil.ask_legal(&question).await;
    let duplicate = eva.ask_legal(&question).await;
    let similar = lena.get(&path(&kept, "similar")).await.expect(200);
    let likest = &similar["cases"][0];
    assert_eq!(likest["escalation"]["id"], json!(duplicate));
    assert!(likest["score"].as_f64().unwrap() > 0.9, "{likest}");

    let merged = lena
        .post(&path(&duplicate, "merge"), &json!({"into": kept}))
        .await
        .expect(200);
    assert_eq!(merged["id"], json!(kept));
    assert_eq!(ids(&merged["duplicates"]), [&duplicate]);
    let similar = lena.get(&path(&kept, "similar")).await.expect(200);
    let cases = similar["cases"].as_array().unwrap();
    let listed = |case: &Value| case["escalation"]["id"] == json!(duplicate);
    assert!(!cases.iter().any(listed), "{cases:?}");

    let reply = json!({"body": "Nobody yet.", "state": "resolved"});
    lena.post(&path(&kept, "replies"), &reply).await.expect(200);
    for (asker, id) in [(&emil, &kept), (&eva, &duplicate)] {
        let path = format!("/api/v1/requests/{id}");
        let request = asker.get(&path).await.expect(200);
        assert_eq!(request["replies"][0]["body"], reply["body"]);
    }
    // Not into itself, and not into what is a duplicate.
    for into in [&kept, &duplicate] {
        let refused = lena
            .post(&path(&kept, "merge"), &json!({"into": into}))
            .await;
        assert!(refused.status.is_client_error(), "{refused:?}");
    }
}

#[tokio::test]
async fn a_part_of_a_question_goes_on_by_itself() {
    let (emil, lena) = two().await;
    let id = emil.ask_legal("Where can I order pizza?").await;
    let part = json!({"subject": "Who pays for the pizza?"});
    let split = lena.post(&path(&id, "split"), &part).await.expect(201);
    assert_eq!(split["question"], part["subject"]);
    assert_ne!(split["id"], json!(id));
    assert_eq!(split["state"], json!("open"));
    let new = split["id"].as_str().unwrap();
    lena.change(new, &json!({"state": "resolved"})).await;
    assert_eq!(lena.escalation(&id).await["state"], json!("open"));
    lena.post(&path(&id, "split"), &json!({"subject": " "}))
        .await
        .expect(400);
}

#[tokio::test]
async fn who_else_has_a_case_open_is_told() {
    let (emil, lena) = two().await;
    let otto = shared().signed_in("legal").await;
    let id = emil.ask_legal("Where can I order pizza?").await;
    let here = async |client: &Client, writing: bool| {
        let body = json!({"writing": writing});
        client.post(&path(&id, "presence"), &body).await.expect(200)
    };
    assert_eq!(here(&lena, true).await["others"], json!([]));
    let seen = here(&otto, false).await;
    assert_eq!(seen["others"], json!([["Test Person", true]]));
    let seen = here(&lena, false).await;
    assert_eq!(seen["others"], json!([["Test Person", false]]));
    assert_eq!(seen["revision"], lena.escalation(&id).await["revision"]);
}

#[tokio::test]
async fn the_model_drafts_a_reply_that_a_person_accepts_or_rejects() {
    let (emil, lena) = two().await;
    let question = format!("{GIFTS} {}", unique("x"));
    let id = emil.ask_legal(&question).await;
    lena.delete(&path(&id, "draft")).await.expect(404);
    let drafted = lena.drafted(&id).await;
    let text = drafted["draft"]["sentences"][0]["text"].as_str();
    assert!(text.unwrap_or_default().contains("45 dollars"), "{drafted}");
    let request = emil.get(&format!("/api/v1/requests/{id}")).await;
    assert_eq!(request.expect(200)["draft"], Value::Null);
    lena.delete(&path(&id, "draft")).await.expect(204);
    let left = lena.get(&path(&id, "draft")).await.expect(200);
    assert_eq!(
        left,
        json!({"writing": false, "draft": null, "error": null})
    );

    let drafted = lena.drafted(&id).await;
    let draft = &drafted["draft"];
    let words: Vec<_> = draft["sentences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sentence| sentence["text"].as_str().unwrap())
        .collect();
    let reply = json!({"body": words.join(" "), "state": "resolved", "draft": draft["id"]});
    let replied = lena.post(&path(&id, "replies"), &reply).await.expect(200);
    assert_eq!(replied["draft"], Value::Null);
    let timeline = replied["timeline"].as_array().unwrap();
    let kinds: Vec<_> = timeline.iter().map(|entry| &entry["kind"]).collect();
    assert!(kinds.contains(&&json!("draft")), "{timeline:?}");
}

#[tokio::test]
async fn where_the_model_fails_it_is_said_why_there_is_no_draft() {
    let (emil, lena) = two().await;
    let question = format!("{GIFTS} (breakdown {})", unique("x"));
    let id = emil.ask_legal(&question).await;
    let status = lena.drafted(&id).await;
    assert_eq!(status["draft"], Value::Null);
    assert!(status["error"].is_string(), "{status}");
    // Put away, it is told no more.
    lena.delete(&path(&id, "draft")).await.expect(204);
    let left = lena.get(&path(&id, "draft")).await.expect(200);
    assert_eq!(left["error"], Value::Null);
}

#[tokio::test]
async fn no_issue_is_asked_for_where_no_tracker_is_set_up() {
    let (emil, lena) = two().await;
    let id = emil.ask_legal("Where can I order pizza?").await;
    lena.post(&path(&id, "ticket"), &json!({}))
        .await
        .expect(409);
}
