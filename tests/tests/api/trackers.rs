//! Ticket trackers over the API: set up by admins, told of escalations, heard when they sign.

use aws_lc_rs::hmac;
use axum::Router;
use axum::extract::State;
use axum::http::Method;
use axum::routing::post;
use inhouse_tests::{Answer, Client, Instance, settings, shared, unique};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;

const TOKEN: &str = "a token that nobody else knows";
const SECRET: &str = "what the other side signs with";

fn tracker(name: &str, address: &str, enabled: bool) -> Value {
    json!({
        "settings": {
            "name": name, "kind": "webhook", "address": address, "follow": "webhook",
        },
        "enabled": enabled,
        "token": TOKEN,
        "webhook_secret": SECRET,
    })
}

#[tokio::test]
async fn secrets_of_a_tracker_are_written_and_never_read() {
    let admin = shared().signed_in("admin").await;
    let name = unique("tracker");
    let new = tracker(&name, "https://tickets.example.com/in", false);
    let made = admin.post("/api/v1/trackers", &new).await.expect(201);
    assert_eq!(made["has_token"], json!(true));
    let listed = admin.get("/api/v1/trackers").await.expect(200);
    assert!(listed.to_string().contains(&name));
    let path = format!("/api/v1/trackers/{}", made["id"].as_str().unwrap());
    let mut change = new.clone();
    change["token"] = Value::Null;
    let changed = admin.put(&path, &change).await.expect(200);
    assert_eq!(
        changed["has_token"],
        json!(true),
        "it was left out, so it stays"
    );
    for told in [&made, &listed, &changed] {
        let told = told.to_string();
        assert!(!told.contains(TOKEN) && !told.contains(SECRET), "{told}");
    }
    // Sent to another address, a token that was kept would be known there.
    change["settings"]["address"] = json!("https://elsewhere.example.com/in");
    let refused = admin.put(&path, &change).await.expect(400);
    assert_eq!(refused["field"], json!("token"));
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.expect(404);
}

#[tokio::test]
async fn a_tracker_is_not_switched_on_where_the_operator_lists_no_host() {
    let admin = shared().signed_in("admin").await;
    let new = tracker(&unique("tracker"), "https://tickets.example.com/in", true);
    let refused = admin.post("/api/v1/trackers", &new).await.expect(400);
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("jira.allow"), "{message}");
}

#[tokio::test]
async fn what_nobody_signed_is_not_there() {
    let admin = shared().signed_in("admin").await;
    let new = tracker(&unique("tracker"), "https://tickets.example.com/in", false);
    let made = admin.post("/api/v1/trackers", &new).await.expect(201);
    let id = made["id"].as_str().unwrap();
    let nobody = Client::new(&shared().base());
    for path in [
        format!("/hooks/trackers/{id}"),
        "/hooks/trackers/none".to_owned(),
    ] {
        // Also signed: it is switched off.
        call(&nobody, &path, &json!({ "key": "T-1" }))
            .await
            .expect(404);
        nobody.post(&path, &json!({})).await.expect(404);
    }
    let path = format!("/api/v1/trackers/{id}");
    admin.delete(&path).await.expect(204);
}

/// Sends signed JSON as the tracker does.
async fn call(by: &Client, path: &str, message: &Value) -> Answer {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    signed(by, path, &message.to_string(), since.as_secs()).await
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

async fn signed(by: &Client, path: &str, body: &str, seconds: u64) -> Answer {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let code = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    let code = hex(code.as_ref());
    let request = by
        .request(&Method::POST, path)
        .header("inhouse-signature", format!("t={seconds},v1={code}"))
        .body(body.to_owned());
    Client::send(request).await
}

/// A system that takes messages and calls every ticket `T-1`.
async fn receiver() -> (mpsc::UnboundedReceiver<Value>, String) {
    async fn take(State(got): State<mpsc::UnboundedSender<Value>>, body: String) -> String {
        got.send(serde_json::from_str(&body).unwrap()).unwrap();
        json!({ "key": "T-1" }).to_string()
    }
    let (sender, got) = mpsc::unbounded_channel();
    let routes = Router::new().route("/in", post(take)).with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (got, format!("http://{address}/in"))
}

#[tokio::test]
async fn a_ticket_is_made_by_hand_and_closed_from_there() {
    let own = settings().with("jira.allow", r#"["127.0.0.0/8"]"#);
    let instance = Instance::start(&own);
    let admin = instance.signed_in("admin").await;
    let emil = instance.signed_in("employee").await;
    let lena = instance.signed_in("legal").await;
    let (mut got, address) = receiver().await;
    let new = tracker("Tickets", &address, true);
    let made = admin.post("/api/v1/trackers", &new).await.expect(201);
    let hook = format!("/hooks/trackers/{}", made["id"].as_str().unwrap());
    let ping = got.recv().await.unwrap();
    assert_eq!(ping["event"], json!("ping"), "it was checked first");

    let question = "May Zebulon order pizza?";
    let id = emil.ask_legal(question).await;
    let path = format!("/api/v1/escalations/{id}/ticket");
    lena.post(&path, &json!({})).await.expect(204);
    let opened = got.recv().await.unwrap();
    assert_eq!(opened["escalation"], json!(id));
    assert!(!opened.to_string().contains("Zebulon"), "{opened}");
    assert_eq!(lena.ticket_of(&id).await, "T-1");

    let nobody = Client::new(&instance.base());
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let closed = json!({ "key": "T-1", "state": "resolved" }).to_string();
    let tell = async || signed(&nobody, &hook, &closed, since.as_secs()).await;
    tell().await.expect(204);
    assert_eq!(lena.escalation(&id).await["state"], json!("resolved"));
    let request = format!("/api/v1/requests/{id}");
    let request = emil.get(&request).await.expect(200);
    assert_eq!(request["state"], json!("resolved"));

    lena.change(&id, &json!({ "state": "open" })).await;
    let changed = got.recv().await.unwrap();
    assert_eq!(changed["state"], json!("open"));
    tell().await.expect(204);
    assert_eq!(
        lena.escalation(&id).await["state"],
        json!("open"),
        "a replay does nothing"
    );
    let comment = json!({
        "key": "T-1", "comment": { "id": "1", "author": "Jana", "body": "Asked again." },
    });
    call(&nobody, &hook, &comment).await.expect(204);
    let replies = lena.escalation(&id).await["replies"].clone();
    assert_eq!(replies[0]["kind"], json!("ticket"), "{replies}");
}
