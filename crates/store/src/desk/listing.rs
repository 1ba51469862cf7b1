//! The desk's list, and the past cases that a new one is compared with.

use super::of_others;
use crate::access::Principal;
use crate::escalations::Reader;
use crate::row::{Columns, placeholders};
use crate::{Result, Store, StoreError, restricted};
use inhouse_protocol::{DeskFilter, EscalationId, EscalationState, EscalationSummary, Priority};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// The most escalations of a list.
const LIST: usize = 1_000;
/// The most past escalations that are compared with at once.
const PAST: u32 = 500;

/// What is due next: the first reply or the resolution, whichever is not met and comes first. None
/// while the clock stands still, and for what is closed.
const NEXT_DUE: &str = "CASE
    WHEN e.state = 'resolved' OR e.waiting_since IS NOT NULL THEN NULL
    WHEN e.first_reply_at IS NULL AND e.first_reply_due_at IS NOT NULL
         AND (e.resolution_due_at IS NULL OR e.first_reply_due_at < e.resolution_due_at)
        THEN e.first_reply_due_at
    ELSE e.resolution_due_at END";

/// Which rows, and what their placeholders stand for.
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// The queues whose content must not be shown.
    fn without(hidden: Vec<String>) -> Self {
        let mut conditions = Self {
            sql: Vec::new(),
            values: Vec::new(),
        };
        if !hidden.is_empty() {
            let list = placeholders(1, hidden.len());
            conditions.sql.push(format!("e.queue_id NOT IN ({list})"));
            conditions
                .values
                .extend(hidden.into_iter().map(Value::from));
        }
        conditions
    }

    /// A condition that ends with what the value is compared with.
    fn add(&mut self, condition: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.sql.push(format!("{condition} ${}", self.values.len()));
    }

    fn rest(&self, order: &str) -> String {
        match self.sql.as_slice() {
            [] => format!("ORDER BY {order}"),
            sql => format!("WHERE {} ORDER BY {order}", sql.join(" AND ")),
        }
    }
}

impl Store {
    /// The desk's list, at most 1,000. `NotFound` unless the principal works the desk, `Invalid`
    /// for a filter's word that there isn't.
    pub async fn escalations(
        &self,
        by: &Principal,
        filter: &DeskFilter,
    ) -> Result<Vec<EscalationSummary>> {
        restricted::desk_only(by)?;
        let mut conditions = Conditions::without(self.hidden_queues(by).await?);
        choose(&mut conditions, by, filter)?;
        if !wanted(filter.snoozed.as_deref())? {
            conditions.add("COALESCE(e.snoozed_until, 0) <=", Value::from(self.now().0));
        }
        let rest = conditions.rest(&order(filter.sort.as_deref())?);
        let mut rows = self.escalations_where(&rest, &conditions.values).await?;
        keep_with_words(&mut rows, filter.q.as_deref())?;
        rows.truncate(LIST);
        self.note_list(by, &rows, filter).await?;
        let rows = rows.iter();
        rows.map(|row| self.summary_of(row, Reader::Desk)).collect()
    }

    /// What was asked before, the newest first and `limit` at most (up to 500), each with what was
    /// replied last (empty where nothing was): for finding like cases. Without what was merged or
    /// withdrawn.
    pub async fn past_escalations(
        &self,
        by: &Principal,
        limit: u32,
    ) -> Result<Vec<(EscalationSummary, String)>> {
        restricted::desk_only(by)?;
        let mut conditions = Conditions::without(self.hidden_queues(by).await?);
        for known in ["e.merged_into IS NULL", "e.withdrawn_at IS NULL"] {
            conditions.sql.push(known.to_owned());
        }
        let order = format!("e.created_at DESC, e.id DESC LIMIT {}", limit.min(PAST));
        let rest = conditions.rest(&order);
        let rows = self.escalations_where(&rest, &conditions.values).await?;
        let mut replies = self.last_replies(&rows).await?;
        let mut past = Vec::with_capacity(rows.len());
        for row in &rows {
            let summary = self.summary_of(row, Reader::Desk)?;
            let reply = replies.remove(summary.id.as_str()).unwrap_or_default();
            past.push((summary, reply));
        }
        Ok(past)
    }

