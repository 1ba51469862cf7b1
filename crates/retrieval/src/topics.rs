//! What a question is about: the nearest example questions, by embedding.

use crate::concepts::cosine;
use crate::embedder::Embedder;
use crate::error::Result;
use std::collections::BTreeMap;

/// Examples of a label that are averaged: one alone may be near by chance.
const NEIGHBORS: usize = 3;

/// A question's topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// The label of the nearest examples; empty where there are no examples.
    pub label: String,
    /// Mean cosine similarity to the label's nearest three, in 0..=1.
    pub score: f32,
    /// How far ahead of the next label it is, in 0..=1.
    pub margin: f32,
}

/// Labels with example questions, embedded once.
#[derive(Debug, Clone)]
pub struct Topics {
    examples: BTreeMap<String, Vec<Vec<f32>>>,
}

impl Topics {
    /// Embeds the examples of each label. Blocking: some milliseconds an example.
    pub fn new(embedder: &Embedder, examples: &[(String, Vec<String>)]) -> Result<Self> {
        let mut embedded = Vec::with_capacity(examples.len());
        for (label, texts) in examples {
            embedded.push((label.clone(), embedder.embed(texts, |_| {})?));
        }
        Ok(Self::from_embedded(embedded))
    }

    /// Labels with examples that are embedded already, by the model that embeds the questions.
    pub fn from_embedded(examples: Vec<(String, Vec<Vec<f32>>)>) -> Self {
        let mut embedded: BTreeMap<String, Vec<Vec<f32>>> = BTreeMap::new();
        for (label, vectors) in examples {
            embedded.entry(label).or_default().extend(vectors);
        }
        Self { examples: embedded }
    }

    /// The topic of the question with this embedding, of length 1.
    pub fn classify(&self, question: &[f32]) -> Topic {
        let mut best = Topic {
            label: String::new(),
            score: 0.0,
            margin: 0.0,
        };
        let mut next = 0.0;
        for (label, examples) in &self.examples {
            let score = nearness(question, examples);
            if score > best.score || best.label.is_empty() {
                next = best.score;
                best.label.clone_from(label);
                best.score = score;
            } else if score > next {
                next = score;
            }
        }
        best.margin = best.score - next;
        best
    }
}

/// Mean similarity to the nearest examples, negative ones counted as 0.
fn nearness(question: &[f32], examples: &[Vec<f32>]) -> f32 {
    let mut similarities: Vec<f32> = examples
        .iter()
        .map(|example| cosine(question, example))
        .collect();
    similarities.sort_by(|a, b| b.total_cmp(a));
    similarities.truncate(NEIGHBORS);
    let mut mean = 0.0;
    let mut count = 0.0;
    for similarity in similarities {
        count += 1.0;
        mean += (similarity - mean) / count;
    }
    mean.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(examples: &[(&str, &[[f32; 2]])]) -> Topics {
        let examples = examples.iter().map(|(label, vectors)| {
            let vectors = vectors.iter().map(|vector| vector.to_vec()).collect();
            ((*label).to_owned(), vectors)
        });
        Topics {
            examples: examples.collect(),
        }
    }

    #[test]
    fn the_label_of_the_nearest_examples_wins_with_its_lead() {
        let topics = topics(&[("food", &[[0.0, 1.0]]), ("law", &[[1.0, 0.0], [0.8, 0.6]])]);
        let topic = topics.classify(&[1.0, 0.0]);
        assert_eq!(topic.label, "law");
        assert!((topic.score - 0.9).abs() < 1e-6);
        assert!((topic.margin - 0.9).abs() < 1e-6);
    }

    #[test]
    fn without_examples_there_is_no_topic() {
        let topic = topics(&[]).classify(&[1.0, 0.0]);
        assert_eq!((topic.label.as_str(), topic.score), ("", 0.0));
    }
}
