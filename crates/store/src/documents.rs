//! Documents as they are listed, and their originals.

use crate::access::Scope;
use crate::row::{Columns, clean};
use crate::{Result, Store, StoreError, proposals, validity};
use inhouse_protocol::{
    DocumentId, DocumentName, DocumentSummary, FailureCause, SetId, Validity, VersionId,
    VersionState,
};
use sqlx::any::AnyRow;

/// A document's original file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    pub sha256: String,
    pub name: String,
    pub media_type: String,
    pub size_bytes: u64,
}

/// What a [`DocumentSummary`] is read from: further columns, each after a comma, and what follows
/// `WHERE`.
macro_rules! select_summary {
    ($rest:literal) => {
        select_summary!("", $rest)
    };
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT d.id, d.set_id, d.folder, d.name, d.part_of, d.narrowed, v.title,
                    v.id AS version_id, v.number, v.valid_from, v.valid_until, v.media_type,
                    v.size_bytes, v.pages, v.passages, v.added_at, v.moved_at, v.proposed,
                    v.warnings, v.state, v.done, v.total, v.cause, v.reason",
            $columns,
            " FROM documents d JOIN versions v ON v.id = d.newest_version
             WHERE d.deleted_at IS NULL ",
            $rest
        )
    };
}
pub(crate) use select_summary;

