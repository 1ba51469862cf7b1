//! What a rule's condition may look at: each signal is a variable of the condition language.

use crate::rules::Stage;
use crate::text;

/// Everything known about a question so far. Fields of a later stage keep their default until
/// that stage; a rule that would read them too early is refused when the file is loaded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signals {
    /// The question as asked.
    pub question: String,
    /// Characters of the question.
    pub length: usize,
    /// Words of the question.
    pub words: usize,
    /// Words of the law, of contracts and of company policy in the question.
    pub legal_terms: usize,
    /// Names in the question: capitalised words inside a sentence, part numbers.
    pub names: usize,
    /// Label of the topic whose examples are nearest to the question.
    pub topic: String,
    /// Similarity to that topic's examples, 0..=1.
    pub topic_score: f64,
    /// Lead of that topic over the next one, 0..=1.
    pub topic_margin: f64,
    /// How much the question looks like an attack on the assistant, 0..=1.
    pub injection: f64,
    /// The asker's role: `employee`, `legal`, `admin`, or `operator` on the command line.
    pub role: String,
    /// The asker's department; empty when none is recorded.
    pub department: String,
    /// Probability that the passages hold the answer, 0..=1; known from `found` on, and from
    /// `written` on with what the model wrote.
    pub answerability: Option<f64>,
    /// The answerability from which on the question goes on from here, 0..=1, at the rate of wrong
    /// answers that the operator allows; known from `found` on.
    pub answerable_from: Option<f64>,
    /// Documents in force say different things about it; known from `found` on.
    pub conflict: bool,
    /// Passages found; known from `found` on.
    pub passages: usize,
    /// Similarity of the best passage to the question, 0..=1; known from `found` on.
    pub best_passage: f64,
    /// Sentences that the model wrote; known from `written` on.
    pub sentences: usize,
    /// Of these, sentences that passed every check; known from `written` on.
    pub grounded: usize,
    /// Of these, sentences that failed a check and are not shown; known from `written` on.
    pub dropped: usize,
    /// The model itself says that the passages don't answer; known from `written` on.
    pub model_declined: bool,
}

/// A signal's value, as it is recorded in a trace.
#[derive(Debug, Clone, PartialEq)]
pub enum SignalValue {
    Text(String),
    Whole(i64),
    /// Decimal number, most of them in 0..=1.
    Share(f64),
    Flag(bool),
    /// Not computed; a rule that reads it fails.
    Unknown,
}

impl std::fmt::Display for SignalValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) if text.chars().count() > 60 => {
                write!(f, "'{}…'", text.chars().take(60).collect::<String>())
            }
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Share(number) => write!(f, "{number:.2}"),
            Self::Flag(true) => f.write_str("yes"),
            Self::Flag(false) => f.write_str("no"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// A signal's name in the condition language and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    pub name: &'static str,
    /// The stage from which on it is known.
    pub from: Stage,
    /// `string`, `int`, `double` or `bool`, as the condition language calls them.
    pub kind: &'static str,
    /// For the people who write rules.
    pub meaning: &'static str,
}

const fn signal(
    name: &'static str,
    from: Stage,
    kind: &'static str,
    meaning: &'static str,
) -> Signal {
    Signal {
        name,
        from,
        kind,
        meaning,
    }
}

