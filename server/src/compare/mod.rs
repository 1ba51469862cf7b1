//! How two versions of a text differ, clause by clause: which clauses are the same, changed, new,
//! gone, or only stand elsewhere, and which words of a changed one.

mod align;
mod clause;
mod number;
mod pieces;
#[cfg(test)]
mod tests;

use align::Pair;
use clause::Clause;
use inhouse_protocol::{Block, ChangeKind, ClauseChange, ClauseSide};
use std::time::{Duration, Instant};

/// Clauses of one version that are compared at most.
pub const MOST_CLAUSES: usize = 5_000;

/// How long the search for the shortest difference goes on; past it, a longer one will do.
const PATIENCE: Duration = Duration::from_secs(5);

/// A version's text and its blocks, whose offsets are characters of it.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    pub text: &'a str,
    pub blocks: &'a [Block],
}

/// A version has more than [`MOST_CLAUSES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are too many clauses to compare")]
pub struct TooLong;

/// The clauses of both versions, in the order of the later one; what was removed stands where it
/// was. Takes seconds for long texts that have little in common.
pub fn compare(before: Written<'_>, after: Written<'_>) -> Result<Vec<ClauseChange>, TooLong> {
    let deadline = Instant::now() + PATIENCE;
    let (old, new) = (clause::clauses(before), clause::clauses(after));
    if old.len().max(new.len()) > MOST_CLAUSES {
        return Err(TooLong);
    }
    let pairs = align::align(&old, &new, deadline);
    Ok(pairs
        .into_iter()
        .map(|pair| change(&old, &new, pair, deadline))
        .collect())
}

fn change(old: &[Clause], new: &[Clause], pair: Pair, deadline: Instant) -> ClauseChange {
    match (pair.before, pair.after) {
        (Some(before), Some(after)) => both(&old[before], &new[after], pair.elsewhere, deadline),
        (before, after) => ClauseChange {
            kind: if before.is_some() {
                ChangeKind::Removed
            } else {
                ChangeKind::Added
            },
            before: before.map(|at| alone(&old[at])),
            after: after.map(|at| alone(&new[at])),
        },
    }
}

/// A clause that the other version doesn't have.
fn alone(clause: &Clause) -> ClauseSide {
    side(clause, pieces::whole(clause.shown(), true))
}

fn both(old: &Clause, new: &Clause, elsewhere: bool, deadline: Instant) -> ClauseChange {
    let headed = old.is_headed_otherwise(new);
    let same_words = old.key == new.key && !headed;
    let renumbered = old.number != new.number || old.is_renumbered_under(new);
    let kind = match (same_words, elsewhere || renumbered) {
        (true, false) => ChangeKind::Same,
        (true, true) => ChangeKind::Moved,
        (false, _) => ChangeKind::Changed,
    };
    let (before, after) = if kind == ChangeKind::Same {
        (
            pieces::whole(old.shown(), false),
            pieces::whole(new.shown(), false),
        )
    } else if headed {
        pieces::difference(&old.under_title(), &new.under_title(), deadline)
    } else {
        pieces::difference(old.shown(), new.shown(), deadline)
    };
    ClauseChange {
        kind,
        before: Some(side(old, before)),
        after: Some(side(new, after)),
    }
}

fn side(clause: &Clause, pieces: Vec<inhouse_protocol::Piece>) -> ClauseSide {
    ClauseSide {
        heading: clause.heading.clone(),
        page: clause.page,
        start: clause.start,
        end: clause.end,
        pieces,
    }
}
