//! Documents that somebody has to look at again.

use crate::access::Scope;
use crate::audit::Actor;
use crate::documents::document_name;
use crate::row::Columns;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{Day, DocumentId, DueReview, Reviewed, UserId};
use serde_json::json;

impl Store {
    /// Notes that a document's owner, or somebody who manages its set, has looked at it, and when
    /// to look again. `NotFound` for everybody else; `Invalid` unless that day is still to come.
    pub async fn reviewed(
        &self,
        by: &Actor,
        scope: &Scope,
        id: &DocumentId,
        reviewed: Reviewed,
    ) -> Result<()> {
        let set = self.set_of(scope, id).await?;
        let mut write = self.write().await?;
        let row = sqlx::query(
            "UPDATE documents SET created_at = created_at WHERE id = $1 AND deleted_at IS NULL
             RETURNING owner_id, review_on",
        )
        .bind(id.as_str())
        .fetch_optional(write.connection())
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let owner: Option<UserId> = row.maybe_id("owner_id")?;
        let owns = owner.is_some_and(|owner| *by == Actor::User(owner));
        if !owns && !scope.manages(&set) {
            return Err(StoreError::NotFound);
        }
        if reviewed.next.is_some_and(|next| next <= write.now().day()) {
            return Err(StoreError::Invalid(
                "The day of the next review has to be after today.".into(),
            ));
        }
        sqlx::query("UPDATE documents SET review_on = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(reviewed.next.map(Day::number))
            .execute(write.connection())
            .await?;
        let was = row.maybe_day("review_on")?;
        let detail = json!({ "set": set, "next": reviewed.next, "was": was });
        write
            .commit(by, "document.reviewed", ("document", id.as_str()), detail)
            .await
    }

    /// The documents that a person owns and whose review day has come, the longest due first, as
    /// far as the scope shows them.
    pub async fn due_reviews(&self, scope: &Scope, owner: &UserId) -> Result<Vec<DueReview>> {
        let rows = sqlx::query(
            "SELECT d.id, d.folder, d.name, v.title, d.set_id, s.name AS set_name, d.review_on
             FROM documents d
             JOIN versions v ON v.id = d.newest_version
             JOIN document_sets s ON s.id = d.set_id
             WHERE d.owner_id = $1 AND d.review_on <= $2 AND d.deleted_at IS NULL
             ORDER BY d.review_on, d.id",
        )
        .bind(owner.as_str())
        .bind(self.now().day().number())
        .fetch_all(&self.pool)
        .await?;
        let mut due = Vec::new();
        for row in rows {
            let (document, set) = (document_name(&row)?, row.id("set_id")?);
            if let (true, Some(review_on)) =
                (scope.shows(&set, &document.id), row.maybe_day("review_on")?)
            {
                due.push(DueReview {
                    document,
                    set,
                    set_name: row.text("set_name")?,
                    review_on,
                });
            }
        }
        Ok(due)
    }
}
