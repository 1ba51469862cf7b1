//! Versions: when each is in force, what a document says of itself, how two differ, who sees to it.

use inhouse_tests::{Client, names, shared, unique};
use serde_json::{Value, json};

async fn admin_with_set() -> (Client, String) {
    let admin = shared().signed_in("admin").await;
    let set = admin.new_set(&unique("Versions"), "everyone").await;
    (admin, set)
}

async fn uploaded(admin: &Client, set: &str, name: &str, text: &str) -> Value {
    let told = admin.upload(set, &[(name, text.as_bytes())]).await;
    let told = told.expect(200);
    let id = told[0]["document"].as_str().unwrap().to_owned();
    admin.settled(set).await;
    admin
        .get(&format!("/api/v1/documents/{id}"))
        .await
        .expect(200)
}

fn version(detail: &Value, number: u64) -> &Value {
    detail["versions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|version| version["number"] == json!(number))
        .unwrap()
}

/// The texts that a question finds, joined.
async fn found(client: &Client, question: &str) -> (String, Value) {
    let (_, _, events) = client.ask(question).await;
    let event = events
        .iter()
        .map(|event| &event.data)
        .find(|data| data["event"] == json!("passages"))
        .unwrap_or_else(|| panic!("{:?}", names(&events)));
    (event["passages"].to_string(), event["as_of"].clone())
}

#[tokio::test]
async fn what_is_in_force_on_the_day_answers_and_no_other_version() {
    let (admin, set) = admin_with_set().await;
    let word = unique("Travelbook").replace('-', "");
    let text = |days: u32| {
        format!(
            "# {word} policy\n\nUnder the {word} policy, receipts are handed in within {days} days.\n"
        )
    };
    let name = format!("{word}.md");
    let dates = async |detail: &Value, number: u64, from: &str, until: Option<&str>| {
        let id = version(detail, number)["id"].as_str().unwrap().to_owned();
        let body = json!({ "effective_from": from, "effective_until": until });
        let path = format!("/api/v1/versions/{id}/dates");
        admin.put(&path, &body).await.expect(204);
    };
    let detail = uploaded(&admin, &set, &name, &text(11)).await;
    dates(&detail, 1, "2020-01-01", None).await;
    let detail = uploaded(&admin, &set, &name, &text(22)).await;
    dates(&detail, 2, "2024-07-01", None).await;
    let detail = uploaded(&admin, &set, &name, &text(33)).await;
    dates(&detail, 3, "2199-01-01", None).await;
    let id = detail["summary"]["id"].as_str().unwrap();
    let detail = admin
        .get(&format!("/api/v1/documents/{id}"))
        .await
        .expect(200);
    let in_force: Vec<_> = detail["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["in_force"].clone())
        .collect();
    assert_eq!(
        in_force,
        [json!(false), json!(true), json!(false)],
        "newest first"
    );
    assert_eq!(
        version(&detail, 1)["validity"],
        json!({ "from": "2020-01-01", "until": "2024-07-01" })
    );

    let question = format!("Within how many days are receipts handed in under the {word} policy?");
    let asker = shared().signed_in("employee").await;
    asker.until_found(&question, &name).await;
    let holds = |passages: &str, days: u32| passages.contains(&format!("within {days} days"));
    let (now, as_of) = found(&asker, &question).await;
    assert!(
        holds(&now, 22) && !holds(&now, 11) && !holds(&now, 33),
        "{now}"
    );
    assert_eq!(as_of, Value::Null);
    let then = format!(
        "Within how many days were receipts handed in under the {word} policy as of 3 March 2023?"
    );
    let (then, as_of) = found(&asker, &then).await;
    assert!(
        holds(&then, 11) && !holds(&then, 22) && !holds(&then, 33),
        "{then}"
    );
    assert_eq!(as_of, json!("2023-03-03"));
    // Nothing was in force before the first version.
    let before =
        format!("Which receipts had to be handed in under the {word} policy as of 3 March 2019?");
    let (before, _) = found(&asker, &before).await;
    assert!(!before.contains(&word), "{before}");
}

#[tokio::test]
async fn a_document_that_takes_anothers_place_ends_it() {
    let (admin, set) = admin_with_set().await;
    let word = unique("Visitor").replace('-', "");
    let old = format!("# Old {word} rules\n\nA {word} waits at the south gate for 5 minutes.\n");
    let new = format!("# New {word} rules\n\nA {word} waits at the north gate for 9 minutes.\n");
    let old = uploaded(&admin, &set, &format!("{word}-old.md"), &old).await;
    let new = uploaded(&admin, &set, &format!("{word}-new.md"), &new).await;
    let id = |detail: &Value| detail["summary"]["id"].as_str().unwrap().to_owned();
    let facts = json!({ "jurisdiction": "Sweden", "tags": ["site"], "supersedes": id(&old) });
    let path = format!("/api/v1/documents/{}", id(&new));
    admin
        .put(&format!("{path}/facts"), &facts)
        .await
        .expect(204);
    let question = format!("At which gate does a {word} wait?");
    let name = format!("{word}-new.md");
    admin.until_found(&question, &name).await;
    let (now, _) = found(&admin, &question).await;
    assert!(
        now.contains("north gate") && !now.contains("south gate"),
        "{now}"
    );
    // Not itself, and not in a circle.
    let circle = json!({ "supersedes": id(&new) });
    let old_path = format!("/api/v1/documents/{}/facts", id(&old));
    assert!(admin.put(&old_path, &circle).await.status.is_client_error());
    let itself = admin.put(&format!("{path}/facts"), &circle).await;
    assert!(itself.status.is_client_error());
    let references = admin
        .get(&format!("/api/v1/documents/{}/references", id(&old)))
        .await;
    assert_eq!(
        references.expect(200)["superseded_by"][0]["id"],
        json!(id(&new))
    );
}

#[tokio::test]
async fn what_a_document_says_of_its_dates_waits_for_a_persons_word() {
    let (admin, set) = admin_with_set().await;
    let text = "# Supply agreement\n\nThis Agreement is effective as of January 15, 2025.\n\n\
                It is governed by the laws of the State of Delaware.\n";
    let detail = uploaded(&admin, &set, "supply.md", text).await;
    let newest = &detail["versions"][0];
    let proposals = newest["proposals"].as_array().unwrap();
    let of = |fact: &str| {
        let found = proposals
            .iter()
            .find(|proposal| proposal["fact"] == json!(fact));
        found.unwrap_or_else(|| panic!("{proposals:#?}"))
    };
    assert_eq!(of("effective_from")["value"], json!("2025-01-15"));
    assert!(
        of("effective_from")["quote"]
            .as_str()
            .unwrap()
            .contains("January 15, 2025")
    );
    assert_eq!(
        newest["dates"]["effective_from"],
        Value::Null,
        "nobody has confirmed it"
    );
    assert_eq!(detail["summary"]["attention"], json!(true));

    let id = newest["id"].as_str().unwrap();
    let decided = json!({ "accept": ["effective_from"], "dismiss": ["jurisdiction"] });
    let path = format!("/api/v1/versions/{id}/proposals");
    admin.post(&path, &decided).await.expect(204);
    let document = detail["summary"]["id"].as_str().unwrap();
    let detail = admin
        .get(&format!("/api/v1/documents/{document}"))
        .await
        .expect(200);
    assert_eq!(
        detail["versions"][0]["dates"]["effective_from"],
        json!("2025-01-15")
    );
    assert_eq!(detail["versions"][0]["proposals"], json!([]));
    assert_eq!(detail["facts"]["jurisdiction"], json!(""));
}

#[tokio::test]
async fn two_versions_are_compared_clause_by_clause() {
    let (admin, set) = admin_with_set().await;
    let before = "# Services agreement\n\n## 1 Fees\n\nThe fee is 100 euros a month.\n\n\
                  ## 2 Term\n\nThe agreement runs for two years.\n\n\
                  ## 3 Liability\n\nLiability is limited to the fees of one year.\n";
    let after = "# Services agreement\n\n## 1 Fees\n\nThe fee is 120 euros a month.\n\n\
                 ## 2 Liability\n\nLiability is limited to the fees of one year.\n\n\
                 ## 3 Data protection\n\nPersonal data is kept in the European Union.\n";
    uploaded(&admin, &set, "services.md", before).await;
    let detail = uploaded(&admin, &set, "services.md", after).await;
    let id = |number| version(&detail, number)["id"].as_str().unwrap();
    let path = format!(
        "/api/v1/documents/{}/comparison?before={}&after={}",
        detail["summary"]["id"].as_str().unwrap(),
        id(1),
        id(2)
    );
    let told = admin.get(&path).await.expect(200);
    let clauses = told["clauses"].as_array().unwrap();
    let with = |side: &str, word: &str| {
        let found = clauses
            .iter()
            .find(|clause| clause[side]["pieces"].to_string().contains(word));
        found.unwrap_or_else(|| panic!("{clauses:#?}"))["kind"].clone()
    };
    assert_eq!(with("after", "120"), json!("changed"));
    assert_eq!(with("before", "two years"), json!("removed"));
    assert_eq!(with("after", "European Union"), json!("added"));
    assert_eq!(with("after", "Liability"), json!("moved"));
    let fee = clauses
        .iter()
        .find(|c| c["kind"] == json!("changed"))
        .unwrap();
    let changed: Vec<_> = fee["after"]["pieces"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|piece| piece["changed"] == json!(true))
        .map(|piece| piece["text"].as_str().unwrap().trim().to_owned())
        .collect();
    assert_eq!(changed, ["120"], "{fee:#}");
    let outsider = Client::new(&shared().base());
    outsider.get(&path).await.expect(401);
}

#[tokio::test]
async fn an_owner_is_told_when_the_review_day_has_passed() {
    let (admin, set) = admin_with_set().await;
    let owner = shared().signed_in("employee").await;
    let detail = uploaded(&admin, &set, "gifts.md", "# Gifts\n\nGifts are recorded.\n").await;
    let id = detail["summary"]["id"].as_str().unwrap();
    let path = format!("/api/v1/documents/{id}");
    let me = owner.id().await;
    let facts = json!({ "owner": me, "review_on": "2025-01-31" });
    admin
        .put(&format!("{path}/facts"), &facts)
        .await
        .expect(204);
    let due = owner.get("/api/v1/me/reviews").await.expect(200);
    assert_eq!(due[0]["document"]["id"], json!(id), "{due}");
    let told = owner.get("/api/v1/me").await.expect(200);
    assert_eq!(told["reviews_due"], json!(1));
    // Its owner may say that it was reviewed, and nobody else who only reads it.
    let next = json!({ "next": "2199-01-31" });
    let other = shared().signed_in("employee").await;
    other
        .post(&format!("{path}/reviewed"), &next)
        .await
        .expect(404);
    owner
        .post(&format!("{path}/reviewed"), &next)
        .await
        .expect(204);
    let due = owner.get("/api/v1/me/reviews").await.expect(200);
    assert_eq!(due, json!([]));
    let detail = admin.get(&path).await.expect(200);
    assert_eq!(detail["facts"]["review_on"], json!("2199-01-31"));
}
