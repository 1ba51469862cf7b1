//! The probability that the passages hold the answer, from what the retrieval shows.
//!
//! A logistic model over a handful of features. The coefficients below are set by hand from how
//! each feature behaves (see [`COEFFICIENTS`]) and kept in one place, so that they can be fitted
//! on labelled questions and replaced without touching anything else.

use crate::text::{is_empty_word, stem, subject_stems, words};
use std::collections::BTreeSet;

/// What the retrieval shows about a question. Every field is a plain number so that it can be
/// stored with the question and used again to fit the model.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AnswerabilityFeatures {
    /// Cosine of the best passage, -1..=1, as the embedding gives it.
    pub best_dense: f32,
    /// Mean cosine of the best five passages, -1..=1.
    pub mean_dense_top5: f32,
    /// Best cosine less the mean of the tenth to the thirtieth: 0 when all are equally near.
    pub gap: f32,
    /// Share of the first five passages that both searches found, 0..=1.
    pub legs_agree: f32,
    /// Share of the question's subject words that stand in the best single passage, 0..=1.
    pub coverage_best: f32,
    /// Share of the question's subject words that stand in the passages together, 0..=1.
    pub coverage_all: f32,
    /// Share of the question's names and numbers that stand in the passages, 0..=1; 1 when it
    /// has none.
    pub entities: f32,
    /// Passages found.
    pub passages: f32,
}

/// The model's coefficients, in log-odds for each unit of a feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficients {
    pub intercept: f64,
    pub best_dense: f64,
    pub mean_dense_top5: f64,
    pub gap: f64,
    pub legs_agree: f64,
    pub coverage_best: f64,
    pub coverage_all: f64,
    pub entities: f64,
}

/// Set by hand for MiniLM cosines of passages with a header. An unrelated question reaches a
/// cosine near 0.25 with a third of its words covered (probability near 0.1), an answered one
/// about 0.6 with two thirds covered (near 0.8). The best cosine and the coverage by the best
/// passage carry the decision, since each separates answered from unanswered questions best by
/// itself; the others only tip the balance. To be fitted on labelled questions.
pub const COEFFICIENTS: Coefficients = Coefficients {
    intercept: -7.2,
    best_dense: 9.0,
    mean_dense_top5: 0.5,
    gap: 1.0,
    legs_agree: 0.2,
    coverage_best: 3.2,
    coverage_all: 0.3,
    entities: 0.8,
};

/// Probability that the passages hold the answer, 0..=1, by the shipped coefficients.
pub fn probability(features: &AnswerabilityFeatures) -> f64 {
    probability_with(&COEFFICIENTS, features)
}

/// Probability that the passages hold the answer, 0..=1. Without passages it is 0.
pub fn probability_with(by: &Coefficients, features: &AnswerabilityFeatures) -> f64 {
    if features.passages < 1.0 {
        return 0.0;
    }
    let terms = [
        (by.best_dense, features.best_dense),
        (by.mean_dense_top5, features.mean_dense_top5),
        (by.gap, features.gap),
        (by.legs_agree, features.legs_agree),
        (by.coverage_best, features.coverage_best),
        (by.coverage_all, features.coverage_all),
        (by.entities, features.entities),
    ];
    let sum: f64 = terms
        .iter()
        .filter(|(_, value)| value.is_finite())
        .map(|(weight, value)| weight * f64::from(*value))
        .sum();
    1.0 / (1.0 + (-(by.intercept + sum)).exp())
}

/// How much of a question stands in passages.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Coverage {
    /// Share of the subject words in the best single passage, 0..=1.
    pub best: f32,
    /// Share of the subject words in all passages together, 0..=1.
    pub all: f32,
    /// Share of the names and numbers in all passages together, 0..=1; 1 when there are none.
    pub entities: f32,
}

/// Words that stand in every contract or policy and in most questions about one.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "agreement", "clause", "company", "contract", "document", "employee", "party", "policy", "question", "rule",
];

