//! What is missing: what nobody could answer, and how the rest went.

use crate::{Day, DocumentRequestId, EscalationId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a figure tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsightMetric {
    /// Questions asked.
    Questions,
    /// Of these, the share answered without a person, and not overturned.
    Deflected,
    /// The share that reached a person.
    Escalated,
    /// The share that was not ours to answer.
    Declined,
    /// How many were given an approved answer.
    Approved,
    /// The share asked again by the same person within two weeks.
    ReAsked,
    /// Of those answered, the share that was sent to Legal later or marked as not helpful.
    Overturned,
    /// Median hours of business from the escalation to its first reply.
    FirstReplyHours,
    /// Median hours of business from the escalation to its resolution.
    ResolutionHours,
}

impl InsightMetric {
    /// The metric's name in the API and in exports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Questions => "questions",
            Self::Deflected => "deflected",
            Self::Escalated => "escalated",
            Self::Declined => "declined",
            Self::Approved => "approved",
            Self::ReAsked => "re_asked",
            Self::Overturned => "overturned",
            Self::FirstReplyHours => "first_reply_hours",
            Self::ResolutionHours => "resolution_hours",
        }
    }
}

/// A figure of a period and the same of the period before it; none where there is nothing to
/// compute it from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InsightFigure {
    pub metric: InsightMetric,
    /// A count, a share 0..=1, or hours, as the metric says.
    pub value: Option<f64>,
    pub before: Option<f64>,
}

/// How the questions of one kind ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightRow {
    /// A department or topic; empty: without one.
    pub label: String,
    pub questions: u64,
    pub answered: u64,
    pub escalated: u64,
    /// Declined or refused.
    pub declined: u64,
}

/// How the questions of one week ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightWeek {
    /// Its Monday.
    pub monday: Day,
    #[serde(flatten)]
    pub row: InsightRow,
}

/// Questions like one another that the documents did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingTopic {
    /// The question nearest to their middle. None where fewer than three people asked and the
    /// reader doesn't work the desk: it would tell who.
    pub label: Option<String>,
    pub questions: u64,
    /// The same in the period before.
    pub before: u64,
    /// How many people asked; none: fewer than three.
    pub people: Option<u64>,
    /// The departments that asked, the most frequent first; none where fewer than three people did.
    pub departments: Vec<String>,
    /// Median minutes of business hours until the first reply, where there was one.
    pub waited_minutes: Option<u64>,
    /// The newest of them; only for the desk.
    pub escalation: Option<EscalationId>,
    /// The last time that it was asked.
    pub last_at: Timestamp,
}

/// The charts of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsightChart {
    /// How questions ended, by week.
    Weeks,
    /// What is missing, the most frequent first.
    Missing,
    /// How questions ended, by topic.
    Topics,
}

impl InsightChart {
    /// Every chart, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Weeks, Self::Missing, Self::Topics];
}

/// `GET /api/v1/insights?days=30`. What lies in a restricted queue is nowhere in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Insights {
    /// Length of the period, 1 to 366; the one before it has the same.
    pub days: u32,
    pub figures: Vec<InsightFigure>,
    pub departments: Vec<InsightRow>,
    pub topics: Vec<InsightRow>,
    pub weeks: Vec<InsightWeek>,
    /// The most frequent first, at most 30.
    pub missing: Vec<MissingTopic>,
    /// Those that there is something to draw for, each as an `<svg>` element.
    pub charts: Vec<(InsightChart, String)>,
    /// More was asked than is looked at: the newest 20,000 are.
    pub cut: bool,
}

/// Where the wish for a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentRequestState {
    Open,
    /// It is there.
    Done,
    Declined,
}

impl DocumentRequestState {
    /// The state's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Declined => "declined",
        }
    }
}

/// A document that somebody at the desk or an admin asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRequest {
    pub id: DocumentRequestId,
    pub title: String,
    pub note: String,
    pub state: DocumentRequestState,
    /// How many questions it would answer, when it was made.
    pub questions: u64,
    /// By name.
    pub by: String,
    pub at: Timestamp,
    pub decided_at: Option<Timestamp>,
}

/// `POST /api/v1/document-requests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDocumentRequest {
    /// 1 to 200 characters.
    pub title: String,
    /// Up to 2,000 characters.
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub questions: u64,
}

/// `POST /api/v1/document-requests/{id}/state`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecideRequest {
    pub state: DocumentRequestState,
}
