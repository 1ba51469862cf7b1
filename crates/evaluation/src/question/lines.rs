//! JSON lines: an object a line.

use super::{Fault, Raw};
use serde::Deserialize;
use serde_json::Value;

/// The fields of a line.
#[derive(Deserialize)]
struct Fields {
    question: Option<String>,
    query: Option<String>,
    document: Option<String>,
    file: Option<String>,
    answerable: Option<Value>,
    spans: Option<Vec<(usize, usize)>>,
    quote: Option<String>,
    answer: Option<String>,
    category: Option<String>,
}

/// The lines that hold something, each with its number from 1.
pub(super) fn rows(text: &str) -> impl Iterator<Item = (u64, Result<Raw, Fault>)> {
    (1_u64..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| (number, row(line.trim())))
}

fn row(line: &str) -> Result<Raw, Fault> {
    // serde would take an array for the fields in their order.
    if !line.starts_with('{') {
        return Err(Fault::Json("it doesn't begin with '{'".to_owned()));
    }
    let fields: Fields = serde_json::from_str(line).map_err(|error| Fault::Json(words(&error)))?;
    Ok(Raw {
        question: fields.question,
        query: fields.query,
        document: fields.document,
        file: fields.file,
        answerable: fields.answerable.and_then(word),
        spans: fields.spans.unwrap_or_default(),
        quote: fields.quote,
        answer: fields.answer,
        category: fields.category,
    })
}

/// A value as it would stand in a table; none for null.
fn word(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// What the parser says, without the number of the line, which for it is always the first.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(what, _)| what);
    format!("{what}, at character {}", error.column())
}
