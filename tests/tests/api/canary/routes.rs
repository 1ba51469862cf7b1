//! Every route of the table, called by everybody with everybody's ids.

use super::world::{CANARIES, Place, Somebody, World, world};
use crate::permissions::table::{ENDPOINTS, PAGES, Row, rows};
use inhouse_tests::{Answer, Client, unique};
use reqwest::Method;
use serde_json::{Value, json};

/// Rows that would end the caller's own session or change how they sign in.
fn ends_the_caller(row: &Row) -> bool {
    !row.reads()
        && (row.path == "/api/v1/session"
            || row.path.starts_with("/api/v1/me/totp")
            || row.path.starts_with("/api/v1/me/sessions"))
}

/// What an admin and the SCIM client change as is their right, whatever is in it.
const KEPT: [&str; 4] = [
    "/api/v1/people/",
    "/api/v1/groups/",
    "/api/v1/holds/",
    "/scim/",
];

/// Whether the caller changes the world by this call, as is their right.
fn may_change(caller: &Somebody, row: &Row, place: usize) -> bool {
    if row.reads() {
        return false;
    }
    let begins = |path: &&str| row.path.starts_with(*path);
    let documents = [
        "/api/v1/document-sets/{id}",
        "/api/v1/documents/{id}",
        "/api/v1/versions/{id}",
    ];
    if documents.iter().any(begins) {
        return CANARIES[place].is_for(&caller.kind);
    }
    let keeps = caller.kind.starts_with("admin") || caller.kind == "scim";
    keeps && KEPT.iter().any(begins)
}

/// The id of a place that belongs into the first `{id}` of a path.
fn id<'a>(place: &'a Place, member: &'a Somebody, path: &str) -> &'a str {
    let words: Vec<_> = path.trim_start_matches("/api/v1").split('/').collect();
    match words.get(1).copied().unwrap_or_default() {
        "conversations" | "c" => &place.conversation,
        "runs" | "log" => &place.run,
        "requests" | "escalations" | "desk" => &place.request,
        "versions" => &place.version,
        "groups" => &place.group,
        "documents" if path.starts_with("/api") => &place.document,
        "scim" if path.contains("/Groups") => &place.group,
        "people" | "scim" => &member.id,
        _ => &place.set,
    }
}

/// A body that gets as far as a body can.
fn body(row: &Row, world: &World) -> Value {
    match (row.method.as_str(), row.path.as_str()) {
        (_, "/api/v1/conversations/{id}/messages") => json!({"question": "Where is the pizza?"}),
        (_, "/api/v1/escalations/{id}/replies") => json!({"body": "Text.", "state": "answered"}),
        (_, "/api/v1/escalations/{id}/change") => json!({"priority": "normal"}),
        (_, "/api/v1/escalations/{id}/split") => json!({"subject": "A part of it."}),
        (_, "/api/v1/escalations/{id}/presence") => json!({"writing": false}),
        (_, "/api/v1/requests/{id}/messages") => json!({"body": "One more thing."}),
        (_, "/api/v1/runs/{id}/helpful") => json!({"helpful": true}),
        (_, "/api/v1/rules/try") => json!({"question": CANARIES[0].question}),
        (_, "/api/v1/document-sets") => json!({"name": unique("Set"), "audience": "everyone"}),
        (_, "/api/v1/document-sets/{id}/access") => json!({"audience": "everyone", "grants": []}),
        (_, "/api/v1/documents/{id}/access") => json!({"groups": null}),
        (_, "/api/v1/groups") => json!({"name": unique("Group"), "description": ""}),
        (_, "/api/v1/tokens") => json!({"name": "Program", "scopes": ["ask"], "days": 1}),
        (_, "/api/v1/log/openings") => json!({"reason": "A test reads the log."}),
        (_, "/api/v1/holds") => json!({
            "kind": "person", "person": world.somebody("outsider").id,
            "reason": "A test of what holds show."
        }),
        _ => json!({}),
    }
}

async fn call(client: &Client, row: &Row, path: &str, body: &Value) -> Answer {
    let method: Method = row.method.parse().expect("a method");
    if row.path.ends_with("}/documents") && !row.reads() {
        let set = path.split('/').nth(4).expect("the set's id");
        return client.upload(set, &[("some.txt", b"Some text.")]).await;
    }
    if row.path.starts_with("/scim") && !row.reads() {
        return client.scim(&method, path, body).await;
    }
    let mut request = client.request(&method, path);
    if !row.reads() {
        request = request.json(body);
    }
    Client::send(request).await
}

