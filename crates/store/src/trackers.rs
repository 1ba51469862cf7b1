//! Ticket trackers that admins set up, their secrets sealed with the master key.

mod news;
mod secrets;

pub use news::{NewsTaken, TicketComment, TicketNews, TicketStatus};
pub(crate) use secrets::{check_secrets, rewrap_secrets};

use crate::audit::Actor;
use crate::row::{Columns, clean, new_id, to_json};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{Timestamp, TrackerChange, TrackerId, TrackerSettings};
use secrets::Purpose;
use serde_json::json;
use sqlx::any::AnyRow;
use std::fmt;

/// Most characters of a secret.
const SECRET_CHARS: usize = 4_000;

/// A token or webhook secret. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct TrackerSecret(String);

impl TrackerSecret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself. Never into a log, an error or a page.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TrackerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A tracker as it is stored, its secrets opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTracker {
    pub id: TrackerId,
    pub settings: TrackerSettings,
    pub enabled: bool,
    pub token: Option<TrackerSecret>,
    pub webhook_secret: Option<TrackerSecret>,
    /// Up to when its changes were read.
    pub polled_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

macro_rules! select_trackers {
    ($rest:literal) => {
        concat!(
            "SELECT id, settings, token, webhook_secret, enabled, polled_until, created_at,
                    updated_at
             FROM trackers ",
            $rest
        )
    };
}

impl Store {
    /// Every tracker, the oldest first.
    pub async fn trackers(&self) -> Result<Vec<StoredTracker>> {
        let rows = sqlx::query(select_trackers!("ORDER BY created_at, id"))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| self.tracker_from(row)).collect()
    }

    /// One tracker.
    pub async fn tracker(&self, id: &TrackerId) -> Result<StoredTracker> {
        let row = sqlx::query(select_trackers!("WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        self.tracker_from(&row.ok_or(StoreError::NotFound)?)
    }

    /// Keeps a new tracker. `Invalid` for a secret that is too long.
    pub async fn create_tracker(&self, by: &Actor, new: &TrackerChange) -> Result<TrackerId> {
        let id: TrackerId = new_id()?;
        let token = self.sealed(&id, Purpose::Token, new.token.as_deref())?;
        let secret = self.sealed(&id, Purpose::Webhook, new.webhook_secret.as_deref())?;
        let mut write = self.write().await?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO trackers (id, kind, name, settings, token, webhook_secret, enabled,
                                   created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        )
        .bind(id.as_str())
        .bind(new.settings.kind.as_str())
        .bind(clean(&new.settings.name).into_owned())
        .bind(clean(&to_json(&new.settings)?).into_owned())
        .bind(present(token))
        .bind(present(secret))
        .bind(i64::from(new.enabled))
        .bind(now)
        .execute(write.connection())
        .await?;
        record(write, by, "tracker.create", &id, new).await?;
        Ok(id)
    }

    /// Changes a tracker. A secret that isn't given stays; an empty one is removed.
    pub async fn change_tracker(
        &self,
        by: &Actor,
        id: &TrackerId,
        change: &TrackerChange,
    ) -> Result<()> {
        let token = self.sealed(id, Purpose::Token, change.token.as_deref())?;
        let secret = self.sealed(id, Purpose::Webhook, change.webhook_secret.as_deref())?;
        let mut write = self.write().await?;
        let now = write.now().0;
        let changed = sqlx::query(
            "UPDATE trackers SET kind = $2, name = $3, settings = $4, enabled = $5, updated_at = $6
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(change.settings.kind.as_str())
        .bind(clean(&change.settings.name).into_owned())
        .bind(clean(&to_json(&change.settings)?).into_owned())
        .bind(i64::from(change.enabled))
        .bind(now)
        .execute(write.connection())
        .await?;
        if changed.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        if let Some(token) = token {
            sqlx::query("UPDATE trackers SET token = $2 WHERE id = $1")
                .bind(id.as_str())
                .bind(present(Some(token)))
                .execute(write.connection())
                .await?;
        }
        if let Some(secret) = secret {
            sqlx::query("UPDATE trackers SET webhook_secret = $2 WHERE id = $1")
                .bind(id.as_str())
                .bind(present(Some(secret)))
                .execute(write.connection())
                .await?;
        }
        record(write, by, "tracker.change", id, change).await
    }

    /// Removes a tracker. The issues that it has stay there, and their keys here.
    pub async fn delete_tracker(&self, by: &Actor, id: &TrackerId) -> Result<()> {
        let mut write = self.write().await?;
        write
            .execute(
                "DELETE FROM tracker_deliveries WHERE tracker_id = $1",
                id.as_str(),
            )
            .await?;
        let removed = sqlx::query("DELETE FROM trackers WHERE id = $1")
            .bind(id.as_str())
            .execute(write.connection())
            .await?;
        if removed.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        let subject = ("tracker", id.as_str());
        write.commit(by, "tracker.delete", subject, json!({})).await
    }

    /// Notes up to when a tracker's changes were read.
    pub async fn set_tracker_polled(&self, id: &TrackerId, until: Timestamp) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE trackers SET polled_until = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(until.0)
            .execute(write.connection())
            .await?;
        write.commit_unrecorded().await
    }

    /// What is to be written for a secret: `None` leaves it, an empty text removes it.
    fn sealed(
        &self,
        id: &TrackerId,
        purpose: Purpose,
        secret: Option<&str>,
    ) -> Result<Option<String>> {
        let Some(secret) = secret.map(str::trim) else {
            return Ok(None);
        };
        if secret.chars().count() > SECRET_CHARS {
            return Err(StoreError::Invalid(format!(
                "A secret has at most {SECRET_CHARS} characters."
            )));
        }
        if secret.is_empty() {
            return Ok(Some(String::new()));
        }
        secrets::seal(&self.keys, id, purpose, secret).map(Some)
    }

    fn tracker_from(&self, row: &AnyRow) -> Result<StoredTracker> {
        let id: TrackerId = row.id("id")?;
        let open = |column: &str, purpose| {
            let sealed = row.maybe_text(column)?;
            sealed
                .map(|sealed| secrets::open(&self.keys, &id, purpose, &sealed))
                .transpose()
        };
        Ok(StoredTracker {
            token: open("token", Purpose::Token)?,
            webhook_secret: open("webhook_secret", Purpose::Webhook)?,
            settings: row.json("settings")?,
            enabled: row.int("enabled")? == 1,
            polled_until: row.maybe_time("polled_until")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
            id,
        })
    }
}

/// A secret for its column, which is empty where there is none.
fn present(sealed: Option<String>) -> Option<String> {
    sealed.filter(|sealed| !sealed.is_empty())
}

/// The record names what a tracker is, and that its secrets were changed, but not to what.
async fn record(
    write: Write,
    by: &Actor,
    action: &str,
    id: &TrackerId,
    change: &TrackerChange,
) -> Result<()> {
    let settings = &change.settings;
    let detail = json!({
        "kind": settings.kind,
        "name": settings.name,
        "enabled": change.enabled,
        "include_question": settings.include_question,
        "send_replies": settings.send_replies,
        "token_changed": change.token.is_some(),
        "webhook_secret_changed": change.webhook_secret.is_some(),
    });
    write
        .commit(by, action, ("tracker", id.as_str()), detail)
        .await
}
