//! When each version of a document is in force, worked out of what people say of all of them.
//!
//! Of a document's ready versions `v`, in days:
//! - from(v): the day that a person set; else since ever for the first version of a document that
//!   takes no other's place; else the day on which it was read.
//! - until(v): the earliest of the day that a person set, from(w) of every later version `w`, and
//!   the first day of the document that supersedes this one.
//!
//! A version whose days are none is in force never. So no two versions are in force on one day.

use crate::outbox::{OutboxKind, push};
use crate::row::Columns;
use crate::write::Write;
use crate::{Result, StoreError, approved};
use inhouse_protocol::{Day, DocumentId, Timestamp, Validity, VersionId};
use sqlx::any::AnyRow;

/// The days of a version: `from <= day < until`, as numbers; equal for none.
pub(crate) type Days = (i64, i64);

/// In force on no day.
const NEVER: Days = (0, 0);

/// The end of what is in force for ever: one past the last day.
const FOR_EVER: i64 = Day::LAST.number() + 1;

/// More documents than ever take each other's place one after another.
pub(crate) const LONGEST_CHAIN: usize = 1_000;

/// The columns `valid_from` and `valid_until` as people read them; none: on no day.
pub(crate) fn shown(row: &AnyRow) -> Result<Option<Validity>> {
    let (from, until) = (row.int("valid_from")?, row.int("valid_until")?);
    Ok((from < until).then(|| Validity {
        from: Day::from_number(from).filter(|day| *day > Day::FIRST),
        until: Day::from_number(until),
    }))
}

/// A ready version, as far as its days depend on it.
struct Ready {
    id: VersionId,
    effective_from: Option<i64>,
    effective_until: Option<i64>,
    /// The day on which it was read.
    read_on: i64,
    /// The days that are stored.
    days: Days,
}

/// What the indexes have to be told of.
pub(crate) struct Moved {
    kind: OutboxKind,
    version: VersionId,
}

/// Works out anew when the versions of a document are in force, and of the documents that it takes
/// the place of; tells the indexes what changed. Takes the documents' rows and then the outbox's
/// counter: nothing but the record comes after it.
pub(crate) async fn recompute(write: &mut Write, document: &DocumentId) -> Result<()> {
    let moved = settle(write, std::slice::from_ref(document)).await?;
    tell(write, moved).await
}

/// [`recompute`] of several documents, without telling the indexes: [`tell`] does, when every row
/// is taken.
pub(crate) async fn settle(write: &mut Write, documents: &[DocumentId]) -> Result<Vec<Moved>> {
    let mut moved = Vec::new();
    for document in documents {
        let mut next = Some(document.clone());
        // Those who supersede come first: what they supersede ends on their first day.
        for _ in 0..LONGEST_CHAIN {
            let Some(document) = next else { break };
            next = settle_one(write, &document, &mut moved).await?;
        }
    }
    Ok(moved)
}

/// Tells the indexes. Approved answers that stand on what is not in force any more go into review.
pub(crate) async fn tell(write: &mut Write, moved: Vec<Moved>) -> Result<()> {
    if moved.is_empty() {
        return Ok(());
    }
    let reviewed = approved::to_review(write).await?;
    for Moved { kind, version } in moved {
        push(write, kind, &version).await?;
    }
    approved::note_reviews(write, &reviewed).await
}

/// The entries that take every findable version of a document out of the indexes.
pub(crate) async fn removals(write: &mut Write, document: &DocumentId) -> Result<Vec<Moved>> {
    let rows = sqlx::query(
        "SELECT id FROM versions
         WHERE document_id = $1 AND state = 'ready' AND valid_from < valid_until
         ORDER BY number",
    )
    .bind(document.as_str())
    .fetch_all(write.connection())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Moved {
                kind: OutboxKind::Remove,
                version: row.id("id")?,
            })
        })
        .collect()
}

