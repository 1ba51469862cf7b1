//! Approved answers over the API: from a reply to what the next asker is given.

use inhouse_tests::files::GIFTS;
use inhouse_tests::{Client, Event, shared, unique};
use reqwest::Method;
use serde_json::{Value, json};

const ANSWERS: &str = "/api/v1/approved-answers";

fn one(id: &str) -> String {
    format!("{ANSWERS}/{id}")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn given(events: &[Event]) -> Option<&Value> {
    let mut events = events.iter();
    let event = events.find(|event| event.data["event"] == json!("approved"))?;
    Some(&event.data["answer"])
}

fn done(events: &[Event]) -> &Value {
    &events.last().expect("a run has events").data
}

async fn approve(lena: &Client, id: &str) -> Value {
    let state = json!({"state": "approved"});
    lena.post(&format!("{}/state", one(id)), &state)
        .await
        .expect(200)
}

#[tokio::test]
async fn who_asks_the_same_is_given_what_was_approved_and_others_are_answered_from_documents() {
    let instance = shared();
    let (lena, admin) = (
        instance.signed_in("legal").await,
        instance.signed_in("admin").await,
    );
    let (emil, dora) = (
        instance.signed_in("employee").await,
        instance.signed_in("employee").await,
    );
    let group = admin.new_group(&unique("Board")).await;
    admin.join(&group, &emil.id().await).await;
    let new = json!({
        "question": GIFTS, "body": "Forty-five dollars.\n\nAsk before you take more.",
        "everyone": false, "groups": [group],
    });
    let made = lena.post(ANSWERS, &new).await.expect(201);
    let id = text(&made["id"]).to_owned();
    assert_eq!(made["state"], json!("draft"));
    let (_, _, events) = emil.ask(GIFTS).await;
    assert_eq!(given(&events), None, "a draft is given to nobody");

    let approved = approve(&lena, &id).await;
    assert_eq!(approved["approved_by"], approved["author"]);
    let (conversation, _, events) = emil.ask(GIFTS).await;
    let answer = given(&events).expect("the approved answer").clone();
    assert_eq!(answer["body"], new["body"]);
    assert_eq!(done(&events)["outcome"], json!("answered"), "{events:#?}");
    let kinds: Vec<_> = events.iter().map(|event| &event.data["event"]).collect();
    assert!(!kinds.contains(&&json!("passages")), "{kinds:?}");
    let kept = emil
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await
        .expect(200);
    assert_eq!(kept["exchanges"][0]["approved"], answer);
    assert_eq!(kept["exchanges"][0]["ai_generated"], json!(false));
    let shown = lena.get(&one(&id)).await.expect(200);
    assert_eq!(shown["served"], json!(1));

    let (_, _, events) = dora.ask(GIFTS).await;
    assert_eq!(given(&events), None, "not in the group");
    assert_eq!(done(&events)["outcome"], json!("answered"), "{events:#?}");

    // What is changed is out of use until it is approved again.
    let mut change = new.clone();
    change["revision"] = shown["revision"].clone();
    lena.put(&one(&id), &change).await.expect(200);
    lena.put(&one(&id), &change).await.expect(409);
    let (_, _, events) = emil.ask(GIFTS).await;
    assert_eq!(given(&events), None);
}

#[tokio::test]
async fn a_published_reply_stands_beside_like_questions_and_in_the_timeline() {
    let instance = shared();
    let (emil, lena) = (
        instance.signed_in("employee").await,
        instance.signed_in("legal").await,
    );
    let question = format!("Who insures the {} that we rent?", unique("zeppelin"));
    let escalation = emil.ask_legal(&question).await;
    let new = json!({
        "question": question, "body": "The lessor does.", "everyone": true,
        "escalation": escalation,
    });
    let made = lena.post(ANSWERS, &new).await.expect(201);
    assert_eq!(made["escalation"], json!(escalation));
    let id = text(&made["id"]).to_owned();
    approve(&lena, &id).await;
    let timeline = lena.escalation(&escalation).await["timeline"].clone();
    let lines = timeline.as_array().expect("lines");
    let published = lines.iter().any(|line| line["kind"] == json!("published"));
    assert!(published, "{timeline}");
    let similar = lena
        .get(&format!("/api/v1/escalations/{escalation}/similar"))
        .await
        .expect(200);
    assert_eq!(similar["approved"][0]["id"], json!(id), "{similar}");

    // It must not answer the other tests' questions.
    let retired = json!({"state": "retired"});
    lena.post(&format!("{}/state", one(&id)), &retired)
        .await
        .expect(200);
    approve_refused(&lena, &id).await;
}

async fn approve_refused(lena: &Client, id: &str) {
    let state = json!({"state": "approved"});
    let refused = lena.post(&format!("{}/state", one(id)), &state).await;
    let refused = refused.expect(409);
    assert!(text(&refused["message"]).contains("retired"), "{refused}");
}

#[tokio::test]
async fn answers_leave_and_come_back_as_drafts_without_formulas() {
    let lena = shared().signed_in("legal").await;
    let question = format!("={}, what is it?", unique("SUM(A1)"));
    let file = format!(
        "question,body,valid_until\n\"{question}\",A sum.,2099-12-31\nNo day?,None.,tomorrow\n"
    );
    let import = async |file: String| {
        let path = format!("{ANSWERS}/import");
        let request = lena.request(&Method::POST, &path).body(file);
        Client::send(request).await.expect(200)
    };
    let report = import(file.clone()).await;
    assert_eq!((&report["added"], &report["known"]), (&json!(1), &json!(0)));
    let faults = report["faults"].as_array().expect("faults");
    assert_eq!(faults.len(), 1);
    assert!(text(&faults[0]).starts_with("Line 3:"), "{report}");
    assert_eq!(import(file).await["known"], json!(1));

    let listed = lena.get(ANSWERS).await.expect(200);
    let mut listed = listed.as_array().expect("answers").iter();
    let found = listed.find(|answer| answer["question"] == json!(question));
    let found = found.expect("the imported answer");
    assert_eq!(found["state"], json!("draft"));
    assert_eq!(found["valid_until"], json!("2099-12-31"));

    let table = lena.get(&format!("{ANSWERS}/export?format=csv")).await;
    let table = table.text;
    assert!(table.contains(&format!("'{question}")), "{table}");
    let lines = lena.get(&format!("{ANSWERS}/export")).await;
    assert!(lines.text.contains(&question));
}

#[tokio::test]
async fn an_answer_nobody_could_be_given_is_refused_in_words() {
    let lena = shared().signed_in("legal").await;
    for (new, word) in [
        (
            json!({"question": " ", "body": "A.", "everyone": true}),
            "question",
        ),
        (
            json!({"question": "Q?", "body": "", "everyone": true}),
            "answer",
        ),
        (
            json!({"question": "Q?", "body": "A.", "everyone": false}),
            "who may see",
        ),
        (
            json!({"question": "Q?", "body": "A.", "everyone": true, "owner": "nobody"}),
            "owner",
        ),
    ] {
        let refused = lena.post(ANSWERS, &new).await.expect(400);
        let message = text(&refused["message"]).to_lowercase();
        assert!(message.contains(word), "{message}");
    }
    lena.get(&one("019b0000-0000-7000-8000-000000000009"))
        .await
        .expect(404);
}
