//! How many of a question's words stand in passages.

use crate::text::{stem, subject_stems};
use std::collections::BTreeSet;

/// Words that stand in every contract or policy and in most questions about one.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "agreement", "clause", "company", "contract", "document", "employee", "party", "policy", "question", "rule",
];

/// Share of the subject words of `question` that stand in the best single one of `passages`,
/// 0..=1; give each with its header.
pub fn coverage(question: &str, passages: &[&str]) -> f32 {
    let common: BTreeSet<String> = COMMON.iter().map(|word| stem(word)).collect();
    let weight = |stem: &String| if common.contains(stem) { 0.25_f32 } else { 1.0 };
    let asked = subject_stems(question);
    let total: f32 = asked.iter().map(weight).sum();
    if total == 0.0 {
        return 0.0;
    }
    let shares = passages.iter().map(|passage| {
        let found: BTreeSet<String> = subject_stems(passage).into_iter().collect();
        let there = asked.iter().filter(|stem| found.contains(*stem));
        there.map(weight).sum::<f32>() / total
    });
    shares.fold(0.0, f32::max)
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
        assert!(near > 0.9, "{near}");
        assert!(near > part && part > far);
        assert!(far < 0.1, "{far}");
    }
}
