//! Whether an answer stands where somebody else is spoken of.

use crate::text::{mentions, named};

/// Whether a sentence is out of what stands about somebody else: the question names somebody who
/// stands in some of `all` texts, at most in half of them, and in none of those that the sentence
/// cites. A name that stands nearly everywhere, such as the company's own, tells nothing. In English
/// only: where every noun is capitalised, names can't be told.
pub fn is_of_another(question: &str, cited: &[&str], all: &[&str]) -> bool {
    let names = named(question);
    let with_it = |texts: &[&str]| texts.iter().filter(|text| mentions(text, &names)).count();
    let known = with_it(all);
    !names.is_empty() && known > 0 && 2 * known <= all.len() && with_it(cited) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_about_somebody_else_is_no_answer() {
        let question = "Who is the data protection officer of CloudHarbor?";
        let ours = "Data Protection Policy. The Data Protection Officer is Sofia Lind.";
        let theirs = "Processing agreement with CloudHarbor GmbH. CloudHarbor's sub-processors.";
        let all = [ours, theirs, "Code of conduct. Speak up."];
        assert!(is_of_another(question, &[ours], &all));
        assert!(!is_of_another(question, &[theirs], &all));
        assert!(!is_of_another("Who is the officer?", &[ours], &all));
    }

    #[test]
    fn a_name_that_nobody_or_nearly_everybody_has_tells_nothing() {
        let texts = ["Norrland: gifts", "Norrland: travel", "Travel"];
        let question = "What does Norrland pay for travel?";
        assert!(!is_of_another(question, &[texts[2]], &texts));
        assert!(!is_of_another(
            "Does Acme pay for travel?",
            &[texts[2]],
            &texts
        ));
    }
}
