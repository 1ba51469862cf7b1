//! The parsers: a file's bytes in, text with blocks out. They run in the cage only.

mod draft;
pub(crate) mod headings;
mod numerals;
mod offsets;

pub(crate) mod csv;
pub(crate) mod docx;
pub(crate) mod html;
pub(crate) mod image;
pub(crate) mod mail;
pub(crate) mod markdown;
pub(crate) mod msg;
pub(crate) mod odt;
pub(crate) mod pdf;
pub(crate) mod pptx;
pub(crate) mod quality;
pub(crate) mod rtf;
pub(crate) mod sheet;
pub(crate) mod text;
pub(crate) mod zip_list;

use crate::detect::Format;
use crate::failure::ParseFailure;
use inhouse_protocol::{Block, LineBox, PageInfo};
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
    /// What read it: the format's name, or of a PDF `pdf-extract`, `poppler`, `tesseract`, several
    /// joined by ` + ` in the order of the pages they read most of.
    pub parser: String,
    /// Where lines stand on their pages, in the text's order; none where pages have no places.
    #[serde(default)]
    pub boxes: Vec<LineBox>,
    /// The pages in order; none where the format has no pages.
    #[serde(default)]
    pub page_info: Vec<PageInfo>,
    /// What people should know of how it was read, in plain words, such as that it had tracked
    /// changes. At most 20 of 300 characters.
    #[serde(default)]
    pub warnings: Vec<String>,
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
            boxes: Vec::new(),
            page_info: Vec::new(),
            warnings: Vec::new(),
        })
    }
}

/// Parses `bytes` as `format`: all but what needs several programs in turn, [`Format::Pdf`] and
/// [`Format::Image`].
pub(crate) fn parse(format: Format, bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    match format {
        Format::Text => text::parse(bytes),
        Format::Markdown => markdown::parse(bytes),
        Format::Html => html::parse(bytes),
        Format::Csv => csv::parse(bytes),
        Format::Docx => docx::parse(bytes),
        Format::Sheet => sheet::parse(bytes),
        Format::Pptx => pptx::parse(bytes),
        Format::Odt => odt::parse(bytes),
        Format::Rtf => rtf::parse(bytes),
        Format::Eml => mail::parse(bytes),
        Format::Msg => msg::parse(bytes),
        Format::Zip => zip_list::parse(bytes),
        Format::Pdf | Format::Image => Err(ParseFailure::cage("read in several steps")),
    }
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
