//! One record of the log: who did what, and what was kept of it.

use crate::api::LogQuery;
use crate::part::{Icon, IntoWhole, IntoWholes};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{LogFilter, LogRecord, RunId, UserId};
use leptos::prelude::*;
use serde_json::Value;

/// Kept by the product itself, of somebody who proved nothing of who they are.
const REFUSALS: [&str; 2] = ["session.refused", "token.refused"];

/// Records as a list, in their order. Links narrow `query` further.
pub(crate) fn record_list(records: Vec<LogRecord>, query: &LogQuery) -> AnyView {
    let rows = records
        .into_iter()
        .map(|record| row(record, query))
        .wholes();
    view! { <ol class="records">{rows}</ol> }.whole()
}

fn row(record: LogRecord, query: &LogQuery) -> AnyView {
    let place = text::record_place(record.seq);
    if record.withheld {
        return view! {
            <li class="record withheld">
                <p class="record-what">{Icon::Lock.view()} <strong>{text::WITHHELD}</strong></p>
                <p class="row-about">
                    <span class="record-place">{place}</span>
                    <Moment at=record.at />
                    <span>{text::WITHHELD_TEXT}</span>
                </p>
            </li>
        }
        .whole();
    }
    let story = question_of(&record)
        .zip(query.opening)
        .map(|(run, opening)| {
            let path = format!("/log/questions/{run}?opening={opening}");
            view! { <a href=path>{text::WHOLE_QUESTION}</a> }
        });
    let about = record.subject_name.clone();
    let at = record.at;
    view! {
        <li class="record">
            <p class="record-what">
                <strong>{who(&record)}</strong>
                " "
                <span>{text::action(&record.action)}</span>
                {about.map(|name| view! { ": " <span class="record-about">{name}</span> })}
            </p>
            <p class="row-about">
                <span class="record-place">{place.clone()}</span>
                <Moment at=at />
                {story}
            </p>
            <details>
                <summary>
                    {text::RECORD_DETAILS} <span class="visually-hidden">" " {place}</span>
                </summary>
                {details(record, query)}
            </details>
        </li>
    }
    .whole()
}

/// Who did it, by name where there is one.
fn who(record: &LogRecord) -> String {
    if let Some(name) = &record.actor_name {
        return name.clone();
    }
    match record.actor.as_str() {
        "operator" => text::THE_OPERATOR.to_owned(),
        "system" if REFUSALS.contains(&record.action.as_str()) => text::A_STRANGER.to_owned(),
        "system" => text::THE_SYSTEM.to_owned(),
        actor if actor.starts_with("user:") => text::SOMEBODY.to_owned(),
        actor => actor.to_owned(),
    }
}

/// The question that a record is about, if it is about one.
fn question_of(record: &LogRecord) -> Option<RunId> {
    match record.subject.split_once(':')? {
        ("run", id) => id.parse().ok(),
        _ => record.detail.get("run")?.as_str()?.parse().ok(),
    }
}

/// What is kept, with ways to the records of the same person or thing.
fn details(record: LogRecord, query: &LogQuery) -> AnyView {
    let filter = &query.filter;
    let person: Option<UserId> = record
        .actor
        .strip_prefix("user:")
        .and_then(|id| id.parse().ok());
    let of_person = person.map(|id| {
        let narrower = query.with(LogFilter {
            person: Some(id),
            ..filter.clone()
        });
        view! { <a href=narrower.page()>{text::ONLY_PERSON}</a> }
    });
    let of_this = query.with(LogFilter {
        subject: Some(record.subject.clone()),
        ..filter.clone()
    });
    let personal = if record.erased {
        view! { <p class="quiet">{text::PERSONAL_ERASED}</p> }.whole()
    } else {
        facts(&record.personal)
    };
    let has_personal = record.erased || !is_empty(&record.personal);
    view! {
        <dl class="facts">
            <dt>{text::KIND}</dt>
            <dd>
                <code>{record.action}</code>
            </dd>
            <dt>{text::PERSON_LABEL}</dt>
            <dd>
                <code>{record.actor}</code>
                " "
                {of_person}
            </dd>
            <dt>{text::ABOUT}</dt>
            <dd>
                <code>{record.subject}</code>
                " "
                <a href=of_this.page()>{text::ONLY_THIS}</a>
            </dd>
            {(!is_empty(&record.detail))
                .then(|| {
                    view! {
                        <dt>{text::RECORDED}</dt>
                        <dd>{facts(&record.detail)}</dd>
                    }
                })}
            {has_personal
                .then(|| {
                    view! {
                        <dt>{text::PERSONAL}</dt>
                        <dd>{personal}</dd>
                    }
                })}
            <dt>{text::HASH}</dt>
            <dd>
                <code>{record.hash}</code>
            </dd>
        </dl>
    }
    .whole()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// An object as names and values, anything else as its text.
pub(crate) fn facts(value: &Value) -> AnyView {
    let Value::Object(map) = value else {
        return plain(value).whole();
    };
    let rows = map
        .iter()
        .map(|(name, value)| {
            view! {
                <dt>{name.replace('_', " ")}</dt>
                <dd>{plain(value)}</dd>
            }
        })
        .wholes();
    view! { <dl class="facts inner">{rows}</dl> }.whole()
}

/// A value in one piece: texts as they are, lists of them with commas, what has more inside as
/// JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) if !list.iter().any(|one| one.is_object() || one.is_array()) => {
            list.iter().map(plain).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::Timestamp;
    use serde_json::json;

    fn record(actor: &str, subject: &str, detail: Value) -> LogRecord {
        LogRecord {
            seq: 7,
            at: Timestamp(0),
            withheld: false,
            actor: actor.to_owned(),
            actor_name: None,
            action: "run.finish".to_owned(),
            subject: subject.to_owned(),
            subject_name: None,
            detail,
            personal: Value::Null,
            erased: false,
            hash: String::new(),
        }
    }

    #[test]
    fn the_question_is_found_in_the_subject_or_in_what_was_recorded() {
        let of = |subject, detail| question_of(&record("system", subject, detail));
        assert_eq!(of("run:run-1", json!({})), Some(sample::id("run-1")));
        let detail = json!({ "run": "run-1" });
        assert_eq!(of("escalation:e-1", detail), Some(sample::id("run-1")));
        assert_eq!(of("document:d-1", json!({ "pages": 3 })), None);
        assert_eq!(of("", Value::Null), None);
    }

    #[test]
    fn whoever_has_no_name_is_still_said_in_words() {
        let name = |actor| who(&record(actor, "run:r", json!({})));
        assert_eq!(name("operator"), text::THE_OPERATOR);
        assert_eq!(name("user:user-1"), text::SOMEBODY);
        let mut refused = record("system", "user:user-1", json!({}));
        refused.action = "session.refused".to_owned();
        assert_eq!(who(&refused), text::A_STRANGER);
        let mut known = record("user:user-1", "run:r", json!({}));
        known.actor_name = Some("Ada".to_owned());
        assert_eq!(who(&known), "Ada");
    }

    #[test]
    fn values_read_as_text_and_only_nested_ones_as_json() {
        assert_eq!(plain(&json!("a\"b")), "a\"b");
        assert_eq!(plain(&json!(["a", 2, true])), "a, 2, true");
        assert_eq!(plain(&json!([{ "n": 1 }])), "[{\"n\":1}]");
        assert_eq!(plain(&Value::Null), "–");
    }
}
