//! What a search tells the rules, besides its passages.

use inhouse_protocol::PassageId;
use serde::{Deserialize, Serialize};

/// Signals of a search, from the legs that search for what is asked: within the documents that
/// are named, where some are. All are 0 where nothing was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// Highest cosine similarity.
    pub best_dense: f32,
    /// Mean cosine similarity of the nearest five.
    pub mean_dense_top5: f32,
    /// How far the nearest is ahead of the mean of the tenth to the thirtieth.
    pub gap: f32,
    /// Highest BM25 score.
    pub best_lexical: f32,
    /// The same as a share of what was attainable for this question, in 0..=1.
    pub lexical_share: f32,
    /// Share of the five nearest that are among the lexical leg's first ten, in 0..=1.
    pub legs_agree: f32,
    /// How far the best words of the document stand out among other documents, in standard
    /// deviations; 2 where there are too few to tell.
    pub words_stand_out: f32,
    /// The same of its nearest passage to how such clauses read, or to the question itself.
    pub wording_stands_out: f32,
    /// Similarity to the concept that is asked for, in 0..=1; 0 without one.
    pub concept: f32,
    /// How surely the question names documents, in 0..=1; 1 where one was given.
    pub named: f32,
    /// Passages found by either leg, at most twice the candidates.
    pub candidates: usize,
}

/// The signals of two lists of passages, best first, and the lexical score that was attainable.
pub(crate) fn features(
    dense: &[(PassageId, f32)],
    lexical: &[(PassageId, f32)],
    attainable: f32,
) -> Features {
    let best_dense = dense.first().map_or(0.0, |(_, score)| *score);
    let best_lexical = lexical.first().map_or(0.0, |(_, score)| *score);
    let tail = mean(dense.iter().skip(9).take(21).map(|(_, score)| *score));
    let first_lexical = lexical.get(..10).unwrap_or(lexical);
    let agreeing = dense.iter().take(5).map(|(passage, _)| {
        let agrees = first_lexical.iter().any(|(other, _)| other == passage);
        f32::from(u8::from(agrees))
    });
    Features {
        best_dense,
        mean_dense_top5: mean(dense.iter().take(5).map(|(_, score)| *score)).unwrap_or(0.0),
        gap: tail.map_or(0.0, |tail| best_dense - tail),
        best_lexical,
        lexical_share: if attainable > 0.0 {
            (best_lexical / attainable).clamp(0.0, 1.0)
        } else {
            0.0
        },
        legs_agree: mean(agreeing).unwrap_or(0.0),
        ..Features::default()
    }
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(scores: &[f32]) -> Vec<(PassageId, f32)> {
        let ids = (0..).map(|n: u32| format!("p{n}").parse().expect("an id"));
        ids.zip(scores.iter().copied()).collect()
    }

    #[test]
    fn signals_describe_the_head_of_both_lists() {
        let dense: Vec<f32> = (0_u8..40).map(|n| 1.0 - f32::from(n) / 100.0).collect();
        let features = features(&list(&dense), &list(&[8.0, 6.0]), 16.0);
        assert!((features.best_dense - 1.0).abs() < 1e-6);
        assert!((features.mean_dense_top5 - 0.98).abs() < 1e-6);
        assert!((features.gap - 0.19).abs() < 1e-6);
        assert!((features.lexical_share - 0.5).abs() < 1e-6);
        assert!((features.legs_agree - 0.4).abs() < 1e-6);
    }

    #[test]
    fn an_empty_search_has_no_signals() {
        assert_eq!(features(&[], &[], 0.0), Features::default());
    }
}
