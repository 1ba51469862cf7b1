//! Asks trackers that don't call us what changed. Of several processes one does it at a time;
//! asked twice is no harm, since what was taken over counts once.

use super::choice::Followed;
use super::{TrackerError, Trackers};
use inhouse_protocol::Timestamp;
use inhouse_store::{NewsTaken, Result};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The kind and subject of the job that whoever asks holds.
const POLL: &str = "trackers";
/// How often trackers are asked, and how often it is looked who asks.
const EVERY: Duration = Duration::from_mins(2);
const LOOK: Duration = Duration::from_secs(20);
/// Longer than one round takes.
const LEASE_MS: i64 = 15 * 60_000;
/// What is asked for again each time, in milliseconds: their search shows changes late.
const OVERLAP_MS: i64 = 10 * 60_000;
/// The longest time asked for, in milliseconds.
const LONGEST_MS: i64 = 7 * 24 * 3_600_000;
/// What is asked for at first of the tracker of the configuration, in milliseconds.
const FIRST_MS: i64 = 24 * 3_600_000;

/// Asks until `halt`.
pub(crate) async fn keep(trackers: Trackers, halt: CancellationToken) {
    let mut poller = Poller::new(trackers);
    loop {
        if let Err(error) = poller.turn().await {
            tracing::error!(%error, "trackers were not asked: the database failed");
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Who asks.
pub(super) struct Poller {
    trackers: Trackers,
    owner: String,
    /// Up to when the tracker of the configuration was asked.
    configured_until: Option<Timestamp>,
}

impl Poller {
    pub(super) fn new(trackers: Trackers) -> Self {
        Self {
            trackers,
            owner: format!("trackers-{}", uuid::Uuid::now_v7()),
            configured_until: None,
        }
    }

    /// Asks every tracker, if it is time and no other process does it.
    async fn turn(&mut self) -> Result<()> {
        let followed = self.trackers.followed().await?;
        if followed.is_empty() {
            return Ok(());
        }
        let store = self.trackers.store.clone();
        store.ensure_job(POLL, POLL).await?;
        let Some(job) = store.lease_job(&[POLL], &self.owner, LEASE_MS).await? else {
            return Ok(());
        };
        for followed in &followed {
            self.ask(followed).await?;
        }
        let next = i64::try_from(EVERY.as_millis()).unwrap_or(i64::MAX);
        store.fail_job(&job.id, &self.owner, "", Some(next)).await?;
        Ok(())
    }

    /// Asks one tracker and takes over what it says; gives how many issues changed something.
    pub(super) async fn ask(&mut self, followed: &Followed) -> Result<usize> {
        let store = &self.trackers.store;
        let now = store.now();
        let until = followed
            .polled_until
            .or(self.configured_until)
            .unwrap_or_else(|| now.plus_ms(-FIRST_MS));
        let within = now.since_ms(until).saturating_add(OVERLAP_MS);
        let within = u64::try_from(within.clamp(OVERLAP_MS, LONGEST_MS)).unwrap_or_default();
        let news = match followed.tracker.news(Duration::from_millis(within)).await {
            Ok(news) => news,
            Err(error) => {
                warn(followed, &error);
                return Ok(0);
            }
        };
        let mut changed = 0;
        for news in &news {
            let taken = store.take_ticket_news(&followed.id, &[], news).await?;
            changed += usize::from(taken == NewsTaken::Changed);
        }
        if followed.saved {
            store.set_tracker_polled(&followed.id, now).await?;
        } else {
            self.configured_until = Some(now);
        }
        Ok(changed)
    }
}

fn warn(followed: &Followed, error: &TrackerError) {
    tracing::warn!(
        tracker = followed.tracker.name(),
        %error,
        "the tracker did not say what changed; asked again later"
    );
}
