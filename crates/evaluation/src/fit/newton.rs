//! Newton's method for the penalized log-loss (iteratively reweighted least squares).

use super::solve::{dot, solved};
use super::{FitError, Linear};
use crate::real;

/// Steps at most; a fit that settles takes about ten.
const MAX_STEPS: usize = 100;
/// A step smaller than this in each standardized coefficient is the last.
const SETTLED: f64 = 1e-8;
/// A loss that rises by less than this share of itself has not risen: sums are rounded.
const ROUNDING: f64 = 1e-12;
/// Keeps the equations solvable where features repeat one another.
const LEAST_PENALTY: f64 = 1e-9;

/// `1 / (1 + e⁻ˣ)`
pub(super) fn sigmoid(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Fits rows that are equally long and finite; their number is not checked, their kinds are.
pub(super) fn fit(rows: &[&[f64]], labels: &[bool], penalty: f64) -> Result<Linear, FitError> {
    if labels.iter().all(|label| *label) || !labels.contains(&true) {
        return Err(FitError::OneSided);
    }
    let scale = Scale::of(rows);
    let problem = Problem {
        rows: rows.iter().map(|row| scale.standardized(row)).collect(),
        labels,
        penalty: penalty.max(LEAST_PENALTY),
    };
    let mut at = vec![0.0; scale.means.len() + 1];
    let mut loss = problem.loss(&at);
    for _ in 0..MAX_STEPS {
        let step = problem.step(&at).ok_or(FitError::Unsettled)?;
        if step.iter().all(|change| change.abs() < SETTLED) {
            return Ok(scale.own_units(&at));
        }
        // A full step can overshoot; half of it, or half of that, falls.
        let next = (0..40)
            .map(|halvings| 0.5_f64.powi(halvings))
            .map(|share| moved(&at, &step, share))
            .map(|next| (problem.loss(&next), next))
            .find(|(next, _)| *next <= loss * (1.0 + ROUNDING));
        (loss, at) = next.ok_or(FitError::Unsettled)?;
    }
    Err(FitError::Unsettled)
}

fn moved(at: &[f64], step: &[f64], share: f64) -> Vec<f64> {
    at.iter()
        .zip(step)
        .map(|(at, step)| at + share * step)
        .collect()
}

/// Mean and standard deviation of each feature.
struct Scale {
    means: Vec<f64>,
    /// 0 for a feature that is constant.
    deviations: Vec<f64>,
}

impl Scale {
    fn of(rows: &[&[f64]]) -> Self {
        let width = rows.first().map_or(0, |row| row.len());
        let count = real(rows.len());
        let mean = |feature: usize, of: &dyn Fn(f64) -> f64| {
            rows.iter().map(|row| of(row[feature])).sum::<f64>() / count
        };
        let means: Vec<f64> = (0..width)
            .map(|feature| mean(feature, &|value| value))
            .collect();
        let deviations = means
            .iter()
            .enumerate()
            .map(|(feature, average)| {
                let deviation = mean(feature, &|value| (value - average).powi(2)).sqrt();
                // What rounding leaves of a constant isn't a difference.
                if deviation > 1e-12 * average.abs() {
                    deviation
                } else {
                    0.0
                }
            })
            .collect();
        Self { means, deviations }
    }

    /// A leading 1 for the intercept, then the features.
    fn standardized(&self, row: &[f64]) -> Vec<f64> {
        let features =
            row.iter()
                .zip(&self.means)
                .zip(&self.deviations)
                .map(|((value, mean), deviation)| {
                    if *deviation > 0.0 {
                        (value - mean) / deviation
                    } else {
                        0.0
                    }
                });
        std::iter::once(1.0).chain(features).collect()
    }

    fn own_units(&self, at: &[f64]) -> Linear {
        let weights: Vec<f64> = at[1..]
            .iter()
            .zip(&self.deviations)
            .map(|(weight, deviation)| {
                if *deviation > 0.0 {
                    weight / deviation
                } else {
                    0.0
                }
            })
            .collect();
        Linear {
            intercept: at[0] - dot(&weights, &self.means),
            weights,
        }
    }
}

struct Problem<'a> {
    /// Standardized, with a leading 1.
    rows: Vec<Vec<f64>>,
    labels: &'a [bool],
    penalty: f64,
}

impl Problem<'_> {
    /// Sum of the log-losses and the penalty on all coefficients but the intercept.
    fn loss(&self, at: &[f64]) -> f64 {
        let of_rows: f64 = self
            .rows
            .iter()
            .zip(self.labels)
            .map(|(row, label)| {
                let log_odds = dot(row, at);
                let against = if *label { -log_odds } else { log_odds };
                // ln(1 + eˣ), without overflow.
                against.max(0.0) + (-against.abs()).exp().ln_1p()
            })
            .sum();
        of_rows + self.penalty / 2.0 * dot(&at[1..], &at[1..])
    }

    /// Newton's step: the inverse of the curvature times the slope downwards.
    fn step(&self, at: &[f64]) -> Option<Vec<f64>> {
        let mut slope: Vec<f64> = at.iter().map(|weight| -self.penalty * weight).collect();
        slope[0] = 0.0;
        let mut curvature = vec![vec![0.0; at.len()]; at.len()];
        for (place, line) in curvature.iter_mut().enumerate() {
            line[place] = if place == 0 {
                LEAST_PENALTY
            } else {
                self.penalty
            };
        }
        for (row, label) in self.rows.iter().zip(self.labels) {
            let probability = sigmoid(dot(row, at));
            let rest = f64::from(*label) - probability;
            let weight = probability * (1.0 - probability);
            for ((slope, line), left) in slope.iter_mut().zip(&mut curvature).zip(row) {
                *slope += rest * left;
                for (cell, right) in line.iter_mut().zip(row) {
                    *cell += weight * left * right;
                }
            }
        }
        solved(&curvature, &slope)
    }
}
