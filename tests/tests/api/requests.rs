//! One's own requests over the API: adding, withdrawing, opening again, rating, and being told.

use inhouse_tests::shared;
use serde_json::{Value, json};

const QUESTION: &str = "Who insures the company's submarine below the ice of Europa?";

fn about(notices: &Value, id: &str) -> Vec<String> {
    let all = notices["notices"].as_array().expect("a list");
    all.iter()
        .filter(|notice| notice["about"] == json!(id))
        .map(|notice| notice["kind"].as_str().expect("a kind").to_owned())
        .collect()
}

#[tokio::test]
async fn an_asker_follows_a_request_to_its_end_and_rates_it() {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    let lena = instance.signed_in("legal").await;
    let id = emil.ask_legal(QUESTION).await;
    let request = format!("/api/v1/requests/{id}");
    let shown = emil.get(&request).await.expect(200);
    assert!(
        shown["first_reply_due"]["at"].is_number(),
        "the expected time: {shown:#}"
    );

    let replies = format!("/api/v1/escalations/{id}/replies");
    let reply = json!({"body": "Which one?", "state": "answered", "wait": true});
    lena.post(&replies, &reply).await.expect(200);
    let told = emil.get("/api/v1/me/notices").await.expect(200);
    assert_eq!(about(&told, &id), ["needs_answer"]);
    let unread = emil.get("/api/v1/me").await.expect(200)["unread"].clone();
    assert!(unread.as_u64() >= Some(1), "{unread}");

    let empty = emil
        .post(&format!("{request}/messages"), &json!({"body": " "}))
        .await
        .expect(400);
    assert_eq!(empty["field"], json!("body"));
    let message = json!({"body": "The yellow one."});
    let added = emil
        .post(&format!("{request}/messages"), &message)
        .await
        .expect(200);
    assert_eq!(added["state"], json!("open"));
    assert_eq!(added["waiting_since"], Value::Null);
    assert_eq!(added["replies"][1]["kind"], json!("asker"));

    let rating = format!("{request}/rating");
    emil.post(&rating, &json!({"rating": 4})).await.expect(409);
    let reply = json!({"body": "Nobody.", "state": "resolved"});
    lena.post(&replies, &reply).await.expect(200);
    let wrong = emil.post(&rating, &json!({"rating": 9})).await.expect(400);
    assert_eq!(wrong["field"], json!("rating"));
    let rated = emil.post(&rating, &json!({"rating": 4})).await.expect(200);
    assert_eq!(rated["rating"], json!(4));
    emil.post(&format!("{request}/withdraw"), &json!({}))
        .await
        .expect(409);
    let opened = emil
        .post(
            &format!("{request}/reopen"),
            &json!({"body": "And the blue one?"}),
        )
        .await
        .expect(200);
    assert_eq!(opened["state"], json!("open"));
}

#[tokio::test]
async fn a_request_is_its_askers_alone() {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    let other = instance.signed_in("employee").await;
    let lena = instance.signed_in("legal").await;
    let id = emil.ask_legal(QUESTION).await;
    for client in [&other, &lena] {
        for (path, body) in [
            ("messages", json!({"body": "Hello."})),
            ("withdraw", json!({})),
            ("reopen", json!({})),
            ("rating", json!({"rating": 5})),
        ] {
            let path = format!("/api/v1/requests/{id}/{path}");
            client.post(&path, &body).await.expect(404);
        }
    }
}

#[tokio::test]
async fn notices_are_read_and_mail_is_chosen() {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    let lena = instance.signed_in("legal").await;
    let id = emil.ask_legal(QUESTION).await;
    let replies = format!("/api/v1/escalations/{id}/replies");
    let reply = json!({"body": "Nobody.", "state": "answered"});
    lena.post(&replies, &reply).await.expect(200);
    let read = json!({"about": id});
    emil.post("/api/v1/me/notices/read", &read)
        .await
        .expect(204);
    let told = emil.get("/api/v1/me/notices").await.expect(200);
    let all = told["notices"].as_array().expect("a list");
    let notice = all.iter().find(|notice| notice["about"] == json!(id));
    assert_eq!(notice.expect("a notice")["read"], json!(true));

    // This instance sends none, whatever one would like.
    let choose = async |mail: &str| emil.put("/api/v1/me/mail", &json!({"mail": mail})).await;
    choose("off").await.expect(204);
    choose("on").await.expect(204);
    choose("none").await.expect(400);
    let me = emil.get("/api/v1/me").await.expect(200);
    assert_eq!(me["mail"], json!("none"));
}

#[tokio::test]
async fn a_word_on_an_answer_is_kept() {
    let instance = shared();
    let emil = instance.signed_in("employee").await;
    let other = instance.signed_in("employee").await;
    let (conversation, run, _) = emil.ask(QUESTION).await;
    let path = format!("/api/v1/runs/{run}/helpful");
    let said = json!({"helpful": false, "comment": "Too short."});
    other.post(&path, &said).await.expect(404);
    emil.post(&path, &said).await.expect(204);
    let kept = emil
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await
        .expect(200);
    assert_eq!(kept["exchanges"][0]["helpful"], json!(false));
}
