//! Retention: what is older than the configuration keeps it is removed, class by class, unless a
//! legal hold covers it. Each run is one transaction with its record.

use crate::audit::Actor;
use crate::erasure::{empty_runs, ids, remove_escalations, with_ids};
use crate::holds::{any_in_force, take_turn};
use crate::restricted::forget_closed;
use crate::row::Columns;
use crate::write::Write;
use crate::{Result, Store};
use inhouse_protocol::{Counted, RetentionRun, Timestamp};
use serde_json::{Value, json};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

const DAY_MS: i64 = 86_400_000;

/// A failed sign-in slows nobody down after this long.
const FAILURES_MS: i64 = DAY_MS;

/// What somebody was told is of no use to them after this long.
const NOTICES_MS: i64 = 90 * DAY_MS;

/// How long each class is kept, in days; 0 keeps it until somebody is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionLimits {
    /// Conversations without a request, from their last question or reply.
    pub conversations_days: u32,
    /// Requests that are not open, from their last reply.
    pub requests_days: u32,
    /// Sessions and tokens, from their end.
    pub sessions_days: u32,
    /// Records of the log, and figures of questions that were removed.
    pub log_days: u32,
}

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetentionMode {
    /// Removes now.
    Now,
    /// Removes, unless the last run was less than so many milliseconds ago.
    Every(i64),
    /// Counts what would be removed, and changes nothing.
    DryRun,
}

/// A condition: a hold in force covers whose this is.
macro_rules! held {
    ($user:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM legal_holds h WHERE h.lifted_at IS NULL
                     AND (h.kind = 'everything' OR h.user_id = ",
            $user,
            "))"
        )
    };
}

macro_rules! old_requests {
    () => {
        "e.state <> 'open' AND e.created_at < $1
         AND NOT EXISTS (SELECT 1 FROM replies p WHERE p.escalation_id = e.id AND p.at >= $1)"
    };
}

macro_rules! old_conversations {
    () => {
        "c.updated_at < $1
         AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.conversation_id = c.id
                         AND (r.state = 'running'
                              OR EXISTS (SELECT 1 FROM escalations e WHERE e.run_id = r.id)))"
    };
}

/// Questions of the command line, which are in no conversation; an empty one was removed.
macro_rules! old_lone_runs {
    () => {
        "r.conversation_id IS NULL AND r.question <> '' AND r.state = 'done' AND r.asked_at < $1
         AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.run_id = r.id)"
    };
}

/// What a run has done so far.
#[derive(Default)]
struct Tally {
    removed: Vec<Counted>,
    held: u64,
    /// The last record that was cut from the log.
    log_until: Option<i64>,
}

impl Tally {
    fn removed(&mut self, what: &str, count: u64) {
        if count > 0 {
            let what = what.to_owned();
            self.removed.push(Counted { what, count });
        }
    }
}

impl Store {
    /// Removes what is older than `limits`. None when it isn't due.
    ///
    /// The log is only ever cut at a signed checkpoint, from which the chain is followed then, and
    /// only while it verifies: a broken one is evidence.
    pub async fn apply_retention(
        &self,
        by: &Actor,
        limits: &RetentionLimits,
        mode: RetentionMode,
    ) -> Result<Option<RetentionRun>> {
        if let RetentionMode::Every(every_ms) = mode
            && !self.retention_is_due(every_ms).await?
        {
            return Ok(None);
        }
        let log_is_whole = self.log_may_be_cut(limits, mode).await?;
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        if let RetentionMode::Every(every_ms) = mode {
            // Another worker may have been first.
            let last = last_run(write.connection()).await?;
            if !is_due(last, write.now(), every_ms) {
                return Ok(None);
            }
        }
        let at = write.now();
        let mut tally = Tally::default();
        remove_old(&mut write, limits, log_is_whole, &mut tally).await?;
        let run = RetentionRun {
            at,
            removed: tally.removed,
            held: tally.held,
        };
        if mode == RetentionMode::DryRun {
            // Dropping the transaction undoes what was counted by doing it.
            return Ok(Some(run));
        }
        let mut detail = json!({
            "removed": run.removed,
            "held": run.held,
            "days": {
                "conversations": limits.conversations_days,
                "requests": limits.requests_days,
                "sessions": limits.sessions_days,
                "log": limits.log_days,
            },
        });
        if let Some(last) = tally.log_until {
            // Whoever follows the chain begins after it: see `verification`.
            detail["log_until"] = last.into();
        }
        write
            .commit(by, "retention.run", ("retention", "run"), detail)
            .await?;
        if !run.removed.is_empty()
            && let Err(error) = self.scrub().await
        {
            tracing::error!(%error, "what was removed is deleted, but not yet overwritten; the next removal does it");
        }
        Ok(Some(run))
    }

