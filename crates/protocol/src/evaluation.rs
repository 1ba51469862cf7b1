//! Measuring the product on labelled questions: sets, evaluations, their figures and comparisons,
//! calibrations of the answerability.

use crate::{CalibrationId, EvaluationId, Outcome, QuestionSetId, Timestamp};
use serde::{Deserialize, Serialize};

/// What of a question's way an evaluation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationKind {
    /// The search alone.
    Retrieval,
    /// Everything but the answer: would it be given on what is known before the model?
    Rules,
    /// Answered in quotes, without the model.
    Quotes,
    /// The whole way, the model writing.
    Written,
}

/// Where an evaluation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationState {
    Running,
    Done,
    Stopped,
    Failed,
}

/// A question with what is known of its answer. Every label may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelledQuestion {
    pub question: String,
    /// File name of the document that answers it, or would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Whether the documents answer it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answerable: Option<bool>,
    /// Characters of the document's text that hold the answer: start, and one past the end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<(usize, usize)>,
    /// Words of the document that hold the answer, where no spans are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The answer in a person's words; shown beside what was answered, not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// What it is about; AUROC is averaged over categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// A set of questions in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionSet {
    pub id: QuestionSetId,
    pub name: String,
    pub description: String,
    pub questions: usize,
    /// How many are labelled as answered, and as not answered, by the documents.
    pub answerable: usize,
    pub unanswerable: usize,
    /// How many have the place of their answer.
    pub with_place: usize,
    /// The evaluation that others are compared with.
    pub baseline: Option<EvaluationId>,
    /// Name of who made it; none for the operator.
    pub created_by: Option<String>,
    pub created_at: Timestamp,
}

/// `POST /api/v1/question-sets`: the text of a file, JSON lines or CSV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewQuestionSet {
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// JSON lines, or CSV with a header, by its content.
    pub questions: String,
}

/// A set with its evaluations, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionSetDetail {
    pub set: QuestionSet,
    pub evaluations: Vec<Evaluation>,
}

/// `POST /api/v1/question-sets/{id}/evaluations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEvaluation {
    pub kind: EvaluationKind,
    /// What the reader tells it by, up to 120 characters.
    #[serde(default)]
    pub label: String,
    /// Search each question in its own document only, where it has one.
    #[serde(default)]
    pub within_document: bool,
}

/// `PUT /api/v1/question-sets/{id}/baseline`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetBaseline {
    pub evaluation: Option<EvaluationId>,
}

/// An evaluation in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub id: EvaluationId,
    pub set: QuestionSetId,
    pub label: String,
    pub kind: EvaluationKind,
    pub within_document: bool,
    pub state: EvaluationState,
    pub questions: usize,
    pub done: usize,
    /// Why it failed, in words.
    pub error: Option<String>,
    /// Name of who started it; none for the operator.
    pub started_by: Option<String>,
    /// Whether the caller started it, and so sees passages and sentences.
    pub mine: bool,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// What it ran with, by name.
    pub settings: Vec<(String, String)>,
    /// Empty until it is done.
    pub figures: Vec<Figure>,
}

/// What a figure measures. Shares are 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Share of the gold text within the first 4,000 characters found.
    Recall4000,
    /// Share of the first 500 characters found that is gold.
    Precision500,
    /// Normalized discounted cumulative gain of the first ten passages.
    Ndcg10,
    /// Share of questions with a gold passage among the first five.
    HitAt5,
    /// Share of the first eight passages that are of another document.
    WrongDocument8,
    /// Area under the receiver operating characteristic of the answerability, mean of categories.
    AurocByCategory,
    /// The same over all questions.
    Auroc,
    /// Mean squared difference between probability and truth.
    Brier,
    /// Expected calibration error over ten bins.
    CalibrationError,
    /// Share of the answerable questions that were answered.
    AnsweredOfAnswerable,
    /// Share of the unanswerable questions that were answered.
    AnsweredOfUnanswerable,
    /// Share of all questions that were answered.
    Answered,
    /// Share of sentences with a citation.
    Cited,
    /// Share of answers of which a citation touches the gold text.
    CitationTouchesGold,
    /// Share of the model's sentences that failed a check.
    DroppedSentences,
    /// Tokens a question, read and written.
    TokensPerQuestion,
    /// Median and 95th percentile of the whole way, in milliseconds.
    DurationP50Ms,
    DurationP95Ms,
    /// The same of the search alone, in milliseconds.
    SearchP50Ms,
    SearchP95Ms,
}

