//! A Jira for tests: takes what Atlassian documents and nothing else, and can lose replies,
//! answer late, limit, break, refuse, and show new issues in its search only after a while.
//!
//! Shapes: <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/> and
//! `…/api-group-issue-search/`, <https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/>.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use inhouse_protocol::Timestamp;
use inhouse_store::{Clock, ManualClock};
use serde_json::{Map, Value, json};
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
    created_at: Timestamp,
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
            .route("/jira/rest/api/{version}/issue", post(create))
            .route("/jira/rest/api/{version}/search", post(search_classic))
            .route("/jira/rest/api/{version}/search/jql", post(search_enhanced))
            .route("/jira/rest/api/{version}/myself", get(myself))
            .route("/jira/rest/api/{version}/project/{key}", get(project))
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
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        if given != Some(&self.0.authorization) {
            return Err(Box::new(StatusCode::UNAUTHORIZED.into_response()));
        }
        Ok(())
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

    fn make(&self, fields: Value) -> Value {
        let mut state = self.0.state.lock().unwrap();
        let number = state.issues.len() + 1;
        let key = format!("LEGAL-{number}");
        state.issues.push(Issue {
            key: key.clone(),
            fields,
            created_at: self.0.clock.now(),
        });
        json!({"id": (10_000 + number).to_string(), "key": key, "self": "http://localhost/issue"})
    }

    /// The issues with the label of the query that the search shows by now.
    fn found(&self, jql: &str) -> Result<Vec<Value>, String> {
        let label = jql
            .strip_prefix("labels = \"")
            .and_then(|rest| rest.strip_suffix("\" ORDER BY created ASC"))
            .filter(|label| label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
            .ok_or_else(|| format!("not understood: {jql}"))?;
        let shown = |issue: &&Issue| {
            self.0.clock.now().since_ms(issue.created_at) >= self.0.lag_ms
                && issue.fields["labels"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|l| l == label)
        };
        let mut state = self.0.state.lock().unwrap();
        state.searches += 1;
        let issues = state.issues.iter().filter(shown).map(|issue| {
            let labels = &issue.fields["labels"];
            json!({"id": "1", "key": issue.key, "self": "x", "fields": {"labels": labels}})
        });
        Ok(issues.collect())
    }
}

fn refusal(field: &str, why: &str) -> Response {
    let body = json!({"errorMessages": [], "errors": {field: why}});
    (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}

async fn create(
    State(jira): State<JiraServer>,
    Path(version): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    let fields = match checked_issue(jira.0.version, &headers, &body) {
        Ok(fields) => fields,
        Err((field, why)) => return jira.refuse(&field, &why),
    };
    let fault = jira.0.state.lock().unwrap().faults.pop_front();
    match fault {
        None => (StatusCode::CREATED, axum::Json(jira.make(fields))).into_response(),
        Some(Fault::LostReply) => {
            jira.make(fields);
            let broken = futures::stream::iter([
                Ok(bytes::Bytes::from_static(b"{\"id\":")),
                Err(std::io::Error::other("the connection breaks")),
            ]);
            (StatusCode::CREATED, Body::from_stream(broken)).into_response()
        }
        Some(Fault::NoReply) => {
            jira.make(fields);
            std::future::pending().await
        }
        Some(Fault::BadGateway) => {
            jira.make(fields);
            (StatusCode::BAD_GATEWAY, "<html>bad gateway</html>").into_response()
        }
        Some(Fault::Limited(None)) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Some(Fault::Limited(Some(seconds))) => (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, seconds.to_string())],
        )
            .into_response(),
        Some(Fault::Broken) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fault::Refused) => refusal("customfield_10010", "Cost center is required."),
        Some(Fault::Unauthorized) => StatusCode::UNAUTHORIZED.into_response(),
        Some(Fault::Redirected) => (
            StatusCode::FOUND,
            [(header::LOCATION, "http://elsewhere.example/")],
        )
            .into_response(),
    }
}

type Wrong = (String, String);

fn wrong(field: &str, why: impl Into<String>) -> Wrong {
    (field.to_owned(), why.into())
}

/// The fields of a new issue, if a Jira would take them.
fn checked_issue(version: u8, headers: &HeaderMap, body: &str) -> Result<Value, Wrong> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if kind.is_none_or(|kind| !kind.starts_with("application/json")) {
        return Err(wrong("content-type", "not JSON"));
    }
    let body: Value = serde_json::from_str(body).map_err(|e| wrong("body", e.to_string()))?;
    only(&body, "body", &["fields"])?;
    let fields = &body["fields"];
    only(
        fields,
        "fields",
        &["project", "issuetype", "summary", "description", "labels"],
    )?;
    only(&fields["project"], "project", &["key"])?;
    only(&fields["issuetype"], "issuetype", &["name"])?;
    if fields["project"]["key"] != "LEGAL" {
        return Err(wrong("project", "project is required"));
    }
    if fields["issuetype"]["name"] != "Task" {
        return Err(wrong("issuetype", "valid issue type is required"));
    }
    let summary = fields["summary"].as_str().unwrap_or_default();
    if summary.trim().is_empty() {
        return Err(wrong("summary", "You must specify a summary of the issue."));
    }
    if summary.contains(['\n', '\r']) {
        return Err(wrong(
            "summary",
            "The summary is invalid because it contains newline characters.",
        ));
    }
    if summary.chars().count() > 255 {
        return Err(wrong(
            "summary",
            "Summary must be less than 255 characters.",
        ));
    }
    for label in fields["labels"]
        .as_array()
        .ok_or_else(|| wrong("labels", "data was not an array"))?
    {
        let label = label
            .as_str()
            .ok_or_else(|| wrong("labels", "string expected"))?;
        if label.is_empty() || label.contains(char::is_whitespace) || label.len() > 255 {
            return Err(wrong(
                "labels",
                format!("The label '{label}' contains spaces which is invalid."),
            ));
        }
    }
    let description = &fields["description"];
    match version {
        2 if description.is_string() => {}
        2 => return Err(wrong("description", "Operation value must be a string")),
        _ => adf(description).map_err(|why| wrong("description", why))?,
    }
    Ok(fields.clone())
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, Wrong> {
    value
        .as_object()
        .ok_or_else(|| wrong(name, "an object is needed"))
}

