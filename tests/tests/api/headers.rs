//! The headers that every response carries.

use inhouse_tests::{Answer, shared};
use std::fmt::Write as _;

const WATCHED: [&str; 10] = [
    "cache-control",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
];

fn nonce(answer: &Answer) -> String {
    let policy = answer.headers["content-security-policy"]
        .to_str()
        .expect("a policy is text");
    let (_, rest) = policy
        .split_once("'nonce-")
        .expect("the policy has a nonce");
    rest.split('\'').next().unwrap_or_default().to_owned()
}

fn watched(answer: &Answer) -> String {
    let mut text = format!("{}\n", answer.status.as_u16());
    for name in WATCHED {
        if let Some(value) = answer.headers.get(name) {
            let _ = writeln!(
                text,
                "{name}: {}",
                value.to_str().expect("a header is text")
            );
        }
    }
    text.replace(&nonce(answer), "NONCE")
}

#[tokio::test]
async fn pages_and_answers_carry_the_security_headers() {
    let client = inhouse_tests::Client::new(&shared().base());
    let mut all = String::new();
    for path in ["/sign-in", "/api/v1/me", "/no-such-page"] {
        let _ = write!(all, "GET {path}\n{}\n", watched(&client.get(path).await));
    }
    insta::assert_snapshot!(all.trim_end());
}

#[tokio::test]
async fn a_nonce_is_used_once_and_every_script_carries_it() {
    let client = inhouse_tests::Client::new(&shared().base());
    let first = client.get("/sign-in").await;
    let second = client.get("/sign-in").await;
    assert_ne!(nonce(&first), nonce(&second));
    let scripts = first.text.matches("<script").count();
    let carrying = first
        .text
        .matches(&format!("nonce=\"{}\"", nonce(&first)))
        .count();
    assert!(scripts > 0);
    assert!(
        carrying >= scripts,
        "{carrying} nonces for {scripts} scripts"
    );
    assert!(!first.text.contains(" style=\""), "no inline styles");
}

#[tokio::test]
async fn a_page_names_nothing_from_elsewhere() {
    let client = shared().signed_in("employee").await;
    for path in ["/sign-in", "/", "/requests"] {
        let page = client.get(path).await.text;
        for attribute in ["src=\"http", "href=\"http", "src=\"//", "href=\"//"] {
            assert!(!page.contains(attribute), "{path} has {attribute}");
        }
    }
}
