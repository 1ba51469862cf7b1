//! The way of a question, step by step.

use super::as_of::{self, AsOf};
use super::trace::Trace;
use super::{cite, writing};
use crate::app::{App, Search};
use crate::error::{AppError, AppResult};
use inhouse_guardrails::answerability::{self, AnswerabilityFeatures};
use inhouse_guardrails::{Action, Decision, Reason, Signals, Stage as RuleStage, injection};
use inhouse_protocol::{
    AnswerSentence, Day, DocumentId, EscalationReason, Outcome, PassageRef, RunEvent, Stage,
};
use inhouse_retrieval::{Features, Query};
use inhouse_store::{ModelCall, Principal, Scope};
use serde_json::{Value, json};
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// What is asked, and by whom.
pub(super) struct Asked {
    pub(super) question: String,
    /// The question with the one it follows, where it can't stand alone.
    pub(super) standalone: Option<String>,
    /// Search this document only.
    pub(super) document: Option<DocumentId>,
    /// The day whose documents are searched; none: the one that the question names, or today.
    pub(super) as_of: Option<Day>,
    pub(super) principal: Principal,
    /// Everything but the model: 'answered' then means that the rules would let it answer.
    pub(super) dry_run: bool,
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

/// How long each step took, in milliseconds.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Durations {
    pub(super) embedding: f64,
    pub(super) rules: f64,
    pub(super) retrieval: f64,
    pub(super) model: f64,
    pub(super) total: f64,
}

impl Durations {
    /// As it is stored and reported.
    pub(super) fn to_value(self) -> Value {
        json!({
            "embedding": self.embedding,
            "rules": self.rules,
            "retrieval": self.retrieval,
            "model": self.model,
            "total": self.total,
        })
    }
}

/// What became of a question.
pub(super) struct Walked {
    pub(super) outcome: Outcome,
    pub(super) rule: Option<Decision>,
    pub(super) message: String,
    /// Why it goes to a person, where it does.
    pub(super) reason: Option<EscalationReason>,
    pub(super) ticket: bool,
    pub(super) standalone: Option<String>,
    /// The day that the question asks about, where it isn't today.
    pub(super) as_of: Option<Day>,
    pub(super) passages: Vec<PassageRef>,
    pub(super) sentences: Vec<AnswerSentence>,
    pub(super) model_calls: Vec<ModelCall>,
    pub(super) signals: Signals,
    pub(super) trace: Trace,
    pub(super) durations: Durations,
}

const FAILURE_MESSAGE: &str =
    "Something failed while your question was in work. It isn't lost: Legal has it.";

const NO_ENGINE_MESSAGE: &str =
    "Nothing is set up here to write answers. The passages are below, and Legal has your question.";

impl Walked {
    fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            rule: None,
            message: String::new(),
            reason: None,
            ticket: false,
            standalone: None,
            as_of: None,
            passages: Vec::new(),
            sentences: Vec::new(),
            model_calls: Vec::new(),
            signals: Signals::default(),
            trace: Trace::default(),
            durations: Durations::default(),
        }
    }

    /// A step failed before anything was known: the question goes to a person.
    pub(super) fn failed(why: &str) -> Self {
        let mut walked = Self::new(Outcome::Escalated);
        walked.fail(why);
        walked
    }

    fn fail(&mut self, why: &str) {
        tracing::error!(error = why, "a question's way failed; it goes to a person");
        self.outcome = Outcome::Escalated;
        self.reason = Some(EscalationReason::Failure);
        FAILURE_MESSAGE.clone_into(&mut self.message);
        self.sentences.clear();
        self.trace.failed(why);
    }

    /// Takes over what a rule decided; false when it lets the question go on.
    fn decided(&mut self, action: Option<Action>, rule: Option<Decision>) -> bool {
        let (outcome, reason) = match action {
            None | Some(Action::Answer) => return false,
            Some(Action::Decline) => (Outcome::Declined, None),
            Some(Action::Refuse) => (Outcome::Refused, None),
            Some(Action::Escalate | Action::Ticket) => {
                let reason = rule.as_ref().map_or(Reason::Rule, |rule| rule.reason);
                (Outcome::Escalated, Some(escalation_reason(reason)))
            }
        };
        self.outcome = outcome;
        self.reason = reason;
        self.ticket = rule.as_ref().is_some_and(|rule| rule.ticket);
        self.message = rule
            .as_ref()
            .map(|rule| rule.message.clone())
            .unwrap_or_default();
        self.rule = rule;
        true
    }
}

const fn escalation_reason(reason: Reason) -> EscalationReason {
    match reason {
        Reason::NotInDocuments => EscalationReason::NotInDocuments,
        Reason::NotVerified => EscalationReason::NotVerified,
        Reason::Rule => EscalationReason::Rule,
    }
}

