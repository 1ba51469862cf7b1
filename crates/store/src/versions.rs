//! A version's way in: from queued to the one commit that makes it findable, or to failed.

use crate::audit::Actor;
use crate::index::encode;
use crate::jobs::{NewJob, enqueue};
use crate::outbox::{OutboxKind, push};
use crate::row::{Columns, big, clean, new_id, to_json};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{Block, DocumentId, PassageId, SetId, VersionId, VersionState};
use serde_json::json;

/// A retry goes before what waits in bulk: somebody asked for it.
const RETRY_PRIORITY: i64 = 10;

/// What the worker needs to know of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestVersion {
    pub version: VersionId,
    pub document: DocumentId,
    pub set: SetId,
    pub set_name: String,
    pub name: String,
    pub title: String,
    pub sha256: String,
    pub media_type: String,
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
            "SELECT v.id, v.document_id, d.set_id, s.name AS set_name, d.name, v.title, v.sha256,
                    v.media_type
             FROM versions v
             JOIN documents d ON d.id = v.document_id
             JOIN document_sets s ON s.id = d.set_id
             WHERE v.id = $1 AND d.deleted_at IS NULL",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        Ok(IngestVersion {
            version: row.id("id")?,
            document: row.id("document_id")?,
            set: row.id("set_id")?,
            set_name: row.text("set_name")?,
            name: row.text("name")?,
            title: row.text("title")?,
            sha256: row.text("sha256")?,
            media_type: row.text("media_type")?,
        })
    }

    /// Where a version stands now.
    pub async fn version_state(&self, id: &VersionId) -> Result<VersionState> {
        let row = sqlx::query("SELECT state, done, total, reason FROM versions WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        crate::documents::state(&row.ok_or(StoreError::NotFound)?)
    }

    /// Notes progress: queued, reading or embedding. A version that is ready or failed stays so,
    /// whatever a worker that lost its lease still says.
    pub async fn set_version_state(&self, id: &VersionId, state: &VersionState) -> Result<()> {
        let (name, done, total) = match state {
            VersionState::Queued => ("queued", 0, 0),
            VersionState::Reading => ("reading", 0, 0),
            VersionState::Embedding { done, total } => ("embedding", big(*done)?, big(*total)?),
            VersionState::Ready | VersionState::Failed { .. } => {
                return Err(StoreError::Invalid(
                    "a version ends with commit_version or fail_version".into(),
                ));
            }
        };
        let mut write = self.write().await?;
        sqlx::query(
            "UPDATE versions SET state = $2, done = $3, total = $4
             WHERE id = $1 AND state IN ('queued', 'reading', 'embedding')",
        )
        .bind(id.as_str())
        .bind(name)
        .bind(done)
        .bind(total)
        .execute(write.connection())
        .await?;
        write.commit_unrecorded().await
    }

    /// Commits all of a version at once: text, passages, vectors, the state `Ready` and the
    /// index outbox. From here on it is the version that is found, unless a later one of the
    /// document already is, and the former one isn't any more. A version that is ready stays as
    /// it is. `NotFound` when the document was deleted meanwhile.
    pub async fn commit_version(&self, id: &VersionId, found: Committed) -> Result<()> {
        check(&found)?;
        let passages = big(found.passages.len())?;
        let mut write = self.write().await?;
        let now = write.now().0;
        let row = sqlx::query(
            "UPDATE versions SET state = 'ready', done = 0, total = 0, reason = '', pages = $2,
                    passages = $3, parser = $4, embedding_model = $5, committed_at = $6,
                    title = CASE WHEN $7 = '' THEN title ELSE $7 END
             WHERE id = $1 AND state <> 'ready'
             RETURNING document_id, number",
        )
        .bind(id.as_str())
        .bind(found.pages.map(i64::from))
        .bind(passages)
        .bind(clean(&found.parser).into_owned())
        .bind(found.embedding_model.as_str())
        .bind(now)
        .bind(clean(found.title.trim()).into_owned())
        .fetch_optional(write.connection())
        .await?;
        let Some(row) = row else {
            drop(write);
            return self.version_state(id).await.map(|_| ());
        };
        let document: DocumentId = row.id("document_id")?;
        let number = row.int("number")?;
        insert_text(&mut write, id, &found).await?;
        let Committed {
            parser,
            passages: rows,
            embedding_model,
            vectors,
            ..
        } = found;
        for (ordinal, (passage, vector)) in rows.iter().zip(&vectors).enumerate() {
            insert_passage(&mut write, id, ordinal, passage, vector).await?;
        }
        let set = set_of(&mut write, &document).await?;
        let live = make_live(&mut write, &document, id, number).await?;
        let detail = json!({
            "set": set, "version": id, "number": number, "passages": passages, "parser": parser,
            "embedding_model": embedding_model, "live": live,
        });
        let subject = ("document", document.as_str());
        write
            .commit(&Actor::System, "document.ready", subject, detail)
            .await
    }

    /// The version could not be read; `reason` says what is wrong and what to do. The former
    /// version, where there is one, can still be found.
    pub async fn fail_version(&self, id: &VersionId, reason: &str) -> Result<()> {
        let mut write = self.write().await?;
        let row = sqlx::query(
            "UPDATE versions SET state = 'failed', done = 0, total = 0, reason = $2
             WHERE id = $1 AND state IN ('queued', 'reading', 'embedding')
             RETURNING document_id",
        )
        .bind(id.as_str())
        .bind(clean(reason).into_owned())
        .fetch_optional(write.connection())
        .await?;
        let Some(row) = row else {
            drop(write);
            return self.version_state(id).await.map(|_| ());
        };
        let document: DocumentId = row.id("document_id")?;
        let set = set_of(&mut write, &document).await?;
        let detail = json!({ "set": set, "version": id, "reason": reason });
        let subject = ("document", document.as_str());
        write
            .commit(&Actor::System, "document.failed", subject, detail)
            .await
    }

    /// Queues a document's newest version again after it failed. `Conflict` when it hasn't. Who
    /// asks has to manage the document's set: see [`Scope::manages`](crate::Scope::manages).
    pub async fn retry_version(&self, by: &Actor, document: &DocumentId) -> Result<VersionId> {
        let mut write = self.write().await?;
        let row = sqlx::query(
            "UPDATE versions SET state = 'queued', reason = ''
             WHERE state = 'failed' AND id =
                 (SELECT newest_version FROM documents WHERE id = $1 AND deleted_at IS NULL)
             RETURNING id",
        )
        .bind(document.as_str())
        .fetch_optional(write.connection())
        .await?;
        let Some(row) = row else {
            let known: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM documents WHERE id = $1 AND deleted_at IS NULL",
            )
            .bind(document.as_str())
            .fetch_one(write.connection())
            .await?;
            return Err(if known == 0 {
                StoreError::NotFound
            } else {
                StoreError::conflict("This document has not failed; there is nothing to retry.")
            });
        };
        let version: VersionId = row.id("id")?;
        let set = set_of(&mut write, document).await?;
        enqueue(&mut write, NewJob::ingest(&version, RETRY_PRIORITY)?).await?;
        let detail = json!({ "set": set, "version": version });
        let subject = ("document", document.as_str());
        write.commit(by, "document.retry", subject, detail).await?;
        Ok(version)
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
        .chain(found.blocks.iter().map(|block| (block.start, block.end)));
    if spans.any(|(start, end)| start > end || end > characters) {
        return Err(StoreError::Invalid(
            "a passage or block reaches beyond the text".into(),
        ));
    }
    Ok(())
}

