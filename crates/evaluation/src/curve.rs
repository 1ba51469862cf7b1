//! What a threshold on the answerability answers, and what it answers wrongly.

use crate::interval::wilson;
use crate::real;
use serde::{Deserialize, Serialize};

/// The most points of a curve.
const MAX_POINTS: usize = 101;
/// The points of the lowest wrong rates, where thresholds are chosen, are all kept.
const KEPT_POINTS: usize = 50;

/// What is answered where questions of at least this probability are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// 0..=1.
    pub threshold: f64,
    /// Share of the answerable questions that are answered, 0..=1.
    pub answered: f64,
    /// Share of the unanswerable questions that are answered, 0..=1.
    pub wrong: f64,
}

/// The points from the lowest threshold to the highest: both shares only fall. Empty where
/// questions of one kind are missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    pub points: Vec<CurvePoint>,
    /// How many questions of each kind it was measured on.
    pub answerable: usize,
    pub unanswerable: usize,
}

impl Curve {
    /// The curve of these probabilities, 0..=1, where `labels` says which question is answerable.
    ///
    /// For each wrong rate that was observed it holds the highest share answered; a threshold
    /// stands in the middle between the probabilities that it parts.
    pub fn of(probabilities: &[f64], labels: &[bool]) -> Self {
        let of_kind = |kind: bool| -> Vec<f64> {
            let mut of_kind: Vec<f64> = probabilities
                .iter()
                .zip(labels)
                .filter(|(_, label)| **label == kind)
                .map(|(probability, _)| *probability)
                .collect();
            of_kind.sort_by(f64::total_cmp);
            of_kind
        };
        let (right, wrong) = (of_kind(true), of_kind(false));
        let mut curve = Self {
            points: Vec::new(),
            answerable: right.len(),
            unanswerable: wrong.len(),
        };
        if right.is_empty() || wrong.is_empty() {
            return curve;
        }
        let share = |of: &[f64], from: f64| {
            real(of.len() - of.partition_point(|probability| *probability < from)) / real(of.len())
        };
        let mut thresholds = vec![0.0];
        // One threshold above each probability of an unanswerable question.
        for equal in wrong.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
            let last = equal[0];
            let next = |of: &[f64]| {
                let at = of.partition_point(|probability| *probability <= last);
                of.get(at).copied().unwrap_or(1.0)
            };
            let above = next(&right).min(next(&wrong));
            thresholds.push(f64::midpoint(last, above).max(last.next_up()));
        }
        curve.points = thinned(thresholds)
            .into_iter()
            .map(|threshold| CurvePoint {
                threshold,
                answered: share(&right, threshold),
                wrong: share(&wrong, threshold),
            })
            .collect();
        curve
    }

    /// The lowest threshold at which at most `highest_wrong_rate` (0..=1) of the unanswerable
    /// questions observed are answered, and the share of the answerable ones answered there. Of
    /// an empty curve: 1 and 0, that is nothing is answered.
    pub fn threshold_for(&self, highest_wrong_rate: f64) -> (f64, f64) {
        self.points
            .iter()
            .find(|point| point.wrong <= highest_wrong_rate)
            .map_or((1.0, 0.0), |point| (point.threshold, point.answered))
    }

    /// Share of the unanswerable questions answered at a threshold, and the upper end of its 95 %
    /// interval (Wilson): what the rate may be on other questions of the same kind.
    pub fn wrong_rate_bound(&self, threshold: f64) -> (f64, f64) {
        let wrong = self
            .points
            .iter()
            .rev()
            .find(|point| point.threshold <= threshold)
            .map_or(1.0, |point| point.wrong);
        let hits = (0..=self.unanswerable)
            .rev()
            .find(|hits| real(*hits) <= wrong * real(self.unanswerable) + 1e-6)
            .unwrap_or(0);
        (wrong, wilson(hits, self.unanswerable).high)
    }
}

