//! Whether a change may go live, by the figures before and after.

use crate::words;
use inhouse_protocol::{FigureChange, GateVerdict, Metric};

/// A share that is surely worse may still be so by less than this.
const SURE_DROP: f64 = 0.005;
/// Durations and tokens may grow by this share of what they were.
const MOST_GROWTH: f64 = 0.25;
/// Milliseconds or tokens below which growth is noise.
const LEAST_GROWTH: f64 = 5.0;

/// What a change must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// How much worse a share may get, 0..=1: 0.02 is two points.
    pub most_drop: f64,
    /// Limits of metrics after the change: the lowest where more is better, else the highest.
    pub lowest: Vec<(Metric, f64)>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            most_drop: 0.02,
            lowest: Vec::new(),
        }
    }
}

/// Judges a change. It fails where a share got worse by more than the gate allows; where it got
/// worse by half a point or more and the whole interval says so; where a duration or the tokens
/// grew by more than a quarter; where a limit isn't kept or what it limits wasn't measured; and
/// where there is nothing to compare. Figures of which neither more nor less is better are let be.
pub fn gate(changes: &[FigureChange], gate: &Gate) -> GateVerdict {
    let judged: Vec<&FigureChange> = changes
        .iter()
        .filter(|change| change.metric.more_is_better().is_some())
        .collect();
    let mut reasons: Vec<String> = judged
        .iter()
        .filter_map(|change| worse(change, gate))
        .chain(
            gate.lowest
                .iter()
                .filter_map(|limit| beyond(changes, *limit)),
        )
        .collect();
    if judged.is_empty() {
        reasons.push(
            "The two evaluations have no figure in common: run the same questions with the same kind of evaluation."
                .to_owned(),
        );
    }
    let passed = reasons.is_empty();
    if passed {
        reasons.push(format!(
            "None of the {} figures compared got worse by more than {}.",
            judged.len(),
            points(gate.most_drop)
        ));
    }
    GateVerdict { passed, reasons }
}

/// Why a change of a figure isn't allowed.
fn worse(change: &FigureChange, gate: &Gate) -> Option<String> {
    if !change.metric.is_share() {
        let grown = change.after - change.before;
        return (grown > MOST_GROWTH * change.before && grown > LEAST_GROWTH).then(|| {
            let percent = grown / change.before.max(f64::MIN_POSITIVE) * 100.0;
            let by = if percent < 1000.0 {
                format!(", by {percent:.0} %")
            } else {
                String::new()
            };
            format!("{}{by}; at most 25 % are allowed.", moved(change))
        });
    }
    let more_is_better = change.metric.more_is_better()?;
    let drop = if more_is_better {
        change.before - change.after
    } else {
        change.after - change.before
    };
    let surely = match (change.low, change.high) {
        (_, Some(high)) if more_is_better => high < 0.0,
        (Some(low), _) if !more_is_better => low > 0.0,
        _ => false,
    };
    // A figure that falls from 52 % to exactly 50 % is within two points, whatever rounding says.
    if drop > gate.most_drop + 1e-9 {
        Some(format!(
            "{}, by {}; at most {} are allowed.",
            moved(change),
            points(drop),
            points(gate.most_drop)
        ))
    } else if surely && drop >= SURE_DROP {
        Some(format!(
            "{}, by {}; little, but more than chance explains.",
            moved(change),
            points(drop)
        ))
    } else {
        None
    }
}

/// Why a limit isn't kept.
fn beyond(changes: &[FigureChange], (metric, limit): (Metric, f64)) -> Option<String> {
    let name = words::name(metric);
    let Some(change) = changes.iter().find(|change| change.metric == metric) else {
        return Some(format!(
            "{name}: not measured, so its limit can't be checked."
        ));
    };
    let more_is_better = metric.more_is_better().unwrap_or(true);
    let kept = if more_is_better {
        change.after >= limit
    } else {
        change.after <= limit
    };
    (!kept).then(|| {
        format!(
            "{name}: {}; the limit is at {} {}.",
            words::value(metric, change.after),
            if more_is_better { "least" } else { "most" },
            words::value(metric, limit)
        )
    })
}

/// `Recall in 4,000 characters fell from 58.3 % to 51.0 %`
fn moved(change: &FigureChange) -> String {
    format!(
        "{} {} from {} to {}",
        words::name(change.metric),
        if change.after < change.before {
            "fell"
        } else {
            "rose"
        },
        words::value(change.metric, change.before),
        words::value(change.metric, change.after)
    )
}

/// A difference of shares, in points of percent.
fn points(share: f64) -> String {
    format!("{:.1} points", share * 100.0)
}
