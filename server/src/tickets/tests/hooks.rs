//! Signed messages: those that a webhook gets, and those that trackers send us.

use super::super::incoming::Incoming;
use super::super::{signature, understand};
use super::{Desk, Sent, Which};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use inhouse_protocol::{Timestamp, TrackerFollow, TrackerKind};
use inhouse_store::{NewsTaken, StoredTracker};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SECRET: &str = "a secret that signs";
const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// What a receiver got: whether it was signed, the delivery's name, the message.
type Got = Arc<Mutex<Vec<(bool, String, Value)>>>;

/// A system that takes messages; it fails at the first one after it was read.
async fn receiver() -> (Got, String) {
    async fn take(
        State(got): State<Got>,
        headers: HeaderMap,
        body: String,
    ) -> (StatusCode, String) {
        let header = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
        let now = jiff::Timestamp::now().as_second();
        let given = header("inhouse-signature");
        let signed = signature::is_signed("s3cret", now, body.as_bytes(), &given);
        let message = serde_json::from_str(&body).unwrap();
        let mut got = got.lock().unwrap();
        got.push((signed, header("inhouse-delivery"), message));
        if got.len() == 1 {
            return (StatusCode::BAD_GATEWAY, String::new());
        }
        (StatusCode::OK, r#"{"key": "T-7"}"#.to_owned())
    }
    let got = Got::default();
    let routes = Router::new()
        .route("/in", post(take))
        .with_state(got.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (got, format!("http://{address}/in"))
}

#[tokio::test]
async fn a_webhook_gets_a_signed_message_whose_name_stays_when_it_is_sent_again() {
    let mut desk = Desk::new(Which::DataCenter).await;
    let (got, address) = receiver().await;
    let mut settings = desk.settings(TrackerKind::Webhook);
    settings.address = address;
    desk.save_alone(settings).await;
    let id = desk.escalate().await;
    let sender = desk.sender();
    let Sent::Later { after, .. } = sender.send_next().await.unwrap() else {
        panic!("its failure is no refusal");
    };
    desk.wait(after + Duration::from_secs(1));
    assert_eq!(sender.send_next().await.unwrap(), Sent::Issue("T-7".into()));
    let got = got.lock().unwrap();
    assert_eq!(got.len(), 2);
    assert!(got.iter().all(|(signed, ..)| *signed));
    assert_eq!(got[0].1, got[1].1);
    let message = &got[1].2;
    assert_eq!(message["escalation"], json!(id));
    assert_eq!(message["event"], "escalation.opened");
    assert!(!message.to_string().contains("Zebulon"), "{message}");
}

/// A tracker that calls us.
async fn calling(desk: &mut Desk, kind: TrackerKind) -> StoredTracker {
    let mut settings = desk.settings(kind);
    settings.follow = TrackerFollow::Webhook;
    let id = desk.save_alone(settings).await;
    desk.store.tracker(&id).await.unwrap()
}

fn hub(body: &str, secret: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let code = signature::code(secret, body.as_bytes()).unwrap();
    let code = format!("sha256={code}");
    headers.insert("x-hub-signature", code.parse().unwrap());
    headers.insert("x-atlassian-webhook-identifier", "d-1".parse().unwrap());
    headers
}

fn updated(key: &str, status: &str, category: &str, at: i64) -> String {
    json!({
        "timestamp": at,
        "webhookEvent": "jira:issue_updated",
        "issue": { "key": key, "fields": {
            "updated": "2027-01-15T08:00:00.000+0000",
            "status": { "name": status, "statusCategory": { "key": category } },
        } },
        "comment": {
            "id": "9", "author": { "displayName": "Jana" }, "body": "Done with it.",
        },
    })
    .to_string()
}

#[tokio::test]
async fn what_jira_sends_counts_once_and_only_if_it_is_signed() {
    let mut desk = Desk::new(Which::DataCenter).await;
    let tracker = calling(&mut desk, TrackerKind::JiraDataCenter).await;
    let (id, key) = desk.issue().await;
    let body = updated(&key, "Done", "done", 1_800_000_100_000);
    let read =
        |headers: &HeaderMap, body: &str| understand(&tracker, headers, body.as_bytes(), NOW);
    assert_eq!(read(&HeaderMap::new(), &body), None);
    assert_eq!(read(&hub(&body, "another secret"), &body), None);
    assert_eq!(
        read(&hub(&body, SECRET), &body.replace("Done", "Gone")),
        None
    );
    let Some(Incoming {
        deliveries,
        news: Some(news),
    }) = read(&hub(&body, SECRET), &body)
    else {
        panic!("it is signed");
    };
    let store = &desk.store;
    let take = async || {
        store
            .take_ticket_news(&tracker.id, &deliveries, &news)
            .await
            .unwrap()
    };
    assert_eq!(take().await, NewsTaken::Changed);
    let shown = store.escalation(&desk.lawyer, &id).await.unwrap();
    assert_eq!(shown.summary.state.as_str(), "resolved");
    assert_eq!(shown.replies.len(), 1);
    assert_eq!(take().await, NewsTaken::Replayed);
    // The same body under another name is the same.
    let other = [deliveries[0].clone(), "name:d-2".to_owned()];
    let again = store.take_ticket_news(&tracker.id, &other, &news).await;
    assert_eq!(again.unwrap(), NewsTaken::Replayed);
}

#[tokio::test]
async fn news_that_come_late_are_older_than_what_is_known() {
    let mut desk = Desk::new(Which::DataCenter).await;
    let tracker = calling(&mut desk, TrackerKind::JiraDataCenter).await;
    let (id, key) = desk.issue().await;
    for (number, (status, category, at)) in [
        ("To Do", "new", 1_800_000_100_000_i64),
        ("Done", "done", 1_800_000_300_000),
        ("In Progress", "indeterminate", 1_800_000_200_000),
    ]
    .into_iter()
    .enumerate()
    {
        let body = updated(&key, status, category, at);
        let mut headers = hub(&body, SECRET);
        let name = format!("late-{number}");
        headers.insert("x-atlassian-webhook-identifier", name.parse().unwrap());
        let incoming = understand(&tracker, &headers, body.as_bytes(), NOW).unwrap();
        let news = incoming.news.unwrap();
        desk.store
            .take_ticket_news(&tracker.id, &incoming.deliveries, &news)
            .await
            .unwrap();
    }
    let shown = desk.store.escalation(&desk.lawyer, &id).await.unwrap();
    assert_eq!(shown.summary.state.as_str(), "resolved");
    assert_eq!(shown.ticket_state.as_deref(), Some("Done"));
}

#[tokio::test]
async fn another_system_says_in_signed_json_what_became_of_a_ticket() {
    let mut desk = Desk::new(Which::DataCenter).await;
    let tracker = calling(&mut desk, TrackerKind::Webhook).await;
    let body = json!({ "key": "T-7", "state": "resolved" }).to_string();
    let now_s = NOW.0 / 1000;
    let signed = |seconds| {
        let mut headers = HeaderMap::new();
        let code = signature::signed(SECRET, seconds, body.as_bytes()).unwrap();
        headers.insert("inhouse-signature", code.parse().unwrap());
        headers
    };
    let read = |headers: &HeaderMap| understand(&tracker, headers, body.as_bytes(), NOW);
    let news = read(&signed(now_s)).unwrap().news.unwrap();
    assert_eq!(news.key, "T-7");
    assert!(news.status.unwrap().done);
    assert_eq!(read(&signed(now_s - 3_600)), None, "an old one is none");
    let off = StoredTracker {
        enabled: false,
        ..tracker.clone()
    };
    assert_eq!(understand(&off, &signed(now_s), body.as_bytes(), NOW), None);
}
