//! A person's word on files on their way in: read it once more, or stop.

use crate::access::Scope;
use crate::adding::Priority;
use crate::audit::Actor;
use crate::jobs::{INGEST, NewJob, enqueue, take_back};
use crate::row::{Columns, placeholders, to_json};
use crate::versions::set_failed;
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{DocumentId, FailureCause, ReadSettings, SetId, VersionId};
use serde_json::json;
use sqlx::AssertSqlSafe;

/// What is said of a file that somebody stopped.
const STOPPED: &str = "You or somebody else stopped this file. Retry it when you want it read.";

/// The states of a version that is neither ready nor failed.
const ON_THEIR_WAY: [&str; 3] = ["queued", "reading", "embedding"];

/// Languages of pictures of text that somebody may choose at once.
const MOST_LANGUAGES: usize = 8;

/// So many files are read again before what waits in bulk: somebody asked for them.
const AT_HAND: usize = 50;

impl Store {
    /// Queues a document's newest version again after it failed, to be read with these settings.
    /// `NotFound` unless the scope manages its set; `Conflict` when it hasn't failed; `Invalid` for
    /// settings that make no sense.
    pub async fn retry_version(
        &self,
        by: &Actor,
        scope: &Scope,
        document: &DocumentId,
        settings: &ReadSettings,
    ) -> Result<VersionId> {
        let set = self.managed_set_of(scope, document).await?;
        check_settings(settings)?;
        let mut write = self.write().await?;
        let version = retry(&mut write, document, Some(settings), Priority::Upload).await?;
        let version = version.ok_or_else(|| {
            StoreError::conflict("This document has not failed; there is nothing to retry.")
        })?;
        let detail = json!({ "set": set, "version": version, "settings": settings });
        let subject = ("document", document.as_str());
        write.commit(by, "document.retry", subject, detail).await?;
        Ok(version)
    }

    /// The same for every document of a set whose newest version failed, each with the settings it
    /// was read with; gives how many. `NotFound` unless the scope manages the set.
    pub async fn retry_failed(&self, by: &Actor, scope: &Scope, set: &SetId) -> Result<u64> {
        let failed = self.newest_in(scope, set, &["failed"]).await?;
        let priority = if failed.len() <= AT_HAND {
            Priority::Upload
        } else {
            Priority::Bulk
        };
        let mut write = self.write().await?;
        let mut retried = Vec::new();
        for document in failed {
            if let Some(version) = retry(&mut write, &document, None, priority).await? {
                retried.push((document, version));
            }
        }
        note_each(write, by, "document.retry", set, retried).await
    }

    /// Stops a document's versions that are on their way: whoever reads one learns it with its next
    /// word. `NotFound` unless the scope manages its set; `Conflict` when none is on its way.
    pub async fn cancel_version(
        &self,
        by: &Actor,
        scope: &Scope,
        document: &DocumentId,
    ) -> Result<()> {
        let set = self.managed_set_of(scope, document).await?;
        let mut write = self.write().await?;
        let stopped = stop_all_of(&mut write, document).await?;
        if stopped.is_empty() {
            return Err(StoreError::conflict(
                "This document is not on its way any more; there is nothing to stop.",
            ));
        }
        note_each(write, by, "document.cancel", &set, stopped).await?;
        Ok(())
    }

    /// Stops all documents of a set that are on their way; gives how many versions those were.
    /// `NotFound` unless the scope manages the set.
    pub async fn cancel_all(&self, by: &Actor, scope: &Scope, set: &SetId) -> Result<u64> {
        let mut stopped = Vec::new();
        let moving = self.newest_in(scope, set, &ON_THEIR_WAY).await?;
        let mut write = self.write().await?;
        for document in moving {
            stopped.extend(stop_all_of(&mut write, &document).await?);
        }
        note_each(write, by, "document.cancel", set, stopped).await
    }

