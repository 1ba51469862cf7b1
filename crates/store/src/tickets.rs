//! What the ticket tracker is told, and the key it gives back. The job in the queue is unique per
//! escalation; the tracker is asked for the escalation's label before a second try creates.

use crate::audit::Actor;
use crate::row::{Columns, clean};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{EscalationId, EscalationReason, Timestamp};
use serde_json::json;

/// An escalation as the ticket tracker sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRequest {
    pub escalation: EscalationId,
    pub question: String,
    pub reason: EscalationReason,
    pub asker_name: String,
    pub department: Option<String>,
    pub created_at: Timestamp,
    /// The key once it exists: nothing is to be sent then.
    pub key: Option<String>,
}

impl Store {
    /// What to send for an escalation.
    pub async fn ticket_for(&self, id: &EscalationId) -> Result<TicketRequest> {
        let rows = self.escalation_rows("WHERE e.id = $1", id.as_str()).await?;
        let row = rows.first().ok_or(StoreError::NotFound)?;
        Ok(TicketRequest {
            escalation: row.id("id")?,
            question: row.text("question")?,
            reason: row.name("reason")?,
            asker_name: row.text("asker")?,
            department: row.maybe_text("department")?,
            created_at: row.time("created_at")?,
            key: row.maybe_text("ticket_key")?,
        })
    }

    /// Notes the key. The same key again changes nothing; `Conflict` for another one, or
    /// one that another escalation has.
    pub async fn set_ticket_key(&self, id: &EscalationId, key: &str) -> Result<()> {
        let key = clean(key.trim()).into_owned();
        let mut write = self.write().await?;
        let set = sqlx::query(
            "UPDATE escalations SET ticket_key = $2 WHERE id = $1 AND ticket_key IS NULL",
        )
        .bind(id.as_str())
        .bind(key.as_str())
        .execute(write.connection())
        .await
        .map_err(|error| StoreError::unique(error, "Another escalation has this issue."))?;
        if set.rows_affected() == 0 {
            drop(write);
            return match self.ticket_for(id).await?.key {
                Some(existing) if existing == key => Ok(()),
                _ => Err(StoreError::conflict("This escalation has another issue.")),
            };
        }
        let subject = ("escalation", id.as_str());
        write
            .commit(
                &Actor::System,
                "escalation.ticket",
                subject,
                json!({ "key": key }),
            )
            .await
    }
}
