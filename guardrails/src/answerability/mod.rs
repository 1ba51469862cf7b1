//! The probability that the passages hold the answer.
//!
//! Two logistic models, each fitted on labelled questions: one over what the search shows, and one
//! that adds what the model's own first sentence shows. A [`Calibration`] holds both with the
//! curves that they gave on questions they hadn't seen, so that a threshold follows from the rate
//! of wrong answers that an operator allows.

mod coverage;

pub use coverage::coverage;

use serde::{Deserialize, Serialize};

/// Keeps a logit finite.
const CERTAIN: f64 = 1e-6;

/// The names of what the search shows, in the order of [`Features::values`].
pub const FEATURES: &[&str] = &[
    "sentences",
    "words_stand_out",
    "wording_stands_out",
    "coverage",
    "named",
];

/// What the search shows about a question. Every field is a plain number so that it can be stored
/// with the question and used again to fit a model.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Features {
    /// Mean of the three sentences nearest to the question and to the usual wording of its
    /// answer: cosine, -1..=1.
    pub sentences: f64,
    /// How far the best words of the document stand out among other documents, in standard
    /// deviations.
    pub words_stand_out: f64,
    /// The same of its passage nearest to the usual wording.
    pub wording_stands_out: f64,
    /// Share of the question's subject words that stand in the best single passage, 0..=1.
    pub coverage: f64,
    /// How surely the question is about one document, 0..=1.
    pub named: f64,
    /// Passages found: without any, nothing is answerable.
    pub passages: usize,
}

impl Features {
    /// The values in the order of [`FEATURES`]; what isn't a number counts as 0.
    pub fn values(&self) -> Vec<f64> {
        finite([
            self.sentences,
            self.words_stand_out,
            self.wording_stands_out,
            self.coverage,
            self.named,
        ])
    }
}

/// The names of what the model's first sentence shows, in the order of [`Written::values`].
pub const WRITTEN_FEATURES: &[&str] = &["declined", "dropped", "support"];

/// What the model wrote, up to and with the first sentence that could be shown.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Written {
    /// It said that the passages don't answer.
    pub declined: bool,
    /// Share of its sentences that failed a check, 0..=1.
    pub dropped: f64,
    /// How much of the first sentence the passages carry, 0..=1.
    pub support: f64,
}

impl Written {
    /// The values in the order of [`WRITTEN_FEATURES`].
    pub fn values(&self) -> Vec<f64> {
        finite([
            f64::from(u8::from(self.declined)),
            self.dropped,
            self.support,
        ])
    }
}

fn finite<const N: usize>(values: [f64; N]) -> Vec<f64> {
    let finite = |value: f64| if value.is_finite() { value } else { 0.0 };
    values.into_iter().map(finite).collect()
}

/// A logistic model: the log-odds are the intercept and the weighted sum of the features.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    pub intercept: f64,
    /// In log-odds for each unit of a feature.
    pub weights: Vec<f64>,
}

impl Linear {
    fn log_odds(&self, row: &[f64]) -> f64 {
        let terms = self.weights.iter().zip(row);
        self.intercept + terms.map(|(weight, value)| weight * value).sum::<f64>()
    }
}

/// What is answered from a probability on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// 0..=1.
    pub threshold: f64,
    /// Share of the answerable questions that are answered, 0..=1.
    pub answered: f64,
    /// Share of the unanswerable questions that are answered, 0..=1.
    pub wrong: f64,
}

/// What thresholds gave on questions that the model hadn't seen, from the lowest on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    pub points: Vec<CurvePoint>,
}

impl Curve {
    /// The lowest threshold at which at most this share of the unanswerable questions is answered;
    /// 1 where there is none.
    pub fn threshold_for(&self, highest_wrong_rate: f64) -> f64 {
        let mut points = self.points.iter();
        let point = points.find(|point| point.wrong <= highest_wrong_rate);
        point.map_or(1.0, |point| point.threshold)
    }
}

/// Where a question goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// From here on it is answered on what the search shows alone.
    pub answer_before: f64,
    /// From here on the model's word can make it sure enough, so that it is worth asking.
    pub ask_model: f64,
    /// From here on it is answered, with the model's word.
    pub answer_after: f64,
}

/// Coefficients fitted on labelled questions, with what they were fitted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// What it was fitted on, in words.
    pub data: String,
    /// The day of the fit.
    pub fitted: String,
    /// The models whose scores it weighs.
    pub embedding: String,
    #[serde(default)]
    pub reranker: Option<String>,
    /// Questions that it was fitted on.
    pub questions: usize,
    /// Over [`FEATURES`].
    pub before: Linear,
    pub curve: Curve,
    /// Area under the curve on unseen questions, 0..=1.
    pub auroc: f64,
    /// Over the log-odds of `before` and [`WRITTEN_FEATURES`], where the model was asked.
    #[serde(default)]
    pub after: Option<Linear>,
    #[serde(default)]
    pub curve_after: Option<Curve>,
    #[serde(default)]
    pub auroc_after: Option<f64>,
}

impl Calibration {
    /// The one that ships.
    pub fn shipped() -> Self {
        let content = include_str!("../../../assets/calibration/default.json");
        serde_json::from_str(content).expect("a test reads the shipped calibration")
    }

    /// Probability that the passages hold the answer by what the search shows, 0..=1; 0 without
    /// passages.
    pub fn before(&self, features: &Features) -> f64 {
        if features.passages == 0 {
            return 0.0;
        }
        probability(self.before.log_odds(&features.values()))
    }

    /// The same with what the model wrote, `before` being that of the search. Without a fit of
    /// the model's word, it only counts that the model declines.
    pub fn after(&self, before: f64, written: &Written) -> f64 {
        match &self.after {
            Some(after) => probability(after.log_odds(&after_row(before, &written.values()))),
            None if written.declined => 0.0,
            None => before,
        }
    }

