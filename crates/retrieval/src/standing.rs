//! How far one document stands out among the others.
//!
//! A cosine of 0.5 means little by itself: to one question every contract comes that near, to
//! another none. Whether a document answers shows in how its best passages compare with the best
//! passages of others for the same question.

use crate::vector::Placed;
use inhouse_protocol::DocumentId;
use std::collections::HashMap;

/// The nearest other documents that one is compared with.
const OTHERS: usize = 24;

/// Fewer others say nothing.
const FEWEST: usize = 3;

/// How far the mean of the `depth` best scores of `document` in `found` lies above that of the
/// nearest other documents, in standard deviations, to which `softening` is added; 0 where there
/// are too few others. A document that isn't in `found` has the score 0.
pub(crate) fn stands_out(
    found: &[Placed],
    document: &DocumentId,
    depth: usize,
    softening: f32,
) -> f32 {
    let mut scores: HashMap<&DocumentId, Vec<f32>> = HashMap::new();
    for placed in found {
        let best = scores.entry(&placed.document).or_default();
        if best.len() < depth {
            best.push(placed.score);
        }
    }
    let mean_of = |best: &[f32]| best.iter().sum::<f32>() / count(depth);
    let own = scores.get(document).map_or(0.0, |best| mean_of(best));
    let mut others: Vec<f32> = scores
        .iter()
        .filter(|(other, _)| **other != document)
        .map(|(_, best)| mean_of(best))
        .collect();
    if others.len() < FEWEST {
        return 0.0;
    }
    others.sort_by(|a, b| b.total_cmp(a));
    others.truncate(OTHERS);
    let mean = others.iter().sum::<f32>() / count(others.len());
    let variance = others
        .iter()
        .map(|score| (score - mean).powi(2))
        .sum::<f32>();
    let deviation = (variance / count(others.len())).sqrt();
    (own - mean) / (deviation + softening)
}

fn count(of: usize) -> f32 {
    u16::try_from(of).map_or(f32::MAX, f32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(scores: &[(&str, f32)]) -> Vec<Placed> {
        let placed = scores
            .iter()
            .enumerate()
            .map(|(at, (document, score))| Placed {
                passage: format!("p{at}").parse().unwrap(),
                document: document.parse().unwrap(),
                score: *score,
            });
        placed.collect()
    }

    #[test]
    fn a_document_far_above_the_others_stands_out() {
        let found = found(&[("a", 0.9), ("b", 0.5), ("a", 0.45), ("c", 0.4), ("d", 0.3)]);
        let out = |document: &str| stands_out(&found, &document.parse().unwrap(), 1, 0.02);
        assert!(out("a") > 4.0, "{}", out("a"));
        assert!(out("d") < 0.0);
    }

    #[test]
    fn the_mean_of_several_passages_counts_what_is_missing_as_nothing() {
        let found = found(&[("a", 9.0), ("b", 6.0), ("b", 6.0), ("c", 6.0), ("d", 5.0)]);
        let out = |document: &str| stands_out(&found, &document.parse().unwrap(), 2, 0.5);
        assert!(out("b") > out("a"));
    }

    #[test]
    fn among_few_documents_none_stands_out() {
        let found = found(&[("a", 0.9), ("b", 0.1), ("c", 0.1)]);
        assert!(stands_out(&found, &"a".parse().unwrap(), 1, 0.02).abs() < f32::EPSILON);
    }
}