    /// The last runs, the newest first.
    pub async fn retention_runs(&self, limit: u32) -> Result<Vec<RetentionRun>> {
        let rows = sqlx::query(
            "SELECT at, detail FROM audit WHERE action = 'retention.run'
             ORDER BY seq DESC LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(run).collect()
    }

    async fn retention_is_due(&self, every_ms: i64) -> Result<bool> {
        let mut connection = self.pool.acquire().await?;
        let last = last_run(&mut connection).await?;
        Ok(is_due(last, self.now(), every_ms))
    }

    /// Whether what would be cut from the log is whole. Nothing to cut counts as whole.
    async fn log_may_be_cut(&self, limits: &RetentionLimits, mode: RetentionMode) -> Result<bool> {
        let Some(cutoff) = cutoff(self.now(), limits.log_days) else {
            return Ok(true);
        };
        let mut connection = self.pool.acquire().await?;
        let nothing = boundary(&mut connection, cutoff).await?.is_none();
        drop(connection);
        if nothing || mode == RetentionMode::DryRun {
            return Ok(true);
        }
        match self.verify_audit().await {
            Ok(_) => Ok(true),
            Err(crate::StoreError::Corrupt(what)) => {
                tracing::error!(%what, "the log doesn't verify: nothing is removed from it");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

async fn remove_old(
    write: &mut Write,
    limits: &RetentionLimits,
    log_is_whole: bool,
    tally: &mut Tally,
) -> Result<()> {
    let now = write.now();
    // Requests first: a conversation stays as long as one of them.
    if let Some(cutoff) = cutoff(now, limits.requests_days) {
        remove_requests(write, cutoff, tally).await?;
    }
    if let Some(cutoff) = cutoff(now, limits.conversations_days) {
        remove_conversations(write, cutoff, tally).await?;
    }
    if let Some(cutoff) = cutoff(now, limits.sessions_days) {
        remove_sessions(write, cutoff, tally).await?;
    }
    remove_failures(write, tally).await?;
    if let Some(cutoff) = cutoff(now, limits.log_days)
        && log_is_whole
    {
        cut_log(write, cutoff, tally).await?;
    }
    Ok(())
}

async fn remove_requests(write: &mut Write, cutoff: i64, tally: &mut Tally) -> Result<()> {
    tally.held += count(
        write,
        concat!(
            "SELECT COUNT(*) FROM escalations e WHERE ",
            old_requests!(),
            " AND ",
            held!("e.user_id")
        ),
        cutoff,
    )
    .await?;
    let rows = held_rows(
        write,
        concat!(
            "UPDATE escalations AS e SET note = '' WHERE ",
            old_requests!(),
            " AND NOT ",
            held!("e.user_id"),
            " RETURNING id"
        ),
        cutoff,
    )
    .await?;
    let gone = ids(&rows)?;
    remove_escalations(write, &gone).await?;
    tally.removed("requests to the legal team", gone.len() as u64);
    Ok(())
}

async fn remove_conversations(write: &mut Write, cutoff: i64, tally: &mut Tally) -> Result<()> {
    for sql in [
        concat!(
            "SELECT COUNT(*) FROM conversations c WHERE ",
            old_conversations!(),
            " AND ",
            held!("c.user_id")
        ),
        concat!(
            "SELECT COUNT(*) FROM runs r WHERE ",
            old_lone_runs!(),
            " AND ",
            held!("r.user_id")
        ),
    ] {
        tally.held += count(write, sql, cutoff).await?;
    }
    // The rows are held: a question that comes at the same time waits and finds no conversation.
    let rows = held_rows(
        write,
        concat!(
            "UPDATE conversations AS c SET title = '' WHERE ",
            old_conversations!(),
            " AND NOT ",
            held!("c.user_id"),
            " RETURNING id"
        ),
        cutoff,
    )
    .await?;
    let conversations = ids(&rows)?;
    let rows = held_rows(
        write,
        concat!(
            "UPDATE runs AS r SET message = '' WHERE ",
            old_lone_runs!(),
            " AND NOT ",
            held!("r.user_id"),
            " RETURNING id"
        ),
        cutoff,
    )
    .await?;
    let mut runs = ids(&rows)?;
    for conversation in &conversations {
        let rows = sqlx::query("SELECT id FROM runs WHERE conversation_id = $1")
            .bind(conversation.as_str())
            .fetch_all(write.connection())
            .await?;
        runs.extend(ids(&rows)?);
    }
    empty_runs(write, &runs).await?;
    let gone = with_ids(write, "DELETE FROM conversations WHERE id", &conversations).await?;
    tally.removed("conversations", gone);
    tally.removed("questions with their answers", runs.len() as u64);
    Ok(())
}

async fn remove_sessions(write: &mut Write, cutoff: i64, tally: &mut Tally) -> Result<()> {
    for (what, held, gone) in [
        (
            "sessions that have ended",
            concat!(
                "SELECT COUNT(*) FROM sessions WHERE (ended_at < $1 OR expires_at < $1) AND ",
                held!("sessions.user_id")
            ),
            concat!(
                "DELETE FROM sessions WHERE (ended_at < $1 OR expires_at < $1) AND NOT ",
                held!("sessions.user_id")
            ),
        ),
        (
            "tokens that have ended",
            concat!(
                "SELECT COUNT(*) FROM api_tokens WHERE (revoked_at < $1 OR expires_at < $1) AND ",
                held!("api_tokens.user_id")
            ),
            concat!(
                "DELETE FROM api_tokens WHERE (revoked_at < $1 OR expires_at < $1) AND NOT ",
                held!("api_tokens.user_id")
            ),
        ),
    ] {
        tally.held += count(write, held, cutoff).await?;
        let gone = remove(write, gone, cutoff).await?;
        tally.removed(what, gone);
    }
    Ok(())
}

/// What serves nothing any more, whatever the limits: counters of failed sign-ins that slow nobody
/// down, sign-ins that never came back from the provider, and notices of months ago.
async fn remove_failures(write: &mut Write, tally: &mut Tally) -> Result<()> {
    let now = write.now();
    let failures = remove(
        write,
        "DELETE FROM sign_in_failures WHERE last_at < $1",
        now.plus_ms(-FAILURES_MS).0,
    )
    .await?;
    let flows = remove(write, "DELETE FROM oidc_flows WHERE expires_at < $1", now.0).await?;
    tally.removed("failed and unfinished sign-ins", failures + flows);
    let notices = remove(
        write,
        concat!(
            "DELETE FROM notices WHERE at < $1 AND NOT ",
            held!("notices.user_id")
        ),
        now.plus_ms(-NOTICES_MS).0,
    )
    .await?;
    tally.removed("notices", notices);
    Ok(())
}

/// Cuts the log at the newest checkpoint before `cutoff`, which stays: the chain starts there. A
/// hold covers the log as a whole, since records can't be taken out of its middle.
async fn cut_log(write: &mut Write, cutoff: i64, tally: &mut Tally) -> Result<()> {
    let held = any_in_force(write.connection()).await?;
    if let Some(last) = boundary(write.connection(), cutoff).await? {
        if held {
            let sql = "SELECT COUNT(*) FROM audit WHERE seq <= $1";
            tally.held += count(write, sql, last).await?;
        } else {
            let records = remove(write, "DELETE FROM audit WHERE seq <= $1", last).await?;
            remove(write, "DELETE FROM checkpoints WHERE seq < $1", last).await?;
            tally.removed("records of the log", records);
            tally.log_until = Some(last);
        }
    }
    if held {
        return Ok(());
    }
    let rows = held_rows(
        write,
        "SELECT id FROM runs WHERE question = '' AND asked_at < $1",
        cutoff,
    )
    .await?;
    let figures = ids(&rows)?;
    with_ids(write, "DELETE FROM model_calls WHERE run_id", &figures).await?;
    with_ids(write, "DELETE FROM runs WHERE id", &figures).await?;
    tally.removed("figures of removed questions", figures.len() as u64);
    let holds = remove(
        write,
        "DELETE FROM legal_holds WHERE lifted_at < $1",
        cutoff,
    )
    .await?;
    tally.removed("lifted legal holds", holds);
    forget_closed(write).await
}

/// The last record that goes: that of the newest checkpoint of which everything is older than
/// `cutoff`. The newest record of all stays in any case: the next one is chained to it.
async fn boundary(connection: &mut AnyConnection, cutoff: i64) -> Result<Option<i64>> {
    let last = sqlx::query_scalar(
        "SELECT MAX(c.seq) FROM checkpoints c JOIN audit a ON a.seq = c.seq
         WHERE a.at < $1 AND c.seq < (SELECT MAX(seq) FROM audit)",
    )
    .bind(cutoff)
    .fetch_one(connection)
    .await?;
    Ok(last)
}

async fn last_run(connection: &mut AnyConnection) -> Result<Option<Timestamp>> {
    let at: Option<i64> =
        sqlx::query_scalar("SELECT MAX(at) FROM audit WHERE action = 'retention.run'")
            .fetch_one(connection)
            .await?;
    Ok(at.map(Timestamp))
}

fn is_due(last: Option<Timestamp>, now: Timestamp, every_ms: i64) -> bool {
    last.is_none_or(|last| now.since_ms(last) >= every_ms)
}

/// None: the class is kept.
fn cutoff(now: Timestamp, days: u32) -> Option<i64> {
    (days > 0).then(|| now.plus_ms(-DAY_MS * i64::from(days)).0)
}

async fn count(write: &mut Write, sql: &'static str, value: i64) -> Result<u64> {
    let count: i64 = sqlx::query_scalar(sql)
        .bind(value)
        .fetch_one(write.connection())
        .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

async fn remove(write: &mut Write, sql: &'static str, value: i64) -> Result<u64> {
    let gone = sqlx::query(sql)
        .bind(value)
        .execute(write.connection())
        .await?;
    Ok(gone.rows_affected())
}

async fn held_rows(write: &mut Write, sql: &'static str, value: i64) -> Result<Vec<AnyRow>> {
    let rows = sqlx::query(sql)
        .bind(value)
        .fetch_all(write.connection())
        .await?;
    Ok(rows)
}

fn run(row: &AnyRow) -> Result<RetentionRun> {
    let detail: Value = row.json("detail")?;
    Ok(RetentionRun {
        at: row.time("at")?,
        removed: serde_json::from_value(detail["removed"].clone()).unwrap_or_default(),
        held: detail["held"].as_u64().unwrap_or_default(),
    })
}
