//! What an answer is made of: passages, sentences, citations, checks.

use crate::{DocumentId, PassageId, Validity, VersionId};
use serde::{Deserialize, Serialize};

/// A passage as shown beside an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PassageRef {
    pub id: PassageId,
    pub document: DocumentId,
    pub version: VersionId,
    pub version_number: u32,
    /// The file's name, with its extension.
    pub name: String,
    pub title: String,
    /// Headings from the outermost in; may be empty.
    pub heading_path: Vec<String>,
    pub page: Option<u32>,
    pub start: usize,
    pub end: usize,
    pub text: String,
    /// When the version that it stands in is in force.
    #[serde(default)]
    pub validity: Validity,
    /// Relevance in 0..=1, comparable within one search only.
    pub score: f32,
}

/// A claim's place in a document version, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The number shown to the reader: position in the run's passages, from 1.
    pub number: u32,
    pub passage: PassageId,
    pub document: DocumentId,
    pub version: VersionId,
    /// The file's name, with its extension.
    pub name: String,
    pub title: String,
    pub page: Option<u32>,
    pub start: usize,
    pub end: usize,
    /// The words at `start..end`.
    pub quote: String,
}

/// What was checked of a sentence before it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// It cites a passage that was given to the model.
    Citation,
    /// Quoted words stand in the passage verbatim.
    Quote,
    /// Every number and amount stands in the passage.
    Numbers,
    /// Every date and period stands in the passage.
    Dates,
    /// Every name stands in the passage.
    Names,
    /// 'shall', 'may' and 'not' agree with the passage.
    Modality,
    /// Its words are carried by the passage.
    Support,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub kind: CheckKind,
    pub passed: bool,
    /// What failed, in words, empty when passed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerMode {
    /// The model writes, and each sentence is checked.
    Written,
    /// Quotes of the passages only; no model is asked.
    Quotes,
}

impl AnswerMode {
    /// The mode's name in the database, the configuration and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Quotes => "quotes",
        }
    }
}

/// A sentence of an answer, released only after its checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerSentence {
    pub text: String,
    pub citations: Vec<Citation>,
    pub checks: Vec<Check>,
    /// The text is the document's own words, in its language.
    #[serde(default)]
    pub verbatim: bool,
    /// Why the document's words stand here instead of the model's sentence; empty where none was
    /// replaced.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub replaces: String,
}

/// Documents in force that say different things of the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// What they differ in, in a few words, such as 'notice period'.
    pub about: String,
    /// Two or more, in the order of the passages.
    pub sides: Vec<ConflictSide>,
}

/// What one document says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictSide {
    /// The value as it stands there, such as '30 days'.
    pub value: String,
    /// Where it stands; its quote holds the value.
    pub citation: Citation,
}

/// What the model calls of a run consumed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub model_calls: u32,
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
}
