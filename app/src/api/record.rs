//! The API of the log, of people's data and of the law.

use super::{Api, Reply, parse};
use inhouse_protocol::{
    EraseRequest, ErasureReport, HoldId, LegalHold, LogFilter, LogOpening, LogVerdict, NewHold,
    OpenLog, RunId, Timestamp, UserId,
};
use std::fmt::{Display, Write};

impl Api {
    /// Opens the log for a while; the reason is recorded.
    pub(crate) async fn open_log(&self, reason: String) -> Reply<LogOpening> {
        let path = "/api/v1/log/openings".to_owned();
        self.give("POST", path, &OpenLog { reason }).await
    }

    /// Follows the whole chain.
    pub(crate) async fn verify_log(&self) -> Reply<LogVerdict> {
        let path = "/api/v1/log/verify".to_owned();
        parse(&self.send("POST", path, None).await?)
    }

    /// What erasing the person would remove and keep.
    pub(crate) async fn preview_erasure(&self, person: &UserId) -> Reply<ErasureReport> {
        self.get(path::erasure(person)).await
    }

    pub(crate) async fn erase(
        &self,
        person: &UserId,
        request: &EraseRequest,
    ) -> Reply<ErasureReport> {
        self.give("POST", path::erasure(person), request).await
    }

    pub(crate) async fn place_hold(&self, hold: &NewHold) -> Reply<LegalHold> {
        self.give("POST", path::holds(), hold).await
    }

    pub(crate) async fn lift_hold(&self, id: &HoldId) -> Reply<()> {
        self.tell("DELETE", format!("{}/{id}", path::holds()), None)
            .await
    }

    /// The reader was told that an AI system answers.
    pub(crate) async fn ai_notice_seen(&self) -> Reply<()> {
        self.tell("POST", "/api/v1/me/ai-notice".to_owned(), None)
            .await
    }
}

/// What is read of the log: the query of the page's address and, in the same words, of the API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LogQuery {
    /// The record that holds the reason for reading; without one nothing is shown.
    pub(crate) opening: Option<i64>,
    pub(crate) filter: LogFilter,
    /// Only records before this one: the next page.
    pub(crate) before: Option<i64>,
}

impl LogQuery {
    /// Reads a query; what isn't in the form that it should have counts as absent.
    pub(crate) fn parse(get: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name| get(name)?.parse().ok();
        Self {
            opening: number("opening"),
            before: number("before"),
            filter: LogFilter {
                person: get("person").and_then(|id| id.parse().ok()),
                subject: get("subject").filter(|subject| is_subject(subject)),
                action: get("action").filter(|action| is_action(action)),
                from: number("from").map(Timestamp),
                until: number("until").map(Timestamp),
            },
        }
    }

    /// The query as text with its `?`; empty where nothing is asked for. All that can be in it is
    /// made of characters that need no escaping.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut add = |name: &str, value: Option<&dyn Display>| {
            if let Some(value) = value {
                let mark = if text.is_empty() { '?' } else { '&' };
                let _ = write!(text, "{mark}{name}={value}");
            }
        };
        let filter = &self.filter;
        let (from, until) = (filter.from.map(|at| at.0), filter.until.map(|at| at.0));
        add("opening", self.opening.as_ref().map(shown));
        add("person", filter.person.as_ref().map(shown));
        add("subject", filter.subject.as_ref().map(shown));
        add("action", filter.action.as_ref().map(shown));
        add("from", from.as_ref().map(shown));
        add("until", until.as_ref().map(shown));
        add("before", self.before.as_ref().map(shown));
        text
    }

    /// The page of the log with this query.
    pub(crate) fn page(&self) -> String {
        format!("/log{}", self.text())
    }

    /// The same from its newest record on, with another filter.
    pub(crate) fn with(&self, filter: LogFilter) -> Self {
        Self {
            opening: self.opening,
            filter,
            before: None,
        }
    }
}

fn shown<T: Display>(value: &T) -> &dyn Display {
    value
}

/// `kind:id`
fn is_subject(text: &str) -> bool {
    text.split_once(':').is_some_and(|(kind, id)| {
        let in_kind = |b: u8| b.is_ascii_lowercase() || b == b'_';
        let in_id = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        !kind.is_empty() && kind.bytes().all(in_kind) && !id.is_empty() && id.bytes().all(in_id)
    })
}

/// `run` or `run.ask`
fn is_action(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b"_.".contains(&b);
    !text.is_empty() && text.bytes().all(known)
}

/// Where things of the log, of people's data and of the law are.
pub(crate) mod path {
    use super::{LogQuery, RunId, UserId};

    pub(crate) fn log(query: &LogQuery) -> String {
        format!("/api/v1/log{}", query.text())
    }

    /// What the query shows, as a download: `jsonl` or `csv`.
    pub(crate) fn log_export(query: &LogQuery, format: &str) -> String {
        let whole = LogQuery {
            before: None,
            ..query.clone()
        };
        let text = whole.text();
        let mark = if text.is_empty() { '?' } else { '&' };
        format!("/api/v1/log/export{text}{mark}format={format}")
    }

    pub(crate) fn story(run: &RunId, opening: i64) -> String {
        format!("/api/v1/log/questions/{run}?opening={opening}")
    }

    /// Everything held on a person, as a download.
    pub(crate) fn export_of(person: &UserId) -> String {
        format!("/api/v1/people/{person}/export")
    }

    pub(super) fn erasure(person: &UserId) -> String {
        format!("/api/v1/people/{person}/erase")
    }

    pub(crate) fn holds() -> String {
        "/api/v1/holds".to_owned()
    }

    pub(crate) fn retention() -> String {
        "/api/v1/retention".to_owned()
    }

    pub(crate) fn law() -> String {
        "/api/v1/law".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::id;

    fn parsed(text: &str) -> LogQuery {
        LogQuery::parse(|name| {
            let mut pairs = text.trim_start_matches('?').split('&');
            let value = pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            value.map(str::to_owned)
        })
    }

    #[test]
    fn a_query_is_read_back_from_its_text() {
        let query = LogQuery {
            opening: Some(12),
            filter: LogFilter {
                person: Some(id("user-1")),
                subject: Some("document:0198-ab".to_owned()),
                action: Some("run.ask".to_owned()),
                from: Some(Timestamp(1)),
                until: Some(Timestamp(2)),
            },
            before: Some(7),
        };
        assert_eq!(
            query.text(),
            "?opening=12&person=user-1&subject=document:0198-ab&action=run.ask&from=1&until=2\
             &before=7"
        );
        assert_eq!(parsed(&query.text()), query);
        assert_eq!(LogQuery::default().page(), "/log");
    }

    #[test]
    fn what_is_no_query_of_the_log_is_left_out() {
        for text in [
            "?opening=x",
            "?person=a%20b",
            "?subject=document",
            "?subject=a:b&x",
            "?action=Run&until=",
            "?action=run'--",
        ] {
            let query = parsed(text);
            let subject = query.filter.subject.is_some();
            assert_eq!(subject, text.contains("a:b"), "{text}");
            assert_eq!(
                (query.opening, &query.filter.action),
                (None, &None),
                "{text}"
            );
            assert_eq!(query.filter.person, None, "{text}");
        }
    }

    #[test]
    fn an_export_holds_all_pages_of_what_is_shown() {
        let query = parsed("?opening=3&action=run&before=90");
        assert_eq!(
            path::log_export(&query, "csv"),
            "/api/v1/log/export?opening=3&action=run&format=csv"
        );
    }
}
