//! Tickets: an escalation that a rule sends there becomes exactly one issue in the company's
//! tracker, with a reference and a link and, unless configured, no word of the question.

mod body;
mod client;
mod jira;
mod sender;
#[cfg(test)]
mod tests;

pub use jira::Jira;
pub use sender::{Sent, TicketSender};

use crate::app::StartError;
use crate::config::Config;
use async_trait::async_trait;
use inhouse_protocol::EscalationId;
use std::sync::Arc;
use std::time::Duration;

/// The tracker that `config` names; `None` if it names none.
pub fn tracker(config: &Config) -> Result<Option<Arc<dyn Tracker>>, StartError> {
    let jira = Jira::new(config).map_err(|error| StartError::Tracker(error.to_string()))?;
    Ok(jira.map(|jira| Arc::new(jira) as Arc<dyn Tracker>))
}

/// A tracker of issues.
#[async_trait]
pub trait Tracker: Send + Sync {
    /// Its name, for logs and the record.
    fn name(&self) -> &'static str;

    /// The key of the issue that `escalation` already has.
    async fn find(&self, escalation: &EscalationId) -> Result<Option<String>, TrackerError>;

    /// Makes the issue and gives its key. Only after [`Self::find`] found none.
    async fn create(&self, ticket: &Ticket) -> Result<String, TrackerError>;

    /// How long after [`Self::create`] was called [`Self::find`] may still miss the new issue:
    /// the longest the call may take, and the time until the tracker's search shows it.
    fn settles_in(&self) -> Duration;

    /// Whether issues can be made with these settings; what was found, in words.
    async fn check(&self) -> Result<String, TrackerError>;
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
