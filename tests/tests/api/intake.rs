//! Documents on their way in: folders, archives, mails, scans, cancelling, retrying.

use inhouse_tests::{Client, files, shared, unique};
use reqwest::Method;
use serde_json::{Value, json};

async fn admin_with_set() -> (Client, String) {
    let admin = shared().signed_in("admin").await;
    let set = admin.new_set(&unique("Intake"), "groups").await;
    (admin, set)
}

/// The document of this folder and name; says what is there where it isn't.
#[track_caller]
fn at<'a>(documents: &'a [Value], folder: &str, name: &str) -> &'a Value {
    documents
        .iter()
        .find(|document| document["folder"] == json!(folder) && document["name"] == json!(name))
        .unwrap_or_else(|| {
            let there: Vec<_> = documents
                .iter()
                .map(|document| format!("{} / {}", document["folder"], document["name"]))
                .collect();
            panic!("no {folder} / {name} in {there:#?}")
        })
}

async fn text_of(client: &Client, document: &Value) -> String {
    let version = document["version"].as_str().unwrap();
    let path = format!("/api/v1/versions/{version}/source?start=0&end=1");
    let source = client.get(&path).await.expect(200);
    source["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn files_of_one_name_in_two_folders_are_two_documents() {
    let (admin, set) = admin_with_set().await;
    for (folder, text) in [
        ("2025/rules", "The rules of 2025 allow 20 days."),
        ("../2026//rules/", "The rules of 2026 allow 25 days."),
    ] {
        let file = [("leave.txt", text.as_bytes())];
        let told = admin.upload_folder(&set, folder, &file).await.expect(200);
        assert_eq!(told[0]["result"], json!("added"), "{told}");
    }
    let documents = admin.settled(&set).await;
    assert_eq!(documents.len(), 2);
    let old = text_of(&admin, at(&documents, "2025/rules", "leave.txt")).await;
    let new = text_of(&admin, at(&documents, "2026/rules", "leave.txt")).await;
    assert!(
        old.contains("20 days") && new.contains("25 days"),
        "{old} {new}"
    );
}

#[tokio::test]
async fn an_archive_and_the_mail_in_it_come_apart_and_go_together() {
    let (admin, set) = admin_with_set().await;
    let mail = "From: Ada <ada@example.com>\r\nTo: Lena <lena@example.com>\r\n\
                Date: Mon, 2 Mar 2026 09:00:00 +0100\r\nSubject: The signed lease\r\n\
                MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
                --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
                Attached is the lease that was signed in Gothenburg.\r\n\
                --b\r\nContent-Type: text/plain; name=lease.txt\r\n\
                Content-Disposition: attachment; filename=lease.txt\r\n\r\n\
                The rent under the lease is 4,100 euros a month.\r\n--b--\r\n";
    let notes = files::docx(
        "Notes",
        &["The landlord is the municipality of Gothenburg."],
    );
    let archive = files::zipped(&[
        ("letters/lease.eml", mail.as_bytes()),
        (
            "../../outside.txt",
            b"A file whose name leads out of the archive.",
        ),
        ("notes.docx", &notes),
        ("tool.exe", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0"),
    ]);
    let sent = [("closing.zip", archive.as_slice())];
    admin.upload(&set, &sent).await.expect(200);
    let documents = admin.settled(&set).await;
    for document in &documents {
        assert_eq!(document["state"], json!("ready"), "{document:#}");
    }
    assert_eq!(documents.len(), 5, "{documents:#?}");
    let zip = at(&documents, "", "closing.zip");
    assert_eq!(zip["attention"], json!(true), "the program was left out");
    let listed = text_of(&admin, zip).await;
    assert!(listed.contains("notes.docx"), "{listed}");
    let mail = at(&documents, "closing.zip/letters", "lease.eml");
    let words = text_of(&admin, mail).await;
    for word in [
        "The signed lease",
        "ada@example.com",
        "signed in Gothenburg",
    ] {
        assert!(words.contains(word), "{words}");
    }
    let lease = at(&documents, "closing.zip/letters/lease.eml", "lease.txt");
    assert_eq!(lease["part_of"], mail["id"]);
    assert!(text_of(&admin, lease).await.contains("4,100 euros"));
    at(&documents, "closing.zip", "outside.txt");

    // A new version without the notes takes them away; deleting the archive takes everything.
    let archive = files::zipped(&[("letters/lease.txt", b"The rent is 4,200 euros a month.")]);
    let sent = [("closing.zip", archive.as_slice())];
    admin.upload(&set, &sent).await.expect(200);
    let documents = admin.settled(&set).await;
    assert_eq!(documents.len(), 2, "{documents:#?}");
    let zip = at(&documents, "", "closing.zip")["id"].as_str().unwrap();
    let path = format!("/api/v1/documents/{zip}");
    let references = admin.get(&format!("{path}/references")).await.expect(200);
    assert_eq!(references["parts"], json!(1));
    admin.delete(&path).await.expect(204);
    assert!(admin.settled(&set).await.is_empty());
}

#[tokio::test]
async fn a_scan_and_a_picture_are_read_with_where_each_line_stands() {
    let (admin, set) = admin_with_set().await;
    let lines = [
        "Warehouse Agreement",
        "The warehouse charges a handling fee of 345 euros.",
        "Notices are sent to the registered office in Hamburg.",
    ];
    let (scan, picture) = (files::scanned_pdf(&lines), files::picture(&lines));
    let sent = [("scan.pdf", scan.as_slice()), ("photo.png", &picture)];
    admin.upload(&set, &sent).await.expect(200);
    let documents = admin.settled(&set).await;
    for name in ["scan.pdf", "photo.png"] {
        let document = at(&documents, "", name);
        assert_eq!(document["state"], json!("ready"), "{document:#}");
        assert_eq!(document["pages"], json!(1), "{document:#}");
        let text = text_of(&admin, document).await;
        assert!(text.contains("handling fee of 345 euros"), "{text}");
        let start = text.find("The warehouse").unwrap();
        let path = format!(
            "/api/v1/versions/{}/source?start={start}&end={}",
            document["version"].as_str().unwrap(),
            start + 40
        );
        let source = admin.get(&path).await.expect(200);
        let place = &source["boxes"][0];
        assert_eq!(place["page"], json!(1), "{source:#}");
        assert!(place["width"].as_u64().unwrap() > 1_000, "{place}");
        assert_eq!(source["page_info"][0]["parser"], json!("tesseract"));
    }
}

#[tokio::test]
async fn what_failed_is_in_quarantine_and_is_retried_alone_or_together() {
    let (admin, set) = admin_with_set().await;
    let (first, second) = (unique("cut"), unique("torn"));
    let broken = &files::pdf(&["cut off"])[..200];
    for name in [&first, &second] {
        // Not the same content twice.
        let content = [broken, name.as_bytes()].concat();
        let sent = [(&*format!("{name}.pdf"), content.as_slice())];
        admin.upload(&set, &sent).await.expect(200);
    }
    admin.settled(&set).await;
    let quarantined = async || {
        let all = admin.get("/api/v1/quarantine").await.expect(200);
        assert!(!all["ocr_languages"].as_array().unwrap().is_empty());
        let files = all["files"].as_array().unwrap().clone();
        let ours = |file: &&Value| file["document"]["set"] == json!(set);
        files.iter().filter(ours).cloned().collect::<Vec<_>>()
    };
    let files = quarantined().await;
    assert_eq!(files.len(), 2, "{files:#?}");
    assert_eq!(files[0]["document"]["cause"], json!("broken"));

    // Who manages no set has no such page.
    let reader = shared().signed_in("employee").await;
    reader.get("/api/v1/quarantine").await.expect(404);

    let id = files[0]["document"]["id"].as_str().unwrap();
    let settings = json!({ "parser": "poppler", "languages": ["de"], "patient": true });
    let path = format!("/api/v1/documents/{id}/retry");
    admin.post(&path, &settings).await.expect(200);
    admin.settled(&set).await;
    let files = quarantined().await;
    assert!(
        files.iter().any(|file| file["settings"] == settings),
        "{files:#?}"
    );

    let path = format!("/api/v1/document-sets/{set}/retry");
    let retried = admin.post(&path, &json!({})).await.expect(200);
    assert_eq!(retried["documents"], json!(2));
    admin.settled(&set).await;
    assert_eq!(quarantined().await.len(), 2);
}

#[tokio::test]
async fn a_file_that_is_stopped_leaves_nothing_and_can_be_taken_up_again() {
    let (admin, set) = admin_with_set().await;
    // Long enough to be on its way still when the answer has come.
    let text = "The supplier gives notice in writing. ".repeat(40_000);
    admin
        .upload(&set, &[("long.txt", text.as_bytes())])
        .await
        .expect(200);
    let path = format!("/api/v1/document-sets/{set}/cancel");
    let stopped = admin.post(&path, &json!({})).await.expect(200);
    assert_eq!(stopped["documents"], json!(1));
    let documents = admin.settled(&set).await;
    assert_eq!(documents[0]["state"], json!("failed"));
    assert_eq!(documents[0]["cause"], json!("cancelled"));
    assert_eq!(documents[0]["passages"], json!(0));
    let id = documents[0]["id"].as_str().unwrap();
    // Nothing is on its way any more.
    let path = format!("/api/v1/documents/{id}/cancel");
    admin.post(&path, &json!({})).await.expect(409);
    admin
        .delete(&format!("/api/v1/documents/{id}"))
        .await
        .expect(204);
}

#[tokio::test]
async fn progress_is_streamed_and_ends_with_the_right_to_see_it() {
    let (admin, set) = admin_with_set().await;
    let file = [("notice.txt", b"Notices are given in writing.".as_slice())];
    admin.upload(&set, &file).await.expect(200);
    let path = format!("/api/v1/document-sets/{set}/progress");
    let response = admin.request(&Method::GET, &path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut response = response;
    let mut told = String::new();
    while !told.contains("\"in_progress\":0") {
        let piece = response.chunk().await.unwrap().expect("the stream goes on");
        told += &String::from_utf8_lossy(&piece);
    }
    assert!(told.contains("\"documents\":1"), "{told}");

    let outsider = shared().signed_in("employee").await;
    let refused = outsider.get(&path).await;
    refused.expect(404);
}
