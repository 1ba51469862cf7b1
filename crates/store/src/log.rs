//! Reading the log. Who reads it says why first, each reading leaves a record of its own, and
//! records of document sets that the reader is outside of keep their place alone. So do those of
//! what lies in a restricted queue of the desk, with their action and subject.

mod filter;
mod shown;

use crate::access::{Principal, Scope};
use crate::audit::{self, Actor};
use crate::row::{Columns, clean};
use crate::write::Personal;
use crate::{Result, Store, StoreError};
use filter::Conditions;
use inhouse_protocol::{LogFilter, LogOpening, LogRecord, RunId, SetId, Timestamp};
use inhouse_record::Checkpoint;
use inhouse_record::export::Line;
use serde_json::{Value, json};

/// How long an opening lasts.
const OPEN_MS: i64 = 60 * 60 * 1000;
/// Records of an export that are read at once.
const EXPORT_PAGE: i64 = 1_000;
/// The most records of a page.
const LIMIT: u32 = 500;

/// The log, opened with a reason: every reading takes one. Made by [`Store::opened_log`] alone.
#[derive(Debug, Clone)]
pub struct OpenedLog {
    by: Principal,
    opening: i64,
}

/// How the log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogStanding {
    /// The number of the newest record; 0 in an empty log.
    pub newest: i64,
    /// The number of the first that is there.
    pub first: i64,
    /// The newest checkpoint.
    pub checkpoint: Option<Checkpoint>,
}

/// A record on its way out: for reading, and as a line that verifies.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedRecord {
    pub record: LogRecord,
    pub line: Line,
}

/// An export in work: pages of records, oldest first.
pub struct LogExport {
    store: Store,
    scope: Scope,
    conditions: Conditions,
    after: i64,
    until: i64,
    checkpoints: Vec<Checkpoint>,
    by: Actor,
    reader: Principal,
}

impl Store {
    /// Opens the log for an hour. `Invalid` unless the reason has 10 to 500 characters.
    pub async fn open_log(&self, by: &Principal, reason: &str) -> Result<LogOpening> {
        let reason = clean(reason.trim()).into_owned();
        if !(10..=500).contains(&reason.chars().count()) {
            return Err(StoreError::Invalid(
                "Say in 10 to 500 characters why you open the log.".into(),
            ));
        }
        let mut write = self.write().await?;
        let expires_at = write.now().plus_ms(OPEN_MS);
        let (detail, personal) = match by.user_id() {
            Some(of) => {
                let data = json!({ "reason": reason });
                (json!({}), Some(Personal { of, data }))
            }
            // The operator is nobody whose key it could be sealed with.
            None => (json!({ "reason": reason }), None),
        };
        let subject = ("log", "audit");
        let actor = by.actor();
        let opening =
            audit::append(&mut write, &actor, "log.open", subject, &detail, personal).await?;
        write.commit_unrecorded().await?;
        Ok(LogOpening {
            opening,
            expires_at,
        })
    }

    /// The log as `by` opened it with the record `opening`. None when there is no such record,
    /// when it is another's or more than an hour old.
    pub async fn opened_log(&self, by: &Principal, opening: i64) -> Result<Option<OpenedLog>> {
        let row = sqlx::query("SELECT at, actor, action FROM audit WHERE seq = $1")
            .bind(opening)
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let theirs = row.text("action")? == "log.open"
            && row.text("actor")? == by.actor().to_string()
            && self.now().since_ms(row.time("at")?) < OPEN_MS;
        Ok(theirs.then(|| OpenedLog {
            by: by.clone(),
            opening,
        }))
    }

