//! The API of ticket trackers.

use super::{Api, Reply};
use inhouse_protocol::{CheckTracker, Tracker, TrackerChange, TrackerCheck, TrackerId};

impl Api {
    /// Saves a tracker, a new one where no id is given; the server asks it first.
    pub(crate) async fn save_tracker(
        &self,
        id: Option<&TrackerId>,
        change: &TrackerChange,
    ) -> Reply<Tracker> {
        match id {
            Some(id) => {
                let path = format!("{}/{id}", path::trackers());
                self.give("PUT", path, change).await
            }
            None => self.give("POST", path::trackers(), change).await,
        }
    }

    pub(crate) async fn check_tracker(&self, asked: &CheckTracker) -> Reply<TrackerCheck> {
        let path = format!("{}/check", path::trackers());
        self.give("POST", path, asked).await
    }

    pub(crate) async fn delete_tracker(&self, id: &TrackerId) -> Reply<()> {
        self.tell("DELETE", format!("{}/{id}", path::trackers()), None)
            .await
    }
}

/// Where trackers are.
pub(crate) mod path {
    pub(crate) fn trackers() -> String {
        "/api/v1/trackers".to_owned()
    }
}
