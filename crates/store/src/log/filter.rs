//! From a filter to SQL. What narrows by content leaves out what the reader may not see: that a
//! withheld record matches would say what is in it.

use super::LogRow;
use crate::access::{Principal, Scope};
use crate::restricted::subjects_of;
use crate::row::{Columns, placeholders};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{DocumentId, LogFilter, SetId};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// The record before gives `previous`; where the retention has cut the log, the checkpoint there.
const SELECT: &str = "
    SELECT a.seq, a.at, a.actor, a.action, a.subject, a.detail, a.sealed, a.set_id, a.hash,
           COALESCE(p.hash, c.hash, '') AS previous
    FROM audit a
    LEFT JOIN audit p ON p.seq = a.seq - 1
    LEFT JOIN checkpoints c ON c.seq = a.seq - 1 AND p.seq IS NULL
    WHERE 1 = 1";

/// A value of a placeholder.
#[derive(Debug, Clone)]
enum Bound {
    Text(String),
    Number(i64),
}

/// What follows `WHERE`, and the values of its placeholders.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    sql: String,
    values: Vec<Bound>,
}

impl Conditions {
    /// `condition` with `$$` where the value goes.
    fn and(&mut self, condition: &str, value: Bound) {
        self.values.push(value);
        let place = format!("${}", self.values.len());
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace("$$", &place));
    }

    fn and_text(&mut self, condition: &str, value: impl Into<String>) {
        self.and(condition, Bound::Text(value.into()));
    }

    /// The records about these subjects.
    pub(super) fn about(subjects: &[String]) -> Self {
        Self {
            sql: format!(
                " AND a.subject IN ({}) ORDER BY a.seq",
                placeholders(1, subjects.len())
            ),
            values: subjects.iter().cloned().map(Bound::Text).collect(),
        }
    }

    /// The newest `limit` of them before the number `seq`.
    pub(super) fn before(&self, seq: i64, limit: i64) -> Self {
        let mut select = self.clone();
        select.and("a.seq < $$", Bound::Number(seq));
        select.limited("DESC", limit)
    }

    /// The oldest `limit` of them after the number `seq`, up to `until`.
    pub(super) fn after(&self, seq: i64, until: i64, limit: i64) -> Self {
        let mut select = self.clone();
        select.and("a.seq > $$", Bound::Number(seq));
        select.and("a.seq <= $$", Bound::Number(until));
        select.limited("ASC", limit)
    }

    fn limited(mut self, order: &str, limit: i64) -> Self {
        self.values.push(Bound::Number(limit));
        let rest = format!(" ORDER BY a.seq {order} LIMIT ${}", self.values.len());
        self.sql.push_str(&rest);
        self
    }
}

impl Store {
    /// The conditions of a filter. `Invalid` for an action or a subject that can be none.
    pub(super) async fn conditions(
        &self,
        by: &Principal,
        scope: &Scope,
        filter: &LogFilter,
    ) -> Result<Conditions> {
        let mut conditions = Conditions::default();
        if let Some(from) = filter.from {
            conditions.and("a.at >= $$", Bound::Number(from.0));
        }
        if let Some(until) = filter.until {
            conditions.and("a.at < $$", Bound::Number(until.0));
        }
        if let Some(person) = &filter.person {
            // Who did it, whom it was done to, or whose data is sealed in it: `{"for":"…`.
            conditions.and_text(
                "('user:' || $$ IN (a.actor, a.subject) OR substr(a.sealed, 9, 36) = $$)",
                person.as_str(),
            );
        }
        if let Some(action) = &filter.action {
            let action = checked_action(action)?;
            conditions.and_text("(a.action = $$ OR a.action LIKE $$ || '.%')", action);
        }
        if let Some(subject) = &filter.subject {
            self.about_subject(&mut conditions, scope, subject).await?;
        }
        if filter.person.is_some() || filter.action.is_some() || filter.subject.is_some() {
            self.leave_out_withheld(&mut conditions, scope).await?;
            for queue in self.hidden_queues(by).await? {
                let closed = concat!("a.subject NOT IN (", subjects_of!("$$"), ")");
                conditions.and_text(closed, queue);
            }
        }
        Ok(conditions)
    }

