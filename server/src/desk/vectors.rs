//! Embeddings of questions that were asked before, kept in memory: comparing one with hundreds
//! must not embed hundreds each time.

use crate::app::Search;
use crate::error::{AppError, AppResult};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Vectors of the younger half; with as many older ones, at most twice this: some 6 MB with 384
/// dimensions.
const HALF: usize = 2_048;

/// SHA-256 of the model's id and the text: the text itself is not kept.
type Key = [u8; 32];

#[derive(Debug, Default)]
struct Halves {
    younger: HashMap<Key, Arc<[f32]>>,
    older: HashMap<Key, Arc<[f32]>>,
}

impl Halves {
    /// What is used stays among the younger.
    fn get(&mut self, key: &Key) -> Option<Arc<[f32]>> {
        if let Some(vector) = self.younger.get(key) {
            return Some(Arc::clone(vector));
        }
        let vector = self.older.remove(key)?;
        self.put(*key, Arc::clone(&vector));
        Some(vector)
    }

    fn put(&mut self, key: Key, vector: Arc<[f32]>) {
        if self.younger.len() >= HALF {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(key, vector);
    }
}

/// The vectors of this process. Cheap to clone; bounded.
#[derive(Debug, Clone, Default)]
pub struct QuestionVectors(Arc<Mutex<Halves>>);

impl QuestionVectors {
    fn with<T>(&self, look: impl FnOnce(&mut Halves) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The vector of each text, of length 1, in the order given. What was embedded before is taken
/// from `known`.
pub(crate) async fn vectors(
    known: &QuestionVectors,
    search: &Search,
    texts: &[&str],
) -> AppResult<Vec<Arc<[f32]>>> {
    let keys: Vec<Key> = texts.iter().map(|text| key(search.model(), text)).collect();
    let mut found: Vec<Option<Arc<[f32]>>> =
        known.with(|halves| keys.iter().map(|key| halves.get(key)).collect());
    let missing: Vec<usize> = (0..texts.len()).filter(|&i| found[i].is_none()).collect();
    if !missing.is_empty() {
        let new = missing.iter().map(|&i| texts[i].to_owned()).collect();
        let embedder = search.retriever.embedder();
        let embedded = embedder.queries(new).await.map_err(AppError::internal)?;
        for (&i, vector) in missing.iter().zip(embedded) {
            let vector: Arc<[f32]> = vector.into();
            known.with(|halves| halves.put(keys[i], Arc::clone(&vector)));
            found[i] = Some(vector);
        }
    }
    // A text without a vector would shift those after it.
    found
        .into_iter()
        .collect::<Option<_>>()
        .ok_or_else(|| AppError::internal("a text came back without a vector"))
}

fn key(model: &str, text: &str) -> Key {
    let mut hash = Sha256::new();
    hash.update(model.as_bytes());
    hash.update([0]);
    hash.update(text.as_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(value: f32) -> Arc<[f32]> {
        Arc::from([value])
    }

    #[test]
    fn what_is_used_stays_and_the_rest_goes_when_there_is_no_room() {
        let mut halves = Halves::default();
        let (used, unused) = (key("model", "used"), key("model", "unused"));
        halves.put(used, vector(1.0));
        halves.put(unused, vector(2.0));
        for number in 0..3 * HALF {
            halves.put(key("model", &number.to_string()), vector(0.0));
            assert!(halves.get(&used).is_some());
            assert!(halves.younger.len() + halves.older.len() <= 2 * HALF);
        }
        assert!(halves.get(&unused).is_none());
    }

    #[test]
    fn another_model_has_vectors_of_its_own() {
        assert_ne!(key("one", "A question"), key("two", "A question"));
        assert_ne!(key("a", "b"), key("ab", ""));
    }
}
