//! Everything about one document, and the text of one version.

use crate::access::Scope;
use crate::dates::dates;
use crate::documents::{document_name, in_force, select_summary, state};
use crate::facts::facts;
use crate::row::Columns;
use crate::{Result, Store, StoreError, proposals};
use inhouse_protocol::{
    Block, ComparedVersion, DocumentDetail, DocumentId, DocumentName, DocumentSummary, SetId,
    VersionDetail, VersionId,
};

/// The whole text of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionText {
    pub document: DocumentName,
    pub set: SetId,
    pub version: ComparedVersion,
    pub text: String,
    /// In reading order; offsets count characters of `text`.
    pub blocks: Vec<Block>,
}

impl Store {
    /// Everything about a document. What it is linked to is told as far as the scope shows it.
    /// `NotFound` unless the scope shows the document.
    pub async fn document_detail(&self, scope: &Scope, id: &DocumentId) -> Result<DocumentDetail> {
        let summary = self.document(scope, id).await?;
        let row = sqlx::query(
            "SELECT d.jurisdiction, d.owner_id, d.review_on, d.tags, d.supersedes,
                    s.name AS set_name, u.name AS owner_name
             FROM documents d
             JOIN document_sets s ON s.id = d.set_id
             LEFT JOIN users u ON u.id = d.owner_id AND u.erased_at IS NULL
             WHERE d.id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let manages = scope.manages(&summary.set);
        let mut facts = facts(&row)?;
        let owner_name = row.maybe_text("owner_name")?;
        if owner_name.is_none() {
            facts.owner = None;
        }
        let supersedes = self.name_of(scope, facts.supersedes.as_ref()).await?;
        if supersedes.is_none() && !manages {
            facts.supersedes = None;
        }
        let part_of = self.name_of(scope, summary.part_of.as_ref()).await?;
        let today = self.now().day();
        Ok(DocumentDetail {
            set_name: row.text("set_name")?,
            manages,
            owner_name,
            review_due: facts.review_on.is_some_and(|day| day <= today),
            facts,
            supersedes,
            superseded_by: self.superseding(scope, id).await?.pop(),
            part_of,
            parts: self.direct_parts(scope, id).await?,
            versions: self.versions_of(id).await?,
            summary,
        })
    }

    /// The whole text of a version, whatever day it is in force on. `NotFound` unless the scope
    /// shows its document, and for a version without text.
    pub async fn version_text(&self, scope: &Scope, id: &VersionId) -> Result<VersionText> {
        self.document_of(scope, id).await?;
        let row = sqlx::query(
            "SELECT d.id, d.set_id, d.folder, d.name, v.title, v.number, v.added_at,
                    v.valid_from, v.valid_until, v.state, v.done, v.total, v.cause, v.reason,
                    t.text, t.blocks
             FROM versions v
             JOIN documents d ON d.id = v.document_id
             JOIN version_texts t ON t.version_id = v.id
             WHERE v.id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        Ok(VersionText {
            document: document_name(&row)?,
            set: row.id("set_id")?,
            version: ComparedVersion {
                id: id.clone(),
                number: row.number("number")?,
                added_at: row.time("added_at")?,
                validity: in_force(&row, &state(&row)?)?,
            },
            text: row.text("text")?,
            blocks: row.json("blocks")?,
        })
    }

    /// A document's name; none where the scope doesn't show it.
    async fn name_of(
        &self,
        scope: &Scope,
        id: Option<&DocumentId>,
    ) -> Result<Option<DocumentName>> {
        let Some(id) = id else { return Ok(None) };
        let row = sqlx::query(
            "SELECT d.id, d.set_id, d.folder, d.name, v.title
             FROM documents d JOIN versions v ON v.id = d.newest_version
             WHERE d.id = $1 AND d.deleted_at IS NULL",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let shown = scope.shows(&row.id("set_id")?, id);
        shown.then(|| document_name(&row)).transpose()
    }

    async fn direct_parts(&self, scope: &Scope, id: &DocumentId) -> Result<Vec<DocumentSummary>> {
        let rows = sqlx::query(select_summary!(
            "AND d.part_of = $1 ORDER BY d.folder, d.name, d.id"
        ))
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        self.summaries(scope, &rows).await
    }

    /// Newest first.
    async fn versions_of(&self, id: &DocumentId) -> Result<Vec<VersionDetail>> {
        // Whoever added a version is `user:` and their id.
        let rows = sqlx::query(
            "SELECT v.id, v.number, v.title, v.added_at, v.size_bytes, v.pages, v.passages,
                    v.parser, v.language, v.effective_from, v.effective_until, v.valid_from,
                    v.valid_until, v.proposed, v.warnings, v.state, v.done, v.total, v.cause,
                    v.reason, u.name AS adder, t.pages AS page_info
             FROM versions v
             LEFT JOIN users u ON u.id = SUBSTR(v.added_by, 6)
             LEFT JOIN version_texts t ON t.version_id = v.id
             WHERE v.document_id = $1 ORDER BY v.number DESC",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let today = self.now().day();
        rows.iter()
            .map(|row| {
                let state = state(row)?;
                let validity = in_force(row, &state)?;
                Ok(VersionDetail {
                    id: row.id("id")?,
                    number: row.number("number")?,
                    title: row.text("title")?,
                    added_at: row.time("added_at")?,
                    added_by: row.maybe_text("adder")?.unwrap_or_default(),
                    size_bytes: row.number("size_bytes")?,
                    pages: row.maybe_number("pages")?,
                    passages: row.number("passages")?,
                    parser: row.text("parser")?,
                    language: row.text("language")?,
                    dates: dates(row)?,
                    validity,
                    in_force: validity.is_some_and(|validity| validity.holds_on(today)),
                    proposals: proposals::of(row)?.into_values().collect(),
                    warnings: row.json("warnings")?,
                    page_info: match row.maybe_text("page_info")? {
                        Some(_) => row.json("page_info")?,
                        None => Vec::new(),
                    },
                    state,
                })
            })
            .collect()
    }
}
