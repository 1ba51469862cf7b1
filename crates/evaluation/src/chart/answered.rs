//! The share of answerable questions answered against that of the unanswerable ones, for every
//! threshold; and where this evaluation stood.

use super::svg::{Anchor, Drawing, Field};
use super::{Judged, questions};
use crate::words::percent;
use crate::{Curve, metrics};
use inhouse_protocol::{Figure, Metric};

const FIELD: Field = Field {
    left: 80.0,
    top: 16.0,
    width: 530.0,
    height: 360.0,
};

/// Wrong rates whose share answered the description gives.
const TOLD: [f64; 6] = [0.0, 0.02, 0.05, 0.1, 0.2, 0.5];

pub(super) fn draw(judged: &Judged, figures: &[Figure]) -> Option<String> {
    let curve = Curve::of(&judged.probabilities, &judged.answerable);
    let area = metrics::auroc(&judged.probabilities, &judged.answerable)?;
    let mut drawing = Drawing::new(FIELD.top + FIELD.height + 60.0);
    FIELD.axes(
        &mut drawing,
        "Unanswerable questions answered",
        "Answerable questions answered",
    );
    drawing.dashed("chart-axis", FIELD.place(0.0, 0.0), FIELD.place(1.0, 1.0));
    drawing.path("chart-line", steps(&curve));
    let mut description = format!(
        "{} that the documents answer, {} that they don't. The area under the curve is {}.",
        questions(curve.answerable),
        questions(curve.unanswerable),
        percent(area)
    );
    for rate in TOLD {
        let (_, answered) = curve.threshold_for(rate);
        description.push_str(&told(rate, answered));
    }
    if let Some((wrong, answered)) = operating_point(figures) {
        let place = FIELD.place(wrong, answered);
        drawing.diamond(place);
        let label = format!("as it ran: {} and {}", percent(answered), percent(wrong));
        // Beside the point, on the side where there is room; below the curve.
        let (anchor, aside) = if wrong < 0.5 {
            (Anchor::Start, 14.0)
        } else {
            (Anchor::End, -14.0)
        };
        drawing.text(anchor, (place.0 + aside, place.1 + 20.0), &label);
        description.push_str(" As it ran, it answered ");
        description.push_str(&percent(answered));
        description.push_str(" of the answerable and ");
        description.push_str(&percent(wrong));
        description.push_str(" of the unanswerable questions.");
    }
    Some(drawing.finished(
        "What is answered, and what is answered wrongly",
        &description,
    ))
}

fn told(rate: f64, answered: f64) -> String {
    format!(
        " Where at most {} of the unanswerable are answered, {} of the answerable are.",
        percent(rate),
        percent(answered)
    )
}

/// From the highest threshold to the lowest. Each point of the curve holds the most that is
/// answered at its wrong rate, so the next one is reached by its wrong rate first.
fn steps(curve: &Curve) -> Vec<(f64, f64)> {
    let mut places = vec![FIELD.place(0.0, 0.0)];
    let mut answered = 0.0;
    for point in curve.points.iter().rev() {
        places.push(FIELD.place(point.wrong, answered));
        places.push(FIELD.place(point.wrong, point.answered));
        answered = point.answered;
    }
    places
}

/// Wrong rate and share answered of the evaluation itself.
fn operating_point(figures: &[Figure]) -> Option<(f64, f64)> {
    let value = |metric: Metric| {
        figures
            .iter()
            .find(|figure| figure.metric == metric)
            .map(|figure| figure.value)
    };
    Some((
        value(Metric::AnsweredOfUnanswerable)?,
        value(Metric::AnsweredOfAnswerable)?,
    ))
}
