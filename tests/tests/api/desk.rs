//! The review desk: from an open question to a reply that the asker reads.

use inhouse_tests::shared;
use serde_json::{Value, json};

const QUESTION: &str = "Who insures the company's satellite in orbit around Mars?";

#[tokio::test]
async fn a_reply_reaches_the_asker_in_the_conversation() {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    let lena = instance.signed_in("legal").await;
    let id = emil.ask_legal(QUESTION).await;

    let open = lena.get("/api/v1/escalations?state=open").await.expect(200);
    let listed = |list: &Value| {
        list.as_array()
            .unwrap()
            .iter()
            .any(|escalation| escalation["id"] == json!(id))
    };
    assert!(listed(&open), "{open:#}");
    let opened = lena
        .get(&format!("/api/v1/escalations/{id}"))
        .await
        .expect(200);
    assert_eq!(opened["question"], json!(QUESTION));
    assert_eq!(opened["department"], json!("Sales"));
    assert!(
        !opened["trace"].as_array().unwrap().is_empty(),
        "the desk sees what each rule saw"
    );
    assert_eq!(opened["queue"]["key"], json!("legal"));
    assert_eq!(
        opened["conversation"],
        Value::Null,
        "a conversation is the asker's own"
    );

    let path = format!("/api/v1/escalations/{id}/replies");
    let reply = json!({"body": "Nobody does.\n\nWe have no satellite.", "state": "answered"});
    let replied = lena.post(&path, &reply).await.expect(200);
    assert_eq!(replied["state"], json!("answered"));
    assert!(replied["first_reply_at"].is_number());

    let request = emil
        .get(&format!("/api/v1/requests/{id}"))
        .await
        .expect(200);
    assert_eq!(request["replies"][0]["body"], reply["body"]);
    assert_eq!(request["trace"], json!([]), "the rules are the desk's");
    let conversation = request["conversation"].as_str().unwrap();
    let kept = emil
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await
        .expect(200);
    let escalation = &kept["exchanges"][0]["escalation"];
    assert_eq!(escalation["replies"][0]["body"], reply["body"]);

    let resolved = lena.change(&id, &json!({"state": "resolved"})).await;
    assert_eq!(resolved["state"], json!("resolved"));
    let open = lena.get("/api/v1/escalations?state=open").await.expect(200);
    assert!(!listed(&open));
    let resolved = lena
        .get("/api/v1/escalations?state=resolved")
        .await
        .expect(200);
    assert!(listed(&resolved));
}

#[tokio::test]
async fn an_empty_reply_and_one_that_reopens_are_refused() {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    let lena = instance.signed_in("legal").await;
    let (_, run, _) = emil.ask("Where can I order pizza?").await;
    let sent = emil
        .post(&format!("/api/v1/runs/{run}/escalate"), &json!({}))
        .await
        .expect(200);
    let path = format!(
        "/api/v1/escalations/{}/replies",
        sent["id"].as_str().unwrap()
    );
    for (body, state) in [("  ", "answered"), ("Text.", "open"), ("Text.", "gone")] {
        lena.post(&path, &json!({"body": body, "state": state}))
            .await
            .expect(400);
    }
}

#[tokio::test]
async fn a_run_is_sent_to_a_person_once() {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    let (_, run, _) = emil.ask("Where can I order pizza?").await;
    let path = format!("/api/v1/runs/{run}/escalate");
    let first = emil.post(&path, &json!({})).await.expect(200);
    let second = emil.post(&path, &json!({})).await;
    assert!(second.status == 200 || second.status == 409, "{second:?}");
    let requests = emil.get("/api/v1/requests").await.expect(200);
    let requests = requests.as_array().unwrap();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert_eq!(requests[0]["id"], first["id"]);
}
