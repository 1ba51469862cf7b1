//! A version's way in: from queued to the one commit that makes it findable, or to failed.

use crate::audit::Actor;
use crate::documents::state;
use crate::embeddings::{insert_vector, require_active};
use crate::proposals::kept;
use crate::row::{Columns, big, clean, new_id, to_json};
use crate::validity::{hold, settle, tell};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    Block, DocumentId, FailureCause, LineBox, PageInfo, PassageId, Proposal, ReadSettings, SetId,
    VersionId, VersionState,
};
use serde_json::json;

/// More mails in mails and archives in archives than are ever taken apart.
const DEEPEST: u32 = 16;

/// What the worker needs to know of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestVersion {
    pub version: VersionId,
    /// Its place among the document's versions, from 1.
    pub number: u32,
    /// No later version was added.
    pub newest: bool,
    pub document: DocumentId,
    pub set: SetId,
    pub set_name: String,
    pub folder: String,
    pub name: String,
    pub title: String,
    pub sha256: String,
    pub media_type: String,
    /// How somebody wants it to be read.
    pub settings: ReadSettings,
    pub added_by: Actor,
    /// How many archives and mails it came out of, one in the other.
    pub depth: u32,
}

/// A passage of a version, before it has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassage {
    /// Headings from the outermost in; may be empty.
    pub heading_path: Vec<String>,
    pub page: Option<u32>,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    pub text: String,
    /// ISO 639-1; empty where it isn't known.
    pub language: String,
}

/// All that was found in a version.
#[derive(Debug, Clone)]
pub struct Committed {
    /// The title found in the document; the one it has stays if this is blank.
    pub title: String,
    /// The parser and its version.
    pub parser: String,
    pub pages: Option<u32>,
    pub text: String,
    pub blocks: Vec<Block>,
    /// Where each line stands on its page; empty where pages have no places.
    pub boxes: Vec<LineBox>,
    /// Empty where the format has no pages.
    pub page_info: Vec<PageInfo>,
    /// What a person should know of how it was read.
    pub warnings: Vec<String>,
    /// ISO 639-1; empty where it isn't known.
    pub language: String,
    /// What the document says of itself; one a fact.
    pub proposals: Vec<Proposal>,
    /// In reading order.
    pub passages: Vec<NewPassage>,
    /// The id of the model that made `vectors`.
    pub embedding_model: String,
    /// One a passage, in the same order.
    pub vectors: Vec<Vec<f32>>,
}

