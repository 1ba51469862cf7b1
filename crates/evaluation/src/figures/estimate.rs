//! A metric over questions of which each may count several times, as the bootstrap draws them.

use crate::Measured;
use crate::metrics::{Ordered, Ranked, error_of};
use crate::real;
use inhouse_protocol::{EvaluationResult, Metric, Outcome};
use std::collections::BTreeMap;

/// A question with what was measured of it.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) result: &'a EvaluationResult,
    pub(crate) measured: &'a Measured,
}

/// What a question stands or falls with: its document, else itself.
pub(crate) fn group_of(row: &Row<'_>) -> String {
    let document = row.measured.gold_document.as_ref();
    document
        .or(row.result.question.document.as_ref())
        .map_or_else(|| format!("#{}", row.result.number), Clone::clone)
}

/// A metric over rows, in a form that takes a draw in one pass.
pub(crate) struct Estimate {
    shape: Shape,
    /// Whether a row has what the metric takes.
    used: Vec<bool>,
}

enum Shape {
    /// Sum of the first over sum of the second: a mean where the second is 1.
    Ratio(Vec<(f64, f64)>),
    /// Mean of the areas of these parts.
    Area(Vec<Ranked>),
    /// Probability and truth of the rows that are used.
    Calibration(Vec<Option<(f64, bool)>>),
    Percentile(Ordered, u64),
}

impl Estimate {
    /// None where no row has what the metric takes.
    pub(crate) fn of(metric: Metric, rows: &[Row<'_>]) -> Option<Self> {
        if metric == Metric::TokensPerQuestion && rows.iter().all(|row| row.measured.tokens == 0) {
            return None;
        }
        let estimate = match metric {
            Metric::Auroc => Self::area(rows, |_| Some("")),
            Metric::AurocByCategory => Self::area(rows, category),
            Metric::CalibrationError => Self::calibration(rows),
            Metric::DurationP50Ms => Self::percentile(rows, duration, 50),
            Metric::DurationP95Ms => Self::percentile(rows, duration, 95),
            Metric::SearchP50Ms => Self::percentile(rows, search, 50),
            Metric::SearchP95Ms => Self::percentile(rows, search, 95),
            _ => Self::ratio(rows, |row| part(metric, row)),
        };
        estimate.at(&vec![1; rows.len()]).map(|_| estimate)
    }

    /// The value when each row counts as often as `times` says.
    pub(crate) fn at(&self, times: &[u32]) -> Option<f64> {
        match &self.shape {
            Shape::Ratio(parts) => {
                let (mut above, mut below) = (0.0, 0.0);
                for (part, times) in parts.iter().zip(times) {
                    above += f64::from(*times) * part.0;
                    below += f64::from(*times) * part.1;
                }
                (below > 0.0).then(|| above / below)
            }
            Shape::Area(parts) => {
                let (mut sum, mut count) = (0.0, 0);
                for area in parts.iter().filter_map(|part| part.auroc(times)) {
                    sum += area;
                    count += 1;
                }
                (count > 0).then(|| sum / real(count))
            }
            Shape::Calibration(rows) => error_of(
                rows.iter()
                    .zip(times)
                    .filter_map(|(row, times)| row.map(|(p, truth)| (p, truth, *times))),
            ),
            Shape::Percentile(values, percent) => values.percentile(*percent, times),
        }
    }

    /// Whether a row counts at all.
    pub(crate) fn uses(&self, row: usize) -> bool {
        self.used[row]
    }

    pub(crate) fn questions(&self) -> usize {
        self.used.iter().filter(|used| **used).count()
    }

    /// Whether it is the share of something among the rows, 0..=1.
    pub(crate) fn is_share_of_rows(&self) -> bool {
        match &self.shape {
            Shape::Ratio(parts) => parts.iter().all(|(above, below)| above <= below),
            _ => false,
        }
    }

    fn ratio(rows: &[Row<'_>], part: impl Fn(&Row<'_>) -> Option<(f64, f64)>) -> Self {
        let parts: Vec<_> = rows.iter().map(|row| ran(row).and_then(&part)).collect();
        Self {
            used: parts.iter().map(Option::is_some).collect(),
            shape: Shape::Ratio(parts.into_iter().map(Option::unwrap_or_default).collect()),
        }
    }

    /// One part for each name that `of` gives; rows without a name count nowhere.
    fn area<'a>(rows: &[Row<'a>], of: impl Fn(&Row<'a>) -> Option<&'a str>) -> Self {
        let mut parts: BTreeMap<&str, Vec<(f64, bool, usize)>> = BTreeMap::new();
        let mut used = vec![false; rows.len()];
        for (at, row) in rows.iter().enumerate() {
            if let (Some((probability, truth)), Some(name)) = (judged(row), of(row)) {
                parts
                    .entry(name)
                    .or_default()
                    .push((probability, truth, at));
            }
        }
        // A part of one kind has no area, and its rows say nothing.
        parts.retain(|_, part| part.iter().any(|row| row.1) && part.iter().any(|row| !row.1));
        for row in parts.values().flatten() {
            used[row.2] = true;
        }
        Self {
            shape: Shape::Area(parts.into_values().map(Ranked::of).collect()),
            used,
        }
    }

