//! Following the chain of records over the database, in parts at the same time: each on a
//! connection of its own, from the stored hash of the record before it, which the part before it
//! checks.

use crate::row::Columns;
use crate::{Result, Store, StoreError};
use inhouse_record::{ChainVerifier, Checkpoint, Entry, Fault, FaultKind, PublicKeys, Verified};
use serde_json::Value;
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// Records read at once.
const PAGE: i64 = 10_000;
/// Records read at once where one didn't fit, to say what happened to it.
const DOUBT_PAGE: i64 = 64;
/// A part is at least this long.
const PART: i64 = 20_000;
/// More parts than this gain nothing: the database is one.
const PARTS: usize = 4;

/// What following the log came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCheck {
    /// Records that fitted.
    pub records: u64,
    /// Checkpoints that agreed.
    pub checkpoints: u64,
    /// The number of the last record; 0 in an empty log.
    pub last: i64,
    /// Its hash.
    pub hash: String,
    /// The first record that doesn't fit.
    pub fault: Option<Fault>,
}

/// Where the log begins and ends, at one moment.
struct Extent {
    first: Option<i64>,
    newest: i64,
    /// The number that was given last.
    counted: i64,
}

/// What is to be followed.
struct Plan {
    start: ChainVerifier,
    extent: Extent,
    checkpoints: Vec<Checkpoint>,
}

type Followed = std::result::Result<Verified, Fault>;

impl Store {
    /// Follows the whole chain and compares it with every checkpoint: those stored and those given
    /// from `outside`. With `trusted`, a checkpoint that none of these keys signed is a fault.
    pub async fn verify_log(
        &self,
        trusted: Option<&PublicKeys>,
        outside: &[Checkpoint],
    ) -> Result<LogCheck> {
        loop {
            let mut checkpoints = self.checkpoints().await?;
            checkpoints.extend_from_slice(outside);
            checkpoints.sort_by_key(|checkpoint| checkpoint.seq);
            let extent = self.extent().await?;
            let first = extent.first;
            let check = self.check_all(extent, checkpoints, trusted).await?;
            // The retention may have cut the log meanwhile.
            if check.fault.is_none() || self.extent().await?.first == first {
                return Ok(check);
            }
        }
    }

    /// Follows the chain from a checkpoint that was verified before.
    pub async fn verify_log_after(&self, checkpoint: &Checkpoint) -> Result<LogCheck> {
        let extent = self.extent().await?;
        let stored = self.hash_of(checkpoint.seq).await?;
        if stored.is_some_and(|hash| hash != checkpoint.hash) {
            return Ok(LogCheck::faulty(Fault {
                seq: checkpoint.seq,
                kind: FaultKind::Rewritten(checkpoint.seq),
            }));
        }
        let start = ChainVerifier::after(checkpoint.seq, &checkpoint.hash);
        self.follow(Plan {
            start,
            extent,
            checkpoints: Vec::new(),
        })
        .await
    }

    /// Follows the whole chain and compares it with the stored checkpoints, without looking at
    /// their signatures. `Corrupt` says in a sentence what the first record is that doesn't fit;
    /// otherwise the number of records and the newest hash.
    pub async fn verify_audit(&self) -> Result<(u64, String)> {
        let check = self.verify_log(None, &[]).await?;
        match check.fault {
            Some(fault) => Err(StoreError::Corrupt(fault.to_string())),
            None => Ok((check.records, check.hash)),
        }
    }

    async fn check_all(
        &self,
        extent: Extent,
        checkpoints: Vec<Checkpoint>,
        trusted: Option<&PublicKeys>,
    ) -> Result<LogCheck> {
        let unsigned = checkpoints
            .iter()
            .find(|checkpoint| trusted.is_some_and(|keys| checkpoint.verify(keys).is_err()))
            .map(|checkpoint| Fault {
                seq: checkpoint.seq,
                kind: FaultKind::Unsigned,
            });
        let mut check = match self.beginning(&extent, &checkpoints).await? {
            Err(fault) => LogCheck::faulty(fault),
            Ok(start) => {
                self.follow(Plan {
                    start,
                    extent,
                    checkpoints,
                })
                .await?
            }
        };
        check.fault = match (check.fault, unsigned) {
            (Some(fault), Some(unsigned)) if unsigned.seq < fault.seq => Some(unsigned),
            (fault, unsigned) => fault.or(unsigned),
        };
        Ok(check)
    }

