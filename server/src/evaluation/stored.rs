//! What is kept of each question of an evaluation.

use crate::error::{AppError, AppResult};
use inhouse_evaluation::Measured;
use inhouse_protocol::{DocumentId, EvaluationId, EvaluationResult};
use inhouse_store::Store;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A question's result with what figures and fits are made from. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) result: EvaluationResult,
    pub(crate) measured: Measured,
    /// What the answerability is computed from, by name.
    #[serde(default)]
    pub(crate) features: BTreeMap<String, f64>,
    /// The documents whose passages were found or cited.
    #[serde(default)]
    pub(crate) documents: BTreeSet<DocumentId>,
}

impl Stored {
    pub(crate) fn into_pair(self) -> (EvaluationResult, Measured) {
        (self.result, self.measured)
    }
}

/// What an evaluation has kept so far, in the order of its questions.
pub(crate) async fn all(store: &Store, id: &EvaluationId) -> AppResult<Vec<Stored>> {
    let kept = store.evaluation_results(id).await?;
    // Thousands of questions with dozens of passages each.
    let read = tokio::task::spawn_blocking(move || {
        let read = kept
            .into_iter()
            .map(|(_, kept)| serde_json::from_value(kept));
        read.collect::<Result<Vec<Stored>, _>>()
    });
    read.await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)
}
