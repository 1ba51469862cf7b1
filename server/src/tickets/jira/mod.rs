//! Jira: Data Center (`/rest/api/2`), Cloud (`/rest/api/3`), and requests of a service desk of
//! either (`/rest/servicedeskapi`).
//!
//! An issue can be found by its escalation from the moment on when it is there, so that a reply
//! that was lost doesn't make a second one: by the label `inhouse-<escalation>`, and a request, which
//! takes no labels, by the reference in its summary.

mod fields;
mod follow;
mod service;
mod setup;

pub(super) use follow::{comment, not_ours, status};

use super::choice::Reach;
use super::client::Calls;
use super::{Checked, Ticket, Tracker, TrackerError};
use crate::config::{Config, JiraDeployment};
use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use inhouse_protocol::{EscalationId, TrackerKind, TrackerSettings};
use inhouse_store::{TicketNews, TicketStatus, TicketUpdate};
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// Where Jira's own interface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deployment {
    DataCenter,
    Cloud,
}

/// A Jira, with how issues are made in it.
#[derive(Debug, Clone)]
pub struct Jira {
    deployment: Deployment,
    /// Without a slash at its end.
    base: String,
    settings: TrackerSettings,
    /// The desk's address; an escalation's id follows it.
    desk: String,
    settle: Duration,
    calls: Calls,
}

impl Jira {
    /// The Jira that `config` names; `None` if it names none.
    ///
    /// # Errors
    /// When the token has characters that no HTTP header can hold.
    pub fn new(config: &Config) -> Result<Option<Self>, TrackerError> {
        let jira = &config.jira;
        let (Some(base_url), Some(token)) = (&jira.base_url, &jira.token) else {
            return Ok(None);
        };
        let settings = TrackerSettings {
            name: "Jira".to_owned(),
            kind: match jira.deployment {
                JiraDeployment::DataCenter => TrackerKind::JiraDataCenter,
                JiraDeployment::Cloud => TrackerKind::JiraCloud,
            },
            address: base_url.to_string(),
            project: jira.project.clone(),
            issue_type: jira.issue_type.clone(),
            account: jira.email.clone(),
            labels: jira.labels.clone(),
            include_question: jira.include_question,
            ..TrackerSettings::default()
        };
        Self::open(settings, token.expose(), &Reach::of(config)).map(Some)
    }

