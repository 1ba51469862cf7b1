//! What is kept of how a question was judged.

use super::as_of::AsOf;
use inhouse_guardrails::{RuleTrace, Signals};
use serde_json::{Value, json};

/// The trace of a run: what each rule saw, in data and in words, and the signals at the end.
#[derive(Debug, Default)]
pub(super) struct Trace {
    rules: Vec<Value>,
    as_of: Option<AsOf>,
    dropped: Vec<String>,
    failure: Option<String>,
}

impl Trace {
    /// Adds what the rules of a stage saw.
    pub(super) fn judged(&mut self, traces: &[RuleTrace]) {
        self.rules.extend(traces.iter().map(|trace| {
            let seen: serde_json::Map<_, _> = trace
                .seen
                .iter()
                .filter(|seen| seen.name != "question")
                .map(|seen| (seen.name.clone(), Value::String(seen.value.to_string())))
                .collect();
            json!({
                "rule": trace.rule,
                "stage": trace.stage.as_str(),
                "words": trace.in_words(),
                "seen": seen,
            })
        }));
    }

    /// Adds the day that the question asks about.
    pub(super) fn asks_about(&mut self, as_of: &AsOf) {
        self.rules.push(json!({
            "rule": "as-of",
            "stage": "question",
            "words": as_of.in_words(),
            "seen": { "day": as_of.day, "words": as_of.words },
        }));
        self.as_of = Some(as_of.clone());
    }

    /// Adds that quotes take the place of what the model would have written, and why.
    pub(super) fn answers_in_quotes(&mut self, why: &str) {
        self.rules.push(json!({
            "rule": "quotes-instead",
            "stage": "written",
            "words": format!("Answered in the documents' own words, without the model: {why}."),
            "seen": {},
        }));
    }

    /// Adds a sentence that was not shown, with what failed.
    pub(super) fn dropped(&mut self, why: String) {
        self.dropped.push(why);
    }

    /// Adds the step that failed.
    pub(super) fn failed(&mut self, why: &str) {
        self.failure = Some(why.to_owned());
    }

    /// The step that failed, if one did.
    pub(super) fn take_failure(&mut self) -> Option<String> {
        self.failure.take()
    }

    /// As it is stored; `rules[].words` is what the desk reads.
    /// `before` is the answerability before the model's word.
    pub(super) fn into_value(self, signals: &Signals, before: Option<f64>) -> Value {
        json!({
            "rules": self.rules,
            "as_of": self.as_of.map(|as_of| as_of.day),
            "dropped_sentences": self.dropped,
            "failure": self.failure,
            "signals": {
                "topic": signals.topic,
                "topic_score": signals.topic_score,
                "topic_margin": signals.topic_margin,
                "injection": signals.injection,
                "answerability": signals.answerability,
                "answerability_before": before,
                "answerable_from": signals.answerable_from,
                "conflict": signals.conflict,
                "passages": signals.passages,
                "grounded": signals.grounded,
                "dropped": signals.dropped,
            },
        })
    }
}
