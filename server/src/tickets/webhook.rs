//! A system of any other kind: it gets signed JSON and answers with status 2xx.
//!
//! Each message has an id in `Inhouse-Delivery`, which stays the same when it is sent again, and
//! `Inhouse-Signature: t=…,v1=…`, the HMAC-SHA256 over `t.body` with the secret. An issue's key is
//! what the reply to `escalation.opened` names as `key`, else the escalation's id.

use super::choice::Reach;
use super::client::Calls;
use super::{Checked, Ticket, Tracker, TrackerError, signature};
use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use inhouse_guardrails::personal;
use inhouse_protocol::{EscalationId, TrackerSettings};
use inhouse_store::{TicketNews, TicketStatus, TicketUpdate};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// Where signed messages go.
#[derive(Debug, Clone)]
pub(super) struct Webhook {
    address: Url,
    settings: TrackerSettings,
    secret: inhouse_store::TrackerSecret,
    desk: String,
    calls: Calls,
}

impl Webhook {
    pub(super) fn open(
        settings: TrackerSettings,
        secret: inhouse_store::TrackerSecret,
        reach: &Reach,
    ) -> Result<Self, TrackerError> {
        let address = settings
            .address
            .parse()
            .map_err(|error| TrackerError::Address(format!("it is no address ({error})")))?;
        Ok(Self {
            address,
            settings,
            secret,
            desk: reach.desk.clone(),
            calls: Calls {
                outbound: reach.outbound(),
                headers: HeaderMap::new(),
            },
        })
    }

    async fn tell(&self, delivery: &str, message: &Value) -> Result<Vec<u8>, TrackerError> {
        let body = message.to_string();
        let now = jiff::Timestamp::now().as_second();
        let signed = signature::signed(self.secret.expose(), now, body.as_bytes());
        let signed = signed.and_then(|signed| HeaderValue::from_str(&signed).ok());
        let (Some(signed), Ok(delivery)) = (signed, HeaderValue::from_str(delivery)) else {
            return Err(TrackerError::Refused(
                "the message can't be signed".to_owned(),
            ));
        };
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("inhouse-signature"), signed);
        headers.insert(HeaderName::from_static("inhouse-delivery"), delivery);
        let address = self.address.clone();
        self.calls
            .send(Method::POST, address, headers, Some(body))
            .await
    }
}

#[async_trait]
impl Tracker for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    /// It can't be asked: the delivery's id keeps a second message from counting.
    async fn find(&self, _: &EscalationId) -> Result<Option<String>, TrackerError> {
        Ok(None)
    }

    async fn create(&self, ticket: &Ticket) -> Result<String, TrackerError> {
        let escalation = &ticket.escalation;
        let delivery = format!("{escalation}-opened");
        let mut message = json!({
            "event": "escalation.opened",
            "delivery": delivery,
            "escalation": escalation,
            "reason": ticket.reason,
            "queue": ticket.queue,
            "priority": ticket.priority,
            "due": ticket.due_at,
            "labels": self.settings.labels,
            "link": format!("{}{escalation}", self.desk),
        });
        if self.settings.include_question {
            message["question"] = json!(personal::mask(&ticket.question));
            message["department"] = json!(ticket.department);
        }
        let reply = self.tell(&delivery, &message).await?;
        let reply: Value = serde_json::from_slice(&reply).unwrap_or_default();
        let key = reply["key"].as_str().map(str::trim);
        let key = key.filter(|key| !key.is_empty() && key.chars().count() <= 100);
        Ok(key.unwrap_or(escalation.as_str()).to_owned())
    }

    fn settles_in(&self) -> Duration {
        self.calls.outbound.timeout()
    }

    async fn update(&self, update: &TicketUpdate) -> Result<Option<TicketStatus>, TrackerError> {
        let delivery = format!("{}-{}", update.escalation, update.revision);
        let mut message = json!({
            "event": "escalation.changed",
            "delivery": delivery,
            "escalation": update.escalation,
            "key": update.key,
            "state": if update.resolved { "resolved" } else { "open" },
        });
        if self.settings.send_replies {
            let replies = update.replies.iter();
            message["replies"] = replies
                .map(|(id, body)| json!({ "id": id, "body": body }))
                .collect();
        }
        self.tell(&delivery, &message).await?;
        Ok(None)
    }

    /// It can't be asked.
    async fn news(&self, _: Duration) -> Result<Vec<TicketNews>, TrackerError> {
        Ok(Vec::new())
    }

    fn link(&self, _: &str) -> Option<String> {
        None
    }

    async fn check(&self) -> Result<Checked, TrackerError> {
        let delivery = uuid::Uuid::now_v7().to_string();
        let message = json!({ "event": "ping", "delivery": delivery });
        self.tell(&delivery, &message).await?;
        Ok(Checked {
            found: "webhook, which took a signed message".to_owned(),
            missing: Vec::new(),
        })
    }
}