fn ms_since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
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
    let mut scope = app.store.scope(&asked.principal).await?;
    if let Some(as_of) = asks_about(asked, scope.on()) {
        walked.trace.asks_about(&as_of);
        walked.as_of = Some(as_of.day);
        scope = scope.as_of(as_of.day);
    }
    listener
        .event(RunEvent::Stage {
            stage: Stage::Judging,
        })
        .await?;
    let vector = judge_question(app, &search, asked, walked).await?;
    if walked.outcome != Outcome::Answered {
        return Ok(());
    }
    listener
        .event(RunEvent::Stage {
            stage: Stage::Searching,
        })
        .await?;
    find(app, &search, asked, &scope, vector, walked).await?;
    let event = RunEvent::Passages {
        passages: walked.passages.clone(),
        as_of: walked.as_of,
    };
    listener.event(event).await?;

    let verdict = app.rules.judge(RuleStage::Found, &walked.signals);
    walked.trace.judged(&verdict.trace);
    if walked.decided(verdict.action, verdict.rule) || asked.dry_run {
        return Ok(());
    }
    write(app, asked, listener, walked).await
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
    let text = asked.standalone.as_ref().unwrap_or(&asked.question);
    let started = Instant::now();
    let vector = search
        .retriever
        .embedder()
        .query(text.clone())
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
    let question = asked.standalone.as_ref().unwrap_or(&asked.question);
    let query = Query {
        text: question.clone(),
        vector: Some(vector),
        document: asked.document.clone(),
        limit: app.config.retrieval.passages_for_answer,
    };
    let found = search
        .retriever
        .search(scope, &query)
        .await
        .map_err(AppError::internal)?;
    let ids: Vec<_> = found.hits.iter().map(|hit| hit.passage.clone()).collect();
    let mut passages = app.store.passages(scope, &ids).await?;
    for passage in &mut passages {
        if let Some(hit) = found.hits.iter().find(|hit| hit.passage == passage.id) {
            passage.score = hit.score;
        }
    }
    let probability = answerability::probability(&features(&found.features, question, &passages));
    walked.signals.answerability = Some(probability);
    walked.signals.passages = passages.len();
    walked.signals.best_passage = f64::from(found.features.best_dense);
    walked.passages = passages;
    walked.durations.retrieval = ms_since(started);
    Ok(())
}

fn features(found: &Features, question: &str, passages: &[PassageRef]) -> AnswerabilityFeatures {
    let texts: Vec<String> = passages.iter().map(cite::with_header).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let coverage = answerability::coverage(question, &texts);
    AnswerabilityFeatures {
        best_dense: found.best_dense,
        mean_dense_top5: found.mean_dense_top5,
        gap: found.gap,
        legs_agree: found.legs_agree,
        coverage_best: coverage.best,
        coverage_all: coverage.all,
        entities: coverage.entities,
        passages: u16::try_from(passages.len()).map_or(f32::MAX, f32::from),
    }
}

/// The model writes; what passes its checks is shown, and rules judge what is left.
async fn write(
    app: &App,
    asked: &Asked,
    listener: &dyn Listener,
    walked: &mut Walked,
) -> AppResult<()> {
    let Some(engine) = app.engine.as_deref() else {
        walked.outcome = Outcome::Escalated;
        walked.reason = Some(EscalationReason::NotVerified);
        NO_ENGINE_MESSAGE.clone_into(&mut walked.message);
        return Ok(());
    };
    listener
        .event(RunEvent::Stage {
            stage: Stage::Reading,
        })
        .await?;
    let started = Instant::now();
    let profile = app.config.inference.tasks.answer.clone();
    let question = asked.standalone.as_ref().unwrap_or(&asked.question);
    let written = writing::write(engine, profile, question, &walked.passages, listener).await;
    walked.durations.model = ms_since(started);
    walked.model_calls.push(written.call);
    for why in &written.dropped {
        walked.trace.dropped(why.clone());
    }
    walked.signals.sentences = written.kept.len() + written.dropped.len();
    walked.signals.grounded = written.kept.len();
    walked.signals.dropped = written.dropped.len();
    walked.signals.model_declined = written.declined;
    walked.sentences = written.kept;
    match written.end {
        writing::End::Complete => {}
        writing::End::Stopped => {
            walked.outcome = Outcome::Stopped;
            return Ok(());
        }
        // What was checked and shown stays an answer; with nothing shown, a person has it.
        writing::End::Failed(why) if walked.sentences.is_empty() => {
            return Err(AppError::Unavailable(why));
        }
        writing::End::Failed(why) => walked.trace.failed(&why),
    }
    let verdict = app.rules.judge(RuleStage::Written, &walked.signals);
    walked.trace.judged(&verdict.trace);
    if !walked.decided(verdict.action, verdict.rule) && walked.sentences.is_empty() {
        // No rule said so, but an answer without a sentence is none.
        walked.outcome = Outcome::Escalated;
        walked.reason = Some(EscalationReason::NotVerified);
        "No answer could be checked against your documents. Legal has your question."
            .clone_into(&mut walked.message);
    }
    Ok(())
}