    /// Where to begin: at the first record, or where the last run of the retention has cut the log,
    /// which is at a checkpoint.
    async fn beginning(
        &self,
        extent: &Extent,
        checkpoints: &[Checkpoint],
    ) -> Result<std::result::Result<ChainVerifier, Fault>> {
        let cut = self.cut_until().await?;
        if let Some(first) = extent.first {
            let kind = match first - cut - 1 {
                0 => None,
                missing @ 1.. => Some(FaultKind::Removed(missing)),
                back => Some(FaultKind::Inserted(-back)),
            };
            if let Some(kind) = kind {
                let seq = first.min(cut + 1);
                return Ok(Err(Fault { seq, kind }));
            }
        }
        if cut == 0 {
            return Ok(Ok(ChainVerifier::start()));
        }
        let checkpoint = checkpoints.iter().find(|checkpoint| checkpoint.seq == cut);
        Ok(match checkpoint {
            Some(checkpoint) => Ok(ChainVerifier::after(cut, &checkpoint.hash)),
            None => Err(Fault {
                seq: cut + 1,
                kind: FaultKind::NoBeginning,
            }),
        })
    }

    /// The last record that the retention removed, by its own record; 0 when it never did.
    async fn cut_until(&self) -> Result<i64> {
        let row = sqlx::query(
            "SELECT detail FROM audit
             WHERE action = 'retention.run' AND detail LIKE '%\"log_until\":%'
             ORDER BY seq DESC LIMIT 1",
        )
        .fetch_optional(&self.pool)
        .await?;
        let detail: Value = match &row {
            Some(row) => serde_json::from_str(&row.text("detail")?).unwrap_or_default(),
            None => Value::Null,
        };
        Ok(detail["log_until"].as_i64().unwrap_or(0))
    }

    async fn extent(&self) -> Result<Extent> {
        let row = sqlx::query(
            "SELECT c.value AS counted, (SELECT MIN(seq) FROM audit) AS first,
                    (SELECT MAX(seq) FROM audit) AS newest
             FROM counters c WHERE c.name = 'audit'",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Extent {
            first: row.maybe_int("first")?,
            newest: row.maybe_int("newest")?.unwrap_or(0),
            counted: row.int("counted")?,
        })
    }

    async fn hash_of(&self, seq: i64) -> Result<Option<String>> {
        let hash = sqlx::query_scalar("SELECT hash FROM audit WHERE seq = $1")
            .bind(seq)
            .fetch_optional(&self.pool)
            .await?;
        Ok(hash)
    }

    /// Follows all parts; of several faults the first counts.
    async fn follow(&self, plan: Plan) -> Result<LogCheck> {
        let begin = plan.start.next();
        let (newest, counted) = (plan.extent.newest, plan.extent.counted);
        let mut tasks = Vec::new();
        for (start, until) in self.parts(plan.start, newest).await? {
            let last = until == newest;
            let within = |checkpoint: &&Checkpoint| last || checkpoint.seq <= until;
            let start = start.with_checkpoints(plan.checkpoints.iter().filter(within));
            let expected = if last { counted } else { until };
            tasks.push(tokio::spawn(follow_part(
                self.clone(),
                start,
                until,
                expected,
            )));
        }
        let mut check = LogCheck::empty();
        for task in tasks {
            match finished(task.await)?? {
                Ok(part) => check.add(part),
                Err(fault) => {
                    let fault = widened(fault, begin, &plan.checkpoints);
                    check.fault = check.fault.or(Some(fault));
                }
            }
        }
        Ok(check)
    }

    /// The chain cut into parts of about the same length, each with its last record.
    async fn parts(&self, start: ChainVerifier, newest: i64) -> Result<Vec<(ChainVerifier, i64)>> {
        let after = start.next() - 1;
        let length = newest - after;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let count = (length / PART).clamp(1, i64::try_from(cores.clamp(2, PARTS)).unwrap_or(2));
        let mut parts = vec![(start, newest)];
        for index in 1..count {
            let border = after + length * index / count;
            // Where the record is missing, the part before it says so.
            if let Some(hash) = self.hash_of(border).await?
                && let Some(former) = parts.last_mut()
            {
                former.1 = border;
                parts.push((ChainVerifier::after(border, &hash), newest));
            }
        }
        Ok(parts)
    }

    async fn page(&self, after: i64, limit: i64) -> Result<Vec<AnyRow>> {
        let rows = sqlx::query(
            "SELECT seq, at, actor, action, subject, detail, sealed, hash FROM audit
             WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}

impl LogCheck {
    const fn empty() -> Self {
        Self {
            records: 0,
            checkpoints: 0,
            last: 0,
            hash: String::new(),
            fault: None,
        }
    }

    fn faulty(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::empty()
        }
    }

    fn add(&mut self, part: Verified) {
        self.records += part.records;
        self.checkpoints += part.checkpoints;
        self.last = part.last;
        self.hash = part.hash;
    }
}

