//! Documents: adding a version, listing, deleting.

use crate::access::Scope;
use crate::audit::Actor;
use crate::jobs::{NewJob, enqueue};
use crate::outbox::{OutboxKind, push};
use crate::row::{Columns, big, clean, new_id};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{DocumentId, DocumentSummary, SetId, VersionId, VersionState};
use serde_json::json;
use sqlx::any::AnyRow;

/// How soon a version is read, against the others that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    /// One of many, such as a folder's files.
    #[default]
    Bulk,
    /// Somebody looks at it.
    Upload,
}

impl Priority {
    const fn number(self) -> i64 {
        match self {
            Self::Bulk => 0,
            Self::Upload => 10,
        }
    }
}

/// A file for a set; its original is stored already.
#[derive(Debug, Clone)]
pub struct AddVersion {
    pub set: SetId,
    /// The file's name, with its extension, without folders; it identifies the document.
    pub name: String,
    /// Until the parser finds one; the file's name will do.
    pub title: String,
    /// The original's SHA-256 in lower-case hex.
    pub sha256: String,
    pub size_bytes: u64,
    pub media_type: String,
    pub priority: Priority,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddedVersion {
    /// A new document, queued.
    New {
        document: DocumentId,
        version: VersionId,
    },
    /// A new version of the document of that name, queued.
    NewVersion {
        document: DocumentId,
        version: VersionId,
    },
    /// A document of the set has this content as its newest version, and it has not failed.
    Duplicate { document: DocumentId, name: String },
}

/// A document's original file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    pub sha256: String,
    pub name: String,
    pub media_type: String,
    pub size_bytes: u64,
}

/// What a [`DocumentSummary`] is read from; `WHERE` follows.
macro_rules! summary {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.set_id, d.name, v.title, v.id AS version_id, v.number, v.media_type,
                    v.size_bytes, v.pages, v.passages, v.added_at, v.state, v.done, v.total,
                    v.reason, d.narrowed
             FROM documents d JOIN versions v ON v.id = d.newest_version
             WHERE d.deleted_at IS NULL ",
            $rest
        )
    };
}

impl Store {
    /// Adds a file to a set and queues it, unless its content is there. `NotFound` when there
    /// is no such set.
    pub async fn add_version(&self, by: &Actor, add: AddVersion) -> Result<AddedVersion> {
        let name = clean(&add.name).into_owned();
        if name.is_empty() || name.chars().count() > 255 || name.contains(['/', '\\']) {
            return Err(StoreError::Invalid(
                "A file's name has 1 to 255 characters and no folders.".into(),
            ));
        }
        let mut write = self.write().await?;
        // Holds the set until the end: two uploads of one name can't both be the first.
        let set = sqlx::query("UPDATE document_sets SET changed_at = $2 WHERE id = $1")
            .bind(add.set.as_str())
            .bind(write.now().0)
            .execute(write.connection())
            .await?;
        if set.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        let same = sqlx::query(
            "SELECT d.id, d.name FROM documents d JOIN versions v ON v.id = d.newest_version
             WHERE d.set_id = $1 AND d.deleted_at IS NULL AND v.sha256 = $2
               AND v.state <> 'failed' LIMIT 1",
        )
        .bind(add.set.as_str())
        .bind(add.sha256.as_str())
        .fetch_optional(write.connection())
        .await?;
        if let Some(row) = same {
            return Ok(AddedVersion::Duplicate {
                document: row.id("id")?,
                name: row.text("name")?,
            });
        }
        let existing = sqlx::query(
            "SELECT d.id, v.number FROM documents d JOIN versions v ON v.id = d.newest_version
             WHERE d.set_id = $1 AND d.name = $2 AND d.deleted_at IS NULL",
        )
        .bind(add.set.as_str())
        .bind(name.as_str())
        .fetch_optional(write.connection())
        .await?;
        let existing = existing
            .map(|row| Ok::<_, StoreError>((row.id::<DocumentId>("id")?, row.int("number")?)))
            .transpose()?;
        let fresh = existing.is_none();
        let (document, number) = match existing {
            Some((document, newest)) => (document, newest + 1),
            None => (insert_document(&mut write, &add.set, &name).await?, 1),
        };
        let priority = add.priority.number();
        let mut detail = json!({
            "name": name, "set": add.set, "number": number, "sha256": add.sha256,
            "size_bytes": add.size_bytes,
        });
        let version = insert_version(&mut write, by, add, &document, number).await?;
        detail["version"] = json!(version);
        enqueue(&mut write, NewJob::ingest(&version, priority)?).await?;
        let (action, added) = if fresh {
            let (document, version) = (document.clone(), version.clone());
            ("document.add", AddedVersion::New { document, version })
        } else {
            let (document, version) = (document.clone(), version.clone());
            (
                "document.add_version",
                AddedVersion::NewVersion { document, version },
            )
        };
        write
            .commit(by, action, ("document", document.as_str()), detail)
            .await?;
        Ok(added)
    }

