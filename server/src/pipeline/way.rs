//! The way of a question, step by step.

use super::as_of::{self, AsOf};
use super::confidence::Confidence;
use super::finding::Sentences;
use super::walked::{Walked, ms_since};
use super::{answerable, answering, conflict, finding, judging, settings, surroundings, trust};
use crate::app::{App, Search};
use crate::error::AppResult;
use crate::rules::RulesInUse;
use inhouse_guardrails::{Stage as RuleStage, Verdict};
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
    /// The rules over the question alone: 'answered' then means that they let it go on.
    Judge,
}

impl Asked {
    /// The question as it is meant, in its asker's words.
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

/// What a question's way is walked with: one and the same to its end, also where another model or
/// other rules take over meanwhile.
pub(super) struct Way<'a> {
    pub(super) app: &'a App,
    pub(super) asked: &'a Asked,
    pub(super) search: &'a Search,
    pub(super) rules: &'a RulesInUse,
    pub(super) confidence: Confidence,
    pub(super) listener: &'a dyn Listener,
    /// The day by which rules are in effect, as ISO 8601.
    today: String,
}

impl Way<'_> {
    /// What the rules of a stage say of what is known.
    pub(super) fn verdict(&self, stage: RuleStage, walked: &Walked) -> Verdict {
        self.rules.set.judge(stage, &walked.signals, &self.today)
    }

    /// Tells the listener what is being done.
    pub(super) async fn tell_stage(&self, stage: Stage) -> AppResult<()> {
        self.listener.event(RunEvent::Stage { stage }).await
    }

    /// The question as it is searched for and answered.
    pub(super) fn whole<'b>(&'b self, walked: &'b Walked) -> &'b str {
        let standalone = walked.standalone.as_deref();
        standalone.unwrap_or(&self.asked.question)
    }
}

/// Walks the whole way. What fails on it becomes an escalation, with what was found by then.
pub(super) async fn walk(app: &App, asked: &Asked, listener: &dyn Listener) -> Walked {
    walk_by(app, asked, None, listener).await
}

/// The same by other rules than those in force, where some are given.
pub(super) async fn walk_by(
    app: &App,
    asked: &Asked,
    rules: Option<&RulesInUse>,
    listener: &dyn Listener,
) -> Walked {
    let started = Instant::now();
    let mut walked = Walked::new(Outcome::Answered);
    walked.standalone.clone_from(&asked.standalone);
    if let Err(error) = steps(app, asked, rules, listener, &mut walked).await {
        walked.fail(&error.to_string());
    }
    walked.durations.total = ms_since(started);
    walked
}

async fn steps(
    app: &App,
    asked: &Asked,
    rules: Option<&RulesInUse>,
    listener: &dyn Listener,
    walked: &mut Walked,
) -> AppResult<()> {
    let search = app.search();
    let in_force;
    let rules = if let Some(rules) = rules {
        rules
    } else {
        in_force = app.rules_for(&search).await?;
        in_force.as_ref()
    };
    app.follow_calibration().await?;
    let way = Way {
        app,
        asked,
        search: &search,
        rules,
        confidence: Confidence::of(app),
        listener,
        today: surroundings::today(app),
    };
    walked.settings = settings::of_run(app, asked, &way.confidence, rules);
    judge_and_answer(&way, walked).await?;
    judge_after(&way, walked);
    Ok(())
}

async fn judge_and_answer(way: &Way<'_>, walked: &mut Walked) -> AppResult<()> {
    let (app, asked) = (way.app, way.asked);
    let mut scope = app.store.scope(&asked.principal).await?;
    if let Some(as_of) = asks_about(asked, scope.on()) {
        walked.trace.asks_about(&as_of);
        walked.as_of = Some(as_of.day);
        scope = scope.as_of(as_of.day);
    }
    way.tell_stage(Stage::Judging).await?;
    let vector = judging::judge_question(way, walked).await?;
    if walked.outcome != Outcome::Answered || asked.purpose == Purpose::Judge {
        return Ok(());
    }
    if answering::with_approved(way, &scope, &vector, walked).await? {
        return Ok(());
    }
    way.tell_stage(Stage::Searching).await?;
    find(way, &scope, vector, walked).await?;
    let before = way.confidence.before(walked.features.as_ref());
    walked.before = Some(before);
    walked.signals.answerability = Some(before);
    let event = RunEvent::Passages {
        passages: walked.passages.clone(),
        as_of: walked.as_of,
        standalone: walked.standalone.clone(),
    };
    way.listener.event(event).await?;

    let mode = judge_found(way, walked).await?;
    if walked.outcome != Outcome::Answered || asked.purpose == Purpose::DryRun {
        return Ok(());
    }
    answering::answer(way, mode, walked).await
}

