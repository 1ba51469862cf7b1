//! Documents, their sets, and the source view.

use crate::{
    DocumentId, FailureCause, GrantChange, GroupId, LineBox, PageInfo, SetGrant, SetId, Timestamp,
    Validity, VersionId,
};
use serde::{Deserialize, Serialize};

/// Who may see a document set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everyone who is signed in.
    Everyone,
    /// The groups it is granted to; admins manage it.
    Groups,
    /// The groups it is granted to and nobody else, admins included: from outside the set can't
    /// even be counted.
    Restricted,
}

impl Audience {
    /// Every audience, in the order the interface lists them.
    pub const ALL: [Self; 3] = [Self::Everyone, Self::Groups, Self::Restricted];

    /// The audience's name in the database, the API and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Groups => "groups",
            Self::Restricted => "restricted",
        }
    }
}

impl std::str::FromStr for Audience {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|audience| audience.as_str() == text)
            .ok_or_else(|| format!("'{text}' is no audience; use everyone, groups or restricted"))
    }
}

/// A set of documents with one audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentSet {
    pub id: SetId,
    pub name: String,
    pub description: String,
    pub audience: Audience,
    /// The reader may add, remove and narrow documents, and change who sees the set.
    pub manages: bool,
    /// The groups with a right on the set; empty unless the reader manages it.
    pub grants: Vec<SetGrant>,
    /// Documents in the set that the reader may see, whatever their state.
    pub documents: u64,
    /// Of these, how many wait or are being read.
    pub in_progress: u64,
    /// Of these, how many could not be read.
    pub failed: u64,
    pub created_at: Timestamp,
}

/// `POST /api/v1/document-sets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDocumentSet {
    /// 1 to 120 characters, unique.
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub audience: Audience,
    /// A restricted set needs a group that manages it.
    #[serde(default)]
    pub grants: Vec<GrantChange>,
}

/// Where a document version stands on its way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum VersionState {
    /// Stored, waiting for a worker.
    Queued,
    /// A caged child is reading it. Both are 0 until the pages are counted.
    Reading {
        /// The page it is at, from 1.
        done: u64,
        /// How many pages it has.
        total: u64,
    },
    /// Passages are being embedded.
    Embedding { done: u64, total: u64 },
    /// Committed and on its way into the indexes, or in them.
    Ready,
    /// Could not be read; nothing of it can be found.
    Failed {
        /// The kind of failure.
        cause: FailureCause,
        /// What is wrong and what to do, for the admin.
        reason: String,
    },
}

/// A document and its newest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentSummary {
    pub id: DocumentId,
    pub set: SetId,
    /// The folder that it came in, such as `2026/contracts`; of a part, the name of its archive or
    /// mail first. Empty for a file that came by itself.
    pub folder: String,
    /// The file's name, with its extension, without folders.
    pub name: String,
    /// The title found in the document, else the file's name.
    pub title: String,
    pub version: VersionId,
    pub version_number: u32,
    /// When this version is in force; none: on no day, such as before it is read.
    pub validity: Option<Validity>,
    pub media_type: String,
    pub size_bytes: u64,
    /// Pages as counted, where the format has pages.
    pub pages: Option<u32>,
    pub passages: u64,
    pub added_at: Timestamp,
    /// When it last moved on its way in.
    pub moved_at: Timestamp,
    /// The document that it came out of: an archive or a mail.
    pub part_of: Option<DocumentId>,
    /// What a person should know of how it was read, or confirm.
    pub attention: bool,
    /// Only some of those who may see the set may see this document.
    pub narrowed: bool,
    /// The groups that may see a narrowed document; empty unless the reader manages the set.
    pub groups: Vec<GroupId>,
    #[serde(flatten)]
    pub state: VersionState,
}

/// What became of one file of an upload. One bad file doesn't stop the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum UploadOutcome {
    /// A new document, queued.
    Added {
        document: DocumentId,
        version: VersionId,
    },
    /// A new version of the document of that name in the set, queued.
    NewVersion {
        document: DocumentId,
        version: VersionId,
    },
    /// The same content is already in the set.
    Duplicate { document: DocumentId, name: String },
    /// Not taken, with the reason.
    Refused { reason: String },
}

/// One file of an upload and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    pub name: String,
    #[serde(flatten)]
    pub outcome: UploadOutcome,
}

/// What a block of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading; `level` 1 is the document's title or a top section.
    Heading {
        level: u8,
    },
    Paragraph,
    ListItem,
    /// A row of a table, its cells joined by ` | `.
    TableRow,
    /// A footnote or endnote, with its number.
    Footnote,
    /// Text whose line breaks matter.
    Preformatted,
}

/// A run of a version's text with one role, in reading order; blocks don't overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    #[serde(flatten)]
    pub kind: BlockKind,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Page as counted from 1, where the format has pages.
    pub page: Option<u32>,
}

/// `GET /api/v1/versions/{id}/source?start=&end=`: a window of a version's text around a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub document: DocumentId,
    pub version: VersionId,
    pub version_number: u32,
    /// It isn't in force today: superseded, expired, or still to come.
    pub superseded: bool,
    /// When it is in force; none: on no day.
    pub validity: Option<Validity>,
    pub name: String,
    pub title: String,
    pub set_name: String,
    pub added_at: Timestamp,
    pub pages: Option<u32>,
    /// Offset of `text`'s first character in the whole text.
    pub from: usize,
    /// Length of the whole text in characters.
    pub total: usize,
    /// The window's text.
    pub text: String,
    /// The window's blocks; offsets count from the start of the whole text.
    pub blocks: Vec<Block>,
    /// Where the lines of the asked span stand on their pages; empty where pages have no places.
    pub boxes: Vec<LineBox>,
    /// The pages of the window.
    pub page_info: Vec<PageInfo>,
}
