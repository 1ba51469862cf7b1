//! What a rule's condition may look at: each signal is a variable of the condition language.

mod catalogue;

pub use catalogue::{SIGNALS, Signal};

use crate::personal;
use crate::text;
use std::collections::BTreeSet;

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
    /// Label of the intent whose examples are nearest to the question.
    pub intent: String,
    /// Similarity to that intent's examples, 0..=1.
    pub intent_score: f64,
    /// Code of the question's language, such as `de`; empty where it can't be told.
    pub language: String,
    /// Pieces of personal data in the question.
    pub personal_data: usize,
    /// Their kinds, each once: names of [`personal::Kind`].
    pub personal_kinds: Vec<String>,
    /// The asker's role: `employee`, `legal`, `admin`, or `operator` on the command line.
    pub role: String,
    /// The asker's department; empty when none is recorded.
    pub department: String,
    /// Names of the groups that the asker is in.
    pub groups: Vec<String>,
    /// Hour of the day, 0..=23, in the time zone of the desk.
    pub hour: usize,
    /// Day of the week there: `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`.
    pub weekday: String,
    /// Whether the desk is open now.
    pub working_hours: bool,
    /// The asker's questions on this topic in the last seven days, this one included.
    pub asked_this_week: usize,
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
    /// Names of the document sets that the passages come from; known from `found` on.
    pub sets: Vec<String>,
    /// Types and tags of the documents that the passages come from; known from `found` on.
    pub tags: Vec<String>,
    /// How much the passage that looks most like one looks like an attack, 0..=1; known from
    /// `found` on.
    pub injection_found: f64,
    /// Sentences that the model wrote; known from `written` on.
    pub sentences: usize,
    /// Of these, sentences that passed every check; known from `written` on.
    pub grounded: usize,
    /// Of these, sentences that failed a check and are not shown; known from `written` on.
    pub dropped: usize,
    /// The model itself says that the passages don't answer; known from `written` on.
    pub model_declined: bool,
    /// How the question ended: `answered`, `declined`, `escalated` or `refused`; known at `after`.
    pub outcome: String,
    /// Id of the rule that decided it, or empty; known at `after`.
    pub rule: String,
}

/// A signal's value, as it is recorded in a trace.
#[derive(Debug, Clone, PartialEq)]
pub enum SignalValue {
    Text(String),
    Whole(i64),
    /// Decimal number, most of them in 0..=1.
    Share(f64),
    Flag(bool),
    List(Vec<String>),
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
            Self::List(list) if list.is_empty() => f.write_str("none"),
            Self::List(list) => write!(f, "'{}'", list.join("', '")),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl Signals {
    /// The signals that follow from the question's words alone; topic, intent, language, injection
    /// and the asker are filled in by the caller.
    pub fn of_question(question: &str) -> Self {
        let found = personal::find(question);
        let kinds: BTreeSet<personal::Kind> = found.iter().map(|found| found.kind).collect();
        Self {
            personal_data: found.len(),
            personal_kinds: kinds
                .into_iter()
                .map(|kind| kind.as_str().to_owned())
                .collect(),
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
        let text = |text: &String| SignalValue::Text(text.clone());
        let share = |share: Option<f64>| share.map_or(SignalValue::Unknown, SignalValue::Share);
        Some(match name {
            "question" => text(&self.question),
            "length" => whole(self.length),
            "words" => whole(self.words),
            "legal_terms" => whole(self.legal_terms),
            "names" => whole(self.names),
            "topic" => text(&self.topic),
            "topic_score" => SignalValue::Share(self.topic_score),
            "topic_margin" => SignalValue::Share(self.topic_margin),
            "intent" => text(&self.intent),
            "intent_score" => SignalValue::Share(self.intent_score),
            "injection" => SignalValue::Share(self.injection),
            "language" => text(&self.language),
            "personal_data" => whole(self.personal_data),
            "personal_kinds" => SignalValue::List(self.personal_kinds.clone()),
            "role" => text(&self.role),
            "department" => text(&self.department),
            "groups" => SignalValue::List(self.groups.clone()),
            "hour" => whole(self.hour),
            "weekday" => text(&self.weekday),
            "working_hours" => SignalValue::Flag(self.working_hours),
            "asked_this_week" => whole(self.asked_this_week),
            "answerability" => share(self.answerability),
            "answerable_from" => share(self.answerable_from),
            "conflict" => SignalValue::Flag(self.conflict),
            "passages" => whole(self.passages),
            "best_passage" => SignalValue::Share(self.best_passage),
            "sets" => SignalValue::List(self.sets.clone()),
            "tags" => SignalValue::List(self.tags.clone()),
            "injection_found" => SignalValue::Share(self.injection_found),
            "sentences" => whole(self.sentences),
            "grounded" => whole(self.grounded),
            "dropped" => whole(self.dropped),
            "grounding" => SignalValue::Share(self.grounding()),
            "model_declined" => SignalValue::Flag(self.model_declined),
            "outcome" => text(&self.outcome),
            "rule" => text(&self.rule),
            _ => return None,
        })
    }

    /// Gives the signal `name` a value; false when there is no such signal or it is of another
    /// kind. A whole number fits a decimal one. `grounding` follows from others and can't be set.
    pub fn set(&mut self, name: &str, value: SignalValue) -> bool {
        match (name, value) {
            (name, SignalValue::Text(value)) => self.text_mut(name).map(|at| *at = value),
            (name, SignalValue::List(value)) => self.list_mut(name).map(|at| *at = value),
            (name, SignalValue::Flag(value)) => self.flag_mut(name).map(|at| *at = value),
            (name, SignalValue::Share(value)) => self.set_share(name, value),
            (name, SignalValue::Whole(value)) => match self.count_mut(name) {
                Some(at) => usize::try_from(value).ok().map(|value| *at = value),
                None => i32::try_from(value)
                    .ok()
                    .and_then(|value| self.set_share(name, f64::from(value))),
            },
            (_, SignalValue::Unknown) => None,
        }
        .is_some()
    }

    /// Share of the sentences written that passed every check, 0..=1.
    fn grounding(&self) -> f64 {
        let number = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        if self.sentences == 0 {
            0.0
        } else {
            number(self.grounded) / number(self.sentences)
        }
    }

    fn text_mut(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "question" => &mut self.question,
            "topic" => &mut self.topic,
            "intent" => &mut self.intent,
            "language" => &mut self.language,
            "role" => &mut self.role,
            "department" => &mut self.department,
            "weekday" => &mut self.weekday,
            "outcome" => &mut self.outcome,
            "rule" => &mut self.rule,
            _ => return None,
        })
    }

