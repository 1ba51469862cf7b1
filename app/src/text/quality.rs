//! Texts of measuring: sets of questions, evaluations, their figures and comparisons, calibrations.

use super::figures::share;
use super::phrases::count;
use super::record::{outcome, step_time};
use crate::time::Civil;
use inhouse_protocol::{
    CalibrationSummary, Calibrations, Evaluation, EvaluationKind, EvaluationResult,
    EvaluationState, Outcome, QuestionSet,
};

// Sets of questions
pub(crate) const QUALITY_LEAD: &str = "Questions of your own, with what you know of their answers, \
     measure how well Inhouse finds, answers and keeps silent on your documents.";
pub(crate) const NO_QUESTION_SETS: &str =
    "There is no set of questions yet. Add the first one below.";
pub(crate) const NEW_QUESTION_SET: &str = "New set of questions";
pub(crate) const QUESTIONS: &str = "Questions";
pub(crate) const QUESTIONS_HINT: &str = "One JSON object a line, or CSV with a header. Only \
     'question' is needed; 'answerable', 'document', 'quote', 'answer', 'category' and 'spans' let \
     more be measured. Up to 5,000 questions.";
pub(crate) const CHOOSE_FILE: &str = "Choose a file";
pub(crate) const DOWNLOAD_EXAMPLE: &str = "Download an example";
pub(crate) const FILE_UNREADABLE: &str = "The file couldn't be read. Choose it again.";
pub(crate) const FILE_READ: &str = "The file's questions stand in the field";
pub(crate) const NO_QUESTIONS: &str = "Choose a file, or paste the questions.";
pub(crate) const ADD_QUESTION_SET: &str = "Add the set";
pub(crate) const DELETE_QUESTION_SET: &str = "Delete this set";
pub(crate) const DELETE_QUESTION_SET_TEXT: &str =
    "Its questions and all its evaluations go with it.";

// Evaluations
pub(crate) const EVALUATIONS: &str = "Evaluations";
pub(crate) const NO_EVALUATIONS: &str = "It hasn't been run yet.";
pub(crate) const NEW_EVALUATION: &str = "New evaluation";
pub(crate) const WHAT_TO_RUN: &str = "What is run";
pub(crate) const LABEL: &str = "Label";
pub(crate) const LABEL_HINT: &str =
    "What you tell it by, such as what you changed before it. Up to 120 characters.";
pub(crate) const WITHIN_DOCUMENT: &str = "Search each question in its own document only";
pub(crate) const WITHIN_DOCUMENT_HINT: &str =
    "For questions that name the document they ask about.";
pub(crate) const WITHIN_DOCUMENT_TAG: &str = "within its document";
pub(crate) const START: &str = "Start";
pub(crate) const STARTED: &str = "The evaluation has started";
pub(crate) const ENDED: &str = "The evaluation has ended";
pub(crate) const BASELINE: &str = "Baseline";
pub(crate) const MARK_BASELINE: &str = "Mark as baseline";
pub(crate) const UNMARK_BASELINE: &str = "No baseline anymore";
pub(crate) const DELETE_EVALUATION: &str = "Delete this evaluation";
pub(crate) const DELETE_EVALUATION_TEXT: &str =
    "Its figures and what became of each question go with it.";
pub(crate) const COMPARE_EVALUATIONS: &str = "Compare two evaluations";
pub(crate) const RAN_WITH: &str = "What it ran with";

// Questions of an evaluation
pub(crate) const NO_QUESTION_FITS: &str = "No question fits.";
pub(crate) const NOT_ANSWERED: &str = "Not answered";
pub(crate) const NOT_RUN: &str = "Couldn't be run";
pub(crate) const ANSWERED_WRONGLY: &str = "Answered wrongly";
pub(crate) const NOT_FOUND_FILTER: &str = "Not found";
pub(crate) const EXPECTED: &str = "Expected";
pub(crate) const CAME: &str = "What came";
pub(crate) const RULE: &str = "Rule";
pub(crate) const FOUND_PLACES: &str = "Found, in order";
pub(crate) const ANSWER_GIVEN: &str = "Answer";
pub(crate) const RIGHT: &str = "As expected";
pub(crate) const WRONG: &str = "Not as expected";

