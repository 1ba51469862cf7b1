//! Data subject requests, retention, legal holds, and which article of the law is met by what.

use crate::{HoldId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/people/{id}/erase`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseRequest {
    /// The person's e-mail, typed again.
    pub confirm: String,
    /// Why, for the record; 10 to 500 characters.
    pub reason: String,
}

/// What an erasure did; or, with `GET /api/v1/people/{id}/erase`, would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureReport {
    pub person: UserId,
    /// Done; false for a preview and where a hold stands against it.
    pub done: bool,
    pub removed: Vec<Counted>,
    pub kept: Vec<Kept>,
    /// What the operator has to see to outside this system, such as issues of the tracker.
    pub elsewhere: Vec<String>,
    /// A legal hold forbids it, with its reason.
    pub held_by: Option<String>,
}

/// How many of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// In the plural, such as `conversations`.
    pub what: String,
    pub count: u64,
}

/// What stays, and why it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub what: String,
    pub count: u64,
    /// Such as `GDPR 17(3)(b)`.
    pub article: String,
    pub why: String,
}

/// What a legal hold keeps from being removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    Everything,
    Person,
}

impl HoldKind {
    /// The kind's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Person => "person",
        }
    }
}

/// A legal hold: what it covers is neither erased nor removed by retention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    pub id: HoldId,
    pub kind: HoldKind,
    /// Whom it covers, for `person`.
    pub person: Option<UserId>,
    pub person_name: Option<String>,
    pub reason: String,
    /// The name of who placed it.
    pub placed_by: String,
    pub placed_at: Timestamp,
    pub lifted_at: Option<Timestamp>,
}

/// `POST /api/v1/holds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewHold {
    pub kind: HoldKind,
    #[serde(default)]
    pub person: Option<UserId>,
    /// 10 to 500 characters.
    pub reason: String,
}

/// `GET /api/v1/retention`: how long each class of record is kept, and the last runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    pub classes: Vec<RetentionClass>,
    /// The newest first.
    pub runs: Vec<RetentionRun>,
}

/// How long a class of record is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionClass {
    /// Such as `conversations` or `log`.
    pub class: String,
    /// What belongs to it, in words.
    pub what: String,
    /// None: kept until erased.
    pub days: Option<u32>,
}

/// One run of the worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionRun {
    pub at: Timestamp,
    pub removed: Vec<Counted>,
    /// What was old enough but stays, as a hold covers it.
    pub held: u64,
}

/// One requirement of the law and what meets it; `GET /api/v1/law` gives them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawEntry {
    /// `GDPR` or `AI Act`.
    pub law: String,
    /// Such as `12` or `26(6)`.
    pub article: String,
    pub title: String,
    /// What the article asks for, in a sentence.
    pub asks: String,
    /// What the product does about it.
    pub met_by: String,
    /// What is left to the company that runs it.
    pub left_to_you: String,
    /// Where to see it: endpoints, commands, settings, pages, tests. Checked by a test.
    pub evidence: Vec<String>,
    /// Texts to begin from, for what the company has to write itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepared: Vec<PreparedText>,
}

/// A part of a prepared text: what the product's side of it is; what only the company knows stands
/// in square brackets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedText {
    pub heading: String,
    /// Paragraphs, parted by blank lines.
    pub text: String,
}