    /// Where questions go on if at most this share of the unanswerable ones may be answered,
    /// 0..=1.
    pub fn thresholds(&self, highest_wrong_rate: f64) -> Thresholds {
        let answer_before = self.curve.threshold_for(highest_wrong_rate);
        let (Some(after), Some(curve)) = (&self.after, &self.curve_after) else {
            return Thresholds {
                answer_before,
                ask_model: answer_before,
                answer_after: answer_before,
            };
        };
        let answer_after = curve.threshold_for(highest_wrong_rate);
        Thresholds {
            answer_before,
            ask_model: worth_asking(after, answer_after),
            answer_after,
        }
    }
}

/// The row that a model with the model's word is over: the log-odds of `before` (0..=1), then the
/// values of what was written.
pub fn after_row(before: f64, written: &[f64]) -> Vec<f64> {
    let mut row = vec![log_odds(before)];
    row.extend_from_slice(written);
    row
}

/// The lowest probability before the model's word from which the best that it could write, each of
/// its features being within 0..=1, reaches `threshold`.
fn worth_asking(after: &Linear, threshold: f64) -> f64 {
    let Some((of_before, of_written)) = after.weights.split_first() else {
        return threshold;
    };
    if *of_before <= 0.0 {
        return 0.0;
    }
    let most: f64 = of_written.iter().map(|weight| weight.max(0.0)).sum();
    probability((log_odds(threshold) - after.intercept - most) / of_before)
}

fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

fn log_odds(probability: f64) -> f64 {
    let probability = probability.clamp(CERTAIN, 1.0 - CERTAIN);
    (probability / (1.0 - probability)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(threshold: f64, answered: f64, wrong: f64) -> CurvePoint {
        CurvePoint {
            threshold,
            answered,
            wrong,
        }
    }

    fn calibration() -> Calibration {
        let mut weights = vec![0.0; FEATURES.len()];
        weights[0] = 10.0;
        Calibration {
            data: "a test".into(),
            fitted: "2026-01-01".into(),
            embedding: "e".into(),
            reranker: None,
            questions: 100,
            before: Linear {
                intercept: -5.0,
                weights,
            },
            curve: Curve {
                points: vec![
                    point(0.0, 1.0, 1.0),
                    point(0.6, 0.7, 0.1),
                    point(0.8, 0.4, 0.02),
                ],
            },
            auroc: 0.8,
            after: Some(Linear {
                intercept: 0.0,
                weights: vec![1.0, -3.0, -1.0, 2.0],
            }),
            curve_after: Some(Curve {
                points: vec![point(0.0, 1.0, 1.0), point(0.5, 0.8, 0.04)],
            }),
            auroc_after: Some(0.9),
        }
    }

    fn found(sentences: f64) -> Features {
        Features {
            sentences,
            passages: 4,
            ..Features::default()
        }
    }

    #[test]
    fn the_shipped_calibration_fits_the_features_and_can_answer() {
        let shipped = Calibration::shipped();
        assert_eq!(shipped.before.weights.len(), FEATURES.len());
        let thresholds = shipped.thresholds(0.05);
        assert!(thresholds.answer_before < 1.0 && thresholds.answer_after < 1.0);
        assert!(thresholds.ask_model <= thresholds.answer_after.max(thresholds.answer_before));
        if let Some(after) = &shipped.after {
            assert_eq!(after.weights.len(), WRITTEN_FEATURES.len() + 1);
        }
    }

    #[test]
    fn nearer_sentences_are_more_answerable_and_nothing_found_is_not() {
        let calibration = calibration();
        assert!(calibration.before(&found(0.6)) > calibration.before(&found(0.4)));
        assert!((calibration.before(&found(0.5)) - 0.5).abs() < 1e-9);
        assert!(calibration.before(&Features::default()).abs() < f64::EPSILON);
    }

    #[test]
    fn the_threshold_is_the_lowest_that_keeps_the_rate() {
        let calibration = calibration();
        let at = |rate: f64| calibration.thresholds(rate).answer_before;
        assert!((at(0.1) - 0.6).abs() < 1e-9);
        assert!((at(0.05) - 0.8).abs() < 1e-9);
        assert!((at(0.01) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_models_word_moves_the_probability_both_ways() {
        let calibration = calibration();
        let declined = Written {
            declined: true,
            ..Written::default()
        };
        let supported = Written {
            support: 1.0,
            ..Written::default()
        };
        assert!(calibration.after(0.5, &declined) < 0.1);
        assert!(calibration.after(0.5, &supported) > 0.8);
    }

    #[test]
    fn the_model_is_asked_where_its_best_word_would_be_enough() {
        let calibration = calibration();
        let thresholds = calibration.thresholds(0.05);
        let best = Written {
            support: 1.0,
            ..Written::default()
        };
        let after = calibration.after(thresholds.ask_model, &best);
        assert!((after - thresholds.answer_after).abs() < 1e-9);
        assert!(thresholds.ask_model < thresholds.answer_before);
    }

    #[test]
    fn without_a_fit_of_the_models_word_only_its_no_counts() {
        let calibration = Calibration {
            after: None,
            ..calibration()
        };
        let thresholds = calibration.thresholds(0.05);
        assert!((thresholds.ask_model - thresholds.answer_before).abs() < 1e-9);
        let declined = Written {
            declined: true,
            ..Written::default()
        };
        assert!(calibration.after(0.9, &declined).abs() < f64::EPSILON);
        assert!((calibration.after(0.9, &Written::default()) - 0.9).abs() < 1e-9);
    }
}