// Comparing
pub(crate) const DIFFERENCE: &str = "Difference";
pub(crate) const GATE_PASSED: &str = "The change may go live";
pub(crate) const GATE_FAILED: &str = "The change should not go live";
pub(crate) const SETTINGS_CHANGED: &str = "Settings that differ";
pub(crate) const SETTING: &str = "Setting";
pub(crate) const SAME_SETTINGS: &str = "Both ran with the same settings.";
pub(crate) const QUESTIONS_CHANGED: &str = "Questions that came out differently";
pub(crate) const NO_QUESTION_CHANGED: &str = "Every question came out the same.";
pub(crate) const BETTER: &str = "Better";
pub(crate) const WORSE: &str = "Worse";
pub(crate) const NO_CLEAR_DIFFERENCE: &str = "No clear difference";
pub(crate) const DIFFERENT: &str = "Different";
pub(crate) const CHOOSE_TWO: &str = "Choose the two evaluations to compare.";

// The calibration
pub(crate) const CALIBRATION: &str = "When a question is answered";
pub(crate) const CALIBRATION_LEAD: &str = "The probability that the documents answer a question is \
     computed from what the search finds. How, was fitted on questions whose answer is known; fit it \
     on your own on the page of an evaluation of them.";
pub(crate) const SHIPPED: &str = "Shipped with Inhouse";
pub(crate) const IN_USE: &str = "In use";
pub(crate) const OTHER_MODELS: &str = "Made for other models";
pub(crate) const ADOPT: &str = "Put into use";
pub(crate) const BACK_TO_SHIPPED: &str = "Back to the shipped one";
pub(crate) const ADOPTED: &str = "The calibration is in use from now on";
pub(crate) const FIT: &str = "Fit the calibration on it";
pub(crate) const FIT_LEAD: &str = "Fits when a question is answered to these questions. Nothing \
     changes until you put it into use.";
pub(crate) const TO_CALIBRATIONS: &str = "See the calibrations";

pub(crate) fn questions(number: usize) -> String {
    count(number as u64, "question", "questions")
}

/// What is known of a set's questions, as far as anything is.
pub(crate) fn labels(set: &QuestionSet) -> Vec<String> {
    [
        (set.answerable, "the documents answer"),
        (set.unanswerable, "they don't"),
        (set.with_place, "with the place of the answer"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{number} {what}"))
    .collect()
}

/// What of a question's way is run, and what that means.
pub(crate) fn evaluation_kind(kind: EvaluationKind) -> (&'static str, &'static str) {
    match kind {
        EvaluationKind::Retrieval => ("Search", "The search alone: no rule, no model."),
        EvaluationKind::Rules => (
            "Search and rules",
            "Whether it would be answered, by what is known before the model writes.",
        ),
        EvaluationKind::Quotes => (
            "Quotes only",
            "Answered in the documents' own words, without the model.",
        ),
        EvaluationKind::Written => (
            "Written answers",
            "The whole way. The model writes each answer; that takes long.",
        ),
    }
}

pub(crate) fn evaluation_state(state: EvaluationState) -> &'static str {
    match state {
        EvaluationState::Running => "Running",
        EvaluationState::Done => "Done",
        EvaluationState::Stopped => "Stopped",
        EvaluationState::Failed => "Failed",
    }
}

/// What an evaluation is told by: its label, else what was run.
pub(crate) fn evaluation_name(evaluation: &Evaluation) -> String {
    if evaluation.label.is_empty() {
        evaluation_kind(evaluation.kind).0.to_owned()
    } else {
        evaluation.label.clone()
    }
}

/// An evaluation in a list to choose from.
pub(crate) fn evaluation_choice(evaluation: &Evaluation) -> String {
    let when = Civil::utc(evaluation.started_at).minute_text();
    format!("{}, {when} UTC", evaluation_name(evaluation))
}

pub(crate) fn stop_evaluation(name: &str) -> String {
    format!("Stop {name}")
}

pub(crate) fn baseline_of(name: &str) -> String {
    format!("{MARK_BASELINE}: {name}")
}

pub(crate) fn questions_of(done: usize, all: usize) -> String {
    format!("{done} of {}", questions(all))
}

pub(crate) fn first_questions_of(shown: usize, all: usize) -> String {
    format!("The first {shown} of {} are shown.", questions(all))
}

/// Whether the documents answer a question, where that is known.
pub(crate) fn expected(answerable: Option<bool>) -> Option<&'static str> {
    answerable.map(|answerable| {
        if answerable {
            "The documents answer it."
        } else {
            "The documents don't say."
        }
    })
}

