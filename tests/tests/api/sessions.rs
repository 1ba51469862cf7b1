//! Signing in, staying signed in, and how that ends.

use inhouse_tests::{Client, PASSWORD, shared, unique};
use serde_json::json;

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

#[tokio::test]
async fn guessing_is_slowed_down_even_for_the_right_password() {
    let instance = shared();
    let email = instance.person("employee");
    let guesser = Client::new(&instance.base());
    let mut limited = None;
    for guess in 0..12 {
        let answer = guesser
            .try_sign_in(&email, &format!("wrong-guess-number-{guess}"))
            .await;
        if answer.status == 429 {
            limited = Some(answer);
            break;
        }
        answer.expect(401);
    }
    let limited = limited.expect("twelve wrong guesses are too many");
    assert_eq!(limited.json()["code"], json!("too_many"));
    let wait: u64 = limited.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    // From another address, the account is still held; another account is not.
    let elsewhere = Client::new(&instance.base());
    elsewhere.try_sign_in(&email, PASSWORD).await.expect(429);
    let other = instance.person("employee");
    elsewhere.try_sign_in(&other, PASSWORD).await.expect(200);
    // From the guesser's address, other accounts are held too.
    guesser.try_sign_in(&other, PASSWORD).await.expect(429);
}