/// Every signal, in the order of the documentation.
pub const SIGNALS: &[Signal] = &[
    signal(
        "question",
        Stage::Question,
        "string",
        "the question as asked",
    ),
    signal(
        "length",
        Stage::Question,
        "int",
        "characters of the question",
    ),
    signal("words", Stage::Question, "int", "words of the question"),
    signal(
        "legal_terms",
        Stage::Question,
        "int",
        "words of the law, of contracts and of company policy in the question",
    ),
    signal(
        "names",
        Stage::Question,
        "int",
        "names in the question: capitalised words inside a sentence, part numbers",
    ),
    signal(
        "topic",
        Stage::Question,
        "string",
        "label of the nearest topic",
    ),
    signal(
        "topic_score",
        Stage::Question,
        "double",
        "similarity to the nearest topic's examples, 0 to 1",
    ),
    signal(
        "topic_margin",
        Stage::Question,
        "double",
        "lead of the nearest topic over the next, 0 to 1",
    ),
    signal(
        "injection",
        Stage::Question,
        "double",
        "how much the question looks like an attack on the assistant, 0 to 1",
    ),
    signal(
        "role",
        Stage::Question,
        "string",
        "the asker's role: employee, legal, admin or operator",
    ),
    signal(
        "department",
        Stage::Question,
        "string",
        "the asker's department, or empty",
    ),
    signal(
        "answerability",
        Stage::Found,
        "double",
        "probability that the passages hold the answer, 0 to 1",
    ),
    signal(
        "answerable_from",
        Stage::Found,
        "double",
        "the answerability that is needed from here on, by answers.highest_wrong_rate",
    ),
    signal(
        "conflict",
        Stage::Found,
        "bool",
        "documents in force say different things about it",
    ),
    signal("passages", Stage::Found, "int", "passages found"),
    signal(
        "best_passage",
        Stage::Found,
        "double",
        "similarity of the best passage to the question, 0 to 1",
    ),
    signal(
        "sentences",
        Stage::Written,
        "int",
        "sentences that the model wrote",
    ),
    signal(
        "grounded",
        Stage::Written,
        "int",
        "sentences that passed every check",
    ),
    signal(
        "dropped",
        Stage::Written,
        "int",
        "sentences that failed a check and are not shown",
    ),
    signal(
        "model_declined",
        Stage::Written,
        "bool",
        "the model itself says that the passages don't answer",
    ),
];

impl Signals {
    /// The signals that follow from the question's words alone; topic, injection and the asker
    /// are filled in by the caller.
    pub fn of_question(question: &str) -> Self {
        Self {
            length: question.chars().count(),
            words: question.split_whitespace().count(),
            legal_terms: text::legal_terms(question),
            names: text::names(question),
            question: question.to_owned(),
            ..Self::default()
        }
    }

    /// The value of the signal `name`; `None` when there is no such signal.
    pub fn value(&self, name: &str) -> Option<SignalValue> {
        let whole = |n: usize| SignalValue::Whole(i64::try_from(n).unwrap_or(i64::MAX));
        Some(match name {
            "question" => SignalValue::Text(self.question.clone()),
            "length" => whole(self.length),
            "words" => whole(self.words),
            "legal_terms" => whole(self.legal_terms),
            "names" => whole(self.names),
            "topic" => SignalValue::Text(self.topic.clone()),
            "topic_score" => SignalValue::Share(self.topic_score),
            "topic_margin" => SignalValue::Share(self.topic_margin),
            "injection" => SignalValue::Share(self.injection),
            "role" => SignalValue::Text(self.role.clone()),
            "department" => SignalValue::Text(self.department.clone()),
            "answerability" => self
                .answerability
                .map_or(SignalValue::Unknown, SignalValue::Share),
            "answerable_from" => self
                .answerable_from
                .map_or(SignalValue::Unknown, SignalValue::Share),
            "conflict" => SignalValue::Flag(self.conflict),
            "passages" => whole(self.passages),
            "best_passage" => SignalValue::Share(self.best_passage),
            "sentences" => whole(self.sentences),
            "grounded" => whole(self.grounded),
            "dropped" => whole(self.dropped),
            "model_declined" => SignalValue::Flag(self.model_declined),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_signal_has_a_value_of_its_kind() {
        let signals = Signals {
            answerability: Some(0.5),
            answerable_from: Some(0.5),
            ..Signals::of_question("May I accept a gift?")
        };
        for signal in SIGNALS {
            let value = signals
                .value(signal.name)
                .unwrap_or_else(|| panic!("{} has no value", signal.name));
            let kind = match value {
                SignalValue::Text(_) => "string",
                SignalValue::Whole(_) => "int",
                SignalValue::Share(_) => "double",
                SignalValue::Flag(_) => "bool",
                SignalValue::Unknown => "unknown",
            };
            assert_eq!(kind, signal.kind, "{}", signal.name);
        }
        assert_eq!(signals.value("weather"), None);
    }

    #[test]
    fn the_question_gives_its_size_and_its_legal_words() {
        let signals = Signals::of_question("What is the governing law of this contract?");
        assert_eq!((signals.words, signals.length), (8, 43));
        assert!(signals.legal_terms >= 2);
        assert_eq!(
            Signals::of_question("where can I order pizza").legal_terms,
            0
        );
    }
}
