//! Who may call what: every endpoint and every page with every role, against the tables in
//! `tests/golden`. A role that may not know an endpoint gets the 404 of one that doesn't exist.

use inhouse_tests::{Answer, Client, PASSWORD, files, shared, unique};
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;

const ENDPOINTS: &str = include_str!("../../golden/permissions.txt");
const PAGES: &str = include_str!("../../golden/pages.txt");
const ROLES: [&str; 4] = ["nobody", "employee", "legal", "admin"];
const OFF_TOPIC: &str = "Where can I order pizza?";

/// A caller and what is theirs.
struct Who {
    role: &'static str,
    email: String,
    client: Client,
    conversation: String,
    run: String,
    request: String,
}

/// What all callers try to reach.
struct World {
    admin: Client,
    set: String,
    document: String,
    version: String,
    failed: String,
    escalation: String,
    person: String,
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn escalated(client: &Client, run: &str) -> String {
    let path = format!("/api/v1/runs/{run}/escalate");
    text(&client.post(&path, &json!({})).await.expect(200)["id"])
}

async fn everybody() -> Vec<Who> {
    let mut all: Vec<Who> = Vec::new();
    for role in &ROLES[1..] {
        let email = shared().person(role);
        let mut client = Client::new(&shared().base());
        client.sign_in(&email, PASSWORD).await;
        let (conversation, run, _) = client.ask(OFF_TOPIC).await;
        let request = escalated(&client, &run).await;
        all.push(Who {
            role,
            email,
            client,
            conversation,
            run,
            request,
        });
    }
    // Nobody knows the employee's ids.
    let employee = &all[0];
    let nobody = Who {
        role: "nobody",
        email: employee.email.clone(),
        client: Client::new(&shared().base()),
        conversation: employee.conversation.clone(),
        run: employee.run.clone(),
        request: employee.request.clone(),
    };
    all.insert(0, nobody);
    all
}

async fn world(employee: &Who) -> World {
    let admin = shared().signed_in("admin").await;
    let set = admin.new_set(&unique("Permissions"), "everyone").await;
    let uploads: [(&str, &[u8]); 2] = [
        ("rule.txt", b"A rule that everyone may read."),
        ("broken.pdf", &files::cyclic_pdf()),
    ];
    admin.upload(&set, &uploads).await.expect(200);
    let documents = admin.settled(&set).await;
    let named = |name: &str| {
        documents
            .iter()
            .find(|document| document["name"] == json!(name))
            .expect("it was uploaded")
    };
    let email = shared().person("employee");
    let people = admin.get("/api/v1/people").await.expect(200);
    let person = people
        .as_array()
        .and_then(|people| people.iter().find(|person| person["email"] == json!(email)))
        .expect("the person was made");
    World {
        set,
        document: text(&named("rule.txt")["id"]),
        version: text(&named("rule.txt")["version"]),
        failed: text(&named("broken.pdf")["id"]),
        escalation: employee.request.clone(),
        person: text(&person["id"]),
        admin,
    }
}

impl World {
    /// A document that may be deleted.
    async fn spare_document(&self) -> String {
        let content = unique("A document that is deleted again");
        let name = format!("{}.txt", unique("spare"));
        let files = [(name.as_str(), content.as_bytes())];
        let added = self.admin.upload(&self.set, &files).await.expect(200);
        text(&added[0]["document"])
    }

    /// Calls an endpoint of the table as it is meant to be called.
    async fn call(&self, who: &Who, method: &str, path: &str) -> Answer {
        let client = &who.client;
        let body = match (method, path) {
            ("POST", "/api/v1/session") => {
                return client.try_sign_in(&who.email, PASSWORD).await;
            }
            ("DELETE", "/api/v1/session") if who.role != "nobody" => {
                return shared().signed_in(who.role).await.delete(path).await;
            }
            ("POST", "/api/v1/document-sets/{id}/documents") => {
                let content = unique("Some text");
                let files = [("some.txt", content.as_bytes())];
                return client.upload(&self.set, &files).await;
            }
            ("POST", "/api/v1/conversations/{id}/messages") => json!({"question": OFF_TOPIC}),
            ("POST", "/api/v1/escalations/{id}/replies") => {
                json!({"body": "A reply.", "state": "answered"})
            }
            ("POST", "/api/v1/escalations/{id}/state") => json!({"state": "open"}),
            ("POST", "/api/v1/document-sets") => {
                json!({"name": unique("Made"), "audience": "everyone"})
            }
            ("POST", "/api/v1/people") => json!({
                "email": format!("{}@example.com", unique("made")),
                "name": "Made", "role": "employee", "password": PASSWORD
            }),
            ("PATCH", "/api/v1/people/{id}") => json!({"disabled": false}),
            ("POST", "/api/v1/people/{id}/password") => json!({"password": PASSWORD}),
            _ => json!({}),
        };
        let path = self.filled(who, method, path).await;
        let method: Method = method.parse().expect("a method");
        let mut request = client.request(&method, &path);
        if method != Method::GET {
            request = request.json(&body);
        }
        Client::send(request).await
    }

