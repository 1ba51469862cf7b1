//! Texts of what is missing and how questions ended.

use super::phrases::count;
use inhouse_protocol::{DocumentRequestState, InsightChart, InsightMetric};

pub(crate) const INSIGHTS: &str = "What is missing";
pub(crate) const INSIGHTS_LEAD: &str = "What people asked and the documents did not say, and how \
     everything else went. Reports of wrongdoing and other restricted queues are not in it.";
pub(crate) const PERIOD: &str = "Period";
pub(crate) const INSIGHTS_CUT: &str =
    "More was asked than is looked at here: these are the newest 20,000 questions.";
pub(crate) const DOWNLOAD_TABLE: &str = "Download as CSV";
pub(crate) const PERIOD_BEFORE: &str = "Period before";
pub(crate) const UNANSWERED_TOPICS: &str = "Most frequent unanswered questions";
pub(crate) const NOTHING_MISSING: &str =
    "In this period nothing was asked that the documents did not answer.";
pub(crate) const FEW_PEOPLE: &str = "Asked by fewer than three people";
pub(crate) const REQUEST_DOCUMENT: &str = "Request a document";
pub(crate) const WRITE_ANSWER: &str = "Write an approved answer";
pub(crate) const SEE_ESCALATION: &str = "See the newest one";
pub(crate) const DOCUMENT_REQUESTS: &str = "Requested documents";
pub(crate) const NO_DOCUMENT_REQUESTS: &str = "No document is requested.";
pub(crate) const IT_IS_THERE: &str = "It is there now";
pub(crate) const IT_WONT_COME: &str = "It will not come";
pub(crate) const REQUEST_AGAIN: &str = "Open it again";
pub(crate) const BY_DEPARTMENT: &str = "By department";
pub(crate) const BY_TOPIC: &str = "By topic";
pub(crate) const NAME_COLUMN: &str = "Name";
pub(crate) const QUESTIONS_ASKED: &str = "Asked";
pub(crate) const TO_A_PERSON: &str = "To a person";
pub(crate) const WITHOUT_LABEL: &str = "Without one";

/// Periods to choose from, in days, by name.
pub(crate) const PERIODS: [(u32, &str); 4] = [
    (7, "7 days"),
    (30, "30 days"),
    (90, "90 days"),
    (365, "A year"),
];

/// A metric's name and what it means.
pub(crate) const fn insight(metric: InsightMetric) -> (&'static str, &'static str) {
    match metric {
        InsightMetric::Questions => ("Questions", "asked in the period"),
        InsightMetric::Deflected => ("Answered without a person", "and not overturned later"),
        InsightMetric::Escalated => ("Sent to a person", "by the assistant or by the asker"),
        InsightMetric::Declined => ("Not ours to answer", "declined or refused"),
        InsightMetric::Approved => ("Approved answers given", "no model was asked"),
        InsightMetric::ReAsked => ("Asked again", "by the same person within two weeks"),
        InsightMetric::Overturned => (
            "Overturned",
            "of those answered: sent to Legal later, or marked as not helpful",
        ),
        InsightMetric::FirstReplyHours => ("First reply", "median, in hours of business"),
        InsightMetric::ResolutionHours => ("Resolution", "median, in hours of business"),
    }
}

/// A metric's value as people read it; a dash where there is none.
pub(crate) fn insight_value(metric: InsightMetric, value: Option<f64>) -> String {
    let Some(value) = value else {
        return "–".to_owned();
    };
    match metric {
        InsightMetric::Questions | InsightMetric::Approved => format!("{value:.0}"),
        InsightMetric::FirstReplyHours | InsightMetric::ResolutionHours => format!("{value:.1} h"),
        _ => format!("{:.0} %", 100.0 * value),
    }
}

pub(crate) const fn insight_chart(chart: InsightChart) -> &'static str {
    match chart {
        InsightChart::Weeks => "How questions ended, by week",
        InsightChart::Missing => "Unanswered questions, with the period before",
        InsightChart::Topics => "How questions ended, by topic",
    }
}

/// How often it was asked, now and before.
pub(crate) fn asked_times(now: u64, before: u64) -> String {
    let times = count(now, "time", "times");
    match now.cmp(&before) {
        std::cmp::Ordering::Greater => format!("asked {times}, up from {before}"),
        std::cmp::Ordering::Less => format!("asked {times}, down from {before}"),
        std::cmp::Ordering::Equal => format!("asked {times}, as often as before"),
    }
}

/// How many people asked.
pub(crate) fn by_people(people: Option<u64>) -> String {
    people.map_or_else(
        || FEW_PEOPLE.to_lowercase(),
        |people| format!("by {people} people"),
    )
}

/// How long people waited, in business hours.
pub(crate) fn waited(minutes: u64) -> String {
    if minutes < 60 {
        format!("first reply after {}", count(minutes, "minute", "minutes"))
    } else {
        format!(
            "first reply after {}",
            count(minutes / 60, "hour of business", "hours of business")
        )
    }
}

pub(crate) const fn document_request(state: DocumentRequestState) -> &'static str {
    match state {
        DocumentRequestState::Open => "Open",
        DocumentRequestState::Done => "There now",
        DocumentRequestState::Declined => "Will not come",
    }
}
