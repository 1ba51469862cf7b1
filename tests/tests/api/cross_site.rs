//! Requests that another site makes a browser send.

use inhouse_tests::{Client, shared};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_change_without_the_token_is_refused() {
    let mut client = shared().signed_in("employee").await;
    client.token = None;
    let refused = client.post("/api/v1/conversations", &json!({})).await;
    assert_eq!(refused.expect(403)["code"], json!("cross_site"));
    assert_eq!(
        client.get("/api/v1/conversations").await.expect(200),
        json!([])
    );
}

#[tokio::test]
async fn the_token_of_another_session_is_refused() {
    let instance = shared();
    let mut client = instance.signed_in("employee").await;
    client.token = instance.signed_in("employee").await.token;
    client
        .post("/api/v1/conversations", &json!({}))
        .await
        .expect(403);
}

#[tokio::test]
async fn a_change_from_another_site_is_refused_even_with_the_token() {
    let client = shared().signed_in("employee").await;
    for (header, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = client
            .request(&Method::POST, "/api/v1/conversations")
            .header(header, value)
            .json(&json!({}));
        Client::send(request).await.expect(403);
    }
    let request = client
        .request(&Method::POST, "/api/v1/conversations")
        .header("sec-fetch-site", "same-origin")
        .json(&json!({}));
    Client::send(request).await.expect(201);
}

#[tokio::test]
async fn another_site_cannot_sign_a_browser_in() {
    let instance = shared();
    let email = instance.person("employee");
    let request = Client::new(&instance.base())
        .request(&Method::POST, "/api/v1/session")
        .header("origin", "https://evil.example")
        .json(&json!({"email": email, "password": inhouse_tests::PASSWORD}));
    Client::send(request).await.expect(403);
}

#[tokio::test]
async fn a_form_cannot_pose_as_json() {
    let client = shared().signed_in("employee").await;
    let request = client
        .request(&Method::POST, "/api/v1/conversations")
        .header("content-type", "text/plain")
        .body(r#"{"question": "hello"}"#);
    let answer = Client::send(request).await;
    assert!(
        answer.status.is_client_error() || answer.status == 201,
        "what needs no body may ignore one: {answer:?}"
    );
    let conversation = client.new_conversation().await;
    let request = client
        .request(
            &Method::POST,
            &format!("/api/v1/conversations/{conversation}/messages"),
        )
        .header("content-type", "text/plain")
        .body(r#"{"question": "hello"}"#);
    Client::send(request).await.expect(400);
}
