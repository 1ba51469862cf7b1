//! What is missing and how the rest went: figures over many questions, groups of those that the
//! documents did not answer, charts and a table of them.
//!
//! Nothing of a restricted queue comes in. What would tell who asked is told to nobody but the
//! people at the desk, who read the questions anyway.

mod clusters;
mod figures;
mod table;

pub(crate) use table::csv;

use crate::app::App;
use crate::desk;
use crate::error::{AppError, AppResult};
use clusters::Unanswered;
use inhouse_evaluation::chart::series::{self, Compared, Counted};
use inhouse_protocol::{
    Day, InsightChart, InsightRow, InsightWeek, Insights, MissingTopic, Outcome, Role, Timestamp,
};
use inhouse_store::{AskedQuestion, Principal};
use std::collections::HashMap;

const DAY_MS: i64 = 24 * 3_600_000;

/// The longest period, in days.
pub(crate) const LONGEST_DAYS: u32 = 366;

/// Questions looked at, the newest first, over both periods.
const LOOKED_AT: u32 = 20_000;

/// Unanswered questions that are compared with one another, the newest first.
const COMPARED: usize = 600;

/// Groups that are told.
const TOLD: usize = 30;

/// Within this time the same question by the same person counts as asked again.
const AGAIN_MS: i64 = 14 * DAY_MS;

/// A question of the period and, where it is among those compared, its group.
struct Asked {
    /// The period, not the one before it.
    now: bool,
    question: AskedQuestion,
}

/// Figures, tables and groups of the last `days` days, 1 to [`LONGEST_DAYS`].
pub(crate) async fn insights(app: &App, by: &Principal, days: u32) -> AppResult<Insights> {
    if !(1..=LONGEST_DAYS).contains(&days) {
        let message = format!("A period has 1 to {LONGEST_DAYS} days.");
        return Err(AppError::field("days", message));
    }
    let now = app.store.now();
    let length = i64::from(days) * DAY_MS;
    let from = now.plus_ms(-length);
    let all = app
        .store
        .asked_since(by, from.plus_ms(-length), LOOKED_AT)
        .await?;
    let cut = all.len() >= LOOKED_AT as usize;
    let all: Vec<Asked> = all
        .into_iter()
        .map(|question| Asked {
            now: question.asked_at >= from,
            question,
        })
        .collect();
    let of = |period: bool| -> Vec<&AskedQuestion> {
        let mine = all.iter().filter(|asked| asked.now == period);
        mine.map(|asked| &asked.question).collect()
    };
    let (now_asked, before) = (of(true), of(false));
    let calendar = app.store.calendar();
    let missing = missing(app, by, &all).await?;
    let mut told = Insights {
        days,
        figures: figures::figures(&now_asked, &before, calendar),
        departments: rows(&now_asked, |asked| asked.department.clone()),
        topics: rows(&now_asked, |asked| asked.topic.clone()),
        weeks: weeks(&now_asked, |at| calendar.day(at)),
        missing,
        charts: Vec::new(),
        cut,
    };
    told.charts = InsightChart::ALL
        .into_iter()
        .filter_map(|chart| Some((chart, draw(&told, chart)?)))
        .collect();
    Ok(told)
}

/// How the questions of each label ended, the most frequent first.
fn rows(
    asked: &[&AskedQuestion],
    label: impl Fn(&AskedQuestion) -> Option<String>,
) -> Vec<InsightRow> {
    let mut rows: HashMap<String, InsightRow> = HashMap::new();
    for question in asked {
        let label = label(question).unwrap_or_default();
        let row = rows.entry(label.clone()).or_insert(InsightRow {
            label,
            ..InsightRow::default()
        });
        count(row, question);
    }
    let mut rows: Vec<InsightRow> = rows.into_values().collect();
    rows.sort_by(|a, b| b.questions.cmp(&a.questions).then(a.label.cmp(&b.label)));
    rows
}

