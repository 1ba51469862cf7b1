//! Escalations: what the asker's view (`requests`) and the desk's view (`desk`) share.

use crate::access::{Principal, Scope};
use crate::jobs::{NewJob, TICKET, TicketJob, enqueue};
use crate::row::{Columns, clean, new_id, to_json};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    Escalation, EscalationId, EscalationReason, EscalationSummary, Reply, RunId,
};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// A question that goes to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEscalation {
    pub reason: EscalationReason,
    /// The title of the rule that decided, where one did.
    pub rule: Option<String>,
    /// What the asker added; may be empty.
    pub note: String,
    /// Also make an issue in the ticket tracker.
    pub ticket: bool,
}

/// Who reads an escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Asker,
    Desk,
}

/// The name of whoever is in the joined `users` row of this alias, as people read it.
macro_rules! name_of {
    ($user:literal) => {
        concat!(
            "CASE WHEN ",
            $user,
            ".id IS NULL THEN 'Operator' WHEN ",
            $user,
            ".erased_at IS NOT NULL THEN 'Erased person' ELSE ",
            $user,
            ".name END"
        )
    };
}
pub(crate) use name_of;

/// What an escalation is read from; `WHERE` follows.
const ESCALATIONS: &str = concat!(
    "SELECT e.id, r.question, e.reason, e.state, ",
    name_of!("u"),
    " AS asker, e.user_id, r.department, e.created_at, e.first_reply_at, e.ticket_key, e.run_id,
            r.conversation_id, e.note, e.rule, r.trace
     FROM escalations e
     JOIN runs r ON r.id = e.run_id
     LEFT JOIN users u ON u.id = e.user_id
     "
);

impl Store {
    pub(crate) async fn escalation_rows(
        &self,
        rest: &'static str,
        value: &str,
    ) -> Result<Vec<AnyRow>> {
        let rows = sqlx::query(AssertSqlSafe(format!("{ESCALATIONS}{rest}")))
            .bind(value.to_owned())
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// The escalation of a run for its asker, where there is one.
    pub(crate) async fn escalation_of_run(
        &self,
        of: &Principal,
        scope: &Scope,
        run: &RunId,
    ) -> Result<Option<Escalation>> {
        let rows = self
            .escalation_rows("WHERE e.run_id = $1", run.as_str())
            .await?;
        match rows.first() {
            // The exchange shows the passages and a conflict itself.
            Some(row) if self.asked_by(of, row).await? => Ok(Some(Escalation {
                passages: Vec::new(),
                conflict: None,
                ..self.escalation_from(scope, row, Reader::Asker).await?
            })),
            _ => Ok(None),
        }
    }

    /// Whether the escalation in `row` is the principal's own.
    pub(crate) async fn asked_by(&self, of: &Principal, row: &AnyRow) -> Result<bool> {
        let id: EscalationId = row.id("id")?;
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM escalations WHERE id = $1 AND COALESCE(user_id, '') = $2",
        )
        .bind(id.as_str())
        .bind(of.user_id().unwrap_or_default())
        .fetch_one(&self.pool)
        .await?;
        Ok(count == 1)
    }

    /// An escalation as its reader may see it.
    pub(crate) async fn escalation_from(
        &self,
        scope: &Scope,
        row: &AnyRow,
        reader: Reader,
    ) -> Result<Escalation> {
        let run: RunId = row.id("run_id")?;
        let summary = summary(row)?;
        let content = self.shown_of_run(scope, &run).await?;
        let replies = self.replies(&summary.id).await?;
        Ok(Escalation {
            run,
            conversation: match reader {
                Reader::Asker => row.maybe_id("conversation_id")?,
                Reader::Desk => None,
            },
            note: row.text("note")?,
            rule: row.maybe_text("rule")?,
            passages: content.passages,
            conflict: content.conflict,
            trace: match reader {
                Reader::Asker => Vec::new(),
                Reader::Desk => words(&row.json("trace")?),
            },
            replies,
            summary,
        })
    }

    pub(crate) async fn replies(&self, id: &EscalationId) -> Result<Vec<Reply>> {
        let rows = sqlx::query(concat!(
            "SELECT p.id, ",
            name_of!("u"),
            " AS author, p.body, p.at
             FROM replies p LEFT JOIN users u ON u.id = p.author_id
             WHERE p.escalation_id = $1 ORDER BY p.at, p.id",
        ))
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Reply {
                    id: row.id("id")?,
                    author: row.text("author")?,
                    body: row.text("body")?,
                    at: row.time("at")?,
                })
            })
            .collect()
    }
}

pub(crate) fn summary(row: &AnyRow) -> Result<EscalationSummary> {
    Ok(EscalationSummary {
        id: row.id("id")?,
        question: row.text("question")?,
        reason: row.name("reason")?,
        state: row.name("state")?,
        asker: row.text("asker")?,
        department: row.maybe_text("department")?,
        created_at: row.time("created_at")?,
        first_reply_at: row.maybe_time("first_reply_at")?,
        ticket: row.maybe_text("ticket_key")?,
    })
}

/// The rules' words in a run's trace.
pub(crate) fn words(trace: &Value) -> Vec<String> {
    let rules = trace["rules"].as_array().into_iter().flatten();
    rules
        .filter_map(|rule| rule["words"].as_str())
        .map(str::to_owned)
        .collect()
}

/// Opens an escalation within a change, with its ticket job if one is wanted. A run has one
/// escalation: where it is there already, its id comes back, and false.
pub(crate) async fn open(
    write: &mut Write,
    run: &RunId,
    user: Option<&str>,
    new: &NewEscalation,
) -> Result<(EscalationId, bool)> {
    if let Some(existing) = id_of_run(write, run).await? {
        if new.ticket {
            ask_for_ticket(write, &existing).await?;
        }
        return Ok((existing, false));
    }
    let note = checked_note(&new.note)?;
    let id: EscalationId = new_id()?;
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO escalations (id, run_id, user_id, reason, rule, note, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7)",
    )
    .bind(id.as_str())
    .bind(run.as_str())
    .bind(user)
    .bind(new.reason.as_str())
    .bind(new.rule.as_deref().map(|text| clean(text).into_owned()))
    .bind(note)
    .bind(now)
    .execute(write.connection())
    .await?;
    if new.ticket {
        ask_for_ticket(write, &id).await?;
    }
    Ok((id, true))
}

/// The escalation of a run, as the transaction sees it.
pub(crate) async fn id_of_run(write: &mut Write, run: &RunId) -> Result<Option<EscalationId>> {
    let row = sqlx::query("SELECT id FROM escalations WHERE run_id = $1")
        .bind(run.as_str())
        .fetch_optional(write.connection())
        .await?;
    row.map(|row| row.id("id")).transpose()
}

pub(crate) fn checked_note(note: &str) -> Result<String> {
    let note = clean(note.trim()).into_owned();
    if note.chars().count() > 2_000 {
        return Err(StoreError::Invalid(
            "A note has up to 2,000 characters.".into(),
        ));
    }
    Ok(note)
}

async fn ask_for_ticket(write: &mut Write, id: &EscalationId) -> Result<()> {
    let escalation = id.clone();
    let job = NewJob {
        kind: TICKET,
        subject: id.as_str(),
        payload: to_json(&TicketJob { escalation })?,
        dedupe: Some(id.as_str()),
        priority: 0,
    };
    enqueue(write, job).await
}
