//! What a tracker sends us: the signature is checked first, then it is read.

use super::jira::{comment, not_ours, status};
use super::signature;
use http::HeaderMap;
use inhouse_protocol::{Timestamp, TrackerFollow, TrackerKind};
use inhouse_store::{StoredTracker, TicketComment, TicketNews, TicketStatus};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A signed message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Incoming {
    /// Names of the delivery. Its own name is not part of what is signed, so the body's hash is
    /// one too.
    pub(crate) deliveries: Vec<String>,
    /// Nothing where the message is about nothing that we follow.
    pub(crate) news: Option<TicketNews>,
}

/// What a tracker sent; none unless it is enabled, calls us, and signed this.
pub(crate) fn understand(
    tracker: &StoredTracker,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Option<Incoming> {
    if !tracker.enabled || tracker.settings.follow != TrackerFollow::Webhook {
        return None;
    }
    let secret = tracker.webhook_secret.as_ref()?.expose();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (is_signed, name) = match tracker.settings.kind {
        TrackerKind::Webhook => {
            let given = header("inhouse-signature")?;
            let signed = signature::is_signed(secret, now.0.div_euclid(1000), body, given);
            (signed, header("inhouse-delivery"))
        }
        TrackerKind::JiraDataCenter
        | TrackerKind::JiraCloud
        | TrackerKind::JiraServiceManagement => {
            let given = header("x-hub-signature")?;
            let signed = signature::is_hub_signed(secret, body, given);
            (signed, header("x-atlassian-webhook-identifier"))
        }
    };
    if !is_signed {
        return None;
    }
    let mut deliveries = vec![hex::encode(Sha256::digest(body))];
    deliveries.extend(name.map(|name| format!("name:{}", shortened(name))));
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let news = match tracker.settings.kind {
        TrackerKind::Webhook => of_webhook(body, now),
        TrackerKind::JiraDataCenter
        | TrackerKind::JiraCloud
        | TrackerKind::JiraServiceManagement => of_jira(&body),
    };
    Some(Incoming { deliveries, news })
}

fn shortened(name: &str) -> String {
    name.chars().take(200).collect()
}

/// A webhook of Jira: `jira:issue_updated`, `comment_created` and their like.
/// <https://developer.atlassian.com/cloud/jira/platform/webhooks/>
fn of_jira(body: &Value) -> Option<TicketNews> {
    let event = body["webhookEvent"].as_str()?;
    let issue = &body["issue"];
    let key = issue["key"].as_str()?.to_owned();
    let at = body["timestamp"].as_i64().map(Timestamp);
    // Events about comments hold an older picture of the issue in some versions.
    let status = match event {
        "jira:issue_updated" | "jira:issue_created" => {
            let now = status(&issue["fields"]);
            now.map(|now| TicketStatus {
                at: at.unwrap_or(now.at),
                ..now
            })
        }
        _ => None,
    };
    let comments: Vec<_> = match event {
        "comment_created" | "jira:issue_updated" | "issue_commented" => {
            comment(&body["comment"]).into_iter().collect()
        }
        _ => Vec::new(),
    };
    Some(TicketNews {
        key,
        status,
        comments: not_ours(comments),
    })
}

/// What another system says of a ticket.
#[derive(Deserialize)]
struct Message {
    /// As in the reply to `escalation.opened`.
    key: String,
    #[serde(default)]
    state: Option<MessageState>,
    #[serde(default)]
    comment: Option<MessageComment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum MessageState {
    Open,
    Resolved,
}

#[derive(Deserialize)]
struct MessageComment {
    id: String,
    author: String,
    body: String,
}

fn of_webhook(body: Value, now: Timestamp) -> Option<TicketNews> {
    let message: Message = serde_json::from_value(body).ok()?;
    let status = message.state.map(|state| {
        let (name, done) = match state {
            MessageState::Open => ("open", false),
            MessageState::Resolved => ("resolved", true),
        };
        TicketStatus {
            name: name.to_owned(),
            done,
            at: now,
        }
    });
    let comments = message.comment.into_iter().map(|comment| TicketComment {
        id: shortened(&comment.id),
        author: shortened(&comment.author),
        body: comment.body,
    });
    Some(TicketNews {
        key: message.key,
        status,
        comments: comments.collect(),
    })
}
