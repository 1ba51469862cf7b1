//! Restricted queues, such as reports of wrongdoing (Directive (EU) 2019/1937, Article 16: the
//! reporter's identity is for those who handle reports alone). What lies in one is seen by its
//! members only: not by others at the desk, not by admins, not in the log, not by the operator's
//! commands. As long as nobody was made a member, everybody at the desk sees it, so that no report
//! waits unseen.
//!
//! In the log the rest of such a conversation is closed too, since it may tell the same; and what
//! was removed for its age stays closed as long as its records are kept (`restricted_records`).

use crate::access::Principal;
use crate::erasure::with_ids;
use crate::log::run_subject;
use crate::row::Columns;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{EscalationId, QueueId, RunId};
use sqlx::AnyConnection;
use std::collections::HashSet;

/// A condition on a queue `q`: it is restricted and somebody is a member.
macro_rules! closed_queue {
    () => {
        "q.restricted = 1
         AND EXISTS (SELECT 1 FROM queue_members m WHERE m.queue_id = q.id)"
    };
}

/// The ids of all runs that lie in any restricted queue, or were removed from one.
macro_rules! restricted_runs {
    () => {
        "SELECT e.run_id FROM escalations e JOIN queues q ON q.id = e.queue_id
         WHERE q.restricted = 1
         UNION SELECT k.id FROM restricted_records k WHERE k.kind = 'run'"
    };
}