/// An outcome that was only tried: nothing went to anybody.
fn evaluated(of: Outcome) -> &'static str {
    match of {
        Outcome::Escalated => "Would go to Legal",
        _ => outcome(of),
    }
}

/// What became of a question, in a line.
pub(crate) fn came(result: &EvaluationResult) -> String {
    if let Some(error) = &result.error {
        return error.clone();
    }
    let parts = [
        result.outcome.map(|outcome| evaluated(outcome).to_owned()),
        result
            .answerability
            .map(|probability| format!("probability {:.0} %", probability * 100.0)),
        result
            .first_gold
            .map(|place| format!("right text at place {place}")),
        (result.recall.is_some() && result.first_gold.is_none())
            .then(|| "right text not found".to_owned()),
        result
            .recall
            .map(|recall| format!("recall {:.0} %", recall * 100.0)),
        result.cites_gold.map(|cites| {
            let words = if cites { "cites it" } else { "doesn't cite it" };
            words.to_owned()
        }),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

/// How long a question of an evaluation took.
pub(crate) fn took(ms: f64) -> String {
    step_time(ms)
}

/// `lease.pdf, characters 120–480`
pub(crate) fn found_place(document: &str, start: usize, end: usize) -> String {
    format!("{document}, characters {start}–{end}")
}

/// What the calibration in use comes to.
pub(crate) fn operating_point(all: &Calibrations) -> String {
    format!(
        "At most {} of what the documents don't say is answered; then {} of the rest is. A question \
         is answered from a probability of {} on.",
        share(all.highest_wrong_rate),
        share(all.answered),
        share(all.threshold)
    )
}

pub(crate) fn calibration_name(calibration: &CalibrationSummary) -> String {
    if calibration.id.is_none() {
        SHIPPED.to_owned()
    } else {
        calibration.data.clone()
    }
}

/// When and on how much it was fitted.
pub(crate) fn fitted(calibration: &CalibrationSummary) -> String {
    let on = questions(calibration.questions);
    format!("fitted {} on {on}", calibration.fitted)
}

/// How well it tells questions apart, by cross-validation.
pub(crate) fn auroc(calibration: &CalibrationSummary) -> String {
    let before = share(calibration.auroc);
    match calibration.auroc_with_model {
        Some(with_model) => format!("AUROC {before}, with the model {}", share(with_model)),
        None => format!("AUROC {before}"),
    }
}

/// The models whose scores it weighs.
pub(crate) fn made_for(calibration: &CalibrationSummary) -> String {
    match &calibration.reranker {
        Some(reranker) => format!("for {} and {reranker}", calibration.embedding),
        None => format!("for {}", calibration.embedding),
    }
}

pub(crate) fn adopt_calibration(name: &str) -> String {
    format!("{ADOPT}: {name}")
}

/// What fitting came to.
pub(crate) fn fitted_now(calibration: &CalibrationSummary) -> String {
    format!("Fitted: {}. It isn't in use yet.", auroc(calibration))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_line_says_what_became_of_a_question() {
        let mut result = sample::result(Some(true));
        result.outcome = Some(Outcome::Answered);
        result.answerability = Some(0.874);
        result.recall = Some(0.0);
        assert_eq!(
            came(&result),
            "Answered, probability 87 %, right text not found, recall 0 %"
        );
        result.error = Some("No document 'x.md' that you may see.".to_owned());
        assert_eq!(came(&result), "No document 'x.md' that you may see.");
    }
}
