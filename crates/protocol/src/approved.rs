//! Approved answers: what Legal replied once and stands by.

use crate::{
    ApprovedAnswerId, Citation, Day, EscalationId, GroupId, PassageRef, PersonName, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};

/// Where an approved answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Being written.
    Draft,
    /// Waits for a second person.
    Proposed,
    /// Given to who asks.
    Approved,
    /// Out of use until somebody has looked.
    Review,
    /// Out of use for good.
    Retired,
}

impl ApprovalState {
    /// Every state, in the order the interface lists them.
    pub const ALL: [Self; 5] = [
        Self::Approved,
        Self::Review,
        Self::Proposed,
        Self::Draft,
        Self::Retired,
    ];

    /// The state's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Review => "review",
            Self::Retired => "retired",
        }
    }
}

/// An approved answer in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedAnswerSummary {
    pub id: ApprovedAnswerId,
    pub question: String,
    pub state: ApprovalState,
    /// Why it is in review, in words.
    pub review_reason: Option<String>,
    pub owner: Option<PersonName>,
    /// The last day on which it is given; none: no end.
    pub valid_until: Option<Day>,
    pub everyone: bool,
    /// How often it was given.
    pub served: u64,
    pub approved_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

/// `GET /api/v1/approved-answers/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovedAnswer {
    #[serde(flatten)]
    pub summary: ApprovedAnswerSummary,
    /// Other ways to ask the same.
    pub phrasings: Vec<String>,
    /// Plain text; blank lines separate paragraphs.
    pub body: String,
    /// Groups whose members it is given to, where not to everyone: id and name.
    pub groups: Vec<(GroupId, String)>,
    /// What it stands on.
    pub citations: Vec<Citation>,
    /// The passages of these citations that the reader may see, and after them what can be cited
    /// as well: newer ones, and those found for the question that it came from.
    pub passages: Vec<PassageRef>,
    pub author: String,
    pub approved_by: Option<String>,
    /// The escalation that it came from.
    pub escalation: Option<EscalationId>,
    pub revision: u64,
}

/// `POST /api/v1/approved-answers`, `PUT /api/v1/approved-answers/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovedAnswerChange {
    /// 1 to 1,000 characters.
    pub question: String,
    /// At most 20.
    #[serde(default)]
    pub phrasings: Vec<String>,
    /// 1 to 20,000 characters.
    pub body: String,
    /// None: the author.
    #[serde(default)]
    pub owner: Option<UserId>,
    #[serde(default)]
    pub valid_until: Option<Day>,
    pub everyone: bool,
    #[serde(default)]
    pub groups: Vec<GroupId>,
    #[serde(default)]
    pub citations: Vec<Citation>,
    #[serde(default)]
    pub escalation: Option<EscalationId>,
    /// The revision that the author saw; none for a new one.
    #[serde(default)]
    pub revision: Option<u64>,
}

/// `POST /api/v1/approved-answers/{id}/state`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetApprovalState {
    /// `draft`, `proposed`, `approved` or `retired`; `approved` after another person proposed it,
    /// where two are needed.
    pub state: ApprovalState,
    #[serde(default)]
    pub revision: Option<u64>,
}

/// What an exchange shows of the approved answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenAnswer {
    pub id: ApprovedAnswerId,
    /// The owner's name.
    pub owner: String,
    pub approved_at: Timestamp,
    /// Plain text; blank lines separate paragraphs.
    pub body: String,
    pub citations: Vec<Citation>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Added as drafts.
    pub added: u64,
    /// Left alone: the same question is there.
    pub known: u64,
    /// What is wrong, with the line.
    pub faults: Vec<String>,
}