    /// The documents of a set that the scope shows, by name. `NotFound` when the set is outside.
    pub async fn documents(&self, scope: &Scope, set: &SetId) -> Result<Vec<DocumentSummary>> {
        if !scope.contains(set) {
            return Err(StoreError::NotFound);
        }
        let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM document_sets WHERE id = $1")
            .bind(set.as_str())
            .fetch_one(&self.pool)
            .await?;
        if known == 0 {
            return Err(StoreError::NotFound);
        }
        let rows = sqlx::query(summary!("AND d.set_id = $1 ORDER BY d.name"))
            .bind(set.as_str())
            .fetch_all(&self.pool)
            .await?;
        self.summaries(scope, &rows).await
    }

    /// One document. `NotFound` unless the scope shows it.
    pub async fn document(&self, scope: &Scope, id: &DocumentId) -> Result<DocumentSummary> {
        self.set_of(scope, id).await?;
        let rows = sqlx::query(summary!("AND d.id = $1"))
            .bind(id.as_str())
            .fetch_all(&self.pool)
            .await?;
        let mut shown = self.summaries(scope, &rows).await?;
        shown.pop().ok_or(StoreError::NotFound)
    }

    /// The documents of a file name that the scope shows; one a set at most.
    pub async fn documents_named(&self, scope: &Scope, name: &str) -> Result<Vec<DocumentSummary>> {
        let rows = sqlx::query(summary!("AND d.name = $1 ORDER BY d.id"))
            .bind(clean(name).into_owned())
            .fetch_all(&self.pool)
            .await?;
        self.summaries(scope, &rows).await
    }

    async fn summaries(&self, scope: &Scope, rows: &[AnyRow]) -> Result<Vec<DocumentSummary>> {
        let mut documents = rows.iter().map(summary).collect::<Result<Vec<_>>>()?;
        documents.retain(|document| scope.shows(&document.set, &document.id));
        self.add_document_groups(scope, &mut documents).await?;
        Ok(documents)
    }

    /// The document's set. `NotFound` unless the scope shows the document: one short look-up,
    /// the same for what is outside the scope and for what doesn't exist.
    pub(crate) async fn set_of(&self, scope: &Scope, id: &DocumentId) -> Result<SetId> {
        let set: Option<String> =
            sqlx::query_scalar("SELECT set_id FROM documents WHERE id = $1 AND deleted_at IS NULL")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        set.and_then(|set| set.parse().ok())
            .filter(|set| scope.shows(set, id))
            .ok_or(StoreError::NotFound)
    }

    /// The same for what changes the document: `NotFound` unless the scope manages its set.
    pub(crate) async fn managed_set_of(&self, scope: &Scope, id: &DocumentId) -> Result<SetId> {
        let set = self.set_of(scope, id).await?;
        if scope.manages(&set) {
            Ok(set)
        } else {
            Err(StoreError::NotFound)
        }
    }

