//! The way of a question: judged, searched, judged again, written, checked, recorded.
//!
//! [`way`] walks it and knows nothing of who listens; [`start`] runs it for a conversation in the
//! browser, [`answer_once`] for the command line, [`evaluate`] to measure it, [`try_rules`] to see
//! what rules make of it, [`draft`] for whoever replies at the desk, and [`replay`] once more as it
//! was. Whatever step fails, the question is kept: it becomes an escalation.

mod answerable;
mod answering;
mod as_of;
mod cite;
mod confidence;
mod conflict;
mod drafting;
mod evaluate;
mod finding;
mod follow_up;
mod judging;
mod language;
mod live;
mod prompt;
mod quotes;
mod record;
mod replay;
mod report;
#[cfg(test)]
mod sample;
mod settings;
mod surroundings;
mod trace;
mod trust;
mod walked;
mod way;
mod writing;

pub use drafting::draft;
pub use evaluate::{EvaluateRequest, Evaluated, busy, evaluate};
pub(crate) use finding::{Sentences, passages};
pub(crate) use judging::signals_of;
pub use judging::try_rules;
pub use live::LiveRuns;
pub use replay::{Compared, Replay, Said, replay};
pub use report::{AskReport, AskRequest, answer_once};
pub use settings::settings;

use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_protocol::{ConversationId, RunEvent, RunId, Timestamp};
use inhouse_store::Principal;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use walked::Walked;
use way::{Asked, Listener, Purpose};

const HEARTBEAT: Duration = Duration::from_secs(20);
/// A run without a heartbeat for so long has lost its process, in milliseconds.
pub const LOST_AFTER_MS: i64 = 90_000;

/// Starts a run for a question of a conversation and returns at once; the run goes on whether
/// anyone listens or not.
pub async fn start(
    app: &App,
    principal: &Principal,
    conversation: &ConversationId,
    question: &str,
) -> AppResult<RunId> {
    let earlier = app.store.conversation(principal, conversation).await?;
    let run = app
        .store
        .start_run(principal, conversation, question)
        .await?;
    let standalone = follow_up::standalone(question, &earlier.exchanges);
    let cancel = app.runs.begin(&run);
    let listener = Streaming {
        app: app.clone(),
        run: run.clone(),
        cancel,
    };
    let asked = Asked {
        question: question.to_owned(),
        standalone,
        document: None,
        as_of: None,
        principal: principal.clone(),
        mode: None,
        purpose: Purpose::Answer,
    };
    let (app, id) = (app.clone(), run.clone());
    tokio::spawn(async move {
        let alive = AbortOnDropHandle::new(tokio::spawn(stay_alive(app.clone(), id.clone())));
        let walked = tokio::spawn({
            let app = app.clone();
            async move { way::walk(&app, &asked, &listener).await }
        });
        // A panic on the way is a failure like any other: the question is not lost.
        let walked = walked
            .await
            .unwrap_or_else(|error| Walked::failed(&error.to_string()));
        drop(alive);
        if let Err(error) = app.store.finish_run(&id, record::finish(walked)).await {
            tracing::error!(run = %id, %error, "the run's end could not be recorded");
        }
        app.runs.end(&id);
        app.wake_worker();
    });
    Ok(run)
}

/// Has the engine read the head of every prompt ahead of the first question.
pub async fn prepare(app: &App) {
    if !app.config.inference.tasks.answer.cache {
        return;
    }
    if let Some(engine) = &app.engine
        && let Err(error) = engine.prepare(&prompt::head()).await
    {
        tracing::warn!(%error, "the prompt's head could not be read ahead; answers still work");
    }
}

/// Says once in a while that the run is in work, so that no other process takes it for lost.
async fn stay_alive(app: App, run: RunId) {
    let mut beat = tokio::time::interval(HEARTBEAT);
    loop {
        beat.tick().await;
        if let Err(error) = app.store.touch_run(&run).await {
            tracing::warn!(%run, %error, "the run's heartbeat failed");
        }
    }
}

/// Ends the runs that stopped before `silent_since` without an end, as those of a process that
/// was killed: their questions go to a person.
pub async fn recover(app: &App, silent_since: Timestamp) -> AppResult<usize> {
    let left = app.store.unfinished_runs(silent_since).await?;
    for run in &left {
        let walked = Walked::failed("the server stopped while the question was in work");
        app.store.finish_run(run, record::finish(walked)).await?;
    }
    Ok(left.len())
}

/// Streams to whoever reads the run, through the database, so that any process can serve it.
struct Streaming {
    app: App,
    run: RunId,
    cancel: CancellationToken,
}

#[async_trait::async_trait]
impl Listener for Streaming {
    async fn event(&self, event: RunEvent) -> AppResult<()> {
        self.app
            .store
            .append_event(&self.run, &event)
            .await
            .map_err(AppError::from)?;
        self.app.runs.wake(&self.run);
        Ok(())
    }

    async fn stopped(&self) -> bool {
        self.cancel.is_cancelled()
            || self
                .app
                .store
                .cancel_requested(&self.run)
                .await
                .unwrap_or(false)
    }

    fn cancellation(&self) -> CancellationToken {
        self.cancel.clone()
    }
}