    /// The path with an id that exists and, where it has an owner, is the caller's.
    async fn filled(&self, who: &Who, method: &str, path: &str) -> String {
        let id = match path.trim_start_matches("/api/v1").split('/').nth(1) {
            Some("conversations" | "c") => who.conversation.clone(),
            Some("runs") if path.ends_with("/escalate") && who.role != "nobody" => {
                who.client.ask(OFF_TOPIC).await.1
            }
            Some("runs") => who.run.clone(),
            Some("requests") => who.request.clone(),
            Some("escalations" | "desk") => self.escalation.clone(),
            Some("document-sets") => self.set.clone(),
            Some("documents") if !path.starts_with("/api") => self.set.clone(),
            Some("documents") if method == "DELETE" => self.spare_document().await,
            Some("documents") if path.ends_with("/retry") => self.failed.clone(),
            Some("documents") => self.document.clone(),
            Some("versions") => self.version.clone(),
            Some("people") => self.person.clone(),
            _ => String::new(),
        };
        path.replace("{id}", &id)
    }
}

/// The rows of a table: method and path.
fn rows(table: &str) -> Vec<(String, String)> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            (
                words.next().expect("a method"),
                words.next().expect("a path"),
            )
        })
        .collect()
}

fn heading(table: &str) -> String {
    table
        .lines()
        .take_while(|line| line.starts_with('#'))
        .fold(String::new(), |text, line| text + line + "\n")
}

fn row(method: &str, path: &str, cells: &[String]) -> String {
    let mut row = format!("{method:<7}{path:<43}");
    for cell in cells {
        let _ = write!(row, "{cell:<10}");
    }
    row.trim_end().to_owned() + "\n"
}

#[tokio::test]
async fn every_endpoint_answers_every_role_as_the_table_says() {
    let all = everybody().await;
    let world = world(&all[1]).await;
    let mut found = heading(ENDPOINTS);
    for (method, path) in rows(ENDPOINTS) {
        let mut cells = Vec::new();
        for who in &all {
            let answer = world.call(who, &method, &path).await;
            cells.push(answer.status.as_u16().to_string());
        }
        found += &row(&method, &path, &cells);
    }
    assert!(
        found == ENDPOINTS,
        "tests/golden/permissions.txt differs; found:\n{found}"
    );
}

#[tokio::test]
async fn every_changing_endpoint_refuses_a_request_without_the_token() {
    let all = everybody().await;
    let world = world(&all[1]).await;
    for (method, path) in rows(ENDPOINTS) {
        if method == "GET" || path == "/api/v1/session" && method == "POST" {
            continue;
        }
        let mut refused = 0;
        for who in &all[1..] {
            let filled = world.filled(who, &method, &path).await;
            let mut client = who.client.clone();
            client.token = None;
            let method: Method = method.parse().expect("a method");
            let answer = Client::send(client.request(&method, &filled).json(&json!({}))).await;
            match answer.status.as_u16() {
                403 => refused += 1,
                404 => {}
                _ => panic!("{} {path} without the token: {answer:?}", who.role),
            }
        }
        assert!(refused > 0, "{method} {path} is open to nobody");
    }
}

#[tokio::test]
async fn every_page_answers_every_role_as_the_table_says() {
    let all = everybody().await;
    let world = world(&all[1]).await;
    let mut found = heading(PAGES);
    for (method, path) in rows(PAGES) {
        let mut cells = Vec::new();
        for who in &all {
            let filled = world.filled(who, &method, &path).await;
            let answer = who.client.get(&filled).await;
            cells.push(answer.status.as_u16().to_string());
        }
        found += &row(&method, &path, &cells);
    }
    assert!(
        found == PAGES,
        "tests/golden/pages.txt differs; found:\n{found}"
    );
}
