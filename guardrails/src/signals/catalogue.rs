//! Every signal by name, with what it means.

use crate::rules::Stage;

/// A signal's name in the condition language and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    pub name: &'static str,
    /// The stage from which on it is known.
    pub from: Stage,
    /// `string`, `int`, `double`, `bool` or `list` (of strings), as the condition language calls
    /// them.
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
        "intent",
        Stage::Question,
        "string",
        "label of the nearest intent: what the asker wants done",
    ),
    signal(
        "intent_score",
        Stage::Question,
        "double",
        "similarity to the nearest intent's examples, 0 to 1",
    ),
    signal(
        "injection",
        Stage::Question,
        "double",
        "how much the question looks like an attack on the assistant, 0 to 1",
    ),
    signal(
        "language",
        Stage::Question,
        "string",
        "code of the question's language, such as en or de; empty where it can't be told",
    ),
    signal(
        "personal_data",
        Stage::Question,
        "int",
        "pieces of personal data in the question",
    ),
    signal(
        "personal_kinds",
        Stage::Question,
        "list",
        "their kinds: email, phone, iban, card, national_id, name",
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
        "groups",
        Stage::Question,
        "list",
        "names of the groups that the asker is in",
    ),
    signal(
        "hour",
        Stage::Question,
        "int",
        "hour of the day, 0 to 23, in the time zone of the desk",
    ),
    signal(
        "weekday",
        Stage::Question,
        "string",
        "day of the week there: mon, tue, wed, thu, fri, sat or sun",
    ),
    signal(
        "working_hours",
        Stage::Question,
        "bool",
        "the desk is open now",
    ),
    signal(
        "asked_this_week",
        Stage::Question,
        "int",
        "the asker's questions on this topic in the last seven days, this one included",
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
        "sets",
        Stage::Found,
        "list",
        "names of the document sets that the passages come from",
    ),
    signal(
        "tags",
        Stage::Found,
        "list",
        "types and tags of the documents that the passages come from",
    ),
    signal(
        "injection_found",
        Stage::Found,
        "double",
        "how much the most suspicious passage looks like an attack, 0 to 1",
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
        "grounding",
        Stage::Written,
        "double",
        "share of the sentences that passed every check, 0 to 1",
    ),
    signal(
        "model_declined",
        Stage::Written,
        "bool",
        "the model itself says that the passages don't answer",
    ),
    signal(
        "outcome",
        Stage::After,
        "string",
        "how the question ended: answered, declined, escalated or refused",
    ),
    signal(
        "rule",
        Stage::After,
        "string",
        "id of the rule that decided, or empty",
    ),
];
