//! What a check asks: the account, the types of a project, the fields of a type.
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/>

use super::JiraServer;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub(super) async fn myself(
    State(jira): State<JiraServer>,
    Path(version): Path<String>,
    headers: HeaderMap,
) -> Response {
    match jira.guard(&version, &headers) {
        Ok(()) => axum::Json(json!({"displayName": "Inhouse", "active": true})).into_response(),
        Err(response) => *response,
    }
}

pub(super) fn no_project() -> Response {
    let body = json!({"errorMessages": ["No project could be found."], "errors": {}});
    (StatusCode::NOT_FOUND, axum::Json(body)).into_response()
}

/// A list, under the name that this version gives it.
fn listed(jira: &JiraServer, cloud: &str, list: &[Value]) -> Response {
    let name = if jira.0.version == 3 { cloud } else { "values" };
    let total = list.len();
    axum::Json(json!({ "startAt": 0, "maxResults": 100, "total": total, name: list }))
        .into_response()
}

pub(super) async fn types(
    State(jira): State<JiraServer>,
    Path((version, project)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    if project != "LEGAL" {
        return no_project();
    }
    let types = [
        json!({"id": "1", "name": "Task", "subtask": false}),
        json!({"id": "2", "name": "Bug", "subtask": false}),
    ];
    listed(&jira, "issueTypes", &types)
}

/// The fields of issues; a Bug needs a cost center.
pub(super) async fn fields(
    State(jira): State<JiraServer>,
    Path((version, _, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = jira.guard(&version, &headers) {
        return *response;
    }
    let field = |id: &str, name: &str, required: bool, has_default: bool| {
        json!({
            "fieldId": id, "key": id, "name": name, "required": required,
            "hasDefaultValue": has_default,
        })
    };
    let fields = [
        field("project", "Project", true, false),
        field("issuetype", "Issue Type", true, false),
        field("summary", "Summary", true, false),
        field("description", "Description", false, false),
        field("labels", "Labels", false, false),
        field("reporter", "Reporter", true, true),
        field("priority", "Priority", false, true),
        field("duedate", "Due date", false, false),
        field("customfield_10010", "Cost center", id == "2", false),
    ];
    listed(&jira, "fields", &fields)
}
