//! The API of measuring: sets of questions, evaluations, calibrations.

use super::{Api, Reply, write};
use inhouse_protocol::{
    CalibrationId, CalibrationSummary, Calibrations, Chart, EvaluationDetail, EvaluationId,
    NewCalibration, NewEvaluation, NewQuestionSet, QuestionSet, QuestionSetDetail, QuestionSetId,
    SetBaseline,
};

impl Api {
    pub(crate) async fn new_question_set(&self, set: &NewQuestionSet) -> Reply<QuestionSet> {
        self.give("POST", path::question_sets(), set).await
    }

    pub(crate) async fn question_set(&self, id: &QuestionSetId) -> Reply<QuestionSetDetail> {
        self.get(path::question_set(id)).await
    }

    pub(crate) async fn delete_question_set(&self, id: &QuestionSetId) -> Reply<()> {
        self.tell("DELETE", path::question_set(id), None).await
    }

    /// Marks the evaluation that others are compared with, or takes the mark away.
    pub(crate) async fn set_baseline(
        &self,
        id: &QuestionSetId,
        evaluation: Option<EvaluationId>,
    ) -> Reply<()> {
        let path = format!("{}/baseline", path::question_set(id));
        self.tell("PUT", path, write(&SetBaseline { evaluation }))
            .await
    }

    /// Starts an evaluation.
    pub(crate) async fn evaluate(
        &self,
        id: &QuestionSetId,
        evaluation: &NewEvaluation,
    ) -> Reply<()> {
        let path = format!("{}/evaluations", path::question_set(id));
        self.tell("POST", path, write(evaluation)).await
    }

    pub(crate) async fn evaluation(&self, id: &EvaluationId) -> Reply<EvaluationDetail> {
        self.get(path::evaluation(id)).await
    }

    pub(crate) async fn stop_evaluation(&self, id: &EvaluationId) -> Reply<()> {
        self.tell("POST", format!("{}/stop", path::evaluation(id)), None)
            .await
    }

    pub(crate) async fn delete_evaluation(&self, id: &EvaluationId) -> Reply<()> {
        self.tell("DELETE", path::evaluation(id), None).await
    }

    /// A chart, as SVG.
    pub(crate) async fn chart(&self, id: &EvaluationId, chart: Chart) -> Reply<String> {
        self.body(path::chart(id, chart)).await
    }

    pub(crate) async fn calibrations(&self) -> Reply<Calibrations> {
        self.get(path::calibrations()).await
    }

    /// Fits a calibration on the questions of an evaluation; it is not in use by that.
    pub(crate) async fn fit(&self, evaluation: EvaluationId) -> Reply<CalibrationSummary> {
        let new = NewCalibration { evaluation };
        self.give("POST", path::calibrations(), &new).await
    }

    /// Puts a calibration into use; without an id the shipped one.
    pub(crate) async fn adopt(&self, id: Option<&CalibrationId>) -> Reply<()> {
        let which = id.map_or("shipped", CalibrationId::as_str);
        let path = format!("{}/{which}/adopt", path::calibrations());
        self.tell("POST", path, None).await
    }
}

/// Where sets of questions, evaluations and calibrations are.
pub(crate) mod path {
    use super::{Chart, EvaluationId, QuestionSetId};

    pub(crate) fn question_sets() -> String {
        "/api/v1/question-sets".to_owned()
    }

    pub(crate) fn question_set(id: &QuestionSetId) -> String {
        format!("/api/v1/question-sets/{id}")
    }

    pub(crate) fn evaluation(id: &EvaluationId) -> String {
        format!("/api/v1/evaluations/{id}")
    }

    /// How `after` differs from `before`.
    pub(crate) fn evaluation_comparison(before: &EvaluationId, after: &EvaluationId) -> String {
        format!("{}/comparison?with={before}", evaluation(after))
    }

    pub(crate) fn chart(id: &EvaluationId, chart: Chart) -> String {
        let name = match chart {
            Chart::Figures => "figures",
            Chart::AnsweredWrongly => "answered_wrongly",
            Chart::Reliability => "reliability",
            Chart::Separation => "separation",
            Chart::Categories => "categories",
        };
        format!("{}/charts/{name}", evaluation(id))
    }

    pub(crate) fn calibrations() -> String {
        "/api/v1/calibrations".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::id;

    #[test]
    fn a_chart_is_asked_for_by_the_name_that_it_has_on_the_wire() {
        for chart in [
            Chart::Figures,
            Chart::AnsweredWrongly,
            Chart::Reliability,
            Chart::Separation,
            Chart::Categories,
        ] {
            let name = serde_json::to_value(chart).unwrap();
            let path = path::chart(&id("evaluation-1"), chart);
            assert_eq!(path.rsplit('/').next(), name.as_str());
        }
    }

    #[test]
    fn a_comparison_is_asked_of_the_later_one() {
        assert_eq!(
            path::evaluation_comparison(&id("a"), &id("b")),
            "/api/v1/evaluations/b/comparison?with=a"
        );
    }
}
