//! Probability against what was true of it, in ten bins.

use super::svg::{Anchor, Drawing, Field};
use super::{Judged, questions};
use crate::interval::wilson;
use crate::metrics::{self, Bin};
use crate::real;
use crate::words::percent;

const FIELD: Field = Field {
    left: 80.0,
    top: 20.0,
    width: 530.0,
    height: 360.0,
};

pub(super) fn draw(judged: &Judged) -> Option<String> {
    let error = metrics::calibration_error(&judged.probabilities, &judged.answerable)?;
    let bins = metrics::bins(&judged.probabilities, &judged.answerable);
    let filled: Vec<&Bin> = bins.iter().filter(|bin| bin.count > 0).collect();
    let mut drawing = Drawing::new(FIELD.top + FIELD.height + 60.0);
    FIELD.axes(
        &mut drawing,
        "Probability given; at each point, how many questions",
        "Share that was answerable",
    );
    drawing.dashed("chart-axis", FIELD.place(0.0, 0.0), FIELD.place(1.0, 1.0));
    let places = || {
        filled.iter().map(|bin| {
            let share = real(bin.answerable) / real(bin.count);
            (**bin, share, FIELD.place(bin.probability, share))
        })
    };
    drawing.path("chart-line", places().map(|(_, _, place)| place));
    let mut description = format!(
        "On the dashed line the probability is right. The calibration error is {}.",
        percent(error)
    );
    for (bin, share, place) in places() {
        let interval = wilson(bin.answerable, bin.count);
        drawing.interval(
            FIELD.place(bin.probability, interval.low),
            FIELD.place(bin.probability, interval.high),
        );
        drawing.circle(place);
        drawing.text(
            Anchor::Start,
            (place.0 + 10.0, place.1 - 6.0),
            &bin.count.to_string(),
        );
        description.push_str(&described(bin, share));
    }
    Some(drawing.finished("Probability and truth", &description))
}

fn described(bin: Bin, share: f64) -> String {
    format!(
        " {} given {} on average: {} answerable.",
        questions(bin.count),
        percent(bin.probability),
        percent(share)
    )
}
