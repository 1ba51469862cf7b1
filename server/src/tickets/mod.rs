//! Tickets: an escalation that a rule or the desk sends there becomes exactly one issue in the
//! company's tracker, with a reference and a link and, unless configured, no word of the question.
//! What happens to it there comes back, and what happens here goes there.

mod body;
mod choice;
mod client;
mod incoming;
mod jira;
mod poller;
mod sender;
mod setup;
mod signature;
#[cfg(test)]
mod tests;
mod webhook;

pub use choice::Trackers;
pub(crate) use incoming::understand;
pub use jira::Jira;
pub(crate) use poller::keep;
pub use sender::{Sent, TicketSender};
pub(crate) use setup::{check, listed, prepared};

use crate::app::{App, StartError};
use crate::config::Config;
use crate::error::AppResult;
use async_trait::async_trait;
use inhouse_protocol::{EscalationId, MissingField, Priority, Timestamp};
use inhouse_store::{TicketNews, TicketStatus, TicketUpdate};
use std::sync::Arc;
use std::time::Duration;

/// The tracker that `config` names; `None` if it names none.
pub fn tracker(config: &Config) -> Result<Option<Arc<dyn Tracker>>, StartError> {
    let jira = Jira::new(config).map_err(|error| StartError::Tracker(error.to_string()))?;
    Ok(jira.map(|jira| Arc::new(jira) as Arc<dyn Tracker>))
}

/// Whether something takes tickets.
pub async fn any(app: &App) -> AppResult<bool> {
    if app.config.jira.base_url.is_some() {
        return Ok(true);
    }
    let trackers = app.store.trackers().await?;
    Ok(trackers.iter().any(|tracker| tracker.enabled))
}

/// The address of an escalation's issue for people, where it has one and its tracker shows issues.
pub async fn link(app: &App, id: &EscalationId) -> AppResult<Option<String>> {
    let Some((key, tracker)) = app.store.ticket_of(id).await? else {
        return Ok(None);
    };
    let trackers = Trackers::of(app)?;
    let tracker = trackers.named(tracker.as_deref()).await?;
    Ok(tracker.and_then(|tracker| tracker.link(&key)))
}

/// A system that takes tickets.
#[async_trait]
pub trait Tracker: Send + Sync {
    /// What kind it is, for logs and the record.
    fn name(&self) -> &'static str;

    /// The key of the issue that `escalation` already has.
    async fn find(&self, escalation: &EscalationId) -> Result<Option<String>, TrackerError>;

    /// Makes the issue and gives its key. Only after [`Self::find`] found none.
    async fn create(&self, ticket: &Ticket) -> Result<String, TrackerError>;

    /// How long after [`Self::create`] was called [`Self::find`] may still miss the new issue:
    /// the longest the call may take, and the time until the tracker's search shows it.
    fn settles_in(&self) -> Duration;

    /// Brings an issue to where its escalation is, and gives how it stands then; none where that
    /// can't be known. Twice is as good as once.
    async fn update(&self, update: &TicketUpdate) -> Result<Option<TicketStatus>, TrackerError>;

    /// What changed there within this time, the oldest first; more than that is no harm.
    async fn news(&self, within: Duration) -> Result<Vec<TicketNews>, TrackerError>;

    /// An issue's address for people.
    fn link(&self, key: &str) -> Option<String>;

    /// Whether issues can be made with these settings.
    async fn check(&self) -> Result<Checked, TrackerError>;
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Where issues are made and as whom, in words.
    pub found: String,
    /// Fields that are required and that the settings don't fill.
    pub missing: Vec<MissingField>,
}

/// What is told to the tracker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub escalation: EscalationId,
    /// Why it reached a person, in words.
    pub reason: String,
    /// Only told where `include_question` is set.
    pub question: String,
    /// The asker's department; told with the question only.
    pub department: Option<String>,
    /// The queue's key.
    pub queue: String,
    pub priority: Priority,
    /// When it should be resolved.
    pub due_at: Option<Timestamp>,
}

/// Why a tracker did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrackerError {
    /// It asks for a pause (429, or 503 with `Retry-After`).
    #[error("the tracker asks us to wait")]
    Busy {
        /// For how long, where it says so.
        retry_after: Option<Duration>,
    },
    /// No connection, no reply in time, or its own failure; it may have done it nevertheless.
    #[error("the tracker can't be reached: {0}")]
    Unavailable(String),
    /// It says no, and will say so again: wrong token, no such project, a field it wants.
    #[error("the tracker refuses: {0}")]
    Refused(String),
    /// The address is not one that may be called.
    #[error("the tracker's address is not allowed: {0}")]
    Address(String),
}
