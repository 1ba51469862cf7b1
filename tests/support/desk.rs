//! The review desk, as people and programs work it over the API.

use crate::client::text;
use crate::{Client, unique};
use serde_json::{Value, json};

/// A queue without service levels that nothing goes to by itself, as `POST /api/v1/queues` takes it.
pub fn queue(restricted: bool) -> Value {
    let key = unique("queue");
    json!({
        "key": key, "name": key, "description": "Made by a test.", "restricted": restricted,
        "topics": [], "languages": [], "first_reply_minutes": null, "resolution_minutes": null,
        "rotation": false,
    })
}

impl Client {
    /// Asks and hands the question to the legal team; gives the escalation's id.
    pub async fn ask_legal(&self, question: &str) -> String {
        let (_, run, events) = self.ask(question).await;
        let opened = events.last().map(|event| &event.data["escalation"]);
        match opened {
            Some(Value::String(id)) => id.clone(),
            _ => self.escalate(&run).await,
        }
    }

    /// An escalation as the desk sees it.
    pub async fn escalation(&self, id: &str) -> Value {
        let path = format!("/api/v1/escalations/{id}");
        self.get(&path).await.expect(200)
    }

    /// Changes an escalation, whatever its revision.
    pub async fn change(&self, id: &str, change: &Value) -> Value {
        let path = format!("/api/v1/escalations/{id}/change");
        self.post(&path, change).await.expect(200)
    }

    /// Makes a queue of [`queue`]'s kind and gives its id and its key.
    pub async fn new_queue(&self, restricted: bool) -> (String, String) {
        let made = self.post("/api/v1/queues", &queue(restricted)).await;
        let made = made.expect(201);
        (text(&made["id"]), text(&made["key"]))
    }

    /// Makes somebody a member of a queue.
    pub async fn staff(&self, queue: &str, person: &str, away: bool) {
        let path = format!("/api/v1/queues/{queue}/members/{person}");
        self.put(&path, &json!({"away": away})).await.expect(204);
    }

    /// Waits until an escalation has its ticket, and gives the ticket's key.
    pub async fn ticket_of(&self, escalation: &str) -> String {
        self.progress
            .until(async || {
                let shown = self.escalation(escalation).await;
                shown["ticket"].as_str().map(str::to_owned)
            })
            .await
    }

    /// Has a reply drafted and waits until it is there, or until it is said why not.
    pub async fn drafted(&self, escalation: &str) -> Value {
        let path = format!("/api/v1/escalations/{escalation}/draft");
        self.post(&path, &json!({})).await.expect(202);
        self.progress
            .until(async || {
                let status = self.get(&path).await.expect(200);
                (status["writing"] == json!(false)).then_some(status)
            })
            .await
    }
}
