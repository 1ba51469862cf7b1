//! Texts of figures: what each is called and measures, in its own unit.

use super::record::step_time;
use inhouse_protocol::{Chart, Figure, FigureChange, Metric};

pub(crate) const FIGURES: &str = "Figures";
pub(crate) const FIGURE: &str = "Figure";
pub(crate) const VALUE: &str = "Value";
pub(crate) const INTERVAL: &str = "95 % interval";
pub(crate) const CHARTS: &str = "Charts";
pub(crate) const NO_INTERVAL: &str = "none";

/// A share in percent: `58.1 %`.
pub(crate) fn share(value: f64) -> String {
    format!("{:.1} %", value * 100.0)
}

/// A figure's name, and what it measures.
pub(crate) fn metric(metric: Metric) -> (&'static str, &'static str) {
    match metric {
        Metric::Recall4000 => (
            "Recall in 4,000 characters",
            "How much of the right text is in the first 4,000 characters found.",
        ),
        Metric::Precision500 => (
            "Precision in 500 characters",
            "How much of the first 500 characters found is the right text.",
        ),
        Metric::Ndcg10 => (
            "nDCG at 10",
            "How far in front the right text stands among the first ten passages.",
        ),
        Metric::HitAt5 => (
            "Found in the first 5",
            "Questions with a right passage among the first five.",
        ),
        Metric::WrongDocument8 => (
            "Wrong document in the first 8",
            "How many of the first eight passages are of another document.",
        ),
        Metric::AurocByCategory => (
            "AUROC, mean of categories",
            "How well the probability tells what the documents answer from what they don't.",
        ),
        Metric::Auroc => ("AUROC", "The same over all questions."),
        Metric::Brier => (
            "Brier score",
            "Mean squared difference between the probability and the truth.",
        ),
        Metric::CalibrationError => (
            "Calibration error",
            "How far the probability is from the share that is true of it.",
        ),
        Metric::AnsweredOfAnswerable => (
            "Answered of what the documents say",
            "Questions that the documents answer, and that were answered.",
        ),
        Metric::AnsweredOfUnanswerable => (
            "Answered of what they don't say",
            "Questions that the documents don't answer, and that were answered.",
        ),
        Metric::Answered => ("Answered of all", "Questions that were answered."),
        Metric::Cited => ("Cited sentences", "Sentences with a citation."),
        Metric::CitationTouchesGold => (
            "Citing the right text",
            "Answers of which a citation touches the right text.",
        ),
        Metric::DroppedSentences => (
            "Dropped sentences",
            "The model's sentences that failed a check.",
        ),
        Metric::TokensPerQuestion => ("Tokens a question", "Read and written."),
        Metric::DurationP50Ms => ("Time a question takes, median", "The whole way."),
        Metric::DurationP95Ms => (
            "Time a question takes, 95th percentile",
            "Longer for one question in twenty.",
        ),
        Metric::SearchP50Ms => ("Time a search takes, median", "The search alone."),
        Metric::SearchP95Ms => (
            "Time a search takes, 95th percentile",
            "Longer for one search in twenty.",
        ),
    }
}

/// A value in the unit of its figure.
pub(crate) fn measured(metric: Metric, value: f64) -> String {
    match metric {
        Metric::Brier => format!("{value:.3}"),
        Metric::TokensPerQuestion => format!("{value:.0}"),
        metric if metric.is_share() => share(value),
        _ => step_time(value),
    }
}

/// `79.0 % to 86.2 %`, where there is an interval.
pub(crate) fn interval(figure: &Figure) -> Option<String> {
    let (low, high) = figure.low.zip(figure.high)?;
    let [low, high] = [low, high].map(|end| measured(figure.metric, end));
    Some(format!("{low} to {high}"))
}

/// How far a figure moved, with its sign; of a share in percentage points.
pub(crate) fn moved(metric: Metric, by: f64) -> String {
    let sign = if by < 0.0 { "−" } else { "+" };
    let by = by.abs();
    let size = match metric {
        Metric::Brier | Metric::TokensPerQuestion => measured(metric, by),
        metric if metric.is_share() => format!("{:.1} points", by * 100.0),
        _ => measured(metric, by),
    };
    format!("{sign}{size}")
}

/// The interval of a difference, where there is one.
pub(crate) fn moved_between(change: &FigureChange) -> Option<String> {
    let (low, high) = change.low.zip(change.high)?;
    let [low, high] = [low, high].map(|end| moved(change.metric, end));
    Some(format!("{low} to {high}"))
}

pub(crate) fn chart(chart: Chart) -> &'static str {
    match chart {
        Chart::Figures => "Figures with their intervals",
        Chart::AnsweredWrongly => "What is answered rightly, against what is answered wrongly",
        Chart::Reliability => "How true the probability is",
        Chart::Separation => "The probability of what the documents say and don't say",
        Chart::Categories => "Recall by category",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_reads_in_its_own_unit() {
        assert_eq!(measured(Metric::Recall4000, 0.5812), "58.1 %");
        assert_eq!(measured(Metric::Brier, 0.1424), "0.142");
        assert_eq!(measured(Metric::SearchP95Ms, 48.26), "48.3 ms");
        assert_eq!(measured(Metric::TokensPerQuestion, 1_310.4), "1310");
    }

    #[test]
    fn a_difference_of_shares_is_in_points_and_has_its_sign() {
        assert_eq!(moved(Metric::HitAt5, -0.021), "−2.1 points");
        assert_eq!(moved(Metric::DurationP50Ms, 250.0), "+0.2 s");
        let change = FigureChange {
            metric: Metric::HitAt5,
            before: 0.5,
            after: 0.52,
            low: Some(-0.01),
            high: Some(0.05),
        };
        assert_eq!(
            moved_between(&change).as_deref(),
            Some("−1.0 points to +5.0 points")
        );
    }

    #[test]
    fn a_figure_without_an_interval_has_none() {
        let figure = Figure {
            metric: Metric::Auroc,
            value: 0.8,
            low: None,
            high: None,
            questions: 66,
        };
        assert_eq!(interval(&figure), None);
    }
}
