//! The search: by label, by words of the summary, by what changed.

use super::issues::only;
use super::{Issue, JiraServer};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use inhouse_protocol::Timestamp;
use inhouse_store::Clock as _;
use serde_json::{Value, json};

/// What a query asks for.
enum Query {
    Label(String),
    Summary(String),
    Since(Timestamp),
}

impl Query {
    fn parse(jql: &str, now: Timestamp) -> Option<Self> {
        let plain = |text: &str| {
            let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            is_plain.then(|| text.to_owned())
        };
        if let Some(rest) = jql.strip_suffix(" ORDER BY created ASC") {
            if let Some(label) = rest.strip_prefix("labels = \"") {
                return plain(label.strip_suffix('"')?).map(Self::Label);
            }
            let words = rest.strip_prefix("summary ~ \"\\\"")?;
            return plain(words.strip_suffix("\\\"\"")?).map(Self::Summary);
        }
        let minutes = jql
            .strip_prefix("project in (\"LEGAL\") AND updated >= \"-")?
            .strip_suffix("m\" ORDER BY updated ASC")?;
        Some(Self::Since(
            now.plus_ms(-60_000 * minutes.parse::<i64>().ok()?),
        ))
    }

    fn fits(&self, issue: &Issue) -> bool {
        match self {
            Self::Label(label) => issue.labels().iter().any(|known| known == label),
            Self::Summary(words) => issue.fields["summary"].as_str().unwrap().contains(words),
            Self::Since(at) => issue.updated_at >= *at,
        }
    }
}

/// The issues of a query that the search shows by now.
fn found(jira: &JiraServer, jql: &str) -> Result<Vec<Value>, String> {
    let now = jira.0.clock.now();
    let query = Query::parse(jql, now).ok_or_else(|| format!("not understood: {jql}"))?;
    let mut state = jira.0.state.lock().unwrap();
    state.searches += 1;
    let shown =
        |issue: &&Issue| now.since_ms(issue.created_at) >= jira.0.lag_ms && query.fits(issue);
    let issues = state.issues.iter().filter(shown).map(|issue| {
        let (status, updated) = issue.status_and_time();
        json!({"id": "1", "key": issue.key, "self": "x", "fields": {
            "labels": issue.labels(),
            "summary": issue.fields["summary"],
            "status": status,
            "updated": updated,
        }})
    });
    Ok(issues.collect())
}

pub(super) async fn classic(
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
    match found(&jira, body["jql"].as_str().unwrap_or_default()) {
        Ok(issues) => axum::Json(
            json!({"startAt": 0, "maxResults": 50, "total": issues.len(), "issues": issues}),
        )
        .into_response(),
        Err(why) => jira.refuse("jql", &why),
    }
}

pub(super) async fn enhanced(
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
    match found(&jira, body["jql"].as_str().unwrap_or_default()) {
        Ok(issues) => axum::Json(json!({"isLast": true, "issues": issues})).into_response(),
        Err(why) => jira.refuse("jql", &why),
    }
}