impl Store {
    /// What is to be read. `NotFound` when there is no such version or its document was deleted.
    pub async fn version_for_ingest(&self, id: &VersionId) -> Result<IngestVersion> {
        let row = sqlx::query(
            "SELECT v.id, v.number, v.document_id, d.newest_version, d.set_id,
                    s.name AS set_name, d.folder, d.name, d.part_of, v.title, v.sha256,
                    v.media_type, v.read_settings, v.added_by
             FROM versions v
             JOIN documents d ON d.id = v.document_id
             JOIN document_sets s ON s.id = d.set_id
             WHERE v.id = $1 AND d.deleted_at IS NULL",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let newest: Option<VersionId> = row.maybe_id("newest_version")?;
        Ok(IngestVersion {
            version: row.id("id")?,
            number: row.number("number")?,
            newest: newest.as_ref() == Some(id),
            document: row.id("document_id")?,
            set: row.id("set_id")?,
            set_name: row.text("set_name")?,
            folder: row.text("folder")?,
            name: row.text("name")?,
            title: row.text("title")?,
            sha256: row.text("sha256")?,
            media_type: row.text("media_type")?,
            settings: row.json("read_settings")?,
            added_by: Actor::parse(&row.text("added_by")?)?,
            depth: self.depth(row.maybe_id("part_of")?).await?,
        })
    }

    /// How many documents lead up from a part of `parent`.
    async fn depth(&self, mut parent: Option<DocumentId>) -> Result<u32> {
        let mut depth = 0;
        while let Some(document) = parent {
            depth += 1;
            if depth == DEEPEST {
                break;
            }
            let row = sqlx::query("SELECT part_of FROM documents WHERE id = $1")
                .bind(document.as_str())
                .fetch_optional(&self.pool)
                .await?;
            parent = row.map_or(Ok(None), |row| row.maybe_id("part_of"))?;
        }
        Ok(depth)
    }

    /// Where a version stands now.
    pub async fn version_state(&self, id: &VersionId) -> Result<VersionState> {
        let row =
            sqlx::query("SELECT state, done, total, cause, reason FROM versions WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        state(&row.ok_or(StoreError::NotFound)?)
    }

    /// Notes progress: queued, reading or embedding. False, and nothing noted, when the version is
    /// no longer on its way: it is ready, has failed, was stopped, or its document was deleted.
    /// Whoever reads it then stops.
    pub async fn set_version_state(&self, id: &VersionId, state: &VersionState) -> Result<bool> {
        let (name, done, total) = match state {
            VersionState::Queued => ("queued", 0, 0),
            VersionState::Reading { done, total } => ("reading", *done, *total),
            VersionState::Embedding { done, total } => ("embedding", *done, *total),
            VersionState::Ready | VersionState::Failed { .. } => {
                return Err(StoreError::Invalid(
                    "a version ends with commit_version or fail_version".into(),
                ));
            }
        };
        let mut write = self.write().await?;
        let now = write.now().0;
        let noted = sqlx::query(
            "UPDATE versions SET state = $2, done = $3, total = $4, moved_at = $5
             WHERE id = $1 AND state IN ('queued', 'reading', 'embedding')
               AND EXISTS (SELECT 1 FROM documents d
                           WHERE d.id = versions.document_id AND d.deleted_at IS NULL)",
        )
        .bind(id.as_str())
        .bind(name)
        .bind(big(done)?)
        .bind(big(total)?)
        .bind(now)
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit_unrecorded().await?;
        Ok(noted == 1)
    }

    /// Commits all of a version at once: text, passages, vectors, the state `Ready`, when it and
    /// the others of its document are in force, and the index outbox. A version that is no longer
    /// on its way stays as it is. `NotFound` when the document was deleted meanwhile; `Conflict`
    /// when another model answers by now: its vectors can't be compared with these.
    pub async fn commit_version(&self, id: &VersionId, found: Committed) -> Result<()> {
        check(&found)?;
        let mut write = self.write().await?;
        let document = document_of(&mut write, id).await?;
        hold(&mut write, &document).await?;
        let Some(number) = set_ready(&mut write, &document, id, &found).await? else {
            return Ok(());
        };
        insert_text(&mut write, id, &found).await?;
        for (ordinal, (passage, vector)) in found.passages.iter().zip(&found.vectors).enumerate() {
            let passage = insert_passage(&mut write, id, ordinal, passage).await?;
            insert_vector(&mut write, &found.embedding_model, &passage, vector).await?;
        }
        let set = set_of(&mut write, &document).await?;
        let moved = settle(&mut write, std::slice::from_ref(&document)).await?;
        require_active(&mut write, &found.embedding_model).await?;
        tell(&mut write, moved).await?;
        let detail = json!({
            "set": set, "version": id, "number": number, "passages": found.passages.len(),
            "parser": found.parser, "embedding_model": found.embedding_model,
        });
        let subject = ("document", document.as_str());
        write
            .commit(&Actor::System, "document.ready", subject, detail)
            .await
    }

    /// The version could not be read; `reason` says what is wrong and what to do. The former
    /// version, where there is one, can still be found. A version that is no longer on its way
    /// stays as it is.
    pub async fn fail_version(
        &self,
        id: &VersionId,
        cause: FailureCause,
        reason: &str,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let Some(document) = set_failed(&mut write, id, cause, reason).await? else {
            drop(write);
            return self.version_state(id).await.map(|_| ());
        };
        let set = set_of(&mut write, &document).await?;
        let detail = json!({ "set": set, "version": id, "cause": cause, "reason": reason });
        let subject = ("document", document.as_str());
        write
            .commit(&Actor::System, "document.failed", subject, detail)
            .await
    }
}

fn check(found: &Committed) -> Result<()> {
    let characters = found.text.chars().count();
    if found.passages.len() != found.vectors.len() {
        return Err(StoreError::Invalid(
            "every passage needs a vector, and every vector a passage".into(),
        ));
    }
    let dimensions = found.vectors.first().map_or(0, Vec::len);
    if found
        .vectors
        .iter()
        .any(|vector| vector.len() != dimensions)
    {
        return Err(StoreError::Invalid("vectors differ in length".into()));
    }
    let mut spans = found
        .passages
        .iter()
        .map(|passage| (passage.start, passage.end))
        .chain(found.blocks.iter().map(|block| (block.start, block.end)))
        .chain(found.boxes.iter().map(|line| (line.start, line.end)));
    if spans.any(|(start, end)| start > end || end > characters) {
        return Err(StoreError::Invalid(
            "a passage, block or line reaches beyond the text".into(),
        ));
    }
    Ok(())
}

/// The version's number; none when it is no longer on its way.
async fn set_ready(
    write: &mut Write,
    document: &DocumentId,
    id: &VersionId,
    found: &Committed,
) -> Result<Option<i64>> {
    let proposed = kept(write, document, &found.proposals).await?;
    let warnings: Vec<_> = found.warnings.iter().map(|text| clean(text)).collect();
    let now = write.now().0;
    let number = sqlx::query_scalar(
        "UPDATE versions SET state = 'ready', done = 0, total = 0, cause = '', reason = '',
                pages = $2, passages = $3, parser = $4, language = $5, proposed = $6,
                warnings = $7, committed_at = $8, moved_at = $8,
                title = CASE WHEN $9 = '' THEN title ELSE $9 END
         WHERE id = $1 AND state IN ('queued', 'reading', 'embedding')
         RETURNING number",
    )
    .bind(id.as_str())
    .bind(found.pages.map(i64::from))
    .bind(big(found.passages.len())?)
    .bind(clean(&found.parser).into_owned())
    .bind(clean(&found.language).into_owned())
    .bind(proposed)
    .bind(to_json(&warnings)?)
    .bind(now)
    .bind(clean(found.title.trim()).into_owned())
    .fetch_optional(write.connection())
    .await?;
    Ok(number)
}

/// Ends a version that is on its way; gives its document, none when it isn't any more.
pub(crate) async fn set_failed(
    write: &mut Write,
    id: &VersionId,
    cause: FailureCause,
    reason: &str,
) -> Result<Option<DocumentId>> {
    let now = write.now().0;
    let row = sqlx::query(
        "UPDATE versions SET state = 'failed', done = 0, total = 0, cause = $2, reason = $3,
                moved_at = $4
         WHERE id = $1 AND state IN ('queued', 'reading', 'embedding')
         RETURNING document_id",
    )
    .bind(id.as_str())
    .bind(cause.as_str())
    .bind(clean(reason).into_owned())
    .bind(now)
    .fetch_optional(write.connection())
    .await?;
    row.map(|row| row.id("document_id")).transpose()
}

async fn insert_text(write: &mut Write, id: &VersionId, found: &Committed) -> Result<()> {
    sqlx::query(
        "INSERT INTO version_texts (version_id, text, characters, blocks, boxes, pages)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(clean(&found.text).into_owned())
    .bind(big(found.text.chars().count())?)
    .bind(to_json(&found.blocks)?)
    .bind(to_json(&found.boxes)?)
    .bind(to_json(&found.page_info)?)
    .execute(write.connection())
    .await?;
    Ok(())
}

async fn insert_passage(
    write: &mut Write,
    version: &VersionId,
    ordinal: usize,
    passage: &NewPassage,
) -> Result<PassageId> {
    let id: PassageId = new_id()?;
    sqlx::query(
        "INSERT INTO passages
             (id, version_id, ordinal, heading_path, page, start_char, end_char, text, language)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(version.as_str())
    .bind(big(ordinal)?)
    .bind(to_json(&passage.heading_path)?)
    .bind(passage.page.map(i64::from))
    .bind(big(passage.start)?)
    .bind(big(passage.end)?)
    .bind(clean(&passage.text).into_owned())
    .bind(clean(&passage.language).into_owned())
    .execute(write.connection())
    .await?;
    Ok(id)
}

/// The document of a version.
async fn document_of(write: &mut Write, version: &VersionId) -> Result<DocumentId> {
    let row = sqlx::query("SELECT document_id FROM versions WHERE id = $1")
        .bind(version.as_str())
        .fetch_optional(write.connection())
        .await?;
    row.ok_or(StoreError::NotFound)?.id("document_id")
}

/// The set of a document, deleted or not.
async fn set_of(write: &mut Write, document: &DocumentId) -> Result<SetId> {
    let row = sqlx::query("SELECT set_id FROM documents WHERE id = $1")
        .bind(document.as_str())
        .fetch_optional(write.connection())
        .await?;
    row.ok_or(StoreError::NotFound)?.id("set_id")
}
