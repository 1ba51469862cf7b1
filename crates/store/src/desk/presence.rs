//! Who has an escalation open: what two people need to know who work on one.

use crate::access::Principal;
use crate::escalations::name_of;
use crate::row::Columns;
use crate::{Result, Store, restricted};
use inhouse_protocol::{EscalationId, Presence, Present};

/// Somebody is there for so long after their last sign of life.
const SEEN_MS: i64 = 45_000;
/// Signs of life are forgotten after this.
const FORGOTTEN_MS: i64 = 24 * 60 * 60 * 1_000;

impl Store {
    /// Notes that the principal has an escalation open, and tells who else has. Leaves no record:
    /// it comes every few seconds. `NotFound` unless they may see it at the desk.
    pub async fn present(
        &self,
        by: &Principal,
        id: &EscalationId,
        presence: &Presence,
    ) -> Result<Present> {
        let mut write = self.write().await?;
        restricted::check(&mut write, by, id).await?;
        let now = write.now();
        if let Some(user) = by.user_id() {
            sqlx::query(
                "INSERT INTO escalation_presence (escalation_id, user_id, writing, seen_at)
                 VALUES ($1, $2, $3, $4)
                 ON CONFLICT (escalation_id, user_id) DO UPDATE
                     SET writing = excluded.writing, seen_at = excluded.seen_at",
            )
            .bind(id.as_str())
            .bind(user)
            .bind(i64::from(presence.writing))
            .bind(now.0)
            .execute(write.connection())
            .await?;
        }
        sqlx::query("DELETE FROM escalation_presence WHERE escalation_id = $1 AND seen_at < $2")
            .bind(id.as_str())
            .bind(now.plus_ms(-FORGOTTEN_MS).0)
            .execute(write.connection())
            .await?;
        let rows = sqlx::query(concat!(
            "SELECT ",
            name_of!("u"),
            " AS name, s.writing
             FROM escalation_presence s JOIN users u ON u.id = s.user_id
             WHERE s.escalation_id = $1 AND s.seen_at > $2 AND s.user_id <> $3
             ORDER BY s.writing DESC, u.name, u.id",
        ))
        .bind(id.as_str())
        .bind(now.plus_ms(-SEEN_MS).0)
        .bind(by.user_id().unwrap_or_default())
        .fetch_all(write.connection())
        .await?;
        let row = sqlx::query("SELECT revision FROM escalations WHERE id = $1")
            .bind(id.as_str())
            .fetch_one(write.connection())
            .await?;
        let revision = row.number("revision")?;
        write.commit_unrecorded().await?;
        let others = rows
            .iter()
            .map(|row| Ok((row.text("name")?, row.int("writing")? != 0)));
        Ok(Present {
            others: others.collect::<Result<_>>()?,
            revision,
        })
    }
}
