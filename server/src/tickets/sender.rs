//! The outbox's other end: leases jobs of kind `ticket`, sends each, and tries again with growing
//! pauses until there is one issue or the tracker's refusal is final.

use super::{Ticket, Tracker, TrackerError};
use inhouse_protocol::EscalationReason;
use inhouse_store::{Job, Result, Store, TICKET, TicketJob, TicketRequest};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the queue is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// After the database failed.
const DATABASE_PAUSE: Duration = Duration::from_secs(10);
/// The pause after the first failure; each further one doubles it, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// Tries until a ticket is given up: with the pauses above, more than two days.
const MAX_ATTEMPTS: u32 = 60;
/// What a lease has beyond the longest time in which a sent issue may be out of sight.
const LEASE_MARGIN: Duration = Duration::from_mins(1);

/// Sends waiting tickets to one tracker. Several may run, in one process or many.
#[derive(Clone)]
pub struct TicketSender {
    store: Store,
    tracker: Arc<dyn Tracker>,
    owner: String,
}

/// What became of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// No ticket is due.
    Nothing,
    /// The escalation has its issue.
    Issue(String),
    /// To be tried again.
    Later {
        /// Why.
        error: TrackerError,
        /// When.
        after: Duration,
    },
    /// Given up.
    Failed(String),
}

/// Why a try ended without an issue.
enum Unsent {
    Tracker {
        error: TrackerError,
        /// The issue may be there although no reply says so.
        maybe_made: bool,
    },
    /// Another worker holds the ticket now.
    LeaseLost,
}

impl TicketSender {
    /// A sender under a name of its own.
    pub fn new(store: Store, tracker: Arc<dyn Tracker>) -> Self {
        Self {
            store,
            tracker,
            owner: format!("tickets-{}", uuid::Uuid::now_v7()),
        }
    }

    /// Works until `halt`; a ticket being sent is finished first.
    pub async fn run(self, halt: CancellationToken) {
        loop {
            let pause = match self.send_next().await {
                Ok(Sent::Nothing) => LOOK_EVERY,
                Ok(_) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(%error, "tickets wait: the database failed");
                    DATABASE_PAUSE
                }
            };
            tokio::select! {
                biased;
                () = halt.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Tries the next ticket that is due.
    ///
    /// # Errors
    /// When the database fails. The ticket comes back when its lease ends, which is later than
    /// the tracker's search needs to show an issue that was made.
    pub async fn send_next(&self) -> Result<Sent> {
        let Some(job) = self
            .store
            .lease_job(&[TICKET], &self.owner, self.lease_ms())
            .await?
        else {
            return Ok(Sent::Nothing);
        };
        let escalation = match serde_json::from_str::<TicketJob>(&job.payload) {
            Ok(payload) => payload.escalation,
            Err(error) => {
                return self
                    .give_up(&job, format!("unreadable payload: {error}"))
                    .await;
            }
        };
        let request = self.store.ticket_for(&escalation).await?;
        if let Some(key) = request.key {
            self.store.finish_job(&job.id, &self.owner).await?;
            return Ok(Sent::Issue(key));
        }
        match self.issue(&job, &ticket(request)).await? {
            Ok(key) => {
                self.store.set_ticket_key(&escalation, &key).await?;
                self.store.finish_job(&job.id, &self.owner).await?;
                tracing::info!(%escalation, tracker = self.tracker.name(), key, "ticket made");
                Ok(Sent::Issue(key))
            }
            Err(Unsent::LeaseLost) => Ok(Sent::Nothing),
            Err(Unsent::Tracker { error, maybe_made }) => self.again(&job, error, maybe_made).await,
        }
    }

    /// The escalation's issue: the one that is there, else a new one.
    async fn issue(
        &self,
        job: &Job,
        ticket: &Ticket,
    ) -> Result<std::result::Result<String, Unsent>> {
        match self.tracker.find(&ticket.escalation).await {
            Ok(Some(key)) => return Ok(Ok(key)),
            Ok(None) => {}
            Err(error) => {
                return Ok(Err(Unsent::Tracker {
                    error,
                    maybe_made: false,
                }));
            }
        }
        // From here a second worker must not take over before the issue can be found.
        if !self
            .store
            .heartbeat(&job.id, &self.owner, self.lease_ms())
            .await?
        {
            return Ok(Err(Unsent::LeaseLost));
        }
        let made = self.tracker.create(ticket).await;
        Ok(made.map_err(|error| Unsent::Tracker {
            maybe_made: matches!(error, TrackerError::Unavailable(_)),
            error,
        }))
    }

    async fn again(&self, job: &Job, error: TrackerError, maybe_made: bool) -> Result<Sent> {
        let wanted = match &error {
            TrackerError::Busy { retry_after } => *retry_after,
            TrackerError::Unavailable(_) => None,
            TrackerError::Refused(_) | TrackerError::Address(_) => {
                return self.give_up(job, error.to_string()).await;
            }
        };
        if job.attempts >= MAX_ATTEMPTS {
            let reason = format!("given up after {} tries; the last: {error}", job.attempts);
            return self.give_up(job, reason).await;
        }
        let least = if maybe_made {
            self.tracker.settles_in()
        } else {
            Duration::ZERO
        };
        let after = wanted.unwrap_or_else(|| backoff(job.attempts)).max(least);
        tracing::warn!(job = %job.id, %error, retry_in_s = after.as_secs(), "ticket not sent yet");
        self.store
            .fail_job(
                &job.id,
                &self.owner,
                &error.to_string(),
                Some(milliseconds(after)),
            )
            .await?;
        Ok(Sent::Later { error, after })
    }

    async fn give_up(&self, job: &Job, reason: String) -> Result<Sent> {
        tracing::error!(job = %job.id, reason, "ticket given up; the escalation is on the desk");
        self.store
            .fail_job(&job.id, &self.owner, &reason, None)
            .await?;
        Ok(Sent::Failed(reason))
    }

    fn lease_ms(&self) -> i64 {
        milliseconds(self.tracker.settles_in() + LEASE_MARGIN)
    }
}

fn ticket(request: TicketRequest) -> Ticket {
    let reason = match request.reason {
        EscalationReason::NotInDocuments => "The documents don't say.",
        EscalationReason::NotVerified => "What was written could not be checked.",
        EscalationReason::Rule => "A rule sends such questions to a person.",
        EscalationReason::Asked => "The asker wants a person.",
        EscalationReason::Conflict => "The documents contradict each other.",
        EscalationReason::Failure => "A step failed; the question was kept.",
    };
    Ticket {
        escalation: request.escalation,
        reason: reason.to_owned(),
        question: request.question,
        department: request.department,
    }
}

/// Doubling, capped: 15 s, 30 s, 1 min, … 1 h.
fn backoff(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    FIRST_PAUSE
        .saturating_mul(1 << doublings)
        .min(LONGEST_PAUSE)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pauses: Vec<_> = (1..=10).map(|attempt| backoff(attempt).as_secs()).collect();
        assert_eq!(
            pauses,
            [15, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]
        );
    }
}
