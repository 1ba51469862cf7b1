//! RTF (1.9.1): paragraphs, numbers as displayed, tables, notes; tracked changes as if accepted.
//! Objects, pictures and fields' instructions are inert.

mod letters;
mod paragraphs;
mod reader;
mod tokens;

use super::docx::{CHANGES_ACCEPTED, HIDDEN_LEFT_OUT, is_telling};
use super::{Draft, Parsed};
use crate::failure::ParseFailure;
use inhouse_protocol::BlockKind;
use reader::Reader;
use tokens::Tokens;

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let start = bytes
        .iter()
        .position(|b| !b.is_ascii_whitespace() && !matches!(b, 0xEF | 0xBB | 0xBF))
        .unwrap_or(bytes.len());
    if !bytes[start..].starts_with(b"{\\rtf") {
        return Err(ParseFailure::broken("RTF file", "no '{\\rtf' at its start"));
    }
    let mut reader = Reader::default();
    for token in Tokens::new(&bytes[start..]) {
        reader.step(token)?;
    }
    let read = reader.finish();
    let mut draft = Draft::default();
    for head in &read.heads {
        draft.push(BlockKind::Paragraph, head, None);
    }
    for (kind, text) in &read.blocks {
        draft.push(*kind, text, None);
    }
    for foot in &read.feet {
        draft.push(BlockKind::Paragraph, foot, None);
    }
    let told = read.title.filter(|title| is_telling(title));
    let title = read.shown_title.or(told);
    let (text, blocks) = draft.finish();
    let mut parsed = Parsed::new("rtf", title, text, blocks)?;
    if read.tracked_changes {
        parsed.warnings.push(CHANGES_ACCEPTED.to_owned());
    }
    if read.hidden_text {
        parsed.warnings.push(HIDDEN_LEFT_OUT.to_owned());
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests;
