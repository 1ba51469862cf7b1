//! Who is a member of a queue: whom the rotation gives to, and who sees a restricted one.

use super::hold;
use crate::access::Principal;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{QueueId, UserId};
use serde_json::json;

impl Store {
    /// Makes somebody a member, or says whether the rotation passes them over. `NotFound` unless
    /// the principal may see the queue, `Invalid` unless the person works the desk.
    pub async fn set_queue_member(
        &self,
        by: &Principal,
        queue: &QueueId,
        user: &UserId,
        away: bool,
    ) -> Result<()> {
        let mut write = self.write().await?;
        hold(&mut write, by, queue).await?;
        let works: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM users WHERE id = $1 AND role = 'legal' AND disabled_at IS NULL",
        )
        .bind(user.as_str())
        .fetch_one(write.connection())
        .await?;
        if works == 0 {
            return Err(StoreError::Invalid(
                "Only somebody with an active account of the legal team can be a member.".into(),
            ));
        }
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO queue_members (queue_id, user_id, away, added_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (queue_id, user_id) DO UPDATE SET away = excluded.away",
        )
        .bind(queue.as_str())
        .bind(user.as_str())
        .bind(i64::from(away))
        .bind(now)
        .execute(write.connection())
        .await?;
        let subject = ("queue", queue.as_str());
        let detail = json!({ "person": user, "away": away });
        write
            .commit(&by.actor(), "queue.member", subject, detail)
            .await
    }

    /// Takes somebody out of a queue; what is assigned to them stays so. `NotFound` unless the
    /// principal may see the queue and the person is a member; `Conflict` for the last member of a
    /// restricted queue, as it would open to everybody at the desk.
    pub async fn remove_queue_member(
        &self,
        by: &Principal,
        queue: &QueueId,
        user: &UserId,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let held = hold(&mut write, by, queue).await?;
        let gone = sqlx::query("DELETE FROM queue_members WHERE queue_id = $1 AND user_id = $2")
            .bind(queue.as_str())
            .bind(user.as_str())
            .execute(write.connection())
            .await?;
        if gone.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        let left: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM queue_members WHERE queue_id = $1")
                .bind(queue.as_str())
                .fetch_one(write.connection())
                .await?;
        if held.restricted && left == 0 {
            // Dropping the transaction undoes it.
            return Err(StoreError::conflict(
                "Without a member everybody at the desk would see what is in this queue. Add \
                 another member first.",
            ));
        }
        let subject = ("queue", queue.as_str());
        let detail = json!({ "person": user });
        write
            .commit(&by.actor(), "queue.member.remove", subject, detail)
            .await
    }
}