/// The day that the question is about, where it says so or it was given with it. Only the asker's
/// own words count: a follow-up is about today again.
fn asks_about(asked: &Asked, today: Day) -> Option<AsOf> {
    match asked.as_of {
        Some(day) => Some(AsOf::given(day)),
        None => as_of::find(today, &asked.question),
    }
}

async fn find(
    way: &Way<'_>,
    scope: &Scope,
    vector: Vec<f32>,
    walked: &mut Walked,
) -> AppResult<()> {
    let app = way.app;
    let started = Instant::now();
    let query = Query {
        text: way.whole(walked).to_owned(),
        vector: Some(vector),
        document: way.asked.document.clone(),
        limit: app.config.retrieval.passages_for_answer,
    };
    let mut found = finding::passages(app, way.search, scope, &query, Sentences::Judge).await?;
    walked.durations.retrieval = ms_since(started);
    let parts = found.beside.clone();
    let beside = std::mem::take(&mut found.beside);
    let budget = app.config.retrieval.answer_characters;
    found.passages = finding::fitting(std::mem::take(&mut found.passages), budget);

    let started = Instant::now();
    walked.features = Some(answerable::features(&found));
    walked.durations.answerability = ms_since(started);
    walked.signals.passages = found.passages.len();
    walked.signals.best_passage = f64::from(found.found.features.best_dense);
    // Within one document there is nothing to contradict it.
    if way.asked.document.is_none() {
        let compared = conflict::compared(&found.passages, beside);
        if let Some(conflict) = conflict::find(way.whole(walked), &compared) {
            walked.conflict = Some(conflict);
            found.passages = compared;
        }
    }
    let trust = trust::weigh(app, &found.passages, &parts).await?;
    if walked.conflict.is_none() {
        // The sides of a conflict are numbered along the passages.
        found.passages = trust::trusted_first(found.passages, &trust.distrusted);
    }
    walked.trace.distrusts(&trust.distrusted);
    walked.signals.injection_found = trust.highest;
    walked.distrusted = trust.distrusted;
    (walked.signals.sets, walked.signals.tags) =
        app.store.sets_and_tags(scope, &found.passages).await?;
    walked.nearness = found.nearness;
    walked.passages = found.passages;
    Ok(())
}

/// Rules over what was found. Gives how the question is to be answered, if they let it go on.
async fn judge_found(way: &Way<'_>, walked: &mut Walked) -> AppResult<AnswerMode> {
    let (purpose, confidence) = (way.asked.purpose, &way.confidence);
    walked.signals.conflict = walked.conflict.is_some();
    let mut mode = answering::mode(way, walked.quotes.is_some());
    walked.signals.answerable_from = Some(confidence.needed(purpose, mode));
    let mut verdict = way.verdict(RuleStage::Found, walked);
    if verdict.quotes.is_some() && mode == AnswerMode::Written {
        // Quotes have nobody who could still say no: what they need may be more.
        mode = AnswerMode::Quotes;
        walked.signals.answerable_from = Some(confidence.needed(purpose, mode));
        verdict = way.verdict(RuleStage::Found, walked);
    }
    walked.judged(verdict);
    // Where a rule lets it go on all the same, it isn't told as one.
    let found = walked.conflict.take();
    if walked.reason == Some(EscalationReason::Conflict)
        && let Some(conflict) = found
    {
        walked.conflict = Some(conflict.clone());
        way.listener.event(RunEvent::Conflict { conflict }).await?;
    }
    Ok(mode)
}

/// Rules over how it ended: they flag it, or have a person look at it as well.
fn judge_after(way: &Way<'_>, walked: &mut Walked) {
    if walked.outcome == Outcome::Stopped || way.asked.purpose == Purpose::Judge {
        return;
    }
    let outcome = walked.outcome.as_str();
    outcome.clone_into(&mut walked.signals.outcome);
    let rule = walked.rule.as_ref().map(|rule| rule.id.clone());
    walked.signals.rule = rule.unwrap_or_default();
    walked.judged_after(way.verdict(RuleStage::After, walked));
}