impl Metric {
    /// Whether more is better; none where it is neither.
    pub const fn more_is_better(self) -> Option<bool> {
        match self {
            Self::Recall4000
            | Self::Precision500
            | Self::Ndcg10
            | Self::HitAt5
            | Self::AurocByCategory
            | Self::Auroc
            | Self::AnsweredOfAnswerable
            | Self::Cited
            | Self::CitationTouchesGold => Some(true),
            Self::Answered => None,
            Self::WrongDocument8
            | Self::Brier
            | Self::CalibrationError
            | Self::AnsweredOfUnanswerable
            | Self::DroppedSentences
            | Self::TokensPerQuestion
            | Self::DurationP50Ms
            | Self::DurationP95Ms
            | Self::SearchP50Ms
            | Self::SearchP95Ms => Some(false),
        }
    }

    /// Whether it is a share, 0..=1, shown in percent.
    pub const fn is_share(self) -> bool {
        !matches!(
            self,
            Self::TokensPerQuestion
                | Self::DurationP50Ms
                | Self::DurationP95Ms
                | Self::SearchP50Ms
                | Self::SearchP95Ms
        )
    }
}

/// A figure with its 95 % interval, where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub metric: Metric,
    pub value: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Questions that it is over.
    pub questions: usize,
}

/// What became of one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationResult {
    /// From 1, as in the set.
    pub number: usize,
    pub question: LabelledQuestion,
    /// Why it could not be run, in words; the rest is empty then.
    pub error: Option<String>,
    pub outcome: Option<Outcome>,
    /// Id of the rule that decided.
    pub rule: Option<String>,
    /// 0..=1.
    pub answerability: Option<f64>,
    /// Share of the gold text within the first 4,000 characters found, where it has a place.
    pub recall: Option<f64>,
    /// Place of the first passage that touches the gold text, from 1.
    pub first_gold: Option<usize>,
    /// Whether a citation touches the gold text.
    pub cites_gold: Option<bool>,
    pub took_ms: f64,
    /// What was found, in order: names of documents with their characters. Only for who ran it.
    pub found: Vec<FoundPlace>,
    /// What was answered. Only for who ran it.
    pub sentences: Vec<String>,
}

/// A passage found for a question of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPlace {
    pub document: String,
    pub start: usize,
    pub end: usize,
}

/// `GET /api/v1/evaluations/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationDetail {
    pub evaluation: Evaluation,
    pub set_name: String,
    pub results: Vec<EvaluationResult>,
    /// Names of the charts that `GET /api/v1/evaluations/{id}/charts/{name}` draws.
    pub charts: Vec<Chart>,
}

/// A chart, drawn as SVG by the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chart {
    /// Figures with their intervals.
    Figures,
    /// Share answered of the answerable against that of the unanswerable, with the operating point.
    AnsweredWrongly,
    /// Probability against what was true of it.
    Reliability,
    /// The answerability of answerable and unanswerable questions.
    Separation,
    /// Recall by category.
    Categories,
}

/// `GET /api/v1/evaluations/{id}/comparison?with={other}`: `other` is the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluationComparison {
    pub before: Evaluation,
    pub after: Evaluation,
    pub changes: Vec<FigureChange>,
    /// Settings that differ: name, before, after.
    pub settings: Vec<(String, String, String)>,
    /// Questions whose result differs.
    pub questions: Vec<ChangedQuestion>,
    pub gate: GateVerdict,
}

/// A figure in both evaluations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FigureChange {
    pub metric: Metric,
    pub before: f64,
    pub after: f64,
    /// 95 % interval of `after − before`, over the questions of both; none where it has none.
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// A question whose result differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangedQuestion {
    pub before: EvaluationResult,
    pub after: EvaluationResult,
    /// Whether `after` is the better one; none where that can't be said.
    pub better: Option<bool>,
}

/// Whether a change may go live, by the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateVerdict {
    pub passed: bool,
    /// What fell, in words; or what held.
    pub reasons: Vec<String>,
}

/// How the answerability is computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationSummary {
    /// None for the one that ships.
    pub id: Option<CalibrationId>,
    /// What it was fitted on, in words.
    pub data: String,
    /// The day or time it was fitted, in words.
    pub fitted: String,
    pub embedding: String,
    pub reranker: Option<String>,
    pub in_use: bool,
    /// Whether it fits the models that are configured now.
    pub fits: bool,
    pub questions: usize,
    /// Area under the curve by cross-validation, before the model's word and with it.
    pub auroc: f64,
    pub auroc_with_model: Option<f64>,
}

/// `GET /api/v1/calibrations`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibrations {
    /// Newest first; the shipped one last.
    pub calibrations: Vec<CalibrationSummary>,
    /// The highest share of unanswerable questions answered that the operator allows.
    pub highest_wrong_rate: f64,
    /// The probability from which on a question is answered at that rate.
    pub threshold: f64,
    /// Share of the answerable questions that are answered at that rate.
    pub answered: f64,
}

/// `POST /api/v1/calibrations`: fits one on an evaluation's questions; doesn't put it into use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCalibration {
    pub evaluation: EvaluationId,
}
