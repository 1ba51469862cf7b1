//! The second factor of accounts with a password here.

use inhouse_tests::{Client, Instance, PASSWORD, Settings, shared, totp};
use serde_json::json;

/// Somebody with a second factor: their e-mail, their client, what they were shown.
async fn enrolled() -> (String, Client, inhouse_tests::Enrolled) {
    let email = shared().person("employee");
    let mut client = Client::new(&shared().base());
    client.sign_in(&email, PASSWORD).await;
    let enrolled = client.enrol_totp().await;
    (email, client, enrolled)
}

#[tokio::test]
async fn the_password_alone_opens_nothing_any_more() {
    let (email, _, enrolled) = enrolled().await;
    let browser = Client::new(&shared().base());
    let asked = browser.try_sign_in(&email, PASSWORD).await;
    assert_eq!(asked.expect(401)["code"], json!("second_factor_required"));
    assert!(!asked.headers.contains_key("set-cookie"));
    // A wrong password doesn't even learn that there is one.
    let wrong = browser.try_sign_in(&email, "not-the-password-9").await;
    assert_eq!(wrong.expect(401)["code"], json!("wrong_credentials"));
    let code = &enrolled.recovery_codes[0];
    let wrong = browser.try_sign_in_with_code(&email, "not-the-password-9", code);
    assert_eq!(wrong.await.expect(401)["code"], json!("wrong_credentials"));
    let signed_in = browser.try_sign_in_with_code(&email, PASSWORD, code).await;
    signed_in.expect(200);
}

#[tokio::test]
async fn a_code_is_good_once() {
    let (email, _, enrolled) = enrolled().await;
    let browser = Client::new(&shared().base());
    // The code that set it up is used already.
    let code = &enrolled.code;
    let again = browser.try_sign_in_with_code(&email, PASSWORD, code).await;
    again.expect(401);
    let code = totp::next_code(&enrolled.secret);
    let first = browser.try_sign_in_with_code(&email, PASSWORD, &code).await;
    first.expect(200);
    let second = browser.try_sign_in_with_code(&email, PASSWORD, &code).await;
    second.expect(401);
}

#[tokio::test]
async fn a_recovery_code_is_good_once_and_counted() {
    let (email, client, enrolled) = enrolled().await;
    let browser = Client::new(&shared().base());
    let code = &enrolled.recovery_codes[0];
    let first = browser.try_sign_in_with_code(&email, PASSWORD, code).await;
    first.expect(200);
    let second = browser.try_sign_in_with_code(&email, PASSWORD, code).await;
    second.expect(401);
    let state = client.get("/api/v1/me/totp").await.expect(200);
    let left = enrolled.recovery_codes.len() - 1;
    assert_eq!(state["recovery_codes_left"], json!(left));
    assert!(state["since"].is_number());
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let (email, _, _) = enrolled().await;
    let mut judged = 0;
    for number in 0..20 {
        let code = format!("{number:06}");
        let answer = Client::new(&shared().base())
            .try_sign_in_with_code(&email, PASSWORD, &code)
            .await;
        match answer.status.as_u16() {
            401 => judged += 1,
            429 => break,
            _ => panic!("{answer:?}"),
        }
    }
    assert!(judged <= 8, "{judged} codes could be tried");
}

#[tokio::test]
async fn it_is_taken_away_for_a_code_of_it_or_by_an_admin() {
    let (_, client, enrolled) = enrolled().await;
    let path = "/api/v1/me/totp/remove";
    client
        .post(path, &json!({"code": "123456"}))
        .await
        .expect(400);
    let code = json!({"code": enrolled.recovery_codes[0]});
    client.post(path, &code).await.expect(204);
    let state = client.get("/api/v1/me/totp").await.expect(200);
    assert_eq!(state["since"], json!(null));

    let (email, client, _) = self::enrolled().await;
    let admin = shared().signed_in("admin").await;
    let path = format!("/api/v1/people/{}/totp", client.id().await);
    admin.delete(&path).await.expect(204);
    Client::new(&shared().base())
        .sign_in(&email, PASSWORD)
        .await;
}

#[tokio::test]
async fn a_role_that_needs_one_reaches_nothing_before_it_is_set_up() {
    let settings = Settings::new()
        .with("inference.engine", "none")
        .with("sign_in.totp_required", r#"["employee"]"#);
    let instance = Instance::start(&settings);
    let email = instance.person("employee");
    let mut client = Client::new(&instance.base());
    client.sign_in(&email, PASSWORD).await;
    let me = client.get("/api/v1/me").await.expect(200);
    assert_eq!(me["must_enrol"], json!(true));
    for path in [
        "/api/v1/conversations",
        "/api/v1/requests",
        "/api/v1/me/export",
        "/api/v1/me/sessions",
        "/api/v1/tokens",
    ] {
        let refused = client.get(path).await;
        assert_eq!(refused.expect(403)["code"], json!("enrolment_required"));
    }
    let enrolled = client.enrol_totp().await;
    client.get("/api/v1/conversations").await.expect(200);
    let browser = Client::new(&instance.base());
    let code = &enrolled.recovery_codes[0];
    let signed_in = browser.try_sign_in_with_code(&email, PASSWORD, code).await;
    assert_eq!(signed_in.expect(200)["must_enrol"], json!(false));
}
