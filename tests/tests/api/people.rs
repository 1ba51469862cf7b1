//! Accounts, as admins manage them.

use inhouse_tests::{Client, PASSWORD, shared, unique};
use serde_json::{Value, json};

fn new_person(email: &str) -> Value {
    json!({"email": email, "name": "New Person", "role": "employee", "password": PASSWORD})
}

#[tokio::test]
async fn an_admin_makes_an_account_and_its_owner_signs_in() {
    let instance = shared();
    let admin = instance.signed_in("admin").await;
    let email = format!("{}@example.com", unique("new"));
    let person = admin
        .post("/api/v1/people", &new_person(&email))
        .await
        .expect(201);
    assert_eq!(person["email"], json!(email));
    assert_eq!(person["disabled"], json!(false));
    let people = admin.get("/api/v1/people").await.expect(200);
    assert!(
        people
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["id"] == person["id"])
    );
    assert!(
        !people.to_string().contains("argon2"),
        "hashes stay where they are"
    );
    Client::new(&instance.base())
        .sign_in(&email, PASSWORD)
        .await;

    let taken = admin
        .post("/api/v1/people", &new_person(&email.to_uppercase()))
        .await;
    assert_eq!(taken.expect(409)["code"], json!("conflict"));

    let path = format!("/api/v1/people/{}", person["id"].as_str().unwrap());
    let disabled = admin
        .patch(&path, &json!({"disabled": true}))
        .await
        .expect(200);
    assert_eq!(disabled["disabled"], json!(true));
    Client::new(&instance.base())
        .try_sign_in(&email, PASSWORD)
        .await
        .expect(401);
    admin
        .patch(&path, &json!({"disabled": false}))
        .await
        .expect(200);
    Client::new(&instance.base())
        .sign_in(&email, PASSWORD)
        .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_new_account_is_said_at_its_field() {
    let admin = shared().signed_in("admin").await;
    let valid = || new_person(&format!("{}@example.com", unique("new")));
    for (field, value) in [
        ("email", "no-address"),
        ("name", " "),
        ("password", "short"),
    ] {
        let mut person = valid();
        person[field] = json!(value);
        let error = admin.post("/api/v1/people", &person).await.expect(400);
        assert_eq!(error["field"], json!(field), "{error}");
    }
    let mut person = valid();
    person["role"] = json!("owner");
    admin.post("/api/v1/people", &person).await.expect(400);
}

#[tokio::test]
async fn nobody_locks_themselves_out() {
    let admin = shared().signed_in("admin").await;
    let me = admin.get("/api/v1/me").await.expect(200);
    let path = format!("/api/v1/people/{}", me["id"].as_str().unwrap());
    for change in [json!({"disabled": true}), json!({"role": "employee"})] {
        admin.patch(&path, &change).await.expect(409);
    }
    admin.get("/api/v1/me").await.expect(200);
}
