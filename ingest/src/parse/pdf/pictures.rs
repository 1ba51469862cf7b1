//! What is on a page of a PDF besides text: pictures that text could be in, or nothing at all.

use super::frame::inherited;
use pdf_extract::content::Content;
use pdf_extract::{Dictionary, Document, Object, ObjectId};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Pixels of a page's pictures together from which on they may be a page of text: half an A4 page
/// at 72 dots per inch. A logo has fewer, a scan in strips not.
const PAGE_OF_PIXELS: i64 = 250_000;
/// Objects that are looked at for one page.
const MOST_OBJECTS: u32 = 200;
/// How deep forms in forms are followed.
const MOST_DEPTH: u32 = 4;

/// Whether the page's pictures could show a page of text.
pub(super) fn is_on(document: &Document, page: &Dictionary) -> bool {
    let mut left = MOST_OBJECTS;
    inherited(document, page, b"Resources")
        .and_then(|resources| resources.as_dict().ok())
        .is_some_and(|resources| pixels(document, resources, 0, &mut left) >= PAGE_OF_PIXELS)
}

fn pixels(document: &Document, resources: &Dictionary, depth: u32, left: &mut u32) -> i64 {
    let Ok(objects) = resources
        .get_deref(b"XObject", document)
        .and_then(Object::as_dict)
    else {
        return 0;
    };
    let mut sum = 0_i64;
    for (_, object) in objects {
        if *left == 0 {
            break;
        }
        *left -= 1;
        let Ok(stream) = document
            .dereference(object)
            .and_then(|(_, object)| object.as_stream())
        else {
            continue;
        };
        let length = |key: &[u8]| {
            stream
                .dict
                .get_deref(key, document)
                .and_then(Object::as_i64)
                .unwrap_or(0)
                .clamp(0, 1 << 20)
        };
        match stream.dict.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Image") => sum += length(b"Width") * length(b"Height"),
            Ok(b"Form") if depth < MOST_DEPTH => {
                let inner = stream.dict.get_deref(b"Resources", document);
                if let Ok(inner) = inner.and_then(Object::as_dict) {
                    sum += pixels(document, inner, depth + 1, left);
                }
            }
            _ => {}
        }
    }
    sum
}

/// Whether nothing is drawn on the page: no picture, no line, no note. A page that can't be looked
/// into isn't blank.
pub(super) fn is_blank(document: &Document, page: &Dictionary, id: ObjectId) -> bool {
    if page
        .get_deref(b"Annots", document)
        .and_then(Object::as_array)
        .is_ok_and(|notes| !notes.is_empty())
    {
        return false;
    }
    if !page.has(b"Contents") {
        return true;
    }
    let content = catch_unwind(AssertUnwindSafe(|| {
        let content = document.get_page_content(id).ok()?;
        let operations = Content::decode(&content).ok()?.operations;
        Some((content, operations))
    }));
    let Ok(Some((content, operations))) = content else {
        return false;
    };
    // A content that could not be unpacked looks empty, one that is broken ends early.
    let shows = |pair: &[u8]| matches!(pair, b"Tj" | b"TJ" | b"Do" | b"BI");
    if operations.is_empty() || content.windows(2).any(shows) {
        return false;
    }
    !operations.iter().any(|operation| {
        matches!(
            operation.operator.as_str(),
            "Do" | "BI"
                | "EI"
                | "sh"
                | "f"
                | "F"
                | "f*"
                | "B"
                | "B*"
                | "b"
                | "b*"
                | "S"
                | "s"
                | "Tj"
                | "TJ"
                | "'"
                | "\""
        )
    })
}
