//! How clauses read that answer a kind of question.
//!
//! 'Is there a cap on liability?' shares hardly a word with 'In no event shall the aggregate
//! damages exceed the fees paid', and lies far from it among the embeddings too. A concept knows
//! both ways of saying it: a question near its questions is also searched for by its wording.
//! That is the idea of HyDE (Gao, Ma, Lin, Callan: Precise Zero-Shot Dense Retrieval without
//! Relevance Labels, ACL 2023) with sentences that people wrote instead of a model.

use crate::embedder::Embedder;
use crate::error::Result;
use serde::Deserialize;

/// The similarity to a concept's questions from which on a question asks for it. Questions that
/// name a clause have over 0.6; of questions about other things, most stay under.
const ASKED_FROM: f32 = 0.55;

/// A kind of clause.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// A short name, such as `cap-on-liability`.
    pub id: String,
    /// Questions that ask for it; at least one.
    pub asks: Vec<String>,
    /// Sentences that answer them, as clauses put it; at least one.
    pub says: Vec<String>,
}

/// Concepts, embedded once.
#[derive(Debug, Clone, Default)]
pub struct Concepts {
    concepts: Vec<Embedded>,
}

#[derive(Debug, Clone)]
struct Embedded {
    id: String,
    asks: Vec<Vec<f32>>,
    /// The mean of its sentences, of length 1.
    wording: Vec<f32>,
}

/// The concept that a question asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked<'a> {
    pub concept: &'a str,
    /// Cosine similarity to the nearest of its questions, -1..=1.
    pub similarity: f32,
    /// How such clauses read: the mean of their embeddings, of length 1.
    pub wording: &'a [f32],
}

impl Concepts {
    /// Embeds the sentences of each concept. Blocking: some milliseconds a sentence.
    pub fn new(embedder: &Embedder, concepts: &[Concept]) -> Result<Self> {
        let texts: Vec<String> = concepts
            .iter()
            .flat_map(|concept| concept.asks.iter().chain(&concept.says).cloned())
            .collect();
        let mut vectors = embedder.embed(&texts, |_| {})?.into_iter();
        let concepts = concepts.iter().map(|concept| Embedded {
            id: concept.id.clone(),
            asks: vectors.by_ref().take(concept.asks.len()).collect(),
            wording: mean(vectors.by_ref().take(concept.says.len())),
        });
        Ok(Self {
            concepts: concepts.collect(),
        })
    }

    /// The concept that the question with this embedding (of length 1) asks for, where there is
    /// one.
    pub fn asked(&self, question: &[f32]) -> Option<Asked<'_>> {
        let nearest = self.concepts.iter().map(|concept| {
            let asks = concept.asks.iter().map(|ask| cosine(ask, question));
            (concept, asks.fold(-1.0, f32::max))
        });
        let (concept, similarity) = nearest.max_by(|a, b| a.1.total_cmp(&b.1))?;
        (similarity >= ASKED_FROM).then_some(Asked {
            concept: &concept.id,
            similarity,
            wording: &concept.wording,
        })
    }
}

/// The mean direction of vectors, of length 1; empty without any.
fn mean(vectors: impl Iterator<Item = Vec<f32>>) -> Vec<f32> {
    let mut sum: Vec<f32> = Vec::new();
    for vector in vectors {
        if sum.is_empty() {
            sum = vector;
        } else {
            for (sum, value) in sum.iter_mut().zip(&vector) {
                *sum += value;
            }
        }
    }
    let length = cosine(&sum, &sum).sqrt();
    if length > 0.0 {
        for value in &mut sum {
            *value /= length;
        }
    }
    sum
}

/// The cosine similarity of two vectors of length 1.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concept(id: &str, asks: &[[f32; 2]], says: &[[f32; 2]]) -> Embedded {
        Embedded {
            id: id.to_owned(),
            asks: asks.iter().map(|ask| ask.to_vec()).collect(),
            wording: mean(says.iter().map(|says| says.to_vec())),
        }
    }

    #[test]
    fn the_concept_of_the_nearest_question_gives_its_wording() {
        let concepts = Concepts {
            concepts: vec![
                concept("term", &[[1.0, 0.0]], &[[0.0, 1.0]]),
                concept(
                    "price",
                    &[[0.0, 1.0], [0.6, 0.8]],
                    &[[1.0, 0.0], [0.0, 1.0]],
                ),
            ],
        };
        let asked = concepts.asked(&[0.6, 0.8]).unwrap();
        assert_eq!(asked.concept, "price");
        assert!((asked.similarity - 1.0).abs() < 1e-6);
        assert!((cosine(asked.wording, asked.wording) - 1.0).abs() < 1e-6);
        assert!((asked.wording[0] - asked.wording[1]).abs() < 1e-6);
    }

    #[test]
    fn a_question_far_from_every_concept_asks_for_none() {
        let concepts = Concepts {
            concepts: vec![concept("term", &[[1.0, 0.0]], &[[0.0, 1.0]])],
        };
        assert_eq!(concepts.asked(&[0.0, 1.0]), None);
        assert_eq!(Concepts::default().asked(&[0.0, 1.0]), None);
    }
}
