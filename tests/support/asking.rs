//! Asking, as a browser does: conversations, runs and the events that a run streams.

use crate::Client;
use crate::client::text;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

/// An event of a run's stream: its id and its data.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: u64,
    pub data: Value,
}

impl Client {
    /// Asks until a passage of the document `name` is found: the indexes follow the database.
    pub async fn until_found(&self, question: &str, name: &str) {
        self.progress
            .until(async || {
                let (_, _, events) = self.ask(question).await;
                names(&events)
                    .iter()
                    .any(|found| found == name)
                    .then_some(())
            })
            .await;
    }

    /// Starts a conversation and gives its id.
    pub async fn new_conversation(&self) -> String {
        text(
            &self
                .post("/api/v1/conversations", &json!({}))
                .await
                .expect(201)["id"],
        )
    }

    /// Asks in a conversation and gives the run's id.
    pub async fn ask_in(&self, conversation: &str, question: &str) -> String {
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let run = self
            .post(&path, &json!({"question": question}))
            .await
            .expect(202);
        text(&run["id"])
    }

    /// Asks in a new conversation and reads to the end: conversation, run, events.
    pub async fn ask(&self, question: &str) -> (String, String, Vec<Event>) {
        let conversation = self.new_conversation().await;
        let run = self.ask_in(&conversation, question).await;
        let events = self.events(&run, None).await;
        (conversation, run, events)
    }

    /// Hands a run's question to the legal team and gives the escalation's id.
    pub async fn escalate(&self, run: &str) -> String {
        let path = format!("/api/v1/runs/{run}/escalate");
        text(&self.post(&path, &json!({})).await.expect(200)["id"])
    }

    /// The run's events after `last`, to the end of the stream.
    pub async fn events(&self, run: &str, last: Option<u64>) -> Vec<Event> {
        let mut stream = self.event_stream(run, last).await;
        let mut events = Vec::new();
        while let Some(event) = stream.next().await {
            events.push(event);
        }
        events
    }

    /// The run's events after `last`, one by one.
    pub async fn event_stream(&self, run: &str, last: Option<u64>) -> EventStream {
        let mut request = self.request(&Method::GET, &format!("/api/v1/runs/{run}/events"));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = request.send().await.expect("the server answers");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        EventStream {
            response,
            buffer: String::new(),
        }
    }
}

/// Server-sent events as they come.
pub struct EventStream {
    response: Response,
    buffer: String,
}

impl EventStream {
    /// The next event; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.buffer.find("\n\n") {
                let event = parse(&self.buffer[..end]);
                self.buffer.drain(..end + 2);
                if event.is_some() {
                    return event;
                }
            }
            let piece = self.response.chunk().await.expect("the stream goes on")?;
            self.buffer
                .push_str(std::str::from_utf8(&piece).expect("events are text"));
        }
    }
}

fn parse(frame: &str) -> Option<Event> {
    let field = |name: &str| {
        frame
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim_start)
    };
    Some(Event {
        id: field("id")?.parse().expect("an event's id is a number"),
        data: serde_json::from_str(field("data")?).expect("an event's data is JSON"),
    })
}

/// The names of the documents whose passages a run found.
pub fn names(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .filter_map(|event| event.data["passages"].as_array())
        .flatten()
        .map(|passage| text(&passage["name"]))
        .collect()
}
