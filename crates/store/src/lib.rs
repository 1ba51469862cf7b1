//! All SQL: one module an aggregate, the same statements on SQLite and PostgreSQL.
//!
//! Three things hold everywhere. A change and its audit record are one transaction (`write`).
//! What a person may see is a [`Scope`], which only an authenticated [`Principal`] gets, and
//! everything that shows document content takes one, with the day whose versions it is about.
//! Nothing half-done is visible: a version can be found from the commit that brings all its
//! passages, and the indexes follow the outbox row of that same commit.

mod access;
mod adding;
mod approved;
mod audit;
mod calendar;
mod calibrations;
mod checkpoints;
mod clock;
mod clocks;
mod conversations;
mod dates;
mod deleting;
mod desk;
mod detail;
mod directory;
mod document_requests;
mod documents;
mod embeddings;
mod erasure;
mod error;
mod escalations;
mod evaluations;
mod events;
mod facts;
mod feedback;
mod finish;
mod groups;
mod holds;
mod index;
mod insights;
mod item;
mod jobs;
mod log;
mod members;
mod migration;
mod narrowing;
mod notices;
mod oidc_flows;
mod outbox;
mod passages;
mod preferences;
mod progress;
mod proposals;
mod quarantine;
mod question_sets;
mod queues;
mod replay;
mod requests;
mod restricted;
mod retention;
mod retrying;
mod reviews;
mod row;
mod rule_versions;
mod runs;
mod scim;
mod sealing;
mod sessions;
mod sets;
mod settings;
mod sign_in;
mod story;
mod subject;
mod templates;
mod tickets;
mod timeline;
mod tokens;
mod totp;
mod trackers;
mod usage;
mod users;
mod validity;
mod verification;
mod versions;
mod visibility;
mod watched;
mod write;

pub use access::{Principal, Scope};
pub use adding::{AddVersion, AddedVersion, Priority};
pub use approved::ApprovedText;
pub use audit::{Actor, AuditRecord};
pub use calendar::Calendar;
pub use calibrations::{CalibrationRow, NewCalibration};
pub use clock::{Clock, ManualClock, SystemClock};
pub use clocks::{ClockEvent, ClockEventKind};
pub use detail::VersionText;
pub use directory::{Arrival, ArrivalGroup, ArrivalRefusal, ArrivalRole, ArrivalRules, Welcome};
pub use documents::Original;
pub use embeddings::{EmbeddingModel, Indexes, ModelState, REEMBED, ToEmbed};
pub use error::{Result, StoreError};
pub use escalations::NewEscalation;
pub use evaluations::{EvaluationRow, NewEvaluationRow};
pub use finish::{FinishRun, ModelCall};
pub use index::{IndexRow, embedded_text, passage_header};
pub use inhouse_record::MasterKeys;
pub use insights::{AskedEscalation, AskedQuestion};
pub use jobs::{INGEST, IngestJob, Job, TICKET, TICKET_UPDATE, TicketJob};
pub use log::{ExportedRecord, LogExport, LogStanding, OpenedLog};
pub use notices::{MAIL, Mail, MailContent, MailJob};
pub use oidc_flows::OidcFlow;
pub use outbox::{OutboxEntry, OutboxKind};
pub use replay::{QuestionToDraft, RecordedRun};
pub use retention::{RetentionLimits, RetentionMode};
pub use rule_versions::{LiveRules, PastQuestion};
pub use runs::RunInfo;
pub use scim::{
    ScimCondition, ScimGroup, ScimGroupData, ScimPage, ScimQuery, ScimUser, ScimUserData,
};
pub use sessions::{NewSession, SessionLimits};
pub use settings::Started;
pub use subject::{SubjectExport, SubjectSection};
pub use tickets::{TicketRequest, TicketUpdate};
pub use tokens::{NewToken, TokenHolder};
pub use totp::{TotpSecret, TotpStanding};
pub use trackers::{
    NewsTaken, StoredTracker, TicketComment, TicketNews, TicketStatus, TrackerSecret,
};
pub use usage::{UsageBy, UsageRow};
pub use users::{NewUser, User};
pub use verification::LogCheck;
pub use versions::{Committed, IngestVersion, NewPassage};
pub use watched::WatchedFile;

use inhouse_protocol::Timestamp;
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Connections of one process; SQLite's are a thread each.
const CONNECTIONS: u32 = 8;

/// How often and how long apart the switch of a new SQLite file to WAL is tried: it needs the
/// file for itself for a moment and can't wait in the database.
const WAL_TRIES: u32 = 40;
const WAL_PAUSE: Duration = Duration::from_millis(50);

