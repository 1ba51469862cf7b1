//! Following the chain, record by record, and saying of the first one that doesn't fit what was
//! done to it.

use crate::chain::{self, Entry};
use crate::checkpoint::Checkpoint;
use std::collections::VecDeque;
use std::fmt;

/// Records that are looked at together once one doesn't fit, to say what happened to it. What was
/// inserted, removed or moved over more than this many places is found at the same record, and
/// called changed.
const WINDOW: usize = 64;

/// What was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Its content, or the hash beside it.
    Changed,
    /// It is missing, and as many after it as make up this number.
    Removed(i64),
    /// It isn't of the chain, and as many after it as make up this number.
    Inserted(i64),
    /// It stands at this other place.
    Moved(i64),
    /// It, or one after it up to this one, whose checkpoint vouches for another hash: the chain
    /// was computed anew.
    Rewritten(i64),
    /// Its checkpoint carries no signature that is trusted.
    Unsigned,
    /// The log begins with it, and nothing says that what stood before was removed by age.
    NoBeginning,
}

/// The first record that doesn't fit. Shows as a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Its number; where it is missing, the number it had.
    pub seq: i64,
    /// What is wrong with it.
    pub kind: FaultKind,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match self.kind {
            FaultKind::Changed if seq > 1 => write!(
                f,
                "Record {seq} was changed, or record {} was changed together with its hash.",
                seq - 1
            ),
            FaultKind::Changed => write!(f, "Record {seq} was changed."),
            FaultKind::Removed(1) => write!(f, "Record {seq} was removed."),
            FaultKind::Removed(count) => {
                write!(f, "Records {seq} to {} were removed.", seq + count - 1)
            }
            FaultKind::Inserted(1) => write!(f, "Record {seq} was inserted."),
            FaultKind::Inserted(count) => {
                write!(f, "Records {seq} to {} were inserted.", seq + count - 1)
            }
            FaultKind::Moved(to) => write!(
                f,
                "Records were put in another order: the one of place {seq} stands at {to}."
            ),
            FaultKind::Rewritten(until) => write!(
                f,
                "Records between {seq} and {until} were changed and the hashes computed anew: the \
                 checkpoint of record {until} vouches for another hash."
            ),
            FaultKind::Unsigned => write!(
                f,
                "The checkpoint of record {seq} carries no signature of a trusted key."
            ),
            FaultKind::NoBeginning => write!(
                f,
                "The log begins with record {seq}: those before were removed, and no signed checkpoint \
                 and no run of the retention stand for it."
            ),
        }
    }
}

/// What was followed without a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many records.
    pub records: u64,
    /// The number of the last one; the start's where there was none.
    pub last: i64,
    /// Its hash; empty for an empty log.
    pub hash: String,
    /// How many checkpoints agreed.
    pub checkpoints: u64,
}

/// Follows a chain or a part of it.
///
/// Records are fed in the order in which they are stored. The first that doesn't fit is kept with
/// those after it until it is clear what happened; `feed` or `finish` then returns the fault.
#[derive(Debug, Clone)]
pub struct ChainVerifier {
    next: i64,
    previous: String,
    records: u64,
    /// Ascending, from `next` on.
    checkpoints: VecDeque<(i64, String)>,
    agreed: u64,
    /// The first record that no checkpoint has vouched for yet.
    unvouched: i64,
    doubtful: Vec<Kept>,
}

#[derive(Debug, Clone)]
struct Kept {
    seq: i64,
    at: i64,
    actor: String,
    action: String,
    subject: String,
    detail: String,
    sealed: String,
    hash: String,
}

impl ChainVerifier {
    /// From the first record on.
    pub fn start() -> Self {
        Self::after(0, "")
    }

    /// From the record after `seq` on, whose hash is known.
    pub fn after(seq: i64, hash: &str) -> Self {
        Self {
            next: seq + 1,
            previous: hash.to_owned(),
            records: 0,
            checkpoints: VecDeque::new(),
            agreed: 0,
            unvouched: seq + 1,
            doubtful: Vec::new(),
        }
    }

