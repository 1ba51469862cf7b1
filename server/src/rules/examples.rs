//! Example questions and questions of tests, embedded once: rules are checked while somebody types
//! them, and all but a few of their texts are those of a moment ago.

use inhouse_retrieval::{Embedder, RetrievalError};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Texts that are kept a model. Some megabytes of vectors; past it they are forgotten all at once.
const MOST: usize = 5_000;

/// Vectors by text.
type Vectors = HashMap<String, Vec<f32>>;

/// Vectors of texts, by the id of the model.
#[derive(Debug, Default)]
pub(crate) struct Examples(Mutex<HashMap<String, Vectors>>);

impl Examples {
    /// One vector of length 1 a text, in the order given. Only what isn't known is embedded, off
    /// the asynchronous runtime, some milliseconds a text, giving way to questions.
    pub(crate) async fn embed(
        &self,
        embedder: &Embedder,
        texts: Vec<String>,
    ) -> Result<Vec<Vec<f32>>, RetrievalError> {
        let known = self.known(embedder.id(), &texts);
        let missing: BTreeSet<&String> = texts
            .iter()
            .zip(&known)
            .filter(|(_, known)| known.is_none())
            .map(|(text, _)| text)
            .collect();
        let fresh = embedded(embedder, missing.into_iter().cloned().collect()).await?;
        let vectors = texts
            .iter()
            .zip(known)
            .map(|(text, known)| known.or_else(|| fresh.get(text).cloned()))
            .map(Option::unwrap_or_default)
            .collect();
        self.keep(embedder.id(), fresh);
        Ok(vectors)
    }

    fn known(&self, model: &str, texts: &[String]) -> Vec<Option<Vec<f32>>> {
        let models = self.locked();
        let known = models.get(model);
        texts
            .iter()
            .map(|text| known.and_then(|known| known.get(text)).cloned())
            .collect()
    }

    fn keep(&self, model: &str, fresh: Vectors) {
        let mut models = self.locked();
        let known = models.entry(model.to_owned()).or_default();
        if known.len() + fresh.len() > MOST {
            known.clear();
        }
        known.extend(fresh);
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, Vectors>> {
        // What it holds is whole between two changes.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn embedded(embedder: &Embedder, texts: Vec<String>) -> Result<Vectors, RetrievalError> {
    if texts.is_empty() {
        return Ok(Vectors::new());
    }
    let embedder = embedder.clone();
    let embed = move || {
        let vectors = embedder.embed(&texts, |_| {})?;
        Ok(texts.into_iter().zip(vectors).collect())
    };
    tokio::task::spawn_blocking(embed).await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_by_its_model_until_there_is_too_much() {
        let examples = Examples::default();
        let texts = ["gifts".to_owned(), "travel".to_owned()];
        examples.keep("a", Vectors::from([("gifts".to_owned(), vec![1.0])]));
        assert_eq!(examples.known("a", &texts), [Some(vec![1.0]), None]);
        assert_eq!(examples.known("b", &texts), [None, None]);
        let many = (0..MOST).map(|n| (n.to_string(), vec![0.0])).collect();
        examples.keep("a", many);
        assert_eq!(examples.known("a", &texts), [None, None]);
    }
}
