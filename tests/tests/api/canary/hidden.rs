//! What one may not see is answered exactly as what doesn't exist.

use super::world::{Place, Somebody, world};
use crate::permissions::table::{ENDPOINTS, Row, rows};
use inhouse_tests::{Answer, Client};
use reqwest::Method;
use serde_json::{Value, json};

/// An id in the form of ours that nothing has.
const NOTHING: &str = "0192c5f4-0000-7000-8000-000000000000";

/// The ids that may stand in a row's path, of what the members of the groups have.
fn ids<'a>(place: &'a Place, row: &Row) -> Option<&'a str> {
    let (before, _) = row.path.split_once("/{id}")?;
    Some(match before {
        "/api/v1/conversations" => &place.conversation,
        "/api/v1/runs" => &place.run,
        "/api/v1/requests" => &place.request,
        "/api/v1/versions" => &place.version,
        "/api/v1/documents" => &place.document,
        "/api/v1/document-sets" => &place.set,
        _ => return None,
    })
}

fn body(row: &Row) -> Value {
    match row.path.as_str() {
        "/api/v1/conversations/{id}/messages" => json!({"question": "Where is the pizza?"}),
        "/api/v1/document-sets/{id}/access" => json!({"audience": "everyone", "grants": []}),
        "/api/v1/documents/{id}/access" => json!({"groups": []}),
        "/api/v1/runs/{id}/helpful" => json!({"helpful": true}),
        "/api/v1/requests/{id}/messages" => json!({"body": "One more thing."}),
        "/api/v1/requests/{id}/rating" => json!({"rating": 5}),
        _ => json!({}),
    }
}

async fn call(client: &Client, row: &Row, id: &str) -> Answer {
    if row.is("POST", "/api/v1/document-sets/{id}/documents") {
        return client.upload(id, &[("some.txt", b"Some text.")]).await;
    }
    let method: Method = row.method.parse().expect("a method");
    let query = if row.path.ends_with("/source") {
        "?start=0&end=5"
    } else {
        ""
    };
    let path = row.path.replace("{id}", id) + query;
    let mut request = client.request(&method, &path);
    if !row.reads() {
        request = request.json(&body(row));
    }
    Client::send(request).await
}

/// Everything of an answer but what is new in each.
fn comparable(answer: &Answer) -> String {
    let header = |name: &str| {
        let value = answer
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let policy = header("content-security-policy");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .unwrap_or("no nonce");
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
        .map(|(name, value)| {
            let value = value.to_str().expect("a header is text");
            format!("{name}: {}", value.replace(nonce, "NONCE"))
        })
        .collect();
    headers.sort();
    let body = answer.text.replace(&header("x-request-id"), "REQUEST");
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"))
}

/// Whether somebody can only know a row's object from outside.
fn is_outside(caller: &Somebody, row: &Row) -> bool {
    let theirs = ["/api/v1/conversations", "/api/v1/runs", "/api/v1/requests"];
    caller.kind != "admin" || theirs.iter().any(|path| row.path.starts_with(path))
}

#[tokio::test]
async fn what_one_may_not_see_is_answered_as_what_does_not_exist() {
    let world = world();
    let mut compared = 0;
    for kind in ["outsider", "outsider program", "legal", "admin"] {
        let caller = world.somebody(kind);
        let client = caller.client();
        for row in rows(ENDPOINTS) {
            for (index, place) in world.places.iter().enumerate() {
                let Some(id) = ids(place, &row) else { continue };
                // The set around the narrowed document is everyone's, and a restricted set alone is
                // hidden from admins.
                let open = index == 2 && row.path.starts_with("/api/v1/document-sets/{id}");
                if open || !is_outside(caller, &row) && index != 1 {
                    continue;
                }
                let hidden = call(&client, &row, id).await;
                let absent = call(&client, &row, NOTHING).await;
                assert_eq!(hidden.status, 404, "{kind} {row:?}: {hidden:?}");
                assert_eq!(
                    comparable(&hidden),
                    comparable(&absent),
                    "{kind} {row:?} of {index}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared} were compared");
}
