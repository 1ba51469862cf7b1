//! A Jira for tests: takes what Atlassian documents and nothing else, and can lose replies,
//! answer late, limit, break, refuse, and show new issues in its search only after a while.
//!
//! Shapes: <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/> and
//! `…/api-group-issue-search/`, <https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/>.

mod issues;
mod life;
mod search;
mod service;
mod setup;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use inhouse_protocol::Timestamp;
use inhouse_store::{Clock, ManualClock};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use url::Url;

/// What goes wrong with the next call that creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The issue is made, the connection breaks within the reply.
    LostReply,
    /// The issue is made, no reply ever comes.
    NoReply,
    /// Nothing is made: 429, with `Retry-After` in seconds where given.
    Limited(Option<u64>),
    /// Nothing is made: 500.
    Broken,
    /// The issue is made, then 502 from something in between.
    BadGateway,
    /// 400, as for a missing required field.
    Refused,
    /// 401.
    Unauthorized,
    /// 302 to another host.
    Redirected,
}

/// An issue that was made.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub(super) key: String,
    pub(super) fields: Value,
    pub(super) status: &'static str,
    /// Id, author and body.
    pub(super) comments: Vec<(String, String, Value)>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A status and its category.
const STATUSES: [(&str, &str); 3] = [
    ("To Do", "new"),
    ("In Progress", "indeterminate"),
    ("Done", "done"),
];

impl Issue {
    fn labels(&self) -> Vec<Value> {
        let labels = self.fields["labels"].as_array();
        labels.cloned().unwrap_or_default()
    }

    fn status_and_time(&self) -> (Value, String) {
        let known = STATUSES.iter().find(|(name, _)| *name == self.status);
        let (name, category) = known.unwrap();
        let status = json!({ "id": "1", "name": name, "statusCategory": { "key": category } });
        let at = jiff::Timestamp::from_millisecond(self.updated_at.0).unwrap();
        (status, at.strftime("%Y-%m-%dT%H:%M:%S%.3f%z").to_string())
    }
}

#[derive(Clone)]
pub(super) struct JiraServer(Arc<Inner>);

struct Inner {
    /// 2 or 3.
    version: u8,
    authorization: String,
    clock: Arc<ManualClock>,
    /// How long the search doesn't show a new issue.
    lag_ms: i64,
    state: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    issues: Vec<Issue>,
    faults: VecDeque<Fault>,
    searches: usize,
    /// What callers sent that no Jira would take.
    wrong: Vec<String>,
}

impl JiraServer {
    /// Starts it on a port of this machine, and gives its address with a context path, as many
    /// Data Centers have one.
    pub(super) async fn start(
        version: u8,
        authorization: &str,
        clock: Arc<ManualClock>,
        lag_ms: i64,
    ) -> (Self, Url) {
        let server = Self(Arc::new(Inner {
            version,
            authorization: authorization.to_owned(),
            clock,
            lag_ms,
            state: Mutex::default(),
        }));
        let routes = Router::new()
            .route("/jira/rest/api/{version}/issue", post(issues::create))
            .route("/jira/rest/api/{version}/issue/{key}", get(life::show))
            .route(
                "/jira/rest/api/{version}/issue/{key}/transitions",
                get(life::transitions).post(life::transit),
            )
            .route(
                "/jira/rest/api/{version}/issue/{key}/comment",
                get(life::comments).post(life::add_comment),
            )
            .route("/jira/rest/api/{version}/search", post(search::classic))
            .route(
                "/jira/rest/api/{version}/search/jql",
                post(search::enhanced),
            )
            .route("/jira/rest/api/{version}/myself", get(setup::myself))
            .route(
                "/jira/rest/api/{version}/issue/createmeta/{project}/issuetypes",
                get(setup::types),
            )
            .route(
                "/jira/rest/api/{version}/issue/createmeta/{project}/issuetypes/{id}",
                get(setup::fields),
            )
            .merge(service::routes())
            .fallback(|uri: Uri| async move { (StatusCode::NOT_FOUND, uri.to_string()) })
            .with_state(server.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        (
            server,
            Url::parse(&format!("http://localhost:{}/jira/", address.port())).unwrap(),
        )
    }

    pub(super) fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.0.state.lock().unwrap().faults.extend(faults);
    }

    pub(super) fn issues(&self) -> Vec<Issue> {
        self.0.state.lock().unwrap().issues.clone()
    }

    pub(super) fn searches(&self) -> usize {
        self.0.state.lock().unwrap().searches
    }

    /// What was sent that no Jira would take.
    pub(super) fn wrong(&self) -> Vec<String> {
        self.0.state.lock().unwrap().wrong.clone()
    }

    fn guard(&self, version: &str, headers: &HeaderMap) -> Result<(), Box<Response>> {
        if version != self.0.version.to_string() {
            return Err(Box::new(
                (StatusCode::NOT_FOUND, "no such version").into_response(),
            ));
        }
        self.guard_any(headers)
    }

    fn guard_any(&self, headers: &HeaderMap) -> Result<(), Box<Response>> {
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        if given != Some(&self.0.authorization) {
            return Err(Box::new(StatusCode::UNAUTHORIZED.into_response()));
        }
        Ok(())
    }

    fn fault(&self) -> Option<Fault> {
        self.0.state.lock().unwrap().faults.pop_front()
    }

    /// Does something to an issue, as a person or a program.
    fn with<T>(&self, key: &str, act: impl FnOnce(&mut Issue) -> T) -> Option<T> {
        let now = self.0.clock.now();
        let mut state = self.0.state.lock().unwrap();
        let issue = state.issues.iter_mut().find(|issue| issue.key == key)?;
        issue.updated_at = now;
        Some(act(issue))
    }

    /// Somebody moves an issue.
    pub(super) fn set_status(&self, key: &str, status: &'static str) {
        self.with(key, |issue| issue.status = status).unwrap();
    }

    /// Somebody comments on an issue.
    pub(super) fn comment(&self, key: &str, author: &str, text: &str) {
        let body = if self.0.version == 3 {
            let text = json!({ "type": "text", "text": text });
            json!({ "type": "doc", "version": 1, "content": [
                { "type": "paragraph", "content": [text] },
            ] })
        } else {
            json!(text)
        };
        let add = |issue: &mut Issue| {
            let id = format!("{key}-{}", issue.comments.len() + 1);
            issue.comments.push((id, author.to_owned(), body));
        };
        self.with(key, add).unwrap();
    }

    /// An issue as it is.
    pub(super) fn issue(&self, key: &str) -> Issue {
        let issues = self.issues();
        issues.into_iter().find(|issue| issue.key == key).unwrap()
    }

    fn refuse(&self, field: &str, why: &str) -> Response {
        self.0
            .state
            .lock()
            .unwrap()
            .wrong
            .push(format!("{field}: {why}"));
        refusal(field, why)
    }

    /// Makes an issue and gives its key.
    fn make(&self, fields: Value) -> String {
        let now = self.0.clock.now();
        let mut state = self.0.state.lock().unwrap();
        let key = format!("LEGAL-{}", state.issues.len() + 1);
        state.issues.push(Issue {
            key: key.clone(),
            fields,
            status: "To Do",
            comments: Vec::new(),
            created_at: now,
            updated_at: now,
        });
        key
    }
}

fn refusal(field: &str, why: &str) -> Response {
    let body = json!({"errorMessages": [], "errors": {field: why}});
    (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}
