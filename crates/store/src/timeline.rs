//! The timeline of an escalation: who did what, in words. Lines are only ever added.
//!
//! A line holds ids and names of states, never words of a question or a reply; who and what they
//! name is looked up when it is read.

use crate::access::Principal;
use crate::escalations::name_of;
use crate::row::{Columns, placeholders};
use crate::write::Write;
use crate::{Result, Store};
use inhouse_protocol::{EscalationId, TimelineEntry, Timestamp};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeSet, HashMap};

/// Adds a line to an escalation whose row the transaction holds. No actor: the system. `detail` is
/// an object.
pub(crate) async fn note(
    write: &mut Write,
    id: &EscalationId,
    actor: Option<&str>,
    kind: &str,
    detail: Value,
) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO escalation_events (escalation_id, number, at, actor_id, kind, detail)
         VALUES ($1, (SELECT COALESCE(MAX(v.number), 0) + 1 FROM escalation_events v
                      WHERE v.escalation_id = $1), $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(now)
    .bind(actor)
    .bind(kind)
    .bind(detail.to_string())
    .execute(write.connection())
    .await?;
    Ok(())
}

/// [`note`] for whoever acts; the operator is told from the system.
pub(crate) async fn by(
    write: &mut Write,
    id: &EscalationId,
    by: &Principal,
    kind: &str,
    mut detail: Value,
) -> Result<()> {
    if by.is_operator() {
        detail["operator"] = true.into();
    }
    note(write, id, by.user_id(), kind, detail).await
}

/// What the ids in a timeline are called now.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn of(&self, id: &Value, otherwise: &str) -> String {
        let known = id.as_str().and_then(|id| self.0.get(id));
        known.map_or_else(|| otherwise.to_owned(), Clone::clone)
    }
}

/// A line before it is put into words.
struct Line {
    at: Timestamp,
    actor_id: Option<String>,
    actor: String,
    kind: String,
    detail: Value,
}

impl Store {
    /// The timeline of an escalation, the oldest line first, as `of` may read it: a queue that they
    /// may not see has no name.
    pub(crate) async fn timeline(
        &self,
        of: &Principal,
        id: &EscalationId,
    ) -> Result<Vec<TimelineEntry>> {
        let rows = sqlx::query(concat!(
            "SELECT v.at, v.actor_id, v.kind, v.detail, ",
            name_of!("u"),
            " AS actor FROM escalation_events v LEFT JOIN users u ON u.id = v.actor_id
             WHERE v.escalation_id = $1 ORDER BY v.number",
        ))
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut lines = Vec::with_capacity(rows.len());
        for row in &rows {
            lines.push(Line {
                at: row.time("at")?,
                actor_id: row.maybe_text("actor_id")?,
                actor: row.text("actor")?,
                kind: row.text("kind")?,
                detail: row.json("detail")?,
            });
        }
        let names = self.names_in(of, &lines).await?;
        let entries = lines.into_iter().map(|line| {
            let words = words(&line, &names);
            let named = line.actor_id.is_some() || line.detail["operator"] == json!(true);
            TimelineEntry {
                at: line.at,
                actor: named.then_some(line.actor),
                kind: line.kind,
                words,
            }
        });
        Ok(entries.collect())
    }

    async fn names_in(&self, of: &Principal, lines: &[Line]) -> Result<Names> {
        let ids = |field: &str| -> BTreeSet<String> {
            let values = lines.iter().filter_map(|line| line.detail[field].as_str());
            values.map(str::to_owned).collect()
        };
        let mut queues = ids("queue");
        for hidden in self.hidden_queues(of).await? {
            queues.remove(&hidden);
        }
        let mut names = Names::default();
        for (ids, sql) in [
            (
                ids("to"),
                "SELECT id, name FROM users WHERE erased_at IS NULL AND id IN",
            ),
            (queues, "SELECT id, name FROM queues WHERE id IN"),
        ] {
            if ids.is_empty() {
                continue;
            }
            let sql = format!("{sql} ({})", placeholders(1, ids.len()));
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id);
            }
            for row in query.fetch_all(&self.pool).await? {
                names.0.insert(row.text("id")?, row.text("name")?);
            }
        }
        Ok(names)
    }
}

