//! Replies that the model drafts: written in the background, one at a time for each escalation, and
//! offered beside its sources until a person decides.
//!
//! What is being written is known to the process that writes it; the draft itself is in the
//! database.

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::pipeline;
use inhouse_protocol::{DraftStatus, EscalationId, RunId};
use inhouse_store::Principal;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::AbortHandle;

/// Failures remembered at once; older ones are forgotten with them.
const FAILURES: usize = 200;

enum Live {
    /// None until the task is there.
    Writing(Option<AbortHandle>),
    /// Why it came to nothing, in words for the desk.
    Failed(String),
}

/// The drafts that this process writes, and how the last ones failed. Cheap to clone.
#[derive(Clone, Default)]
pub struct Drafts(Arc<Mutex<HashMap<EscalationId, Live>>>);

impl Drafts {
    fn with<T>(&self, look: impl FnOnce(&mut HashMap<EscalationId, Live>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the turn of an escalation; false where a draft is being written already.
    fn begin(&self, id: &EscalationId) -> bool {
        self.with(|live| {
            if matches!(live.get(id), Some(Live::Writing(_))) {
                return false;
            }
            if live.len() >= FAILURES {
                live.retain(|_, state| matches!(state, Live::Writing(_)));
            }
            live.insert(id.clone(), Live::Writing(None));
            true
        })
    }

    /// Names the task that writes, so that it can be stopped. It may have ended already.
    fn started(&self, id: &EscalationId, task: AbortHandle) {
        self.with(|live| {
            if let Some(Live::Writing(handle)) = live.get_mut(id) {
                *handle = Some(task);
            }
        });
    }

    /// Ends the turn, with the reason where it came to nothing. A turn that was stopped has ended.
    fn end(&self, id: &EscalationId, failed: Option<String>) {
        self.with(|live| {
            if !matches!(live.get(id), Some(Live::Writing(_))) {
                return;
            }
            match failed {
                Some(reason) => live.insert(id.clone(), Live::Failed(reason)),
                None => live.remove(id),
            };
        });
    }

    /// Stops what is being written and forgets how the last one failed; whether there was either.
    fn stop(&self, id: &EscalationId) -> bool {
        let state = self.with(|live| live.remove(id));
        if let Some(Live::Writing(Some(task))) = &state {
            task.abort();
        }
        state.is_some()
    }

    /// Whether a draft is being written, and how the last one failed.
    fn look(&self, id: &EscalationId) -> (bool, Option<String>) {
        self.with(|live| match live.get(id) {
            Some(Live::Writing(_)) => (true, None),
            Some(Live::Failed(reason)) => (false, Some(reason.clone())),
            None => (false, None),
        })
    }
}

/// The draft that waits for a decision, or where it stands. `NotFound` unless the principal may see
/// the escalation.
pub(crate) async fn draft(
    app: &App,
    principal: &Principal,
    id: &EscalationId,
) -> AppResult<DraftStatus> {
    // Before the database: what ends in between is then found there.
    let (writing, error) = app.drafts.look(id);
    let draft = app.store.draft(principal, id).await?;
    Ok(DraftStatus {
        writing,
        error: error.filter(|_| draft.is_none()),
        draft,
    })
}

/// Has a draft written, unless one is being written, and returns at once.
pub(crate) async fn start(
    app: &App,
    principal: &Principal,
    id: &EscalationId,
) -> AppResult<DraftStatus> {
    let (_, run) = app.store.escalation_summary(principal, id).await?;
    if app.engine.is_none() {
        return Err(AppError::Conflict(
            "No model writes here, so it can't draft a reply. Write one, or start from a template."
                .into(),
        ));
    }
    if app.drafts.begin(id) {
        let (app, principal, id) = (app.clone(), principal.clone(), id.clone());
        let drafts = app.drafts.clone();
        let writing = tokio::spawn({
            let id = id.clone();
            async move { write(&app, &principal, &id, &run).await }
        });
        drafts.started(&id, writing.abort_handle());
        tokio::spawn(async move {
            // A panic is a failure like any other: the next try must not wait for ever.
            let failed = match writing.await {
                Ok(written) => written.err(),
                // It was stopped: its turn has ended, and may be another's by now.
                Err(error) if error.is_cancelled() => return,
                Err(error) => Some(AppError::internal(error)),
            };
            if let Some(error) = &failed {
                tracing::warn!(escalation = %id, %error, "no reply could be drafted");
            }
            drafts.end(&id, failed.map(|error| error.message()));
            tracing::info!(escalation = %id, "the draft of a reply has ended");
        });
    }
    draft(app, principal, id).await
}

async fn write(app: &App, principal: &Principal, id: &EscalationId, run: &RunId) -> AppResult<()> {
    let (sentences, model) = pipeline::draft(app, principal, run).await?;
    if sentences.is_empty() {
        return Err(AppError::invalid(
            "Nothing that the model wrote could be checked against the passages. Write the reply \
             yourself, or start from a template.",
        ));
    }
    app.store
        .offer_draft(principal, id, &sentences, &model)
        .await?;
    Ok(())
}

/// Rejects the draft that is offered, or stops the one that is being written.
pub(crate) async fn reject(app: &App, principal: &Principal, id: &EscalationId) -> AppResult<()> {
    // Who may not see the escalation stops nothing.
    let offered = app.store.draft(principal, id).await?;
    let stopped = app.drafts.stop(id);
    match offered {
        Some(_) => Ok(app.store.reject_draft(principal, id).await?),
        None if stopped => Ok(()),
        None => Err(AppError::NotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> EscalationId {
        text.parse().unwrap()
    }

    #[test]
    fn one_draft_is_written_at_a_time_for_each_escalation() {
        let (drafts, one, two) = (Drafts::default(), id("one"), id("two"));
        assert!(drafts.begin(&one));
        assert!(!drafts.begin(&one));
        assert!(drafts.begin(&two));
        drafts.end(&one, None);
        assert_eq!(drafts.look(&one), (false, None));
        assert!(drafts.begin(&one));
    }

    #[test]
    fn a_failure_is_told_until_the_next_try() {
        let (drafts, one) = (Drafts::default(), id("one"));
        drafts.begin(&one);
        drafts.end(&one, Some("The model is busy.".into()));
        assert_eq!(
            drafts.look(&one),
            (false, Some("The model is busy.".into()))
        );
        assert!(drafts.begin(&one));
        assert_eq!(drafts.look(&one), (true, None));
    }

    #[tokio::test]
    async fn what_was_stopped_leaves_nothing_behind() {
        let (drafts, one) = (Drafts::default(), id("one"));
        drafts.begin(&one);
        let task = tokio::spawn(std::future::pending::<()>());
        drafts.started(&one, task.abort_handle());
        assert!(drafts.stop(&one));
        assert!(task.await.unwrap_err().is_cancelled());
        drafts.end(&one, Some("It came too late.".into()));
        assert_eq!(drafts.look(&one), (false, None));
        assert!(!drafts.stop(&one));
    }

    #[test]
    fn failures_are_not_kept_without_end() {
        let drafts = Drafts::default();
        for number in 0..2 * FAILURES {
            let escalation = id(&format!("e{number}"));
            drafts.begin(&escalation);
            drafts.end(&escalation, Some("It failed.".into()));
        }
        assert!(drafts.with(|live| live.len()) <= FAILURES);
    }
}