/// Follows one part up to the record `until`; `expected` is the newest that there must be.
async fn follow_part(
    store: Store,
    mut chain: ChainVerifier,
    until: i64,
    expected: i64,
) -> Result<Followed> {
    let mut after = chain.next() - 1;
    while chain.next() <= until {
        let limit = if chain.is_in_doubt() {
            DOUBT_PAGE
        } else {
            PAGE.min(until - after).max(1)
        };
        let rows = store.page(after, limit).await?;
        let Some(last) = rows.last() else { break };
        after = last.int("seq")?;
        let fed = tokio::task::spawn_blocking(move || {
            let fed = feed(&mut chain, &rows, until);
            (chain, fed)
        });
        let (fed_chain, fed) = finished(fed.await)?;
        if let Err(fault) = fed {
            return Ok(Err(fault));
        }
        chain = fed_chain;
    }
    Ok(chain.finish(Some(expected)))
}

fn feed(chain: &mut ChainVerifier, rows: &[AnyRow], until: i64) -> std::result::Result<(), Fault> {
    for row in rows {
        if chain.next() > until {
            break;
        }
        // What isn't even of the column's type is changed.
        let Ok((entry, hash)) = entry(row) else {
            return Err(Fault {
                seq: chain.next(),
                kind: FaultKind::Changed,
            });
        };
        chain.feed(&entry, hash)?;
    }
    Ok(())
}

/// By position and without a copy: this is done for every record there is.
fn entry(row: &AnyRow) -> std::result::Result<(Entry<'_>, &str), sqlx::Error> {
    let entry = Entry {
        seq: row.try_get(0)?,
        at: row.try_get(1)?,
        actor: row.try_get(2)?,
        action: row.try_get(3)?,
        subject: row.try_get(4)?,
        detail: row.try_get(5)?,
        sealed: row.try_get(6)?,
    };
    Ok((entry, row.try_get(7)?))
}

/// A part knows only its own checkpoints: the records that may have been rewritten begin after the
/// last one that agreed before it.
fn widened(fault: Fault, begin: i64, checkpoints: &[Checkpoint]) -> Fault {
    let FaultKind::Rewritten(until) = fault.kind else {
        return fault;
    };
    let vouched = checkpoints.iter().map(|checkpoint| checkpoint.seq + 1);
    let seq = vouched.filter(|seq| *seq <= until).max().unwrap_or(begin);
    Fault {
        seq: seq.max(begin),
        ..fault
    }
}

fn finished<T>(joined: std::result::Result<T, tokio::task::JoinError>) -> Result<T> {
    joined.map_err(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // The process is stopping.
        Err(_) => StoreError::Database(sqlx::Error::WorkerCrashed),
    })
}
