//! Escalations: what reaches a person, seen by the asker and by the desk.

use crate::{Conflict, ConversationId, EscalationId, PassageRef, ReplyId, RunId, Timestamp};
use serde::{Deserialize, Serialize};

/// Why a question reached a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationReason {
    /// The documents don't say.
    NotInDocuments,
    /// What was written could not be checked against the passages.
    NotVerified,
    /// A rule sends such questions to a person.
    Rule,
    /// The asker wanted a person.
    Asked,
    /// Documents in force contradict each other.
    Conflict,
    /// A step failed; the question was kept.
    Failure,
}

impl EscalationReason {
    /// The reason's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotInDocuments => "not_in_documents",
            Self::NotVerified => "not_verified",
            Self::Rule => "rule",
            Self::Asked => "asked",
            Self::Conflict => "conflict",
            Self::Failure => "failure",
        }
    }
}

/// Where an escalation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationState {
    /// Waits for the legal team.
    Open,
    /// Has a reply; may be continued.
    Answered,
    /// Closed.
    Resolved,
}

impl EscalationState {
    /// The state's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Resolved => "resolved",
        }
    }
}

/// An escalation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationSummary {
    pub id: EscalationId,
    pub question: String,
    pub reason: EscalationReason,
    pub state: EscalationState,
    /// The asker's name.
    pub asker: String,
    pub department: Option<String>,
    pub created_at: Timestamp,
    pub first_reply_at: Option<Timestamp>,
    /// The issue in the ticket tracker, such as `LEGAL-12`, once it exists.
    pub ticket: Option<String>,
}

/// A reply by the legal team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub id: ReplyId,
    /// The author's name.
    pub author: String,
    /// Plain text; blank lines separate paragraphs.
    pub body: String,
    pub at: Timestamp,
}

/// An escalation with everything its reader may see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Escalation {
    #[serde(flatten)]
    pub summary: EscalationSummary,
    pub run: RunId,
    /// The conversation it came from; only for the asker.
    pub conversation: Option<ConversationId>,
    /// What the asker added.
    pub note: String,
    /// Title of the rule that decided, where one did.
    pub rule: Option<String>,
    /// The passages that were found, those the reader may see.
    pub passages: Vec<PassageRef>,
    /// What the documents say differently, where that is why it is here and the reader may see it.
    pub conflict: Option<Conflict>,
    /// How each rule saw the question, in words; only for the desk.
    pub trace: Vec<String>,
    pub replies: Vec<Reply>,
}

/// `POST /api/v1/escalations/{id}/replies`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReply {
    /// 1 to 20,000 characters.
    pub body: String,
    /// The state after the reply: `answered` or `resolved`.
    pub state: EscalationState,
}

/// `POST /api/v1/escalations/{id}/state`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetState {
    pub state: EscalationState,
}
