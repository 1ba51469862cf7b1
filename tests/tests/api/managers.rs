//! Who manages a set without being an admin, and sets that admins don't see.

use inhouse_tests::{Client, shared, unique};
use serde_json::{Value, json};

/// Somebody of a new group: their client, and the group.
async fn member_of_a_group(admin: &Client) -> (Client, String) {
    let member = shared().signed_in("employee").await;
    let group = admin.new_group(&unique("Group")).await;
    admin.join(&group, &member.id().await).await;
    (member, group)
}

fn names(sets: &Value) -> Vec<&str> {
    let sets = sets.as_array().expect("a list").iter();
    sets.map(|set| set["name"].as_str().expect("a name"))
        .collect()
}

#[tokio::test]
async fn who_manages_a_set_keeps_its_documents_and_who_sees_them() {
    let admin = shared().signed_in("admin").await;
    let (manager, managers) = member_of_a_group(&admin).await;
    let (reader, readers) = member_of_a_group(&admin).await;
    let grants = [(managers.as_str(), "manage")];
    let name = unique("Managed");
    let set = admin.new_set_for(&name, "groups", &grants).await;
    let me = manager.get("/api/v1/me").await.expect(200);
    assert_eq!(me["manages_sets"], json!(true));
    let me = reader.get("/api/v1/me").await.expect(200);
    assert_eq!(me["manages_sets"], json!(false));

    let uploaded = manager.upload(&set, &[("rule.txt", b"A rule.")]).await;
    uploaded.expect(200);
    let document = manager.settled(&set).await.remove(0);
    let path = format!("/api/v1/documents/{}", document["id"].as_str().unwrap());
    reader.delete(&path).await.expect(404);
    let original = format!("{path}/original");
    reader.get(&original).await.expect(404);

    let both = [(managers.as_str(), "manage"), (readers.as_str(), "read")];
    manager.set_access(&set, "groups", &both).await;
    assert_eq!(reader.get(&original).await.status, 200);
    let sets = reader.get("/api/v1/document-sets").await.expect(200);
    let seen = sets
        .as_array()
        .unwrap()
        .iter()
        .find(|seen| seen["id"] == json!(set));
    let seen = seen.expect("the reader sees the set");
    assert_eq!(seen["manages"], json!(false));
    assert_eq!(
        seen["grants"],
        json!([]),
        "who else sees it is the manager's"
    );
    reader.delete(&path).await.expect(404);
    let refused = reader.upload(&set, &[("more.txt", b"More.")]).await;
    refused.expect(404);

    // A narrowed document is left to the manager and to whom it is given.
    let narrow = format!("{path}/access");
    let narrowed = manager.put(&narrow, &json!({"groups": []})).await;
    assert!(narrowed.status.is_success(), "{narrowed:?}");
    reader.get(&original).await.expect(404);
    assert_eq!(manager.get(&original).await.status, 200);
    let sets = reader.get("/api/v1/document-sets").await.expect(200);
    let seen = sets
        .as_array()
        .unwrap()
        .iter()
        .find(|seen| seen["id"] == json!(set));
    assert_eq!(
        seen.unwrap()["documents"],
        json!(0),
        "it isn't counted either"
    );
    let widened = manager.put(&narrow, &json!({"groups": null})).await;
    assert!(widened.status.is_success(), "{widened:?}");
    assert_eq!(reader.get(&original).await.status, 200);
    manager.delete(&path).await.expect(204);
}

#[tokio::test]
async fn a_restricted_set_is_its_groups_alone() {
    let admin = shared().signed_in("admin").await;
    let (manager, managers) = member_of_a_group(&admin).await;
    let name = unique("Restricted");
    let grants = [(managers.as_str(), "manage")];
    let set = admin.new_set_for(&name, "restricted", &grants).await;
    let uploaded = manager.upload(&set, &[("case.txt", b"The case.")]).await;
    uploaded.expect(200);
    assert_eq!(manager.settled(&set).await.len(), 1);
    for role in ["admin", "legal", "employee"] {
        let other = shared().signed_in(role).await;
        let path = format!("/api/v1/document-sets/{set}/documents");
        other.get(&path).await.expect(404);
        let access = json!({"audience": "everyone", "grants": []});
        let path = format!("/api/v1/document-sets/{set}/access");
        other.put(&path, &access).await.expect(404);
        let sets = other.get("/api/v1/document-sets").await.expect(200);
        assert!(!names(&sets).contains(&name.as_str()), "{role}: {sets}");
    }
    // Nobody could ever see into one without a manager.
    for grants in [json!([]), json!([{"group": managers, "right": "read"}])] {
        let body = json!({"name": unique("Lost"), "audience": "restricted", "grants": grants});
        admin.post("/api/v1/document-sets", &body).await.expect(400);
    }
}

#[tokio::test]
async fn the_legal_teams_group_is_its_role_and_stays() {
    let admin = shared().signed_in("admin").await;
    let lena = shared().signed_in("legal").await;
    let group = admin.get("/api/v1/groups/legal-team").await.expect(200);
    assert_eq!(group["role"], json!("legal"));
    let id = lena.id().await;
    let people = group["people"].as_array().unwrap();
    let member = people.iter().find(|person| person["id"] == json!(id));
    assert_eq!(member.expect("she is in it")["source"], json!("role"));
    let kept = admin.delete("/api/v1/groups/legal-team").await;
    assert!(kept.status.is_client_error(), "{kept:?}");
    admin.get("/api/v1/groups/legal-team").await.expect(200);
}

#[tokio::test]
async fn a_groups_name_is_taken_once_whatever_its_case() {
    let admin = shared().signed_in("admin").await;
    let name = unique("Purchasing");
    admin.new_group(&name).await;
    let again = json!({"name": name.to_uppercase(), "description": ""});
    let taken = admin.post("/api/v1/groups", &again).await;
    assert_eq!(taken.expect(409)["code"], json!("conflict"));
    let empty = json!({"name": "  ", "description": ""});
    admin.post("/api/v1/groups", &empty).await.expect(400);
}
