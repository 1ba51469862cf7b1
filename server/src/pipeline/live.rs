//! The runs that this process works on: waking their readers, stopping them.

use inhouse_protocol::RunId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

struct Live {
    news: watch::Sender<()>,
    cancel: CancellationToken,
}

/// The runs in work, by id. Cheap to clone.
#[derive(Clone, Default)]
pub struct LiveRuns {
    runs: Arc<Mutex<HashMap<RunId, Live>>>,
}

impl LiveRuns {
    fn with<T>(&self, look: impl FnOnce(&mut HashMap<RunId, Live>) -> T) -> T {
        look(&mut self.runs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Registers a run; the token is cancelled when its asker stops it.
    pub fn begin(&self, run: &RunId) -> CancellationToken {
        let cancel = CancellationToken::new();
        let live = Live {
            news: watch::Sender::new(()),
            cancel: cancel.clone(),
        };
        self.with(|runs| runs.insert(run.clone(), live));
        cancel
    }

    /// Whether any run is in work here.
    pub fn any(&self) -> bool {
        self.with(|runs| !runs.is_empty())
    }

    /// Tells the run's readers that there is something new.
    pub fn wake(&self, run: &RunId) {
        self.with(|runs| {
            if let Some(live) = runs.get(run) {
                live.news.send_replace(());
            }
        });
    }

    /// Told when there is something new; for a run of another process, or one that ended, the
    /// receiver never changes and its reader polls.
    pub fn subscribe(&self, run: &RunId) -> watch::Receiver<()> {
        self.with(|runs| match runs.get(run) {
            Some(live) => live.news.subscribe(),
            None => elsewhere(),
        })
    }

    /// Stops the run, if it is ours.
    pub fn cancel(&self, run: &RunId) {
        self.with(|runs| {
            if let Some(live) = runs.get(run) {
                live.cancel.cancel();
            }
        });
    }

    /// Forgets a run that ended, after waking its readers once more.
    pub fn end(&self, run: &RunId) {
        self.wake(run);
        self.with(|runs| runs.remove(run));
    }
}

/// A receiver that stays silent but never closes.
fn elsewhere() -> watch::Receiver<()> {
    static NOBODY: std::sync::LazyLock<watch::Sender<()>> =
        std::sync::LazyLock::new(|| watch::Sender::new(()));
    NOBODY.subscribe()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_is_woken_and_the_run_can_be_stopped() {
        let (runs, run): (_, RunId) = (LiveRuns::default(), "r".parse().unwrap());
        assert!(!runs.any());
        let token = runs.begin(&run);
        assert!(runs.any());
        let mut reader = runs.subscribe(&run);
        runs.wake(&run);
        reader.changed().await.unwrap();
        runs.cancel(&run);
        assert!(token.is_cancelled());
        let mut last = runs.subscribe(&run);
        runs.end(&run);
        last.changed().await.unwrap();
    }
}
