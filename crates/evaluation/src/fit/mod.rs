//! Logistic regression with an L2 penalty, fitted by Newton's method.
//!
//! Features are standardized inside, so that the penalty weighs them alike; the coefficients come
//! back in the features' own units. Source: T. Hastie, R. Tibshirani, J. Friedman, 'The Elements
//! of Statistical Learning' (2009), sections 4.4.1 and 4.4.4.

mod folds;
mod newton;
mod solve;

use serde::{Deserialize, Serialize};

/// Questions of each kind that a fit needs at least.
pub const LEAST_OF_EACH: usize = 20;

/// Log-odds as a sum: the intercept, and each feature times its weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    pub intercept: f64,
    /// In the order of the features, in log-odds for each unit of a feature.
    pub weights: Vec<f64>,
}

impl Linear {
    /// The probability of these features, 0..=1.
    pub fn probability(&self, row: &[f64]) -> f64 {
        newton::sigmoid(self.intercept + solve::dot(&self.weights, row))
    }
}

/// Why nothing was fitted, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    #[error(
        "There are {answerable} answerable and {unanswerable} unanswerable questions. A fit needs at least {} of each: add questions to the set.",
        LEAST_OF_EACH
    )]
    TooFew {
        answerable: usize,
        unanswerable: usize,
    },
    #[error(
        "All questions, or all but those about one document, are of one kind. A fit needs answerable and unanswerable questions about several documents."
    )]
    OneSided,
    #[error("Feature {feature} of row {row} is not a finite number.")]
    NotFinite { row: usize, feature: usize },
    #[error("Rows, labels and groups don't match in number.")]
    Shape,
    #[error("The fit didn't settle. Give it a higher penalty.")]
    Unsettled,
}

/// Fits the probability that a label is true. `rows` hold the features of a question each, all
/// equally many; `penalty` is the weight of half the squared (standardized) coefficients against
/// the sum of the log-losses, 0 or more.
pub fn fit(rows: &[Vec<f64>], labels: &[bool], penalty: f64) -> Result<Linear, FitError> {
    check(rows, labels)?;
    newton::fit(&borrowed(rows), labels, penalty)
}

/// The probability of each row by a model that was fitted on the rows of other folds. A group
/// lies in one fold whole, so that no question is judged by a model that has seen its document.
pub fn cross_validated(
    rows: &[Vec<f64>],
    labels: &[bool],
    groups: &[String],
    folds: usize,
    penalty: f64,
) -> Result<Vec<f64>, FitError> {
    check(rows, labels)?;
    if groups.len() != rows.len() {
        return Err(FitError::Shape);
    }
    let of_row = folds::assigned(labels, groups, folds).ok_or(FitError::OneSided)?;
    let mut probabilities = vec![0.0; rows.len()];
    for fold in 0..folds {
        let (mut others, mut truth) = (Vec::new(), Vec::new());
        for ((row, label), of_row) in rows.iter().zip(labels).zip(&of_row) {
            if *of_row != fold {
                others.push(row.as_slice());
                truth.push(*label);
            }
        }
        if others.len() == rows.len() {
            continue;
        }
        let model = newton::fit(&others, &truth, penalty)?;
        for ((row, probability), of_row) in rows.iter().zip(&mut probabilities).zip(&of_row) {
            if *of_row == fold {
                *probability = model.probability(row);
            }
        }
    }
    Ok(probabilities)
}

fn borrowed(rows: &[Vec<f64>]) -> Vec<&[f64]> {
    rows.iter().map(Vec::as_slice).collect()
}

