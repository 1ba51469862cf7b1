//! Documents whose review day has come: their owners are told, once for each such day.

use super::tell;
use crate::audit::Actor;
use crate::row::Columns;
use crate::{Result, Store};
use inhouse_protocol::{Day, DocumentId};
use serde_json::json;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

const DUE: &str = "SELECT d.id, d.set_id, d.owner_id, d.review_on
     FROM documents d JOIN users u ON u.id = d.owner_id
     WHERE d.review_on <= $1 AND d.deleted_at IS NULL AND u.disabled_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM notices n
                           WHERE n.user_id = d.owner_id AND n.kind = 'review_due'
                                 AND n.subject_id = d.id AND n.at >= d.review_on * $2)
     ORDER BY d.id";

impl Store {
    /// Tells the owners of documents that their review is due, unless they were told since it is.
    /// Gives how many were told.
    pub async fn tell_due_reviews(&self) -> Result<u64> {
        let rows = sqlx::query(DUE)
            .bind(self.now().day().number())
            .bind(DAY_MS)
            .fetch_all(&self.pool)
            .await?;
        let mut told = 0;
        for row in &rows {
            let (id, owner): (DocumentId, String) = (row.id("id")?, row.text("owner_id")?);
            let mut write = self.write().await?;
            // Another process may have been first, or somebody has looked at it meanwhile.
            let held = sqlx::query(
                "UPDATE documents SET created_at = created_at
                 WHERE id = $1 AND owner_id = $2 AND review_on = $3 AND deleted_at IS NULL
                       AND NOT EXISTS (SELECT 1 FROM notices n
                                       WHERE n.user_id = $2 AND n.kind = 'review_due'
                                             AND n.subject_id = $1 AND n.at >= $4)",
            );
            let since = row.maybe_day("review_on")?.map_or(0, Day::number);
            let held = held
                .bind(id.as_str())
                .bind(owner.as_str())
                .bind(since)
                .bind(since * DAY_MS)
                .execute(write.connection())
                .await?;
            if held.rows_affected() == 0 {
                continue;
            }
            let subject = ("document", id.as_str());
            tell(&mut write, &[owner.as_str()], "review_due", subject).await?;
            let detail = json!({ "set": row.text("set_id")?, "owner": owner });
            write
                .commit(&Actor::System, "document.review_due", subject, detail)
                .await?;
            told += 1;
        }
        Ok(told)
    }
}
