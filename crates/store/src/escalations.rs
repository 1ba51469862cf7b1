//! Escalations: what the asker's view (`requests`) and the desk's view (`desk`) share. How one is
//! opened is in `opening`, how it changes in `item`.

mod opening;

use crate::access::{Principal, Scope};
use crate::clocks;
use crate::queues::{queue_columns, queue_name};
use crate::row::{Columns, clean, new_id};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    Escalation, EscalationId, EscalationState, EscalationSummary, PersonName, Priority, Reply,
    ReplyId, ReplyKind, RunId,
};
pub use opening::NewEscalation;
pub(crate) use opening::{Fresh, ask_for_ticket, id_of_run, insert, open};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

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
    "SELECT e.id, COALESCE(e.subject, r.question) AS question, e.reason, e.state, ",
    name_of!("u"),
    " AS asker, e.user_id, r.department, e.created_at, e.first_reply_at, e.ticket_key,
            e.ticket_state, e.run_id, r.conversation_id, e.note, e.rule, r.trace,
            COALESCE(r.topic, '') AS topic, COALESCE(r.language, '') AS language, ",
    queue_columns!(),
    ", e.priority, e.assignee_id, ",
    name_of!("a"),
    " AS assignee, e.first_reply_due_at, e.resolution_due_at, e.resolved_at, e.snoozed_until,
            e.waiting_since, e.paused_ms, e.merged_into, e.withdrawn_at, e.reopened, e.rating,
            e.rating_comment, e.revision, e.subject, e.split_from,
            (SELECT t.state FROM escalations t WHERE t.id = e.merged_into) AS merged_state
     FROM escalations e
     JOIN runs r ON r.id = e.run_id
     JOIN queues q ON q.id = e.queue_id
     LEFT JOIN users u ON u.id = e.user_id
     LEFT JOIN users a ON a.id = e.assignee_id
     "
);

impl Store {
    pub(crate) async fn escalation_rows(
        &self,
        rest: &'static str,
        value: &str,
    ) -> Result<Vec<AnyRow>> {
        self.escalations_where(rest, &[value.into()]).await
    }

    /// The rows that `rest` chooses and orders; its placeholders stand for `values`: texts and
    /// numbers.
    pub(crate) async fn escalations_where(
        &self,
        rest: &str,
        values: &[Value],
    ) -> Result<Vec<AnyRow>> {
        let mut query = sqlx::query(AssertSqlSafe(format!("{ESCALATIONS}{rest}")));
        for value in values {
            query = match value.as_i64() {
                Some(number) => query.bind(number),
                None => query.bind(value.as_str().unwrap_or_default().to_owned()),
            };
        }
        Ok(query.fetch_all(&self.pool).await?)
    }

