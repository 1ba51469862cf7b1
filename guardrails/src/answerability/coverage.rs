//! How much of a question's words stand in passages.

use crate::text::{is_empty_word, stem, subject_stems, words};
use std::collections::BTreeSet;

/// How much of a question stands in passages.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Coverage {
    /// Share of the subject words in the best single passage, 0..=1.
    pub best: f32,
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

    #[test]
    fn a_question_about_the_passage_is_covered_and_a_strange_one_is_not() {
        let near = coverage("May employees accept gifts from suppliers?", &[GIFTS]);
        let part = coverage("May contractors donate gifts to universities?", &[GIFTS]);
        let far = coverage("What is the melting point of tungsten?", &[GIFTS]);
        assert!(near.best > 0.9, "{near:?}");
        assert!(near.best > part.best && part.best > far.best);
        assert!(far.best < 0.1, "{far:?}");
    }

    #[test]
    fn a_name_that_stands_nowhere_lowers_it() {
        let known = coverage("What may a supplier give under EUR 50?", &[GIFTS]);
        let strange = coverage("What may Borealis give under EUR 900?", &[GIFTS]);
        assert!(known.entities > strange.entities);
    }
}
