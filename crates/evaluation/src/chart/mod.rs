//! Charts as SVG, drawn from the results and figures of an evaluation.
//!
//! A chart has no style, script or color of its own: its classes (`chart-…`) are colored by the
//! page's style sheet, and without one it is drawn in the color of the text around it. Every
//! number that it shows stands in its `<desc>` too, and what a color says is said by shape, place
//! or dashes as well.

mod answered;
mod categories;
mod figures;
mod reliability;
mod separation;
pub mod series;
mod svg;
#[cfg(test)]
mod tests;

use inhouse_protocol::{Chart, EvaluationResult, Figure};

/// Every chart, in the order in which they are shown.
const CHARTS: [Chart; 5] = [
    Chart::Figures,
    Chart::AnsweredWrongly,
    Chart::Reliability,
    Chart::Separation,
    Chart::Categories,
];

/// The charts that there is something to draw for, in the order in which they are shown.
pub fn available(results: &[EvaluationResult], figures: &[Figure]) -> Vec<Chart> {
    CHARTS
        .into_iter()
        .filter(|chart| draw(*chart, results, figures).is_some())
        .collect()
}

/// A chart as an `<svg>` element. None where the evaluation has nothing of what it shows.
pub fn draw(chart: Chart, results: &[EvaluationResult], figures: &[Figure]) -> Option<String> {
    match chart {
        Chart::Figures => figures::draw(figures),
        Chart::AnsweredWrongly => answered::draw(&Judged::of(results), figures),
        Chart::Reliability => reliability::draw(&Judged::of(results)),
        Chart::Separation => separation::draw(&Judged::of(results)),
        Chart::Categories => categories::draw(results),
    }
}

/// Probability and truth of the questions of which both are known.
struct Judged {
    /// 0..=1.
    probabilities: Vec<f64>,
    answerable: Vec<bool>,
}

impl Judged {
    fn of(results: &[EvaluationResult]) -> Self {
        let (probabilities, answerable) = results
            .iter()
            .filter(|result| result.error.is_none())
            .filter_map(|result| Some((result.answerability?, result.question.answerable?)))
            .unzip();
        Self {
            probabilities,
            answerable,
        }
    }
}

/// A count with its noun: `1 question`, `12 questions`.
fn questions(count: usize) -> String {
    match count {
        1 => "1 question".to_owned(),
        _ => format!("{count} questions"),
    }
}
