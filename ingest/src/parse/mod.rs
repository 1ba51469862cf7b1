//! The parsers: a file's bytes in, text with blocks out. They run in the cage only.

mod draft;
pub(crate) mod headings;
mod offsets;

pub(crate) mod docx;
pub(crate) mod html;
pub(crate) mod markdown;
pub(crate) mod pdf;
pub(crate) mod text;

use crate::detect::Format;
use crate::failure::ParseFailure;
use inhouse_protocol::Block;
use serde::{Deserialize, Serialize};

pub(crate) use draft::Draft;
pub(crate) use offsets::Offsets;

/// What a parser made of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parsed {
    /// The title that the file gives itself; `None` when it doesn't.
    pub title: Option<String>,
    /// The whole text. For plain text and Markdown it is the file's own text, character for
    /// character, decoded to Unicode.
    pub text: String,
    /// Blocks in reading order; offsets count characters of `text`.
    pub blocks: Vec<Block>,
    /// Pages as counted, where the format has pages.
    pub pages: Option<u32>,
    /// Which parser read it: `text`, `markdown`, `html`, `docx`, `pdf-extract` or `poppler`.
    pub parser: String,
    /// Share of characters with a meaning, 0 to 1: of a PDF whose letters can't be mapped to
    /// Unicode it is low.
    pub legible: f32,
}

impl Parsed {
    /// Finishes a parser's work: nothing without text, no NUL (PostgreSQL can't store it).
    fn new(
        parser: &str,
        title: Option<String>,
        text: String,
        blocks: Vec<Block>,
    ) -> Result<Self, ParseFailure> {
        if blocks.is_empty() || !text.chars().any(char::is_alphanumeric) {
            return Err(ParseFailure::empty());
        }
        let text = if text.contains('\0') {
            text.replace('\0', "\u{FFFD}")
        } else {
            text
        };
        Ok(Self {
            title: title.map(|t| tidy(&t)).filter(|t| !t.is_empty()),
            text,
            blocks,
            pages: None,
            parser: parser.to_owned(),
            legible: 1.0,
        })
    }
}

/// Parses `bytes` as `format`.
pub fn parse(format: Format, bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    match format {
        Format::Text => text::parse(bytes),
        Format::Markdown => markdown::parse(bytes),
        Format::Html => html::parse(bytes),
        Format::Docx => docx::parse(bytes),
        Format::Pdf => pdf::parse(bytes),
    }
}

/// Makes `Parsed` of poppler's output: UTF-8 with a form feed after each page.
pub fn parse_pages(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    pdf::parse_pages(bytes)
}

/// One line without runs of blanks, at most 300 characters: a title.
fn tidy(text: &str) -> String {
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line.chars().take(300).collect()
}
