//! The vector index in the process: one Qdrant Edge shard.

use crate::error::{Result, RetrievalError};
use crate::guard::{self, Opening};
use crate::vector::{
    CHUNK, DAYS, DOCUMENT, FROM, IDS, Nothing, Placed, SET, UNTIL, VERSION, VectorFilter,
    VectorIndex, VectorPoint, check, document, passage, uuid,
};
use async_trait::async_trait;
use inhouse_protocol::VersionId;
use qdrant_edge::external::ordered_float::OrderedFloat;
use qdrant_edge::{
    Condition, CountRequest, CreateIndex, Distance, EdgeConfig, EdgeShard, EdgeVectorParams,
    FieldCondition, FieldIndexOperations, Filter, JsonPath, Match, NamedQuery, OperationError,
    PayloadFieldSchema, PayloadSchemaType, PointId, PointInsertOperations, PointOperations,
    PointStruct, QueryEnum, QueryRequest, Range, ScoredPoint, ScoringQuery, UpdateOperation,
    WalOptions, WithPayloadInterface,
};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Points changed after which a flush also merges segments and builds their graphs.
const OPTIMIZE_AFTER: usize = 2_000;

/// Size of a file of the write-ahead log. A chunk of points takes about 1 MiB.
const WAL_BYTES: usize = 4 * 1024 * 1024;

/// Qdrant Edge in a folder, open in one process at a time. Cloning is cheap.
#[derive(Clone)]
pub struct EdgeIndex {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    dimensions: usize,
    opening: Opening,
    /// `None` only while it is being cleared.
    shard: RwLock<Option<EdgeShard>>,
    changed: AtomicUsize,
    /// Locked as long as the shard is open.
    _lock: File,
}

impl EdgeIndex {
    /// Opens the index in `dir`, or makes one. Blocking. What can't be loaded is moved aside:
    /// see [`opening`](Self::opening).
    pub fn open(dir: &Path, dimensions: usize) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(RetrievalError::io(dir))?;
        let lock = lock(dir)?;
        // A damaged mapping can end the process without a word: whoever finds this file knows
        // that the last one to load the folder didn't come back.
        let marker = dir.join("loading");
        let (shard, opening) = guard::open(
            dir,
            |current| {
                if marker.exists() {
                    return Err("the process ended while loading it".to_owned());
                }
                std::fs::write(&marker, []).map_err(|error| error.to_string())?;
                let shard = EdgeShard::load(current, Some(config(dimensions)))
                    .map_err(|error| error.to_string())?;
                std::fs::remove_file(&marker).map_err(|error| error.to_string())?;
                Ok(shard)
            },
            |current| create(current, dimensions),
        )?;
        if marker.exists() {
            std::fs::remove_file(&marker).map_err(RetrievalError::io(&marker))?;
        }
        Ok(Self {
            inner: Arc::new(Inner {
                dir: dir.to_path_buf(),
                dimensions,
                opening,
                shard: RwLock::new(Some(shard)),
                changed: AtomicUsize::new(0),
                _lock: lock,
            }),
        })
    }

    /// Removes the index in `dir` with its folder; none is fine. False while it is open, in this
    /// process or another. Blocking.
    pub fn remove(dir: &Path) -> Result<bool> {
        if !dir.exists() {
            return Ok(true);
        }
        match lock(dir) {
            Ok(_held) => std::fs::remove_dir_all(dir).map_err(RetrievalError::io(dir))?,
            Err(RetrievalError::InUse { .. }) => return Ok(false),
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    /// How the index was found; whether it has to be rebuilt.
    pub fn opening(&self) -> &Opening {
        &self.inner.opening
    }

    /// Runs on a thread that may block.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&EdgeShard, &Inner) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            let shard = inner.shard.read().unwrap_or_else(PoisonError::into_inner);
            match shard.as_ref() {
                Some(shard) => work(shard, &inner),
                None => Err(RetrievalError::Edge("it could not be cleared".to_owned())),
            }
        })
        .await?
    }
}

#[async_trait]
impl VectorIndex for EdgeIndex {
    async fn upsert(&self, points: &[VectorPoint]) -> Result<()> {
        let mut chunks = Vec::with_capacity(points.len().div_ceil(CHUNK));
        for chunk in points.chunks(CHUNK) {
            let points = chunk
                .iter()
                .map(|point| edge_point(self.inner.dimensions, point));
            chunks.push(points.collect::<Result<Vec<_>>>()?);
        }
        self.with(move |shard, inner| {
            for chunk in chunks {
                inner.changed.fetch_add(chunk.len(), Ordering::Relaxed);
                let points = chunk.into_iter().map(Into::into).collect();
                shard.update(UpdateOperation::PointOperation(
                    PointOperations::UpsertPoints(PointInsertOperations::PointsList(points)),
                ))?;
            }
            Ok(())
        })
        .await
    }

