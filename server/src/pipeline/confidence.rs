//! How sure an answer has to be: the calibration in use, and what follows from the rate of wrong
//! answers that the operator allows.

use super::way::Purpose;
use crate::app::{App, CalibrationInUse};
use inhouse_guardrails::answerability::{Features, Thresholds, Written};
use inhouse_protocol::AnswerMode;

/// The calibration of one question's way, one and the same to its end.
pub(super) struct Confidence {
    pub(super) in_use: CalibrationInUse,
    pub(super) thresholds: Thresholds,
}

impl Confidence {
    pub(super) fn of(app: &App) -> Self {
        let in_use = app.calibration_in_use();
        let rate = app.config.answers.highest_wrong_rate;
        let thresholds = in_use.calibration.thresholds(rate);
        Self { in_use, thresholds }
    }

    /// The probability that the passages hold the answer, before the model's word, 0..=1.
    pub(super) fn before(&self, features: Option<&Features>) -> f64 {
        features.map_or(0.0, |features| self.in_use.calibration.before(features))
    }

    /// What a question needs to go on after the search. Where the model writes, its own word is
    /// heard before anything is shown, so less is needed to ask it.
    pub(super) const fn needed(&self, purpose: Purpose, mode: AnswerMode) -> f64 {
        match (purpose, mode) {
            (Purpose::DryRun, _) | (_, AnswerMode::Quotes) => self.thresholds.answer_before,
            (_, AnswerMode::Written) => self.thresholds.ask_model,
        }
    }

    /// What the first sentence of the model has to pass before it is shown.
    pub(super) fn gate(&self, before: f64) -> Gate {
        Gate {
            in_use: self.in_use.clone(),
            before,
            from: self.thresholds.answer_after,
        }
    }
}

/// Holds the model's first sentence back until it is sure enough with it.
pub(super) struct Gate {
    pub(super) in_use: CalibrationInUse,
    /// The answerability before the model's word, 0..=1.
    pub(super) before: f64,
    /// What it has to be with it, 0..=1.
    pub(super) from: f64,
}

impl Gate {
    /// The answerability with what the model wrote.
    pub(super) fn after(&self, written: &Written) -> f64 {
        self.in_use.calibration.after(self.before, written)
    }
}
