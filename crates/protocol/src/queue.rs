//! Queues of the desk, reply templates and saved views.

use crate::{Day, PersonName, QueueId, TemplateId, Timestamp, ViewId};
use serde::{Deserialize, Serialize};

/// A queue by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueName {
    pub id: QueueId,
    /// As rules name it.
    pub key: String,
    pub name: String,
    /// Only its members see what is in it.
    pub restricted: bool,
}

/// A member of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueMember {
    pub person: PersonName,
    /// Passed over by the rotation for now.
    pub away: bool,
}

/// A queue, as the desk sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    #[serde(flatten)]
    pub name: QueueName,
    pub description: String,
    /// Topics that go here where the rule names no queue.
    pub topics: Vec<String>,
    /// Languages that go here, as codes such as `de`, where no topic decides.
    pub languages: Vec<String>,
    /// Service level in minutes of business hours; none: none.
    pub first_reply_minutes: Option<u32>,
    pub resolution_minutes: Option<u32>,
    /// What comes in is given to the members in turn.
    pub rotation: bool,
    pub members: Vec<QueueMember>,
    /// What is open in it now.
    pub open: u64,
    /// Of that, what is past its time.
    pub breached: u64,
}

/// `POST /api/v1/queues`, `PUT /api/v1/queues/{id}`. The key can't be changed later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueChange {
    pub key: String,
    pub name: String,
    pub description: String,
    pub restricted: bool,
    pub topics: Vec<String>,
    pub languages: Vec<String>,
    pub first_reply_minutes: Option<u32>,
    pub resolution_minutes: Option<u32>,
    pub rotation: bool,
}

/// `PUT /api/v1/queues/{id}/members/{user}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberChange {
    pub away: bool,
}

/// `GET /api/v1/queues`: those that the caller may see, who can be given something, the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queues {
    pub queues: Vec<Queue>,
    /// Everybody who works the desk.
    pub people: Vec<PersonName>,
    /// Business hours in words, such as 'Mon–Fri 09:00–17:00, Europe/Berlin'.
    pub hours: String,
    /// Days without business hours that are still to come.
    pub holidays: Vec<Day>,
}

/// A reply prepared once and used often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTemplate {
    pub id: TemplateId,
    pub title: String,
    /// With the variables `{asker}`, `{question}`, `{reference}`, `{me}`, `{today}`.
    pub body: String,
    /// None: for every queue.
    pub queue: Option<QueueId>,
    /// Counts up with every change.
    pub version: u64,
    /// By name.
    pub changed_by: String,
    pub changed_at: Timestamp,
}

/// `POST /api/v1/reply-templates`, `PUT /api/v1/reply-templates/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateChange {
    /// 1 to 120 characters.
    pub title: String,
    /// 1 to 20,000 characters.
    pub body: String,
    pub queue: Option<QueueId>,
    /// The version that the author saw; none for a new one.
    #[serde(default)]
    pub version: Option<u64>,
}

/// A view of the desk that somebody saved for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskView {
    pub id: ViewId,
    pub name: String,
    /// The part of the desk's address after the question mark.
    pub query: String,
}

/// `POST /api/v1/desk-views`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDeskView {
    /// 1 to 60 characters.
    pub name: String,
    pub query: String,
}

/// The filters of `GET /api/v1/escalations`, as they stand in the desk's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskFilter {
    /// `open` (the default), `answered`, `resolved` or `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// A queue's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// `me`, `nobody`, or a person's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// A priority's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// A code such as `de`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Words that stand in the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// `yes`: what is snoozed too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed: Option<String>,
    /// `due` (the default: what breaches next first), `age`, `priority`, `newest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}
