//! What a person gets who asks what is held on them (GDPR 15 and 20): a zip file with everything
//! as JSON, for programs, and as a page to read, which needs nothing but a browser.

mod html;

use inhouse_protocol::RetentionClass;
use inhouse_store::SubjectExport;
use serde_json::{Value, json};
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The name of the format of `data.json`.
const FORMAT: &str = "inhouse-subject-1";

/// Why the zip file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The data has no JSON form.
    #[error("the data could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The zip file.
    #[error("the zip file could not be made: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// A file in it.
    #[error("the zip file could not be written: {0}")]
    Io(#[from] std::io::Error),
}

/// The zip file: `data.json` and `index.html`. `kept` says how long each class is kept. Takes
/// milliseconds and more: not on the runtime's threads.
pub fn pack(export: &SubjectExport, kept: &[RetentionClass]) -> Result<Vec<u8>, PackError> {
    let mut data = json!({
        "format": FORMAT,
        "person": export.person,
        "made_at": export.made_at,
        "about": about(kept),
        "sections": export.sections,
    });
    write_times(&mut data);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().unix_permissions(0o600);
    zip.start_file("data.json", options)?;
    serde_json::to_writer_pretty(&mut zip, &data)?;
    zip.start_file("index.html", options)?;
    zip.write_all(html::page(&data).as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

/// What the law wants said with the data (GDPR 15(1) and (2)).
fn about(kept: &[RetentionClass]) -> Value {
    let kept: Vec<String> = kept
        .iter()
        .map(|class| match class.days {
            Some(days) => format!("{} Kept for {days} days.", class.what),
            None => format!("{} Kept until erased.", class.what),
        })
        .collect();
    json!({
        "Where the data comes from": [
            "From you, from the administrators of this system, and, where it is connected, from \
             the company's directory or sign-in provider."
        ],
        "Who gets to see it": [
            "You. The legal team sees questions that were sent to it. Administrators see accounts, \
             and the log after giving a reason, which is recorded. Where a ticket tracker is \
             connected, it gets a reference, and the question if the company chose so."
        ],
        "How long it is kept": kept,
        "Decisions by machines": [
            "None are made about you. Rules decide which questions an AI system answers and which \
             go to a person; what they saw is given with each question."
        ],
        "Your rights": [
            "You may ask the company for correction, erasure or restriction of this data, object to \
             its use, receive it in this form, and complain to a data protection authority."
        ],
        "What is left out": [
            "Texts of documents that you may not see at this moment, secrets such as the hash of \
             your password, and what is about other people (GDPR 15(4))."
        ],
    })
}

/// Whether a name is that of a time.
fn is_time(name: &str) -> bool {
    name == "at" || name.ends_with("_at")
}

/// Writes times, which are milliseconds since 1970, as RFC 3339.
fn write_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let time = value
                    .as_i64()
                    .filter(|_| is_time(name))
                    .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
                match time {
                    Some(time) => *value = time.to_string().into(),
                    None => write_times(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(write_times),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Timestamp;
    use inhouse_store::SubjectSection;
    use std::io::Read as _;

    fn export(question: &str) -> SubjectExport {
        SubjectExport {
            person: "0192c5f4-0000-7000-8000-000000000000".parse().unwrap(),
            made_at: Timestamp(1_777_885_200_000),
            sections: vec![SubjectSection {
                name: "questions",
                title: "Your questions",
                purpose: "Answering them.",
                entries: vec![json!({ "question": question, "asked_at": 0, "rule": null })],
            }],
        }
    }

    fn unpack(zip: Vec<u8>, name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
        let mut text = String::new();
        let mut file = archive.by_name(name).unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn the_json_has_every_entry_with_times_that_people_and_programs_read() {
        let zip = pack(&export("May I sign?"), &[]).unwrap();
        let data: Value = serde_json::from_str(&unpack(zip, "data.json")).unwrap();
        assert_eq!(data["made_at"], "2026-05-04T09:00:00Z");
        let entry = &data["sections"][0]["entries"][0];
        assert_eq!(entry["question"], "May I sign?");
        assert_eq!(entry["asked_at"], "1970-01-01T00:00:00Z");
    }

    #[test]
    fn what_somebody_typed_is_text_on_the_page() {
        let typed = "<script>alert('x')</script> & \"more\"";
        let page = unpack(pack(&export(typed), &[]).unwrap(), "index.html");
        assert!(!page.contains("<script"), "{page}");
        assert!(
            page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;")
        );
        assert!(page.contains("Your questions"));
    }
}
