//! What is someone else's stays unknown: 404, as for what doesn't exist.

use inhouse_tests::{names, shared, unique};
use serde_json::json;

#[tokio::test]
async fn another_persons_conversation_run_and_request_are_not_found() {
    let instance = shared();
    let owner = instance.signed_in("employee").await;
    let (conversation, run, _) = owner.ask("Where can I order pizza?").await;
    let request = owner
        .post(&format!("/api/v1/runs/{run}/escalate"), &json!({}))
        .await
        .expect(200);
    let request = request["id"].as_str().unwrap();
    for role in ["employee", "legal", "admin"] {
        let other = instance.signed_in(role).await;
        for path in [
            format!("/api/v1/conversations/{conversation}"),
            format!("/api/v1/runs/{run}/events"),
            format!("/api/v1/requests/{request}"),
        ] {
            other.get(&path).await.expect(404);
        }
        for (path, body) in [
            (
                format!("/api/v1/conversations/{conversation}/messages"),
                json!({"question": "Hello?"}),
            ),
            (format!("/api/v1/runs/{run}/cancel"), json!({})),
            (format!("/api/v1/runs/{run}/escalate"), json!({})),
        ] {
            other.post(&path, &body).await.expect(404);
        }
        assert_eq!(
            other.get("/api/v1/conversations").await.expect(200),
            json!([])
        );
    }
}

#[tokio::test]
async fn a_document_for_the_legal_team_shows_nowhere_to_others() {
    let instance = shared();
    let admin = instance.signed_in("admin").await;
    let canary = unique("Zanzibar");
    let set = admin
        .new_set_for(&unique("Legal only"), "groups", &[("legal-team", "read")])
        .await;
    let content = format!(
        "# Supply agreement with {canary}\n\nThe supply agreement with {canary} provides a penalty of \
         710,000 dollars for late delivery.\n"
    );
    let name = format!("{canary}.md");
    admin
        .upload(&set, &[(&name, content.as_bytes())])
        .await
        .expect(200);
    let document = admin.settled(&set).await.remove(0);
    let question =
        format!("What penalty does the supply agreement with {canary} provide for late delivery?");
    let lawyer = instance.signed_in("legal").await;
    lawyer.until_found(&question, &name).await;

    let employee = instance.signed_in("employee").await;
    let (conversation, _, events) = employee.ask(&question).await;
    assert!(!names(&events).contains(&name));
    let kept = employee
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await;
    let requests = employee.get("/api/v1/requests").await;
    for text in [format!("{events:?}"), kept.text, requests.text] {
        assert!(!text.contains("710,000"), "{text}");
        assert!(!text.contains(&name), "{text}");
    }
    let version = document["version"].as_str().unwrap();
    let id = document["id"].as_str().unwrap();
    for path in [
        format!("/api/v1/versions/{version}/source?start=0&end=10"),
        format!("/api/v1/documents/{id}/original"),
        format!("/api/v1/document-sets/{set}/documents"),
    ] {
        employee.get(&path).await.expect(404);
    }
    // The same doors are open to the legal team.
    let path = format!("/api/v1/versions/{version}/source?start=0&end=10");
    lawyer.get(&path).await.expect(200);
}

#[tokio::test]
async fn what_does_not_exist_and_what_is_no_id_are_not_found() {
    let client = shared().signed_in("legal").await;
    for path in [
        "/api/v1/conversations/0192c5f4-0000-7000-8000-000000000000",
        "/api/v1/conversations/..%2f..%2fetc",
        "/api/v1/escalations/0192c5f4-0000-7000-8000-000000000000",
        "/api/v1/nothing-here",
        "/api/v2/me",
    ] {
        let error = client.get(path).await.expect(404);
        assert_eq!(error["code"], json!("not_found"), "{path}");
    }
}