    /// The documents of a set whose newest version is in one of these states, oldest first.
    async fn newest_in(
        &self,
        scope: &Scope,
        set: &SetId,
        states: &[&str],
    ) -> Result<Vec<DocumentId>> {
        if !scope.manages(set) {
            return Err(StoreError::NotFound);
        }
        let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM document_sets WHERE id = $1")
            .bind(set.as_str())
            .fetch_one(&self.pool)
            .await?;
        if known == 0 {
            return Err(StoreError::NotFound);
        }
        let sql = format!(
            "SELECT d.id FROM documents d JOIN versions v ON v.id = d.newest_version
             WHERE d.set_id = $1 AND d.deleted_at IS NULL AND v.state IN ({}) ORDER BY d.id",
            placeholders(2, states.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(set.as_str());
        for state in states {
            query = query.bind(*state);
        }
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| row.id("id")).collect()
    }
}

fn check_settings(settings: &ReadSettings) -> Result<()> {
    let code =
        |language: &String| language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase());
    if settings.languages.len() > MOST_LANGUAGES || !settings.languages.iter().all(code) {
        return Err(StoreError::Invalid(
            "Languages are up to 8 codes of two letters, such as de.".into(),
        ));
    }
    Ok(())
}

/// Stops the versions of a document that are on their way.
async fn stop_all_of(
    write: &mut Write,
    document: &DocumentId,
) -> Result<Vec<(DocumentId, VersionId)>> {
    let rows = sqlx::query(
        "SELECT id FROM versions
         WHERE document_id = $1 AND state IN ('queued', 'reading', 'embedding')
         ORDER BY number",
    )
    .bind(document.as_str())
    .fetch_all(write.connection())
    .await?;
    let mut stopped = Vec::new();
    for row in &rows {
        let version: VersionId = row.id("id")?;
        if stop(write, &version).await? {
            stopped.push((document.clone(), version));
        }
    }
    Ok(stopped)
}

/// The document's newest version, where it is in this state.
async fn newest(
    write: &mut Write,
    document: &DocumentId,
    state: &str,
) -> Result<Option<VersionId>> {
    let row = sqlx::query(
        "SELECT v.id FROM versions v JOIN documents d ON d.newest_version = v.id
         WHERE d.id = $1 AND d.deleted_at IS NULL AND v.state = $2",
    )
    .bind(document.as_str())
    .bind(state)
    .fetch_optional(write.connection())
    .await?;
    row.map(|row| row.id("id")).transpose()
}

/// Queues the newest version again; none when it hasn't failed. Without settings it keeps its own.
async fn retry(
    write: &mut Write,
    document: &DocumentId,
    settings: Option<&ReadSettings>,
    priority: Priority,
) -> Result<Option<VersionId>> {
    let Some(version) = newest(write, document, "failed").await? else {
        return Ok(None);
    };
    let now = write.now().0;
    let settings = settings.map(to_json).transpose()?;
    let queued = sqlx::query(
        "UPDATE versions SET state = 'queued', cause = '', reason = '', moved_at = $2,
                read_settings = COALESCE($3, read_settings)
         WHERE id = $1 AND state = 'failed'",
    )
    .bind(version.as_str())
    .bind(now)
    .bind(settings)
    .execute(write.connection())
    .await?
    .rows_affected();
    if queued == 0 {
        return Ok(None);
    }
    // One that a worker left behind would have it read twice.
    take_back(write, INGEST, version.as_str()).await?;
    enqueue(write, NewJob::ingest(&version, priority.number())?).await?;
    Ok(Some(version))
}

/// Ends a version as stopped and takes its job back; false when it is no longer on its way.
async fn stop(write: &mut Write, version: &VersionId) -> Result<bool> {
    let stopped = set_failed(write, version, FailureCause::Cancelled, STOPPED).await?;
    if stopped.is_none() {
        return Ok(false);
    }
    take_back(write, INGEST, version.as_str()).await?;
    Ok(true)
}

/// Commits with a record for each document; gives how many.
async fn note_each(
    mut write: Write,
    by: &Actor,
    action: &str,
    set: &SetId,
    versions: Vec<(DocumentId, VersionId)>,
) -> Result<u64> {
    let count = u64::try_from(versions.len()).unwrap_or(u64::MAX);
    for (document, version) in versions {
        let detail = json!({ "set": set, "version": version });
        let subject = ("document", document.as_str());
        write.note(by, action, subject, detail).await?;
    }
    write.commit_unrecorded().await?;
    Ok(count)
}