    async fn remove_version(&self, version: &VersionId) -> Result<()> {
        let version = version.as_str().to_owned();
        self.with(move |shard, inner| {
            let filter = Filter::new_must(is(VERSION, version)?);
            shard.update(UpdateOperation::PointOperation(
                PointOperations::DeletePointsByFilter(filter),
            ))?;
            inner.changed.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
        .await
    }

    async fn search_placed(
        &self,
        vector: &[f32],
        filter: &VectorFilter,
        limit: usize,
    ) -> Result<Vec<Placed>> {
        check(self.inner.dimensions, vector)?;
        let Some(filter) = edge_filter(filter)? else {
            return Ok(Vec::new());
        };
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut request = QueryRequest::new(limit);
        request.query = Some(ScoringQuery::Vector(QueryEnum::Nearest(
            NamedQuery::default_dense(vector.to_vec()),
        )));
        request.filter = Some(filter);
        request.with_payload = WithPayloadInterface::Fields(vec![path(DOCUMENT)?]);
        self.with(move |shard, _| {
            let found = shard.query(request)?;
            found.into_iter().map(placed).collect()
        })
        .await
    }

    async fn count(&self) -> Result<u64> {
        self.with(|shard, _| Ok(shard.count(CountRequest::new())? as u64))
            .await
    }

    async fn clear(&self) -> Result<()> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            let mut shard = inner.shard.write().unwrap_or_else(PoisonError::into_inner);
            // Dropping closes it: a folder holds one open shard.
            drop(shard.take());
            let current = guard::current(&inner.dir);
            if current.exists() {
                std::fs::remove_dir_all(&current).map_err(RetrievalError::io(&current))?;
            }
            *shard = Some(create(&current, inner.dimensions)?);
            inner.changed.store(0, Ordering::Relaxed);
            Ok(())
        })
        .await?
    }

    async fn flush(&self) -> Result<()> {
        self.with(|shard, inner| {
            if inner.changed.load(Ordering::Relaxed) >= OPTIMIZE_AFTER {
                inner.changed.store(0, Ordering::Relaxed);
                shard.optimize()?;
            }
            shard.flush()?;
            Ok(())
        })
        .await
    }
}

fn placed(point: ScoredPoint) -> Result<Placed> {
    let payload = point.payload.unwrap_or_default();
    let of = payload.0.get(DOCUMENT).and_then(|id| id.as_str());
    Ok(Placed {
        passage: passage(&point.id.to_string())?,
        document: document(of.unwrap_or_default())?,
        score: point.score,
    })
}

impl From<OperationError> for RetrievalError {
    fn from(error: OperationError) -> Self {
        Self::Edge(error.to_string())
    }
}

fn lock(dir: &Path) -> Result<File> {
    let path = dir.join("lock");
    let file = File::create(&path).map_err(RetrievalError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(RetrievalError::InUse {
            path: dir.to_path_buf(),
        }),
        Err(TryLockError::Error(error)) => Err(RetrievalError::io(path)(error)),
    }
}

fn config(dimensions: usize) -> EdgeConfig {
    EdgeConfig::builder()
        .vector(
            qdrant_edge::DEFAULT_VECTOR_NAME,
            EdgeVectorParams::builder(dimensions, Distance::Cosine).build(),
        )
        .wal_options(WalOptions {
            segment_capacity: WAL_BYTES,
            ..WalOptions::default()
        })
        .max_search_threads(2)
        .build()
}

fn create(current: &Path, dimensions: usize) -> Result<EdgeShard> {
    let shard = EdgeShard::new(current, config(dimensions))?;
    let ids = IDS.map(|key| (key, PayloadSchemaType::Keyword));
    let days = DAYS.map(|key| (key, PayloadSchemaType::Integer));
    for (key, kind) in ids.into_iter().chain(days) {
        shard.update(UpdateOperation::FieldIndexOperation(
            FieldIndexOperations::CreateIndex(CreateIndex {
                field_name: path(key)?,
                field_schema: Some(PayloadFieldSchema::FieldType(kind)),
            }),
        ))?;
    }
    shard.flush()?;
    Ok(shard)
}

fn edge_point(dimensions: usize, point: &VectorPoint) -> Result<PointStruct> {
    check(dimensions, &point.vector)?;
    Ok(PointStruct::new(
        PointId::Uuid(uuid(&point.passage)?),
        point.vector.clone(),
        serde_json::json!({
            SET: point.set.as_str(),
            VERSION: point.version.as_str(),
            DOCUMENT: point.document.as_str(),
            FROM: point.valid_from,
            UNTIL: point.valid_until,
        }),
    ))
}

/// `None` where nothing can be found.
fn edge_filter(filter: &VectorFilter) -> Result<Option<Filter>> {
    let day = Some(OrderedFloat(filter.day()));
    let begun = Range {
        lte: day,
        ..Range::default()
    };
    let goes_on = Range {
        gt: day,
        ..Range::default()
    };
    let mut conditions = vec![range(FROM, begun)?, range(UNTIL, goes_on)?];
    match filter.sets() {
        Err(Nothing) => return Ok(None),
        Ok(None) => {}
        Ok(Some(sets)) => conditions.push(field(SET, Match::from(sets))?),
    }
    if !filter.documents.is_empty() {
        conditions.push(field(DOCUMENT, Match::from(filter.documents()))?);
    }
    let hidden = filter.hidden();
    let mut filter = Filter::new();
    filter.must = Some(conditions);
    if !hidden.is_empty() {
        filter.must_not = Some(vec![field(DOCUMENT, Match::from(hidden))?]);
    }
    Ok(Some(filter))
}

fn is(key: &str, value: String) -> Result<Condition> {
    field(key, Match::from(value))
}

fn field(key: &str, value: Match) -> Result<Condition> {
    Ok(Condition::Field(FieldCondition::new_match(
        path(key)?,
        value,
    )))
}

fn range(key: &str, range: Range<OrderedFloat<f64>>) -> Result<Condition> {
    Ok(Condition::Field(FieldCondition::new_range(
        path(key)?,
        range,
    )))
}

fn path(key: &str) -> Result<JsonPath> {
    JsonPath::from_str(key).map_err(|()| RetrievalError::Edge(format!("'{key}' is no key")))
}
