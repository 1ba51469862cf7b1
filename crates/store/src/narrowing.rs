//! Single documents narrower than their set: seen only by some of the groups that see the set, and
//! by those who manage it. The indexes know nothing of it: a [`Scope`] names what is hidden.

use crate::access::Scope;
use crate::audit::Actor;
use crate::deleting::parts_of_one;
use crate::groups;
use crate::row::{Columns, placeholders};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{DocumentAccess, DocumentId, DocumentSummary, GroupId};
use serde_json::json;
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

/// Ids of one `IN` list.
const AT_ONCE: usize = 500;

impl Store {
    /// Replaces who may see a document and what came out of it, of those who may see its set, from
    /// the next request on. `NotFound` unless the scope manages its set, `Invalid` when a group
    /// isn't there.
    pub async fn set_document_access(
        &self,
        by: &Actor,
        scope: &Scope,
        id: &DocumentId,
        access: &DocumentAccess,
    ) -> Result<()> {
        let set = self.managed_set_of(scope, id).await?;
        let mut wanted = access.clone();
        if let Some(groups) = &mut wanted.groups {
            groups.sort_unstable();
            groups.dedup();
        }
        let named = wanted.groups.as_deref().unwrap_or_default();
        let mut write = self.write().await?;
        groups::hold(&mut write, &named.iter().collect::<Vec<_>>()).await?;
        let mut changed = Vec::new();
        let mut level = vec![id.clone()];
        // Each is taken before its parts are looked for: one that is added later follows it.
        while !level.is_empty() {
            let mut next = Vec::new();
            for document in level {
                let was = match lock_access(&mut write, &document).await {
                    // A part that was deleted meanwhile.
                    Err(StoreError::NotFound) if document != *id => continue,
                    held => held?,
                };
                next.extend(parts_of_one(write.connection(), &document).await?);
                if was != wanted {
                    store_access(&mut write, &document, &wanted).await?;
                    changed.push((document, was));
                }
            }
            level = next;
        }
        for (document, was) in changed {
            let detail = json!({ "set": set, "groups": wanted.groups, "was": was.groups });
            let subject = ("document", document.as_str());
            write.note(by, "document.access", subject, detail).await?;
        }
        write.commit_unrecorded().await
    }

    /// Fills in the groups of narrowed documents, where the scope manages the set.
    pub(crate) async fn add_document_groups(
        &self,
        scope: &Scope,
        documents: &mut [DocumentSummary],
    ) -> Result<()> {
        let mut narrowed: HashMap<DocumentId, &mut Vec<GroupId>> = documents
            .iter_mut()
            .filter(|document| document.narrowed && scope.manages(&document.set))
            .map(|document| (document.id.clone(), &mut document.groups))
            .collect();
        let ids: Vec<DocumentId> = narrowed.keys().cloned().collect();
        for ids in ids.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT document_id, group_id FROM document_grants
                 WHERE document_id IN ({}) ORDER BY group_id",
                placeholders(1, ids.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id.as_str());
            }
            for row in query.fetch_all(&self.pool).await? {
                let document: DocumentId = row.id("document_id")?;
                if let Some(groups) = narrowed.get_mut(&document) {
                    groups.push(row.id("group_id")?);
                }
            }
        }
        Ok(())
    }
}

async fn store_access(write: &mut Write, id: &DocumentId, access: &DocumentAccess) -> Result<()> {
    sqlx::query("UPDATE documents SET narrowed = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(i64::from(access.groups.is_some()))
        .execute(write.connection())
        .await?;
    sqlx::query("DELETE FROM document_grants WHERE document_id = $1")
        .bind(id.as_str())
        .execute(write.connection())
        .await?;
    for group in access.groups.as_deref().unwrap_or_default() {
        sqlx::query("INSERT INTO document_grants (document_id, group_id) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(group.as_str())
            .execute(write.connection())
            .await?;
    }
    Ok(())
}

/// The document's row, held until the transaction ends, and who may see it so far.
async fn lock_access(write: &mut Write, id: &DocumentId) -> Result<DocumentAccess> {
    let row = sqlx::query(
        "UPDATE documents SET narrowed = narrowed WHERE id = $1 AND deleted_at IS NULL
         RETURNING narrowed",
    )
    .bind(id.as_str())
    .fetch_optional(write.connection())
    .await?;
    if row.ok_or(StoreError::NotFound)?.int("narrowed")? == 0 {
        return Ok(DocumentAccess { groups: None });
    }
    let rows = sqlx::query("SELECT group_id FROM document_grants WHERE document_id = $1")
        .bind(id.as_str())
        .fetch_all(write.connection())
        .await?;
    let groups = rows.iter().map(|row| row.id("group_id"));
    let mut groups = groups.collect::<Result<Vec<GroupId>>>()?;
    groups.sort_unstable();
    Ok(DocumentAccess {
        groups: Some(groups),
    })
}