/// The database. Cloning is cheap.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    clock: Arc<dyn Clock>,
    /// Business hours, for service levels.
    calendar: Arc<Calendar>,
    /// What wraps the keys of people, whose personal data in the record is sealed.
    keys: MasterKeys,
    /// SQLite has one writer: those of this process wait for their turn here, in order.
    writers: Option<Arc<Mutex<()>>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("sqlite", &self.is_sqlite())
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens `sqlite:///absolute/path` (made when it doesn't exist; its folder must) or
    /// `postgres://…`. Doesn't migrate. `keys` wrap the keys of people; see [`Store::check_keys`].
    pub async fn open(url: &str, clock: Arc<dyn Clock>, keys: MasterKeys) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        if sqlite && !url.starts_with("sqlite:///") {
            return Err(StoreError::Invalid(
                "a SQLite address is sqlite:// with an absolute path".into(),
            ));
        }
        let options = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(30))
            // A file doesn't hang up; a server may have.
            .test_before_acquire(!sqlite);
        let pool = if sqlite {
            let separator = if url.contains('?') { '&' } else { '?' };
            let url = if url.contains("mode=") {
                url.to_owned()
            } else {
                format!("{url}{separator}mode=rwc")
            };
            options
                .after_connect(|connection, _| {
                    Box::pin(async move {
                        // FULL: a commit that was reported is on the disk, also in WAL mode.
                        // secure_delete: what is deleted is overwritten; `Store::scrub` does the rest.
                        sqlx::raw_sql(
                            "PRAGMA busy_timeout = 30000; PRAGMA foreign_keys = ON;
                             PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
                             PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;",
                        )
                        .execute(connection)
                        .await?;
                        Ok(())
                    })
                })
                .connect(&url)
                .await?
        } else {
            options.connect(url).await?
        };
        let store = Self {
            pool,
            clock,
            calendar: Arc::default(),
            keys,
            writers: sqlite.then(|| Arc::new(Mutex::new(()))),
        };
        if sqlite {
            store.use_wal().await?;
        }
        Ok(store)
    }

    /// Readers go on while one writes, and a commit is one fsync.
    async fn use_wal(&self) -> Result<()> {
        let mut tries = 0;
        loop {
            let mode: std::result::Result<String, sqlx::Error> =
                sqlx::query_scalar("PRAGMA journal_mode = WAL")
                    .fetch_one(&self.pool)
                    .await;
            tries += 1;
            match mode {
                Ok(mode) if mode.eq_ignore_ascii_case("wal") => return Ok(()),
                Ok(mode) if tries >= WAL_TRIES => {
                    return Err(StoreError::Invalid(format!(
                        "SQLite can't use write-ahead logging here (mode {mode}); put the \
                         instance's folder on a local disk"
                    )));
                }
                Err(error) if tries >= WAL_TRIES => return Err(error.into()),
                Ok(_) | Err(_) => tokio::time::sleep(WAL_PAUSE).await,
            }
        }
    }

    /// Whether this is the embedded database: one machine, one writer at a time.
    pub fn is_sqlite(&self) -> bool {
        self.writers.is_some()
    }

    /// This moment, by the store's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The same database with other business hours than the default ones.
    #[must_use]
    pub fn with_calendar(mut self, calendar: Arc<Calendar>) -> Self {
        self.calendar = calendar;
        self
    }

    /// The business hours that service levels are counted in.
    pub fn calendar(&self) -> &Arc<Calendar> {
        &self.calendar
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<()> {
        let _: i64 = sqlx::query_scalar("SELECT CAST(1 AS BIGINT)")
            .fetch_one(&self.pool)
            .await?;
        Ok(())
    }

    /// Closes every connection; open transactions are rolled back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_sqlite_connection_syncs_each_commit_and_checks_references() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/a b.db", folder.path().display());
        let store = Store::open(&url, Arc::new(SystemClock), MasterKeys::ephemeral())
            .await
            .expect("a new file");
        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut connection = store.pool.acquire().await.expect("a connection");
            // FULL is 2.
            for (pragma, expected) in [
                ("PRAGMA synchronous", 2),
                ("PRAGMA foreign_keys", 1),
                ("PRAGMA busy_timeout", 30_000),
                ("PRAGMA secure_delete", 1),
            ] {
                let value: i64 = sqlx::query_scalar(pragma)
                    .fetch_one(&mut *connection)
                    .await
                    .expect("a value");
                assert_eq!(value, expected, "{pragma}");
            }
            held.push(connection);
        }
    }
}