/// A condition on a run `r`: nothing of it or its conversation lies in a restricted queue, or was
/// removed from one. For what is read or counted by anybody who isn't its asker.
macro_rules! open_run {
    () => {
        concat!(
            "r.id NOT IN (",
            $crate::restricted::restricted_runs!(),
            " UNION SELECT s.id FROM runs s WHERE s.conversation_id IN
                  (SELECT c.conversation_id FROM runs c WHERE c.id IN (",
            $crate::restricted::restricted_runs!(),
            ")))"
        )
    };
}
pub(crate) use {open_run, restricted_runs};

/// The ids of the runs that lie in the queue of the placeholder, or were removed from it.
macro_rules! runs_of {
    ($queue:literal) => {
        concat!(
            "SELECT e.run_id FROM escalations e WHERE e.queue_id = ",
            $queue,
            " UNION SELECT k.id FROM restricted_records k WHERE k.kind = 'run' AND k.queue_id = ",
            $queue
        )
    };
}

/// The subjects of the log's records that are closed with the queue of the placeholder.
macro_rules! subjects_of {
    ($queue:literal) => {
        concat!(
            "SELECT 'queue:' || ",
            $queue,
            " AS subject
             UNION SELECT 'escalation:' || e.id FROM escalations e WHERE e.queue_id = ",
            $queue,
            " UNION SELECT k.kind || ':' || k.id FROM restricted_records k WHERE k.queue_id = ",
            $queue,
            " UNION SELECT 'run:' || e.run_id FROM escalations e WHERE e.queue_id = ",
            $queue,
            " UNION SELECT 'run:' || s.id FROM runs s WHERE s.conversation_id IN
                  (SELECT c.conversation_id FROM runs c WHERE c.id IN (",
            $crate::restricted::runs_of!($queue),
            ")) UNION SELECT 'conversation:' || c.conversation_id FROM runs c
                  WHERE c.conversation_id IS NOT NULL AND c.id IN (",
            $crate::restricted::runs_of!($queue),
            ")"
        )
    };
}
pub(crate) use {runs_of, subjects_of};

/// `NotFound` unless the principal works the desk.
pub(crate) fn desk_only(by: &Principal) -> Result<()> {
    if by.works_the_desk() {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}

/// The ids of the queues whose content the principal may not see, in order: at the desk the
/// restricted ones that others are members of, for everybody else every restricted one.
pub(crate) async fn hidden(connection: &mut AnyConnection, by: &Principal) -> Result<Vec<String>> {
    let rows = if by.works_the_desk() {
        sqlx::query(concat!(
            "SELECT q.id FROM queues q WHERE ",
            closed_queue!(),
            " AND NOT EXISTS (SELECT 1 FROM queue_members o
                              WHERE o.queue_id = q.id AND o.user_id = $1)
              ORDER BY q.id"
        ))
        .bind(by.user_id().unwrap_or_default())
        .fetch_all(connection)
        .await?
    } else {
        sqlx::query("SELECT q.id FROM queues q WHERE q.restricted = 1 ORDER BY q.id")
            .fetch_all(connection)
            .await?
    };
    rows.iter().map(|row| row.text("id")).collect()
}

/// Whether the principal works the desk and may see what is in the queue.
pub(crate) async fn may_see(
    connection: &mut AnyConnection,
    by: &Principal,
    queue: &str,
) -> Result<bool> {
    if !by.works_the_desk() {
        return Ok(false);
    }
    let hidden = hidden(connection, by).await?;
    Ok(hidden.iter().all(|id| id != queue))
}

/// `NotFound` unless the principal works the desk, the escalation is there, and they may see the
/// queue that it is in.
pub(crate) async fn check(write: &mut Write, by: &Principal, id: &EscalationId) -> Result<()> {
    desk_only(by)?;
    let row = sqlx::query("SELECT queue_id FROM escalations WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(write.connection())
        .await?;
    let queue: QueueId = row.ok_or(StoreError::NotFound)?.id("queue_id")?;
    if may_see(write.connection(), by, queue.as_str()).await? {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}

/// The ids of the active people at the desk who may see what is in a queue, by name: to whom it
/// can be assigned.
pub(crate) async fn readers(connection: &mut AnyConnection, queue: &str) -> Result<Vec<String>> {
    let rows = sqlx::query(concat!(
        "SELECT u.id FROM users u JOIN queues q ON q.id = $1
         WHERE u.role = 'legal' AND u.disabled_at IS NULL
           AND (NOT (",
        closed_queue!(),
        ") OR EXISTS (SELECT 1 FROM queue_members o WHERE o.queue_id = q.id AND o.user_id = u.id))
         ORDER BY u.name, u.id"
    ))
    .bind(queue)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.text("id")).collect()
}

impl Store {
    /// The ids of the queues whose content the principal may not see, in order.
    pub(crate) async fn hidden_queues(&self, by: &Principal) -> Result<Vec<String>> {
        let mut connection = self.pool.acquire().await?;
        hidden(&mut connection, by).await
    }

    /// Whether the run itself lies in a queue that the principal may not see, or was removed from
    /// one.
    pub(crate) async fn run_is_hidden(&self, by: &Principal, run: &RunId) -> Result<bool> {
        for queue in self.hidden_queues(by).await? {
            let count: i64 = sqlx::query_scalar(concat!(
                "SELECT COUNT(*) FROM runs r WHERE r.id = $2 AND r.id IN (",
                runs_of!("$1"),
                ")"
            ))
            .bind(queue)
            .bind(run.as_str())
            .fetch_one(&self.pool)
            .await?;
            if count > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the log's records of a run are closed to the principal: it is hidden itself, or its
    /// conversation holds one that is.
    pub(crate) async fn run_is_closed(&self, by: &Principal, run: &RunId) -> Result<bool> {
        let closed = self.closed_subjects(by).await?;
        Ok(closed.contains(&run_subject(run)))
    }

    /// The subjects, such as `run:…`, whose records are closed to the principal.
    pub(crate) async fn closed_subjects(&self, by: &Principal) -> Result<HashSet<String>> {
        let mut closed = HashSet::new();
        for queue in self.hidden_queues(by).await? {
            let rows = sqlx::query(subjects_of!("$1"))
                .bind(queue)
                .fetch_all(&self.pool)
                .await?;
            for row in rows {
                closed.insert(row.text("subject")?);
            }
        }
        Ok(closed)
    }
}

/// Before escalations are removed: what of them lies in a restricted queue stays closed in the log.
pub(crate) async fn keep_escalations_closed(write: &mut Write, ids: &[String]) -> Result<()> {
    for sql in [
        "INSERT INTO restricted_records (kind, id, queue_id)
         SELECT 'escalation', e.id, e.queue_id
         FROM escalations e JOIN queues q ON q.id = e.queue_id
         WHERE q.restricted = 1
           AND NOT EXISTS (SELECT 1 FROM restricted_records k
                           WHERE k.kind = 'escalation' AND k.id = e.id)
           AND e.id",
        // One row a run, also of one that was split.
        "INSERT INTO restricted_records (kind, id, queue_id)
         SELECT 'run', e.run_id, e.queue_id
         FROM escalations e JOIN queues q ON q.id = e.queue_id
         WHERE q.restricted = 1
           AND NOT EXISTS (SELECT 1 FROM restricted_records k
                           WHERE k.kind = 'run' AND k.id = e.run_id)
           AND NOT EXISTS (SELECT 1 FROM escalations o JOIN queues p ON p.id = o.queue_id
                           WHERE o.run_id = e.run_id AND p.restricted = 1 AND o.id < e.id)
           AND e.id",
    ] {
        with_ids(write, sql, ids).await?;
    }
    Ok(())
}

/// Before runs are emptied, and their escalations are removed: a conversation that one of them came
/// from a restricted queue of stays closed in the log, with everything in it.
pub(crate) async fn keep_runs_closed(write: &mut Write, ids: &[String]) -> Result<()> {
    for sql in [
        "INSERT INTO restricted_records (kind, id, queue_id)
         SELECT 'conversation', s.conversation_id, k.queue_id
         FROM runs s JOIN restricted_records k ON k.kind = 'run' AND k.id = s.id
         WHERE s.conversation_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM restricted_records c
                           WHERE c.kind = 'conversation' AND c.id = s.conversation_id)
           AND NOT EXISTS (SELECT 1 FROM runs t
                           JOIN restricted_records l ON l.kind = 'run' AND l.id = t.id
                           WHERE t.conversation_id = s.conversation_id AND t.id < s.id)
           AND s.id",
        "INSERT INTO restricted_records (kind, id, queue_id)
         SELECT 'run', s.id, c.queue_id
         FROM runs s JOIN restricted_records c
              ON c.kind = 'conversation' AND c.id = s.conversation_id
         WHERE NOT EXISTS (SELECT 1 FROM restricted_records k
                           WHERE k.kind = 'run' AND k.id = s.id)
           AND s.id",
    ] {
        with_ids(write, sql, ids).await?;
    }
    Ok(())
}

/// Forgets what is closed and left no trace: neither a record of the log nor a question.
pub(crate) async fn forget_closed(write: &mut Write) -> Result<()> {
    sqlx::query(
        "DELETE FROM restricted_records
         WHERE NOT EXISTS (SELECT 1 FROM audit a
                           WHERE a.subject = restricted_records.kind || ':' || restricted_records.id)
           AND NOT EXISTS (SELECT 1 FROM runs r
                           WHERE r.id = restricted_records.id AND r.question <> '')",
    )
    .execute(write.connection())
    .await?;
    Ok(())
}
