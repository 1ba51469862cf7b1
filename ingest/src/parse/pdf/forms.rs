//! Pages that are one form and nothing else, as converters and printers make them. pdf-extract
//! reads a form as if it were drawn on an empty page, so that its text would be in the wrong
//! place: such a page becomes what its form draws.

use super::frame::inherited;
use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How deep a form in a form in a form is followed.
const MOST_DEPTH: u32 = 4;

/// Takes every page that is one form apart.
pub(super) fn unfold(document: &mut Document) {
    let pages: Vec<ObjectId> = document.page_iter().collect();
    for page in pages {
        for _ in 0..MOST_DEPTH {
            // What can't be looked into stays as it is.
            let unfolded = catch_unwind(AssertUnwindSafe(|| unfolded(document, page)));
            let Ok(Some((content, resources))) = unfolded else {
                break;
            };
            let content = Stream::new(Dictionary::new(), content);
            let content = document.add_object(content);
            if let Ok(page) = document.get_dictionary_mut(page) {
                page.set("Contents", Object::Reference(content));
                page.set("Resources", resources);
            }
        }
    }
}

/// What the page's only form draws, in the page's coordinates, and the resources it draws with.
fn unfolded(document: &Document, id: ObjectId) -> Option<(Vec<u8>, Object)> {
    let page = document.get_dictionary(id).ok()?;
    let resources = inherited(document, page, b"Resources")?;
    let objects = resources
        .as_dict()
        .ok()?
        .get_deref(b"XObject", document)
        .ok()?
        .as_dict()
        .ok()?;
    let is_form = |object: &Object| form(document, object).is_some();
    if !objects.iter().any(|(_, object)| is_form(object)) {
        return None;
    }
    let content = document.get_page_content(id).ok()?;
    let operations = Content::decode(&content).ok()?.operations;
    let mut drawn = operations
        .iter()
        .enumerate()
        .filter(|(_, operation)| draws(operation));
    let (at, only) = drawn.next()?;
    if only.operator != "Do" || drawn.next().is_some() {
        return None;
    }
    let name = only.operands.first()?.as_name().ok()?;
    let form = form(document, objects.get(name).ok()?)?;
    let mut out = Vec::new();
    for operation in &operations[..at] {
        match operation.operator.as_str() {
            "q" => out.extend_from_slice(b"q\n"),
            "Q" => out.extend_from_slice(b"Q\n"),
            "cm" => out.extend(matrix(document, &operation.operands)?.bytes()),
            _ => {}
        }
    }
    if let Ok(own) = form.dict.get_deref(b"Matrix", document) {
        out.extend(matrix(document, own.as_array().ok()?)?.bytes());
    }
    let drawn = form
        .decompressed_content()
        .unwrap_or_else(|_| form.content.clone());
    out.extend(drawn);
    let resources = form.dict.get(b"Resources").unwrap_or(resources);
    Some((out, resources.clone()))
}

fn form<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Stream> {
    let (_, object) = document.dereference(object).ok()?;
    let stream = object.as_stream().ok()?;
    (stream.dict.get(b"Subtype").ok()?.as_name().ok()? == b"Form").then_some(stream)
}

/// Whether it puts text, a picture or another form on the page.
fn draws(operation: &Operation) -> bool {
    matches!(
        operation.operator.as_str(),
        "Do" | "BI" | "EI" | "Tj" | "TJ" | "'" | "\""
    )
}

/// The six numbers of a transformation as an operation.
fn matrix(document: &Document, numbers: &[Object]) -> Option<String> {
    let mut out = String::new();
    for number in numbers {
        let (_, number) = document.dereference(number).ok()?;
        let number = number.as_float().ok().filter(|n| n.is_finite())?;
        out.push_str(&number.to_string());
        out.push(' ');
    }
    (numbers.len() == 6).then(|| out + "cm\n")
}
