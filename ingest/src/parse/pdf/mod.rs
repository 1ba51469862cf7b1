//! PDF and pages of other readers: each gives lines in their places ([`RawDocument`]), of which
//! [`assemble`] makes blocks.
//!
//! pdf-extract panics and overflows the stack by design: a panic costs its page; what ends the
//! process is the cage's and the next reader's business.

pub(crate) mod bbox;
mod forms;
mod frame;
mod glyphs;
mod labels;
mod layout;
mod pictures;
mod raw;
mod running;
pub(crate) mod tsv;

pub(crate) use raw::{PdfReading, RawDocument, RawPage, Reader};

use super::{Parsed, docx::is_telling};
use crate::failure::{Cause, ParseFailure};
use frame::Frame;
use glyphs::Collector;
use inhouse_protocol::{LineBox, PageInfo};
use layout::Spot;
use pdf_extract::{Dictionary, Document, Object, ObjectId};
use raw::Place;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

/// More pages than these are not read.
const MOST_PAGES: usize = 20_000;
/// A whole page's width or height in the unit of boxes.
const WHOLE: f64 = 10_000.0;

/// Reads a PDF with pdf-extract: to its end where every page is read well. `report` is told of
/// each page as it begins, and of how many there are.
pub(crate) fn read(bytes: &[u8], report: fn(u32, u32)) -> Result<PdfReading, ParseFailure> {
    let raw = read_pages(bytes, report)?;
    if raw.pages.iter().all(RawPage::is_good) && raw.pages.iter().any(|page| !page.is_blank) {
        return assemble(raw).map(|parsed| PdfReading::Whole(Box::new(parsed)));
    }
    Ok(PdfReading::Pages(raw))
}

/// As [`read`], but always gives the pages.
pub(crate) fn read_pages(bytes: &[u8], report: fn(u32, u32)) -> Result<RawDocument, ParseFailure> {
    let mut document = open(bytes)?;
    let count = document.page_iter().take(MOST_PAGES + 1).count();
    if count == 0 {
        return Err(ParseFailure::broken("PDF", "no pages"));
    }
    if count > MOST_PAGES {
        let detail = format!("over {MOST_PAGES} pages");
        return Err(ParseFailure::too_many_pages(MOST_PAGES, detail));
    }
    let ids: Vec<ObjectId> = document.page_iter().collect();
    let frames: Vec<Frame> = ids
        .iter()
        .map(|id| Frame::of(&document, node(&document, *id)))
        .collect();
    let folded = forms::unfold(&mut document);
    let mut pages = collect(&document, &frames, report).finish();
    forms::fold(&mut document, folded);
    let labels = labels::labels(&document, count);
    for ((page, label), id) in pages.iter_mut().zip(labels).zip(ids) {
        page.label = label;
        // Only where it decides.
        if !page.quality.is_good(true) {
            let node = node(&document, id);
            page.has_picture = pictures::is_on(&document, node);
            page.is_blank = !page.quality.has_letters() && pictures::is_blank(&document, node, id);
        }
    }
    Ok(RawDocument {
        title: info_title(&document),
        pages,
    })
}

/// A page's own entries; none where the tree of pages leads nowhere.
fn node(document: &Document, id: ObjectId) -> &Dictionary {
    static NONE: LazyLock<Dictionary> = LazyLock::new(Dictionary::new);
    document.get_dictionary(id).unwrap_or(&NONE)
}

fn open(bytes: &[u8]) -> Result<Document, ParseFailure> {
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
    forget_pictures(&mut document);
    Ok(document)
}

/// Empties the pictures: pdf-extract reads what they hold as if it were drawing, which costs time
/// and, where it fails on it, the rest of the page.
fn forget_pictures(document: &mut Document) {
    for object in document.objects.values_mut() {
        if let Object::Stream(stream) = object
            && matches!(
                stream.dict.get(b"Subtype").and_then(Object::as_name),
                Ok(b"Image")
            )
        {
            stream.dict.remove(b"Filter");
            stream.set_content(Vec::new());
        }
    }
}

/// Reads all pages in one go; after a page that panics or fails, the others one at a time.
fn collect<'a>(document: &Document, frames: &'a [Frame], report: fn(u32, u32)) -> Collector<'a> {
    let mut collector = Collector::new(frames, report);
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
    let count = u32::try_from(frames.len()).unwrap_or(u32::MAX);
    for page in next..=count {
        // A failure leaves this page as far as it came.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            pdf_extract::output_doc_page(document, &mut collector, page).is_ok()
        }));
    }
    collector
}

/// Makes a document of pages: what runs at their edges removed, lines joined to blocks.
pub(crate) fn assemble(mut raw: RawDocument) -> Result<Parsed, ParseFailure> {
    let count = u32::try_from(raw.pages.len()).unwrap_or(u32::MAX);
    let readers = readers(&raw.pages);
    let read: Vec<bool> = raw
        .pages
        .iter()
        .map(|page| !page.lines.is_empty())
        .collect();
    let printed = running::remove(&mut raw.pages);
    let (draft, spots) = layout::blocks(&raw.pages);
    let (text, blocks) = draft.finish();
    let mut parsed = Parsed::new(&readers, raw.title, text, blocks).map_err(|failure| {
        if failure.cause == Cause::NoText {
            ParseFailure::no_text_layer(format!("{count} pages without text"))
        } else {
            failure
        }
    })?;
    parsed.pages = Some(count);
    parsed.boxes = spots
        .iter()
        .filter_map(|spot| line_box(spot, raw.pages.get(spot.page)?))
        .collect();
    parsed.page_info = raw
        .pages
        .into_iter()
        .zip(printed)
        .zip(read)
        .zip(1..)
        .map(|(((page, printed), read), number)| PageInfo {
            page: number,
            width: page.points().0,
            height: page.points().1,
            parser: if read { page.reader.as_str() } else { "" }.to_owned(),
            label: page.label.or(printed),
        })
        .collect();
    Ok(parsed)
}

/// What read the pages, that which read most of them first.
fn readers(pages: &[RawPage]) -> String {
    let mut counts: BTreeMap<Reader, usize> = BTreeMap::new();
    for page in pages.iter().filter(|page| !page.lines.is_empty()) {
        *counts.entry(page.reader).or_default() += 1;
    }
    let mut readers: Vec<(Reader, usize)> = counts.into_iter().collect();
    readers.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let names: Vec<&str> = readers.iter().map(|(reader, _)| reader.as_str()).collect();
    names.join(" + ")
}

/// A line's place in parts of the page; none where the page's size isn't known.
fn line_box(spot: &Spot, page: &RawPage) -> Option<LineBox> {
    if page.width <= 0.0 || page.height <= 0.0 {
        return None;
    }
    let Place {
        left,
        top,
        right,
        bottom,
    } = spot.place;
    let (left, right) = (part(left, page.width), part(right, page.width));
    let (top, bottom) = (part(top, page.height), part(bottom, page.height));
    Some(LineBox {
        start: spot.start,
        end: spot.end,
        page: u32::try_from(spot.page + 1).ok()?,
        left,
        top,
        width: right.saturating_sub(left),
        height: bottom.saturating_sub(top),
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held between 0 and ten thousand"
)]
fn part(length: f64, whole: f64) -> u16 {
    (length / whole * WHOLE).round().clamp(0.0, WHOLE) as u16
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