/// How much of `question` stands in `passages`; give each with its header.
pub fn coverage(question: &str, passages: &[&str]) -> Coverage {
    let common: BTreeSet<String> = COMMON.iter().map(|word| stem(word)).collect();
    let weight = |stem: &str| if common.contains(stem) { 0.25_f32 } else { 1.0 };
    let asked = subject_stems(question);
    let found: Vec<BTreeSet<String>> = passages
        .iter()
        .map(|passage| subject_stems(passage).into_iter().collect())
        .collect();
    let total: f32 = asked.iter().map(|s| weight(s)).sum();
    let share = |has: &dyn Fn(&String) -> bool| {
        if total == 0.0 {
            return 0.0;
        }
        asked
            .iter()
            .filter(|s| has(s))
            .map(|s| weight(s))
            .sum::<f32>()
            / total
    };
    Coverage {
        best: found
            .iter()
            .map(|stems| share(&|s| stems.contains(s)))
            .fold(0.0, f32::max),
        all: share(&|s| found.iter().any(|stems| stems.contains(s))),
        entities: entities(question, passages),
    }
}

/// Share of the question's names and numbers that stand in the passages.
fn entities(question: &str, passages: &[&str]) -> f32 {
    let asked: Vec<String> = words(question)
        .into_iter()
        .enumerate()
        .filter(|(at, word)| {
            let digit = word.lower.starts_with(|c: char| c.is_ascii_digit());
            let capital = *at > 0
                && word.text.starts_with(char::is_uppercase)
                && word.text.chars().count() > 1
                && !is_empty_word(&word.lower);
            digit || capital
        })
        .map(|(_, word)| stem(&word.lower))
        .collect();
    if asked.is_empty() {
        return 1.0;
    }
    let found: BTreeSet<String> = passages
        .iter()
        .flat_map(|passage| words(passage))
        .map(|word| stem(&word.lower))
        .collect();
    let there = asked
        .iter()
        .filter(|entity| found.contains(*entity))
        .count();
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of words of one question"
    )]
    let share = there as f32 / asked.len() as f32;
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIFTS: &str = "Gifts and Hospitality Policy > Limits\nEmployees may accept a gift from a \
                         supplier up to a value of EUR 50.";

    fn features(best_dense: f32, coverage: Coverage) -> AnswerabilityFeatures {
        AnswerabilityFeatures {
            best_dense,
            mean_dense_top5: best_dense - 0.1,
            gap: 0.1,
            legs_agree: 0.4,
            coverage_best: coverage.best,
            coverage_all: coverage.all,
            entities: coverage.entities,
            passages: 8.0,
        }
    }

    #[test]
    fn a_covered_question_is_answerable_and_a_strange_one_is_not() {
        let near = coverage("May employees accept gifts from suppliers?", &[GIFTS]);
        let far = coverage("What is the melting point of tungsten?", &[GIFTS]);
        assert!(near.best > 0.9, "{near:?}");
        assert!(far.all < 0.1, "{far:?}");
        assert!(probability(&features(0.6, near)) > 0.8);
        assert!(probability(&features(0.25, far)) < 0.05);
    }

    #[test]
    fn the_same_similarity_with_less_coverage_is_less_answerable() {
        let full = coverage("May employees accept gifts from suppliers?", &[GIFTS]);
        let part = coverage("May contractors donate gifts to universities?", &[GIFTS]);
        assert!(probability(&features(0.5, full)) > probability(&features(0.5, part)) + 0.2);
    }

    #[test]
    fn a_name_that_stands_nowhere_lowers_it() {
        let known = coverage("What may a supplier give under EUR 50?", &[GIFTS]);
        let strange = coverage("What may Borealis give under EUR 900?", &[GIFTS]);
        assert!(known.entities > strange.entities);
    }

    #[test]
    fn without_passages_nothing_is_answerable() {
        let none = AnswerabilityFeatures::default();
        assert!(probability(&none).abs() < f64::EPSILON);
    }
}
