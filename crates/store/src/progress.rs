//! What moves in a set, for a reader who watches.

use crate::access::Scope;
use crate::documents::select_summary;
use crate::row::Columns;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{DocumentSummary, Progress, SetId, Timestamp, VersionState};

/// How far back is looked: a change may be committed so long after its time was taken. In
/// milliseconds.
const OVERLAP_MS: i64 = 60_000;

impl Store {
    /// What moved in a set since a call before, as far as the scope shows it, with the set's counts
    /// and the time for the next call. At first, with `Timestamp(0)`: the documents on their way.
    /// `NotFound` when the set is outside the scope.
    ///
    /// What moved in the minute before `since` is told again, since a long change shows later than
    /// its time says: whoever watches compares with what they were told.
    pub async fn progress(
        &self,
        scope: &Scope,
        set: &SetId,
        since: Timestamp,
    ) -> Result<(Progress, Timestamp)> {
        if !scope.contains(set) {
            return Err(StoreError::NotFound);
        }
        let (mut progress, newest) = self.counts(scope, set).await?;
        progress.moved = if since == Timestamp(0) {
            self.on_their_way(scope, set).await?
        } else {
            self.moved_since(scope, set, since.plus_ms(-OVERLAP_MS))
                .await?
        };
        // Never 0: the next call is no first one.
        Ok((progress, newest.max(since).max(Timestamp(1))))
    }

    /// The set's counts as the scope sees them, and when something of it moved last.
    async fn counts(&self, scope: &Scope, set: &SetId) -> Result<(Progress, Timestamp)> {
        let rows = sqlx::query(
            "SELECT s.id, COUNT(d.id) AS documents,
                    COUNT(CASE WHEN v.state IN ('queued', 'reading', 'embedding') THEN 1 END)
                        AS in_progress,
                    COUNT(CASE WHEN v.state = 'failed' THEN 1 END) AS failed,
                    MAX(v.moved_at) AS newest
             FROM document_sets s
             LEFT JOIN documents d ON d.set_id = s.id AND d.deleted_at IS NULL AND d.narrowed = 0
             LEFT JOIN versions v ON v.id = d.newest_version
             WHERE s.id = $1 GROUP BY s.id",
        )
        .bind(set.as_str())
        .fetch_all(&self.pool)
        .await?;
        let row = rows.first().ok_or(StoreError::NotFound)?;
        let mut progress = Progress {
            moved: Vec::new(),
            in_progress: row.number("in_progress")?,
            failed: row.number("failed")?,
            documents: row.number("documents")?,
        };
        let mut newest = row.maybe_time("newest")?.unwrap_or_default();
        // Counted apart: not every reader of the set may know of them.
        let narrowed = sqlx::query(select_summary!("AND d.set_id = $1 AND d.narrowed = 1"))
            .bind(set.as_str())
            .fetch_all(&self.pool)
            .await?;
        for document in self.summaries(scope, &narrowed).await? {
            progress.documents += 1;
            match document.state {
                VersionState::Failed { .. } => progress.failed += 1,
                VersionState::Ready => {}
                _ => progress.in_progress += 1,
            }
            newest = newest.max(document.moved_at);
        }
        Ok((progress, newest))
    }

    async fn on_their_way(&self, scope: &Scope, set: &SetId) -> Result<Vec<DocumentSummary>> {
        let rows = sqlx::query(select_summary!(
            "AND d.set_id = $1 AND v.state IN ('queued', 'reading', 'embedding')
             ORDER BY v.moved_at, d.id"
        ))
        .bind(set.as_str())
        .fetch_all(&self.pool)
        .await?;
        self.summaries(scope, &rows).await
    }

    async fn moved_since(
        &self,
        scope: &Scope,
        set: &SetId,
        since: Timestamp,
    ) -> Result<Vec<DocumentSummary>> {
        let rows = sqlx::query(select_summary!(
            "AND d.set_id = $1 AND v.moved_at >= $2 ORDER BY v.moved_at, d.id"
        ))
        .bind(set.as_str())
        .bind(since.0)
        .fetch_all(&self.pool)
        .await?;
        self.summaries(scope, &rows).await
    }
}
