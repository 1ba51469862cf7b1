//! The end of a run as it is stored, in one transaction with its audit record.

use super::walked::{Walked, escalation_reason};
use inhouse_guardrails::Decision;
use inhouse_protocol::{EscalationReason, Priority};
use inhouse_store::{FinishRun, NewEscalation};

/// What the store is to write for a walked way.
pub(super) fn finish(walked: Walked) -> FinishRun {
    let escalation = match (walked.reason, &walked.beside) {
        (Some(reason), _) => Some(escalation(reason, walked.rule.as_ref(), walked.ticket)),
        (None, Some(rule)) => {
            let reason = escalation_reason(rule.reason);
            Some(escalation(reason, Some(rule), rule.ticket))
        }
        (None, None) => None,
    };
    let caution = walked.caution();
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    FinishRun {
        topic: said(&walked.signals.topic),
        language: said(&walked.signals.language),
        caution,
        flags: walked.flags,
        approved: walked.approved.map(|answer| answer.id),
        outcome: walked.outcome,
        rule: walked.rule.map(|rule| rule.id),
        message: walked.message,
        answerability: walked.signals.answerability.map(as_f32),
        standalone_question: walked.standalone,
        as_of: walked.as_of,
        mode: walked.mode,
        settings: walked.settings,
        conflict: walked.conflict,
        trace: walked.trace.into_value(&walked.signals, walked.before),
        timings_ms: walked.durations.to_value(),
        passages: walked.passages,
        sentences: walked.sentences,
        model_calls: walked.model_calls,
        escalation,
    }
}

/// What goes to a person, with what the rule says of it.
fn escalation(reason: EscalationReason, rule: Option<&Decision>, ticket: bool) -> NewEscalation {
    let priority = rule.and_then(|rule| rule.priority.as_deref());
    let known = |name: &str| {
        let mut all = Priority::ALL.into_iter();
        all.find(|priority| priority.as_str() == name)
    };
    NewEscalation {
        rule: rule.map(|rule| rule.title.clone()),
        queue: rule.and_then(|rule| rule.queue.clone()),
        priority: priority.and_then(known).unwrap_or_default(),
        ticket,
        ..NewEscalation::new(reason)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a probability needs no more than f32"
)]
const fn as_f32(value: f64) -> f32 {
    value as f32
}
