//! Escalations: what reaches a person, as the desk and the asker see it.

use crate::{
    AnswerSentence, ApprovedAnswerSummary, Conflict, ConversationId, DraftId, EscalationId,
    Outcome, PassageRef, PersonName, QueueName, ReplyId, RunId, Timestamp, UserId,
};
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

/// How soon an escalation wants a person.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Urgent,
    High,
    #[default]
    Normal,
    Low,
}

impl Priority {
    /// Every priority, the most pressing first.
    pub const ALL: [Self; 4] = [Self::Urgent, Self::High, Self::Normal, Self::Low];

    /// The priority's name in rules, the API and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// Its number in the database, 1 (urgent) to 4 (low).
    pub const fn number(self) -> i64 {
        match self {
            Self::Urgent => 1,
            Self::High => 2,
            Self::Normal => 3,
            Self::Low => 4,
        }
    }
}

/// How a part of the service level stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// There is time.
    OnTime,
    /// A quarter of the time or less is left.
    Soon,
    /// The time is over.
    Breached,
    /// It was kept.
    Met,
    /// It was not kept.
    Missed,
    /// The clock stands still: the asker has to say something.
    Paused,
}

/// A part of the service level: the first reply, or the resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// When it is due; while paused, as if it went on now.
    pub at: Timestamp,
    /// Minutes of business hours left; negative: over by so many. 0 once met or missed.
    pub left_minutes: i64,
    pub state: DueState,
}

/// An escalation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationSummary {
    pub id: EscalationId,
    /// What was asked, or the part of it that this one was split off with.
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
    pub queue: QueueName,
    pub priority: Priority,
    pub assignee: Option<PersonName>,
    /// The label of its topic; empty where none was near.
    pub topic: String,
    /// The language asked in, as a code such as `en`; empty where it isn't known.
    pub language: String,
    pub first_reply_due: Option<Due>,
    pub resolution_due: Option<Due>,
    pub snoozed_until: Option<Timestamp>,
    /// Since when the asker has to say something.
    pub waiting_since: Option<Timestamp>,
    /// The one that this duplicate was merged into.
    pub merged_into: Option<EscalationId>,
    pub withdrawn_at: Option<Timestamp>,
    /// The asker's word on how it went, 1 to 5.
    pub rating: Option<u8>,
    /// Counts up with every change.
    pub revision: u64,
}

/// Who wrote what in an escalation, and who reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyKind {
    /// To the asker.
    #[default]
    Reply,
    /// Among the people at the desk.
    Note,
    /// By the asker.
    Asker,
    /// A comment out of the ticket tracker; for the desk.
    Ticket,
}

impl ReplyKind {
    /// The kind's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
            Self::Asker => "asker",
            Self::Ticket => "ticket",
        }
    }
}

/// Something written in an escalation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub id: ReplyId,
    pub kind: ReplyKind,
    /// The author's name.
    pub author: String,
    /// Plain text; blank lines separate paragraphs.
    pub body: String,
    pub at: Timestamp,
}

/// A line of an escalation's timeline. Nobody can change one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    pub at: Timestamp,
    /// Who did it, by name; none: the system.
    pub actor: Option<String>,
    /// `opened`, `queue`, `priority`, `assigned`, `snoozed`, `woken`, `waiting`, `resumed`, `reply`,
    /// `note`, `asker`, `state`, `merged`, `split`, `withdrawn`, `reopened`, `rated`, `draft`,
    /// `ticket`, `warned`, `breached`, `published`.
    pub kind: String,
    /// What was done, as the end of a sentence that begins with the actor's name.
    pub words: String,
}

/// An earlier question of the same conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierExchange {
    pub question: String,
    pub outcome: Option<Outcome>,
    /// What was answered, without citations; empty where nothing was.
    pub answer: String,
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
    /// What the asker added with it.
    pub note: String,
    /// Title of the rule that decided, where one did.
    pub rule: Option<String>,
    /// The passages that were found, those the reader may see.
    pub passages: Vec<PassageRef>,
    /// What the documents say differently, where that is why it is here and the reader may see it.
    pub conflict: Option<Conflict>,
    /// How each rule saw the question, in words; only for the desk.
    pub trace: Vec<String>,
    /// In the order written; for the asker only replies and the asker's own.
    pub replies: Vec<Reply>,
    /// The conversation before it; only for the desk.
    pub earlier: Vec<EarlierExchange>,
    /// Only for the desk.
    pub timeline: Vec<TimelineEntry>,
    /// The model's draft that waits for a decision; only for the desk.
    pub draft: Option<Draft>,
    /// What was merged into this one; only for the desk.
    pub duplicates: Vec<EscalationSummary>,
    /// The question as a link into the tracker, where it has an issue there.
    pub ticket_url: Option<String>,
    /// The state in the tracker, in its words.
    pub ticket_state: Option<String>,
    /// What the asker wrote with the rating.
    pub rating_comment: String,
}

