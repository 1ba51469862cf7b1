//! Tokens of programs: what they reach, what they are not, and how they end.

use inhouse_tests::{Client, PASSWORD, shared};
use reqwest::Method;
use serde_json::{Value, json};

async fn program(owner: &Client, scopes: &[&str]) -> Client {
    Client::program(&shared().base(), &owner.new_token(scopes).await)
}

#[tokio::test]
async fn a_program_asks_without_the_cross_site_token_and_reaches_nothing_else() {
    let owner = shared().signed_in("employee").await;
    let program = program(&owner, &["ask"]).await;
    let (conversation, _, events) = program.ask("Where can I order pizza?").await;
    assert_eq!(
        events.last().unwrap().data["outcome"],
        json!("declined"),
        "{events:#?}"
    );
    // It is the owner's.
    let path = format!("/api/v1/conversations/{conversation}");
    owner.get(&path).await.expect(200);
    for path in [
        "/api/v1/me/export",
        "/api/v1/tokens",
        "/api/v1/document-sets",
    ] {
        program.get(path).await.expect(404);
    }
    // Nor can it make more tokens for itself.
    let more = json!({"name": "More", "scopes": ["ask"], "days": 1});
    program.post("/api/v1/tokens", &more).await.expect(404);
}

#[tokio::test]
async fn a_scope_reaches_no_further_than_the_role_of_the_owner() {
    let instance = shared();
    let employee = instance.signed_in("employee").await;
    for scope in ["desk", "people", "log", "scim", "everything"] {
        let body = json!({"name": "Too much", "scopes": [scope], "days": 1});
        employee.post("/api/v1/tokens", &body).await.expect(400);
    }
    let none: [&str; 0] = [];
    let body = json!({"name": "Nothing", "scopes": none, "days": 1});
    employee.post("/api/v1/tokens", &body).await.expect(400);
    for days in [0, 366] {
        let body = json!({"name": "Too long", "scopes": ["ask"], "days": days});
        employee.post("/api/v1/tokens", &body).await.expect(400);
    }
    // An admin who becomes an employee takes the programs along.
    let admin = instance.signed_in("admin").await;
    let demoted = instance.signed_in("admin").await;
    let program = program(&demoted, &["people"]).await;
    program.get("/api/v1/people").await.expect(200);
    let path = format!("/api/v1/people/{}", demoted.id().await);
    admin
        .patch(&path, &json!({"role": "employee"}))
        .await
        .expect(200);
    program.get("/api/v1/people").await.expect(404);
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_the_next_request() {
    let owner = shared().signed_in("employee").await;
    let program = program(&owner, &["ask"]).await;
    program.get("/api/v1/conversations").await.expect(200);
    let tokens = owner.get("/api/v1/tokens").await.expect(200);
    let id = tokens[0]["id"].as_str().unwrap();
    assert!(
        tokens[0]["last_used_at"].is_number(),
        "its use is seen: {tokens}"
    );
    // Somebody else's token can't be revoked, nor be known.
    let other = shared().signed_in("employee").await;
    let path = format!("/api/v1/tokens/{id}");
    other.delete(&path).await.expect(404);
    owner.delete(&path).await.expect(204);
    program.get("/api/v1/conversations").await.expect(401);
    assert_eq!(owner.get("/api/v1/tokens").await.expect(200), json!([]));
}

#[tokio::test]
async fn a_token_ends_with_its_owners_account() {
    let instance = shared();
    let email = instance.person("employee");
    let mut owner = Client::new(&instance.base());
    owner.sign_in(&email, PASSWORD).await;
    let program = program(&owner, &["ask"]).await;
    program.get("/api/v1/me").await.expect(200);
    assert!(instance.run(&["user", "disable", &email], "").success);
    program.get("/api/v1/me").await.expect(401);
}

#[tokio::test]
async fn a_token_is_no_session_and_a_session_is_no_token() {
    let owner = shared().signed_in("employee").await;
    let token = owner.new_token(&["ask"]).await;
    let (name, session) = owner.cookie.as_deref().unwrap().split_once('=').unwrap();
    let mut forger = Client::new(&shared().base());
    forger.cookie = Some(format!("{name}={token}"));
    forger.get("/api/v1/me").await.expect(401);
    let program = Client::program(&shared().base(), session);
    program.get("/api/v1/me").await.expect(401);
    let program = Client::program(&shared().base(), owner.token.as_deref().unwrap());
    program.get("/api/v1/me").await.expect(401);
    // A cookie beside it gives a program no more than its token does.
    let mut both = owner.clone();
    both.bearer = Some(token);
    both.get("/api/v1/me").await.expect(200);
    both.get("/api/v1/me/export").await.expect(404);
    both.bearer = Some("not-a-token".into());
    both.get("/api/v1/me").await.expect(401);
}

#[tokio::test]
async fn what_is_no_token_is_refused_whatever_it_looks_like() {
    let client = Client::new(&shared().base());
    let long = format!("Bearer {}", "a".repeat(4_000));
    for header in [
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "bearer inhouse",
        "Basic YTpi",
        "Bearer ' OR 1=1 --",
        "Bearer ../../etc/passwd",
        // {"alg":"none"}.{"sub":"x"}.
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        &long,
    ] {
        let request = client
            .request(&Method::GET, "/api/v1/me")
            .header("authorization", header);
        Client::send(request).await.expect(401);
    }
}

#[tokio::test]
async fn a_token_is_shown_once_and_stands_in_no_log() {
    let instance = shared();
    let owner = instance.signed_in("employee").await;
    let token = owner.new_token(&["ask"]).await;
    let client = Client::program(&instance.base(), &token);
    client.get("/api/v1/me").await.expect(200);
    let listed = owner.get("/api/v1/tokens").await.text;
    assert!(!listed.contains(&token), "{listed}");
    assert!(!instance.log().contains(&token));
    let admin = instance.signed_in("admin").await;
    let opening = admin.open_log().await;
    let path = format!("/api/v1/log?opening={opening}&action=token");
    let log: Value = admin.get(&path).await.expect(200);
    assert!(!log.to_string().contains(&token), "{log}");
}
