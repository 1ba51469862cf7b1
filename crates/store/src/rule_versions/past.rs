//! The last real questions, for judging them by other rules.

use crate::access::Principal;
use crate::restricted::{desk_only, open_run};
use crate::row::{Columns, big};
use crate::{Result, Store};
use inhouse_protocol::{Role, RunId, Timestamp};
use serde_json::json;
use sqlx::any::AnyRow;

/// A question that was asked, and what is kept of how it was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct PastQuestion {
    pub run: RunId,
    pub question: String,
    /// The question as it was searched for, where it was rewritten.
    pub standalone: Option<String>,
    /// The topic that it was taken for then.
    pub topic: Option<String>,
    /// The asker's role today; none for the operator.
    pub role: Option<Role>,
    /// The asker's department then.
    pub department: Option<String>,
    /// Probability in 0..=1 that what was found answers it; none where nothing was searched.
    pub answerability: Option<f64>,
    /// How many passages were found.
    pub passages: usize,
    /// Documents in force contradicted each other.
    pub conflict: bool,
    /// It came to the desk, where its words were read.
    pub reached_desk: bool,
    pub asked_at: Timestamp,
}

/// Without what stands in a restricted queue. The answerability is text, as in a question's story.
const LAST: &str = concat!(
    "SELECT r.id, r.question, r.standalone_question, r.topic, u.role, r.department,
           CAST(r.answerability AS TEXT) AS answerability, r.conflict, r.asked_at,
           (SELECT COUNT(*) FROM run_passages p WHERE p.run_id = r.id) AS passages,
           (SELECT COUNT(*) FROM escalations e WHERE e.run_id = r.id) AS escalations
    FROM runs r LEFT JOIN users u ON u.id = r.user_id
    WHERE r.state = 'done' AND r.question <> '' AND ",
    open_run!(),
    " ORDER BY r.asked_at DESC, r.id DESC LIMIT $1"
);

impl Store {
    /// The last questions that were answered or decided, the newest first, without those of
    /// restricted queues; recorded. `NotFound` unless the principal works the desk. Of a question
    /// that didn't reach the desk the words are for judging only, not for showing.
    pub async fn last_questions(&self, by: &Principal, limit: u64) -> Result<Vec<PastQuestion>> {
        desk_only(by)?;
        let rows = sqlx::query(LAST)
            .bind(big(limit)?)
            .fetch_all(&self.pool)
            .await?;
        let past: Vec<PastQuestion> = rows.iter().map(past).collect::<Result<_>>()?;
        let detail = json!({ "questions": past.len() });
        self.write()
            .await?
            .commit(&by.actor(), "rules.replay", ("rules", "replay"), detail)
            .await?;
        Ok(past)
    }
}

fn past(row: &AnyRow) -> Result<PastQuestion> {
    let answerability = row.maybe_text("answerability")?;
    Ok(PastQuestion {
        run: row.id("id")?,
        question: row.text("question")?,
        standalone: row.maybe_text("standalone_question")?,
        topic: row.maybe_text("topic")?,
        role: row.maybe_name("role")?,
        department: row.maybe_text("department")?,
        answerability: answerability.and_then(|text| text.parse().ok()),
        passages: row.number("passages")?,
        conflict: row.maybe_text("conflict")?.is_some(),
        reached_desk: row.int("escalations")? > 0,
        asked_at: row.time("asked_at")?,
    })
}