fn count(row: &mut InsightRow, question: &AskedQuestion) {
    row.questions += 1;
    match question.outcome {
        // Sent to a person afterwards, it was not answered without one.
        Outcome::Answered if question.escalation.is_none() => row.answered += 1,
        Outcome::Answered | Outcome::Escalated => row.escalated += 1,
        Outcome::Declined | Outcome::Refused => row.declined += 1,
        Outcome::Stopped => {}
    }
}

/// The weeks of the period, the oldest first; one in which nothing was asked has its zeros.
fn weeks(asked: &[&AskedQuestion], day: impl Fn(Timestamp) -> Day) -> Vec<InsightWeek> {
    // Day 0 was a Thursday.
    let monday = |at: Timestamp| {
        let day = day(at);
        day.plus(-(day.number() + 3).rem_euclid(7))
    };
    let mondays = asked.iter().map(|asked| monday(asked.asked_at));
    let (Some(first), Some(last)) = (mondays.clone().min(), mondays.max()) else {
        return Vec::new();
    };
    let mut weeks: Vec<InsightWeek> = (0..=last.number() - first.number())
        .step_by(7)
        .map(|days| InsightWeek {
            monday: first.plus(days),
            row: InsightRow::default(),
        })
        .collect();
    for question in asked {
        let at = (monday(question.asked_at).number() - first.number()) / 7;
        if let Some(week) = usize::try_from(at).ok().and_then(|at| weeks.get_mut(at)) {
            count(&mut week.row, question);
        }
    }
    weeks
}

/// What the documents did not answer, in groups of like questions.
async fn missing(app: &App, by: &Principal, all: &[Asked]) -> AppResult<Vec<MissingTopic>> {
    let unanswered: Vec<&Asked> = all
        .iter()
        .filter(|asked| clusters::is_unanswered(&asked.question))
        .take(COMPARED)
        .collect();
    let texts: Vec<&str> = unanswered
        .iter()
        .map(|asked| asked.question.question.as_str())
        .collect();
    let vectors = desk::vectors(&app.questions, &app.search(), &texts).await?;
    let unanswered: Vec<Unanswered<'_>> = unanswered
        .into_iter()
        .zip(vectors)
        .map(|(asked, vector)| Unanswered {
            now: asked.now,
            question: &asked.question,
            vector,
        })
        .collect();
    // The operator and the legal team read the questions at the desk.
    let reads = by.role() != Some(Role::Admin);
    let mut groups = clusters::groups(&unanswered, reads, app.store.calendar());
    groups.truncate(TOLD);
    Ok(groups)
}

/// A chart of these figures as an `<svg>` element; none where there is nothing to draw.
fn draw(insights: &Insights, chart: InsightChart) -> Option<String> {
    const ENDS: [&str; 3] = ["answered", "to a person", "declined"];
    match chart {
        InsightChart::Weeks => {
            let names: Vec<String> = insights
                .weeks
                .iter()
                .map(|week| format!("Week of {}", week.monday))
                .collect();
            let rows = names.iter().zip(&insights.weeks);
            let rows: Vec<_> = rows.map(|(name, week)| counted(name, &week.row)).collect();
            series::stacked("How questions ended, by week", ENDS, &rows)
        }
        InsightChart::Topics => {
            let rows = insights.topics.iter().take(12);
            let rows: Vec<_> = rows
                .map(|row| match row.label.as_str() {
                    "" => counted("no topic", row),
                    label => counted(label, row),
                })
                .collect();
            series::stacked("How questions ended, by topic", ENDS, &rows)
        }
        InsightChart::Missing => {
            let rows = insights.missing.iter().take(12);
            let rows: Vec<_> = rows
                .map(|topic| Compared {
                    name: topic
                        .label
                        .as_deref()
                        .unwrap_or("asked by fewer than three"),
                    count: topic.questions,
                    before: topic.before,
                })
                .collect();
            series::compared("What is missing", &rows)
        }
    }
}

fn counted<'a>(name: &'a str, row: &InsightRow) -> Counted<'a> {
    Counted {
        name,
        counts: [row.answered, row.escalated, row.declined],
    }
}

#[cfg(test)]
mod tests;
