//! Texts of the ticket trackers.

use super::phrases::count;
use inhouse_protocol::{TrackerFollow, TrackerKind};

pub(crate) const TRACKERS: &str = "Ticket trackers";
pub(crate) const TRACKERS_LEAD: &str = "Where questions for Legal also become tickets. A ticket holds a \
     reference and a link; what is in a restricted queue never goes out.";
pub(crate) const NO_TRACKERS: &str = "No tracker is set up here. Add the first one below.";
pub(crate) const ALLOW_FIRST: &str = "Before a tracker can be set up, whoever runs Inhouse has to list \
     its host in jira.allow of the configuration.";
pub(crate) const ADD_TRACKER: &str = "Add a tracker";
pub(crate) const SAVE_TRACKER: &str = "Check and save";
pub(crate) const CHECK_TRACKER: &str = "Check only";
pub(crate) const CHECKING: &str = "Checking…";
pub(crate) const EDIT_TRACKER: &str = "Settings";
pub(crate) const REMOVE_TRACKER: &str = "Remove";
pub(crate) const REMOVE_TRACKER_TITLE: &str = "Remove this tracker?";
pub(crate) const REMOVE_TRACKER_TEXT: &str = "Its tickets stay where they are. What happens to them \
     there isn't known here any more.";
pub(crate) const TRACKER_REMOVED: &str = "The tracker was removed";
pub(crate) const SWITCHED_OFF: &str = "Switched off";
pub(crate) const SWITCHED_ON: &str = "Switched on";
pub(crate) const GIVEN_UP: &str = "Given up";
pub(crate) const GIVEN_UP_HINT: &str = "These tickets were not made. Ask for a ticket again at the desk \
     once the cause is gone.";

pub(crate) const TRACKER_KIND: &str = "Kind";
pub(crate) const TRACKER_ADDRESS: &str = "Address";
pub(crate) const TRACKER_ADDRESS_HINT: &str = "Such as https://jira.example.com";
pub(crate) const TRACKER_PROJECT: &str = "Project key";
pub(crate) const TRACKER_TYPE: &str = "Issue type or request type";
pub(crate) const TRACKER_ACCOUNT: &str = "E-mail of the account";
pub(crate) const TRACKER_ACCOUNT_HINT: &str =
    "For Jira Cloud. Empty for a personal access token of Data Center.";
pub(crate) const TRACKER_TOKEN: &str = "Token, or the secret that signs a webhook";
pub(crate) const KEPT_SECRET: &str = "There is one. Leave this empty to keep it.";
pub(crate) const WEBHOOK_SECRET: &str = "Secret of what the tracker sends us";
pub(crate) const WEBHOOK_SECRET_HINT: &str =
    "At least 16 characters; the same as in the tracker's webhook.";
pub(crate) const TRACKER_HOOK: &str = "The tracker's webhook goes to";
pub(crate) const TRACKER_FOLLOW: &str = "What happens there comes back";
pub(crate) const TRACKER_LABELS: &str = "Labels";
pub(crate) const TRACKER_LABELS_HINT: &str = "Parted by spaces.";
pub(crate) const TRACKER_ROUTES: &str = "Queues with a place of their own";
pub(crate) const TRACKER_ROUTES_HINT: &str = "One a line: hr = HR / Task";
pub(crate) const TRACKER_ONLY_ROUTES: &str = "Take only these queues";
pub(crate) const TRACKER_PRIORITIES: &str = "Names of priorities there";
pub(crate) const TRACKER_PRIORITIES_HINT: &str =
    "One a line: urgent = Highest. Empty: the tracker's own default.";
pub(crate) const TRACKER_FIELDS: &str = "Further fields";
pub(crate) const TRACKER_FIELDS_HINT: &str = "One a line: customfield_10010 = {\"value\": \"Legal\"}. \
     {reference}, {link}, {queue} and {priority} are filled in.";
pub(crate) const TRACKER_DUE_DATE: &str = "Tell the day by which it is due";
pub(crate) const TRACKER_QUESTION: &str =
    "Tell the question and the department: everyone who sees the project then reads them";
pub(crate) const TRACKER_REPLIES: &str = "Add replies to the asker as comments";
pub(crate) const TRACKER_ENABLED: &str = "Switched on";

pub(crate) const ROUTE_WRONG: &str = "Write each line like: hr = HR / Task";
pub(crate) const PRIORITY_WRONG: &str =
    "Write each line like: urgent = Highest. Priorities are urgent, high, normal and low.";
pub(crate) const FIELD_WRONG: &str = "Write each line like: customfield_10010 = Legal";

pub(crate) fn tracker_kind(kind: TrackerKind) -> &'static str {
    match kind {
        TrackerKind::JiraDataCenter => "Jira Data Center",
        TrackerKind::JiraCloud => "Jira Cloud",
        TrackerKind::JiraServiceManagement => "Jira Service Management",
        TrackerKind::Webhook => "Signed webhook",
    }
}

pub(crate) fn tracker_follow(follow: TrackerFollow) -> &'static str {
    match follow {
        TrackerFollow::Polling => "Inhouse asks every two minutes",
        TrackerFollow::Webhook => "The tracker calls Inhouse",
        TrackerFollow::Off => "Not at all",
    }
}

/// Of the configuration file's own tracker.
pub(crate) fn configured_tracker(host: &str) -> String {
    format!("The configuration file names {host}: every ticket goes there.")
}

pub(crate) fn tickets_waiting(number: u64) -> String {
    let tickets = count(number, "ticket or change waits", "tickets or changes wait");
    format!("{tickets} to be sent.")
}

pub(crate) fn tracker_saved(name: &str) -> String {
    format!("{name} was saved")
}

pub(crate) fn remove_tracker(name: &str) -> String {
    format!("Remove {name}")
}