impl Store {
    /// The documents of a set that the scope shows, by folder and name. `NotFound` when the set is outside.
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
        let rows = sqlx::query(select_summary!(
            "AND d.set_id = $1 ORDER BY d.folder, d.name, d.id"
        ))
        .bind(set.as_str())
        .fetch_all(&self.pool)
        .await?;
        self.summaries(scope, &rows).await
    }

    /// One document. `NotFound` unless the scope shows it.
    pub async fn document(&self, scope: &Scope, id: &DocumentId) -> Result<DocumentSummary> {
        self.set_of(scope, id).await?;
        let rows = sqlx::query(select_summary!("AND d.id = $1"))
            .bind(id.as_str())
            .fetch_all(&self.pool)
            .await?;
        let mut shown = self.summaries(scope, &rows).await?;
        shown.pop().ok_or(StoreError::NotFound)
    }

    /// The documents of a file name, or of a folder and a file name such as
    /// `2026/contracts/lease.pdf`, that the scope shows.
    pub async fn documents_named(&self, scope: &Scope, name: &str) -> Result<Vec<DocumentSummary>> {
        let name = clean(name);
        let (folder, file) = name.rsplit_once('/').unwrap_or_default();
        let rows = sqlx::query(select_summary!(
            "AND (d.name = $1 OR (d.folder = $2 AND d.name = $3)) ORDER BY d.id"
        ))
        .bind(name.as_ref())
        .bind(folder)
        .bind(file)
        .fetch_all(&self.pool)
        .await?;
        self.summaries(scope, &rows).await
    }

    /// The rows of [`select_summary`] that the scope shows.
    pub(crate) async fn summaries(
        &self,
        scope: &Scope,
        rows: &[AnyRow],
    ) -> Result<Vec<DocumentSummary>> {
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

    /// The document of a version. `NotFound` unless the scope shows it.
    pub(crate) async fn document_of(
        &self,
        scope: &Scope,
        version: &VersionId,
    ) -> Result<DocumentId> {
        let row = sqlx::query("SELECT document_id FROM versions WHERE id = $1")
            .bind(version.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let document = row.ok_or(StoreError::NotFound)?.id("document_id")?;
        self.set_of(scope, &document).await?;
        Ok(document)
    }

    /// The same for what changes the version: its document and set. `NotFound` unless the scope
    /// manages the set.
    pub(crate) async fn managed_document_of(
        &self,
        scope: &Scope,
        version: &VersionId,
    ) -> Result<(DocumentId, SetId)> {
        let document = self.document_of(scope, version).await?;
        let set = self.managed_set_of(scope, &document).await?;
        Ok((document, set))
    }

    /// The original of the version in force on the scope's day, else of the newest. `NotFound`
    /// unless the scope shows the document.
    pub async fn original_of(&self, scope: &Scope, id: &DocumentId) -> Result<Original> {
        self.set_of(scope, id).await?;
        let row = sqlx::query(
            "SELECT d.name, v.sha256, v.media_type, v.size_bytes
             FROM documents d JOIN versions v ON v.id = COALESCE(
                 (SELECT i.id FROM versions i WHERE i.document_id = d.id AND i.state = 'ready'
                         AND i.valid_from <= $2 AND $2 < i.valid_until),
                 d.newest_version)
             WHERE d.id = $1 AND d.deleted_at IS NULL",
        )
        .bind(id.as_str())
        .bind(scope.on().number())
        .fetch_optional(&self.pool)
        .await?;
        original(&row.ok_or(StoreError::NotFound)?)
    }

    /// The original of this version of a document, also of one that could not be read. `NotFound`
    /// unless the scope shows the document and it has the version.
    pub async fn original_of_version(
        &self,
        scope: &Scope,
        document: &DocumentId,
        id: &VersionId,
    ) -> Result<Original> {
        self.set_of(scope, document).await?;
        let row = sqlx::query(
            "SELECT d.name, v.sha256, v.media_type, v.size_bytes
             FROM versions v JOIN documents d ON d.id = v.document_id
             WHERE v.id = $1 AND d.id = $2 AND d.deleted_at IS NULL",
        )
        .bind(id.as_str())
        .bind(document.as_str())
        .fetch_optional(&self.pool)
        .await?;
        original(&row.ok_or(StoreError::NotFound)?)
    }
}

fn original(row: &AnyRow) -> Result<Original> {
    Ok(Original {
        sha256: row.text("sha256")?,
        name: row.text("name")?,
        media_type: row.text("media_type")?,
        size_bytes: row.number("size_bytes")?,
    })
}

/// The columns of [`select_summary`] as a document, still without its groups.
fn summary(row: &AnyRow) -> Result<DocumentSummary> {
    let warnings: Vec<String> = row.json("warnings")?;
    let state = state(row)?;
    Ok(DocumentSummary {
        id: row.id("id")?,
        set: row.id("set_id")?,
        folder: row.text("folder")?,
        name: row.text("name")?,
        title: row.text("title")?,
        version: row.id("version_id")?,
        version_number: row.number("number")?,
        validity: in_force(row, &state)?,
        media_type: row.text("media_type")?,
        size_bytes: row.number("size_bytes")?,
        pages: row.maybe_number("pages")?,
        passages: row.number("passages")?,
        added_at: row.time("added_at")?,
        moved_at: row.time("moved_at")?,
        part_of: row.maybe_id("part_of")?,
        attention: !warnings.is_empty() || !proposals::of(row)?.is_empty(),
        narrowed: row.int("narrowed")? != 0,
        groups: Vec::new(),
        state,
    })
}

/// When a version in this state is in force; none: on no day.
pub(crate) fn in_force(row: &AnyRow, state: &VersionState) -> Result<Option<Validity>> {
    match state {
        VersionState::Ready => validity::shown(row),
        _ => Ok(None),
    }
}

/// The columns `id`, `folder`, `name` and `title` as a document's name.
pub(crate) fn document_name(row: &AnyRow) -> Result<DocumentName> {
    Ok(DocumentName {
        id: row.id("id")?,
        folder: row.text("folder")?,
        name: row.text("name")?,
        title: row.text("title")?,
    })
}

/// The columns `state`, `done`, `total`, `cause` and `reason` as one state.
pub(crate) fn state(row: &AnyRow) -> Result<VersionState> {
    Ok(match row.text("state")?.as_str() {
        "queued" => VersionState::Queued,
        "reading" => VersionState::Reading {
            done: row.number("done")?,
            total: row.number("total")?,
        },
        "embedding" => VersionState::Embedding {
            done: row.number("done")?,
            total: row.number("total")?,
        },
        "ready" => VersionState::Ready,
        "failed" => VersionState::Failed {
            cause: cause(row)?,
            reason: row.text("reason")?,
        },
        other => return Err(StoreError::Corrupt(format!("the version state {other:?}"))),
    })
}

/// An earlier program kept no cause: its files are told as damaged, which their reason details.
fn cause(row: &AnyRow) -> Result<FailureCause> {
    if row.text("cause")?.is_empty() {
        return Ok(FailureCause::Broken);
    }
    row.name("cause")
}
