//! Which clause of one version is which of the other.

use super::clause::Clause;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::collections::HashMap;
use std::ops::Range;
use std::time::Instant;

/// The share of words that two clauses have in common, at least, to be one that was changed.
const ALIKE: f64 = 0.45;
/// The same for two that don't stand in the same order.
const ALIKE_ELSEWHERE: f64 = 0.75;
/// The same for two of one number at one place.
const ALIKE_BY_NUMBER: f64 = 0.25;
/// Pairs of clauses that are held against each other one by one, at most.
const MOST_PAIRS: usize = 250_000;
/// Words that a clause has, at least, to be looked for elsewhere: a 'reserved' stands anywhere.
const WORDS_TO_MOVE: usize = 4;

/// A clause of both versions, or of the one that has it; indexes into both rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) before: Option<usize>,
    pub(super) after: Option<usize>,
    /// Both have it, at different places.
    pub(super) elsewhere: bool,
}

impl Pair {
    const fn of(before: Option<usize>, after: Option<usize>) -> Self {
        Self {
            before,
            after,
            elsewhere: false,
        }
    }
}

/// Pairs the clauses, in the order of `new`, what only `old` has where it was. Past `deadline`
/// fewer are paired.
pub(super) fn align(old: &[Clause], new: &[Clause], deadline: Instant) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(old.len().max(new.len()));
    for op in same(old, new, |clause| clause.key.as_str(), deadline) {
        if let DiffOp::Equal { .. } = op {
            both(&op, &mut pairs);
        } else {
            let gap = Gap {
                old,
                new,
                deadline,
                by_number: true,
            };
            gap.fill(op.old_range(), op.new_range(), &mut pairs);
        }
    }
    find_moved(old, new, &mut pairs, deadline);
    pairs
}

fn same<'a>(
    old: &'a [Clause],
    new: &'a [Clause],
    of: impl Fn(&'a Clause) -> &'a str,
    deadline: Instant,
) -> Vec<DiffOp> {
    let old: Vec<&str> = old.iter().map(&of).collect();
    let new: Vec<&str> = new.iter().map(&of).collect();
    capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline))
}

fn both(op: &DiffOp, pairs: &mut Vec<Pair>) {
    let matched = op.old_range().zip(op.new_range());
    pairs.extend(matched.map(|(before, after)| Pair::of(Some(before), Some(after))));
}

/// What stands between two clauses that are the same in both versions.
struct Gap<'a> {
    old: &'a [Clause],
    new: &'a [Clause],
    deadline: Instant,
    /// A gap that is too large is first divided by clauses of one number.
    by_number: bool,
}

impl Gap<'_> {
    fn fill(&self, old: Range<usize>, new: Range<usize>, pairs: &mut Vec<Pair>) {
        let small = old.len().saturating_mul(new.len()) <= MOST_PAIRS;
        if small && Instant::now() < self.deadline {
            self.best(old, new, pairs);
        } else if self.by_number {
            self.divide(old, new, pairs);
        } else {
            pairs.extend(old.map(|before| Pair::of(Some(before), None)));
            pairs.extend(new.map(|after| Pair::of(None, Some(after))));
        }
    }

    fn divide(&self, old: Range<usize>, new: Range<usize>, pairs: &mut Vec<Pair>) {
        let inner = Gap {
            by_number: false,
            ..*self
        };
        let (first_old, first_new) = (old.start, new.start);
        let ops = same(
            &self.old[old],
            &self.new[new],
            |clause| clause.heading.last().map_or("", String::as_str),
            self.deadline,
        );
        for op in ops {
            let old = shifted(op.old_range(), first_old);
            let new = shifted(op.new_range(), first_new);
            if let DiffOp::Equal { .. } = op {
                for (before, after) in old.zip(new) {
                    inner.fill(before..before + 1, after..after + 1, pairs);
                }
            } else {
                inner.fill(old, new, pairs);
            }
        }
    }

    /// The pairs in order that have the most in common.
    fn best(&self, old: Range<usize>, new: Range<usize>, pairs: &mut Vec<Pair>) {
        let width = new.len() + 1;
        // The best sum of the rest from each place on.
        let mut sums = vec![0.0_f64; (old.len() + 1) * width];
        let mut alike = vec![0.0_f64; old.len() * new.len()];
        for row in (0..old.len()).rev() {
            for column in (0..new.len()).rev() {
                let pair = pairing(&self.old[old.start + row], &self.new[new.start + column]);
                alike[row * new.len() + column] = pair;
                let here = row * width + column;
                let paired = if pair > 0.0 {
                    pair + sums[here + width + 1]
                } else {
                    0.0
                };
                sums[here] = paired.max(sums[here + 1]).max(sums[here + width]);
            }
        }
        let (mut row, mut column) = (0, 0);
        while row < old.len() || column < new.len() {
            let (before, after) = (old.start + row, new.start + column);
            if row == old.len() {
                pairs.push(Pair::of(None, Some(after)));
                column += 1;
                continue;
            }
            if column == new.len() {
                pairs.push(Pair::of(Some(before), None));
                row += 1;
                continue;
            }
            let here = row * width + column;
            let pair = alike[row * new.len() + column];
            let below = sums[here + width];
            if pair > 0.0 && pair + sums[here + width + 1] >= below.max(sums[here + 1]) {
                pairs.push(Pair::of(Some(before), Some(after)));
                row += 1;
                column += 1;
            } else if below >= sums[here + 1] {
                pairs.push(Pair::of(Some(before), None));
                row += 1;
            } else {
                pairs.push(Pair::of(None, Some(after)));
                column += 1;
            }
        }
    }
}

