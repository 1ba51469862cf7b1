//! What was asked and how it went, for figures over many questions. Nothing of a restricted queue
//! is in it, and it says who asked only by an id.

use crate::access::Principal;
use crate::document_requests::desk_or_admin;
use crate::restricted::open_run;
use crate::row::Columns;
use crate::{Result, Store};
use inhouse_protocol::{EscalationId, EscalationReason, Outcome, Timestamp, UserId};
use sqlx::any::AnyRow;

/// A question and how it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedQuestion {
    /// None: the operator, or somebody who was erased.
    pub user: Option<UserId>,
    /// The asker's department when it was asked.
    pub department: Option<String>,
    /// As it was searched for: with those that it follows.
    pub question: String,
    /// The label of its topic; none where none was near.
    pub topic: Option<String>,
    pub outcome: Outcome,
    pub asked_at: Timestamp,
    /// It was given an approved answer.
    pub approved: bool,
    /// The asker's word on the answer.
    pub helpful: Option<bool>,
    pub escalation: Option<AskedEscalation>,
}

/// The escalation of a question, as far as figures need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedEscalation {
    pub id: EscalationId,
    pub reason: EscalationReason,
    pub created_at: Timestamp,
    pub first_reply_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
}

impl Store {
    /// The finished questions since `from`, the newest first, at most `limit`. `NotFound` unless the
    /// principal works the desk or is an admin.
    pub async fn asked_since(
        &self,
        by: &Principal,
        from: Timestamp,
        limit: u32,
    ) -> Result<Vec<AskedQuestion>> {
        desk_or_admin(by)?;
        let rows = sqlx::query(concat!(
            "SELECT r.user_id, r.department, COALESCE(r.standalone_question, r.question) AS question,
                    r.topic, r.outcome, r.asked_at, r.approved_answer_id, r.helpful,
                    e.id AS escalation, e.reason, e.created_at, e.first_reply_at, e.resolved_at
             FROM runs r
             LEFT JOIN escalations e ON e.run_id = r.id AND e.split_from IS NULL
             WHERE r.asked_at >= $1 AND r.state = 'done' AND r.outcome IS NOT NULL AND ",
            open_run!(),
            " ORDER BY r.asked_at DESC, r.id DESC LIMIT $2",
        ))
        .bind(from.0)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(asked).collect()
    }
}

fn asked(row: &AnyRow) -> Result<AskedQuestion> {
    let escalation = match row.maybe_id("escalation")? {
        Some(id) => Some(AskedEscalation {
            id,
            reason: row.name("reason")?,
            created_at: row.time("created_at")?,
            first_reply_at: row.maybe_time("first_reply_at")?,
            resolved_at: row.maybe_time("resolved_at")?,
        }),
        None => None,
    };
    Ok(AskedQuestion {
        user: row.maybe_id("user_id")?,
        department: row.maybe_text("department")?,
        question: row.text("question")?,
        topic: row.maybe_text("topic")?.filter(|topic| !topic.is_empty()),
        outcome: row.name("outcome")?,
        asked_at: row.time("asked_at")?,
        approved: row.maybe_text("approved_answer_id")?.is_some(),
        helpful: row.maybe_int("helpful")?.map(|helpful| helpful != 0),
        escalation,
    })
}