    async fn about_subject(
        &self,
        conditions: &mut Conditions,
        scope: &Scope,
        subject: &str,
    ) -> Result<()> {
        let (kind, id) = checked_subject(subject)?;
        match kind {
            "set" => conditions.and_text("a.set_id = $$", id),
            // Also the questions that it was found for.
            "document" if self.may_know(scope, id).await? => conditions.and_text(
                "(a.subject = 'document:' || $$ OR a.subject IN
                  (SELECT 'run:' || r.run_id FROM run_passages r WHERE r.document_id = $$))",
                id,
            ),
            _ => conditions.and_text("a.subject = $$", subject),
        }
        Ok(())
    }

    /// Whether the reader may see the document, were it not deleted.
    async fn may_know(&self, scope: &Scope, document: &str) -> Result<bool> {
        let Ok(document) = document.parse::<DocumentId>() else {
            return Ok(false);
        };
        let row = sqlx::query("SELECT set_id FROM documents WHERE id = $1")
            .bind(document.as_str())
            .fetch_optional(&self.pool)
            .await?;
        match row {
            Some(row) => Ok(scope.shows(&row.id("set_id")?, &document)),
            None => Ok(false),
        }
    }

    async fn leave_out_withheld(&self, conditions: &mut Conditions, scope: &Scope) -> Result<()> {
        if scope.sets().is_none() {
            return Ok(());
        }
        let rows = sqlx::query("SELECT id FROM document_sets")
            .fetch_all(&self.pool)
            .await?;
        for row in &rows {
            let set: SetId = row.id("id")?;
            if !scope.contains(&set) {
                conditions.and_text("COALESCE(a.set_id, '') <> $$", set.as_str());
            }
        }
        for document in scope.hidden() {
            conditions.and_text("a.subject <> 'document:' || $$", document.as_str());
        }
        Ok(())
    }

    pub(super) async fn log_rows(&self, conditions: &Conditions) -> Result<Vec<LogRow>> {
        let sql = format!("{SELECT}{}", conditions.sql);
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in &conditions.values {
            query = match value {
                Bound::Text(text) => query.bind(text.clone()),
                Bound::Number(number) => query.bind(*number),
            };
        }
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(log_row).collect()
    }
}

fn log_row(row: &AnyRow) -> Result<LogRow> {
    Ok(LogRow {
        seq: row.int("seq")?,
        at: row.time("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.text("detail")?,
        sealed: row.text("sealed")?,
        set: row.maybe_id("set_id")?,
        previous: row.text("previous")?,
        hash: row.text("hash")?,
    })
}

/// An action or the first part of one, such as `run`. Nothing else, as it goes into the record of
/// the reading.
fn checked_action(action: &str) -> Result<&str> {
    let plain = |c: char| c.is_ascii_lowercase() || c == '.' || c == '_';
    if (1..=64).contains(&action.len()) && action.chars().all(plain) {
        Ok(action)
    } else {
        Err(StoreError::Invalid(
            "A kind of record is like run.ask, or its first part like run.".into(),
        ))
    }
}

/// The kind and the id of a subject.
fn checked_subject(subject: &str) -> Result<(&str, &str)> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let parts = subject.split_once(':').filter(|(kind, id)| {
        (1..=32).contains(&kind.len())
            && (1..=64).contains(&id.len())
            && kind.chars().all(|c| c.is_ascii_lowercase() || c == '_')
            && id.chars().all(plain)
    });
    parts.ok_or_else(|| {
        StoreError::Invalid("What a record is about is like document:ID or run:ID.".into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_or_subject_with_something_else_in_it_is_refused() {
        assert!(checked_action("run.ask").is_ok());
        assert!(checked_subject("run:0192-ab").is_ok());
        for text in ["", "run.%", "run ask", "Emil's question"] {
            assert!(checked_action(text).is_err(), "{text}");
        }
        for text in [
            "",
            "run",
            "run:",
            ":id",
            "run:a b",
            "run:'",
            "user:emil@example.com",
        ] {
            assert!(checked_subject(text).is_err(), "{text}");
        }
    }

    #[test]
    fn each_value_gets_a_placeholder_of_its_own() {
        let mut conditions = Conditions::default();
        conditions.and_text("x = $$ OR y = $$", "a");
        let select = conditions.before(9, 50);
        assert_eq!(
            select.sql,
            " AND x = $1 OR y = $1 AND a.seq < $2 ORDER BY a.seq DESC LIMIT $3"
        );
        assert_eq!(select.values.len(), 3);
    }
}