/// `POST /api/v1/escalations/{id}/replies`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReply {
    /// 1 to 20,000 characters.
    pub body: String,
    /// `reply` or `note`.
    #[serde(default)]
    pub kind: ReplyKind,
    /// The state after a reply: `answered` or `resolved`; a note changes none.
    pub state: EscalationState,
    /// The asker has to say something now: the clock stands still until then.
    #[serde(default)]
    pub wait: bool,
    /// The revision that the author saw; none: whatever it is (for programs).
    #[serde(default)]
    pub revision: Option<u64>,
    /// The draft that the body came from, as it was or edited.
    #[serde(default)]
    pub draft: Option<DraftId>,
}

/// `POST /api/v1/escalations/{id}/change`, `POST /api/v1/escalations/bulk`: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<EscalationState>,
    /// The queue's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<crate::QueueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Assign>,
    /// Until when it is out of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Snooze>,
    /// Whether the clock stands still for the asker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<bool>,
}

/// To whom an escalation is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assign {
    Me,
    /// The next member of the queue in turn.
    Rotation,
    Person(UserId),
    Nobody,
}

/// Until when an escalation is out of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Snooze {
    Until(Timestamp),
    Wake,
}

/// `POST /api/v1/escalations/{id}/change`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeEscalation {
    #[serde(flatten)]
    pub change: EscalationChange,
    /// The revision that the person saw; none: whatever it is (for programs).
    #[serde(default)]
    pub revision: Option<u64>,
}

/// `POST /api/v1/escalations/bulk`: one change of many, each by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkChange {
    /// 1 to 200 escalations, with the revision that the person saw.
    pub escalations: Vec<(EscalationId, u64)>,
    pub change: EscalationChange,
}

/// What became of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkResult {
    pub id: EscalationId,
    /// Why it was not changed, in words; none: it was.
    pub error: Option<String>,
    /// The revision now, for taking it back.
    pub revision: u64,
    /// What takes it back.
    pub undo: EscalationChange,
}

/// `POST /api/v1/escalations/{id}/merge`: it is a duplicate of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeEscalation {
    pub into: EscalationId,
    #[serde(default)]
    pub revision: Option<u64>,
}

/// `POST /api/v1/escalations/{id}/split`: a part of it goes on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitEscalation {
    /// That part of the question, 1 to 2,000 characters.
    pub subject: String,
    #[serde(default)]
    pub revision: Option<u64>,
}

/// `POST /api/v1/escalations/{id}/presence`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Whether the person has begun a reply.
    pub writing: bool,
}

/// Who else has an escalation open, and whether it changed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// By name, with whether they have begun a reply; without the caller.
    pub others: Vec<(String, bool)>,
    pub revision: u64,
}

/// A past escalation that is like this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilarCase {
    pub escalation: EscalationSummary,
    /// How like they are, 0..=1.
    pub score: f32,
    /// What was replied last; empty where nothing was.
    pub reply: String,
}

/// `GET /api/v1/escalations/{id}/similar`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Similar {
    /// The likest first, at most 8.
    pub cases: Vec<SimilarCase>,
    /// Approved answers to questions like it, the likest first, at most 5.
    pub approved: Vec<ApprovedAnswerSummary>,
}

/// What became of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftState {
    /// Waits for a decision.
    Offered,
    /// Sent as it was.
    Accepted,
    /// Sent after changes.
    Edited,
    Rejected,
}

impl DraftState {
    /// The state's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Edited => "edited",
            Self::Rejected => "rejected",
        }
    }
}

/// A reply that the model drafted, each sentence checked against the passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub id: DraftId,
    pub sentences: Vec<AnswerSentence>,
    pub model: String,
    pub state: DraftState,
    pub at: Timestamp,
}

/// `POST /api/v1/escalations/{id}/draft` and `GET`: the draft, or where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftStatus {
    /// It is being written.
    pub writing: bool,
    pub draft: Option<Draft>,
    /// Why there is none, in words.
    pub error: Option<String>,
}
