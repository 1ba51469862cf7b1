//! The end of a run as it is stored, in one transaction with its audit record.

use super::walked::Walked;
use crate::app::App;
use inhouse_store::{FinishRun, NewEscalation};

/// What the store is to write for a walked way.
pub(super) fn finish(app: &App, walked: Walked) -> FinishRun {
    let rule_title = walked.rule.as_ref().map(|rule| rule.title.clone());
    let escalation = walked.reason.map(|reason| NewEscalation {
        reason,
        rule: rule_title,
        note: String::new(),
        ticket: walked.ticket && app.config.jira.base_url.is_some(),
    });
    FinishRun {
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

#[expect(
    clippy::cast_possible_truncation,
    reason = "a probability needs no more than f32"
)]
const fn as_f32(value: f64) -> f32 {
    value as f32
}
