//! What became of a question: everything that is told, stored and measured of it.

use super::finding::Nearness;
use super::trace::Trace;
use inhouse_guardrails::answerability::{Features, Written};
use inhouse_guardrails::{Action, Decision, Reason, Signals, Verdict, personal};
use inhouse_protocol::{
    AnswerMode, AnswerSentence, Conflict, Day, EscalationReason, GivenAnswer, Outcome, PassageId,
    PassageRef, Usage,
};
use inhouse_store::ModelCall;
use serde_json::{Value, json};
use std::time::Instant;

const FAILURE_MESSAGE: &str =
    "Something failed while your question was in work. It isn't lost: Legal has it.";

/// How long each step took, in milliseconds.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Durations {
    pub(super) embedding: f64,
    pub(super) rules: f64,
    pub(super) retrieval: f64,
    pub(super) answerability: f64,
    pub(super) model: f64,
    pub(super) total: f64,
}

impl Durations {
    /// As it is stored and reported.
    pub(super) fn to_value(self) -> Value {
        json!({
            "embedding": self.embedding,
            "rules": self.rules,
            "retrieval": self.retrieval,
            "answerability": self.answerability,
            "model": self.model,
            "total": self.total,
        })
    }
}

/// What became of a question.
pub(super) struct Walked {
    pub(super) outcome: Outcome,
    pub(super) rule: Option<Decision>,
    pub(super) message: String,
    /// Why it goes to a person, where it does.
    pub(super) reason: Option<EscalationReason>,
    pub(super) ticket: bool,
    /// A rule that has a person look at it as well, whatever it ended as.
    pub(super) beside: Option<Decision>,
    /// Flags that rules set, each once.
    pub(super) flags: Vec<String>,
    /// What rules say above the answer, each once.
    cautions: Vec<String>,
    /// The profile that the model writes with, where a rule names one.
    pub(super) model: Option<String>,
    /// What Legal replied before to the same question, where that was given.
    pub(super) approved: Option<GivenAnswer>,
    /// The question as it is searched for and answered, where that isn't as it was asked: with
    /// those that it follows, personal data masked, or in a rule's words.
    pub(super) standalone: Option<String>,
    /// The day that the question asks about, where it isn't today.
    pub(super) as_of: Option<Day>,
    /// How it was answered; none where it didn't come to that.
    pub(super) mode: Option<AnswerMode>,
    /// The first rule that wants quotes only.
    pub(super) quotes: Option<Decision>,
    /// Everything besides the passages that the answer depends on.
    pub(super) settings: Value,
    /// What the documents say differently, where that is why a person has it.
    pub(super) conflict: Option<Conflict>,
    pub(super) passages: Vec<PassageRef>,
    /// Those of the passages that read like instructions.
    pub(super) distrusted: Vec<PassageId>,
    pub(super) nearness: Nearness,
    pub(super) sentences: Vec<AnswerSentence>,
    /// Sentences of the model that failed a check, also where a quote took their place.
    pub(super) failed_sentences: usize,
    pub(super) model_calls: Vec<ModelCall>,
    pub(super) signals: Signals,
    /// The answerability before the model's word.
    pub(super) before: Option<f64>,
    /// What the answerability was computed from, before the model and with it.
    pub(super) features: Option<Features>,
    pub(super) written: Option<Written>,
    pub(super) trace: Trace,
    pub(super) durations: Durations,
}

