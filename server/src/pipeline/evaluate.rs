//! Asking a question to measure how it is answered. Nothing is stored.

use super::finding::{self, Sentences};
use super::report::Nobody;
use super::walked::{Walked, ms_since};
use super::way::{self, Asked, Purpose};
use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_guardrails::answerability::{FEATURES, WRITTEN_FEATURES};
use inhouse_protocol::{
    AnswerMode, AnswerSentence, DocumentId, EscalationReason, EvaluationKind, Outcome, PassageRef,
};
use inhouse_retrieval::Query;
use inhouse_store::Principal;
use std::time::Instant;

/// Passages that a measure of the search looks at.
const PASSAGES: usize = 64;

/// A question to be measured.
#[derive(Debug, Clone)]
pub struct EvaluateRequest {
    /// The question.
    pub question: String,
    /// Search this document only.
    pub document: Option<DocumentId>,
    /// How far it goes.
    pub kind: EvaluationKind,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Evaluated {
    /// How it ended; none where only the search was measured.
    pub outcome: Option<Outcome>,
    /// Id of the rule that decided.
    pub rule: Option<String>,
    /// Probability that the passages hold the answer, 0..=1, with what the model wrote where it
    /// did; none where nothing was searched or only the search was measured.
    pub answerability: Option<f64>,
    /// What that was computed from, by name.
    pub features: Vec<(String, f64)>,
    /// What was found, best first: up to 64 passages where only the search was measured, else those
    /// that were given to the model.
    pub passages: Vec<PassageRef>,
    /// What would be shown.
    pub sentences: Vec<AnswerSentence>,
    /// Sentences of the model that failed a check, also where a quote took their place.
    pub dropped: usize,
    /// Tokens read and written.
    pub tokens: u32,
    /// The search alone, the question's embedding included, in milliseconds.
    pub search_ms: f64,
    /// The whole way, in milliseconds.
    pub took_ms: f64,
}

/// Walks a question's way as far as its kind says, as this principal. A step that fails is an
/// error, also the engine: a measure is of what was asked for.
pub async fn evaluate(
    app: &App,
    principal: &Principal,
    request: &EvaluateRequest,
) -> AppResult<Evaluated> {
    let (mode, purpose) = match request.kind {
        EvaluationKind::Retrieval => return search(app, principal, request).await,
        EvaluationKind::Rules => (AnswerMode::Quotes, Purpose::DryRun),
        EvaluationKind::Quotes => (AnswerMode::Quotes, Purpose::Measure),
        EvaluationKind::Written => (AnswerMode::Written, Purpose::Measure),
    };
    if mode == AnswerMode::Written && app.engine.is_none() {
        return Err(AppError::invalid(
            "Nothing is set up here to write answers. Choose another kind of evaluation, or set \
             inference.engine.",
        ));
    }
    let asked = Asked {
        question: request.question.clone(),
        standalone: None,
        document: request.document.clone(),
        as_of: None,
        principal: principal.clone(),
        mode: Some(mode),
        purpose,
    };
    let mut walked = way::walk(app, &asked, &Nobody).await;
    if walked.reason == Some(EscalationReason::Failure) {
        let why = walked.trace.take_failure().unwrap_or_default();
        return Err(AppError::Unavailable(why));
    }
    Ok(Evaluated::from(walked))
}

/// Whether somebody's question is in work in this process: measuring gives way to people.
pub fn busy(app: &App) -> bool {
    app.runs.any()
}

async fn search(
    app: &App,
    principal: &Principal,
    request: &EvaluateRequest,
) -> AppResult<Evaluated> {
    let scope = app.store.scope(principal).await?;
    let started = Instant::now();
    let query = Query {
        text: request.question.clone(),
        vector: None,
        document: request.document.clone(),
        limit: PASSAGES,
    };
    let found = finding::passages(app, &app.search(), &scope, &query, Sentences::Order).await?;
    let took_ms = ms_since(started);
    Ok(Evaluated {
        outcome: None,
        rule: None,
        answerability: None,
        features: Vec::new(),
        passages: found.passages,
        sentences: Vec::new(),
        dropped: 0,
        tokens: 0,
        search_ms: took_ms,
        took_ms,
    })
}

impl From<Walked> for Evaluated {
    fn from(walked: Walked) -> Self {
        let usage = walked.usage();
        Self {
            outcome: Some(walked.outcome),
            answerability: walked.signals.answerability,
            features: features(&walked),
            dropped: walked.failed_sentences,
            tokens: usage.prompt_tokens.saturating_add(usage.completion_tokens),
            search_ms: walked.durations.embedding + walked.durations.retrieval,
            took_ms: walked.durations.total,
            rule: walked.rule.map(|rule| rule.id),
            passages: walked.passages,
            sentences: walked.sentences,
        }
    }
}

/// What the answerability was computed from, by name, as far as the way went.
fn features(walked: &Walked) -> Vec<(String, f64)> {
    let found = walked
        .features
        .iter()
        .flat_map(|features| FEATURES.iter().zip(features.values()));
    let written = walked
        .written
        .iter()
        .flat_map(|written| WRITTEN_FEATURES.iter().zip(written.values()));
    found
        .chain(written)
        .map(|(name, value)| ((*name).to_owned(), value))
        .collect()
}
