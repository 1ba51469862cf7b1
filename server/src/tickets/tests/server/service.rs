//! A service desk with its request types.
//! <https://developer.atlassian.com/cloud/jira/service-desk/rest/>

use super::issues::{check_chosen, check_summary, make, only};
use super::{JiraServer, setup};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<JiraServer> {
    Router::new()
        .route("/jira/rest/servicedeskapi/servicedesk", get(desks))
        .route(
            "/jira/rest/servicedeskapi/servicedesk/{id}/requesttype",
            get(types),
        )
        .route(
            "/jira/rest/servicedeskapi/servicedesk/{id}/requesttype/{kind}/field",
            get(fields),
        )
        .route("/jira/rest/servicedeskapi/request", post(create))
}

fn page(values: &[Value]) -> Response {
    let size = values.len();
    axum::Json(
        json!({ "start": 0, "limit": 100, "size": size, "isLastPage": true, "values": values }),
    )
    .into_response()
}

async fn desks(State(jira): State<JiraServer>, headers: HeaderMap) -> Response {
    if let Err(response) = jira.guard_any(&headers) {
        return *response;
    }
    page(&[
        json!({"id": "3", "projectId": "10", "projectKey": "HR"}),
        json!({"id": "4", "projectId": "11", "projectKey": "LEGAL"}),
    ])
}

async fn types(
    State(jira): State<JiraServer>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = jira.guard_any(&headers) {
        return *response;
    }
    if id != "4" {
        return setup::no_project();
    }
    page(&[
        json!({"id": "25", "name": "Contract review", "serviceDeskId": "4"}),
        json!({"id": "26", "name": "Task", "serviceDeskId": "4"}),
    ])
}

async fn fields(
    State(jira): State<JiraServer>,
    Path((_, kind)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = jira.guard_any(&headers) {
        return *response;
    }
    let field = |id: &str, name: &str, required: bool| json!({ "fieldId": id, "name": name, "required": required });
    let fields = [
        field("summary", "Summary", true),
        field("description", "Details", false),
        field("priority", "Priority", false),
        field("customfield_10010", "Cost center", kind == "25"),
    ];
    axum::Json(json!({ "requestTypeFields": fields, "canRaiseOnBehalfOf": true })).into_response()
}

async fn create(
    State(jira): State<JiraServer>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Response {
    if let Err(response) = jira.guard_any(&headers) {
        return *response;
    }
    let values = &body["requestFieldValues"];
    let checked = only(
        &body,
        "request",
        &["serviceDeskId", "requestTypeId", "requestFieldValues"],
    )
    .and_then(|()| {
        only(
            values,
            "requestFieldValues",
            &["summary", "description", "priority", "customfield_10010"],
        )
    })
    .and_then(|()| check_summary(values))
    .and_then(|()| check_chosen(values));
    if let Err((field, why)) = checked {
        return jira.refuse(&field, &why);
    }
    if body["serviceDeskId"] != "4" || body["requestTypeId"] != "26" {
        return jira.refuse("requestTypeId", "no such request type");
    }
    if !values["description"].is_string() {
        return jira.refuse("description", "must be a text");
    }
    make(
        &jira,
        values.clone(),
        |key| json!({ "issueId": "10001", "issueKey": key, "requestTypeId": "26" }),
    )
    .await
}
