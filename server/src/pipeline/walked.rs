//! What became of a question: everything that is told, stored and measured of it.

use super::trace::Trace;
use inhouse_guardrails::answerability::{Features, Written};
use inhouse_guardrails::{Action, Decision, Reason, Signals};
use inhouse_protocol::{
    AnswerMode, AnswerSentence, Conflict, Day, EscalationReason, Outcome, PassageRef, Usage,
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
            standalone: None,
            as_of: None,
            mode: None,
            quotes: None,
            settings: Value::Null,
            conflict: None,
            passages: Vec::new(),
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

    /// Takes over what a rule decided; false when it lets the question go on.
    pub(super) fn decided(&mut self, action: Option<Action>, rule: Option<Decision>) -> bool {
        let (outcome, reason) = match action {
            None | Some(Action::Answer | Action::Quotes) => return false,
            Some(Action::Decline) => (Outcome::Declined, None),
            Some(Action::Refuse) => (Outcome::Refused, None),
            Some(Action::Escalate | Action::Ticket) => {
                let reason = rule.as_ref().map_or(Reason::Rule, |rule| rule.reason);
                (Outcome::Escalated, Some(escalation_reason(reason)))
            }
        };
        self.outcome = outcome;
        self.reason = reason;
        self.ticket = rule.as_ref().is_some_and(|rule| rule.ticket);
        self.message = rule
            .as_ref()
            .map(|rule| rule.message.clone())
            .unwrap_or_default();
        self.rule = rule;
        true
    }
}

const fn escalation_reason(reason: Reason) -> EscalationReason {
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
