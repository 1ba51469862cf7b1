//! The seam between the product and whatever finds the nearest vectors.

use crate::error::{Result, RetrievalError};
use async_trait::async_trait;
use inhouse_protocol::{DocumentId, PassageId, SetId, VersionId};
use inhouse_store::{IndexRow, Scope};
use std::str::FromStr;
use uuid::Uuid;

/// The payload's keys; each is indexed: identifiers as keywords, days as integers.
pub(crate) const SET: &str = "set";
pub(crate) const VERSION: &str = "version";
pub(crate) const DOCUMENT: &str = "document";
pub(crate) const IDS: [&str; 3] = [SET, VERSION, DOCUMENT];
pub(crate) const FROM: &str = "from";
pub(crate) const UNTIL: &str = "until";
pub(crate) const DAYS: [&str; 2] = [FROM, UNTIL];

/// Points written at once.
pub(crate) const CHUNK: usize = 256;

/// A passage's vector and what it is filtered by.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorPoint {
    pub passage: PassageId,
    pub version: VersionId,
    pub document: DocumentId,
    pub set: SetId,
    /// The number of the first day on which the version is in force.
    pub valid_from: i64,
    /// The number of the first day on which it no more is.
    pub valid_until: i64,
    /// Of length 1.
    pub vector: Vec<f32>,
}

impl From<&IndexRow> for VectorPoint {
    fn from(row: &IndexRow) -> Self {
        Self {
            passage: row.passage.clone(),
            version: row.version.clone(),
            document: row.document.clone(),
            set: row.set.clone(),
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            vector: row.vector.clone(),
        }
    }
}

/// Which passages a search may find: of the versions in force on the scope's day.
#[derive(Debug, Clone)]
pub struct VectorFilter {
    pub scope: Scope,
    /// Only passages of these documents; of any where there are none.
    pub documents: Vec<DocumentId>,
}

impl VectorFilter {
    /// The sets to filter by, `None` for every set; or the news that nothing can be found.
    pub(crate) fn sets(&self) -> std::result::Result<Option<Vec<String>>, Nothing> {
        match self.scope.sets() {
            None => Ok(None),
            Some([]) => Err(Nothing),
            Some(sets) => Ok(Some(
                sets.iter().map(|set| set.as_str().to_owned()).collect(),
            )),
        }
    }

    /// The number of the scope's day, as both engines compare numbers.
    pub(crate) fn day(&self) -> f64 {
        // From year 1 to year 9999: seven digits at most.
        i32::try_from(self.scope.on().number()).map_or(f64::MAX, f64::from)
    }

    pub(crate) fn documents(&self) -> Vec<String> {
        texts(&self.documents)
    }

    /// Documents of those sets that nothing may be found of.
    pub(crate) fn hidden(&self) -> Vec<String> {
        texts(self.scope.hidden())
    }
}

fn texts(documents: &[DocumentId]) -> Vec<String> {
    let documents = documents.iter();
    documents.map(|id| id.as_str().to_owned()).collect()
}

/// The scope holds no set: no search is needed to know that nothing is found.
pub(crate) struct Nothing;

/// Nearest passages by cosine similarity. All writes are idempotent; what a call wrote, the next
/// search finds.
#[async_trait]
pub trait VectorIndex: Send + Sync {
    /// Adds the points, or replaces those with the same passage.
    async fn upsert(&self, points: &[VectorPoint]) -> Result<()>;

    /// Removes every passage of a document version; none is fine.
    async fn remove_version(&self, version: &VersionId) -> Result<()>;

    /// The `limit` nearest passages that the filter lets through, best first, each with its
    /// cosine similarity in -1..=1.
    async fn search(
        &self,
        vector: &[f32],
        filter: &VectorFilter,
        limit: usize,
    ) -> Result<Vec<(PassageId, f32)>> {
        let found = self.search_placed(vector, filter, limit).await?;
        Ok(found
            .into_iter()
            .map(|near| (near.passage, near.score))
            .collect())
    }

    /// [`search`](Self::search), each passage with its document.
    async fn search_placed(
        &self,
        vector: &[f32],
        filter: &VectorFilter,
        limit: usize,
    ) -> Result<Vec<Placed>>;

    /// How many passages the index holds, of every scope.
    async fn count(&self) -> Result<u64>;

    /// Removes everything.
    async fn clear(&self) -> Result<()>;

    /// Makes what was written last through a power cut. A follower moves its cursor only after
    /// this.
    async fn flush(&self) -> Result<()>;
}

/// A passage that was found, with the document that it stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub passage: PassageId,
    pub document: DocumentId,
    /// As the index scores it: cosine similarity, or BM25.
    pub score: f32,
}

pub(crate) fn uuid(passage: &PassageId) -> Result<Uuid> {
    Uuid::from_str(passage.as_str()).map_err(|_| RetrievalError::Id(passage.as_str().to_owned()))
}

pub(crate) fn passage(id: &str) -> Result<PassageId> {
    PassageId::from_str(id).map_err(|_| RetrievalError::Id(id.to_owned()))
}

pub(crate) fn document(id: &str) -> Result<DocumentId> {
    DocumentId::from_str(id).map_err(|_| RetrievalError::Id(id.to_owned()))
}

pub(crate) fn check(expected: usize, vector: &[f32]) -> Result<()> {
    if vector.len() == expected {
        Ok(())
    } else {
        Err(RetrievalError::Dimensions {
            expected,
            found: vector.len(),
        })
    }
}
