//! The sentences of what was found, compared with what is asked: a passage is as good as its best
//! sentence.
//!
//! A passage's own embedding is a mean over all that it speaks of; the one sentence that answers
//! comes nearer by itself. Comparing the parts and taking the best is late interaction (Khattab,
//! Zaharia: ColBERT, SIGIR 2020), here with sentences instead of tokens.

use super::super::cite::parts;
use crate::error::{AppError, AppResult};
use inhouse_protocol::{Citation, PassageRef, VersionId};
use inhouse_retrieval::{Aim, Embedder, cosine};

/// Passages whose sentences are looked at.
const LOOKED_AT: usize = 6;

/// Sentences that are embedded at most, and the length in characters from which on and up to which
/// one is.
const MOST: usize = 36;
const SHORTEST: usize = 25;
const LONGEST: usize = 400;

/// What the order by sentences counts against that of the search, and the constant of the
/// reciprocal rank fusion of the two.
const WEIGHT: f32 = 2.0;
const RRF_K: f32 = 15.0;

/// Share of the nearest sentence's nearness below which another one is beside the question.
const FAR: f32 = 0.6;

/// How near the sentences come.
pub(super) struct Looked {
    /// Of each passage that was looked at, its best sentence; passages without one that is long
    /// enough have none.
    best: Vec<Option<f32>>,
    pub(super) nearness: Nearness,
}

/// How near a sentence comes to what is asked.
#[derive(Debug, Clone, PartialEq)]
struct Near {
    version: VersionId,
    /// First character in the version's text, and one past the last.
    start: usize,
    end: usize,
    /// To what is asked, -1..=1.
    cosine: f32,
}

/// How near the sentences that were looked at come to what is asked; none where nobody looked.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Nearness(Vec<Near>);

impl Nearness {
    /// Of all sentences, nearest first, -1..=1.
    pub(crate) fn in_order(&self) -> Vec<f32> {
        let mut nearness: Vec<f32> = self.0.iter().map(|sentence| sentence.cosine).collect();
        nearness.sort_by(|a, b| b.total_cmp(a));
        nearness
    }

    /// Whether everything that is cited is much farther from what is asked than the nearest
    /// sentence found. Places that nobody looked at are not far.
    pub(crate) fn far(&self, citations: &[Citation]) -> bool {
        let best = self.0.iter().map(|sentence| sentence.cosine);
        let best = best.fold(0.0, f32::max);
        let cited = citations.iter().map(|citation| self.of(citation));
        // Where nobody looked at one of them, nothing is known.
        let nearest = cited.collect::<Option<Vec<f32>>>();
        nearest.is_some_and(|nearest| {
            !nearest.is_empty() && nearest.iter().all(|near| *near < FAR * best)
        })
    }

    /// The nearest sentence that the citation has words of.
    fn of(&self, citation: &Citation) -> Option<f32> {
        let there = self.0.iter().filter(|sentence| {
            sentence.version == citation.version
                && sentence.start < citation.end
                && citation.start < sentence.end
        });
        there.map(|sentence| sentence.cosine).reduce(f32::max)
    }
}

/// Compares the sentences of the first passages with the aim: the mean of the cosine to the
/// question and that to the usual wording.
pub(super) async fn look(
    embedder: &Embedder,
    aim: &Aim,
    passages: &[PassageRef],
) -> AppResult<Looked> {
    let mut of = Vec::new();
    let mut texts = Vec::new();
    let looked_at = &passages[..passages.len().min(LOOKED_AT)];
    for (at, passage) in looked_at.iter().enumerate() {
        for (from, to, sentence) in parts(&passage.text) {
            if to - from >= SHORTEST && texts.len() < MOST {
                of.push((at, passage.start + from, passage.start + to));
                texts.push(sentence.chars().take(LONGEST).collect());
            }
        }
    }
    let vectors = embedder.queries(texts).await.map_err(AppError::internal)?;
    let mut best = vec![None; looked_at.len()];
    let mut nearness = Vec::with_capacity(vectors.len());
    for ((at, start, end), vector) in of.into_iter().zip(&vectors) {
        let near = f32::midpoint(cosine(&aim.vector, vector), cosine(&aim.wording, vector));
        best[at] = Some(best[at].map_or(near, |best: f32| best.max(near)));
        nearness.push(Near {
            version: passages[at].version.clone(),
            start,
            end,
            cosine: near,
        });
    }
    Ok(Looked {
        best,
        nearness: Nearness(nearness),
    })
}