/// What was done, as the end of a sentence that begins with whoever did it.
fn words(line: &Line, names: &Names) -> String {
    let detail = &line.detail;
    let queue = || match names.of(&detail["queue"], "") {
        name if name.is_empty() => "a queue that only its members see".to_owned(),
        name => format!("the queue '{name}'"),
    };
    let said = |field: &str| detail[field].as_str().unwrap_or_default();
    match line.kind.as_str() {
        "opened" => format!("put it into {}", queue()),
        "queue" => format!("moved it to {}", queue()),
        "priority" => format!("set its priority to {}", said("priority")),
        "assigned" => assigned(line, names),
        "snoozed" => format!("put it aside until {}", day(&detail["until"])),
        "woken" => "brought it back to the list".to_owned(),
        "waiting" => "stopped the clock until the asker has said more".to_owned(),
        "resumed" => "let the clock go on".to_owned(),
        "reply" if said("state") == "resolved" => "replied and resolved it".to_owned(),
        "reply" if detail["duplicate"] == json!(true) => {
            "replied to the question that it is a duplicate of".to_owned()
        }
        "reply" => "replied".to_owned(),
        "note" => "wrote an internal note".to_owned(),
        "asker" => "added a message".to_owned(),
        "state" => stood(said("state")),
        "merged" if detail.get("duplicate").is_some() => "merged a duplicate into it".to_owned(),
        "merged" => "merged it into another question, as a duplicate".to_owned(),
        "split" if detail.get("new").is_some() => "split off a part of it".to_owned(),
        "split" => "split it off from another question".to_owned(),
        "withdrawn" => "withdrew it".to_owned(),
        "reopened" => "opened it again".to_owned(),
        "rated" => format!("rated it {} of 5", detail["rating"]),
        "draft" => drafted(said("state")).to_owned(),
        "ticket" => ticket(detail),
        "warned" => format!("warned: the time for {} is nearly over", part(detail)),
        "breached" => format!("noted that the time for {} is over", part(detail)),
        "published" => "published the reply as an approved answer".to_owned(),
        other => other.to_owned(),
    }
}

fn assigned(line: &Line, names: &Names) -> String {
    let to = &line.detail["to"];
    if to.is_null() {
        return "gave it back: it is nobody's now".to_owned();
    }
    if to.as_str() == line.actor_id.as_deref() {
        return "took it".to_owned();
    }
    let name = names.of(to, "an erased person");
    match line.detail["turn"].as_bool() {
        Some(true) => format!("gave it to {name}, whose turn it was"),
        _ => format!("gave it to {name}"),
    }
}

fn stood(state: &str) -> String {
    match state {
        "open" => "opened it again".to_owned(),
        "answered" => "marked it as answered".to_owned(),
        "resolved" => "resolved it".to_owned(),
        other => format!("set it to {other}"),
    }
}

fn drafted(state: &str) -> &'static str {
    match state {
        "accepted" => "sent the model's draft as it was",
        "edited" => "sent the model's draft after changes",
        "rejected" => "rejected the model's draft",
        _ => "had a reply drafted by the model",
    }
}

fn ticket(detail: &Value) -> String {
    if let Some(key) = detail["key"].as_str() {
        return format!("made the issue {key} of it");
    }
    if let Some(state) = detail["state"].as_str() {
        return format!("saw that its issue is now '{state}'");
    }
    if detail["comment"] == json!(true) {
        return "took over a comment on its issue".to_owned();
    }
    "asked for an issue in the ticket tracker".to_owned()
}

/// The part of the service level that a line is about.
fn part(detail: &Value) -> &'static str {
    match detail["what"].as_str() {
        Some("first_reply") => "the first reply",
        Some("resolution") => "the resolution",
        _ => "it",
    }
}

/// A day in words, of a time in milliseconds.
fn day(at: &Value) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, day) = Timestamp(at.as_i64().unwrap_or_default()).day().civil();
    let month = usize::try_from(month).unwrap_or(1).clamp(1, 12);
    format!("{day} {} {year}", MONTHS[month - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(actor: Option<&str>, kind: &str, detail: Value) -> String {
        let line = Line {
            at: Timestamp(0),
            actor_id: actor.map(str::to_owned),
            actor: "Lena".into(),
            kind: kind.into(),
            detail,
        };
        let named = [("q1", "HR"), ("u1", "Lena"), ("u2", "Lea")];
        let names = named.map(|(id, name)| (id.to_owned(), name.to_owned()));
        words(&line, &Names(names.into()))
    }

    #[test]
    fn a_line_says_who_it_was_given_to() {
        let by_lena = Some("u1");
        assert_eq!(said(by_lena, "assigned", json!({ "to": "u1" })), "took it");
        assert_eq!(
            said(by_lena, "assigned", json!({ "to": "u2" })),
            "gave it to Lea"
        );
        assert_eq!(
            said(None, "assigned", json!({ "to": "u2", "turn": true })),
            "gave it to Lea, whose turn it was"
        );
        assert_eq!(
            said(by_lena, "assigned", json!({ "to": null })),
            "gave it back: it is nobody's now"
        );
        assert_eq!(
            said(by_lena, "assigned", json!({ "to": "u9" })),
            "gave it to an erased person"
        );
    }

    #[test]
    fn a_line_names_queues_days_and_states() {
        assert_eq!(
            said(None, "opened", json!({ "queue": "q1" })),
            "put it into the queue 'HR'"
        );
        assert_eq!(
            said(None, "queue", json!({ "queue": "q2" })),
            "moved it to a queue that only its members see"
        );
        let until = json!({ "until": 1_777_885_200_000_i64 });
        assert_eq!(
            said(None, "snoozed", until),
            "put it aside until 4 May 2026"
        );
        assert_eq!(
            said(None, "state", json!({ "state": "open" })),
            "opened it again"
        );
        assert_eq!(
            said(None, "warned", json!({ "what": "first_reply" })),
            "warned: the time for the first reply is nearly over"
        );
    }
}
