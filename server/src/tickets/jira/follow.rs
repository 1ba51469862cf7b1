//! An issue's life after it was made: its status, its comments, what changed in a while.

use super::{Deployment, Jira, key, list};
use crate::tickets::{TrackerError, body};
use inhouse_protocol::{ReplyId, Timestamp};
use inhouse_store::{TicketComment, TicketNews, TicketStatus};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

/// Issues of one page, and pages read at most in one look.
const PAGE: usize = 50;
const PAGES: usize = 20;
/// Comments of an issue that are read: the newest.
const COMMENTS: usize = 50;

impl Jira {
    /// Brings an issue to a status of the category 'done', or out of it, where its workflow has a
    /// transition for that now. Gives how it stands then.
    pub(super) async fn bring(&self, key: &str, done: bool) -> Result<TicketStatus, TrackerError> {
        let status = self.status_of(key).await?;
        if status.done == done {
            return Ok(status);
        }
        let path = self.api(&format!("issue/{key}/transitions"));
        let mut known = self
            .get(&format!("{path}?expand=transitions.fields"))
            .await?;
        let transitions = list(&mut known, "transitions").unwrap_or_default();
        let Some(transition) = chosen(&transitions, done) else {
            tracing::warn!(key, done, "the issue's workflow has no way there now");
            return Ok(status);
        };
        self.post(&path, &transition).await?;
        self.status_of(key).await
    }

    async fn status_of(&self, key: &str) -> Result<TicketStatus, TrackerError> {
        let path = self.api(&format!("issue/{key}?fields=status,updated"));
        let issue = self.get(&path).await?;
        status(&issue["fields"]).ok_or_else(|| {
            TrackerError::Unavailable("the issue's status is not in the reply".to_owned())
        })
    }

    /// Adds the replies that are not there yet. Each carries its id, by which it is found again
    /// after a lost reply, and known as ours.
    pub(super) async fn add_comments(
        &self,
        key: &str,
        replies: &[(ReplyId, String)],
    ) -> Result<(), TrackerError> {
        let path = self.api(&format!("issue/{key}/comment"));
        let mut there = Vec::new();
        loop {
            let start = there.len();
            let page = format!("{path}?startAt={start}&maxResults=100");
            let page = comments(&self.get(&page).await?["comments"]);
            let last = page.len() < 100;
            there.extend(page);
            if last {
                break;
            }
        }
        for (reply, text) in replies {
            let mark = mark(reply);
            if there.iter().any(|comment| comment.body.contains(&mark)) {
                continue;
            }
            let paragraphs = format!("{text}\n\n({mark})");
            let body = match self.deployment {
                Deployment::DataCenter => body::plain_wiki(&paragraphs),
                Deployment::Cloud => body::plain_adf(&paragraphs),
            };
            self.post(&path, &json!({ "body": body })).await?;
        }
        Ok(())
    }

    /// Issues of ours that changed within this time, the longest ago first, with their newest
    /// comments.
    pub(super) async fn changed(&self, within: Duration) -> Result<Vec<TicketNews>, TrackerError> {
        let mut projects = String::new();
        for (project, _) in self.places() {
            let comma = if projects.is_empty() { "" } else { ", " };
            // Keys of projects are letters, digits and underscores.
            let _ = write!(projects, "{comma}\"{project}\"");
        }
        // Relative, since a point in time is read in the account's time zone.
        let minutes = within.as_secs().div_ceil(60).max(1);
        let jql =
            format!("project in ({projects}) AND updated >= \"-{minutes}m\" ORDER BY updated ASC");
        let mut query = json!({
            "jql": jql,
            "maxResults": PAGE,
            "fields": ["status", "updated", "labels", "summary"],
        });
        let mut news = Vec::new();
        for page in 1..=PAGES {
            let (issues, rest) = self.search(&query).await?;
            let last = issues.len() < PAGE || rest["isLast"].as_bool() == Some(true);
            for issue in issues.iter().filter(|issue| is_ours(&issue["fields"])) {
                news.push(self.news_of(issue).await?);
            }
            if last {
                break;
            }
            match self.deployment {
                Deployment::DataCenter => query["startAt"] = json!(page * PAGE),
                Deployment::Cloud => query["nextPageToken"] = rest["nextPageToken"].clone(),
            }
        }
        Ok(news)
    }

    async fn news_of(&self, issue: &Value) -> Result<TicketNews, TrackerError> {
        let key = key(&issue["key"])?;
        let path = format!("issue/{key}/comment?orderBy=-created&maxResults={COMMENTS}");
        let reply = self.get(&self.api(&path)).await?;
        let mut comments = comments(&reply["comments"]);
        comments.reverse();
        Ok(TicketNews {
            status: status(&issue["fields"]),
            comments: not_ours(comments),
            key,
        })
    }
}

