//! Documents, and the groups that may see them, as admins manage them over the API.

use crate::Client;
use crate::client::text;
use crate::totp;
use serde_json::{Value, json};

/// Shown once, when a second factor was set up.
pub struct Enrolled {
    /// In base32.
    pub secret: String,
    /// The code that brought it into force.
    pub code: String,
    pub recovery_codes: Vec<String>,
}

impl Client {
    /// The id of who is signed in.
    pub async fn id(&self) -> String {
        text(&self.get("/api/v1/me").await.expect(200)["id"])
    }

    /// Makes a document set for `audience` and gives its id.
    pub async fn new_set(&self, name: &str, audience: &str) -> String {
        self.new_set_for(name, audience, &[]).await
    }

    /// Makes a document set with rights, each a group and `read` or `manage`, and gives its id.
    pub async fn new_set_for(&self, name: &str, audience: &str, grants: &[(&str, &str)]) -> String {
        let body = json!({"name": name, "audience": audience, "grants": granted(grants)});
        let set = self.post("/api/v1/document-sets", &body).await.expect(201);
        text(&set["id"])
    }

    /// Replaces who may see a set.
    pub async fn set_access(&self, set: &str, audience: &str, grants: &[(&str, &str)]) {
        let path = format!("/api/v1/document-sets/{set}/access");
        let body = json!({"audience": audience, "grants": granted(grants)});
        let changed = self.put(&path, &body).await;
        assert!(changed.status.is_success(), "{changed:?}");
    }

    /// Makes a group and gives its id.
    pub async fn new_group(&self, name: &str) -> String {
        let body = json!({"name": name, "description": ""});
        let group = self.post("/api/v1/groups", &body).await.expect(201);
        text(&group["id"])
    }

    /// Puts somebody into a group.
    pub async fn join(&self, group: &str, person: &str) {
        let path = format!("/api/v1/groups/{group}/members/{person}");
        let joined = self.put(&path, &json!({})).await;
        assert!(joined.status.is_success(), "{joined:?}");
    }

    /// Takes somebody out of a group.
    pub async fn leave(&self, group: &str, person: &str) {
        let path = format!("/api/v1/groups/{group}/members/{person}");
        let left = self.delete(&path).await;
        assert!(left.status.is_success(), "{left:?}");
    }

    /// Waits until no document of the set is on its way in; gives the documents.
    pub async fn settled(&self, set: &str) -> Vec<Value> {
        let path = format!("/api/v1/document-sets/{set}/documents");
        self.progress
            .until(async || {
                let documents = self.get(&path).await.expect(200);
                let documents = documents.as_array().expect("a list").clone();
                let settled = |document: &Value| {
                    matches!(document["state"].as_str(), Some("ready" | "failed"))
                };
                documents.iter().all(settled).then_some(documents)
            })
            .await
    }

    /// Makes a token for a program and gives it.
    pub async fn new_token(&self, scopes: &[&str]) -> String {
        let body = json!({"name": "A program", "scopes": scopes, "days": 1});
        let made = self.post("/api/v1/tokens", &body).await.expect(201);
        text(&made["token"])
    }

    /// Sets up a second factor, as its owner does with an authenticator.
    pub async fn enrol_totp(&self) -> Enrolled {
        let enrolment = self.post("/api/v1/me/totp", &json!({})).await;
        assert!(enrolment.status.is_success(), "{}", enrolment.status);
        let secret = text(&enrolment.json()["secret"]);
        let code = totp::code(&secret);
        let sent = json!({"code": code});
        let confirmed = self.post("/api/v1/me/totp/confirm", &sent).await;
        assert!(confirmed.status.is_success(), "{}", confirmed.status);
        let codes = confirmed.json()["codes"].as_array().cloned();
        Enrolled {
            secret,
            code,
            recovery_codes: codes
                .into_iter()
                .flatten()
                .map(|code| text(&code))
                .collect(),
        }
    }

    /// Opens the log with a reason and gives the opening's number.
    pub async fn open_log(&self) -> i64 {
        let reason = json!({"reason": "A test reads the log."});
        let opened = self.post("/api/v1/log/openings", &reason).await;
        assert!(opened.status.is_success(), "{opened:?}");
        opened.json()["opening"].as_i64().expect("a number")
    }
}

fn granted(grants: &[(&str, &str)]) -> Vec<Value> {
    grants
        .iter()
        .map(|(group, right)| json!({"group": group, "right": right}))
        .collect()
}
