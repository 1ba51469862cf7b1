//! What the legal team works with, and what people do with their own requests.

use super::callers::{OFF_TOPIC, Who};
use super::table::Row;
use inhouse_tests::{Client, queue, shared, unique};
use serde_json::{Value, json};

/// Rules that decide nothing.
const RULES: &str = "\
[[rule]]
id = \"nothing\"
title = \"A rule that never holds\"
stage = \"question\"
condition = \"false\"
action = \"flag\"
flags = [\"nothing\"]
";

/// What somebody of the legal team has made.
pub(crate) struct Team {
    client: Client,
    /// Their account's id.
    pub(crate) person: String,
    queue: Value,
    template: String,
    pub(crate) answer: String,
    pub(crate) rules: String,
    wanted: String,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn answer() -> Value {
    json!({"question": "Where is pizza ordered?", "body": "Nowhere.", "everyone": true})
}

fn template() -> Value {
    json!({"title": "Receipt", "body": "Dear {asker}, we have it.", "queue": null})
}

impl Team {
    pub(crate) async fn new() -> Self {
        let client = shared().signed_in("legal").await;
        let made = async |path: &str, body: Value| client.post(path, &body).await.expect(201);
        let rules = json!({"content": RULES, "note": "Made by a test."});
        let wanted = json!({"title": "The canteen's rules", "note": "", "questions": 1});
        Self {
            person: client.id().await,
            queue: made("/api/v1/queues", queue(false)).await,
            template: text(&made("/api/v1/reply-templates", template()).await["id"]),
            answer: text(&made("/api/v1/approved-answers", answer()).await["id"]),
            rules: text(&made("/api/v1/rules/versions", rules).await["id"]),
            wanted: text(&made("/api/v1/document-requests", wanted).await[0]["id"]),
            client,
        }
    }

    /// An id that stays, for the first `{id}` of a path.
    pub(crate) fn standing(&self, path: &str) -> Option<String> {
        let before = path.split("/{id}").next().unwrap_or_default();
        Some(match before {
            "/api/v1/queues" => text(&self.queue["id"]),
            "/api/v1/reply-templates" => self.template.clone(),
            "/api/v1/approved-answers" => self.answer.clone(),
            "/api/v1/rules/versions" => self.rules.clone(),
            "/api/v1/document-requests" => self.wanted.clone(),
            _ => return None,
        })
    }

    /// An id for a call that uses up what it is about, or needs it in a certain state.
    pub(crate) async fn spare(&self, who: &Who, client: &Client, row: &Row) -> Option<String> {
        if who.has_session() || who.kind == "token" {
            match row.path.as_str() {
                "/api/v1/requests/{id}/withdraw" => return Some(client.ask_legal(OFF_TOPIC).await),
                "/api/v1/requests/{id}/reopen" | "/api/v1/requests/{id}/rating" => {
                    return Some(self.resolved(client).await);
                }
                _ => {}
            }
        }
        if who.kind != "legal" {
            return None;
        }
        Some(match (row.method.as_str(), row.path.as_str()) {
            (_, "/api/v1/escalations/{id}/merge" | "/api/v1/escalations/{id}/split") => {
                client.ask_legal(OFF_TOPIC).await
            }
            ("DELETE", "/api/v1/escalations/{id}/draft") => {
                // Whatever came of it is put away then.
                let id = client.ask_legal(OFF_TOPIC).await;
                self.client.drafted(&id).await;
                id
            }
            ("DELETE", "/api/v1/queues/{id}") => self.client.new_queue(false).await.0,
            ("DELETE", "/api/v1/queues/{id}/members/{user}") => {
                let id = text(&self.queue["id"]);
                self.client.staff(&id, &self.person, false).await;
                id
            }
            ("PUT" | "DELETE", "/api/v1/reply-templates/{id}") => {
                self.made("/api/v1/reply-templates", template()).await
            }
            ("PUT" | "POST", path) if path.starts_with("/api/v1/approved-answers/{id}") => {
                self.made("/api/v1/approved-answers", answer()).await
            }
            ("DELETE", "/api/v1/desk-views/{id}") => {
                let view = json!({"name": "Spare", "query": "assignee=me"});
                let saved = client.post("/api/v1/desk-views", &view).await;
                text(&saved.expect(201)["id"])
            }
            (_, "/api/v1/rules/versions/{id}/state") => {
                let draft = json!({"content": RULES, "note": "Spare."});
                let made = self.client.post("/api/v1/rules/versions", &draft).await;
                text(&made.expect(201)["id"])
            }
            _ => return None,
        })
    }

    async fn made(&self, path: &str, body: Value) -> String {
        text(&self.client.post(path, &body).await.expect(201)["id"])
    }

    /// A question of the caller's that the legal team has resolved.
    async fn resolved(&self, client: &Client) -> String {
        let id = client.ask_legal(OFF_TOPIC).await;
        let reply = json!({"body": "In the canteen.", "state": "resolved"});
        let path = format!("/api/v1/escalations/{id}/replies");
        self.client.post(&path, &reply).await.expect(200);
        id
    }

    /// A body that fits.
    pub(crate) fn body(&self, row: &Row, escalation: &str) -> Option<Value> {
        Some(match (row.method.as_str(), row.path.as_str()) {
            (_, "/api/v1/runs/{id}/helpful") => json!({"helpful": true}),
            (_, "/api/v1/requests/{id}/messages") => json!({"body": "One more thing."}),
            (_, "/api/v1/requests/{id}/rating") => json!({"rating": 5}),
            ("PUT", "/api/v1/me/mail") => json!({"mail": "off"}),
            (_, "/api/v1/escalations/{id}/replies") => {
                json!({"body": "A reply.", "state": "answered"})
            }
            (_, "/api/v1/escalations/{id}/change") => json!({"priority": "high"}),
            (_, "/api/v1/escalations/bulk") => {
                json!({"escalations": [[escalation, 1]], "change": {"priority": "high"}})
            }
            (_, "/api/v1/escalations/{id}/merge") => json!({"into": escalation}),
            (_, "/api/v1/escalations/{id}/split") => json!({"subject": "A part of it."}),
            (_, "/api/v1/escalations/{id}/presence") => json!({"writing": false}),
            ("POST", "/api/v1/queues") => queue(false),
            ("PUT", "/api/v1/queues/{id}") => {
                let mut change = queue(false);
                change["key"] = self.queue["key"].clone();
                change
            }
            ("PUT", "/api/v1/queues/{id}/members/{user}") => json!({"away": false}),
            ("POST", "/api/v1/reply-templates") => template(),
            ("PUT", "/api/v1/reply-templates/{id}") => with(template(), "version", json!(1)),
            ("POST", "/api/v1/desk-views") => json!({"name": unique("View"), "query": ""}),
            ("POST", "/api/v1/approved-answers") => answer(),
            ("PUT", "/api/v1/approved-answers/{id}") => with(answer(), "revision", json!(1)),
            (_, "/api/v1/approved-answers/{id}/state") => json!({"state": "retired"}),
            ("POST", "/api/v1/document-requests") => {
                json!({"title": unique("Rules"), "note": "", "questions": 1})
            }
            (_, "/api/v1/document-requests/{id}/state") => json!({"state": "open"}),
            (_, "/api/v1/rules/check") => json!({"content": RULES}),
            (_, "/api/v1/rules/try") => json!({"question": OFF_TOPIC, "question_only": true}),
            (_, "/api/v1/rules/replay") => json!({"content": RULES, "questions": 5}),
            ("POST" | "PUT", "/api/v1/rules/versions" | "/api/v1/rules/versions/{id}") => {
                json!({"content": RULES, "note": "Changed by a test."})
            }
            (_, "/api/v1/rules/versions/{id}/state") => json!({"state": "withdrawn"}),
            _ => return None,
        })
    }
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}