/// What may stand behind a path of the table.
fn queries(row: &Row, world: &World, opening: i64) -> Vec<String> {
    match row.path.as_str() {
        "/api/v1/document-sets/{id}/progress" => vec!["?until=settled".into()],
        "/api/v1/documents/{id}/comparison" => (world.places.iter())
            .map(|place| format!("?before={0}&after={0}", place.version))
            .collect(),
        "/api/v1/versions/{id}/source" => vec![
            "?start=0&end=10".into(),
            "?start=9&end=3".into(),
            "?start=0&end=999999999".into(),
        ],
        "/api/v1/log/export" => ["jsonl", "csv"]
            .map(|format| format!("?opening={opening}&format={format}"))
            .to_vec(),
        "/api/v1/log" => ["", "&action=document", "&action=run", "&limit=500"]
            .map(|filter| format!("?opening={opening}{filter}"))
            .to_vec(),
        "/api/v1/escalations" => ["", "?state=open", "?state=all"]
            .map(str::to_owned)
            .to_vec(),
        path if path.starts_with("/api/v1/log") => vec![format!("?opening={opening}")],
        _ => vec![String::new()],
    }
}

/// A number that opens the log for who may open it.
async fn opening(caller: &Somebody, client: &Client) -> i64 {
    if caller.kind.starts_with("admin") {
        client.open_log().await
    } else {
        1
    }
}

#[tokio::test]
async fn no_route_shows_a_canary_to_anyone_outside() {
    let world = world();
    for caller in &world.people {
        let client = caller.client();
        let opening = opening(caller, &client).await;
        for row in rows(ENDPOINTS) {
            if ends_the_caller(&row) {
                continue;
            }
            for (index, place) in world.places.iter().enumerate() {
                if may_change(caller, &row, index) {
                    continue;
                }
                let member = &world.people[index];
                let path = row.path.replace("{id}", id(place, member, &row.path));
                let path = path.replace("{user}", &member.id);
                for query in queries(&row, world, opening) {
                    let path = format!("{path}{query}");
                    let answer = call(&client, &row, &path, &body(&row, world)).await;
                    caller.check(&format!("{} {path}", row.method), &answer);
                }
                if !row.path.contains('{') {
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn no_page_shows_a_canary_to_anyone_outside() {
    let world = world();
    for caller in &world.people {
        let client = caller.client();
        for row in rows(PAGES) {
            for (place, member) in world.places.iter().zip(&world.people) {
                let path = row.path.replace("{id}", id(place, member, &row.path));
                let path = path.replace("{document}", &place.document);
                let answer = client.get(&path).await;
                caller.check(&path, &answer);
                if !row.path.contains('{') {
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn the_log_about_a_canary_shows_nothing_of_it_outside_its_restricted_set() {
    let world = world();
    let admin = world.somebody("admin");
    let client = admin.client();
    let opening = client.open_log().await;
    for place in &world.places {
        for subject in [
            format!("document:{}", place.document),
            format!("version:{}", place.version),
            format!("set:{}", place.set),
            format!("run:{}", place.run),
            format!("escalation:{}", place.request),
        ] {
            for path in ["/api/v1/log", "/api/v1/log/export"] {
                let path = format!("{path}?opening={opening}&subject={subject}&format=jsonl");
                admin.check(&path, &client.get(&path).await);
            }
        }
    }
}

#[tokio::test]
async fn a_restricted_set_cannot_be_counted_from_outside() {
    let world = world();
    let (otter, place) = (world.somebody("Otter"), &world.places[1]);
    let outside: Vec<_> = ["outsider", "legal", "admin"]
        .map(|kind| world.somebody(kind).client())
        .into();
    let paths = [
        "/api/v1/document-sets".to_owned(),
        format!("/api/v1/document-sets/{}/documents", world.places[2].set),
        "/api/v1/groups".to_owned(),
        format!("/api/v1/groups/{}", place.group),
        "/api/v1/suggestions".to_owned(),
        "/readyz".to_owned(),
    ];
    let look = async || {
        let mut seen = Vec::new();
        for client in &outside {
            for path in &paths {
                let answer = client.get(path).await;
                seen.push((path.clone(), answer.status, of_this_world(world, &answer)));
            }
        }
        seen
    };
    let before = look().await;
    let member = otter.client();
    let more = b"# One more\n\nThe cobalt supply agreement has an annex.\n";
    member
        .upload(&place.set, &[("annex.md", more)])
        .await
        .expect(200);
    assert_eq!(member.settled(&place.set).await.len(), 2);
    assert_eq!(look().await, before);
}

/// The body without what is new in each answer, and without what other tests make meanwhile.
fn of_this_world(world: &World, answer: &Answer) -> Value {
    let mut body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    match &mut body {
        Value::Object(fields) => {
            fields.remove("request_id");
        }
        Value::Array(list) => list.retain(|entry| {
            let known = |place: &Place| entry["id"] == place.set || entry["id"] == place.group;
            entry["id"].is_null() || world.places.iter().any(known)
        }),
        _ => {}
    }
    body
}