/// The document's row, held until the transaction ends. `NotFound` when it isn't there or was
/// deleted. Whoever changes versions takes it before theirs.
pub(crate) async fn hold(write: &mut Write, document: &DocumentId) -> Result<()> {
    let held = sqlx::query(
        "UPDATE documents SET created_at = created_at WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(document.as_str())
    .execute(write.connection())
    .await?;
    if held.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    Ok(())
}

/// Settles one document; gives the one that it supersedes.
async fn settle_one(
    write: &mut Write,
    document: &DocumentId,
    moved: &mut Vec<Moved>,
) -> Result<Option<DocumentId>> {
    // Held: of two versions that commit at once, one comes second and sees the other.
    let row = sqlx::query(
        "UPDATE documents SET created_at = created_at WHERE id = $1
         RETURNING deleted_at, supersedes",
    )
    .bind(document.as_str())
    .fetch_optional(write.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let supersedes = row.maybe_id("supersedes")?;
    if row.maybe_int("deleted_at")?.is_some() {
        return Ok(supersedes);
    }
    let ready = ready_versions(write, document).await?;
    let superseded_on = superseded_on(write, document).await?;
    let days = days(&ready, supersedes.is_some(), superseded_on);
    let mut gone = Vec::new();
    // The newest first: an index that has taken in the first entry already has what holds now.
    for (version, days) in ready.into_iter().zip(days).rev() {
        if version.days == days {
            continue;
        }
        sqlx::query("UPDATE versions SET valid_from = $2, valid_until = $3 WHERE id = $1")
            .bind(version.id.as_str())
            .bind(days.0)
            .bind(days.1)
            .execute(write.connection())
            .await?;
        let version = version.id;
        if days == NEVER {
            let kind = OutboxKind::Remove;
            gone.push(Moved { kind, version });
        } else {
            let kind = OutboxKind::Upsert;
            moved.push(Moved { kind, version });
        }
    }
    moved.append(&mut gone);
    Ok(supersedes)
}

/// In the order of their numbers.
async fn ready_versions(write: &mut Write, document: &DocumentId) -> Result<Vec<Ready>> {
    let rows = sqlx::query(
        "SELECT id, effective_from, effective_until, committed_at, valid_from, valid_until
         FROM versions WHERE document_id = $1 AND state = 'ready' ORDER BY number",
    )
    .bind(document.as_str())
    .fetch_all(write.connection())
    .await?;
    rows.iter()
        .map(|row| {
            let read_at = row.maybe_time("committed_at")?.unwrap_or(Timestamp(0));
            Ok(Ready {
                id: row.id("id")?,
                effective_from: row.maybe_int("effective_from")?,
                effective_until: row.maybe_int("effective_until")?,
                read_on: read_at.day().number(),
                days: (row.int("valid_from")?, row.int("valid_until")?),
            })
        })
        .collect()
}

/// The first day on which a document is in force that takes this one's place, or the place of one
/// that does.
async fn superseded_on(write: &mut Write, document: &DocumentId) -> Result<Option<i64>> {
    let mut earliest: Option<i64> = None;
    let mut document = document.clone();
    for _ in 0..LONGEST_CHAIN {
        let rows = sqlx::query(
            "SELECT d.id, v.valid_from FROM documents d
             LEFT JOIN versions v ON v.document_id = d.id AND v.state = 'ready'
                       AND v.valid_from < v.valid_until
             WHERE d.supersedes = $1 AND d.deleted_at IS NULL",
        )
        .bind(document.as_str())
        .fetch_all(write.connection())
        .await?;
        let Some(row) = rows.first() else { break };
        document = row.id("id")?;
        for row in &rows {
            let from = row.maybe_int("valid_from")?;
            earliest = [earliest, from].into_iter().flatten().min();
        }
    }
    Ok(earliest)
}

/// The days of each version, in the same order.
fn days(ready: &[Ready], supersedes: bool, superseded_on: Option<i64>) -> Vec<Days> {
    let mut until = superseded_on.unwrap_or(FOR_EVER);
    let mut days: Vec<Days> = ready
        .iter()
        .enumerate()
        .rev()
        .map(|(place, version)| {
            let first = place == 0 && !supersedes;
            let from = version.effective_from.unwrap_or(if first {
                Day::FIRST.number()
            } else {
                version.read_on
            });
            let own_end = version.effective_until.unwrap_or(FOR_EVER);
            let end = until.min(own_end);
            until = until.min(from);
            if from < end { (from, end) } else { NEVER }
        })
        .collect();
    days.reverse();
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVER: i64 = Day::FIRST.number();

    fn read_on(day: i64) -> Ready {
        Ready {
            id: "v".parse().expect("an identifier"),
            effective_from: None,
            effective_until: None,
            read_on: day,
            days: NEVER,
        }
    }

    fn from(day: i64) -> Ready {
        Ready {
            effective_from: Some(day),
            ..read_on(100)
        }
    }

    #[test]
    fn the_first_version_holds_since_ever_and_a_later_one_from_its_reading() {
        let versions = [read_on(10), read_on(20), read_on(30)];
        assert_eq!(
            days(&versions, false, None),
            [(EVER, 20), (20, 30), (30, FOR_EVER)]
        );
        assert_eq!(days(&[read_on(10)], true, None), [(10, FOR_EVER)]);
        assert!(days(&[], false, None).is_empty());
    }

    #[test]
    fn of_two_versions_of_one_day_the_later_holds() {
        let versions = [read_on(10), read_on(20), read_on(20)];
        assert_eq!(
            days(&versions, false, None),
            [(EVER, 20), NEVER, (20, FOR_EVER)]
        );
    }

    #[test]
    fn a_version_of_the_future_waits_for_its_day() {
        let versions = [read_on(10), from(500)];
        assert_eq!(days(&versions, false, None), [(EVER, 500), (500, FOR_EVER)]);
    }

    #[test]
    fn a_correction_that_reaches_back_takes_the_days_of_what_it_corrects() {
        let versions = [from(10), from(50), from(30)];
        assert_eq!(
            days(&versions, false, None),
            [(10, 30), NEVER, (30, FOR_EVER)]
        );
    }

    #[test]
    fn what_expired_is_not_followed_by_what_it_replaced() {
        let expired = Ready {
            effective_until: Some(40),
            ..from(20)
        };
        assert_eq!(
            days(&[read_on(10), expired], false, None),
            [(EVER, 20), (20, 40)]
        );
    }

    #[test]
    fn a_superseded_document_ends_on_the_first_day_of_the_other() {
        let versions = [from(10), from(50)];
        assert_eq!(days(&versions, false, Some(70)), [(10, 50), (50, 70)]);
        assert_eq!(days(&versions, false, Some(30)), [(10, 30), NEVER]);
        assert_eq!(days(&versions, false, Some(5)), [NEVER, NEVER]);
    }
}
