//! Calibrations: the answerability fitted on the labelled questions of an evaluation, and what
//! follows from the one in use.

use super::stored::{self, Stored};
use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_evaluation::fit::{FitError, cross_validated, fit as fitted};
use inhouse_evaluation::{Curve, group, metrics};
use inhouse_guardrails::answerability::{Calibration, FEATURES, WRITTEN_FEATURES, after_row};
use inhouse_protocol::{
    CalibrationId, CalibrationSummary, Calibrations, EvaluationId, EvaluationKind, EvaluationState,
};
use inhouse_store::{CalibrationRow, EvaluationRow, NewCalibration, Principal, Store};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Weight of half the squared coefficients (of features with a deviation of 1) against the sum of
/// the log-losses. A few hundred questions about few kinds of clauses need that much: with 1, unseen
/// questions are judged slightly worse.
const PENALTY: f64 = 10.0;
/// Parts that the questions are cut into, each judged by a fit on the others.
const FOLDS: usize = 5;

/// What a calibration is fitted on, of one question.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FeatureLine {
    /// From 1, as in the set.
    number: usize,
    /// Whether the documents answer it.
    label: bool,
    /// What it stands or falls with: its document, else itself.
    group: String,
    features: BTreeMap<String, f64>,
}

/// A calibration that was fitted and kept.
pub(crate) struct Fitted {
    pub(crate) id: CalibrationId,
    pub(crate) calibration: Calibration,
}

/// What an evaluation's labelled questions are fitted on.
pub(crate) async fn features(store: &Store, id: &EvaluationId) -> AppResult<Vec<FeatureLine>> {
    store.evaluation(id).await?;
    Ok(lines(stored::all(store, id).await?))
}

fn lines(kept: Vec<Stored>) -> Vec<FeatureLine> {
    kept.into_iter()
        .filter_map(|kept| {
            Some(FeatureLine {
                number: kept.result.number,
                label: kept.result.question.answerable?,
                group: group(&kept.result, &kept.measured),
                features: kept.features,
            })
        })
        .collect()
}

/// Fits a calibration on an evaluation's questions and keeps it; it isn't in use by that.
pub(crate) async fn fit(store: &Store, by: &Principal, id: &EvaluationId) -> AppResult<Fitted> {
    let row = store.evaluation(id).await?;
    check(&row)?;
    let lines = lines(stored::all(store, id).await?);
    let models = Models::of(&row)?;
    let (data, today) = (described(&row), store.now().day().to_string());
    let content = tokio::task::spawn_blocking(move || Fit::of(&lines))
        .await
        .map_err(AppError::internal)?
        .map_err(|error| AppError::field("evaluation", error.to_string()))?
        .content(&data, &today, &models);
    let calibration = read(&content)?;
    let new = NewCalibration {
        evaluation: id.clone(),
        data,
        embedding: models.embedding,
        reranker: models.reranker,
        content,
    };
    let id = store.add_calibration(by, new).await?;
    Ok(Fitted { id, calibration })
}

/// A calibration fitted on lines as [`features`] gives them, of one or more evaluations that ran with
/// these models; `data` says in words what they are. As JSON, in the form that is kept.
pub(crate) fn fit_lines(
    lines: &[FeatureLine],
    data: &str,
    today: &str,
    (embedding, reranker): (&str, Option<&str>),
) -> AppResult<Value> {
    let fit = Fit::of(lines).map_err(|error| AppError::invalid(error.to_string()))?;
    let models = Models {
        embedding: embedding.to_owned(),
        reranker: reranker.map(str::to_owned),
    };
    Ok(fit.content(data, today, &models))
}

fn check(row: &EvaluationRow) -> AppResult<()> {
    if row.state == EvaluationState::Running {
        return Err(AppError::Conflict(
            "The evaluation is still running. Wait until it is done.".to_owned(),
        ));
    }
    if row.kind == EvaluationKind::Retrieval {
        return Err(AppError::field(
            "evaluation",
            "This evaluation only searched. Fit on one that judged or answered its questions.",
        ));
    }
    Ok(())
}

/// The models whose scores a calibration weighs.
struct Models {
    embedding: String,
    reranker: Option<String>,
}

impl Models {
    /// Those that an evaluation ran with.
    fn of(row: &EvaluationRow) -> AppResult<Self> {
        let named = |name: &str| row.settings.get(name).and_then(Value::as_str);
        let embedding = named("embedding").ok_or_else(|| {
            AppError::internal("the evaluation doesn't say with which embedding model it ran")
        })?;
        Ok(Self {
            embedding: embedding.to_owned(),
            reranker: named("reranker").map(str::to_owned),
        })
    }
}

