//! OpenDocument (ISO/IEC 26300): texts, presentations and workbooks, with tracked changes as if
//! accepted. Scripts, forms, links and embedded objects are inert: only XML parts are read.

mod content;
mod numbering;
mod styles;

use super::docx::archive::Archive;
use super::docx::xml::walk;
use super::docx::{CHANGES_ACCEPTED, HIDDEN_LEFT_OUT, MACROS_IGNORED, title_of};
use super::{Parsed, sheet};
use crate::failure::ParseFailure;
use content::{Content, Seen};
use inhouse_protocol::PageInfo;
use numbering::Numbering;
use styles::Styles;

const WHAT: &str = "document in the OpenDocument format";

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    parse_archive(Archive::open(bytes, WHAT)?)
}

/// Reads an archive that is open.
pub(super) fn parse_archive(mut archive: Archive<'_>) -> Result<Parsed, ParseFailure> {
    let what = archive.what();
    let manifest = archive.part("META-INF/manifest.xml")?;
    if manifest.is_some_and(|part| holds(&part.bytes, b"encryption-data")) {
        return Err(ParseFailure::encrypted(what, "encrypted OpenDocument part"));
    }
    let content = archive
        .part("content.xml")?
        .ok_or_else(|| ParseFailure::broken(what, "content.xml is missing"))?;
    let mut styles = Styles::default();
    let mut numbering = Numbering::default();
    let common = archive.part("styles.xml")?;
    for part in common.iter().chain([&content]) {
        walk(part, |node| {
            numbering.step(&node);
            styles.step(&node);
        })?;
    }
    let mut body = Content::new(styles, numbering);
    walk(&content, |node| body.step(node))?;
    let (draft, shown_title, seen) = body.finish();
    if seen.too_many_cells {
        return Err(sheet::too_many_cells());
    }
    let title = match shown_title {
        Some(title) => Some(title),
        None => title_of(&mut archive, "meta.xml")?,
    };
    let (text, blocks) = draft.finish();
    let mut parsed = Parsed::new("odf", title, text, blocks)?;
    if seen.pages > 0 {
        parsed.pages = Some(seen.pages);
        parsed.page_info = pages(&parsed, seen.pages);
    }
    parsed.warnings = warnings(&seen, &archive);
    Ok(parsed)
}

/// Slides, those without text without a parser.
fn pages(parsed: &Parsed, count: u32) -> Vec<PageInfo> {
    let mut read = vec![false; usize::try_from(count).unwrap_or_default()];
    for page in parsed.blocks.iter().filter_map(|block| block.page) {
        let at = usize::try_from(page).unwrap_or_default().saturating_sub(1);
        if let Some(read) = read.get_mut(at) {
            *read = true;
        }
    }
    (1..=count)
        .zip(read)
        .map(|(page, read)| PageInfo {
            page,
            label: None,
            parser: if read { "odf" } else { "" }.to_owned(),
            width: 0,
            height: 0,
        })
        .collect()
}

fn warnings(seen: &Seen, archive: &Archive<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    if seen.tracked_changes {
        warnings.push(CHANGES_ACCEPTED.to_owned());
    }
    if seen.hidden_text {
        warnings.push(HIDDEN_LEFT_OUT.to_owned());
    }
    if !seen.hidden_sheets.is_empty() {
        warnings.push(sheet::hidden_sheets(&seen.hidden_sheets));
    }
    let is_macro = |name: &str| {
        (name.starts_with("Basic/") || name.starts_with("Scripts/")) && !name.ends_with('/')
    };
    if archive.holds_any(is_macro) {
        warnings.push(MACROS_IGNORED.to_owned());
    }
    warnings
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests;
