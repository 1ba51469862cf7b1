//! An evaluation from its start to its end: one question at a time, behind people's own.

use super::asking::{Asked, Asking, Plan};
use super::stored::Stored;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::pipeline;
use inhouse_protocol::{
    EvaluationId, EvaluationKind, EvaluationState, LabelledQuestion, NewEvaluation, QuestionSetId,
    Timestamp,
};
use inhouse_store::{NewEvaluationRow, Principal, StoreError};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

const HEARTBEAT: Duration = Duration::from_secs(20);
/// How often it is looked whether somebody stopped it.
const LOOK: Duration = Duration::from_secs(1);
/// How often evaluations are looked for whose process is gone.
const RECOVER: Duration = Duration::from_mins(1);

/// Results are kept after so many questions, or after this time, whichever comes first.
const KEEP_AFTER: usize = 5;
const KEEP_EVERY: Duration = Duration::from_secs(2);

/// How often it is looked whether people's questions are done, and the longest that one of ours
/// waits for them: an evaluation ends on a busy server too.
const TURN: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// So many questions that fail one after the other are no accident: the rest would fail too.
const MOST_FAILURES: usize = 10;

const LABEL_CHARS: usize = 120;

const SERVER_STOPPED: &str = "The server stopped while it ran. Start it again.";

/// An evaluation that was started and waits to be run.
pub(crate) struct Begun {
    pub(crate) id: EvaluationId,
    app: App,
    principal: Principal,
    plan: Plan,
    questions: Vec<LabelledQuestion>,
}

/// How the questions came to an end.
enum Ended {
    Done(Vec<Stored>),
    Stopped,
    /// Why, in words.
    Failed(String),
}

/// Starts an evaluation and returns at once; it runs in this process, whether anyone looks or not.
pub(crate) async fn start(
    app: &App,
    principal: &Principal,
    set: &QuestionSetId,
    new: &NewEvaluation,
) -> AppResult<EvaluationId> {
    let begun = begin(app, principal, set, new).await?;
    let id = begun.id.clone();
    let (app, running) = (app.clone(), id.clone());
    tokio::spawn(async move {
        let run = tokio::spawn(async move { begun.run(|_, _| ()).await });
        let ended = run.await.map_err(AppError::internal).flatten();
        let Err(error) = ended else { return };
        tracing::error!(evaluation = %running, %error, "an evaluation could not be ended");
        // A panic leaves it running in the record.
        let failed = Some(error.message());
        if let Err(error) = finish(&app, &running, EvaluationState::Failed, None, failed).await {
            tracing::error!(evaluation = %running, %error, "its end could not be recorded");
        }
    });
    Ok(id)
}

/// Keeps that an evaluation starts. `Conflict` while another runs.
pub(crate) async fn begin(
    app: &App,
    principal: &Principal,
    set: &QuestionSetId,
    new: &NewEvaluation,
) -> AppResult<Begun> {
    if new.kind == EvaluationKind::Written && app.engine.is_none() {
        return Err(AppError::field(
            "kind",
            "No model is set up here to write. Measure the quotes, or set one up under [inference].",
        ));
    }
    let label = new.label.trim();
    if label.chars().count() > LABEL_CHARS {
        return Err(AppError::field(
            "label",
            format!("Give a label of at most {LABEL_CHARS} characters."),
        ));
    }
    let questions = app.store.labelled_questions(set).await?;
    // The settings name the calibration; another process may have adopted one.
    app.follow_calibration().await?;
    let row = NewEvaluationRow {
        set: set.clone(),
        kind: new.kind,
        label: label.to_owned(),
        within_document: new.within_document,
        settings: pipeline::settings(app),
        questions: questions.len(),
    };
    let id = app.store.start_evaluation(principal, row).await?;
    Ok(Begun {
        id,
        app: app.clone(),
        principal: principal.clone(),
        plan: Plan {
            kind: new.kind,
            within_document: new.within_document,
        },
        questions,
    })
}

impl Begun {
    /// Runs it to its end and records that. `told` hears after each question how many are done, and
    /// of how many.
    pub(crate) async fn run(self, told: impl FnMut(usize, usize)) -> AppResult<EvaluationState> {
        let alive = stay_alive(self.app.clone(), self.id.clone());
        let alive = AbortOnDropHandle::new(tokio::spawn(alive));
        let ended = match Box::pin(self.ask_all(told)).await {
            Ok(Ended::Done(stored)) => figures(self.plan.kind, stored)
                .await
                .map(|figures| (EvaluationState::Done, Some(figures), None)),
            Ok(Ended::Stopped) => Ok((EvaluationState::Stopped, None, None)),
            Ok(Ended::Failed(why)) => Ok((EvaluationState::Failed, None, Some(why))),
            Err(error) => Err(error),
        };
        let (state, figures, error) = ended.unwrap_or_else(|error| {
            tracing::error!(evaluation = %self.id, %error, "an evaluation failed");
            (EvaluationState::Failed, None, Some(error.message()))
        });
        drop(alive);
        finish(&self.app, &self.id, state, figures, error).await?;
        Ok(state)
    }

