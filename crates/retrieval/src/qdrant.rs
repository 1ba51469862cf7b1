//! The vector index on a Qdrant server.

use crate::error::{Result, RetrievalError};
use crate::vector::{
    CHUNK, DAYS, DOCUMENT, FROM, IDS, Nothing, Placed, SET, UNTIL, VERSION, VectorFilter,
    VectorIndex, VectorPoint, check, document, passage, uuid,
};
use async_trait::async_trait;
use inhouse_protocol::VersionId;
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::value::Kind;
use qdrant_client::qdrant::vectors_config::Config;
use qdrant_client::qdrant::{
    CollectionInfo, Condition, CountPointsBuilder, CreateCollectionBuilder,
    CreateFieldIndexCollectionBuilder, DeletePointsBuilder, Distance, FieldType, Filter,
    PayloadIncludeSelector, PointStruct, QueryPointsBuilder, Range, ScoredPoint,
    UpsertPointsBuilder, VectorParamsBuilder,
};
use qdrant_client::{Payload, Qdrant};
use std::time::Duration;

/// Longest wait for an answer of the server.
const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A collection of a Qdrant server, shared by every process that uses it. Cloning is cheap.
#[derive(Clone)]
pub struct QdrantIndex {
    client: Qdrant,
    collection: String,
    dimensions: usize,
    created: bool,
}

impl QdrantIndex {
    /// Connects to the server's gRPC address, such as `http://127.0.0.1:6334`, and makes the
    /// collection where there is none.
    pub async fn connect(
        url: &str,
        api_key: Option<&str>,
        collection: &str,
        dimensions: usize,
    ) -> Result<Self> {
        let mut index = Self {
            client: client(url, api_key)?,
            collection: collection.to_owned(),
            dimensions,
            created: false,
        };
        if !index.client.collection_exists(collection).await? {
            index.created = index.create().await?;
        }
        index.check_dimensions().await?;
        index.create_payload_indexes().await?;
        Ok(index)
    }

    /// How many vectors the collection of a server holds, `None` where there is no such
    /// collection. Changes nothing.
    pub async fn look(url: &str, api_key: Option<&str>, collection: &str) -> Result<Option<u64>> {
        let client = client(url, api_key)?;
        if !client.collection_exists(collection).await? {
            return Ok(None);
        }
        let counted = client
            .count(CountPointsBuilder::new(collection).exact(true))
            .await?;
        Ok(Some(counted.result.map_or(0, |result| result.count)))
    }

    /// Removes the collection of a server; none is fine.
    pub async fn remove(url: &str, api_key: Option<&str>, collection: &str) -> Result<()> {
        let client = client(url, api_key)?;
        if client.collection_exists(collection).await? {
            client.delete_collection(collection).await?;
        }
        Ok(())
    }

    /// Whether [`connect`](Self::connect) made the collection, so that it has to be filled.
    pub fn was_created(&self) -> bool {
        self.created
    }

    /// The collection's name.
    pub fn collection(&self) -> &str {
        &self.collection
    }

