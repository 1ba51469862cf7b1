//! Evaluations as they are shown: to whom what, one against another, as charts.

use super::stored::{self, Stored};
use crate::error::{AppError, AppResult};
use inhouse_evaluation::{Gate, Measured, chart};
use inhouse_protocol::{
    Chart, Evaluation, EvaluationComparison, EvaluationDetail, EvaluationId, EvaluationResult,
    EvaluationState, Figure, QuestionSetId,
};
use inhouse_store::{EvaluationRow, Principal, Store};
use serde_json::Value;
use std::collections::BTreeMap;

/// An evaluation in a list.
pub(crate) fn shown(row: &EvaluationRow, by: &Principal) -> AppResult<Evaluation> {
    Ok(Evaluation {
        id: row.id.clone(),
        set: row.set.clone(),
        label: row.label.clone(),
        kind: row.kind,
        within_document: row.within_document,
        state: row.state,
        questions: row.questions,
        done: row.done,
        error: row.error.clone(),
        started_by: row.started_by.clone(),
        mine: sees_words(row, by),
        started_at: row.started_at,
        finished_at: row.finished_at,
        settings: settings(&row.settings).into_iter().collect(),
        figures: figures(row)?,
    })
}

/// The evaluations of a set, newest first.
pub(crate) async fn of_set(
    store: &Store,
    by: &Principal,
    set: &QuestionSetId,
) -> AppResult<Vec<Evaluation>> {
    let rows = store.evaluations_of(set).await?;
    rows.iter().map(|row| shown(row, by)).collect()
}

/// An evaluation with what became of each question so far.
pub(crate) async fn detail(
    store: &Store,
    by: &Principal,
    id: &EvaluationId,
) -> AppResult<EvaluationDetail> {
    let row = store.evaluation(id).await?;
    let results = results(pairs(store, by, &row).await?);
    let figures = figures(&row)?;
    let drawable = move || (chart::available(&results, &figures), results);
    let drawn = tokio::task::spawn_blocking(drawable).await;
    let (charts, results) = drawn.map_err(AppError::internal)?;
    Ok(EvaluationDetail {
        evaluation: shown(&row, by)?,
        set_name: row.set_name,
        charts,
        results,
    })
}

/// A chart of an evaluation as an SVG element. `NotFound` where it has nothing of what it shows.
pub(crate) async fn chart(store: &Store, id: &EvaluationId, chart: Chart) -> AppResult<String> {
    let row = store.evaluation(id).await?;
    let figures = figures(&row)?;
    let kept = stored::all(store, id).await?;
    let results = results(kept.into_iter().map(Stored::into_pair).collect());
    let draw = move || chart::draw(chart, &results, &figures);
    let drawn = tokio::task::spawn_blocking(draw).await;
    drawn.map_err(AppError::internal)?.ok_or(AppError::NotFound)
}

fn results(pairs: Vec<(EvaluationResult, Measured)>) -> Vec<EvaluationResult> {
    pairs.into_iter().map(|(result, _)| result).collect()
}

/// Two evaluations of one set: what changed from `before` to `after`, and whether that may go live.
pub(crate) async fn comparison(
    store: &Store,
    by: &Principal,
    before: &EvaluationId,
    after: &EvaluationId,
) -> AppResult<EvaluationComparison> {
    let (before, after) = (
        store.evaluation(before).await?,
        store.evaluation(after).await?,
    );
    let ended = |row: &EvaluationRow| row.state == EvaluationState::Done;
    if before.set != after.set {
        return Err(AppError::field(
            "with",
            "Both evaluations must be of the same set of questions. Choose another.",
        ));
    }
    if !ended(&before) || !ended(&after) {
        return Err(AppError::field(
            "with",
            "Only evaluations that are done can be compared. Choose another.",
        ));
    }
    let earlier = pairs(store, by, &before).await?;
    let later = pairs(store, by, &after).await?;
    let compare = move || {
        let (changes, questions) = inhouse_evaluation::compare(&earlier, &later);
        let gate = inhouse_evaluation::gate(&changes, &Gate::default());
        (changes, questions, gate)
    };
    let compared = tokio::task::spawn_blocking(compare).await;
    let (changes, questions, gate) = compared.map_err(AppError::internal)?;
    Ok(EvaluationComparison {
        settings: differing(&before.settings, &after.settings),
        before: shown(&before, by)?,
        after: shown(&after, by)?,
        changes,
        questions,
        gate,
    })
}

/// Whoever started an evaluation sees which passages it found and what was written; the operator,
/// who sees all documents, sees them of every evaluation.
fn sees_words(row: &EvaluationRow, by: &Principal) -> bool {
    row.is_of(by) || by.is_operator()
}

/// The results, with words and places of documents only as far as the reader sees these now.
async fn pairs(
    store: &Store,
    by: &Principal,
    row: &EvaluationRow,
) -> AppResult<Vec<(EvaluationResult, Measured)>> {
    let mut kept = stored::all(store, &row.id).await?;
    let hidden = |kept: &mut Stored| {
        kept.result.found.clear();
        kept.result.sentences.clear();
    };
    if sees_words(row, by) {
        let scope = store.scope(by).await?;
        let documents = kept.iter().flat_map(|kept| &kept.documents);
        let documents = documents.cloned().collect();
        let visible = store.shown_documents(&scope, &documents).await?;
        let is_hidden = |kept: &Stored| kept.documents.iter().any(|id| !visible.contains(id));
        kept.iter_mut()
            .filter(|kept| is_hidden(kept))
            .for_each(hidden);
    } else {
        kept.iter_mut().for_each(hidden);
    }
    Ok(kept.into_iter().map(Stored::into_pair).collect())
}

fn figures(row: &EvaluationRow) -> AppResult<Vec<Figure>> {
    match &row.figures {
        Some(figures) => serde_json::from_value(figures.clone()).map_err(AppError::internal),
        None => Ok(Vec::new()),
    }
}

/// Settings by name, each value as text.
fn settings(settings: &Value) -> BTreeMap<String, String> {
    let settings = settings.as_object().into_iter().flatten();
    settings
        .map(|(name, value)| (name.clone(), in_words(value)))
        .collect()
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The settings that differ: name, before, after; empty where there was none of that name.
fn differing(before: &Value, after: &Value) -> Vec<(String, String, String)> {
    let (before, after) = (settings(before), settings(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let of = |settings: &BTreeMap<String, String>, name: &String| {
        settings.get(name).cloned().unwrap_or_default()
    };
    names
        .into_iter()
        .map(|name| (name.clone(), of(&before, name), of(&after, name)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_that_differ_are_named_with_both_values() {
        let before = json!({"model": "a", "rate": 0.05, "reranker": null, "same": true});
        let after = json!({"model": "b", "rate": 0.05, "reranker": "r", "same": true, "new": 3});
        let named = |name: &str, before: &str, after: &str| {
            (name.to_owned(), before.to_owned(), after.to_owned())
        };
        assert_eq!(
            differing(&before, &after),
            [
                named("model", "a", "b"),
                named("new", "", "3"),
                named("reranker", "none", "r"),
            ]
        );
    }

    #[test]
    fn settings_that_are_no_object_are_none() {
        assert!(settings(&json!(null)).is_empty());
    }
}