async fn insert_text(write: &mut Write, id: &VersionId, found: &Committed) -> Result<()> {
    sqlx::query(
        "INSERT INTO version_texts (version_id, text, characters, blocks)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(id.as_str())
    .bind(clean(&found.text).into_owned())
    .bind(big(found.text.chars().count())?)
    .bind(to_json(&found.blocks)?)
    .execute(write.connection())
    .await?;
    Ok(())
}

async fn insert_passage(
    write: &mut Write,
    version: &VersionId,
    ordinal: usize,
    passage: &NewPassage,
    vector: &[f32],
) -> Result<()> {
    let id: PassageId = new_id()?;
    sqlx::query(
        "INSERT INTO passages
             (id, version_id, ordinal, heading_path, page, start_char, end_char, text, vector)
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
    .bind(encode(vector))
    .execute(write.connection())
    .await?;
    Ok(())
}

/// The set of a document, deleted or not.
async fn set_of(write: &mut Write, document: &DocumentId) -> Result<SetId> {
    let row = sqlx::query("SELECT set_id FROM documents WHERE id = $1")
        .bind(document.as_str())
        .fetch_optional(write.connection())
        .await?;
    row.ok_or(StoreError::NotFound)?.id("set_id")
}

/// Makes a committed version the one that is found, and tells the indexes; false when a later
/// version already is.
async fn make_live(
    write: &mut Write,
    document: &DocumentId,
    version: &VersionId,
    number: i64,
) -> Result<bool> {
    // Also holds the document's row: of two versions that commit at once, one comes second.
    let row = sqlx::query(
        "UPDATE documents SET created_at = created_at WHERE id = $1 AND deleted_at IS NULL
         RETURNING live_version",
    )
    .bind(document.as_str())
    .fetch_optional(write.connection())
    .await?;
    let former: Option<VersionId> = row.ok_or(StoreError::NotFound)?.maybe_id("live_version")?;
    if let Some(former) = &former {
        let live_number: i64 = sqlx::query_scalar("SELECT number FROM versions WHERE id = $1")
            .bind(former.as_str())
            .fetch_one(write.connection())
            .await?;
        if live_number > number {
            return Ok(false);
        }
    }
    sqlx::query("UPDATE documents SET live_version = $2 WHERE id = $1")
        .bind(document.as_str())
        .bind(version.as_str())
        .execute(write.connection())
        .await?;
    push(write, OutboxKind::Upsert, version).await?;
    if let Some(former) = former {
        push(write, OutboxKind::Remove, &former).await?;
    }
    Ok(true)
}
