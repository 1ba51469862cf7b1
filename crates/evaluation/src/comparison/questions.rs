//! Which questions came out differently, and for the better or the worse.

use super::Pair;
use inhouse_protocol::{ChangedQuestion, EvaluationResult, Outcome};
use std::cmp::Ordering;

/// A smaller change of the recall isn't worth a look.
const RECALL_CHANGE: f64 = 0.01;
/// A smaller change of the probability isn't worth a look.
const PROBABILITY_CHANGE: f64 = 0.1;

/// The questions that differ: worse ones first, then better ones, then those of which neither can
/// be said; each in the order of the set.
pub(super) fn changed(pairs: &[Pair<'_>]) -> Vec<ChangedQuestion> {
    let mut changed: Vec<ChangedQuestion> = pairs
        .iter()
        .filter(|pair| differ(pair.before.result, pair.after.result))
        .map(|pair| ChangedQuestion {
            before: pair.before.result.clone(),
            after: pair.after.result.clone(),
            better: better(pair.before.result, pair.after.result),
        })
        .collect();
    changed.sort_by_key(|question| {
        let order = match question.better {
            Some(false) => 0,
            Some(true) => 1,
            None => 2,
        };
        (order, question.after.number)
    });
    changed
}

fn differ(before: &EvaluationResult, after: &EvaluationResult) -> bool {
    before.error.is_some() != after.error.is_some()
        || before.outcome != after.outcome
        || before.rule != after.rule
        || before.first_gold != after.first_gold
        || before.cites_gold != after.cites_gold
        || apart(before.recall, after.recall, RECALL_CHANGE).is_some()
        || apart(
            before.answerability,
            after.answerability,
            PROBABILITY_CHANGE,
        )
        .is_some()
}

/// Whether `after` is the better one, by the first of these that tells: it could be run; it was
/// answered or left as the label says; it cites the right place; the search shows more of it, or
/// sooner; the probability is nearer to the label.
fn better(before: &EvaluationResult, after: &EvaluationResult) -> Option<bool> {
    let told = [
        Some(before.error.is_none().cmp(&after.error.is_none())),
        compared(right(before), right(after)),
        compared(before.cites_gold, after.cites_gold),
        apart(before.recall, after.recall, RECALL_CHANGE),
        Some(sooner(before.first_gold, after.first_gold)),
        apart(surety(before), surety(after), PROBABILITY_CHANGE),
    ];
    told.into_iter()
        .flatten()
        .find(|order| order.is_ne())
        .map(Ordering::is_lt)
}

/// Whether it was answered where it is answerable, and not where it isn't.
fn right(result: &EvaluationResult) -> Option<bool> {
    let answered = result.outcome? == Outcome::Answered;
    Some(answered == result.question.answerable?)
}

fn compared(before: Option<bool>, after: Option<bool>) -> Option<Ordering> {
    Some(before?.cmp(&after?))
}

/// How two numbers compare that are at least `least` apart.
fn apart(before: Option<f64>, after: Option<f64>, least: f64) -> Option<Ordering> {
    let (before, after) = (before?, after?);
    ((after - before).abs() >= least).then(|| before.total_cmp(&after))
}

/// A place compared as something of which less is better, and none the worst.
fn sooner(before: Option<usize>, after: Option<usize>) -> Ordering {
    let place = |place: Option<usize>| place.unwrap_or(usize::MAX);
    place(after).cmp(&place(before))
}

/// The probability given to what is true, 0..=1.
fn surety(result: &EvaluationResult) -> Option<f64> {
    let probability = result.answerability?;
    Some(if result.question.answerable? {
        probability
    } else {
        1.0 - probability
    })
}