    fn calibration(rows: &[Row<'_>]) -> Self {
        let rows: Vec<_> = rows.iter().map(judged).collect();
        Self {
            used: rows.iter().map(Option::is_some).collect(),
            shape: Shape::Calibration(rows),
        }
    }

    fn percentile(rows: &[Row<'_>], value: impl Fn(&Row<'_>) -> Option<f64>, percent: u64) -> Self {
        let values: Vec<_> = rows.iter().map(|row| ran(row).and_then(&value)).collect();
        let present = values
            .iter()
            .zip(0..)
            .filter_map(|(value, row)| Some(((*value)?, row)));
        Self {
            shape: Shape::Percentile(Ordered::of(present), percent),
            used: values.iter().map(Option::is_some).collect(),
        }
    }
}

/// The row, unless the question couldn't be run.
fn ran<'a, 'b>(row: &'a Row<'b>) -> Option<&'a Row<'b>> {
    row.result.error.is_none().then_some(row)
}

/// Probability and truth, where both are known.
fn judged(row: &Row<'_>) -> Option<(f64, bool)> {
    let result = ran(row)?.result;
    Some((result.answerability?, result.question.answerable?))
}

fn category<'a>(row: &Row<'a>) -> Option<&'a str> {
    row.result.question.category.as_deref()
}

fn duration(row: &Row<'_>) -> Option<f64> {
    row.result.outcome.map(|_| row.result.took_ms)
}

fn search(row: &Row<'_>) -> Option<f64> {
    (row.measured.search_ms > 0.0).then_some(row.measured.search_ms)
}

/// What a row adds above and below the line of a metric that is a share or a mean.
fn part(metric: Metric, row: &Row<'_>) -> Option<(f64, f64)> {
    let (result, measured) = (row.result, row.measured);
    let label = result.question.answerable;
    let outcome = result.outcome;
    let answered = outcome == Some(Outcome::Answered);
    let one = |value: f64| (value, 1.0);
    match metric {
        Metric::Recall4000 => measured.recall().map(one),
        Metric::Precision500 => measured.precision().map(one),
        Metric::Ndcg10 => measured.ndcg().map(one),
        Metric::HitAt5 => measured.hit().map(one),
        // Where the documents say nothing, none of them is the right one.
        Metric::WrongDocument8 if label == Some(false) => None,
        Metric::WrongDocument8 => measured.wrong_document().map(one),
        Metric::Brier => judged(row).map(|(p, truth)| one((p - f64::from(truth)).powi(2))),
        Metric::Answered => outcome.map(|_| one(f64::from(answered))),
        Metric::AnsweredOfAnswerable | Metric::AnsweredOfUnanswerable => {
            let wanted = metric == Metric::AnsweredOfAnswerable;
            (outcome.is_some() && label == Some(wanted)).then(|| one(f64::from(answered)))
        }
        Metric::Cited => (answered && measured.sentences > 0)
            .then(|| (real(measured.cited), real(measured.sentences))),
        Metric::CitationTouchesGold => result
            .cites_gold
            .filter(|_| answered)
            .map(|touches| one(f64::from(touches))),
        Metric::DroppedSentences => {
            let written = measured.sentences + measured.dropped;
            (measured.tokens > 0 && written > 0)
                .then(|| (real(measured.replaced + measured.dropped), real(written)))
        }
        Metric::TokensPerQuestion => outcome.map(|_| one(f64::from(measured.tokens))),
        Metric::AurocByCategory
        | Metric::Auroc
        | Metric::CalibrationError
        | Metric::DurationP50Ms
        | Metric::DurationP95Ms
        | Metric::SearchP50Ms
        | Metric::SearchP95Ms => None,
    }
}
