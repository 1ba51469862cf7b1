//! An issue after it was made: its status, its transitions, its comments.

use super::JiraServer;
use super::issues::{adf, only};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Ids of transitions, and where they lead.
const TRANSITIONS: [(&str, &str, &str); 3] = [
    ("11", "To Do", "new"),
    ("21", "In Progress", "indeterminate"),
    ("31", "Done", "done"),
];

fn gone() -> Response {
    let body = json!({"errorMessages": ["Issue Does Not Exist"], "errors": {}});
    (StatusCode::NOT_FOUND, axum::Json(body)).into_response()
}

pub(super) async fn show(
    State(jira): State<JiraServer>,
    Path((version, key)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    let issues = jira.issues();
    let Some(issue) = issues.iter().find(|issue| issue.key == key) else {
        return gone();
    };
    let (status, updated) = issue.status_and_time();
    let fields = json!({ "status": status, "updated": updated });
    axum::Json(json!({ "id": "1", "key": key, "fields": fields })).into_response()
}

pub(super) async fn transitions(
    State(jira): State<JiraServer>,
    Path((version, key)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    let issue = jira.issue(&key);
    let ways: Vec<_> = TRANSITIONS
        .iter()
        .filter(|(_, name, _)| *name != issue.status)
        .map(|(id, name, category)| {
            let mut way = json!({ "id": id, "name": name, "to": {
                "name": name, "statusCategory": { "key": category },
            } });
            if *category == "done" {
                way["fields"] = json!({ "resolution": {
                    "required": true, "allowedValues": [{ "id": "1", "name": "Fixed" }],
                } });
            }
            way
        })
        .collect();
    axum::Json(json!({ "expand": "transitions", "transitions": ways })).into_response()
}

pub(super) async fn transit(
    State(jira): State<JiraServer>,
    Path((version, key)): Path<(String, String)>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    if let Err((field, why)) = only(&body, "transition", &["transition", "fields"]) {
        return jira.refuse(&field, &why);
    }
    let id = body["transition"]["id"].as_str().unwrap_or_default();
    let Some((_, name, category)) = TRANSITIONS.iter().find(|(known, _, _)| *known == id) else {
        return jira.refuse("transition", "no such transition");
    };
    if *category == "done" && body["fields"]["resolution"]["name"] != "Fixed" {
        return jira.refuse("resolution", "Resolution is required.");
    }
    match jira.with(&key, |issue| issue.status = *name) {
        Some(()) => StatusCode::NO_CONTENT.into_response(),
        None => gone(),
    }
}

pub(super) async fn comments(
    State(jira): State<JiraServer>,
    Path((version, key)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    let issue = jira.issue(&key);
    let comments: Vec<_> = issue
        .comments
        .iter()
        .map(|(id, author, body)| {
            json!({ "id": id, "author": { "displayName": author }, "body": body })
        })
        .collect();
    let total = comments.len();
    axum::Json(json!({ "startAt": 0, "maxResults": 100, "total": total, "comments": comments }))
        .into_response()
}

pub(super) async fn add_comment(
    State(jira): State<JiraServer>,
    Path((version, key)): Path<(String, String)>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    if let Err((field, why)) = only(&body, "comment", &["body"]) {
        return jira.refuse(&field, &why);
    }
    let body = &body["body"];
    let fits = match jira.0.version {
        2 => body.is_string(),
        _ => adf(body).is_ok(),
    };
    if !fits {
        return jira.refuse("body", "Comment body is not valid.");
    }
    let added = jira.with(&key, |issue| {
        let id = format!("{key}-{}", issue.comments.len() + 1);
        let author = "Inhouse".to_owned();
        issue.comments.push((id.clone(), author, body.clone()));
        id
    });
    match added {
        Some(id) => (StatusCode::CREATED, axum::Json(json!({ "id": id }))).into_response(),
        None => gone(),
    }
}
