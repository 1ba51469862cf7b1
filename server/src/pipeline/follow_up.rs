//! A follow-up ('and for contractors?') is searched together with the question it follows.

use inhouse_protocol::Exchange;

/// Words that point back to what was said before.
const POINTING: [&str; 12] = [
    "it", "its", "that", "this", "they", "them", "those", "these", "he", "she", "there", "one",
];
/// Openings that continue a question.
const CONTINUING: [&str; 6] = ["and ", "but ", "what about", "how about", "or ", "also "];
/// A question with more words stands alone.
const LONGEST_WORDS: usize = 12;

/// The question with the one it follows before it, where it can't stand alone; `None` where it can.
pub(super) fn standalone(question: &str, earlier: &[Exchange]) -> Option<String> {
    let before = &earlier.last()?.question;
    leans(question).then(|| format!("{before} {question}"))
}

fn leans(question: &str) -> bool {
    let lower = question.trim().to_lowercase();
    let words: Vec<_> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .collect();
    words.len() <= LONGEST_WORDS
        && (CONTINUING.iter().any(|opening| lower.starts_with(opening))
            || words.len() <= 2
            || words.iter().skip(1).any(|word| POINTING.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::leans;

    #[test]
    fn a_question_that_points_back_leans_on_the_one_before() {
        assert!(leans("And for contractors?"));
        assert!(leans("How long does it last?"));
        assert!(leans("why?"));
        assert!(!leans(
            "What is the notice period for employees in Germany?"
        ));
    }
}
