//! Which part of a question asks.
//!
//! 'Consider the lease between Acme and Bolt; what is the notice period?' says which document and
//! then what is asked. Searched as one text, the names drown the question; so the part that asks
//! is also searched for by itself.

/// Fewer words don't make a question of their own.
const FEWEST_WORDS: usize = 3;

/// What a part that asks begins with, in English, German, French and Spanish; 'was' is both of the
/// first two.
const ASKING: [&str; 61] = [
    "what",
    "which",
    "who",
    "whom",
    "whose",
    "when",
    "where",
    "why",
    "how",
    "is",
    "are",
    "was",
    "were",
    "do",
    "does",
    "did",
    "can",
    "could",
    "may",
    "might",
    "must",
    "shall",
    "should",
    "will",
    "would",
    "has",
    "have",
    "had",
    "whether",
    "list",
    "explain",
    "describe",
    "summarize",
    "name",
    "welche",
    "welcher",
    "welches",
    "welchen",
    "wer",
    "wem",
    "wie",
    "wann",
    "warum",
    "wieso",
    "darf",
    "dürfen",
    "muss",
    "müssen",
    "kann",
    "können",
    "quel",
    "quelle",
    "quels",
    "quelles",
    "combien",
    "pourquoi",
    "qué",
    "cuál",
    "cuánto",
    "cuándo",
    "quién",
];

/// The part of `question` from where it begins to ask, `None` where that is all of it or
/// nowhere.
pub(crate) fn asking_part(question: &str) -> Option<&str> {
    let question = question.trim();
    if asks(question) {
        return None;
    }
    let mut characters = question.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let (_, following) = *characters.peek()?;
        let ends_part = match character {
            '\n' | ';' => true,
            '.' | '?' | '!' | ':' | ',' => following.is_whitespace(),
            _ => false,
        };
        let rest = question[at + character.len_utf8()..].trim_start();
        if ends_part && asks(rest) && rest.split_whitespace().count() >= FEWEST_WORDS {
            return Some(rest);
        }
    }
    None
}

fn asks(text: &str) -> bool {
    let first = text
        .trim_start()
        .trim_start_matches('¿')
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    ASKING.iter().any(|word| word.eq_ignore_ascii_case(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_the_document_is_told_from_what_is_asked() {
        assert_eq!(
            asking_part(
                "Consider the Co-Branding Agreement between VerticalNet, Inc. (\"VerticalNet\"); \
                 Neoforma.com, Inc. (\"Neoforma\"); What is the expiration date of this contract?"
            ),
            Some("What is the expiration date of this contract?")
        );
        assert_eq!(
            asking_part("In the Acme lease, who pays for repairs?"),
            Some("who pays for repairs?")
        );
        assert_eq!(
            asking_part("I work in Berlin. How many days of vacation do I have?"),
            Some("How many days of vacation do I have?")
        );
        assert_eq!(
            asking_part("Acme lease: what is the rent? Is it indexed?"),
            Some("what is the rent? Is it indexed?")
        );
    }

    #[test]
    fn other_languages_ask_too() {
        for (question, asking) in [
            (
                "Mietvertrag Acme: wie lang ist die Kündigungsfrist?",
                "wie lang ist die Kündigungsfrist?",
            ),
            (
                "Contrat Acme; quel est le délai de préavis ?",
                "quel est le délai de préavis ?",
            ),
            (
                "Contrato de Acme: ¿cuál es el plazo de preaviso?",
                "¿cuál es el plazo de preaviso?",
            ),
        ] {
            assert_eq!(asking_part(question), Some(asking));
        }
    }

    #[test]
    fn a_plain_question_asks_as_a_whole() {
        for question in [
            "What is the notice period?",
            "notice period contractors",
            "What is the term? I mean the Acme lease.",
            "Does Smith Inc. own the results?",
            "Is vacation paid out, capped or lost?",
            "",
            ";;; ?",
        ] {
            assert_eq!(asking_part(question), None, "{question}");
        }
    }
}