    /// The Jira of these settings.
    ///
    /// # Errors
    /// When the token has characters that no HTTP header can hold.
    pub(super) fn open(
        settings: TrackerSettings,
        token: &str,
        reach: &Reach,
    ) -> Result<Self, TrackerError> {
        let deployment = match settings.kind {
            TrackerKind::JiraCloud => Deployment::Cloud,
            TrackerKind::JiraServiceManagement if settings.account.contains('@') => {
                Deployment::Cloud
            }
            TrackerKind::JiraDataCenter
            | TrackerKind::JiraServiceManagement
            | TrackerKind::Webhook => Deployment::DataCenter,
        };
        let authorization = match deployment {
            Deployment::DataCenter => format!("Bearer {token}"),
            Deployment::Cloud => {
                let pair = format!("{}:{token}", settings.account);
                format!("Basic {}", BASE64_STANDARD.encode(pair))
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let mut authorization = HeaderValue::from_str(&authorization).map_err(|_| {
            TrackerError::Refused("the token has characters that no token has".to_owned())
        })?;
        authorization.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, authorization);
        if settings.kind == TrackerKind::JiraServiceManagement {
            // Data Center wants to be told that parts of that interface may change.
            let name = HeaderName::from_static("x-experimentalapi");
            headers.insert(name, HeaderValue::from_static("opt-in"));
        }
        Ok(Self {
            deployment,
            base: settings.address.trim_end_matches('/').to_owned(),
            settings,
            desk: reach.desk.clone(),
            settle: reach.settle,
            calls: Calls {
                outbound: reach.outbound(),
                headers,
            },
        })
    }

    /// Whether issues are requests of a service desk.
    fn makes_requests(&self) -> bool {
        self.settings.kind == TrackerKind::JiraServiceManagement
    }

    fn url(&self, path: &str) -> Result<Url, TrackerError> {
        format!("{}/rest/{path}", self.base)
            .parse()
            .map_err(|error| TrackerError::Address(format!("{path} makes no address ({error})")))
    }

    /// The path of Jira's own interface.
    fn api(&self, path: &str) -> String {
        match self.deployment {
            Deployment::DataCenter => format!("api/2/{path}"),
            Deployment::Cloud => format!("api/3/{path}"),
        }
    }

    async fn get(&self, path: &str) -> Result<Value, TrackerError> {
        self.calls.call(Method::GET, self.url(path)?, None).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, TrackerError> {
        self.calls
            .call(Method::POST, self.url(path)?, Some(body))
            .await
    }

    /// A page of the issues that a query finds, with the given fields.
    async fn search(&self, query: &Value) -> Result<(Vec<Value>, Value), TrackerError> {
        let path = match self.deployment {
            Deployment::DataCenter => "search",
            Deployment::Cloud => "search/jql",
        };
        let mut found = self.post(&self.api(path), query).await?;
        let issues = list(&mut found, "issues").ok_or_else(|| {
            TrackerError::Unavailable("the search's reply has no list of issues".to_owned())
        })?;
        Ok((issues, found))
    }

    /// The project and the type for what is in a queue.
    fn place(&self, queue: &str) -> (&str, &str) {
        let route = self.settings.routes.iter().find(|r| r.queue == queue);
        match route {
            Some(route) => (&route.project, &route.issue_type),
            None => (&self.settings.project, &self.settings.issue_type),
        }
    }

    /// Every project with a type in it that issues are made in.
    fn places(&self) -> Vec<(&str, &str)> {
        let mut places = Vec::new();
        if !self.settings.only_routes {
            places.push((
                self.settings.project.as_str(),
                self.settings.issue_type.as_str(),
            ));
        }
        for route in &self.settings.routes {
            let place = (route.project.as_str(), route.issue_type.as_str());
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }
}

/// The label by which an escalation's issue is found again.
fn label(escalation: &EscalationId) -> String {
    format!("inhouse-{escalation}")
}

#[async_trait]
impl Tracker for Jira {
    fn name(&self) -> &'static str {
        match (self.makes_requests(), self.deployment) {
            (true, _) => "Jira Service Management",
            (false, Deployment::DataCenter) => "Jira Data Center",
            (false, Deployment::Cloud) => "Jira Cloud",
        }
    }

    async fn find(&self, escalation: &EscalationId) -> Result<Option<String>, TrackerError> {
        let (label, by_summary) = (label(escalation), self.makes_requests());
        // Both hold letters, digits and hyphens: nothing to escape.
        let which = if by_summary {
            format!(r#"summary ~ "\"{escalation}\"""#)
        } else {
            format!(r#"labels = "{label}""#)
        };
        let query = json!({
            "jql": format!("{which} ORDER BY created ASC"),
            "maxResults": 5,
            "fields": [if by_summary { "summary" } else { "labels" }],
        });
        let (issues, _) = self.search(&query).await?;
        let ours = issues.iter().find(|issue| {
            let fields = &issue["fields"];
            if by_summary {
                let summary = fields["summary"].as_str();
                return summary.is_some_and(|summary| summary.contains(escalation.as_str()));
            }
            let labels = fields["labels"].as_array();
            labels.is_some_and(|labels| labels.iter().any(|l| l.as_str() == Some(&label)))
        });
        ours.map(|issue| key(&issue["key"])).transpose()
    }

    async fn create(&self, ticket: &Ticket) -> Result<String, TrackerError> {
        if self.makes_requests() {
            return self.create_request(ticket).await;
        }
        let issue = json!({ "fields": self.fields(ticket) });
        key(&self.post(&self.api("issue"), &issue).await?["key"])
    }

    fn settles_in(&self) -> Duration {
        self.calls.outbound.timeout() + self.settle
    }

    async fn update(&self, update: &TicketUpdate) -> Result<Option<TicketStatus>, TrackerError> {
        let status = self.bring(&update.key, update.resolved).await?;
        if self.settings.send_replies && !update.replies.is_empty() {
            self.add_comments(&update.key, &update.replies).await?;
        }
        Ok(Some(status))
    }

    async fn news(&self, within: Duration) -> Result<Vec<TicketNews>, TrackerError> {
        self.changed(within).await
    }

    fn link(&self, key: &str) -> Option<String> {
        let mut address: Url = self.base.parse().ok()?;
        // What the operator may have put there to sign in with is nobody's to see.
        address.set_username("").ok()?;
        address.set_password(None).ok()?;
        let base = address.as_str().trim_end_matches('/');
        Some(format!("{base}/browse/{key}"))
    }

    async fn check(&self) -> Result<Checked, TrackerError> {
        self.look().await
    }
}

/// The list of this name in a reply.
fn list(reply: &mut Value, name: &str) -> Option<Vec<Value>> {
    match reply.get_mut(name)?.take() {
        Value::Array(list) => Some(list),
        _ => None,
    }
}

/// The key of an issue in a reply. Where it is missing, the issue may be there nevertheless.
fn key(key: &Value) -> Result<String, TrackerError> {
    key.as_str()
        .filter(|key| (1..=100).contains(&key.len()))
        .filter(|key| {
            key.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        })
        .map(str::to_owned)
        .ok_or_else(|| TrackerError::Unavailable("the reply names no issue".to_owned()))
}