impl Walked {
    pub(super) fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            rule: None,
            message: String::new(),
            reason: None,
            ticket: false,
            beside: None,
            flags: Vec::new(),
            cautions: Vec::new(),
            model: None,
            approved: None,
            standalone: None,
            as_of: None,
            mode: None,
            quotes: None,
            settings: Value::Null,
            conflict: None,
            passages: Vec::new(),
            distrusted: Vec::new(),
            nearness: Nearness::default(),
            sentences: Vec::new(),
            failed_sentences: 0,
            model_calls: Vec::new(),
            signals: Signals::default(),
            before: None,
            features: None,
            written: None,
            trace: Trace::default(),
            durations: Durations::default(),
        }
    }

    /// A step failed before anything was known: the question goes to a person.
    pub(super) fn failed(why: &str) -> Self {
        let mut walked = Self::new(Outcome::Escalated);
        walked.fail(why);
        walked
    }

    pub(super) fn fail(&mut self, why: &str) {
        // A cause may quote the question.
        let masked = personal::mask(why);
        let why = masked.as_str();
        tracing::error!(error = why, "a question's way failed; it goes to a person");
        self.escalate(EscalationReason::Failure, FAILURE_MESSAGE);
        self.sentences.clear();
        self.trace.failed(why);
    }

    /// Sends it to a person without a rule.
    pub(super) fn escalate(&mut self, reason: EscalationReason, message: &str) {
        self.outcome = Outcome::Escalated;
        self.reason = Some(reason);
        message.clone_into(&mut self.message);
    }

    /// The language that the asker is told things in, as a code.
    pub(super) fn language(&self) -> &str {
        match self.signals.language.as_str() {
            "" => "en",
            code => code,
        }
    }

    /// What rules say above the answer; none where there is no answer.
    pub(super) fn caution(&self) -> Option<String> {
        let answered = self.outcome == Outcome::Answered || !self.sentences.is_empty();
        (answered && !self.cautions.is_empty()).then(|| self.cautions.join("\n\n"))
    }

    /// What the model calls consumed together.
    pub(super) fn usage(&self) -> Usage {
        let mut usage = Usage::default();
        for call in &self.model_calls {
            usage.model_calls += 1;
            usage.prompt_tokens += call.prompt_tokens;
            usage.completion_tokens += call.completion_tokens;
        }
        usage
    }

    /// Takes over what the rules of a stage say; false when they let the question go on.
    pub(super) fn judged(&mut self, verdict: Verdict) -> bool {
        self.trace.judged(&verdict.trace);
        let cautions = verdict.cautions.iter();
        let cautions: Vec<String> = cautions
            .map(|rule| rule.message(self.language()).to_owned())
            .collect();
        add_new(&mut self.cautions, cautions);
        add_new(&mut self.flags, verdict.flags);
        self.quotes = self.quotes.take().or(verdict.quotes);
        self.model = self.model.take().or(verdict.model);
        self.decided(verdict.action, verdict.rule)
    }

    /// Takes over what the rules over what is done after say. How it ended stays.
    pub(super) fn judged_after(&mut self, verdict: Verdict) {
        self.trace.judged(&verdict.trace);
        add_new(&mut self.flags, verdict.flags);
        let Some(rule) = verdict
            .rule
            .filter(|_| matches!(verdict.action, Some(Action::Escalate | Action::Ticket)))
        else {
            return;
        };
        if self.reason.is_some() {
            self.ticket |= rule.ticket;
        } else {
            self.beside = Some(rule);
        }
    }

    /// Takes over what a rule decided; false when it lets the question go on.
    fn decided(&mut self, action: Option<Action>, rule: Option<Decision>) -> bool {
        let (outcome, reason) = match action {
            Some(Action::Decline) => (Outcome::Declined, None),
            Some(Action::Refuse) => (Outcome::Refused, None),
            Some(Action::Escalate | Action::Ticket) => {
                let reason = rule.as_ref().map_or(Reason::Rule, |rule| rule.reason);
                (Outcome::Escalated, Some(escalation_reason(reason)))
            }
            // Answering, and what only says how.
            None | Some(_) => return false,
        };
        self.outcome = outcome;
        self.reason = reason;
        self.ticket = rule.as_ref().is_some_and(|rule| rule.ticket);
        self.message = rule
            .as_ref()
            .map(|rule| rule.message(self.language()).to_owned())
            .unwrap_or_default();
        self.rule = rule;
        true
    }
}

/// Adds what isn't there yet and says something.
fn add_new(known: &mut Vec<String>, new: Vec<String>) {
    for text in new {
        if !text.is_empty() && !known.contains(&text) {
            known.push(text);
        }
    }
}

pub(super) const fn escalation_reason(reason: Reason) -> EscalationReason {
    match reason {
        Reason::NotInDocuments => EscalationReason::NotInDocuments,
        Reason::NotVerified => EscalationReason::NotVerified,
        Reason::Conflict => EscalationReason::Conflict,
        Reason::Rule => EscalationReason::Rule,
    }
}

/// Milliseconds since then.
pub(super) fn ms_since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_guardrails::{RuleSet, Stage};

    const RULES: &str = r#"
[[rule]]
id = "data"
title = "Personal data"
stage = "question"
condition = "personal_data > 0"
action = "caution"
flags = ["personal-data"]
message = { en = "Leave personal data out.", de = "Bitte ohne personenbezogene Daten." }

[[rule]]
id = "draft"
title = "Old contracts"
stage = "question"
condition = "length > 0"
action = "caution"
flags = ["personal-data", "old"]
message = "Old contracts differ."

[[rule]]
id = "look"
title = "A person looks at answers as well"
stage = "after"
condition = "outcome == 'answered'"
action = "escalate"
queue = "review"
message = "Legal looks at it as well."
flags = ["looked-at"]
"#;

    fn verdict(stage: Stage, signals: &Signals) -> Verdict {
        let rules = RuleSet::parse(RULES).unwrap();
        rules.judge(stage, signals, "2026-11-21")
    }

    fn german() -> Walked {
        let mut walked = Walked::new(Outcome::Answered);
        walked.signals = Signals {
            personal_data: 1,
            length: 10,
            language: "de".into(),
            outcome: "answered".into(),
            ..Signals::default()
        };
        walked
    }

    #[test]
    fn cautions_add_up_in_the_askers_language_and_flags_once_each() {
        let mut walked = german();
        let verdict = verdict(Stage::Question, &walked.signals);
        assert!(!walked.judged(verdict));
        assert_eq!(
            walked.caution().as_deref(),
            Some("Bitte ohne personenbezogene Daten.\n\nOld contracts differ.")
        );
        assert_eq!(walked.flags, ["personal-data", "old"]);
        // Above what isn't answered there is nothing to be careful about.
        walked.escalate(EscalationReason::NotVerified, "Legal has it.");
        assert_eq!(walked.caution(), None);
    }

    #[test]
    fn a_rule_of_the_end_has_a_person_look_and_the_answer_stays() {
        let mut walked = german();
        let verdict = verdict(Stage::After, &walked.signals);
        walked.judged_after(verdict);
        assert_eq!(walked.outcome, Outcome::Answered);
        let beside = walked.beside.expect("a person looks at it");
        assert_eq!(
            (beside.id.as_str(), beside.queue.as_deref()),
            ("look", Some("review"))
        );
        assert_eq!(walked.flags, ["looked-at"]);
    }
}
