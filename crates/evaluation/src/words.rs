//! Figures in words, for charts, verdicts and the command line.

use inhouse_protocol::Metric;

/// What a metric measures, in a few words, as the beginning of a sentence.
pub const fn name(metric: Metric) -> &'static str {
    match metric {
        Metric::Recall4000 => "Recall in 4,000 characters",
        Metric::Precision500 => "Precision in 500 characters",
        Metric::Ndcg10 => "nDCG at 10",
        Metric::HitAt5 => "Found in the first 5",
        Metric::WrongDocument8 => "Wrong document in the first 8",
        Metric::AurocByCategory => "AUROC, mean of categories",
        Metric::Auroc => "AUROC",
        Metric::Brier => "Brier score",
        Metric::CalibrationError => "Calibration error",
        Metric::AnsweredOfAnswerable => "Answered of what the documents say",
        Metric::AnsweredOfUnanswerable => "Answered of what the documents don't say",
        Metric::Answered => "Answered of all",
        Metric::Cited => "Cited sentences",
        Metric::CitationTouchesGold => "Citing the right text",
        Metric::DroppedSentences => "Dropped sentences",
        Metric::TokensPerQuestion => "Tokens a question",
        Metric::DurationP50Ms => "Time a question takes, median",
        Metric::DurationP95Ms => "Time a question takes, 95th percentile",
        Metric::SearchP50Ms => "Time a search takes, median",
        Metric::SearchP95Ms => "Time a search takes, 95th percentile",
    }
}

/// A metric's value with its unit: `58.3 %`, `124 ms`, `812`; a Brier score as it is, `0.148`.
pub fn value(metric: Metric, value: f64) -> String {
    match metric {
        Metric::Brier => format!("{value:.3}"),
        _ if metric.is_share() => percent(value),
        Metric::TokensPerQuestion => format!("{value:.0}"),
        _ if value < 10.0 => format!("{value:.1} ms"),
        _ => format!("{value:.0} ms"),
    }
}

/// A share, 0..=1, in percent with one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