    /// Also compares with these checkpoints, whose signatures were checked; those of records
    /// before the start are left out.
    #[must_use]
    pub fn with_checkpoints<'a>(
        mut self,
        checkpoints: impl IntoIterator<Item = &'a Checkpoint>,
    ) -> Self {
        let mut checkpoints: Vec<_> = checkpoints
            .into_iter()
            .filter(|checkpoint| checkpoint.seq >= self.next)
            .map(|checkpoint| (checkpoint.seq, checkpoint.hash.clone()))
            .collect();
        checkpoints.sort();
        checkpoints.dedup();
        self.checkpoints = checkpoints.into();
        self
    }

    /// Leaves out the checkpoints of records that didn't come yet: there may be more of them
    /// elsewhere.
    #[must_use]
    pub(crate) fn without_later_checkpoints(mut self) -> Self {
        self.checkpoints.clear();
        self
    }

    /// The number that the next record must have.
    pub const fn next(&self) -> i64 {
        self.next
    }

    /// The hash of the last record that fitted.
    pub fn previous(&self) -> &str {
        &self.previous
    }

    /// A record didn't fit, and more are needed to say what happened to it.
    pub fn is_in_doubt(&self) -> bool {
        !self.doubtful.is_empty()
    }

    /// The next record as it is stored, with the hash beside it.
    pub fn feed(&mut self, entry: &Entry<'_>, hash: &str) -> Result<(), Fault> {
        if !self.is_in_doubt()
            && entry.seq == self.next
            && chain::hash(&self.previous, entry) == hash
        {
            return self.accept(hash);
        }
        self.doubt(entry, hash)
    }

    /// A record whose content isn't there: it is taken to be what its hash says.
    pub fn feed_withheld(&mut self, seq: i64, previous: &str, hash: &str) -> Result<(), Fault> {
        if !self.is_in_doubt() && seq == self.next && previous == self.previous {
            return self.accept(hash);
        }
        let nothing = Entry {
            seq,
            at: 0,
            actor: "",
            action: "",
            subject: "",
            detail: "",
            sealed: "",
        };
        self.doubt(&nothing, hash)
    }

    /// The end. `newest` is the number of the newest record where it is known from elsewhere.
    pub fn finish(self, newest: Option<i64>) -> Result<Verified, Fault> {
        if self.is_in_doubt() {
            return Err(self.judge());
        }
        let last = self.next - 1;
        let vouched = self.checkpoints.back().map(|(seq, _)| *seq);
        let expected = newest.max(vouched).unwrap_or(last);
        if expected > last {
            return Err(Fault {
                seq: self.next,
                kind: FaultKind::Removed(expected - last),
            });
        }
        match newest {
            Some(newest) if newest < last => Err(Fault {
                seq: newest + 1,
                kind: FaultKind::Inserted(last - newest),
            }),
            _ => Ok(Verified {
                records: self.records,
                last,
                hash: self.previous,
                checkpoints: self.agreed,
            }),
        }
    }

    fn accept(&mut self, hash: &str) -> Result<(), Fault> {
        let seq = self.next;
        while let Some((_, vouched)) = self.checkpoints.front().filter(|first| first.0 == seq) {
            if vouched != hash {
                return Err(Fault {
                    seq: self.unvouched,
                    kind: FaultKind::Rewritten(seq),
                });
            }
            self.checkpoints.pop_front();
            self.agreed += 1;
            self.unvouched = seq + 1;
        }
        self.next += 1;
        self.records += 1;
        hash.clone_into(&mut self.previous);
        Ok(())
    }

    fn doubt(&mut self, entry: &Entry<'_>, hash: &str) -> Result<(), Fault> {
        self.doubtful.push(Kept::new(entry, hash));
        if self.doubtful.len() < WINDOW {
            return Ok(());
        }
        Err(self.judge())
    }

    /// What happened to the first doubtful record.
    fn judge(&self) -> Fault {
        let next = self.next;
        let fault = |kind| Fault { seq: next, kind };
        let Some(first) = self.doubtful.first() else {
            return fault(FaultKind::Changed);
        };
        if first.seq < next {
            return Fault {
                seq: first.seq,
                kind: FaultKind::Inserted(1),
            };
        }
        if first.seq > next {
            let later = self.doubtful.iter().any(|kept| kept.seq == next);
            return fault(if later {
                FaultKind::Moved(first.seq)
            } else {
                FaultKind::Removed(first.seq - next)
            });
        }
        if let Some(kind) = self.found_later() {
            return fault(kind);
        }
        fault(match self.shifted_down() {
            Some(count) => FaultKind::Removed(count),
            None => FaultKind::Changed,
        })
    }

    /// The record of this place stands at a later one: something was put before it, or the order
    /// was changed.
    fn found_later(&self) -> Option<FaultKind> {
        let kept = &self.doubtful;
        let away = (1..kept.len()).find(|&k| kept[k].fits(&self.previous, self.next))?;
        let mut place = self.next + 1;
        let mut hash = &kept[away].hash;
        if away > 1 && kept[1].fits(hash, place) {
            return Some(FaultKind::Moved(kept[away].seq));
        }
        // What follows it, as long as it stands as many places too late.
        for late in &kept[away + 1..] {
            if !late.fits(hash, place) {
                break;
            }
            hash = &late.hash;
            place += 1;
        }
        Some(if kept[0].fits(hash, place) {
            FaultKind::Moved(kept[away].seq)
        } else {
            FaultKind::Inserted(count(away))
        })
    }

    /// How many records are missing, where those after them were given their numbers.
    fn shifted_down(&self) -> Option<i64> {
        let [first, second, ..] = self.doubtful.as_slice() else {
            return None;
        };
        (1..=count(WINDOW)).find(|by| second.fits(&first.hash, second.seq + by))
    }
}

impl Kept {
    fn new(entry: &Entry<'_>, hash: &str) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at,
            actor: entry.actor.to_owned(),
            action: entry.action.to_owned(),
            subject: entry.subject.to_owned(),
            detail: entry.detail.to_owned(),
            sealed: entry.sealed.to_owned(),
            hash: hash.to_owned(),
        }
    }

    /// Whether it would stand well at the place `seq`.
    fn fits(&self, previous: &str, seq: i64) -> bool {
        let entry = Entry {
            seq,
            at: self.at,
            actor: &self.actor,
            action: &self.action,
            subject: &self.subject,
            detail: &self.detail,
            sealed: &self.sealed,
        };
        chain::hash(previous, &entry) == self.hash
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
