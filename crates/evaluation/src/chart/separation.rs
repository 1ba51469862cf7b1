//! How the answerability of answerable questions and of unanswerable ones is spread: the one
//! upwards, the other downwards.

use super::Judged;
use super::svg::{Anchor, Drawing};
use crate::metrics::{self, BINS};
use crate::real;
use std::fmt::Write as _;

const LEFT: f64 = 20.0;
const COLUMN: f64 = 60.0;
/// Height of the longest bar.
const BAR: f64 = 120.0;
const MIDDLE: f64 = 176.0;

pub(super) fn draw(judged: &Judged) -> Option<String> {
    if judged.probabilities.is_empty() {
        return None;
    }
    let bins = metrics::bins(&judged.probabilities, &judged.answerable);
    let wrongs = bins.iter().map(|bin| bin.count - bin.answerable).max();
    let rights = bins.iter().map(|bin| bin.answerable).max();
    let most = wrongs.max(rights).unwrap_or(1).max(1);
    let height = |count: usize| BAR * real(count) / real(most);
    let bottom = MIDDLE + height(wrongs.unwrap_or(0)) + 64.0;
    let mut drawing = Drawing::new(bottom + 10.0);
    drawing.text(
        Anchor::Start,
        (LEFT, 18.0),
        "Answerable questions, by their probability in percent",
    );
    let end = LEFT + COLUMN * real(BINS);
    let mut description = String::from("Questions by probability, answerable and unanswerable.");
    for (place, bin) in bins.iter().enumerate() {
        let wrong = bin.count - bin.answerable;
        let left = LEFT + COLUMN * real(place);
        let middle = left + COLUMN / 2.0;
        let (up, down) = (height(bin.answerable), height(wrong));
        drawing.bar(
            "chart-bar chart-good",
            (left + 8.0, MIDDLE - 12.0 - up),
            COLUMN - 16.0,
            up,
        );
        drawing.bar(
            "chart-bar chart-bad",
            (left + 8.0, MIDDLE + 12.0),
            COLUMN - 16.0,
            down,
        );
        if bin.answerable > 0 {
            let count = bin.answerable.to_string();
            drawing.text(Anchor::Middle, (middle, MIDDLE - 18.0 - up), &count);
        }
        if wrong > 0 {
            drawing.text(
                Anchor::Middle,
                (middle, MIDDLE + 29.0 + down),
                &wrong.to_string(),
            );
        }
        let range = format!("{}–{}", place * 10, place * 10 + 10);
        drawing.text(Anchor::Middle, (middle, MIDDLE + 5.0), &range);
        if bin.count > 0 {
            let _ = write!(description, " {range} %: {} and {wrong}.", bin.answerable);
        }
    }
    for y in [MIDDLE - 12.0, MIDDLE + 12.0] {
        drawing.line("chart-axis", (LEFT, y), (end, y));
    }
    drawing.text(
        Anchor::Start,
        (LEFT, bottom),
        "Unanswerable questions, by their probability in percent",
    );
    Some(drawing.finished(
        "How answerable and unanswerable questions part",
        &description,
    ))
}
