//! What tells whether the passages hold the answer.

use super::cite;
use super::finding::Finding;
use inhouse_guardrails::answerability::{Features, coverage};

/// The nearest sentences that count.
const SENTENCES: usize = 3;

/// The features of what was found, as a calibration weighs them.
pub(super) fn features(found: &Finding) -> Features {
    let texts: Vec<String> = found.passages.iter().map(cite::with_header).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let signals = &found.found.features;
    Features {
        sentences: mean(&found.nearness.in_order()),
        words_stand_out: signals.words_stand_out.into(),
        wording_stands_out: signals.wording_stands_out.into(),
        coverage: coverage(&found.found.aim.text, &texts).into(),
        named: signals.named.into(),
        passages: found.passages.len(),
    }
}

/// The mean of the nearest sentences; 0 without any.
fn mean(nearness: &[f32]) -> f64 {
    let nearest = nearness.iter().take(SENTENCES);
    let (sum, count) = nearest.fold((0.0, 0.0), |(sum, count), near| {
        (sum + f64::from(*near), count + 1.0)
    });
    if count > 0.0 { sum / count } else { 0.0 }
}
