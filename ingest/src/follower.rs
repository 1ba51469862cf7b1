//! The follower: brings the indexes to where SQL is, entry by entry of the outbox. Applying an
//! entry twice changes nothing, so a follower that was killed simply goes on.

use crate::error::Result;
use inhouse_protocol::VersionId;
use inhouse_retrieval::{Retriever, VectorPoint};
use inhouse_store::{IndexRow, OutboxEntry, OutboxKind, Store};
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Notify};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Entries looked at together.
const ENTRIES: u32 = 64;
/// Rows applied together.
const ROWS: usize = 4000;
/// How often an idle follower looks for commits of other processes.
const LOOK: Duration = Duration::from_secs(1);

/// Keeps one process's indexes at the state of the database. Cheap to clone.
#[derive(Clone)]
pub struct Follower {
    store: Store,
    retriever: Retriever,
    /// The name of the vector index's cursor; `None` where another process follows for it.
    vectors: Option<String>,
    wake: Arc<Notify>,
    busy: Arc<Mutex<()>>,
}

/// What the database and the indexes hold, in passages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub database: u64,
    pub lexical: u64,
    pub vectors: u64,
}

impl Follower {
    /// A follower for the retriever's lexical index, which keeps its own cursor, and for its
    /// vector index, whose cursor in SQL is called `vectors` (one name a collection, such as
    /// `qdrant:inhouse`). `None` leaves the vector index to another process.
    pub fn new(store: Store, retriever: Retriever, vectors: Option<String>) -> Self {
        Self {
            store,
            retriever,
            vectors,
            wake: Arc::new(Notify::new()),
            busy: Arc::new(Mutex::new(())),
        }
    }

    /// Wakes an idle follower. Without it a commit is seen within a second.
    pub fn waker(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Follows until `shutdown`.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        loop {
            if let Err(e) = self.catch_up().await {
                tracing::error!(error = %e, "the indexes could not follow; trying again");
            }
            tokio::select! {
                _ = timeout(LOOK, self.wake.notified()) => {}
                () = &mut shutdown => return,
            }
        }
    }

    /// Applies all that was committed before the call; gives how many entries that were, of both
    /// indexes together. An index that claims to be ahead of the database is rebuilt: it followed
    /// another one.
    pub async fn catch_up(&self) -> Result<u64> {
        let _turn = self.busy.lock().await;
        let head = self.store.outbox_head().await?;
        Ok(self.lexical_up_to(head).await? + self.vectors_up_to(head).await?)
    }

    /// [`catch_up`](Self::catch_up) for the vector index alone, such as that of a model that
    /// doesn't answer yet.
    pub async fn catch_up_vectors(&self) -> Result<u64> {
        let _turn = self.busy.lock().await;
        let head = self.store.outbox_head().await?;
        self.vectors_up_to(head).await
    }

    /// Makes the vector index begin anew with the next call: it holds less than its cursor says.
    pub async fn rewind_vectors(&self) -> Result<()> {
        let _turn = self.busy.lock().await;
        match &self.vectors {
            Some(consumer) => Ok(self.store.set_cursor(consumer, 0).await?),
            None => Ok(()),
        }
    }

    async fn lexical_up_to(&self, head: i64) -> Result<u64> {
        let mut applied = 0;
        let mut cursor = self.lexical_cursor().await?;
        if cursor > head {
            tracing::warn!(cursor, head, "the lexical index is of another database");
            self.fill_lexical(head).await?;
            cursor = head;
        }
        while cursor < head {
            let (changes, last) = self.changes_after(cursor).await?;
            applied += changes.entries;
            self.apply_lexical(changes, last).await?;
            cursor = last;
        }
        Ok(applied)
    }

    async fn vectors_up_to(&self, head: i64) -> Result<u64> {
        let Some(consumer) = &self.vectors else {
            return Ok(0);
        };
        let mut applied = 0;
        let mut cursor = self.store.cursor(consumer).await?;
        if cursor > head {
            tracing::warn!(cursor, head, "the vector index is of another database");
            self.fill_vectors(consumer, head).await?;
            cursor = head;
        }
        while cursor < head {
            let (changes, last) = self.changes_after(cursor).await?;
            applied += changes.entries;
            self.apply_vectors(&changes).await?;
            self.retriever.vectors().flush().await?;
            self.store.set_cursor(consumer, last).await?;
            cursor = last;
        }
        Ok(applied)
    }

    /// Empties the indexes this process follows for and fills them from the database.
    pub async fn rebuild(&self) -> Result<Counts> {
        self.rebuild_lexical().await?;
        self.rebuild_vectors().await?;
        self.counts().await
    }

    /// [`rebuild`](Self::rebuild) for the lexical index alone.
    pub async fn rebuild_lexical(&self) -> Result<()> {
        let _turn = self.busy.lock().await;
        let head = self.store.outbox_head().await?;
        self.fill_lexical(head).await
    }

    /// [`rebuild`](Self::rebuild) for the vector index alone; nothing where another process
    /// follows for it.
    pub async fn rebuild_vectors(&self) -> Result<()> {
        let _turn = self.busy.lock().await;
        let Some(consumer) = &self.vectors else {
            return Ok(());
        };
        let head = self.store.outbox_head().await?;
        self.fill_vectors(consumer, head).await
    }

