//! PDF by pdf-extract, page by page. It panics and overflows the stack by design: a panic costs
//! its page; what ends the process is the cage's and poppler's business.

mod glyphs;
mod layout;
mod running;

use super::{Parsed, docx::is_telling};
use crate::failure::{Cause, ParseFailure};
use glyphs::Collector;
use layout::Line;
use pdf_extract::{Dictionary, Document, Object};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// More pages than these are not read.
const MOST_PAGES: usize = 20_000;

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let broken = |e: pdf_extract::Error| {
        let detail = e.to_string();
        if matches!(
            e,
            pdf_extract::Error::Decryption(_) | pdf_extract::Error::InvalidPassword
        ) {
            ParseFailure::encrypted("PDF", detail)
        } else {
            ParseFailure::broken("PDF", detail)
        }
    };
    let mut document = Document::load_mem(bytes).map_err(broken)?;
    if document.is_encrypted() {
        document.decrypt("").map_err(broken)?;
    }
    let count = document.page_iter().take(MOST_PAGES + 1).count();
    if count == 0 {
        return Err(ParseFailure::broken("PDF", "no pages"));
    }
    if count > MOST_PAGES {
        let detail = format!("over {MOST_PAGES} pages");
        return Err(ParseFailure::too_many_pages(MOST_PAGES, detail));
    }
    let collector = read_pages(&document, count);
    let legible = collector.legible();
    let title = info_title(&document);
    let pages = collector.finish(count);
    assemble("pdf-extract", title, pages, legible)
}

/// Reads all pages in one go; after a page that panics or fails, the others one at a time.
fn read_pages(document: &Document, count: usize) -> Collector {
    let mut collector = Collector::default();
    let whole = catch_unwind(AssertUnwindSafe(|| {
        pdf_extract::output_doc(document, &mut collector).is_ok()
    }));
    if matches!(whole, Ok(true)) {
        return collector;
    }
    // The page that failed keeps what was read of it.
    let mut next = collector.pages_begun().max(1) + u32::from(!collector.is_open());
    if collector.pages_begun() == 0 {
        next = 2;
    }
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    for page in next..=count {
        // A failure leaves this page as far as it came.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            pdf_extract::output_doc_page(document, &mut collector, page).is_ok()
        }));
    }
    collector
}

/// Poppler's text: pages end with a form feed.
pub(crate) fn parse_pages(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let text = String::from_utf8_lossy(bytes);
    let mut pages: Vec<&str> = text.split('\x0C').collect();
    if pages.last().is_some_and(|page| page.trim().is_empty()) {
        pages.pop();
    }
    let (mut good, mut all) = (0_u64, 0_u64);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        all += 1;
        good += u64::from(glyphs::is_legible(c));
    }
    let pages = pages.into_iter().map(Line::of_plain_text).collect();
    assemble("poppler", None, pages, share(good, all))
}

fn assemble(
    parser: &str,
    title: Option<String>,
    mut pages: Vec<Vec<Line>>,
    legible: f32,
) -> Result<Parsed, ParseFailure> {
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    running::remove(&mut pages);
    let (text, blocks) = layout::blocks(&pages).finish();
    let mut parsed = Parsed::new(parser, title, text, blocks).map_err(|failure| {
        if failure.cause == Cause::NoText {
            ParseFailure::pictures_only(format!("{parser}: {count} pages without text"))
        } else {
            failure
        }
    })?;
    parsed.pages = Some(count);
    parsed.legible = legible;
    Ok(parsed)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share needs no more digits than these"
)]
fn share(part: u64, whole: u64) -> f32 {
    if whole == 0 {
        1.0
    } else {
        part as f32 / whole as f32
    }
}

/// The title of the document information, where a person wrote it.
fn info_title(document: &Document) -> Option<String> {
    let info = match document.trailer.get(b"Info").ok()? {
        Object::Reference(id) => document.get_object(*id).ok()?.as_dict().ok()?,
        Object::Dictionary(info) => info,
        _ => return None,
    };
    let title = decoded(info, b"Title")?;
    let lower = title.trim().to_lowercase();
    let is_file = [
        ".doc", ".docx", ".htm", ".html", ".pdf", ".rtf", ".txt", ".dvi", ".wpd",
    ]
    .iter()
    .any(|extension| lower.ends_with(extension));
    let words = lower.split_whitespace().count();
    (is_telling(&title) && !is_file && words >= 2).then_some(title)
}

fn decoded(info: &Dictionary, key: &[u8]) -> Option<String> {
    let value = info.get(key).ok()?;
    let text = pdf_extract::decode_text_string(value).ok()?;
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    (!text.contains('\u{FFFD}')).then_some(text)
}

#[cfg(test)]
pub(crate) mod tests;
