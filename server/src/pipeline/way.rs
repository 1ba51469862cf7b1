//! The way of a question, step by step.

use super::as_of::{self, AsOf};
use super::confidence::Confidence;
use super::finding::Sentences;
use super::walked::{Walked, ms_since};
use super::{answerable, answering, conflict, finding, settings};
use crate::app::{App, Search};
use crate::error::{AppError, AppResult};
use inhouse_guardrails::{Signals, Stage as RuleStage, injection};
use inhouse_protocol::{AnswerMode, Day, DocumentId, EscalationReason, Outcome, RunEvent, Stage};
use inhouse_retrieval::Query;
use inhouse_store::{Principal, Scope};
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// What is asked, and by whom.
pub(super) struct Asked {
    pub(super) question: String,
    /// The question with those that it follows, where it can't stand alone.
    pub(super) standalone: Option<String>,
    /// Search this document only.
    pub(super) document: Option<DocumentId>,
    /// The day whose documents are searched; none: the one that the question names, or today.
    pub(super) as_of: Option<Day>,
    pub(super) principal: Principal,
    /// How to answer; none: as the asker chose, else as the deployment has it. A rule for quotes
    /// comes before all of them.
    pub(super) mode: Option<AnswerMode>,
    pub(super) purpose: Purpose,
}

/// What a question is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Somebody wants to know: where the engine fails, quotes take its place.
    Answer,
    /// The way is measured: what fails is a failure.
    Measure,
    /// Everything but the answer: 'answered' then means that it would be given on what is known
    /// before the model.
    DryRun,
}

impl Asked {
    /// The question as it is searched for and answered.
    pub(super) fn whole(&self) -> &str {
        self.standalone.as_deref().unwrap_or(&self.question)
    }
}

/// Who follows a run.
#[async_trait::async_trait]
pub(super) trait Listener: Send + Sync {
    /// Something happened.
    async fn event(&self, event: RunEvent) -> AppResult<()>;
    /// Whether the asker wants it to stop.
    async fn stopped(&self) -> bool;
    /// Cancelled when the asker stops the run in this process.
    fn cancellation(&self) -> CancellationToken;
}

/// Walks the whole way. What fails on it becomes an escalation, with what was found by then.
pub(super) async fn walk(app: &App, asked: &Asked, listener: &dyn Listener) -> Walked {
    let started = Instant::now();
    let mut walked = Walked::new(Outcome::Answered);
    walked.standalone.clone_from(&asked.standalone);
    if let Err(error) = steps(app, asked, listener, &mut walked).await {
        walked.fail(&error.to_string());
    }
    walked.durations.total = ms_since(started);
    walked
}

async fn steps(
    app: &App,
    asked: &Asked,
    listener: &dyn Listener,
    walked: &mut Walked,
) -> AppResult<()> {
    // One and the same until the end, also where another model takes over meanwhile.
    let search = app.search();
    app.follow_calibration().await?;
    let confidence = Confidence::of(app);
    walked.settings = settings::of_run(app, asked, &confidence);
    let mut scope = app.store.scope(&asked.principal).await?;
    if let Some(as_of) = asks_about(asked, scope.on()) {
        walked.trace.asks_about(&as_of);
        walked.as_of = Some(as_of.day);
        scope = scope.as_of(as_of.day);
    }
    let stage = |stage| RunEvent::Stage { stage };
    listener.event(stage(Stage::Judging)).await?;
    let vector = judge_question(app, &search, asked, walked).await?;
    if walked.outcome != Outcome::Answered {
        return Ok(());
    }
    listener.event(stage(Stage::Searching)).await?;
    find(app, &search, asked, &scope, vector, walked).await?;
    let before = confidence.before(walked.features.as_ref());
    walked.before = Some(before);
    walked.signals.answerability = Some(before);
    let event = RunEvent::Passages {
        passages: walked.passages.clone(),
        as_of: walked.as_of,
        standalone: asked.standalone.clone(),
    };
    listener.event(event).await?;

    let mode = judge_found(app, asked, &confidence, listener, walked).await?;
    if walked.outcome != Outcome::Answered || asked.purpose == Purpose::DryRun {
        return Ok(());
    }
    answering::answer(app, asked, mode, &confidence, listener, walked).await
}

