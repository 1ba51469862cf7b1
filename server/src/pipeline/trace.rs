//! What is kept of how a question was judged.

use super::as_of::AsOf;
use inhouse_guardrails::{RuleTrace, Signals};
use inhouse_protocol::{GivenAnswer, PassageId};
use serde_json::{Value, json};

/// The trace of a run: what each rule saw, in data and in words, and the signals at the end.
#[derive(Debug, Default)]
pub(super) struct Trace {
    rules: Vec<Value>,
    as_of: Option<AsOf>,
    dropped: Vec<String>,
    distrusted: Vec<PassageId>,
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

    /// Adds that an approved answer is given, and no document is searched.
    pub(super) fn given(&mut self, answer: &GivenAnswer) {
        self.rules.push(json!({
            "rule": "approved-answer",
            "stage": "question",
            "words": "Answered with what was approved before for the same question.",
            "seen": { "answer": answer.id },
        }));
    }

    /// Adds the passages that read like instructions, where there are any. Which ones only the
    /// passages themselves tell: whoever reads this may not be allowed to see their documents.
    pub(super) fn distrusts(&mut self, distrusted: &[PassageId]) {
        if distrusted.is_empty() {
            return;
        }
        self.distrusted = distrusted.to_vec();
        self.rules.push(json!({
            "rule": "distrusted-passages",
            "stage": "found",
            "words": format!(
                "{} of the passages found read like instructions to an assistant: they come last, \
                 and the model is told to follow none.",
                distrusted.len()
            ),
            "seen": { "passages": distrusted },
        }));
    }

    /// Adds that a rule asks for a profile of the model that there is none of.
    pub(super) fn knows_no_profile(&mut self, name: &str) {
        self.rules.push(json!({
            "rule": "unknown-model",
            "stage": "found",
            "words": format!("No model is set up as '{name}'; the usual one writes."),
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

    /// How each rule saw it, in words.
    pub(super) fn words(&self) -> Vec<String> {
        let words = self.rules.iter().filter_map(|rule| rule["words"].as_str());
        words.map(str::to_owned).collect()
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
            "distrusted": self.distrusted,
            "failure": self.failure,
            "signals": {
                "topic": signals.topic,
                "topic_score": signals.topic_score,
                "topic_margin": signals.topic_margin,
                "intent": signals.intent,
                "intent_score": signals.intent_score,
                "language": signals.language,
                "personal_data": signals.personal_data,
                "personal_kinds": signals.personal_kinds,
                "asked_this_week": signals.asked_this_week,
                "injection": signals.injection,
                "answerability": signals.answerability,
                "answerability_before": before,
                "answerable_from": signals.answerable_from,
                "conflict": signals.conflict,
                "passages": signals.passages,
                "injection_found": signals.injection_found,
                "grounded": signals.grounded,
                "dropped": signals.dropped,
            },
        })
    }
}
