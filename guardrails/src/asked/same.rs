//! Whether an answer that was given once fits a question that is asked now. Nearness in meaning alone
//! can't tell: 'contractors' stands near 'employees', and what holds for one is wrong for the other.

use super::about;
use crate::conflict::{groups_and_places, meanings};
use crate::text::{stem, subject_stems, words};
use std::collections::BTreeSet;

/// Those whom company rules are for where they name nobody, and the company itself.
const EVERYBODY: &[&str] = &[
    "employee",
    "staff",
    "worker",
    "colleague",
    "people",
    "company",
    "person",
];

/// Words that turn a question round.
const DENIALS: &[&str] = &[
    "not", "no", "never", "cannot", "can't", "nicht", "kein", "keine", "keinen", "nie",
];

/// Whether an answer speaks of what is asked. `answer` is the question that it was given to, other
/// ways to ask it and its text, a line each.
///
/// Every word of the question that says what is asked about stands in the answer, by its stem, and
/// so does every number; a group or place that each of the answer's questions names stands in the
/// question too. In doubt they are of different subjects.
pub fn same_subject(asked: &str, answer: &str) -> bool {
    let everybody: BTreeSet<String> = EVERYBODY.iter().map(|word| stem(word)).collect();
    let needed: BTreeSet<String> = meanings(about(asked))
        .difference(&everybody)
        .cloned()
        .collect();
    let known = meanings(subject_stems(answer));
    if needed.is_empty() || !needed.is_subset(&known) {
        return false;
    }
    if !numbers(asked).is_subset(&numbers(answer)) {
        return false;
    }
    let case = groups_and_places(asked);
    let questions = questions(answer);
    let narrowing = questions
        .iter()
        .map(|question| groups_and_places(question))
        .reduce(|one, other| one.intersection(&other).cloned().collect());
    narrowing.unwrap_or_default().is_subset(&case)
        && questions
            .iter()
            .any(|question| denies(question) == denies(asked))
}

/// The questions among the lines of an answer; where none has a question mark, the first line.
fn questions(answer: &str) -> Vec<&str> {
    let asked: Vec<&str> = answer
        .lines()
        .flat_map(|line| line.split_inclusive(['.', '!', '?']))
        .filter(|sentence| sentence.ends_with('?'))
        .collect();
    match asked.as_slice() {
        [] => answer.lines().take(1).collect(),
        _ => asked,
    }
}

fn denies(text: &str) -> bool {
    words(text)
        .iter()
        .any(|word| DENIALS.contains(&word.lower.as_str()))
}

fn numbers(text: &str) -> BTreeSet<String> {
    words(text)
        .into_iter()
        .map(|word| word.lower)
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIFTS: &str = "May I accept a gift from a supplier?\n\
        What is the limit for gifts of suppliers?\n\
        Gifts of suppliers up to 50 euros may be accepted. Enter them in the register.";

    #[test]
    fn an_answer_fits_the_question_in_other_words() {
        for asked in [
            "Can I accept gifts from suppliers?",
            "Which limit applies to gifts of suppliers?",
            "May employees accept a supplier's gift?",
            "May I accept a gift of 50 euros from a supplier?",
        ] {
            assert!(same_subject(asked, GIFTS), "{asked}");
        }
    }

    #[test]
    fn a_question_about_something_more_is_another_one() {
        for asked in [
            "May I accept an invitation from a supplier?",
            "May I accept a gift of 80 euros from a supplier?",
            "May I accept gifts from suppliers in Germany?",
            "May public officials accept gifts?",
            "Which limit applies to gifts?",
            "What may I not accept from a supplier as a gift?",
            "",
        ] {
            assert!(!same_subject(asked, GIFTS), "{asked}");
        }
    }

    #[test]
    fn what_holds_for_a_group_is_no_answer_for_everybody() {
        let contractors = "How much notice do contractors get?\n\
            What is the notice period of a contractor?\n\
            Contractors get 14 days of notice, employees three months.";
        assert!(same_subject(
            "What is the notice period for contractors?",
            contractors
        ));
        assert!(!same_subject(
            "What is the notice period for employees?",
            contractors
        ));
        assert!(!same_subject("What is the notice period?", contractors));
        let employees = "How long is the notice period?\nThe notice period is three months.";
        assert!(same_subject(
            "What is the notice period for employees?",
            employees
        ));
        assert!(!same_subject(
            "What is the notice period for contractors?",
            employees
        ));
    }

    #[test]
    fn the_first_line_is_the_question_where_none_has_a_mark() {
        let answer = "Notice period in Sweden\nThe notice period is three months.";
        assert!(same_subject("What is the notice period in Sweden?", answer));
        assert!(!same_subject("What is the notice period?", answer));
    }
}
