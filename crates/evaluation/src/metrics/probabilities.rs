//! Probabilities against what was true of them, and percentiles.

use crate::real;
use std::collections::BTreeMap;

/// How many equally wide bins the calibration is looked at in.
pub const BINS: usize = 10;

/// Scores in their order with what was true of each; rows may count several times.
#[derive(Debug, Clone)]
pub(crate) struct Ranked(Vec<(f64, bool, usize)>);

impl Ranked {
    /// Of scores with their truth and their row.
    pub(crate) fn of(scores: impl IntoIterator<Item = (f64, bool, usize)>) -> Self {
        let mut rows: Vec<_> = scores.into_iter().collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(rows)
    }

    /// Area under the curve when each row counts as often as `times` says.
    pub(crate) fn auroc(&self, times: &[u32]) -> Option<f64> {
        let (mut area, mut right, mut wrong) = (0.0, 0.0, 0.0);
        for equal in self.0.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
            let count = |kind: bool| -> f64 {
                equal
                    .iter()
                    .filter(|row| row.1 == kind)
                    .map(|row| f64::from(times[row.2]))
                    .sum()
            };
            let (rights, wrongs) = (count(true), count(false));
            area += rights * (wrong + wrongs / 2.0);
            right += rights;
            wrong += wrongs;
        }
        (right > 0.0 && wrong > 0.0).then(|| area / (right * wrong))
    }
}

/// Values in their order, each with its row.
#[derive(Debug, Clone)]
pub(crate) struct Ordered(Vec<(f64, usize)>);

impl Ordered {
    pub(crate) fn of(values: impl IntoIterator<Item = (f64, usize)>) -> Self {
        let mut rows: Vec<_> = values.into_iter().collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(rows)
    }

    /// The value below which `percent` of the rows lie, each counted as often as `times` says.
    pub(crate) fn percentile(&self, percent: u64, times: &[u32]) -> Option<f64> {
        let count: u64 = self.0.iter().map(|row| u64::from(times[row.1])).sum();
        let wanted = (count * percent / 100).min(count.saturating_sub(1));
        let mut before = 0;
        self.0
            .iter()
            .find(|row| {
                before += u64::from(times[row.1]);
                before > wanted
            })
            .map(|row| row.0)
    }
}

/// The value at place `n × percent / 100` from 0 of the values in their order. None of nothing.
pub fn percentile(values: &[f64], percent: u64) -> Option<f64> {
    Ordered::of(values.iter().copied().zip(0..)).percentile(percent, &vec![1; values.len()])
}

/// Area under the receiver operating characteristic: how often an answerable question has the
/// higher score of a pair, ties counting half. None where one kind is missing.
pub fn auroc(scores: &[f64], labels: &[bool]) -> Option<f64> {
    Ranked::of(
        scores
            .iter()
            .zip(labels)
            .zip(0..)
            .map(|((s, l), row)| (*s, *l, row)),
    )
    .auroc(&vec![1; scores.len()])
}

/// Mean of the areas of the categories that have questions of both kinds. None where none has.
pub fn auroc_by_category(scores: &[f64], labels: &[bool], categories: &[&str]) -> Option<f64> {
    let mut parts: BTreeMap<&str, (Vec<f64>, Vec<bool>)> = BTreeMap::new();
    for ((score, label), category) in scores.iter().zip(labels).zip(categories) {
        let part = parts.entry(category).or_default();
        part.0.push(*score);
        part.1.push(*label);
    }
    let areas: Vec<f64> = parts
        .values()
        .filter_map(|(scores, labels)| auroc(scores, labels))
        .collect();
    (!areas.is_empty()).then(|| areas.iter().sum::<f64>() / real(areas.len()))
}

/// Mean squared difference between probability and truth, 0..=1. None of nothing.
///
/// Source: G. W. Brier, 'Verification of forecasts expressed in terms of probability', Monthly
/// Weather Review 78 (1950).
pub fn brier(probabilities: &[f64], labels: &[bool]) -> Option<f64> {
    let sum: f64 = probabilities
        .iter()
        .zip(labels)
        .map(|(probability, label)| (probability - f64::from(*label)).powi(2))
        .sum();
    (!probabilities.is_empty()).then(|| sum / real(probabilities.len()))
}

/// Questions whose probability lies in one tenth of 0..=1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bin {
    pub count: usize,
    /// How many of them are answerable.
    pub answerable: usize,
    /// Their mean probability, 0..=1; 0 for an empty bin.
    pub probability: f64,
}