/// At most [`MAX_POINTS`] of ascending thresholds: the first, some in between, the last ones all.
fn thinned(thresholds: Vec<f64>) -> Vec<f64> {
    let Some(low) = thresholds
        .len()
        .checked_sub(KEPT_POINTS)
        .filter(|_| thresholds.len() > MAX_POINTS)
    else {
        return thresholds;
    };
    let places = MAX_POINTS - KEPT_POINTS;
    (0..places)
        .map(|place| thresholds[place * low / places])
        .chain(thresholds[low..].iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, wanted: f64) {
        assert!((value - wanted).abs() < 1e-9, "{value}, not {wanted}");
    }

    #[test]
    fn a_threshold_stands_between_the_probabilities_it_parts() {
        let curve = Curve::of(
            &[0.9, 0.6, 0.4, 0.7, 0.3, 0.2],
            &[true, true, true, false, false, false],
        );
        let points: Vec<(f64, f64)> = curve.points.iter().map(|p| (p.answered, p.wrong)).collect();
        assert_eq!(points.len(), 4);
        near(curve.points[0].threshold, 0.0);
        assert_eq!(points[0], (1.0, 1.0));
        near(curve.points[1].threshold, 0.25);
        near(curve.points[2].threshold, 0.35);
        near(points[2].0, 1.0);
        near(points[2].1, 1.0 / 3.0);
        near(curve.points[3].threshold, 0.8);
        near(points[3].0, 1.0 / 3.0);
        near(points[3].1, 0.0);
    }

    #[test]
    fn the_threshold_of_a_wrong_rate_is_the_lowest_that_keeps_it() {
        let curve = Curve::of(
            &[0.9, 0.6, 0.4, 0.7, 0.3],
            &[true, true, true, false, false],
        );
        near(curve.threshold_for(0.5).0, 0.35);
        near(curve.threshold_for(0.5).1, 1.0);
        near(curve.threshold_for(0.49).0, 0.8);
        near(curve.threshold_for(1.0).0, 0.0);
    }

    #[test]
    fn the_bound_of_a_rate_is_wider_than_the_rate() {
        let probabilities: Vec<f64> = (0..100).map(|row| f64::from(row) / 100.0).collect();
        let labels: Vec<bool> = (0..100).map(|row| row % 2 == 1).collect();
        let curve = Curve::of(&probabilities, &labels);
        let (threshold, _) = curve.threshold_for(0.04);
        let (rate, bound) = curve.wrong_rate_bound(threshold);
        near(rate, 0.04);
        assert!((bound - wilson(2, 50).high).abs() < 1e-9);
        near(curve.wrong_rate_bound(1.0).0, 0.0);
        assert!(curve.wrong_rate_bound(1.0).1 > 0.05);
    }

    #[test]
    fn a_long_curve_is_thinned_where_no_threshold_is_chosen() {
        let probabilities: Vec<f64> = (0..2000).map(|row| f64::from(row) / 2000.0).collect();
        let labels: Vec<bool> = (0..2000).map(|row| row % 2 == 1).collect();
        let curve = Curve::of(&probabilities, &labels);
        assert_eq!(curve.points.len(), MAX_POINTS);
        near(curve.points[0].wrong, 1.0);
        let (threshold, _) = curve.threshold_for(0.02);
        near(curve.wrong_rate_bound(threshold).0, 0.02);
        for pair in curve.points.windows(2) {
            assert!(pair[0].threshold < pair[1].threshold);
            assert!(pair[0].answered >= pair[1].answered && pair[0].wrong > pair[1].wrong);
        }
    }

    #[test]
    fn without_questions_of_both_kinds_nothing_is_answered() {
        for labels in [[true, true], [false, false]] {
            let curve = Curve::of(&[0.5, 0.6], &labels);
            assert!(curve.points.is_empty());
            assert_eq!(curve.threshold_for(0.5), (1.0, 0.0));
        }
    }

    #[test]
    fn an_unanswerable_question_that_is_certain_can_be_left_out() {
        let curve = Curve::of(&[1.0, 0.4], &[false, true]);
        let (threshold, answered) = curve.threshold_for(0.0);
        assert!(threshold > 1.0);
        near(answered, 0.0);
    }
}
