//! The shares of an evaluation as points with their intervals, one below the other.

use super::questions;
use super::svg::{Anchor, Drawing, WIDTH};
use crate::words;
use inhouse_protocol::Figure;

const LEFT: f64 = 335.0;
const RIGHT: f64 = WIDTH - 75.0;
const TOP: f64 = 30.0;
const ROW: f64 = 32.0;

pub(super) fn draw(figures: &[Figure]) -> Option<String> {
    let shares: Vec<&Figure> = figures
        .iter()
        .filter(|figure| figure.metric.is_share())
        .collect();
    if shares.is_empty() {
        return None;
    }
    let bottom = TOP + ROW * crate::real(shares.len());
    let mut drawing = Drawing::new(bottom + 40.0);
    let across = |share: f64| LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT);
    for (share, label) in [
        (0.0, "0 %"),
        (0.25, ""),
        (0.5, "50 %"),
        (0.75, ""),
        (1.0, "100 %"),
    ] {
        drawing.line("chart-grid", (across(share), TOP), (across(share), bottom));
        drawing.text(Anchor::Middle, (across(share), TOP - 10.0), label);
    }
    let mut middle = TOP + ROW / 2.0;
    for figure in &shares {
        drawing.text(
            Anchor::Start,
            (0.0, middle + 5.0),
            words::name(figure.metric),
        );
        if let (Some(low), Some(high)) = (figure.low, figure.high) {
            drawing.interval((across(low), middle), (across(high), middle));
        }
        let place = (across(figure.value), middle);
        match figure.metric.more_is_better() {
            Some(true) => drawing.circle(place),
            Some(false) => drawing.diamond(place),
            None => drawing.square(place),
        }
        let value = words::value(figure.metric, figure.value);
        drawing.text(Anchor::End, (WIDTH, middle + 5.0), &value);
        middle += ROW;
    }
    let key = bottom + 20.0;
    drawing.circle((150.0, key));
    drawing.diamond((300.0, key));
    drawing.square((445.0, key));
    for (left, meaning) in [
        (165.0, "more is better"),
        (315.0, "less is better"),
        (460.0, "neither"),
    ] {
        drawing.text(Anchor::Start, (left, key + 5.0), meaning);
    }
    let description: Vec<String> = shares.iter().map(|figure| described(figure)).collect();
    Some(drawing.finished("Figures with their 95 % intervals", &description.join(" ")))
}

fn described(figure: &Figure) -> String {
    let in_words = |value: f64| words::value(figure.metric, value);
    let interval = match (figure.low, figure.high) {
        (Some(low), Some(high)) => format!(" ({} to {})", in_words(low), in_words(high)),
        _ => String::new(),
    };
    format!(
        "{}: {}{interval}, {}.",
        words::name(figure.metric),
        in_words(figure.value),
        questions(figure.questions)
    )
}