    /// A page of the log, newest first: up to `limit` records (500 at most) before the number
    /// `before`, and the number to go on before, where there may be more.
    pub async fn read_log(
        &self,
        opened: &OpenedLog,
        filter: &LogFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<(Vec<LogRecord>, Option<i64>)> {
        let scope = self.scope(&opened.by).await?;
        let conditions = self.conditions(&opened.by, &scope, filter).await?;
        let limit = i64::from(limit.clamp(1, LIMIT));
        let rows = self
            .log_rows(&conditions.before(before.unwrap_or(i64::MAX), limit))
            .await?;
        let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == limit;
        let next = rows.last().filter(|_| full).map(|row| row.seq);
        let shown = self.shown(&opened.by, &scope, rows).await?;
        let records: Vec<LogRecord> = shown.into_iter().map(|shown| shown.record).collect();
        let detail = json!({
            "filter": filter, "before": before, "records": records.len(),
        });
        self.note_reading(opened, "log.read", ("log", "audit"), detail)
            .await?;
        Ok((records, next))
    }

    /// An export of the records that there are now and that the filter lets through.
    pub async fn export_log(
        &self,
        opened: &OpenedLog,
        filter: &LogFilter,
        format: &str,
    ) -> Result<LogExport> {
        let scope = self.scope(&opened.by).await?;
        let conditions = self.conditions(&opened.by, &scope, filter).await?;
        let standing = self.log_standing().await?;
        let mut checkpoints = self.checkpoints().await?;
        checkpoints.retain(|checkpoint| checkpoint.seq <= standing.newest);
        let detail = json!({
            "filter": filter, "format": format, "until": standing.newest,
        });
        self.note_reading(opened, "log.export", ("log", "audit"), detail)
            .await?;
        Ok(LogExport {
            store: self.clone(),
            scope,
            conditions,
            after: 0,
            until: standing.newest,
            checkpoints,
            by: opened.by.actor(),
            reader: opened.by.clone(),
        })
    }

    /// How the log stands now. Tells nothing of what is in it.
    pub async fn log_standing(&self) -> Result<LogStanding> {
        let row = sqlx::query("SELECT MIN(seq) AS first, MAX(seq) AS newest FROM audit")
            .fetch_one(&self.pool)
            .await?;
        Ok(LogStanding {
            newest: row.maybe_int("newest")?.unwrap_or(0),
            first: row.maybe_int("first")?.unwrap_or(1),
            checkpoint: self.latest_checkpoint().await?,
        })
    }

    /// The records about any of these subjects, oldest first. The caller notes the reading.
    pub(crate) async fn records_about(
        &self,
        by: &Principal,
        scope: &Scope,
        subjects: &[String],
    ) -> Result<Vec<LogRecord>> {
        let rows = self.log_rows(&Conditions::about(subjects)).await?;
        let shown = self.shown(by, scope, rows).await?;
        Ok(shown.into_iter().map(|shown| shown.record).collect())
    }

    /// The record of a reading: it names the opening, and with it the reason.
    pub(crate) async fn note_reading(
        &self,
        opened: &OpenedLog,
        action: &str,
        subject: (&str, &str),
        mut detail: Value,
    ) -> Result<()> {
        detail["opening"] = opened.opening.into();
        self.write()
            .await?
            .commit(&opened.by.actor(), action, subject, detail)
            .await
    }
}

impl OpenedLog {
    pub(crate) fn by(&self) -> &Principal {
        &self.by
    }
}

impl LogExport {
    /// The next records; none at the end.
    pub async fn next_page(&mut self) -> Result<Vec<ExportedRecord>> {
        let select = self.conditions.after(self.after, self.until, EXPORT_PAGE);
        let rows = self.store.log_rows(&select).await?;
        if let Some(last) = rows.last() {
            self.after = last.seq;
        }
        self.store.shown(&self.reader, &self.scope, rows).await
    }

    /// The checkpoints of the records up to the last of the export.
    pub fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// Who exports.
    pub fn by(&self) -> &Actor {
        &self.by
    }
}

/// A row of the log before it is known who may see it.
pub(crate) struct LogRow {
    seq: i64,
    at: Timestamp,
    actor: String,
    action: String,
    subject: String,
    detail: String,
    sealed: String,
    set: Option<SetId>,
    previous: String,
    hash: String,
}

/// The subject of a run's records.
pub(crate) fn run_subject(run: &RunId) -> String {
    format!("run:{run}")
}
