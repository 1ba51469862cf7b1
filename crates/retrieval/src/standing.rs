//! How far one document stands out among the others.
//!
//! A cosine of 0.5 means little by itself: to one question every contract comes that near, to
//! another none. Whether a document answers shows in how its best passages compare with the best
//! passages of others for the same question.

use crate::vector::Placed;
use inhouse_protocol::{DocumentId, PassageId};
use std::collections::HashMap;

/// How many of a document's passages tell how far its words stand out.
pub(crate) const WORDS_DEPTH: usize = 3;

/// What is added to the deviation of BM25 scores and of cosines, so that documents that are nearly
/// alike don't seem to differ.
const WORDS_SOFTENING: f32 = 0.5;
const WORDING_SOFTENING: f32 = 0.02;

/// Words for documents and their parts: a question has them, and so has every document; they tell
/// none from another. English, German, French, Spanish.
#[rustfmt::skip]
const OF_ANY_DOCUMENT: [&str; 44] = [
    "contract", "contracts", "agreement", "agreements", "clause", "clauses", "document", "documents",
    "policy", "policies", "party", "parties", "company", "companies",
    "vertrag", "vertrags", "vertrages", "verträge", "vereinbarung", "vereinbarungen", "klausel",
    "klauseln", "dokument", "dokumente", "richtlinie", "richtlinien", "partei", "parteien",
    "contrat", "contrats", "accord", "accords", "politique", "politiques", "partie",
    "contrato", "contratos", "acuerdo", "acuerdos", "cláusula", "cláusulas", "documento", "política",
    "parte",
];

/// The words of a question that may tell one document from another; all of them where none would
/// be left.
pub(crate) fn telling(question: &str) -> String {
    let words = question.split(|c: char| !c.is_alphanumeric());
    let telling: Vec<&str> = words
        .filter(|word| !word.is_empty())
        .filter(|word| !OF_ANY_DOCUMENT.contains(&word.to_lowercase().as_str()))
        .collect();
    if telling.is_empty() {
        question.to_owned()
    } else {
        telling.join(" ")
    }
}

/// What all documents have for a question.
pub(crate) struct Background {
    /// Passages with its words, best first.
    pub(crate) words: Vec<Placed>,
    /// Passages nearest to how such clauses read, best first.
    pub(crate) wording: Vec<Placed>,
}

impl Background {
    /// Takes what was found in `document` alone instead of what was seen of it among all.
    pub(crate) fn put_first(&mut self, document: &DocumentId, own: Self) {
        let join = |all: &mut Vec<Placed>, own: Vec<Placed>| {
            all.retain(|placed| placed.document != *document);
            all.splice(0..0, own);
        };
        join(&mut self.words, own.words);
        join(&mut self.wording, own.wording);
    }

    /// How far the words and the wording of the document that is meant stand out, or else of that
    /// of the first hit.
    pub(crate) fn stand_out(&self, meant: &[DocumentId], first: Option<&PassageId>) -> (f32, f32) {
        let all = self.words.iter().chain(&self.wording);
        let document = match meant {
            [document] => Some(document),
            _ => first.and_then(|first| {
                let placed = all.clone().find(|placed| placed.passage == *first);
                placed.map(|placed| &placed.document)
            }),
        };
        document.map_or((0.0, 0.0), |document| {
            (
                stands_out(&self.words, document, WORDS_DEPTH, WORDS_SOFTENING),
                stands_out(&self.wording, document, 1, WORDING_SOFTENING),
            )
        })
    }
}

/// The nearest other documents that one is compared with.
const OTHERS: usize = 24;

/// Fewer others say nothing. A document is then taken to stand out as much as those do that answer
/// a question: about two deviations, measured over documents of different kinds.
const FEWEST: usize = 3;
const WITHOUT_OTHERS: f32 = 2.0;

/// How far the mean of the `depth` best scores of `document` in `found` lies above that of the
/// nearest other documents, in standard deviations, to which `softening` is added; the usual
/// distance of an answer where there are too few others. A document that isn't in `found` has the score 0.
fn stands_out(found: &[Placed], document: &DocumentId, depth: usize, softening: f32) -> f32 {
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
        return WITHOUT_OTHERS;
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
    fn words_that_every_document_has_tell_nothing() {
        assert_eq!(
            telling("Is there an exclusivity clause in this contract?"),
            "Is there an exclusivity in this"
        );
        assert_eq!(telling("Contract?"), "Contract?");
    }

    #[test]
    fn what_was_found_inside_a_document_takes_the_place_of_what_was_seen_among_all() {
        let mut all = Background {
            words: found(&[("b", 6.0), ("c", 6.0), ("d", 5.0)]),
            wording: found(&[("a", 0.2), ("b", 0.3), ("c", 0.3), ("d", 0.2)]),
        };
        let document = "a".parse().unwrap();
        let own = Background {
            words: found(&[("a", 9.0)]),
            wording: found(&[("a", 0.8)]),
        };
        all.put_first(&document, own);
        let (words, wording) = all.stand_out(std::slice::from_ref(&document), None);
        assert!(words > 0.0 && wording > 5.0, "{words} {wording}");
        let of_first = all.stand_out(&[], Some(&"p0".parse().unwrap()));
        assert!((of_first.1 - wording).abs() < 1e-6);
    }

    #[test]
    fn among_few_documents_one_stands_out_as_usual() {
        let found = found(&[("a", 0.1), ("b", 0.9), ("c", 0.9)]);
        let out = stands_out(&found, &"a".parse().unwrap(), 1, 0.02);
        assert!((out - WITHOUT_OTHERS).abs() < f32::EPSILON);
    }
}
