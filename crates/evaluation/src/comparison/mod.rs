//! Two evaluations of one set, question by question, and whether a change may go live.

mod gate;
mod questions;
#[cfg(test)]
mod tests;

pub use gate::{Gate, gate};

use crate::Measured;
use crate::figures::{Estimate, METRICS, Row, group_of};
use crate::interval::{Groups, bootstrap};
use inhouse_protocol::{ChangedQuestion, EvaluationResult, FigureChange};
use std::collections::BTreeMap;

/// A question before and after.
struct Pair<'a> {
    before: Row<'a>,
    after: Row<'a>,
}

/// What changed between two evaluations of the same set, joined by the questions' numbers.
///
/// Figures are over the questions that could be run in both, so they can differ from each
/// evaluation's own; intervals are of the difference, drawn by document with the same questions on
/// both sides. Changed questions come worse ones first, then better ones, then the others.
pub fn compare(
    before: &[(EvaluationResult, Measured)],
    after: &[(EvaluationResult, Measured)],
) -> (Vec<FigureChange>, Vec<ChangedQuestion>) {
    let earlier: BTreeMap<usize, Row<'_>> = before
        .iter()
        .map(|row| (row.0.number, borrowed(row)))
        .collect();
    let pairs: Vec<Pair<'_>> = after
        .iter()
        .filter_map(|row| {
            Some(Pair {
                before: *earlier.get(&row.0.number)?,
                after: borrowed(row),
            })
        })
        .collect();
    (changes(&pairs), questions::changed(&pairs))
}

fn borrowed(row: &(EvaluationResult, Measured)) -> Row<'_> {
    Row {
        result: &row.0,
        measured: &row.1,
    }
}

fn changes(pairs: &[Pair<'_>]) -> Vec<FigureChange> {
    let (before, after): (Vec<Row<'_>>, Vec<Row<'_>>) = pairs
        .iter()
        .map(|pair| (pair.before, pair.after))
        .filter(|(before, after)| before.result.error.is_none() && after.result.error.is_none())
        .unzip();
    let names: Vec<String> = after.iter().map(group_of).collect();
    let once = vec![1; after.len()];
    METRICS
        .into_iter()
        .filter_map(|metric| {
            let old = Estimate::of(metric, &before)?;
            let new = Estimate::of(metric, &after)?;
            let groups = Groups::of(&names, |row| old.uses(row) || new.uses(row));
            let interval = bootstrap(&groups, |times| Some(new.at(times)? - old.at(times)?));
            Some(FigureChange {
                metric,
                before: old.at(&once)?,
                after: new.at(&once)?,
                low: interval.map(|interval| interval.low),
                high: interval.map(|interval| interval.high),
            })
        })
        .collect()
}