fn only(value: &Value, name: &str, allowed: &[&str]) -> Result<(), Wrong> {
    match object(value, name)?
        .keys()
        .find(|key| !allowed.contains(&key.as_str()))
    {
        Some(key) => Err(wrong(
            key,
            "Field cannot be set. It is not on the appropriate screen, or unknown.",
        )),
        None => Ok(()),
    }
}

/// Whether a value is an Atlassian document of paragraphs and code blocks.
fn adf(document: &Value) -> Result<(), String> {
    if document["type"] != "doc" || document["version"] != 1 {
        return Err("Operation value must be an Atlassian Document".into());
    }
    only(document, "doc", &["type", "version", "content"]).map_err(|(key, _)| key)?;
    for block in document["content"].as_array().ok_or("doc has no content")? {
        only(block, "block", &["type", "content", "attrs"]).map_err(|(key, _)| key)?;
        let marks_allowed = match block["type"].as_str() {
            Some("paragraph") => true,
            Some("codeBlock") => false,
            other => return Err(format!("{other:?} is no block")),
        };
        for inline in block["content"]
            .as_array()
            .ok_or("a block has no content")?
        {
            only(inline, "text", &["type", "text", "marks"]).map_err(|(key, _)| key)?;
            if inline["type"] != "text" || inline["text"].as_str().is_none_or(str::is_empty) {
                return Err(format!("{inline} is no text node"));
            }
            let marks = inline
                .get("marks")
                .map(|marks| marks.as_array().cloned().unwrap_or_default());
            for mark in marks.unwrap_or_default() {
                if !marks_allowed || mark["type"] != "link" || !mark["attrs"]["href"].is_string() {
                    return Err(format!("{mark} is no mark here"));
                }
            }
        }
    }
    Ok(())
}

async fn search_classic(
    State(jira): State<JiraServer>,
    Path(version): Path<String>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    if jira.0.version == 3 {
        // Removed from Cloud in 2025 in favor of search/jql.
        return StatusCode::GONE.into_response();
    }
    let allowed = [
        "jql",
        "startAt",
        "maxResults",
        "fields",
        "validateQuery",
        "expand",
    ];
    if let Err((field, why)) = only(&body, "search", &allowed) {
        return jira.refuse(&field, &why);
    }
    match jira.found(body["jql"].as_str().unwrap_or_default()) {
        Ok(issues) => axum::Json(
            json!({"startAt": 0, "maxResults": 5, "total": issues.len(), "issues": issues}),
        )
        .into_response(),
        Err(why) => jira.refuse("jql", &why),
    }
}

async fn search_enhanced(
    State(jira): State<JiraServer>,
    Path(version): Path<String>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    if jira.0.version == 2 {
        return StatusCode::NOT_FOUND.into_response();
    }
    let allowed = [
        "jql",
        "nextPageToken",
        "maxResults",
        "fields",
        "expand",
        "properties",
        "fieldsByKeys",
        "failFast",
        "reconcileIssues",
    ];
    if let Err((field, why)) = only(&body, "search", &allowed) {
        return jira.refuse(&field, &why);
    }
    match jira.found(body["jql"].as_str().unwrap_or_default()) {
        Ok(issues) => axum::Json(json!({"isLast": true, "issues": issues})).into_response(),
        Err(why) => jira.refuse("jql", &why),
    }
}

async fn myself(
    State(jira): State<JiraServer>,
    Path(version): Path<String>,
    headers: HeaderMap,
) -> Response {
    match jira.guard(&version, &headers) {
        Ok(()) => axum::Json(json!({"displayName": "Inhouse", "active": true})).into_response(),
        Err(response) => *response,
    }
}

async fn project(
    State(jira): State<JiraServer>,
    Path((version, key)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    if key != "LEGAL" {
        let body = json!({"errorMessages": ["No project could be found."], "errors": {}});
        return (StatusCode::NOT_FOUND, axum::Json(body)).into_response();
    }
    let types = json!([{"id": "1", "name": "Task"}, {"id": "2", "name": "Bug"}]);
    axum::Json(json!({"id": "1", "key": key, "issueTypes": types})).into_response()
}