    /// Asks one question after the other and keeps what came of them, also where it ends early.
    async fn ask_all(&self, mut told: impl FnMut(usize, usize)) -> AppResult<Ended> {
        let scope = self.app.store.scope(&self.principal).await?;
        let mut asking = Asking::new(&self.app, &self.principal, self.plan, scope);
        let stopped = self.stopped();
        tokio::pin!(stopped);
        let (mut all, mut kept, mut kept_at) = (Vec::new(), 0, Instant::now());
        let mut failures = 0;
        let mut ended = None;
        for (number, question) in (1..).zip(&self.questions) {
            let asked = tokio::select! {
                biased;
                () = self.app.stopping.cancelled() => {
                    ended = Some(Ended::Failed(SERVER_STOPPED.to_owned()));
                    break;
                }
                stopped = &mut stopped => {
                    stopped?;
                    ended = Some(Ended::Stopped);
                    break;
                }
                asked = self.turn(&mut asking, number, question) => asked?,
            };
            failures = if asked.failed { failures + 1 } else { 0 };
            if failures >= MOST_FAILURES {
                ended = Some(Ended::Failed(failed_in_a_row(&asked.stored)));
            }
            all.push(asked.stored);
            if all.len() - kept >= KEEP_AFTER || kept_at.elapsed() >= KEEP_EVERY {
                self.keep(&all, kept).await?;
                (kept, kept_at) = (all.len(), Instant::now());
            }
            told(all.len(), self.questions.len());
            if ended.is_some() {
                break;
            }
        }
        self.keep(&all, kept).await?;
        Ok(ended.unwrap_or(Ended::Done(all)))
    }

    /// One question, after those that people ask at this moment.
    async fn turn(
        &self,
        asking: &mut Asking,
        number: usize,
        question: &LabelledQuestion,
    ) -> AppResult<Asked> {
        let waiting = async {
            while pipeline::busy(&self.app) {
                tokio::time::sleep(TURN).await;
            }
        };
        // Waited long enough, it goes beside them.
        let _ = tokio::time::timeout(LONGEST_WAIT, waiting).await;
        Box::pin(asking.ask(number, question)).await
    }

    /// Keeps the results from the `from`th on.
    async fn keep(&self, all: &[Stored], from: usize) -> AppResult<()> {
        let results = all[from..]
            .iter()
            .map(|stored| Ok((stored.result.number, serde_json::to_value(stored)?)))
            .collect::<Result<Vec<(usize, Value)>, serde_json::Error>>()
            .map_err(AppError::internal)?;
        let store = &self.app.store;
        store
            .evaluation_progress(&self.id, all.len(), &results)
            .await?;
        Ok(())
    }

    /// Ends when somebody stopped it, in whichever process.
    async fn stopped(&self) -> AppResult<()> {
        while !self.app.store.stop_requested(&self.id).await? {
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}

/// The figures, computed off the runtime: their intervals take a thousand draws each.
async fn figures(kind: EvaluationKind, stored: Vec<Stored>) -> AppResult<Value> {
    let figures = tokio::task::spawn_blocking(move || {
        let (results, measured): (Vec<_>, Vec<_>) =
            stored.into_iter().map(Stored::into_pair).unzip();
        inhouse_evaluation::figures(kind, &results, &measured)
    });
    let figures = figures.await.map_err(AppError::internal)?;
    serde_json::to_value(figures).map_err(AppError::internal)
}

fn failed_in_a_row(last: &Stored) -> String {
    let why = last.result.error.as_deref().unwrap_or_default();
    format!("{MOST_FAILURES} questions in a row failed, the last one so: {why}")
}

async fn finish(
    app: &App,
    id: &EvaluationId,
    state: EvaluationState,
    figures: Option<Value>,
    error: Option<String>,
) -> AppResult<()> {
    match app.store.finish_evaluation(id, state, figures, error).await {
        // Another process took it for lost.
        Err(StoreError::Conflict { what }) => tracing::warn!(evaluation = %id, what),
        finished => finished?,
    }
    tracing::info!(evaluation = %id, ?state, "an evaluation has ended");
    Ok(())
}

/// Says once in a while that it is in work, so that no other process takes it for lost.
async fn stay_alive(app: App, id: EvaluationId) {
    let mut beat = tokio::time::interval(HEARTBEAT);
    loop {
        beat.tick().await;
        if let Err(error) = app.store.touch_evaluation(&id).await {
            tracing::warn!(evaluation = %id, %error, "the evaluation's heartbeat failed");
        }
    }
}

/// Ends the evaluations whose process is gone, until `halt`.
pub(crate) async fn keep(app: App, halt: CancellationToken) {
    let mut silent_since = lost_before(&app);
    loop {
        if let Err(error) = recover(&app, silent_since).await {
            tracing::error!(%error, "evaluations left unfinished could not be looked up");
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(RECOVER) => {}
        }
        silent_since = app.store.now().plus_ms(-pipeline::LOST_AFTER_MS);
    }
}

/// Since when an evaluation must have been silent to be lost, at the start of this process. On the
/// embedded database its process was this one's predecessor, so nothing need be waited for.
fn lost_before(app: &App) -> Timestamp {
    if app.store.is_sqlite() {
        app.started_at
    } else {
        app.store.now().plus_ms(-pipeline::LOST_AFTER_MS)
    }
}

/// [`keep`]'s first look, for a command that is about to start one.
pub(crate) async fn end_lost(app: &App) -> AppResult<()> {
    recover(app, lost_before(app)).await
}

async fn recover(app: &App, silent_since: Timestamp) -> AppResult<()> {
    for id in app.store.unfinished_evaluations(silent_since).await? {
        let error = Some(SERVER_STOPPED.to_owned());
        finish(app, &id, EvaluationState::Failed, None, error).await?;
    }
    Ok(())
}
