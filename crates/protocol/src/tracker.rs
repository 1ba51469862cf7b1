//! Ticket trackers and other systems that are told of escalations.

use crate::{Priority, Timestamp, TrackerId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which system it is: their interfaces differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackerKind {
    /// Jira Data Center: `/rest/api/2`, a personal access token.
    #[default]
    JiraDataCenter,
    /// Jira Cloud: `/rest/api/3`, e-mail and API token.
    JiraCloud,
    /// Jira Service Management: requests of a service desk; with an e-mail as Cloud, else as
    /// Data Center.
    JiraServiceManagement,
    /// Any system that takes signed JSON.
    Webhook,
}

impl TrackerKind {
    /// Every kind, in the order people choose from.
    pub const ALL: [Self; 4] = [
        Self::JiraDataCenter,
        Self::JiraCloud,
        Self::JiraServiceManagement,
        Self::Webhook,
    ];

    /// The kind's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JiraDataCenter => "jira_data_center",
            Self::JiraCloud => "jira_cloud",
            Self::JiraServiceManagement => "jira_service_management",
            Self::Webhook => "webhook",
        }
    }
}

/// How what happens in the tracker comes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackerFollow {
    /// It is asked every few minutes.
    #[default]
    Polling,
    /// It calls us, signed with the webhook's secret.
    Webhook,
    /// It doesn't.
    Off,
}

impl TrackerFollow {
    /// Every way, in the order people choose from.
    pub const ALL: [Self; 3] = [Self::Polling, Self::Webhook, Self::Off];

    /// The way's name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Polling => "polling",
            Self::Webhook => "webhook",
            Self::Off => "off",
        }
    }
}

/// Where the issues of one queue are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerRoute {
    /// The queue's key.
    pub queue: String,
    /// The project's key.
    pub project: String,
    /// The name of the issue type or request type.
    pub issue_type: String,
}

/// What a priority is called in the tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerPriority {
    pub priority: Priority,
    /// The name there.
    pub name: String,
}

/// A field that each issue gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerField {
    /// Its id there, such as `customfield_10010`.
    pub id: String,
    /// A text, or JSON such as `{"value": "Legal"}`. `{reference}`, `{link}`, `{queue}` and
    /// `{priority}` are filled in.
    pub value: String,
}

/// Everything about a tracker but its secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a choice of its own, as it stands in the form"
)]
pub struct TrackerSettings {
    /// 1 to 60 characters.
    pub name: String,
    pub kind: TrackerKind,
    /// With https:// or http://; of a Jira without what follows its context path.
    pub address: String,
    /// The project's key; not for webhooks.
    #[serde(default)]
    pub project: String,
    /// The name of the issue type or request type; not for webhooks.
    #[serde(default)]
    pub issue_type: String,
    /// The e-mail that the token belongs to, for Cloud; empty for a personal access token.
    #[serde(default)]
    pub account: String,
    #[serde(default)]
    pub labels: Vec<String>,
    /// Queues with a project or type of their own.
    #[serde(default)]
    pub routes: Vec<TrackerRoute>,
    /// Takes what is in the queues of `routes` and nothing else.
    #[serde(default)]
    pub only_routes: bool,
    /// Empty: the tracker's own default.
    #[serde(default)]
    pub priorities: Vec<TrackerPriority>,
    /// The day by which it should be resolved is told.
    #[serde(default)]
    pub due_date: bool,
    #[serde(default)]
    pub fields: Vec<TrackerField>,
    /// The question and the department are told.
    #[serde(default)]
    pub include_question: bool,
    /// Replies to the asker are added as comments.
    #[serde(default)]
    pub send_replies: bool,
    #[serde(default)]
    pub follow: TrackerFollow,
}

/// A tracker as admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracker {
    pub id: TrackerId,
    pub settings: TrackerSettings,
    pub enabled: bool,
    pub has_token: bool,
    pub has_webhook_secret: bool,
    /// Where the tracker calls us.
    pub hook: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// `GET /api/v1/trackers`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trackers {
    pub trackers: Vec<Tracker>,
    /// The address that the configuration file names: it takes every ticket.
    pub configured: Option<String>,
    /// Hosts and networks that may be called, by the operator's configuration.
    pub allow: Vec<String>,
    /// Tickets and updates that wait to be sent.
    pub waiting: u64,
    /// Why tickets were given up, the latest first, at most 10.
    pub given_up: Vec<String>,
}

/// `POST /api/v1/trackers`, `PUT /api/v1/trackers/{id}`. An enabled one is checked first.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerChange {
    pub settings: TrackerSettings,
    pub enabled: bool,
    /// None: the one there is stays.
    #[serde(default)]
    pub token: Option<String>,
    /// None: the one there is stays.
    #[serde(default)]
    pub webhook_secret: Option<String>,
}

impl fmt::Debug for TrackerChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackerChange")
            .field("settings", &self.settings)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

/// `POST /api/v1/trackers/check`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckTracker {
    /// Whose token is used where none is given.
    #[serde(default)]
    pub id: Option<TrackerId>,
    pub settings: TrackerSettings,
    #[serde(default)]
    pub token: Option<String>,
}

impl fmt::Debug for CheckTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckTracker")
            .field("id", &self.id)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Whether issues can be made with these settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackerCheck {
    /// What was found, in words; empty where the check failed.
    pub found: String,
    /// Why no issue can be made, in words.
    pub problem: Option<String>,
    /// Fields that the tracker requires and the settings don't fill.
    pub missing: Vec<MissingField>,
}

/// A field that a tracker requires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingField {
    /// Such as `customfield_10010`.
    pub id: String,
    pub name: String,
}
