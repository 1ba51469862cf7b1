//! Signing in, staying signed in, and how that ends.

use inhouse_tests::{Client, PASSWORD, shared, unique};
use serde_json::json;
use std::time::Instant;

#[tokio::test]
async fn the_right_password_opens_a_session_in_a_cookie_that_scripts_cannot_read() {
    let instance = shared();
    let email = instance.person("employee");
    let answer = Client::new(&instance.base())
        .try_sign_in(&email.to_uppercase(), PASSWORD)
        .await;
    let me = answer.expect(200);
    assert_eq!(me["email"], json!(email));
    assert_eq!(me["role"], json!("employee"));
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for attribute in ["HttpOnly", "SameSite=", "Path=/", "Max-Age="] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() {
    let instance = shared();
    let email = instance.person("employee");
    let client = Client::new(&instance.base());
    let wrong = client.try_sign_in(&email, "not-the-password-9").await;
    let unknown = client
        .try_sign_in(&unique("nobody@example.com"), PASSWORD)
        .await;
    for answer in [&wrong, &unknown] {
        assert_eq!(answer.expect(401)["code"], json!("wrong_credentials"));
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    assert_eq!(wrong.json()["message"], unknown.json()["message"]);
}

#[tokio::test]
async fn a_signed_out_session_is_refused_at_the_next_request() {
    let client = shared().signed_in("employee").await;
    client.get("/api/v1/me").await.expect(200);
    client.delete("/api/v1/session").await.expect(204);
    let refused = client.get("/api/v1/me").await;
    assert_eq!(refused.expect(401)["code"], json!("sign_in_required"));
}

#[tokio::test]
async fn signing_out_ends_this_browser_and_not_the_other() {
    let instance = shared();
    let email = instance.person("employee");
    let mut here = Client::new(&instance.base());
    let mut there = Client::new(&instance.base());
    here.sign_in(&email, PASSWORD).await;
    there.sign_in(&email, PASSWORD).await;
    assert_ne!(
        here.cookie, there.cookie,
        "each sign-in has a session of its own"
    );
    here.delete("/api/v1/session").await.expect(204);
    here.get("/api/v1/me").await.expect(401);
    there.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_disabled_account_is_refused_at_the_next_request() {
    let instance = shared();
    let email = instance.person("employee");
    let mut client = Client::new(&instance.base());
    client.sign_in(&email, PASSWORD).await;
    let output = instance.run(&["user", "disable", &email], "");
    assert!(output.success, "{output:?}");
    client.get("/api/v1/me").await.expect(401);
    client.try_sign_in(&email, PASSWORD).await.expect(401);
}

#[tokio::test]
async fn a_new_role_ends_the_sessions_of_the_old_one() {
    let instance = shared();
    let admin = instance.signed_in("admin").await;
    let lena = instance.signed_in("legal").await;
    let id = lena.get("/api/v1/me").await.expect(200)["id"].clone();
    lena.get("/api/v1/escalations").await.expect(200);
    admin
        .patch(
            &format!("/api/v1/people/{}", id.as_str().unwrap()),
            &json!({"role": "employee"}),
        )
        .await
        .expect(200);
    lena.get("/api/v1/escalations").await.expect(401);
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let instance = shared();
    let email = instance.person("employee");
    let mut client = Client::new(&instance.base());
    client.sign_in(&email, PASSWORD).await;
    let output = instance.run(&["user", "password", &email], "another-granite-lantern-7\n");
    assert!(output.success, "{output:?}");
    client.get("/api/v1/me").await.expect(401);
    client.try_sign_in(&email, PASSWORD).await.expect(401);
    client.sign_in(&email, "another-granite-lantern-7").await;
    client.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_changed_or_unsigned_token_is_refused() {
    let client = shared().signed_in("employee").await;
    let cookie = client.cookie.clone().unwrap();
    let (name, token) = cookie.split_once('=').unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "the cookie holds a signed token");
    let mut signature = parts[2].to_owned();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    signature.replace_range(0..1, flipped);
    // {"alg":"none","typ":"JWT"}
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    for forged in [
        format!("{}.{}.{signature}", parts[0], parts[1]),
        format!("{unsigned}.{}.", parts[1]),
        format!("{unsigned}.{}.{}", parts[1], parts[2]),
        "not-a-token".to_owned(),
    ] {
        let mut forger = client.clone();
        forger.cookie = Some(format!("{name}={forged}"));
        forger.get("/api/v1/me").await.expect(401);
    }
    client.get("/api/v1/me").await.expect(200);
}

/// Wrong tries that are all on their way before the first is judged; gives how many were judged.
async fn guess_at_once(clients: &[Client], emails: &[String]) -> usize {
    let tries = clients.iter().zip(emails).enumerate();
    let tries = tries.map(async |(number, (client, email))| {
        let answer = client
            .try_sign_in(email, &format!("wrong-guess-number-{number}"))
            .await;
        assert!(matches!(answer.status.as_u16(), 401 | 429), "{answer:?}");
        answer.status == 401
    });
    let judged = futures::future::join_all(tries).await;
    judged.into_iter().filter(|judged| *judged).count()
}

#[tokio::test]
async fn guessing_an_account_is_slowed_down_even_for_the_right_password() {
    let instance = shared();
    let email = instance.person("employee");
    let clients: Vec<_> = (0..14).map(|_| Client::new(&instance.base())).collect();
    let started = Instant::now();
    let judged = guess_at_once(&clients, &vec![email.clone(); clients.len()]).await;
    // Five at once, and then one for each wait of 1, 2, 4 … seconds that has passed.
    let waits = (started.elapsed().as_secs() + 1).ilog2() as usize;
    assert!(
        judged <= 5 + waits,
        "{judged} of the tries learned that they were wrong"
    );

    let limited = Client::new(&instance.base())
        .try_sign_in(&email, PASSWORD)
        .await;
    assert_eq!(limited.expect(429)["code"], json!("too_many"));
    let wait: u64 = limited.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((2..=900).contains(&wait), "{wait}");
    // Another account is not held up.
    let other = instance.person("employee");
    Client::new(&instance.base())
        .sign_in(&other, PASSWORD)
        .await;
}

#[tokio::test]
async fn guessing_from_an_address_is_slowed_down_whatever_the_account() {
    let instance = shared();
    let guesser = Client::new(&instance.base());
    let emails: Vec<_> = (0..26).map(|_| unique("nobody@example.com")).collect();
    guess_at_once(&vec![guesser.clone(); emails.len()], &emails).await;
    let email = instance.person("employee");
    guesser.try_sign_in(&email, PASSWORD).await.expect(429);
    Client::new(&instance.base())
        .sign_in(&email, PASSWORD)
        .await;
}
