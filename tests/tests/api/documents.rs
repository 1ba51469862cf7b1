//! Documents in: formats, bad files, versions, removal.

use inhouse_tests::{Client, files, names, shared, unique};
use serde_json::{Value, json};

async fn admin_with_set(audience: &str) -> (Client, String) {
    let admin = shared().signed_in("admin").await;
    let set = admin.new_set(&unique("Set"), audience).await;
    (admin, set)
}

fn named<'a>(documents: &'a [Value], name: &str) -> &'a Value {
    documents
        .iter()
        .find(|document| document["name"] == json!(name))
        .unwrap_or_else(|| panic!("no {name} in {documents:#?}"))
}

#[tokio::test]
async fn every_format_is_read_and_found() {
    let (admin, set) = admin_with_set("groups").await;
    let word =
        |format: &str| format!("The {format} retention period is 7 years after termination.");
    let html = format!(
        "<html><head><title>H</title><script>var x='script';</script></head><body><h1>Retention</h1><p>{}</p></body></html>",
        word("webpage")
    );
    let uploads: Vec<(&str, Vec<u8>)> = vec![
        ("plain.txt", word("textfile").into_bytes()),
        (
            "marked.md",
            format!("# Retention\n\n{}\n", word("markdown")).into_bytes(),
        ),
        ("page.html", html.into_bytes()),
        (
            "word.docx",
            files::docx("Retention", &[&word("worddocument")]),
        ),
        ("print.pdf", files::pdf(&["Retention", &word("printed")])),
    ];
    let borrowed: Vec<(&str, &[u8])> = uploads
        .iter()
        .map(|(name, content)| (*name, content.as_slice()))
        .collect();
    let results = admin.upload(&set, &borrowed).await.expect(200);
    for result in results.as_array().unwrap() {
        assert_eq!(result["result"], json!("added"), "{result}");
    }
    let documents = admin.settled(&set).await;
    assert_eq!(documents.len(), 5);
    for document in &documents {
        assert_eq!(document["state"], json!("ready"), "{document:#}");
        assert!(document["passages"].as_u64().unwrap() >= 1, "{document:#}");
        // The text is there, in the source view.
        let version = document["version"].as_str().unwrap();
        let path = format!("/api/v1/versions/{version}/source?start=0&end=1");
        let source = admin.get(&path).await.expect(200);
        let text = source["text"].as_str().unwrap();
        assert!(text.contains("retention period is 7 years"), "{text}");
        assert!(!text.contains("script"), "{text}");
    }
    assert_eq!(named(&documents, "print.pdf")["pages"], json!(1));
    for (name, format) in [("word.docx", "worddocument"), ("print.pdf", "printed")] {
        let question = format!("What is the {format} retention period after termination?");
        admin.until_found(&question, name).await;
    }
}

#[tokio::test]
async fn a_poisoned_file_fails_alone_with_its_reason() {
    let (admin, set) = admin_with_set("groups").await;
    let good = b"The good file says that notices must be given in writing.".to_vec();
    let uploads: Vec<(&str, Vec<u8>)> = vec![
        ("cyclic.pdf", files::cyclic_pdf()),
        ("cut.pdf", files::pdf(&["cut off"])[..200].to_vec()),
        ("bomb.docx", files::docx_bomb(600)),
        ("no-zip.docx", b"PK\x03\x04 this is no archive".to_vec()),
        ("good.txt", good),
    ];
    for (name, content) in &uploads {
        admin.upload(&set, &[(name, content)]).await.expect(200);
    }
    let documents = admin.settled(&set).await;
    assert_eq!(named(&documents, "good.txt")["state"], json!("ready"));
    for document in documents
        .iter()
        .filter(|document| document["name"] != json!("good.txt"))
    {
        assert_eq!(document["state"], json!("failed"), "{document:#}");
        let reason = document["reason"].as_str().unwrap();
        assert!(
            reason.len() > 20 && !reason.contains("panicked"),
            "{reason}"
        );
        assert_eq!(document["passages"], json!(0));
    }
    // It can be tried again, and the server lives on.
    let failed = named(&documents, "cyclic.pdf")["id"].as_str().unwrap();
    admin
        .post(&format!("/api/v1/documents/{failed}/retry"), &json!({}))
        .await
        .expect(200);
    let documents = admin.settled(&set).await;
    assert_eq!(named(&documents, "cyclic.pdf")["state"], json!("failed"));
}