/// Ten equally wide bins; a probability on a border lies in the upper one, 1 in the last.
pub fn bins(probabilities: &[f64], labels: &[bool]) -> [Bin; BINS] {
    let mut bins = [Bin::default(); BINS];
    for (probability, label) in probabilities.iter().zip(labels) {
        let bin = &mut bins[bin_of(*probability)];
        bin.count += 1;
        bin.answerable += usize::from(*label);
        bin.probability += probability;
    }
    for bin in &mut bins {
        bin.probability /= real(bin.count.max(1));
    }
    bins
}

/// Expected calibration error: mean distance of probability and observed share over ten bins,
/// weighted by their questions. None of nothing.
///
/// Source: M. P. Naeini, G. F. Cooper, M. Hauskrecht, 'Obtaining Well Calibrated Probabilities
/// Using Bayesian Binning', AAAI 2015.
pub fn calibration_error(probabilities: &[f64], labels: &[bool]) -> Option<f64> {
    error_of(
        probabilities
            .iter()
            .zip(labels)
            .map(|(probability, label)| (*probability, *label, 1)),
    )
}

/// The same of probabilities with their truth, each counting as often as the third says.
pub(crate) fn error_of(rows: impl Iterator<Item = (f64, bool, u32)>) -> Option<f64> {
    let mut gaps = [0.0_f64; BINS];
    let mut count = 0.0;
    for (probability, label, times) in rows {
        gaps[bin_of(probability)] += f64::from(times) * (probability - f64::from(label));
        count += f64::from(times);
    }
    (count > 0.0).then(|| gaps.iter().map(|gap| gap.abs()).sum::<f64>() / count)
}

/// The bin's number, from 0.
fn bin_of(probability: f64) -> usize {
    (1..BINS)
        .take_while(|bin| probability >= real(*bin) / real(BINS))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: Option<f64>, wanted: f64) {
        assert!(
            value.is_some_and(|value| (value - wanted).abs() < 1e-9),
            "{value:?}, not {wanted}"
        );
    }

    #[test]
    fn the_area_counts_pairs_and_half_of_ties() {
        near(
            auroc(&[0.9, 0.8, 0.2, 0.1], &[true, true, false, false]),
            1.0,
        );
        near(auroc(&[0.1, 0.9], &[true, false]), 0.0);
        near(auroc(&[0.5, 0.5, 0.5], &[true, false, false]), 0.5);
        near(
            auroc(&[0.3, 0.7, 0.3, 0.1], &[true, true, false, false]),
            0.875,
        );
        assert_eq!(auroc(&[0.3, 0.7], &[true, true]), None);
    }

    #[test]
    fn a_row_that_counts_twice_is_as_two_rows() {
        let ranked = Ranked::of([(0.3, true, 0), (0.7, true, 1), (0.5, false, 2)]);
        near(ranked.auroc(&[1, 1, 1]), 0.5);
        near(ranked.auroc(&[1, 3, 1]), 0.75);
        assert_eq!(ranked.auroc(&[1, 1, 0]), None);
    }

    #[test]
    fn the_mean_over_categories_leaves_out_those_of_one_kind() {
        let scores = [0.9, 0.1, 0.1, 0.9, 0.4];
        let labels = [true, false, true, false, true];
        near(
            auroc_by_category(&scores, &labels, &["a", "a", "b", "b", "c"]),
            0.5,
        );
        assert_eq!(auroc_by_category(&scores[4..], &labels[4..], &["c"]), None);
    }

    #[test]
    fn probabilities_that_hold_have_no_calibration_error() {
        let probabilities = [0.25, 0.25, 0.25, 0.25];
        near(
            calibration_error(&probabilities, &[true, false, false, false]),
            0.0,
        );
        near(calibration_error(&probabilities, &[true; 4]), 0.75);
        near(brier(&[1.0, 0.5], &[true, false]), 0.125);
        assert_eq!(calibration_error(&[], &[]), None);
        assert_eq!(brier(&[], &[]), None);
    }

    #[test]
    fn a_probability_on_a_border_lies_in_the_upper_bin() {
        let bins = bins(&[0.0, 0.1, 0.99, 1.0], &[false, true, true, false]);
        assert_eq!(bins[0].count, 1);
        assert_eq!((bins[1].count, bins[1].answerable), (1, 1));
        assert_eq!((bins[9].count, bins[9].answerable), (2, 1));
        assert!((bins[9].probability - 0.995).abs() < 1e-9);
    }

    #[test]
    fn percentiles_are_values_that_stand_there() {
        let values: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        near(percentile(&values, 50), 11.0);
        near(percentile(&values, 95), 20.0);
        near(percentile(&[7.0], 95), 7.0);
        assert_eq!(percentile(&[], 50), None);
        near(
            Ordered::of([(1.0, 0), (2.0, 1)]).percentile(50, &[3, 1]),
            1.0,
        );
    }
}
