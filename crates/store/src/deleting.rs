//! Taking documents out, with what came out of them, and what still refers to one.

use crate::access::Scope;
use crate::audit::Actor;
use crate::documents::document_name;
use crate::jobs::{INGEST, take_back};
use crate::row::Columns;
use crate::validity::{Moved, removals, settle, tell};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{DocumentId, DocumentName, References, SetId};
use serde_json::{Value, json};
use sqlx::AnyConnection;

/// Archives and mails in each other are taken apart a few levels deep; none is ever this deep.
const DEEPEST: usize = 16;

/// A document that was taken out.
struct Deleted {
    id: DocumentId,
    detail: Value,
}

impl Store {
    /// Deletes a document and what came out of it: from this commit on nothing of it can be found
    /// or opened, and the indexes follow. What it took the place of is in force again, unless
    /// another document takes over. Its rows and its original stay for the record. `NotFound`
    /// unless the scope manages its set.
    pub async fn delete_document(&self, by: &Actor, scope: &Scope, id: &DocumentId) -> Result<()> {
        self.managed_set_of(scope, id).await?;
        let write = self.write().await?;
        if delete(write, by, vec![id.clone()]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        Ok(())
    }

    /// Deletes the parts of a document that its new version no longer has: all but those of the
    /// folders and names in `keep`. Gives how many documents went, with the parts of these.
    pub async fn retire_parts(
        &self,
        by: &Actor,
        parent: &DocumentId,
        keep: &[(String, String)],
    ) -> Result<u64> {
        let rows = sqlx::query(
            "SELECT id, folder, name FROM documents
             WHERE part_of = $1 AND deleted_at IS NULL ORDER BY id",
        )
        .bind(parent.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut gone = Vec::new();
        for row in rows {
            let (folder, name) = (row.text("folder")?, row.text("name")?);
            let kept = keep
                .iter()
                .any(|(in_folder, named)| *in_folder == folder && *named == name);
            if !kept {
                gone.push(row.id("id")?);
            }
        }
        if gone.is_empty() {
            return Ok(0);
        }
        delete(self.write().await?, by, gone).await
    }

    /// What still refers to a document. `NotFound` unless the scope manages its set.
    pub async fn references(&self, scope: &Scope, id: &DocumentId) -> Result<References> {
        self.managed_set_of(scope, id).await?;
        let mut connection = self.pool.acquire().await?;
        // Only the questions that found the document are looked through for its id.
        let answers = counted(
            &mut connection,
            "SELECT COUNT(DISTINCT s.run_id) FROM run_sentences s
             WHERE s.run_id IN (SELECT p.run_id FROM run_passages p WHERE p.document_id = $1)
               AND s.sentence LIKE '%\"document\":\"' || $1 || '\"%'",
            id,
        )
        .await?;
        let open_requests = counted(
            &mut connection,
            "SELECT COUNT(*) FROM escalations e
             WHERE e.state <> 'resolved'
               AND e.run_id IN (SELECT p.run_id FROM run_passages p WHERE p.document_id = $1)",
            id,
        )
        .await?;
        let parts = parts_of(&mut connection, id).await?.len();
        let watched = sqlx::query_scalar(
            "SELECT root FROM watched_files WHERE document_id = $1 ORDER BY root LIMIT 1",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *connection)
        .await?;
        Ok(References {
            answers,
            open_requests,
            parts: u64::try_from(parts).unwrap_or(u64::MAX),
            superseded_by: self.superseding(scope, id).await?,
            watched,
        })
    }

    /// The documents that take the place of this one; one at most.
    pub(crate) async fn superseding(
        &self,
        scope: &Scope,
        id: &DocumentId,
    ) -> Result<Vec<DocumentName>> {
        let rows = sqlx::query(
            "SELECT d.id, d.set_id, d.folder, d.name, v.title
             FROM documents d JOIN versions v ON v.id = d.newest_version
             WHERE d.supersedes = $1 AND d.deleted_at IS NULL ORDER BY d.id",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut names = Vec::new();
        for row in rows {
            let (name, set): (_, SetId) = (document_name(&row)?, row.id("set_id")?);
            if scope.shows(&set, &name.id) {
                names.push(name);
            }
        }
        Ok(names)
    }
}

async fn counted(
    connection: &mut AnyConnection,
    sql: &'static str,
    id: &DocumentId,
) -> Result<u64> {
    let count: i64 = sqlx::query_scalar(sql)
        .bind(id.as_str())
        .fetch_one(connection)
        .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// What came out of a document, and out of that, and so on; not what was deleted.
async fn parts_of(connection: &mut AnyConnection, id: &DocumentId) -> Result<Vec<DocumentId>> {
    let mut parts = Vec::new();
    let mut level = vec![id.clone()];
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for parent in &level {
            next.extend(parts_of_one(connection, parent).await?);
        }
        parts.extend(next.iter().cloned());
        level = next;
    }
    Ok(parts)
}

/// What came out of a document itself.
pub(crate) async fn parts_of_one(
    connection: &mut AnyConnection,
    id: &DocumentId,
) -> Result<Vec<DocumentId>> {
    let rows = sqlx::query(
        "SELECT id FROM documents WHERE part_of = $1 AND deleted_at IS NULL ORDER BY id",
    )
    .bind(id.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Deletes documents and what came out of them; a record each. Gives how many that were.
async fn delete(mut write: Write, by: &Actor, documents: Vec<DocumentId>) -> Result<u64> {
    let mut deleted = Vec::new();
    let mut moved = Vec::new();
    let mut level = documents;
    // Level by level, each row taken before its parts are looked for: none is added meanwhile.
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for id in level {
            if let Some(one) = delete_one(&mut write, id, &mut moved).await? {
                next.extend(parts_of_one(write.connection(), &one.id).await?);
                deleted.push(one);
            }
        }
        level = next;
    }
    let superseded = hand_over(&mut write, &mut deleted).await?;
    moved.extend(settle(&mut write, &superseded).await?);
    tell(&mut write, moved).await?;
    let count = u64::try_from(deleted.len()).unwrap_or(u64::MAX);
    for Deleted { id, detail } in deleted {
        let subject = ("document", id.as_str());
        write.note(by, "document.delete", subject, detail).await?;
    }
    write.commit_unrecorded().await?;
    Ok(count)
}

/// Marks one document as deleted and takes back what is on its way; none when it is gone already.
async fn delete_one(
    write: &mut Write,
    id: DocumentId,
    moved: &mut Vec<Moved>,
) -> Result<Option<Deleted>> {
    // Whoever supersedes is held before whom it supersedes, as everywhere.
    sqlx::query("UPDATE documents SET created_at = created_at WHERE supersedes = $1")
        .bind(id.as_str())
        .execute(write.connection())
        .await?;
    let now = write.now().0;
    let row = sqlx::query(
        "UPDATE documents SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL
         RETURNING set_id, folder, name, part_of, supersedes",
    )
    .bind(id.as_str())
    .bind(now)
    .fetch_optional(write.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    moved.extend(removals(write, &id).await?);
    let waiting = sqlx::query(
        "SELECT id FROM versions
         WHERE document_id = $1 AND state IN ('queued', 'reading', 'embedding')",
    )
    .bind(id.as_str())
    .fetch_all(write.connection())
    .await?;
    for version in waiting {
        take_back(write, INGEST, &version.text("id")?).await?;
    }
    let mut detail = json!({ "name": row.text("name")?, "set": row.text("set_id")? });
    let folder = row.text("folder")?;
    if !folder.is_empty() {
        detail["folder"] = folder.into();
    }
    for link in ["part_of", "supersedes"] {
        if let Some(other) = row.maybe_text(link)? {
            detail[link] = other.into();
        }
    }
    Ok(Some(Deleted { id, detail }))
}

/// Whoever took the place of a deleted document takes that of what it had superseded. Gives the
/// documents whose days may have changed: what the deleted ones took the place of.
async fn hand_over(write: &mut Write, deleted: &mut [Deleted]) -> Result<Vec<DocumentId>> {
    let mut superseded = Vec::new();
    for Deleted { id, detail } in deleted {
        let Some(former) = detail["supersedes"].as_str().map(str::to_owned) else {
            continue;
        };
        let rows = sqlx::query(
            "UPDATE documents SET supersedes = $2 WHERE supersedes = $1 AND deleted_at IS NULL
             RETURNING id",
        )
        .bind(id.as_str())
        .bind(former.as_str())
        .fetch_all(write.connection())
        .await?;
        for row in rows {
            detail["handed_over_to"] = row.text("id")?.into();
        }
        superseded.extend(former.parse().ok());
    }
    Ok(superseded)
}
