//! Making issues, with what can go wrong.

use super::{Fault, JiraServer, refusal};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

pub(super) async fn create(
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
    make(
        &jira,
        fields,
        |key| json!({"id": "10001", "key": key, "self": "http://localhost/issue"}),
    )
    .await
}

/// Makes an issue and answers with what `told` says of its key, unless something goes wrong.
pub(super) async fn make(
    jira: &JiraServer,
    fields: Value,
    told: impl FnOnce(&str) -> Value,
) -> Response {
    match jira.fault() {
        None => (StatusCode::CREATED, axum::Json(told(&jira.make(fields)))).into_response(),
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

pub(super) type Wrong = (String, String);

pub(super) fn wrong(field: &str, why: impl Into<String>) -> Wrong {
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
        &[
            "project",
            "issuetype",
            "summary",
            "description",
            "labels",
            "priority",
            "duedate",
            "customfield_10010",
        ],
    )?;
    only(&fields["project"], "project", &["key"])?;
    only(&fields["issuetype"], "issuetype", &["name"])?;
    if fields["project"]["key"] != "LEGAL" {
        return Err(wrong("project", "project is required"));
    }
    if fields["issuetype"]["name"] != "Task" {
        return Err(wrong("issuetype", "valid issue type is required"));
    }
    check_summary(fields)?;
    check_labels(fields)?;
    check_chosen(fields)?;
    let description = &fields["description"];
    match version {
        2 if description.is_string() => {}
        2 => return Err(wrong("description", "Operation value must be a string")),
        _ => adf(description).map_err(|why| wrong("description", why))?,
    }
    Ok(fields.clone())
}

/// The fields that settings choose.
pub(super) fn check_chosen(fields: &Value) -> Result<(), Wrong> {
    if let Some(priority) = fields.get("priority") {
        only(priority, "priority", &["name"])?;
        if !["Highest", "High", "Medium", "Low"].contains(&priority["name"].as_str().unwrap_or(""))
        {
            return Err(wrong("priority", "The priority selected is invalid."));
        }
    }
    if let Some(due) = fields.get("duedate") {
        let day = due.as_str().unwrap_or_default();
        if day.parse::<jiff::civil::Date>().is_err() {
            return Err(wrong("duedate", "Error parsing date string: null"));
        }
    }
    if let Some(center) = fields.get("customfield_10010") {
        only(center, "customfield_10010", &["value"])?;
    }
    Ok(())
}

pub(super) fn check_summary(fields: &Value) -> Result<(), Wrong> {
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
    Ok(())
}

fn check_labels(fields: &Value) -> Result<(), Wrong> {
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
    Ok(())
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, Wrong> {
    value
        .as_object()
        .ok_or_else(|| wrong(name, "an object is needed"))
}

pub(super) fn only(value: &Value, name: &str, allowed: &[&str]) -> Result<(), Wrong> {
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
pub(super) fn adf(document: &Value) -> Result<(), String> {
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