    /// The escalation of a run for its asker, where there is one.
    pub(crate) async fn escalation_of_run(
        &self,
        of: &Principal,
        scope: &Scope,
        run: &RunId,
    ) -> Result<Option<Escalation>> {
        let rows = self
            .escalation_rows("WHERE e.run_id = $1 AND e.split_from IS NULL", run.as_str())
            .await?;
        match rows.first() {
            // The exchange shows the passages and a conflict itself.
            Some(row) if self.asked_by(of, row).await? => Ok(Some(Escalation {
                passages: Vec::new(),
                conflict: None,
                ..self.escalation_from(of, scope, row, Reader::Asker).await?
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
        of: &Principal,
        scope: &Scope,
        row: &AnyRow,
        reader: Reader,
    ) -> Result<Escalation> {
        let run: RunId = row.id("run_id")?;
        let summary = self.summary_of(row, reader)?;
        let content = self.shown_of_run(scope, &run).await?;
        let kinds: &[ReplyKind] = match reader {
            Reader::Asker => &[ReplyKind::Reply, ReplyKind::Asker],
            Reader::Desk => &[
                ReplyKind::Reply,
                ReplyKind::Asker,
                ReplyKind::Note,
                ReplyKind::Ticket,
            ],
        };
        let mut shown = Escalation {
            run,
            conversation: match reader {
                Reader::Asker => row.maybe_id("conversation_id")?,
                Reader::Desk => None,
            },
            note: row.text("note")?,
            rule: row.maybe_text("rule")?,
            passages: content.passages,
            conflict: content.conflict,
            trace: Vec::new(),
            replies: self.replies(&summary.id, kinds).await?,
            earlier: Vec::new(),
            timeline: Vec::new(),
            draft: None,
            duplicates: Vec::new(),
            // Where the tracker is, the server knows.
            ticket_url: None,
            ticket_state: row.maybe_text("ticket_state")?,
            rating_comment: row.maybe_text("rating_comment")?.unwrap_or_default(),
            summary,
        };
        if reader == Reader::Desk {
            shown.trace = words(&row.json("trace")?);
            self.add_desk_side(of, scope, &mut shown).await?;
        }
        Ok(shown)
    }

    /// What was written in an escalation of these kinds, in the order written.
    pub(crate) async fn replies(
        &self,
        id: &EscalationId,
        kinds: &[ReplyKind],
    ) -> Result<Vec<Reply>> {
        let rows = sqlx::query(concat!(
            "SELECT p.id, p.kind, ",
            name_of!("u"),
            " AS author, p.body, p.at
             FROM replies p LEFT JOIN users u ON u.id = p.author_id
             WHERE p.escalation_id = $1 ORDER BY p.at, p.id",
        ))
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut replies = Vec::with_capacity(rows.len());
        for row in &rows {
            let kind: ReplyKind = row.name("kind")?;
            if kinds.contains(&kind) {
                replies.push(Reply {
                    id: row.id("id")?,
                    kind,
                    author: match kind {
                        ReplyKind::Ticket => "Ticket tracker".to_owned(),
                        _ => row.text("author")?,
                    },
                    body: row.text("body")?,
                    at: row.time("at")?,
                });
            }
        }
        Ok(replies)
    }

    /// A row in short. The asker isn't told who works on it and when, nor whose question theirs is
    /// a duplicate of: it stands where that one stands.
    pub(crate) fn summary_of(&self, row: &AnyRow, reader: Reader) -> Result<EscalationSummary> {
        let desk = reader == Reader::Desk;
        let clock = clocks::clock_row(row)?;
        let (first_reply_due, resolution_due) = clocks::dues(self.calendar(), self.now(), &clock);
        let assignee = match row.maybe_id("assignee_id")? {
            Some(id) if desk => Some(PersonName {
                id,
                name: row.text("assignee")?,
            }),
            _ => None,
        };
        let merged: Option<EscalationState> = row.maybe_name("merged_state")?;
        Ok(EscalationSummary {
            id: row.id("id")?,
            question: row.text("question")?,
            reason: row.name("reason")?,
            state: merged.filter(|_| !desk).unwrap_or(clock.state),
            asker: row.text("asker")?,
            department: row.maybe_text("department")?,
            created_at: clock.created_at,
            first_reply_at: clock.first_reply_at,
            ticket: row.maybe_text("ticket_key")?,
            queue: queue_name(row)?,
            priority: priority_of(row)?,
            assignee,
            topic: row.text("topic")?,
            language: row.text("language")?,
            first_reply_due,
            resolution_due,
            snoozed_until: row.maybe_time("snoozed_until")?.filter(|_| desk),
            waiting_since: clock.waiting_since,
            merged_into: row.maybe_id("merged_into")?.filter(|_| desk),
            withdrawn_at: row.maybe_time("withdrawn_at")?,
            rating: row.maybe_number("rating")?,
            revision: row.number("revision")?,
        })
    }
}

/// The priority that a row's column numbers.
pub(crate) fn priority_of(row: &AnyRow) -> Result<Priority> {
    let number = row.int("priority")?;
    Priority::ALL
        .into_iter()
        .find(|priority| priority.number() == number)
        .ok_or_else(|| StoreError::Corrupt(format!("the priority {number}")))
}

/// The rules' words in a run's trace.
pub(crate) fn words(trace: &Value) -> Vec<String> {
    let rules = trace["rules"].as_array().into_iter().flatten();
    rules
        .filter_map(|rule| rule["words"].as_str())
        .map(str::to_owned)
        .collect()
}

/// Writes a reply, a note, the asker's own words (`author` is the asker) or a comment out of the
/// tracker (`outside` is its id there). The body is clean and of a fitting length; the caller moves
/// the escalation, and holds its row.
pub(crate) async fn insert_reply(
    write: &mut Write,
    escalation: &EscalationId,
    author: Option<&str>,
    kind: ReplyKind,
    body: &str,
    outside: Option<&str>,
) -> Result<ReplyId> {
    let id: ReplyId = new_id()?;
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO replies (id, escalation_id, author_id, body, at, kind, outside_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(escalation.as_str())
    .bind(author)
    .bind(body)
    .bind(now)
    .bind(kind.as_str())
    .bind(outside)
    .execute(write.connection())
    .await?;
    Ok(id)
}

/// The words of a reply, a note or a message, as they are stored. `Invalid` unless they have 1 to
/// 20,000 characters.
pub(crate) fn checked_body(body: &str) -> Result<String> {
    let body = clean(body.trim()).into_owned();
    if (1..=20_000).contains(&body.chars().count()) {
        Ok(body)
    } else {
        Err(StoreError::Invalid(
            "A reply has 1 to 20,000 characters.".into(),
        ))
    }
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
