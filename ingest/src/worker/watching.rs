//! While a file is read: its progress is noted, and a person's word to stop is listened for.

use super::Worker;
use crate::cage::Progressed;
use crate::error::Result;
use inhouse_protocol::{VersionId, VersionState};
use inhouse_store::StoreError;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often progress is noted at most.
const NOTED: Duration = Duration::from_millis(500);
/// How often somebody's word to stop is looked for where nothing moves.
const LISTENED: Duration = Duration::from_secs(2);

/// The page that is read, and how many there are.
type At = (u64, u64);

/// Hears from the cage which page is read.
pub(super) struct Pages(watch::Sender<At>);

impl Pages {
    pub(super) fn new() -> (Self, watch::Receiver<At>) {
        let (sender, receiver) = watch::channel((0, 0));
        (Self(sender), receiver)
    }
}

impl Progressed for Pages {
    fn at_page(&self, page: u32, of: u32) {
        self.0.send_replace((u64::from(page), u64::from(of)));
    }
}

impl Worker {
    /// Sees `work` to its end; gives none, and drops it, once the version is no longer on its way.
    pub(super) async fn unless_stopped<T>(
        &self,
        version: &VersionId,
        mut pages: watch::Receiver<At>,
        work: impl Future<Output = T>,
    ) -> Result<Option<T>> {
        let mut work = pin!(work);
        let mut tick = interval(NOTED);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick.tick().await;
        let mut listened = Instant::now();
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(Some(done)),
                _ = tick.tick() => {}
            }
            // Without a sender nothing moves any more.
            let moved = pages.has_changed().unwrap_or(false);
            if !moved && listened.elapsed() < LISTENED {
                continue;
            }
            listened = Instant::now();
            let goes_on = if moved {
                let (done, total) = *pages.borrow_and_update();
                let state = VersionState::Reading { done, total };
                self.store.set_version_state(version, &state).await?
            } else {
                self.is_on_its_way(version).await?
            };
            if !goes_on {
                return Ok(None);
            }
        }
    }

    /// Whether it is still to be read, and nobody stopped it.
    pub(super) async fn is_on_its_way(&self, version: &VersionId) -> Result<bool> {
        match self.store.version_state(version).await {
            Ok(VersionState::Ready | VersionState::Failed { .. }) | Err(StoreError::NotFound) => {
                Ok(false)
            }
            Ok(_) => Ok(true),
            Err(e) => Err(e.into()),
        }
    }
}