fn shifted(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// How much speaks for two clauses being one; 0 where too little does.
fn pairing(old: &Clause, new: &Clause) -> f64 {
    let share = overlap(old, new);
    let numbered = !old.number.is_empty() && old.number == new.number;
    if share >= ALIKE || numbered && share >= ALIKE_BY_NUMBER {
        share
    } else {
        0.0
    }
}

/// The share of words that two clauses have in common, from 0 to 1.
fn overlap(old: &Clause, new: &Clause) -> f64 {
    if old.key == new.key {
        return 1.0;
    }
    let (mut left, mut right) = (old.words.as_slice(), new.words.as_slice());
    let all = left.len() + right.len();
    let mut common = 0_usize;
    while let ([a, others @ ..], [b, rest @ ..]) = (left, right) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => left = others,
            std::cmp::Ordering::Greater => right = rest,
            std::cmp::Ordering::Equal => {
                common += 1;
                (left, right) = (others, rest);
            }
        }
    }
    share(2 * common, all)
}

/// `part / all`, which are numbers of words of a clause or two.
fn share(part: usize, all: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if all == 0 {
        0.0
    } else {
        number(part) / number(all)
    }
}

/// Pairs what is gone at one place with what is new at another: the same words first, then those
/// that have most in common.
fn find_moved(old: &[Clause], new: &[Clause], pairs: &mut Vec<Pair>, deadline: Instant) {
    let long = |clause: &Clause| clause.words.len() >= WORDS_TO_MOVE;
    let mut gone: Vec<usize> = pairs
        .iter()
        .filter(|pair| pair.after.is_none())
        .filter_map(|pair| pair.before)
        .filter(|at| long(&old[*at]))
        .collect();
    let come: Vec<usize> = pairs
        .iter()
        .filter(|pair| pair.before.is_none())
        .filter_map(|pair| pair.after)
        .filter(|at| long(&new[*at]))
        .collect();
    let mut moved: HashMap<usize, usize> = HashMap::new();
    for after in &come {
        let same = gone
            .iter()
            .position(|before| old[*before].key == new[*after].key);
        if let Some(place) = same {
            moved.insert(*after, gone.remove(place));
        }
    }
    if gone.len().saturating_mul(come.len()) <= MOST_PAIRS {
        for after in come {
            if moved.contains_key(&after) || Instant::now() >= deadline {
                continue;
            }
            let shares = gone
                .iter()
                .map(|before| overlap(&old[*before], &new[after]));
            let best = shares.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((place, share)) = best
                && share >= ALIKE_ELSEWHERE
            {
                moved.insert(after, gone.remove(place));
            }
        }
    }
    let taken: Vec<usize> = moved.values().copied().collect();
    pairs.retain(|pair| {
        pair.after.is_some() || pair.before.is_none_or(|before| !taken.contains(&before))
    });
    for pair in pairs {
        if let (None, Some(after)) = (pair.before, pair.after)
            && let Some(before) = moved.get(&after)
        {
            pair.before = Some(*before);
            pair.elsewhere = true;
        }
    }
}
