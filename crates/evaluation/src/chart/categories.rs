//! Recall by category, the best first.

use super::questions;
use super::svg::{Anchor, Drawing, WIDTH, shortened};
use crate::interval::{Groups, Interval, mean};
use crate::real;
use crate::words::percent;
use inhouse_protocol::EvaluationResult;
use std::collections::BTreeMap;

const LEFT: f64 = 240.0;
const RIGHT: f64 = WIDTH - 130.0;
const TOP: f64 = 30.0;
const ROW: f64 = 32.0;
/// Characters of a category's name that there is room for.
const NAME: usize = 30;

struct Category<'a> {
    name: &'a str,
    recall: f64,
    interval: Option<Interval>,
    questions: usize,
}

pub(super) fn draw(results: &[EvaluationResult]) -> Option<String> {
    let categories = categories(results);
    if categories.is_empty() {
        return None;
    }
    let bottom = TOP + ROW * real(categories.len());
    let mut drawing = Drawing::new(bottom + 10.0);
    let across = |share: f64| LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT);
    for (share, label) in [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")] {
        drawing.line("chart-grid", (across(share), TOP), (across(share), bottom));
        drawing.text(Anchor::Middle, (across(share), TOP - 10.0), label);
    }
    let mut description = String::from("Share of the answer in the first 4,000 characters found.");
    let mut middle = TOP + ROW / 2.0;
    for category in &categories {
        let name = shortened(category.name, NAME);
        drawing.text(Anchor::Start, (0.0, middle + 5.0), &name);
        let width = across(category.recall) - LEFT;
        drawing.bar("chart-bar", (LEFT, middle - 9.0), width, 18.0);
        if let Some(interval) = category.interval {
            drawing.interval(
                (across(interval.low), middle),
                (across(interval.high), middle),
            );
        }
        let value = format!("{} of {}", percent(category.recall), category.questions);
        drawing.text(Anchor::End, (WIDTH, middle + 5.0), &value);
        description.push_str(&described(category));
        middle += ROW;
    }
    Some(drawing.finished("Recall by category", &description))
}

fn described(category: &Category<'_>) -> String {
    let interval = category.interval.map_or_else(String::new, |interval| {
        format!(" ({} to {})", percent(interval.low), percent(interval.high))
    });
    format!(
        " {}: {}{interval}, {}.",
        category.name,
        percent(category.recall),
        questions(category.questions)
    )
}

fn categories(results: &[EvaluationResult]) -> Vec<Category<'_>> {
    let mut rows: BTreeMap<&str, Vec<(f64, String)>> = BTreeMap::new();
    for result in results.iter().filter(|result| result.error.is_none()) {
        let question = &result.question;
        if let (Some(name), Some(recall)) = (&question.category, result.recall) {
            let document = question.document.clone();
            let group = document.unwrap_or_else(|| format!("#{}", result.number));
            rows.entry(name).or_default().push((recall, group));
        }
    }
    let mut categories: Vec<Category<'_>> = rows
        .into_iter()
        .map(|(name, rows)| {
            let (recalls, names): (Vec<f64>, Vec<String>) = rows.into_iter().unzip();
            Category {
                name,
                recall: recalls.iter().sum::<f64>() / real(recalls.len()),
                interval: mean(&recalls, &Groups::of(&names, |_| true)),
                questions: recalls.len(),
            }
        })
        .collect();
    categories.sort_by(|a, b| b.recall.total_cmp(&a.recall));
    categories
}
