//! Leases jobs of the kind `mail`, sends each, and tries again with growing pauses. A mail goes out
//! twice where a process dies between handing it in and noting so: both have the same name.

use super::{MailError, Mailer};
use crate::app::StartError;
use crate::config::Config;
use inhouse_store::{Job, MAIL, MailJob, Result, Store};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the queue is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// After the database failed.
const DATABASE_PAUSE: Duration = Duration::from_secs(10);
/// The pause after the first failure, in milliseconds; each further one doubles it.
const FIRST_PAUSE_MS: i64 = 30_000;
const LONGEST_PAUSE_MS: i64 = 3_600_000;
/// Tries until a mail is given up: with the pauses above, more than a day. The notice stays.
const MAX_ATTEMPTS: u32 = 30;
/// A lease outlasts the slowest mail server: several waits of the longest setting.
const LEASE_MS: i64 = 30 * 60_000;

/// Sends waiting mail. Several may run, in one process or many. Where no mail server is configured,
/// what waits is put away.
#[derive(Clone)]
pub struct MailSender {
    store: Store,
    mailer: Option<Arc<Mailer>>,
    owner: String,
}

impl MailSender {
    /// A sender under a name of its own.
    ///
    /// # Errors
    /// When the settings of the mail server can't be used.
    pub fn new(config: &Config, store: Store) -> std::result::Result<Self, StartError> {
        Ok(Self {
            store,
            mailer: Mailer::new(config)?.map(Arc::new),
            owner: format!("mail-{}", uuid::Uuid::now_v7()),
        })
    }

    /// Works until `halt`; a mail being sent is finished first.
    pub async fn run(self, halt: CancellationToken) {
        loop {
            let pause = match self.send_next().await {
                Ok(true) => Duration::ZERO,
                Ok(false) => LOOK_EVERY,
                Err(error) => {
                    tracing::error!(%error, "mail waits: the database failed");
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

    /// Tries the next mail that is due; false: none is.
    ///
    /// # Errors
    /// When the database fails. The job comes back when its lease ends.
    pub async fn send_next(&self) -> Result<bool> {
        let Some(job) = self.store.lease_job(&[MAIL], &self.owner, LEASE_MS).await? else {
            return Ok(false);
        };
        let Ok(payload) = serde_json::from_str::<MailJob>(&job.payload) else {
            let reason = "unreadable payload";
            self.store
                .fail_job(&job.id, &self.owner, reason, None)
                .await?;
            return Ok(true);
        };
        let sent = self.send(&payload).await?;
        let notice = &payload.notice;
        match sent {
            Ok(sent) => {
                self.store
                    .finish_mail(&job.id, &self.owner, notice, sent)
                    .await?;
            }
            Err(MailError::Later(why)) if job.attempts < MAX_ATTEMPTS => {
                self.later(&job, &why).await?;
            }
            Err(error) => {
                tracing::error!(%notice, %error, "a mail was given up; its notice stands in the interface");
                self.store
                    .finish_mail(&job.id, &self.owner, notice, false)
                    .await?;
            }
        }
        Ok(true)
    }

    /// Whether one was sent: none is where nothing is to be told any more.
    async fn send(&self, job: &MailJob) -> Result<std::result::Result<bool, MailError>> {
        let Some(mailer) = &self.mailer else {
            return Ok(Ok(false));
        };
        let mail = self
            .store
            .mail_of(&job.notice, mailer.with_content())
            .await?;
        let Some(mail) = mail else {
            return Ok(Ok(false));
        };
        Ok(mailer.send(&mail).await.map(|()| true))
    }

    async fn later(&self, job: &Job, why: &str) -> Result<()> {
        let wait = pause_ms(job.attempts);
        tracing::warn!(job = %job.id, why, retry_in_s = wait / 1000, "mail not sent yet");
        self.store
            .fail_job(&job.id, &self.owner, why, Some(wait))
            .await?;
        Ok(())
    }
}

/// Doubling, capped: 30 s, 1 min, … 1 h.
fn pause_ms(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(16);
    (FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let pauses: Vec<_> = (1..=9).map(|attempt| pause_ms(attempt) / 1000).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
    }
}