fn described(row: &EvaluationRow) -> String {
    let label = match row.label.as_str() {
        "" => String::new(),
        label => format!(", '{label}'"),
    };
    format!("{} questions of '{}'{label}", row.done, row.set_name)
}

/// What was fitted on some questions.
struct Fit {
    questions: usize,
    before: Part,
    /// With the model's word, where it was asked.
    after: Option<Part>,
}

/// A model, and what it does to questions that it hasn't seen.
struct Part {
    linear: inhouse_evaluation::fit::Linear,
    curve: Curve,
    auroc: f64,
}

/// Questions with one row of features each.
#[derive(Default)]
struct Sample {
    rows: Vec<Vec<f64>>,
    labels: Vec<bool>,
    groups: Vec<String>,
}

impl Sample {
    fn push(&mut self, row: Vec<f64>, line: &FeatureLine) {
        self.rows.push(row);
        self.labels.push(line.label);
        self.groups.push(line.group.clone());
    }

    /// The probability of each row by a fit that hasn't seen its group.
    fn unseen(&self) -> Result<Vec<f64>, FitError> {
        cross_validated(&self.rows, &self.labels, &self.groups, FOLDS, PENALTY)
    }

    fn part(&self, judged: &[f64], labels: &[bool]) -> Result<Part, FitError> {
        Ok(Part {
            linear: fitted(&self.rows, &self.labels, PENALTY)?,
            curve: Curve::of(judged, labels),
            auroc: metrics::auroc(judged, labels).ok_or(FitError::OneSided)?,
        })
    }
}

impl Fit {
    /// Fits on the questions of which everything that is weighed is known.
    fn of(lines: &[FeatureLine]) -> Result<Self, FitError> {
        let mut found = Sample::default();
        let mut asked = Vec::new();
        for line in lines {
            if let Some(row) = values(line, FEATURES) {
                found.push(row, line);
                asked.push((line, values(line, WRITTEN_FEATURES)));
            }
        }
        let before = found.unseen()?;
        Ok(Self {
            questions: found.rows.len(),
            after: Self::after(&asked, &before),
            before: found.part(&before, &found.labels)?,
        })
    }

    /// With what the model wrote; none where it was asked too little for a fit. A question that it
    /// wasn't asked stays unanswered at every threshold.
    fn after(asked: &[(&FeatureLine, Option<Vec<f64>>)], before: &[f64]) -> Option<Part> {
        let mut written = Sample::default();
        for ((line, features), before) in asked.iter().zip(before) {
            if let Some(features) = features {
                written.push(after_row(*before, features), line);
            }
        }
        let mut unseen = written.unseen().ok()?.into_iter();
        let judged: Vec<f64> = asked
            .iter()
            .map(|(_, features)| features.as_ref().and_then(|_| unseen.next()))
            .map(Option::unwrap_or_default)
            .collect();
        let labels: Vec<bool> = asked.iter().map(|(line, _)| line.label).collect();
        written.part(&judged, &labels).ok()
    }

    /// As it is kept, in the form of [`Calibration`].
    fn content(&self, data: &str, today: &str, models: &Models) -> Value {
        let after = self.after.as_ref();
        json!({
            "data": data,
            "fitted": today,
            "embedding": models.embedding,
            "reranker": models.reranker,
            "questions": self.questions,
            "before": self.before.linear,
            "curve": self.before.curve,
            "auroc": self.before.auroc,
            "after": after.map(|part| &part.linear),
            "curve_after": after.map(|part| &part.curve),
            "auroc_after": after.map(|part| part.auroc),
        })
    }
}

/// The features of these names, in their order; none where one is missing.
fn values(line: &FeatureLine, names: &[&str]) -> Option<Vec<f64>> {
    names
        .iter()
        .map(|name| line.features.get(*name).copied())
        .collect()
}

/// A kept calibration's content.
fn read(content: &Value) -> AppResult<Calibration> {
    serde_json::from_value(content.clone()).map_err(AppError::internal)
}

