//! Texts of an answer's sentences, of documents that contradict each other, and of how one wants to be
//! answered.

use inhouse_protocol::AnswerMode;

// Sentences
pub(crate) const QUOTES_ONLY: &str = "Quotes only: the documents' own words, no model";
pub(crate) const CHECKS: &str = "What was checked of this sentence";

// Contradictions
pub(crate) const CONTRADICTION_FOUND: &str = "Your documents contradict each other";
pub(crate) const OPEN_SOURCE: &str = "Open the source";

// How one wants to be answered
pub(crate) const YOUR_ANSWERS: &str = "How you are answered";
pub(crate) const YOUR_ANSWERS_LEAD: &str = "Written answers put the documents into sentences, each \
     checked against the passage it cites. Quotes are the documents' own words, there at once. A rule \
     of your company can ask for quotes whatever you choose.";

/// A name for a sentence's checks, of which there is one opener for each.
pub(crate) fn checks_of(number: usize) -> String {
    format!("What was checked of sentence {number}")
}

/// Why a quote stands in the place of the model's sentence.
pub(crate) fn replaces(check: &str) -> String {
    format!("The document's own words, in the place of a sentence that failed a check: {check}")
}

/// What was searched for.
pub(crate) fn searched_for(question: &str) -> String {
    format!("Searched for: {question}")
}

pub(crate) fn contradiction(about: &str) -> String {
    if about.is_empty() {
        "What your documents say differently".to_owned()
    } else {
        format!("What your documents say differently: {about}")
    }
}

pub(crate) fn open_source_of(title: &str) -> String {
    format!("{OPEN_SOURCE}: {title}")
}

/// A way to be answered and what it means; without a mode that of the company, which is `default`.
pub(crate) fn answer_mode(
    mode: Option<AnswerMode>,
    default: AnswerMode,
) -> (&'static str, &'static str) {
    match (mode, default) {
        (None, AnswerMode::Written) => ("As the company has it", "At present: written answers."),
        (None, AnswerMode::Quotes) => ("As the company has it", "At present: quotes only."),
        (Some(AnswerMode::Written), _) => ("Written answers", "A model writes, in some seconds."),
        (Some(AnswerMode::Quotes), _) => ("Quotes only", "No model is asked."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_of_the_company_says_which_it_is() {
        let (_, means) = answer_mode(None, AnswerMode::Quotes);
        assert_eq!(means, "At present: quotes only.");
    }
}