    fn list_mut(&mut self, name: &str) -> Option<&mut Vec<String>> {
        Some(match name {
            "personal_kinds" => &mut self.personal_kinds,
            "groups" => &mut self.groups,
            "sets" => &mut self.sets,
            "tags" => &mut self.tags,
            _ => return None,
        })
    }

    fn flag_mut(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "working_hours" => &mut self.working_hours,
            "conflict" => &mut self.conflict,
            "model_declined" => &mut self.model_declined,
            _ => return None,
        })
    }

    fn count_mut(&mut self, name: &str) -> Option<&mut usize> {
        Some(match name {
            "length" => &mut self.length,
            "words" => &mut self.words,
            "legal_terms" => &mut self.legal_terms,
            "names" => &mut self.names,
            "personal_data" => &mut self.personal_data,
            "hour" => &mut self.hour,
            "asked_this_week" => &mut self.asked_this_week,
            "passages" => &mut self.passages,
            "sentences" => &mut self.sentences,
            "grounded" => &mut self.grounded,
            "dropped" => &mut self.dropped,
            _ => return None,
        })
    }

    fn set_share(&mut self, name: &str, value: f64) -> Option<()> {
        match name {
            "topic_score" => self.topic_score = value,
            "topic_margin" => self.topic_margin = value,
            "intent_score" => self.intent_score = value,
            "injection" => self.injection = value,
            "answerability" => self.answerability = Some(value),
            "answerable_from" => self.answerable_from = Some(value),
            "best_passage" => self.best_passage = value,
            "injection_found" => self.injection_found = value,
            _ => return None,
        }
        Some(())
    }

    /// A value for every signal: what a condition is tried out with when it is loaded.
    pub(crate) fn sample() -> Self {
        let one = || vec!["a".to_owned()];
        Self {
            answerability: Some(0.5),
            answerable_from: Some(0.5),
            personal_kinds: one(),
            groups: one(),
            sets: one(),
            tags: one(),
            ..Self::of_question("May I?")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_signal_has_a_value_of_its_kind() {
        let signals = Signals::sample();
        for signal in SIGNALS {
            let value = signals
                .value(signal.name)
                .unwrap_or_else(|| panic!("{} has no value", signal.name));
            assert_eq!(kind(&value), signal.kind, "{}", signal.name);
        }
        assert_eq!(signals.value("weather"), None);
    }

    fn kind(value: &SignalValue) -> &'static str {
        match value {
            SignalValue::Text(_) => "string",
            SignalValue::Whole(_) => "int",
            SignalValue::Share(_) => "double",
            SignalValue::Flag(_) => "bool",
            SignalValue::List(_) => "list",
            SignalValue::Unknown => "unknown",
        }
    }

    #[test]
    fn every_signal_can_be_given_but_the_one_that_follows_from_others() {
        for signal in SIGNALS {
            let value = match signal.kind {
                "string" => SignalValue::Text("x".to_owned()),
                "int" => SignalValue::Whole(7),
                "double" => SignalValue::Share(0.25),
                "bool" => SignalValue::Flag(true),
                _ => SignalValue::List(vec!["x".to_owned()]),
            };
            let mut signals = Signals::default();
            let given = signals.set(signal.name, value.clone());
            assert_eq!(given, signal.name != "grounding", "{}", signal.name);
            if given {
                assert_eq!(signals.value(signal.name), Some(value), "{}", signal.name);
            }
        }
        let mut signals = Signals::default();
        assert!(signals.set("topic_score", SignalValue::Whole(1)));
        assert!(!signals.set("words", SignalValue::Whole(-1)));
        assert!(!signals.set("words", SignalValue::Text("many".to_owned())));
        assert!(!signals.set("weather", SignalValue::Flag(true)));
    }

    #[test]
    fn grounding_is_the_share_of_sentences_that_passed() {
        let signals = |sentences, grounded| Signals {
            sentences,
            grounded,
            ..Signals::default()
        };
        let grounding = |signals: Signals| signals.value("grounding");
        assert_eq!(grounding(signals(4, 3)), Some(SignalValue::Share(0.75)));
        assert_eq!(grounding(signals(0, 0)), Some(SignalValue::Share(0.0)));
    }

    #[test]
    fn personal_data_of_the_question_is_counted() {
        let signals = Signals::of_question(
            "Please pay to DE89 3704 0044 0532 0130 00, or to anna@example.org.",
        );
        assert_eq!(signals.personal_data, 2);
        assert_eq!(signals.personal_kinds, ["email", "iban"]);
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
