//! The outbox's other end: leases jobs of the kinds `ticket` and `ticket_update`, sends each, and
//! tries again with growing pauses until it is done or the tracker's refusal is final.

use super::choice::Choice;
use super::{Ticket, Tracker, TrackerError, Trackers};
use inhouse_guardrails::personal;
use inhouse_protocol::{EscalationId, EscalationReason};
use inhouse_store::{
    Job, Result, Store, StoreError, TICKET, TICKET_UPDATE, TicketJob, TicketRequest,
};
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
/// Until a tracker that is switched off or can't be used is looked at again.
const NOT_NOW: Duration = Duration::from_mins(10);

/// Why nothing is sent about an escalation that was removed or is seen by few.
const NOT_TO_BE_TOLD: &str = "it is gone, or in a queue of which nothing may be told";

/// Sends waiting tickets and changes. Several may run, in one process or many.
#[derive(Clone)]
pub struct TicketSender {
    store: Store,
    trackers: Trackers,
    owner: String,
}

/// What became of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Nothing is due.
    Nothing,
    /// The escalation has its issue.
    Issue(String),
    /// The issue is where its escalation is, as far as that can be.
    Updated,
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
    pub fn new(trackers: Trackers) -> Self {
        Self {
            store: trackers.store.clone(),
            trackers,
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

    /// Tries the next ticket or change that is due.
    ///
    /// # Errors
    /// When the database fails. The job comes back when its lease ends, which is later than
    /// the tracker's search needs to show an issue that was made.
    pub async fn send_next(&self) -> Result<Sent> {
        let kinds = [TICKET, TICKET_UPDATE];
        let leased = self.store.lease_job(&kinds, &self.owner, self.lease_ms());
        let Some(job) = leased.await? else {
            return Ok(Sent::Nothing);
        };
        match serde_json::from_str::<TicketJob>(&job.payload) {
            Ok(payload) if job.kind == TICKET_UPDATE => {
                self.update(&job, &payload.escalation).await
            }
            Ok(payload) => self.make(&job, &payload.escalation).await,
            Err(error) => {
                let reason = format!("unreadable payload: {error}");
                self.give_up(&job, reason).await
            }
        }
    }

    async fn make(&self, job: &Job, escalation: &EscalationId) -> Result<Sent> {
        let request = match self.store.ticket_for(escalation).await {
            Ok(request) => request,
            Err(StoreError::NotFound) => return self.end(job, NOT_TO_BE_TOLD).await,
            Err(error) => return Err(error),
        };
        if let Some(key) = request.key {
            self.store.finish_job(&job.id, &self.owner).await?;
            return Ok(Sent::Issue(key));
        }
        let tried = request.tracker.clone();
        let choice = self
            .trackers
            .for_ticket(&request.queue_key, tried.as_deref());
        let (name, tracker) = match choice.await? {
            Choice::Tracker(name, tracker) => (name, tracker),
            Choice::Later(why) => {
                return self.later(job, TrackerError::Address(why), NOT_NOW).await;
            }
            Choice::Nowhere => {
                return self.end(job, "no ticket tracker is set up for it").await;
            }
        };
        if tried.as_deref() != Some(name.as_str())
            && !self.store.claim_ticket(escalation, &name).await?
        {
            return self.end(job, NOT_TO_BE_TOLD).await;
        }
        match self.issue(job, tracker.as_ref(), &ticket(request)).await? {
            Ok(key) => {
                self.store.set_ticket_key(escalation, &key).await?;
                self.store.finish_job(&job.id, &self.owner).await?;
                tracing::info!(%escalation, tracker = tracker.name(), key, "ticket made");
                Ok(Sent::Issue(key))
            }
            Err(Unsent::LeaseLost) => Ok(Sent::Nothing),
            Err(Unsent::Tracker { error, maybe_made }) => {
                let least = if maybe_made {
                    tracker.settles_in()
                } else {
                    Duration::ZERO
                };
                self.again(job, error, least).await
            }
        }
    }

    /// Brings an issue to where its escalation is.
    async fn update(&self, job: &Job, escalation: &EscalationId) -> Result<Sent> {
        let Some(mut update) = self.store.ticket_update(escalation).await? else {
            return self.end(job, NOT_TO_BE_TOLD).await;
        };
        let tracker = match self.trackers.holder(update.tracker.as_deref()).await? {
            Choice::Tracker(_, tracker) => tracker,
            Choice::Later(why) => {
                return self.later(job, TrackerError::Address(why), NOT_NOW).await;
            }
            Choice::Nowhere => {
                let reason = "the tracker that has the issue is not set up any more".to_owned();
                return self.give_up(job, reason).await;
            }
        };
        for (_, body) in &mut update.replies {
            *body = personal::mask(body);
        }
        match tracker.update(&update).await {
            Ok(status) => {
                if let Some(status) = status {
                    self.store.set_ticket_status(escalation, &status).await?;
                }
                self.store.finish_job(&job.id, &self.owner).await?;
                Ok(Sent::Updated)
            }
            Err(error) => self.again(job, error, Duration::ZERO).await,
        }
    }

    /// Ends a job that nothing is to become of.
    async fn end(&self, job: &Job, reason: &str) -> Result<Sent> {
        self.store
            .fail_job(&job.id, &self.owner, reason, None)
            .await?;
        Ok(Sent::Failed(reason.to_owned()))
    }

    /// The escalation's issue: the one that is there, else a new one.
    async fn issue(
        &self,
        job: &Job,
        tracker: &dyn Tracker,
        ticket: &Ticket,
    ) -> Result<std::result::Result<String, Unsent>> {
        match tracker.find(&ticket.escalation).await {
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
        let made = tracker.create(ticket).await;
        Ok(made.map_err(|error| Unsent::Tracker {
            maybe_made: matches!(error, TrackerError::Unavailable(_)),
            error,
        }))
    }

    async fn again(&self, job: &Job, error: TrackerError, least: Duration) -> Result<Sent> {
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
        let after = wanted.unwrap_or_else(|| backoff(job.attempts)).max(least);
        self.later(job, error, after).await
    }

    async fn later(&self, job: &Job, error: TrackerError, after: Duration) -> Result<Sent> {
        tracing::warn!(job = %job.id, %error, retry_in_s = after.as_secs(), "ticket not sent yet");
        let (text, wait) = (error.to_string(), Some(milliseconds(after)));
        self.store
            .fail_job(&job.id, &self.owner, &text, wait)
            .await?;
        Ok(Sent::Later { error, after })
    }

    async fn give_up(&self, job: &Job, reason: String) -> Result<Sent> {
        tracing::error!(job = %job.id, reason, "ticket given up; the escalation is on the desk");
        self.end(job, &reason).await
    }

    fn lease_ms(&self) -> i64 {
        milliseconds(self.trackers.settles_in() + LEASE_MARGIN)
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
        queue: request.queue_key,
        priority: request.priority,
        due_at: request.due_at,
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