    /// The original of the version that can be found, else of the newest. `NotFound` unless the
    /// scope shows the document.
    pub async fn original_of(&self, scope: &Scope, id: &DocumentId) -> Result<Original> {
        self.set_of(scope, id).await?;
        let row = sqlx::query(
            "SELECT d.name, v.sha256, v.media_type, v.size_bytes
             FROM documents d
             JOIN versions v ON v.id = COALESCE(d.live_version, d.newest_version)
             WHERE d.id = $1 AND d.deleted_at IS NULL",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        Ok(Original {
            sha256: row.text("sha256")?,
            name: row.text("name")?,
            media_type: row.text("media_type")?,
            size_bytes: row.number("size_bytes")?,
        })
    }

    /// Deletes a document: from this commit on nothing of it can be found or opened, and the
    /// indexes follow. Its rows and its original stay for the record. `NotFound` unless the scope
    /// manages its set.
    pub async fn delete_document(&self, by: &Actor, scope: &Scope, id: &DocumentId) -> Result<()> {
        let set = self.managed_set_of(scope, id).await?;
        let mut write = self.write().await?;
        let now = write.now().0;
        let row = sqlx::query(
            "UPDATE documents SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL
             RETURNING name, live_version",
        )
        .bind(id.as_str())
        .bind(now)
        .fetch_optional(write.connection())
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        if let Some(live) = row.maybe_id::<VersionId>("live_version")? {
            push(&mut write, OutboxKind::Remove, &live).await?;
        }
        let detail = json!({ "name": row.text("name")?, "set": set });
        write
            .commit(by, "document.delete", ("document", id.as_str()), detail)
            .await
    }
}

async fn insert_document(write: &mut Write, set: &SetId, name: &str) -> Result<DocumentId> {
    let id: DocumentId = new_id()?;
    let now = write.now().0;
    sqlx::query("INSERT INTO documents (id, set_id, name, created_at) VALUES ($1, $2, $3, $4)")
        .bind(id.as_str())
        .bind(set.as_str())
        .bind(name)
        .bind(now)
        .execute(write.connection())
        .await?;
    Ok(id)
}

async fn insert_version(
    write: &mut Write,
    by: &Actor,
    add: AddVersion,
    document: &DocumentId,
    number: i64,
) -> Result<VersionId> {
    let id: VersionId = new_id()?;
    let now = write.now().0;
    let title = if add.title.trim().is_empty() {
        add.name
    } else {
        add.title
    };
    sqlx::query(
        "INSERT INTO versions
             (id, document_id, number, title, sha256, size_bytes, media_type, state, done,
              total, reason, passages, parser, embedding_model, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, 0, '', 0, '', '', $8, $9)",
    )
    .bind(id.as_str())
    .bind(document.as_str())
    .bind(number)
    .bind(clean(title.trim()).into_owned())
    .bind(add.sha256)
    .bind(big(add.size_bytes)?)
    .bind(clean(&add.media_type).into_owned())
    .bind(by.to_string())
    .bind(now)
    .execute(write.connection())
    .await?;
    sqlx::query("UPDATE documents SET newest_version = $2 WHERE id = $1")
        .bind(document.as_str())
        .bind(id.as_str())
        .execute(write.connection())
        .await?;
    Ok(id)
}

fn summary(row: &AnyRow) -> Result<DocumentSummary> {
    Ok(DocumentSummary {
        id: row.id("id")?,
        set: row.id("set_id")?,
        name: row.text("name")?,
        title: row.text("title")?,
        version: row.id("version_id")?,
        version_number: row.number("number")?,
        media_type: row.text("media_type")?,
        size_bytes: row.number("size_bytes")?,
        pages: row.maybe_number("pages")?,
        passages: row.number("passages")?,
        added_at: row.time("added_at")?,
        narrowed: row.int("narrowed")? != 0,
        groups: Vec::new(),
        state: state(row)?,
    })
}

/// The columns `state`, `done`, `total` and `reason` as one state.
pub(crate) fn state(row: &AnyRow) -> Result<VersionState> {
    Ok(match row.text("state")?.as_str() {
        "queued" => VersionState::Queued,
        "reading" => VersionState::Reading,
        "embedding" => VersionState::Embedding {
            done: row.number("done")?,
            total: row.number("total")?,
        },
        "ready" => VersionState::Ready,
        "failed" => VersionState::Failed {
            reason: row.text("reason")?,
        },
        other => return Err(StoreError::Corrupt(format!("the version state {other:?}"))),
    })
}
