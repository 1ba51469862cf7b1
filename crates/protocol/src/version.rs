//! A document's versions: when each is in force, what is known of the document, how two differ.

use crate::{
    DocumentId, DocumentSummary, PageInfo, SetId, Timestamp, UserId, VersionId, VersionState,
    time::Day,
};
use serde::{Deserialize, Serialize};

/// When something is in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first day; none: since ever.
    pub from: Option<Day>,
    /// The first day no more; none: for ever.
    pub until: Option<Day>,
}

impl Validity {
    /// Whether it is in force on `day`.
    pub fn holds_on(self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// What is known of a document over all its versions. `GET` in [`DocumentDetail`], `PUT
/// /api/v1/documents/{id}/facts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    /// Such as 'Germany' or 'State of Delaware', up to 120 characters.
    #[serde(default)]
    pub jurisdiction: String,
    /// Who sees to it.
    #[serde(default)]
    pub owner: Option<UserId>,
    /// When its owner should look at it again.
    #[serde(default)]
    pub review_on: Option<Day>,
    /// Up to 20 words of up to 40 characters each.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The document of the same set that this one takes the place of.
    #[serde(default)]
    pub supersedes: Option<DocumentId>,
}

/// What a person says of when a version is in force. `PUT /api/v1/versions/{id}/dates`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionDates {
    /// The first day; none: the first version holds since ever, a later one from the day on which
    /// it was read.
    #[serde(default)]
    pub effective_from: Option<Day>,
    /// The first day no more; none: until another takes its place.
    #[serde(default)]
    pub effective_until: Option<Day>,
}

/// A thing that documents say of themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    EffectiveFrom,
    EffectiveUntil,
    ReviewOn,
    Jurisdiction,
}

/// Something that was read from the document and waits for a person's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub fact: Fact,
    /// A day as `2026-11-21`, or the jurisdiction's name.
    pub value: String,
    /// The document's words that it was read from.
    pub quote: String,
    /// The page that they stand on, where the format has pages.
    pub page: Option<u32>,
}

/// `POST /api/v1/versions/{id}/proposals`: a person's word on what was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalsDecided {
    #[serde(default)]
    pub accept: Vec<Fact>,
    #[serde(default)]
    pub dismiss: Vec<Fact>,
}

/// One version of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionDetail {
    pub id: VersionId,
    pub number: u32,
    pub title: String,
    pub added_at: Timestamp,
    /// The name of who added it; empty for the operator and for who was erased.
    pub added_by: String,
    pub size_bytes: u64,
    pub pages: Option<u32>,
    pub passages: u64,
    /// What read it; several joined by ` + `.
    pub parser: String,
    /// ISO 639-1; empty where it isn't known.
    pub language: String,
    pub dates: VersionDates,
    /// When it is in force, of all versions together; none: on no day.
    pub validity: Option<Validity>,
    /// In force today.
    pub in_force: bool,
    pub proposals: Vec<Proposal>,
    /// What a person should know of how it was read.
    pub warnings: Vec<String>,
    /// Each page's number as printed and what read it; empty where the format has no pages.
    pub page_info: Vec<PageInfo>,
    #[serde(flatten)]
    pub state: VersionState,
}

/// A document by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentName {
    pub id: DocumentId,
    pub folder: String,
    pub name: String,
    pub title: String,
}

/// Somebody by name, as `GET /api/v1/documents/{id}/owners` lists who could own a document: active
/// accounts that may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    pub id: UserId,
    pub name: String,
}

/// `GET /api/v1/documents/{id}`: everything about one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentDetail {
    pub summary: DocumentSummary,
    pub set_name: String,
    /// The reader may change it.
    pub manages: bool,
    pub facts: DocumentFacts,
    /// The owner's name.
    pub owner_name: Option<String>,
    /// The review day has passed.
    pub review_due: bool,
    pub supersedes: Option<DocumentName>,
    /// The document that takes the place of this one.
    pub superseded_by: Option<DocumentName>,
    pub part_of: Option<DocumentName>,
    /// What came out of it: files of an archive, attachments of a mail.
    pub parts: Vec<DocumentSummary>,
    /// Newest first.
    pub versions: Vec<VersionDetail>,
}

/// `GET /api/v1/documents/{id}/references`: what still refers to a document, asked before it is
/// deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct References {
    /// Answers with a sentence that cites it.
    pub answers: u64,
    /// Questions on the desk, not yet resolved, that found it.
    pub open_requests: u64,
    /// Files that came out of it and go with it.
    pub parts: u64,
    /// Documents that say they take its place.
    pub superseded_by: Vec<DocumentName>,
    /// A folder of the server that it is read from; while it lies there, it comes back.
    pub watched: Option<String>,
}

/// How a clause differs between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Same,
    Changed,
    Added,
    Removed,
    /// The words are the same, the place or the number isn't.
    Moved,
}

/// A run of words of a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub text: String,
    /// The other version doesn't have it here.
    pub changed: bool,
}

/// A clause in one of two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseSide {
    /// The clause's number and title, or its headings, from the outermost in.
    pub heading: Vec<String>,
    pub page: Option<u32>,
    /// First character in the version's text.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    pub pieces: Vec<Piece>,
}

/// A clause of two versions, or of the one that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseChange {
    pub kind: ChangeKind,
    pub before: Option<ClauseSide>,
    pub after: Option<ClauseSide>,
}

/// A version as the two sides of a comparison name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedVersion {
    pub id: VersionId,
    pub number: u32,
    pub added_at: Timestamp,
    pub validity: Option<Validity>,
}

/// `GET /api/v1/documents/{id}/comparison?before=VERSION&after=VERSION`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    pub document: DocumentName,
    pub set: SetId,
    pub before: ComparedVersion,
    pub after: ComparedVersion,
    /// In the order of the later version; what was removed stands where it was.
    pub clauses: Vec<ClauseChange>,
}

/// `GET /api/v1/me/reviews`: a document that the caller owns and whose review day has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueReview {
    pub document: DocumentName,
    pub set: SetId,
    pub set_name: String,
    pub review_on: Day,
}

/// `POST /api/v1/documents/{id}/reviewed`: its owner or a manager has looked at it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// When to look again.
    #[serde(default)]
    pub next: Option<Day>,
}