#[tokio::test]
async fn a_kind_of_file_that_is_not_read_is_refused_by_its_content() {
    let (admin, set) = admin_with_set("groups").await;
    let uploads: [(&str, &[u8]); 3] = [
        (
            "program.txt",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0",
        ),
        ("picture.pdf", b"GIF89a\x01\0\x01\0\x80\0\0"),
        ("empty.txt", b""),
    ];
    let results = admin.upload(&set, &uploads).await.expect(200);
    for result in results.as_array().unwrap() {
        assert_eq!(result["result"], json!("refused"), "{result}");
        assert!(!result["reason"].as_str().unwrap().is_empty());
    }
    assert!(admin.settled(&set).await.is_empty());
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused() {
    let (admin, set) = admin_with_set("groups").await;
    let large = vec![b'a'; 4_000_000];
    let refused = admin.upload(&set, &[("large.txt", &large)]).await;
    assert_eq!(refused.expect(413)["code"], json!("too_large"));
}

#[tokio::test]
async fn the_same_content_is_noticed_and_a_new_version_supersedes_the_old() {
    let (admin, set) = admin_with_set("groups").await;
    let project = unique("Marigold");
    let first = format!("The liability cap under the {project} agreement is 100 dollars.");
    let second = format!("The liability cap under the {project} agreement is 250 dollars.");
    let question = format!("What is the liability cap under the {project} agreement?");
    admin
        .upload(&set, &[("budget.txt", first.as_bytes())])
        .await
        .expect(200);
    let old = admin.settled(&set).await.remove(0);
    admin.until_found(&question, "budget.txt").await;

    let again = admin
        .upload(&set, &[("copy.txt", first.as_bytes())])
        .await
        .expect(200);
    assert_eq!(again[0]["result"], json!("duplicate"));
    let newer = admin
        .upload(&set, &[("budget.txt", second.as_bytes())])
        .await
        .expect(200);
    assert_eq!(newer[0]["result"], json!("new_version"));
    let documents = admin.settled(&set).await;
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0]["version_number"], json!(2));

    // An old citation still opens, and says that there is something newer.
    let path = |version: &Value| {
        format!(
            "/api/v1/versions/{}/source?start=0&end=3",
            version.as_str().unwrap()
        )
    };
    let source = admin.get(&path(&old["version"])).await.expect(200);
    assert_eq!(source["superseded"], json!(true));
    assert!(source["text"].as_str().unwrap().contains("100 dollars"));
    let source = admin.get(&path(&documents[0]["version"])).await.expect(200);
    assert_eq!(source["superseded"], json!(false));

    // A new search never finds the old text.
    let (_, _, events) = admin.ask(&question).await;
    assert!(
        !format!("{events:?}").contains("100 dollars"),
        "{events:#?}"
    );
}

#[tokio::test]
async fn a_deleted_document_is_gone_at_once() {
    let (admin, set) = admin_with_set("groups").await;
    let project = unique("Juniper");
    let content = format!("The {project} agreement must be terminated before 1 March 2031.");
    let question = format!("When must the {project} agreement be terminated?");
    admin
        .upload(&set, &[("deadline.txt", content.as_bytes())])
        .await
        .expect(200);
    let document = admin.settled(&set).await.remove(0);
    admin.until_found(&question, "deadline.txt").await;
    let id = document["id"].as_str().unwrap();
    admin
        .delete(&format!("/api/v1/documents/{id}"))
        .await
        .expect(204);
    assert!(admin.settled(&set).await.is_empty());
    admin
        .get(&format!("/api/v1/documents/{id}/original"))
        .await
        .expect(404);
    let (_, _, events) = admin.ask(&question).await;
    assert!(!names(&events).contains(&"deadline.txt".to_owned()));
}

#[tokio::test]
async fn an_original_comes_as_a_download_and_never_as_a_page() {
    let (admin, set) = admin_with_set("groups").await;
    let page = b"<html><body><h1>Title</h1><p>Text of the page.</p><script>alert(1)</script></body></html>";
    admin.upload(&set, &[("page.html", page)]).await.expect(200);
    let document = admin.settled(&set).await.remove(0);
    let id = document["id"].as_str().unwrap();
    let original = admin.get(&format!("/api/v1/documents/{id}/original")).await;
    assert_eq!(original.status, 200);
    assert_eq!(original.text.as_bytes(), page);
    assert_eq!(original.headers["content-type"], "application/octet-stream");
    assert_eq!(original.headers["x-content-type-options"], "nosniff");
    let disposition = original.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment;"), "{disposition}");
}

#[tokio::test]
async fn a_sets_name_is_taken_once() {
    let (admin, _) = admin_with_set("groups").await;
    let name = unique("Contracts");
    let body = json!({"name": name, "audience": "everyone"});
    admin.post("/api/v1/document-sets", &body).await.expect(201);
    let taken = admin.post("/api/v1/document-sets", &body).await;
    assert_eq!(taken.expect(409)["code"], json!("conflict"));
    let empty = json!({"name": "  ", "audience": "everyone"});
    admin
        .post("/api/v1/document-sets", &empty)
        .await
        .expect(400);
    let nobody = json!({"name": unique("Set"), "audience": "nobody"});
    admin
        .post("/api/v1/document-sets", &nobody)
        .await
        .expect(400);
}