    /// What was replied last in each of these, by the escalation's id.
    async fn last_replies(&self, rows: &[AnyRow]) -> Result<HashMap<String, String>> {
        let mut replies = HashMap::with_capacity(rows.len());
        if rows.is_empty() {
            return Ok(replies);
        }
        let sql = format!(
            "SELECT escalation_id, body FROM replies
             WHERE kind = 'reply' AND escalation_id IN ({}) ORDER BY at, id",
            placeholders(1, rows.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in rows {
            query = query.bind(row.text("id")?);
        }
        for row in query.fetch_all(&self.pool).await? {
            replies.insert(row.text("escalation_id")?, row.text("body")?);
        }
        Ok(replies)
    }

    /// The record of a list that shows what others asked. Without the words looked for: they may
    /// name somebody.
    async fn note_list(&self, by: &Principal, rows: &[AnyRow], filter: &DeskFilter) -> Result<()> {
        let others = of_others(by, rows)?;
        if others.is_empty() {
            return Ok(());
        }
        let detail = json!({
            "state": filter.state.as_deref().unwrap_or(EscalationState::Open.as_str()),
            "queue": filter.queue,
            "words": filter.q.is_some(),
            "escalations": others.len(),
        });
        let subject = ("escalation", "list");
        self.write()
            .await?
            .commit(&by.actor(), "escalation.list", subject, detail)
            .await
    }

    /// The escalations that were merged into this one, the oldest first, without those in queues
    /// that `by` may not see.
    pub(super) async fn duplicates_of(
        &self,
        by: &Principal,
        id: &EscalationId,
    ) -> Result<Vec<EscalationSummary>> {
        let mut conditions = Conditions::without(self.hidden_queues(by).await?);
        conditions.add("e.merged_into =", id.as_str());
        let rest = conditions.rest("e.created_at, e.id");
        let rows = self.escalations_where(&rest, &conditions.values).await?;
        let rows = rows.iter();
        rows.map(|row| self.summary_of(row, Reader::Desk)).collect()
    }
}

/// The conditions of a filter, but for its words and for what is snoozed.
fn choose(conditions: &mut Conditions, by: &Principal, filter: &DeskFilter) -> Result<()> {
    match filter.state.as_deref().unwrap_or("open") {
        "all" => {}
        state => {
            let known = [
                EscalationState::Open,
                EscalationState::Answered,
                EscalationState::Resolved,
            ];
            if !known.iter().any(|known| known.as_str() == state) {
                return Err(unknown("state", state));
            }
            conditions.add("e.state =", state);
        }
    }
    if let Some(queue) = filter.queue.as_deref() {
        conditions.add("q.key =", queue);
    }
    match filter.assignee.as_deref() {
        None => {}
        Some("nobody") => conditions.sql.push("e.assignee_id IS NULL".to_owned()),
        Some("me") => conditions.add("e.assignee_id =", by.user_id().unwrap_or_default()),
        Some(person) => conditions.add("e.assignee_id =", person),
    }
    if let Some(name) = filter.priority.as_deref() {
        let mut known = Priority::ALL.into_iter();
        let priority = known.find(|priority| priority.as_str() == name);
        let priority = priority.ok_or_else(|| unknown("priority", name))?;
        conditions.add("e.priority =", priority.number());
    }
    if let Some(language) = filter.language.as_deref() {
        conditions.add("r.language =", language);
    }
    Ok(())
}

/// The order that a filter names: at the end what is closed, the newest first.
fn order(sort: Option<&str>) -> Result<String> {
    let by_due = format!(
        "CASE WHEN ({NEXT_DUE}) IS NULL THEN 1 ELSE 0 END, {NEXT_DUE},
         CASE WHEN e.state = 'resolved' THEN -e.created_at ELSE e.created_at END, e.id"
    );
    match sort.unwrap_or("due") {
        "due" => Ok(by_due),
        "age" => Ok("e.created_at, e.id".to_owned()),
        "newest" => Ok("e.created_at DESC, e.id DESC".to_owned()),
        "priority" => Ok(format!("e.priority, {by_due}")),
        other => Err(unknown("sort", other)),
    }
}

/// Whether what is snoozed is wanted too.
fn wanted(snoozed: Option<&str>) -> Result<bool> {
    match snoozed {
        None | Some("no") => Ok(false),
        Some("yes") => Ok(true),
        Some(other) => Err(unknown("snoozed", other)),
    }
}

/// Keeps the questions in which every word stands, whatever its case. Not in SQL: the databases
/// fold only letters that they know, and not the same.
fn keep_with_words(rows: &mut Vec<AnyRow>, words: Option<&str>) -> Result<()> {
    let words = words.unwrap_or_default().to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    if words.is_empty() {
        return Ok(());
    }
    let mut kept = Vec::new();
    for row in rows.drain(..) {
        let question = row.text("question")?.to_lowercase();
        if words.iter().all(|word| question.contains(word)) {
            kept.push(row);
        }
    }
    *rows = kept;
    Ok(())
}

fn unknown(what: &str, word: &str) -> StoreError {
    StoreError::Invalid(format!("The list has no {what} '{word}'."))
}
