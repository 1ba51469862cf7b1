//! What folders of the server that are kept in a set held when they were last looked at.

use crate::access::Scope;
use crate::row::{Columns, big, clean};
use crate::{Result, Store};
use inhouse_protocol::{DocumentId, RefusedFile, SetId, WatchedFolder};

/// A file of a watched folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedFile {
    /// Its path below the folder.
    pub path: String,
    pub size_bytes: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub modified_ms: i64,
    /// Of its content, in lower-case hex; empty until it has lain still and was taken.
    pub sha256: String,
    /// What it became.
    pub document: Option<DocumentId>,
    /// Why it was not taken; empty where it was.
    pub refused: String,
}

impl Store {
    /// The files of a watched folder as they were noted, by path.
    pub async fn watched_files(&self, root: &str) -> Result<Vec<WatchedFile>> {
        let rows = sqlx::query(
            "SELECT path, size_bytes, modified_ms, sha256, document_id, refused
             FROM watched_files WHERE root = $1",
        )
        .bind(clean(root).into_owned())
        .fetch_all(&self.pool)
        .await?;
        let mut files = rows
            .iter()
            .map(|row| {
                Ok(WatchedFile {
                    path: row.text("path")?,
                    size_bytes: row.number("size_bytes")?,
                    modified_ms: row.int("modified_ms")?,
                    sha256: row.text("sha256")?,
                    document: row.maybe_id("document_id")?,
                    refused: row.text("refused")?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        // Not the database's order: PostgreSQL's depends on its locale.
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// Notes a file of a watched folder, in place of what was noted of it.
    pub async fn note_watched(&self, root: &str, file: &WatchedFile) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO watched_files
                 (root, path, size_bytes, modified_ms, sha256, document_id, refused, seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (root, path) DO UPDATE SET
                 size_bytes = excluded.size_bytes, modified_ms = excluded.modified_ms,
                 sha256 = excluded.sha256, document_id = excluded.document_id,
                 refused = excluded.refused, seen_at = excluded.seen_at",
        )
        .bind(clean(root).into_owned())
        .bind(clean(&file.path).into_owned())
        .bind(big(file.size_bytes)?)
        .bind(file.modified_ms)
        .bind(file.sha256.as_str())
        .bind(file.document.as_ref().map(DocumentId::as_str))
        .bind(clean(&file.refused).into_owned())
        .bind(now)
        .execute(write.connection())
        .await?;
        write.commit_unrecorded().await
    }

    /// Forgets a file that is gone.
    pub async fn forget_watched(&self, root: &str, path: &str) -> Result<()> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM watched_files WHERE root = $1 AND path = $2")
            .bind(clean(root).into_owned())
            .bind(clean(path).into_owned())
            .execute(write.connection())
            .await?;
        write.commit_unrecorded().await
    }

    /// Notes that a watched folder was looked at: the set it is kept in, once that is there, and
    /// why it could not be looked at, empty where it could.
    pub async fn note_watched_root(
        &self,
        root: &str,
        set: Option<&SetId>,
        problem: &str,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO watched_roots (root, set_id, looked_at, problem)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (root) DO UPDATE SET
                 set_id = excluded.set_id, looked_at = excluded.looked_at,
                 problem = excluded.problem",
        )
        .bind(clean(root).into_owned())
        .bind(set.map(SetId::as_str))
        .bind(now)
        .bind(clean(problem).into_owned())
        .execute(write.connection())
        .await?;
        write.commit_unrecorded().await
    }

    /// What is known of a watched folder, without the set's name. None when it was never looked at,
    /// and for whoever doesn't manage its set, or no set at all while it has none.
    pub async fn watched_folder(&self, scope: &Scope, root: &str) -> Result<Option<WatchedFolder>> {
        let row =
            sqlx::query("SELECT set_id, looked_at, problem FROM watched_roots WHERE root = $1")
                .bind(clean(root).into_owned())
                .fetch_optional(&self.pool)
                .await?;
        let Some(row) = row else { return Ok(None) };
        let set: Option<SetId> = row.maybe_id("set_id")?;
        let told = match &set {
            Some(set) => scope.manages(set),
            None => scope.manages_any(),
        };
        if !told {
            return Ok(None);
        }
        let files = self.watched_files(root).await?;
        let taken = files.iter().filter(|file| file.document.is_some()).count();
        let refused = files
            .into_iter()
            .filter(|file| !file.refused.is_empty())
            .map(|file| RefusedFile {
                path: file.path,
                reason: file.refused,
            })
            .collect();
        Ok(Some(WatchedFolder {
            folder: root.to_owned(),
            set,
            set_name: String::new(),
            files: u64::try_from(taken).unwrap_or(u64::MAX),
            refused,
            looked_at: Some(row.time("looked_at")?),
            problem: row.text("problem")?,
        }))
    }
}