    /// What is held where; equal numbers once the follower has caught up.
    pub async fn counts(&self) -> Result<Counts> {
        let lexical = self.retriever.lexical().clone();
        Ok(Counts {
            database: self.store.findable_passages().await?,
            lexical: spawn_blocking(move || lexical.count()).await??,
            vectors: self.retriever.vectors().count().await?,
        })
    }

    async fn lexical_cursor(&self) -> Result<i64> {
        let lexical = self.retriever.lexical().clone();
        Ok(spawn_blocking(move || lexical.cursor()).await??)
    }

    async fn rows(&self, version: &VersionId) -> Result<Vec<IndexRow>> {
        let model = self.retriever.embedder().id();
        Ok(self.store.index_rows(version, model).await?)
    }

    /// What the next entries after `cursor` come to, and the last entry of them.
    async fn changes_after(&self, cursor: i64) -> Result<(Changes, i64)> {
        let entries = self.store.outbox_after(cursor, ENTRIES).await?;
        let mut changes = Changes::default();
        let mut last = cursor;
        for entry in newest_of_each(&entries) {
            if changes.rows.len() >= ROWS {
                break;
            }
            if let Some((version, kind)) = entry.change {
                let rows = match kind {
                    OutboxKind::Upsert => self.rows(&version).await?,
                    OutboxKind::Remove => Vec::new(),
                };
                if rows.is_empty() {
                    changes.removed.push(version);
                } else {
                    changes.rows.extend(rows);
                }
            }
            changes.entries += 1;
            last = entry.seq;
        }
        // An empty read can only mean a hole at the end; it is not waited for.
        if entries.is_empty() {
            last = self.store.outbox_head().await?;
        }
        Ok((changes, last))
    }

    async fn apply_lexical(&self, changes: Changes, cursor: i64) -> Result<()> {
        let lexical = self.retriever.lexical().clone();
        spawn_blocking(move || lexical.apply_up_to(&changes.rows, &changes.removed, cursor))
            .await??;
        Ok(())
    }

    async fn apply_vectors(&self, changes: &Changes) -> Result<()> {
        let vectors = self.retriever.vectors();
        for version in &changes.removed {
            vectors.remove_version(version).await?;
        }
        // What the model has not embedded yet comes with an entry of its own.
        let embedded = changes.rows.iter().filter(|row| !row.vector.is_empty());
        let points: Vec<VectorPoint> = embedded.map(VectorPoint::from).collect();
        if !points.is_empty() {
            vectors.upsert(&points).await?;
        }
        Ok(())
    }

    async fn fill_lexical(&self, head: i64) -> Result<()> {
        let lexical = self.retriever.lexical().clone();
        spawn_blocking(move || lexical.clear()).await??;
        for version in self.store.findable_versions().await? {
            let rows = self.rows(&version).await?;
            let lexical = self.retriever.lexical().clone();
            spawn_blocking(move || lexical.apply(&rows, &[])).await??;
        }
        // The cursor last: stopped before, it starts over.
        self.apply_lexical(Changes::default(), head).await
    }

    async fn fill_vectors(&self, consumer: &str, head: i64) -> Result<()> {
        self.store.set_cursor(consumer, 0).await?;
        let vectors = self.retriever.vectors();
        vectors.clear().await?;
        for version in self.store.findable_versions().await? {
            let rows = self.rows(&version).await?;
            let changes = Changes {
                rows,
                ..Changes::default()
            };
            self.apply_vectors(&changes).await?;
        }
        vectors.flush().await?;
        self.store.set_cursor(consumer, head).await?;
        Ok(())
    }
}

/// What some entries of the outbox come to.
#[derive(Default)]
struct Changes {
    rows: Vec<IndexRow>,
    removed: Vec<VersionId>,
    entries: u64,
}

/// An entry, with its change unless a later one is about the same version.
struct Step {
    seq: i64,
    change: Option<(VersionId, OutboxKind)>,
}

fn newest_of_each(entries: &[OutboxEntry]) -> Vec<Step> {
    let mut newest: HashMap<&VersionId, i64> = HashMap::new();
    for entry in entries {
        newest.insert(&entry.version, entry.seq);
    }
    entries
        .iter()
        .map(|entry| Step {
            seq: entry.seq,
            change: (newest[&entry.version] == entry.seq)
                .then(|| (entry.version.clone(), entry.kind)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_entries_about_a_version_the_last_counts() {
        let entry = |seq, kind, version: &str| OutboxEntry {
            seq,
            kind,
            version: version.parse().unwrap(),
        };
        let steps = newest_of_each(&[
            entry(4, OutboxKind::Upsert, "a"),
            entry(5, OutboxKind::Upsert, "b"),
            entry(6, OutboxKind::Remove, "a"),
        ]);
        let kept: Vec<(i64, Option<OutboxKind>)> = steps
            .into_iter()
            .map(|step| (step.seq, step.change.map(|(_, kind)| kind)))
            .collect();
        assert_eq!(
            kept,
            [
                (4, None),
                (5, Some(OutboxKind::Upsert)),
                (6, Some(OutboxKind::Remove))
            ]
        );
    }
}
