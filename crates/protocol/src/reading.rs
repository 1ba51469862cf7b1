//! How documents are read: page by page, with what, where each line stands, and what went wrong.

use crate::{DocumentSummary, SetId, Timestamp};
use serde::{Deserialize, Serialize};

/// The kind of a failure, for counting and for deciding whether another parser may do better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// Of a kind that is not read.
    Unsupported,
    /// Needs a password.
    Encrypted,
    /// Nothing but pictures without letters, or nothing at all.
    NoText,
    /// Damaged, or not what it says it is.
    Broken,
    /// Unpacks to more than the limit, or has more pages, pixels or files than the limit.
    TooLarge,
    /// Holds more text than the limit.
    TooMuchText,
    /// The parser needed more memory than the limit.
    Memory,
    /// The parser needed more time than the limit.
    Time,
    /// Nested deeper than the limit.
    Depth,
    /// The parser ended in a way it shouldn't.
    Crashed,
    /// The cage could not be built; the file was not touched.
    Cage,
    /// Given up after several attempts for a reason of ours.
    GivenUp,
    /// A person stopped it.
    Cancelled,
}

impl FailureCause {
    /// Every cause, in the order of a table.
    pub const ALL: [Self; 13] = [
        Self::Unsupported,
        Self::Encrypted,
        Self::NoText,
        Self::Broken,
        Self::TooLarge,
        Self::TooMuchText,
        Self::Memory,
        Self::Time,
        Self::Depth,
        Self::Crashed,
        Self::Cage,
        Self::GivenUp,
        Self::Cancelled,
    ];

    /// The cause's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsupported => "unsupported",
            Self::Encrypted => "encrypted",
            Self::NoText => "no_text",
            Self::Broken => "broken",
            Self::TooLarge => "too_large",
            Self::TooMuchText => "too_much_text",
            Self::Memory => "memory",
            Self::Time => "time",
            Self::Depth => "depth",
            Self::Crashed => "crashed",
            Self::Cage => "cage",
            Self::GivenUp => "given_up",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Where a line of a text stands on its page. Lengths are ten-thousandths of the page's width
/// (`left`, `width`) and height (`top`, `height`), from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineBox {
    /// First character in the version's text.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Page as counted from 1.
    pub page: u32,
    pub left: u16,
    pub top: u16,
    pub width: u16,
    pub height: u16,
}

/// A page of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageInfo {
    /// As counted from 1.
    pub page: u32,
    /// The number that is printed on it, such as `iv` or `A-3`, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What read it: `pdf-extract`, `poppler`, `tesseract`; empty for a page without text.
    pub parser: String,
    /// In points (1/72 inch); 0 where it isn't known.
    pub width: u32,
    /// In points.
    pub height: u32,
}

/// Which parser reads a PDF.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParserChoice {
    /// Each page by the first that reads it well.
    #[default]
    Auto,
    PdfExtract,
    Poppler,
    /// Every page as a picture.
    Ocr,
}

/// How a file is to be read once more. `POST /api/v1/documents/{id}/retry`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadSettings {
    /// Of a PDF.
    pub parser: ParserChoice,
    /// The languages of pictures of text, as ISO 639-1, such as `de`; none: the configured ones.
    pub languages: Vec<String>,
    /// Four times the time and memory that a file may take.
    pub patient: bool,
}

/// `GET /api/v1/quarantine`: a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    pub document: DocumentSummary,
    pub set_name: String,
    pub failed_at: Timestamp,
    /// How it was read the last time.
    pub settings: ReadSettings,
    /// An earlier version of it can be found meanwhile.
    pub earlier_in_force: bool,
}

/// `GET /api/v1/quarantine`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    /// Newest first.
    pub files: Vec<Quarantined>,
    /// The languages that this server can read pictures of text in, as ISO 639-1; none: it can't.
    pub ocr_languages: Vec<String>,
}

/// What an action on several files did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    pub documents: u64,
}

/// An event of `GET /api/v1/document-sets/{id}/progress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The documents that moved since the event before; at first all that are on their way.
    pub moved: Vec<DocumentSummary>,
    /// Documents of the set that the reader may see: waiting or being read.
    pub in_progress: u64,
    pub failed: u64,
    pub documents: u64,
}

/// `GET /api/v1/watched`: a folder of the server whose files are kept in a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedFolder {
    /// As the configuration names it.
    pub folder: String,
    /// The set, once it is there and if the reader manages it.
    pub set: Option<SetId>,
    pub set_name: String,
    /// Files that lie in it and were taken.
    pub files: u64,
    /// Files that were not taken, with the reason.
    pub refused: Vec<RefusedFile>,
    /// When it was last looked at.
    pub looked_at: Option<Timestamp>,
    /// Why it could not be looked at; empty where it could.
    pub problem: String,
}

/// A file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFile {
    pub path: String,
    pub reason: String,
}

/// How far passages are embedded by the model that is to take over. `GET /api/v1/embedding`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbeddingState {
    /// The model that answers.
    pub active: String,
    /// The one on its way, where the configuration names another.
    pub next: Option<NextEmbedding>,
}

/// A model on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextEmbedding {
    pub model: String,
    pub paused: bool,
    /// Passages embedded.
    pub done: u64,
    /// Passages in all.
    pub total: u64,
    pub begun_at: Timestamp,
}
