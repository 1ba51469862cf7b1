//! Figures of a period beside those of the period before it.

use super::AGAIN_MS;
use inhouse_protocol::{InsightFigure, InsightMetric, Outcome, Timestamp, UserId};
use inhouse_store::{AskedQuestion, Calendar};
use std::collections::HashMap;

const HOUR_MS: f64 = 3_600_000.0;

const METRICS: [InsightMetric; 9] = [
    InsightMetric::Questions,
    InsightMetric::Deflected,
    InsightMetric::Escalated,
    InsightMetric::Declined,
    InsightMetric::Approved,
    InsightMetric::ReAsked,
    InsightMetric::Overturned,
    InsightMetric::FirstReplyHours,
    InsightMetric::ResolutionHours,
];

/// Every figure, in the order in which they are shown.
pub(super) fn figures(
    now: &[&AskedQuestion],
    before: &[&AskedQuestion],
    calendar: &Calendar,
) -> Vec<InsightFigure> {
    METRICS
        .into_iter()
        .map(|metric| InsightFigure {
            metric,
            value: value(metric, now, calendar),
            before: value(metric, before, calendar),
        })
        .collect()
}

fn value(metric: InsightMetric, asked: &[&AskedQuestion], calendar: &Calendar) -> Option<f64> {
    let share = |of: &dyn Fn(&AskedQuestion) -> bool| {
        let count = asked.iter().filter(|question| of(question)).count();
        (!asked.is_empty()).then(|| number(count) / number(asked.len()))
    };
    match metric {
        InsightMetric::Questions => Some(number(asked.len())),
        InsightMetric::Deflected => {
            share(&|question| question.outcome == Outcome::Answered && !overturned(question))
        }
        InsightMetric::Escalated => share(&|question| question.escalation.is_some()),
        InsightMetric::Declined => {
            share(&|question| matches!(question.outcome, Outcome::Declined | Outcome::Refused))
        }
        InsightMetric::Approved => {
            Some(number(asked.iter().filter(|asked| asked.approved).count()))
        }
        InsightMetric::ReAsked => {
            (!asked.is_empty()).then(|| number(re_asked(asked)) / number(asked.len()))
        }
        InsightMetric::Overturned => {
            let answered: Vec<_> = asked
                .iter()
                .filter(|question| question.outcome == Outcome::Answered)
                .collect();
            let over = answered.iter().filter(|question| overturned(question));
            (!answered.is_empty()).then(|| number(over.count()) / number(answered.len()))
        }
        InsightMetric::FirstReplyHours => hours(asked, calendar, |one| one.first_reply_at),
        InsightMetric::ResolutionHours => hours(asked, calendar, |one| one.resolved_at),
    }
}

/// Answered by the assistant, and then sent to a person or called not helpful.
fn overturned(question: &AskedQuestion) -> bool {
    question.outcome == Outcome::Answered
        && (question.escalation.is_some() || question.helpful == Some(false))
}

/// Questions that the same person had asked in the same words within the time before.
fn re_asked(asked: &[&AskedQuestion]) -> usize {
    let mut last: HashMap<(&UserId, String), Timestamp> = HashMap::new();
    let mut count = 0;
    // They come newest first.
    for question in asked.iter().rev() {
        let Some(user) = &question.user else { continue };
        let key = (user, words(&question.question));
        if let Some(before) = last.insert(key, question.asked_at)
            && question.asked_at.since_ms(before) <= AGAIN_MS
        {
            count += 1;
        }
    }
    count
}

/// The question without what a second try mostly changes: case, marks, space.
fn words(question: &str) -> String {
    let words = question.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Median hours of business from the escalation to what `end` says.
fn hours(
    asked: &[&AskedQuestion],
    calendar: &Calendar,
    end: impl Fn(&inhouse_store::AskedEscalation) -> Option<Timestamp>,
) -> Option<f64> {
    let waits = asked.iter().filter_map(|question| {
        let escalation = question.escalation.as_ref()?;
        Some(calendar.business_ms(escalation.created_at, end(escalation)?))
    });
    median(waits.collect()).map(|wait_ms| {
        let seconds = u32::try_from(wait_ms / 1_000).unwrap_or(u32::MAX);
        f64::from(seconds) * 1_000.0 / HOUR_MS
    })
}

/// The middle value, of an even number the lower of the two.
pub(super) fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
