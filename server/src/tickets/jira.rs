//! Jira, Data Center (`/rest/api/2`) and Cloud (`/rest/api/3`). An issue carries the label
//! `inhouse-<escalation>`, which is searched for before an issue is made: a reply that was lost
//! doesn't make a second one.

use super::client::Calls;
use super::{Ticket, Tracker, TrackerError, body};
use crate::config::{Config, JiraDeployment};
use crate::outbound::{AllowList, Outbound};
use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, HeaderValue, Method, header};
use inhouse_protocol::EscalationId;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// A project of a Jira.
#[derive(Debug, Clone)]
pub struct Jira {
    deployment: JiraDeployment,
    base_url: Url,
    project: String,
    issue_type: String,
    labels: Vec<String>,
    include_question: bool,
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
        let (Some(base_url), Some(token)) = (jira.base_url.clone(), &jira.token) else {
            return Ok(None);
        };
        let authorization = match jira.deployment {
            JiraDeployment::DataCenter => format!("Bearer {}", token.expose()),
            JiraDeployment::Cloud => {
                let pair = format!("{}:{}", jira.email, token.expose());
                format!("Basic {}", BASE64_STANDARD.encode(pair))
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let mut authorization = HeaderValue::from_str(&authorization).map_err(|_| {
            TrackerError::Refused("jira.token has characters that no token has".to_owned())
        })?;
        authorization.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, authorization);
        Ok(Some(Self {
            deployment: jira.deployment,
            base_url,
            project: jira.project.clone(),
            issue_type: jira.issue_type.clone(),
            labels: jira.labels.clone(),
            include_question: jira.include_question,
            desk: config.link("/desk/"),
            settle: Duration::from_secs(jira.settle_s),
            calls: Calls {
                outbound: Outbound::new(
                    AllowList::new("jira.allow", &jira.allow),
                    Duration::from_secs(jira.connect_timeout_s),
                    Duration::from_secs(jira.timeout_s),
                ),
                headers,
            },
        }))
    }

    fn url(&self, path: &str) -> Result<Url, TrackerError> {
        let version = match self.deployment {
            JiraDeployment::DataCenter => 2,
            JiraDeployment::Cloud => 3,
        };
        let base = self.base_url.as_str().trim_end_matches('/');
        format!("{base}/rest/api/{version}/{path}")
            .parse()
            .map_err(|error| TrackerError::Address(format!("{path} makes no address ({error})")))
    }

    async fn get(&self, path: &str) -> Result<Value, TrackerError> {
        self.calls.call(Method::GET, self.url(path)?, None).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, TrackerError> {
        self.calls
            .call(Method::POST, self.url(path)?, Some(body))
            .await
    }
}

/// The label by which an escalation's issue is found again.
fn label(escalation: &EscalationId) -> String {
    format!("inhouse-{escalation}")
}

#[async_trait]
impl Tracker for Jira {
    fn name(&self) -> &'static str {
        match self.deployment {
            JiraDeployment::DataCenter => "Jira Data Center",
            JiraDeployment::Cloud => "Jira Cloud",
        }
    }

    async fn find(&self, escalation: &EscalationId) -> Result<Option<String>, TrackerError> {
        let label = label(escalation);
        let query = json!({
            // The label's characters are letters, digits and hyphens: nothing to escape.
            "jql": format!("labels = \"{label}\" ORDER BY created ASC"),
            "maxResults": 5,
            "fields": ["labels"],
        });
        let path = match self.deployment {
            JiraDeployment::DataCenter => "search",
            JiraDeployment::Cloud => "search/jql",
        };
        let found = self.post(path, &query).await?;
        let issues = found["issues"].as_array().ok_or_else(|| {
            TrackerError::Unavailable("the search's reply has no list of issues".to_owned())
        })?;
        let ours = issues.iter().find(|issue| {
            let labels = issue["fields"]["labels"].as_array();
            labels.is_some_and(|labels| labels.iter().any(|l| l.as_str() == Some(&label)))
        });
        ours.map(key).transpose()
    }

    async fn create(&self, ticket: &Ticket) -> Result<String, TrackerError> {
        let link = format!("{}{}", self.desk, ticket.escalation);
        let text = body::text(ticket, link, self.include_question);
        let mut labels = self.labels.clone();
        labels.push(label(&ticket.escalation));
        let issue = json!({"fields": {
            "project": {"key": self.project},
            "issuetype": {"name": self.issue_type},
            "summary": text.summary,
            "description": match self.deployment {
                JiraDeployment::DataCenter => text.wiki(),
                JiraDeployment::Cloud => text.adf(),
            },
            "labels": labels,
        }});
        key(&self.post("issue", &issue).await?)
    }

    fn settles_in(&self) -> Duration {
        self.calls.outbound.timeout() + self.settle
    }

    async fn check(&self) -> Result<String, TrackerError> {
        let me = self.get("myself").await?;
        let who = me["displayName"]
            .as_str()
            .unwrap_or("an account without a name");
        let project = self.get(&format!("project/{}", self.project)).await?;
        if let Some(types) = project["issueTypes"].as_array()
            && !types
                .iter()
                .any(|kind| kind["name"].as_str() == Some(&self.issue_type))
        {
            let names: Vec<_> = types
                .iter()
                .filter_map(|kind| kind["name"].as_str())
                .collect();
            return Err(TrackerError::Refused(format!(
                "project {} has no issue type '{}'; it has {}",
                self.project,
                self.issue_type,
                names.join(", ")
            )));
        }
        Ok(format!(
            "{}, project {}, as {who}",
            self.name(),
            self.project
        ))
    }
}

/// The key of an issue in a reply. Where it is missing, the issue may be there nevertheless.
fn key(issue: &Value) -> Result<String, TrackerError> {
    issue["key"]
        .as_str()
        .filter(|key| !key.is_empty() && key.len() <= 100)
        .map(str::to_owned)
        .ok_or_else(|| TrackerError::Unavailable("the reply names no issue".to_owned()))
}