impl Looked {
    /// The passages, those looked at in the order that the search and their sentences agree on.
    /// The scores stay where they are: they fall from the first to the last.
    pub(super) fn in_order(&self, passages: Vec<PassageRef>) -> Vec<PassageRef> {
        let mut by_sentence: Vec<usize> = (0..self.best.len()).collect();
        let nearness = |at: usize| self.best[at].unwrap_or(f32::NEG_INFINITY);
        by_sentence.sort_by(|a, b| nearness(*b).total_cmp(&nearness(*a)));
        let mut fused: Vec<(usize, f32)> = by_sentence
            .into_iter()
            .enumerate()
            .map(|(place, at)| (at, reciprocal(at) + WEIGHT * reciprocal(place)))
            .collect();
        fused.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let scores: Vec<f32> = passages.iter().map(|passage| passage.score).collect();
        let mut left: Vec<Option<PassageRef>> = passages.into_iter().map(Some).collect();
        let mut ordered: Vec<PassageRef> = fused
            .into_iter()
            .filter_map(|(at, _)| left.get_mut(at).and_then(Option::take))
            .collect();
        ordered.extend(left.into_iter().flatten());
        for (passage, score) in ordered.iter_mut().zip(scores) {
            passage.score = score;
        }
        ordered
    }
}

/// The share of a place, from 0, in reciprocal rank fusion.
fn reciprocal(place: usize) -> f32 {
    1.0 / (RRF_K + f32::from(u16::try_from(place).unwrap_or(u16::MAX)) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::super::cite::citation;
    use super::super::super::sample::passage_of;
    use super::*;

    #[test]
    fn the_passage_of_the_nearest_sentence_comes_forward_and_the_rest_stays() {
        let mut passages: Vec<_> = ["a", "b", "c", "d"]
            .iter()
            .map(|name| passage_of(name, name))
            .collect();
        for (passage, score) in passages.iter_mut().zip([0.9, 0.8, 0.7, 0.6]) {
            passage.score = score;
        }
        let looked = Looked {
            best: vec![Some(0.2), None, Some(0.8)],
            nearness: Nearness::default(),
        };
        let ordered = looked.in_order(passages);
        let texts: Vec<_> = ordered
            .iter()
            .map(|passage| passage.text.as_str())
            .collect();
        assert_eq!(texts, ["c", "a", "b", "d"]);
        let scores: Vec<_> = ordered.iter().map(|passage| passage.score).collect();
        assert_eq!(scores, [0.9, 0.8, 0.7, 0.6]);
    }

    #[test]
    fn words_far_from_what_is_asked_are_told_from_those_near_and_those_unknown() {
        let passage = passage_of(
            "gifts",
            "Gifts above EUR 50 need approval. Trains run early.",
        );
        let near = |start, end, near| Near {
            version: passage.version.clone(),
            start,
            end,
            cosine: near,
        };
        let nearness = Nearness(vec![near(100, 133, 0.8), near(134, 151, 0.3)]);
        let cites = |from, to| citation(0, &passage, (from, to));
        assert!(!nearness.far(&[cites(0, 33)]));
        assert!(nearness.far(&[cites(34, 51)]));
        // One of its sources is near, or nobody looked at it.
        assert!(!nearness.far(&[cites(34, 51), cites(0, 33)]));
        assert!(!nearness.far(&[cites(34, 51), cites(60, 70)]));
        assert!(!nearness.far(&[]));
        assert!(!Nearness::default().far(&[cites(34, 51)]));
        assert_eq!(nearness.in_order(), [0.8, 0.3]);
    }
}