    /// Whether it was this process that made it.
    async fn create(&self) -> Result<bool> {
        let vectors = VectorParamsBuilder::new(self.dimensions as u64, Distance::Cosine);
        let collection = CreateCollectionBuilder::new(&self.collection).vectors_config(vectors);
        match self.client.create_collection(collection).await {
            Ok(_) => Ok(true),
            // Another process may have been faster.
            Err(_) if self.client.collection_exists(&self.collection).await? => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes those that aren't there: whoever made the collection may not have got this far.
    async fn create_payload_indexes(&self) -> Result<()> {
        let ids = IDS.map(|key| (key, FieldType::Keyword));
        let days = DAYS.map(|key| (key, FieldType::Integer));
        for (key, kind) in ids.into_iter().chain(days) {
            let index = CreateFieldIndexCollectionBuilder::new(&self.collection, key, kind);
            self.client.create_field_index(index.wait(true)).await?;
        }
        Ok(())
    }

    async fn check_dimensions(&self) -> Result<()> {
        let info = self.client.collection_info(&self.collection).await?.result;
        match info.as_ref().and_then(size) {
            Some(size) if size == self.dimensions as u64 => Ok(()),
            size => Err(RetrievalError::Dimensions {
                expected: size
                    .and_then(|size| usize::try_from(size).ok())
                    .unwrap_or(0),
                found: self.dimensions,
            }),
        }
    }

    async fn delete(&self, filter: Filter) -> Result<()> {
        self.client
            .delete_points(
                DeletePointsBuilder::new(&self.collection)
                    .points(filter)
                    .wait(true),
            )
            .await?;
        Ok(())
    }
}

fn client(url: &str, api_key: Option<&str>) -> Result<Qdrant> {
    let client = Qdrant::from_url(url)
        .api_key(api_key)
        .timeout(TIMEOUT)
        .connect_timeout(CONNECT_TIMEOUT)
        // It would print to standard output.
        .skip_compatibility_check();
    Ok(client.build()?)
}

#[async_trait]
impl VectorIndex for QdrantIndex {
    async fn upsert(&self, points: &[VectorPoint]) -> Result<()> {
        for chunk in points.chunks(CHUNK) {
            let points = chunk
                .iter()
                .map(|point| server_point(self.dimensions, point))
                .collect::<Result<Vec<_>>>()?;
            self.client
                .upsert_points(UpsertPointsBuilder::new(&self.collection, points).wait(true))
                .await?;
        }
        Ok(())
    }

    async fn remove_version(&self, version: &VersionId) -> Result<()> {
        let version = version.as_str().to_owned();
        self.delete(Filter::must([Condition::matches(VERSION, version)]))
            .await
    }

    async fn search_placed(
        &self,
        vector: &[f32],
        filter: &VectorFilter,
        limit: usize,
    ) -> Result<Vec<Placed>> {
        check(self.dimensions, vector)?;
        let Some(filter) = server_filter(filter) else {
            return Ok(Vec::new());
        };
        if limit == 0 {
            return Ok(Vec::new());
        }
        let found = self
            .client
            .query(
                QueryPointsBuilder::new(&self.collection)
                    .query(vector.to_vec())
                    .filter(filter)
                    .with_payload(PayloadIncludeSelector {
                        fields: vec![DOCUMENT.to_owned()],
                    })
                    .limit(limit as u64),
            )
            .await?;
        found.result.into_iter().map(placed).collect()
    }

    async fn count(&self) -> Result<u64> {
        let counted = self
            .client
            .count(CountPointsBuilder::new(&self.collection).exact(true))
            .await?;
        Ok(counted.result.map_or(0, |result| result.count))
    }

    async fn clear(&self) -> Result<()> {
        self.delete(Filter::default()).await
    }

    /// Nothing to do: each write waited until the server had it in its log.
    async fn flush(&self) -> Result<()> {
        Ok(())
    }
}

fn placed(point: ScoredPoint) -> Result<Placed> {
    let of = match point.payload.get(DOCUMENT).map(|value| &value.kind) {
        Some(Some(Kind::StringValue(id))) => id.as_str(),
        _ => "",
    };
    let document = document(of)?;
    match point.id.and_then(|id| id.point_id_options) {
        Some(PointIdOptions::Uuid(id)) => Ok(Placed {
            passage: passage(&id)?,
            document,
            score: point.score,
        }),
        other => Err(RetrievalError::Id(format!("{other:?}"))),
    }
}

fn size(info: &CollectionInfo) -> Option<u64> {
    let params = info.config.as_ref()?.params.as_ref()?;
    match params.vectors_config.as_ref()?.config.as_ref()? {
        Config::Params(params) => Some(params.size),
        Config::ParamsMap(_) => None,
    }
}

fn server_point(dimensions: usize, point: &VectorPoint) -> Result<PointStruct> {
    check(dimensions, &point.vector)?;
    let mut payload = Payload::new();
    payload.insert(SET, point.set.as_str());
    payload.insert(VERSION, point.version.as_str());
    payload.insert(DOCUMENT, point.document.as_str());
    payload.insert(FROM, point.valid_from);
    payload.insert(UNTIL, point.valid_until);
    Ok(PointStruct::new(
        uuid(&point.passage)?.to_string(),
        point.vector.clone(),
        payload,
    ))
}

/// `None` where nothing can be found.
fn server_filter(filter: &VectorFilter) -> Option<Filter> {
    let day = Some(filter.day());
    let begun = Range {
        lte: day,
        ..Range::default()
    };
    let goes_on = Range {
        gt: day,
        ..Range::default()
    };
    let mut conditions = vec![
        Condition::range(FROM, begun),
        Condition::range(UNTIL, goes_on),
    ];
    match filter.sets() {
        Err(Nothing) => return None,
        Ok(None) => {}
        Ok(Some(sets)) => conditions.push(Condition::matches(SET, sets)),
    }
    if !filter.documents.is_empty() {
        conditions.push(Condition::matches(DOCUMENT, filter.documents()));
    }
    let hidden = filter.hidden();
    let mut filter = Filter::must(conditions);
    if !hidden.is_empty() {
        filter.must_not = vec![Condition::matches(DOCUMENT, hidden)];
    }
    Some(filter)
}