/// Every calibration, the newest first and the one that ships last, and what follows at
/// `highest_wrong_rate` (0..=1) from the one that answers. `fits` says whether a calibration weighs
/// the scores of the models that search now.
pub(crate) async fn calibrations(
    store: &Store,
    highest_wrong_rate: f64,
    fits: &(dyn Fn(&Calibration) -> bool + Send + Sync),
) -> AppResult<Calibrations> {
    let mut summaries = Vec::new();
    let mut answers = None;
    for row in store.calibrations().await? {
        let calibration = read(&row.content)?;
        let fits = fits(&calibration);
        let in_use = row.in_use() && fits;
        summaries.push(summary(Some(&row), &calibration, fits, in_use));
        if in_use {
            answers = Some(calibration);
        }
    }
    let shipped = Calibration::shipped();
    summaries.push(summary(None, &shipped, fits(&shipped), answers.is_none()));
    let answers = answers.unwrap_or(shipped);
    let (threshold, answered) = operating_point(&answers, highest_wrong_rate);
    Ok(Calibrations {
        calibrations: summaries,
        highest_wrong_rate,
        threshold,
        answered,
    })
}

/// The probability from which on a question is answered before the model's word, and the share of
/// the answerable ones that reach it.
pub(crate) fn operating_point(calibration: &Calibration, highest_wrong_rate: f64) -> (f64, f64) {
    let threshold = calibration.thresholds(highest_wrong_rate).answer_before;
    let mut points = calibration.curve.points.iter();
    let reached = points.find(|point| point.threshold >= threshold);
    (threshold, reached.map_or(0.0, |point| point.answered))
}

/// One calibration in a list.
pub(crate) async fn calibration(app: &App, id: &CalibrationId) -> AppResult<CalibrationSummary> {
    let row = app.store.calibration(id).await?;
    let calibration = read(&row.content)?;
    let fits = app.calibration_fits(&calibration);
    Ok(summary(
        Some(&row),
        &calibration,
        fits,
        row.in_use() && fits,
    ))
}

fn summary(
    row: Option<&CalibrationRow>,
    calibration: &Calibration,
    fits: bool,
    in_use: bool,
) -> CalibrationSummary {
    CalibrationSummary {
        id: row.map(|row| row.id.clone()),
        data: calibration.data.clone(),
        fitted: calibration.fitted.clone(),
        embedding: calibration.embedding.clone(),
        reranker: calibration.reranker.clone(),
        in_use,
        fits,
        questions: calibration.questions,
        auroc: calibration.auroc,
        auroc_with_model: calibration.auroc_after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Questions of ten documents whose first feature tells most of them apart.
    fn lines() -> Vec<FeatureLine> {
        (0_u32..90)
            .map(|number| {
                let label = number % 2 == 0;
                let tells = if label { 1.0 } else { -1.0 };
                let noise = f64::from(number * 7 % 11) / 4.0 - 1.25;
                let mut features: BTreeMap<String, f64> = FEATURES
                    .iter()
                    .map(|name| ((*name).to_owned(), noise))
                    .collect();
                features.insert(FEATURES[0].to_owned(), tells + noise);
                FeatureLine {
                    number: 1,
                    label,
                    group: format!("document {}", number / 9),
                    features,
                }
            })
            .collect()
    }

    fn models() -> Models {
        Models {
            embedding: "e".into(),
            reranker: None,
        }
    }

    #[test]
    fn what_is_fitted_can_be_read_as_a_calibration() {
        let fit = Fit::of(&lines()).unwrap();
        let content = fit.content("90 questions", "2026-05-04", &models());
        let calibration = read(&content).unwrap();
        assert_eq!(calibration.questions, 90);
        assert_eq!(calibration.before.weights.len(), FEATURES.len());
        assert!(calibration.auroc > 0.8, "{}", calibration.auroc);
        assert!(calibration.after.is_none(), "no model was asked");
        let (threshold, answered) = operating_point(&calibration, 0.05);
        assert!((0.0..=1.0).contains(&threshold) && answered > 0.0);
    }

    #[test]
    fn the_word_of_the_model_is_fitted_where_it_was_asked() {
        let mut lines = lines();
        for line in lines.iter_mut().take(70) {
            let says = if line.label { 1.0 } else { 0.0 };
            let written = WRITTEN_FEATURES
                .iter()
                .map(|name| ((*name).to_owned(), says));
            line.features.extend(written);
        }
        let fit = Fit::of(&lines).unwrap();
        let (before, after) = (&fit.before, fit.after.as_ref().unwrap());
        assert_eq!(before.curve.answerable, after.curve.answerable);
        assert!(after.linear.weights.len() > WRITTEN_FEATURES.len());
        assert!(
            read(&fit.content("", "", &models()))
                .unwrap()
                .after
                .is_some()
        );
    }

    #[test]
    fn a_question_without_a_feature_is_left_out() {
        let mut lines = lines();
        lines[0].features.remove(FEATURES[0]);
        assert_eq!(Fit::of(&lines).unwrap().questions, 89);
        assert!(matches!(Fit::of(&lines[..9]), Err(FitError::TooFew { .. })));
    }
}
