//! What takes an approved answer out of use until somebody has looked: its time is over, or what it
//! cites was deleted or isn't in force any more in that version.

use super::subject;
use crate::audit::Actor;
use crate::row::Columns;
use crate::write::Write;
use crate::{Result, Store, notices};
use inhouse_protocol::ApprovedAnswerId;
use serde_json::json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// Why an answer isn't given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    TimeOver,
    Deleted,
    Outdated,
}

impl Fault {
    /// As everybody at the desk reads it; without a document's name, which may not be theirs to
    /// know.
    const fn words(self) -> &'static str {
        match self {
            Self::TimeOver => "Its last day is over.",
            Self::Deleted => "A document that it cites was deleted.",
            Self::Outdated => {
                "A document that it cites has a newer version, or is not in force any more."
            }
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::TimeOver => "time_over",
            Self::Deleted => "deleted",
            Self::Outdated => "outdated",
        }
    }
}

/// An answer that went into review, for its record.
pub(crate) struct Reviewed {
    id: ApprovedAnswerId,
    fault: Fault,
}

/// Answers with what speaks against giving them on the day `$1`: how many of their documents were
/// deleted, and how many cited versions aren't in force. `WHERE` follows.
macro_rules! select_faults {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.owner_id, a.valid_until,
                    (SELECT COUNT(*) FROM approved_answer_documents k
                     JOIN documents d ON d.id = k.document_id
                     WHERE k.answer_id = a.id AND d.deleted_at IS NOT NULL) AS deleted,
                    (SELECT COUNT(*) FROM approved_answer_documents k
                     WHERE k.answer_id = a.id
                       AND NOT EXISTS (SELECT 1 FROM versions v
                                       WHERE v.id = k.version_id AND v.state = 'ready'
                                         AND v.valid_from <= $1 AND v.valid_until > $1))
                        AS outdated
             FROM approved_answers a WHERE ",
            $rest
        )
    };
}

impl Store {
    /// Takes out of use what may not be given any more because a day has come; gives how many
    /// answers that were. What a change of a document does is done with that change.
    pub async fn review_approved_answers(&self) -> Result<usize> {
        let mut connection = self.pool.acquire().await?;
        let today = self.now().day().number();
        if faulty(&mut connection, today).await?.is_empty() {
            return Ok(0);
        }
        drop(connection);
        let mut write = self.write().await?;
        let reviewed = to_review(&mut write).await?;
        note_reviews(&mut write, &reviewed).await?;
        write.commit_unrecorded().await?;
        Ok(reviewed.len())
    }
}

/// What speaks against giving an answer today, whatever its state.
pub(super) async fn fault_of(write: &mut Write, id: &ApprovedAnswerId) -> Result<Option<Fault>> {
    let today = write.now().day().number();
    let row = sqlx::query(select_faults!("a.id = $2"))
        .bind(today)
        .bind(id.as_str())
        .fetch_one(write.connection())
        .await?;
    fault(&row, today)
}

/// Takes out of use what may not be given any more, and tells whoever owns it. The records are
/// written by [`note_reviews`], once every row of the transaction is taken.
pub(crate) async fn to_review(write: &mut Write) -> Result<Vec<Reviewed>> {
    let now = write.now();
    let mut reviewed = Vec::new();
    for (id, owner, fault) in faulty(write.connection(), now.day().number()).await? {
        let taken = sqlx::query(
            "UPDATE approved_answers
             SET state = 'review', review_reason = $2, revision = revision + 1, updated_at = $3
             WHERE id = $1 AND state = 'approved'",
        )
        .bind(id.as_str())
        .bind(fault.words())
        .bind(now.0)
        .execute(write.connection())
        .await?;
        // Another process may have been first.
        if taken.rows_affected() == 0 {
            continue;
        }
        if let Some(owner) = owner {
            notices::tell(write, &[owner.as_str()], "answer_review", subject(&id)).await?;
        }
        reviewed.push(Reviewed { id, fault });
    }
    Ok(reviewed)
}

/// Writes a record for each.
pub(crate) async fn note_reviews(write: &mut Write, reviewed: &[Reviewed]) -> Result<()> {
    for Reviewed { id, fault } in reviewed {
        let detail = json!({ "reason": fault.name() });
        write
            .note(&Actor::System, "approved.review", subject(id), detail)
            .await?;
    }
    Ok(())
}

/// The answers in use that may not be given on a day, with their owners.
async fn faulty(
    connection: &mut AnyConnection,
    today: i64,
) -> Result<Vec<(ApprovedAnswerId, Option<String>, Fault)>> {
    let rows = sqlx::query(select_faults!("a.state = 'approved' ORDER BY a.id"))
        .bind(today)
        .fetch_all(connection)
        .await?;
    let mut faulty = Vec::new();
    for row in rows {
        if let Some(fault) = fault(&row, today)? {
            faulty.push((row.id("id")?, row.maybe_text("owner_id")?, fault));
        }
    }
    Ok(faulty)
}

fn fault(row: &AnyRow, today: i64) -> Result<Option<Fault>> {
    let over = row
        .maybe_int("valid_until")?
        .is_some_and(|last| last < today);
    Ok(if row.int("deleted")? > 0 {
        Some(Fault::Deleted)
    } else if row.int("outdated")? > 0 {
        Some(Fault::Outdated)
    } else {
        over.then_some(Fault::TimeOver)
    })
}