/// The body of the transition that leads into a status of the category 'done', or out of it.
fn chosen(transitions: &[Value], done: bool) -> Option<Value> {
    let category = |transition: &Value| {
        let key = &transition["to"]["statusCategory"]["key"];
        key.as_str().unwrap_or_default().to_owned()
    };
    let found = transitions
        .iter()
        .filter(|transition| (category(transition) == "done") == done)
        // Taken up again, it is better at the beginning than in somebody's work.
        .min_by_key(|transition| category(transition) != "new")?;
    let mut body = json!({ "transition": { "id": found["id"] } });
    let resolution = &found["fields"]["resolution"];
    if resolution["required"].as_bool() == Some(true)
        && let Some(name) = resolution["allowedValues"][0]["name"].as_str()
    {
        body["fields"] = json!({ "resolution": { "name": name } });
    }
    Some(body)
}

/// Whether an issue is one that we made.
fn is_ours(fields: &Value) -> bool {
    let labels = fields["labels"].as_array().into_iter().flatten();
    let labelled = labels
        .filter_map(Value::as_str)
        .any(|label| label.starts_with("inhouse-"));
    let summary = fields["summary"].as_str().unwrap_or_default();
    labelled || summary.starts_with(body::SUMMARY)
}

/// The text by which a comment is known as one of our replies.
fn mark(reply: &ReplyId) -> String {
    format!("{MARK}{reply}")
}

const MARK: &str = "inhouse-reply-";

/// Without what we wrote ourselves.
pub(in crate::tickets) fn not_ours(mut comments: Vec<TicketComment>) -> Vec<TicketComment> {
    comments.retain(|comment| !comment.body.contains(MARK));
    comments
}

/// How an issue stands, by its fields.
pub(in crate::tickets) fn status(fields: &Value) -> Option<TicketStatus> {
    let status = &fields["status"];
    Some(TicketStatus {
        name: status["name"].as_str()?.chars().take(100).collect(),
        done: status["statusCategory"]["key"].as_str() == Some("done"),
        at: fields["updated"].as_str().and_then(moment)?,
    })
}

/// `2026-05-04T09:00:00.000+0000`, as both Jiras write it.
fn moment(text: &str) -> Option<Timestamp> {
    let at = jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?;
    Some(Timestamp(at.as_millisecond()))
}

/// The comments of a list, in its order.
fn comments(all: &Value) -> Vec<TicketComment> {
    let all = all.as_array().into_iter().flatten();
    all.filter_map(comment).collect()
}

/// A comment; its text is plain or an Atlassian document.
pub(in crate::tickets) fn comment(value: &Value) -> Option<TicketComment> {
    let author = value["author"]["displayName"].as_str();
    Some(TicketComment {
        id: value["id"]
            .as_str()
            .filter(|id| id.len() <= 100)?
            .to_owned(),
        author: author.unwrap_or("Somebody").chars().take(200).collect(),
        body: match &value["body"] {
            Value::String(text) => text.clone(),
            document => {
                let mut text = String::new();
                words(document, &mut text);
                text
            }
        },
    })
}

/// The text of an Atlassian document, its blocks on lines of their own.
fn words(node: &Value, out: &mut String) {
    match node["type"].as_str() {
        Some("text") => out.push_str(node["text"].as_str().unwrap_or_default()),
        Some("hardBreak") => out.push('\n'),
        Some("mention") => out.push_str(node["attrs"]["text"].as_str().unwrap_or_default()),
        kind => {
            for child in node["content"].as_array().into_iter().flatten() {
                words(child, out);
            }
            let is_block = matches!(kind, Some("paragraph" | "heading" | "codeBlock"));
            if is_block && !out.ends_with('\n') {
                out.push('\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transition(id: &str, category: &str) -> Value {
        json!({ "id": id, "to": { "name": id, "statusCategory": { "key": category } } })
    }

    #[test]
    fn a_transition_is_chosen_by_the_category_that_it_leads_to() {
        let all = [
            transition("11", "indeterminate"),
            transition("21", "new"),
            transition("31", "done"),
        ];
        let id = |done| chosen(&all, done).unwrap()["transition"]["id"].clone();
        assert_eq!(id(true), "31");
        assert_eq!(id(false), "21");
        assert_eq!(chosen(&all[..2], true), None);
    }

    #[test]
    fn a_resolution_that_is_required_is_given() {
        let mut way = transition("31", "done");
        way["fields"] = json!({ "resolution": {
            "required": true, "allowedValues": [{ "name": "Done" }, { "name": "Won't do" }],
        } });
        let body = chosen(&[way], true).unwrap();
        assert_eq!(body["fields"]["resolution"]["name"], "Done");
    }

    #[test]
    fn jiras_times_are_read_with_their_zone() {
        let utc = moment("2026-05-04T09:00:00.123+0000");
        assert_eq!(utc, Some(Timestamp(1_777_885_200_123)));
        assert_eq!(moment("2026-05-04T11:00:00.123+0200"), utc);
        assert_eq!(moment("yesterday"), None);
    }

    #[test]
    fn a_comment_in_atlassians_format_becomes_plain_text() {
        let paragraph = |text: &str| json!({ "type": "paragraph", "content": [{ "type": "text", "text": text }] });
        let value = json!({
            "id": "7",
            "author": { "displayName": "Jana" },
            "body": { "type": "doc", "version": 1, "content": [paragraph("One."), paragraph("Two.")] },
        });
        let comment = comment(&value).unwrap();
        assert_eq!(
            (comment.author.as_str(), comment.body.as_str()),
            ("Jana", "One.\nTwo.\n")
        );
    }
}