/// The day that the question is about, where it says so or it was given with it. Only the asker's
/// own words count: a follow-up is about today again.
fn asks_about(asked: &Asked, today: Day) -> Option<AsOf> {
    match asked.as_of {
        Some(day) => Some(AsOf::given(day)),
        None => as_of::find(today, &asked.question),
    }
}

/// Rules over the question alone: no index is searched and no token is spent.
async fn judge_question(
    app: &App,
    search: &Search,
    asked: &Asked,
    walked: &mut Walked,
) -> AppResult<Vec<f32>> {
    let text = asked.whole();
    let started = Instant::now();
    let vector = search
        .retriever
        .embedder()
        .query(text.to_owned())
        .await
        .map_err(AppError::internal)?;
    walked.durations.embedding = ms_since(started);

    let started = Instant::now();
    let topic = search.topics.classify(&vector);
    walked.signals = Signals {
        topic: topic.label,
        topic_score: f64::from(topic.score),
        topic_margin: f64::from(topic.margin),
        injection: injection::score(&asked.question),
        role: asked
            .principal
            .role()
            .map_or("operator", inhouse_protocol::Role::as_str)
            .to_owned(),
        department: asked.principal.department().unwrap_or_default().to_owned(),
        ..Signals::of_question(text)
    };
    let verdict = app.rules.judge(RuleStage::Question, &walked.signals);
    walked.durations.rules = ms_since(started);
    walked.trace.judged(&verdict.trace);
    walked.quotes = verdict.quotes;
    walked.decided(verdict.action, verdict.rule);
    Ok(vector)
}

async fn find(
    app: &App,
    search: &Search,
    asked: &Asked,
    scope: &Scope,
    vector: Vec<f32>,
    walked: &mut Walked,
) -> AppResult<()> {
    let started = Instant::now();
    let query = Query {
        text: asked.whole().to_owned(),
        vector: Some(vector),
        document: asked.document.clone(),
        limit: app.config.retrieval.passages_for_answer,
    };
    let mut found = finding::passages(app, search, scope, &query, Sentences::Judge).await?;
    walked.durations.retrieval = ms_since(started);
    let beside = std::mem::take(&mut found.beside);
    let budget = app.config.retrieval.answer_characters;
    found.passages = finding::fitting(std::mem::take(&mut found.passages), budget);

    let started = Instant::now();
    walked.features = Some(answerable::features(&found));
    walked.durations.answerability = ms_since(started);
    walked.signals.passages = found.passages.len();
    walked.signals.best_passage = f64::from(found.found.features.best_dense);
    // Within one document there is nothing to contradict it.
    if asked.document.is_none() {
        let compared = conflict::compared(&found.passages, beside);
        if let Some(conflict) = conflict::find(asked.whole(), &compared) {
            walked.conflict = Some(conflict);
            found.passages = compared;
        }
    }
    walked.passages = found.passages;
    Ok(())
}

/// Rules over what was found. Gives how the question is to be answered, if they let it go on.
async fn judge_found(
    app: &App,
    asked: &Asked,
    confidence: &Confidence,
    listener: &dyn Listener,
    walked: &mut Walked,
) -> AppResult<AnswerMode> {
    walked.signals.conflict = walked.conflict.is_some();
    let mut mode = answering::mode(app, asked, walked.quotes.is_some());
    walked.signals.answerable_from = Some(confidence.needed(asked.purpose, mode));
    let mut verdict = app.rules.judge(RuleStage::Found, &walked.signals);
    if verdict.quotes.is_some() && mode == AnswerMode::Written {
        // Quotes have nobody who could still say no: what they need may be more.
        mode = AnswerMode::Quotes;
        walked.signals.answerable_from = Some(confidence.needed(asked.purpose, mode));
        verdict = app.rules.judge(RuleStage::Found, &walked.signals);
    }
    walked.trace.judged(&verdict.trace);
    walked.quotes = walked.quotes.take().or(verdict.quotes);
    walked.decided(verdict.action, verdict.rule);
    // Where a rule lets it go on all the same, it isn't told as one.
    let found = walked.conflict.take();
    if walked.reason == Some(EscalationReason::Conflict)
        && let Some(conflict) = found
    {
        walked.conflict = Some(conflict.clone());
        listener.event(RunEvent::Conflict { conflict }).await?;
    }
    Ok(mode)
}