fn check(rows: &[Vec<f64>], labels: &[bool]) -> Result<(), FitError> {
    let width = rows.first().map_or(0, Vec::len);
    if rows.len() != labels.len() || rows.iter().any(|row| row.len() != width) {
        return Err(FitError::Shape);
    }
    let answerable = labels.iter().filter(|label| **label).count();
    let unanswerable = labels.len() - answerable;
    if !labels.is_empty() && (answerable == 0 || unanswerable == 0) {
        return Err(FitError::OneSided);
    }
    if answerable.min(unanswerable) < LEAST_OF_EACH {
        return Err(FitError::TooFew {
            answerable,
            unanswerable,
        });
    }
    for (row, features) in rows.iter().enumerate() {
        if let Some(feature) = features.iter().position(|value| !value.is_finite()) {
            return Err(FitError::NotFinite { row, feature });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::auroc;

    /// Rows whose log-odds are `-1 + 2a`, with `b` unrelated and a constant third feature; the
    /// label of every row follows the odds as evenly as can be.
    fn sample() -> (Vec<Vec<f64>>, Vec<bool>, Vec<String>) {
        let (mut rows, mut labels, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        for step in 0..=20_u32 {
            let a = f64::from(step) / 5.0 - 1.5;
            let share = 1.0 / (1.0 + (1.0 - 2.0 * a).exp());
            for time in 0..40_u32 {
                let b = f64::from((step * 7 + time * 11) % 13);
                rows.push(vec![a, b, 100.0]);
                labels.push(f64::from(time) + 0.5 < share * 40.0);
                groups.push(format!("document {}", time % 8));
            }
        }
        (rows, labels, groups)
    }

    #[test]
    fn the_coefficients_come_back_in_the_features_own_units() {
        let (rows, labels, _) = sample();
        let model = fit(&rows, &labels, 1e-6).unwrap();
        assert!((model.weights[0] - 2.0).abs() < 0.15, "{model:?}");
        assert!(model.weights[1].abs() < 0.05, "{model:?}");
        assert!(model.weights[2].abs() < 1e-9, "a constant tells nothing");
        assert!((model.intercept + 1.0).abs() < 0.4, "{model:?}");
        let probability = model.probability(&[0.5, 6.0, 100.0]);
        assert!((probability - 0.5).abs() < 0.05, "{probability}");
    }

    #[test]
    fn units_of_a_feature_don_t_change_the_probabilities() {
        let (rows, labels, _) = sample();
        let scaled: Vec<Vec<f64>> = rows
            .iter()
            .map(|r| vec![r[0] * 1000.0, r[1], r[2]])
            .collect();
        let (model, other) = (
            fit(&rows, &labels, 5.0).unwrap(),
            fit(&scaled, &labels, 5.0).unwrap(),
        );
        for (row, scaled) in rows.iter().zip(&scaled) {
            assert!((model.probability(row) - other.probability(scaled)).abs() < 1e-6);
        }
    }

    #[test]
    fn a_penalty_keeps_coefficients_small_even_where_the_kinds_can_be_parted() {
        let rows: Vec<Vec<f64>> = (0..60).map(|row| vec![f64::from(row)]).collect();
        let labels: Vec<bool> = (0..60).map(|row| row >= 30).collect();
        let weak = fit(&rows, &labels, 0.1).unwrap();
        let strong = fit(&rows, &labels, 10.0).unwrap();
        assert!(strong.weights[0] > 0.0 && weak.weights[0] > strong.weights[0]);
        assert!(weak.probability(&[59.0]) > 0.99 && weak.probability(&[0.0]) < 0.01);
    }

    #[test]
    fn cross_validated_probabilities_are_those_of_models_that_saw_other_groups() {
        let (rows, labels, groups) = sample();
        let probabilities = cross_validated(&rows, &labels, &groups, 4, 1.0).unwrap();
        assert_eq!(probabilities.len(), rows.len());
        assert!(auroc(&probabilities, &labels).unwrap() > 0.85);
        let again = cross_validated(&rows, &labels, &groups, 4, 1.0).unwrap();
        assert_eq!(probabilities, again);
        // A feature that names the label in one group only is of no use to judge that group.
        let spoiled: Vec<Vec<f64>> = rows
            .iter()
            .zip(&labels)
            .zip(&groups)
            .map(|((_, label), group)| vec![f64::from(*label && group == "document 3")])
            .collect();
        let fold = folds::assigned(&labels, &groups, 8).unwrap();
        let blind = cross_validated(&spoiled, &labels, &groups, 8, 1.0).unwrap();
        let own = groups
            .iter()
            .position(|group| group == "document 3")
            .unwrap();
        let of_own: Vec<f64> = (0..rows.len())
            .filter(|row| fold[*row] == fold[own])
            .map(|row| blind[row])
            .collect();
        assert!(
            of_own
                .windows(2)
                .all(|pair| (pair[0] - pair[1]).abs() < 1e-9)
        );
    }

    #[test]
    fn too_few_one_sided_or_broken_rows_are_refused() {
        let rows = vec![vec![1.0]; 40];
        let labels: Vec<bool> = (0..40).map(|row| row < 19).collect();
        assert_eq!(
            fit(&rows, &labels, 1.0),
            Err(FitError::TooFew {
                answerable: 19,
                unanswerable: 21
            })
        );
        assert_eq!(fit(&rows, &[true; 40], 1.0), Err(FitError::OneSided));
        assert_eq!(fit(&rows, &[true; 3], 1.0), Err(FitError::Shape));
        let labels: Vec<bool> = (0..40).map(|row| row < 20).collect();
        let mut broken = rows.clone();
        broken[7][0] = f64::NAN;
        assert_eq!(
            fit(&broken, &labels, 1.0),
            Err(FitError::NotFinite { row: 7, feature: 0 })
        );
        let one = vec!["one".to_owned(); 40];
        assert_eq!(
            cross_validated(&rows, &labels, &one, 5, 1.0),
            Err(FitError::OneSided)
        );
    }
}
