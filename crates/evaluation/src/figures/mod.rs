//! The figures of an evaluation, with their intervals.

mod estimate;

pub(crate) use estimate::{Estimate, Row, group_of};

use crate::Measured;
use crate::interval::{Groups, Interval, bootstrap, wilson};
use inhouse_protocol::{EvaluationKind, EvaluationResult, Figure, Metric};

/// Every metric, in the order in which figures are shown.
pub(crate) const METRICS: [Metric; 20] = [
    Metric::Recall4000,
    Metric::Precision500,
    Metric::Ndcg10,
    Metric::HitAt5,
    Metric::WrongDocument8,
    Metric::AurocByCategory,
    Metric::Auroc,
    Metric::Brier,
    Metric::CalibrationError,
    Metric::AnsweredOfAnswerable,
    Metric::AnsweredOfUnanswerable,
    Metric::Answered,
    Metric::Cited,
    Metric::CitationTouchesGold,
    Metric::DroppedSentences,
    Metric::TokensPerQuestion,
    Metric::DurationP50Ms,
    Metric::DurationP95Ms,
    Metric::SearchP50Ms,
    Metric::SearchP95Ms,
];

/// What a question stands or falls with, in intervals and in the folds of a fit: its document, else
/// itself.
pub fn group(result: &EvaluationResult, measured: &Measured) -> String {
    group_of(&Row { result, measured })
}

/// The figures of an evaluation: those of its kind for which any question has what it takes.
///
/// `measured` stands in the order of `results`. Questions that couldn't be run count nowhere.
/// Intervals are drawn by document, or by question where none is named.
pub fn figures(
    kind: EvaluationKind,
    results: &[EvaluationResult],
    measured: &[Measured],
) -> Vec<Figure> {
    let rows: Vec<Row<'_>> = results
        .iter()
        .zip(measured)
        .map(|(result, measured)| Row { result, measured })
        .collect();
    let names: Vec<String> = rows.iter().map(group_of).collect();
    let once = vec![1; rows.len()];
    METRICS
        .into_iter()
        .filter(|metric| belongs(*metric, kind))
        .filter_map(|metric| {
            let estimate = Estimate::of(metric, &rows)?;
            let value = estimate.at(&once)?;
            let groups = Groups::of(&names, |row| estimate.uses(row));
            let interval = interval(&estimate, value, &groups);
            Some(Figure {
                metric,
                value,
                low: interval.map(|interval| interval.low),
                high: interval.map(|interval| interval.high),
                questions: estimate.questions(),
            })
        })
        .collect()
}

/// The bootstrap knows nothing beyond what it saw: of no hit in 20 it says 0..=0. There Wilson's
/// interval stands, counting each group once.
fn interval(estimate: &Estimate, value: f64, groups: &Groups) -> Option<Interval> {
    let drawn = bootstrap(groups, |times| estimate.at(times))?;
    if !estimate.is_share_of_rows() || drawn.high - drawn.low > 1e-12 {
        return Some(drawn);
    }
    if value.abs() < 1e-12 {
        Some(wilson(0, groups.len()))
    } else if (value - 1.0).abs() < 1e-12 {
        Some(wilson(groups.len(), groups.len()))
    } else {
        Some(drawn)
    }
}

/// Whether an evaluation of this kind measures it.
fn belongs(metric: Metric, kind: EvaluationKind) -> bool {
    match metric {
        Metric::Recall4000
        | Metric::Precision500
        | Metric::Ndcg10
        | Metric::HitAt5
        | Metric::WrongDocument8
        | Metric::AurocByCategory
        | Metric::Auroc
        | Metric::Brier
        | Metric::CalibrationError
        | Metric::SearchP50Ms
        | Metric::SearchP95Ms => true,
        Metric::AnsweredOfAnswerable
        | Metric::AnsweredOfUnanswerable
        | Metric::Answered
        | Metric::DurationP50Ms
        | Metric::DurationP95Ms => kind != EvaluationKind::Retrieval,
        Metric::Cited | Metric::CitationTouchesGold => {
            matches!(kind, EvaluationKind::Quotes | EvaluationKind::Written)
        }
        Metric::DroppedSentences | Metric::TokensPerQuestion => kind == EvaluationKind::Written,
    }
}

#[cfg(test)]
pub(crate) mod tests;
