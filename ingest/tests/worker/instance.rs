//! An instance of its own for each test, and files to put in.

use inhouse_ingest::cage::CageConfig;
use inhouse_ingest::{Follower, Format, HEAD_BYTES, Originals, Worker, detect};
use inhouse_protocol::{
    Audience, DocumentDetail, DocumentId, DocumentSummary, NewDocumentSet, SetId, VersionId,
    VersionState,
};
use inhouse_retrieval::{
    EdgeIndex, Embedder, EmbeddingModel, LexicalIndex, Query, RetrievalSettings, Retriever,
};
use inhouse_store::{
    Actor, AddVersion, AddedVersion, IndexRow, MasterKeys, Principal, Priority, Scope, Store,
    SystemClock,
};
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use tokio::sync::watch;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// The folder of models: `INHOUSE_MODELS`, else where `deploy/fetch-models` puts them.
fn models() -> PathBuf {
    let models = std::env::var_os("INHOUSE_MODELS").map_or_else(
        || {
            let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(
                || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache"),
                PathBuf::from,
            );
            cache.join("inhouse/models")
        },
        PathBuf::from,
    );
    assert!(
        models.is_dir(),
        "no models at {}: run deploy/fetch-models, or set INHOUSE_MODELS to their folder",
        models.display()
    );
    models
}

/// The model under its own name, loaded once.
fn embedder() -> Embedder {
    static EMBEDDER: OnceLock<Embedder> = OnceLock::new();
    EMBEDDER
        .get_or_init(|| embedder_called("all-MiniLM-L6-v2"))
        .clone()
}

/// The model under a name of the caller's.
pub(crate) fn embedder_called(id: &str) -> Embedder {
    let models = models();
    let runtime = models.join("onnxruntime/libonnxruntime.so");
    let model = EmbeddingModel {
        id: id.to_owned(),
        ..EmbeddingModel::mini_lm(&models)
    };
    Embedder::load(&model, &runtime).unwrap()
}

/// An instance of its own: database, originals, indexes, one set.
pub(crate) struct Instance {
    pub(crate) store: Store,
    pub(crate) originals: Originals,
    pub(crate) worker: Worker,
    /// Tells the worker which model answers.
    pub(crate) models: watch::Sender<Retriever>,
    pub(crate) follower: Follower,
    pub(crate) retriever: Retriever,
    pub(crate) scope: Scope,
    pub(crate) set: SetId,
    _dir: TempDir,
}

/// The cage of the tests: the product's, in a program of its own.
pub(crate) fn cage() -> CageConfig {
    CageConfig {
        memory_bytes: 256 << 20,
        program: PathBuf::from(env!("CARGO_BIN_EXE_parse-child")),
        ..CageConfig::default()
    }
}

pub(crate) async fn instance() -> Instance {
    instance_with(cage()).await
}

pub(crate) async fn instance_with(cage: CageConfig) -> Instance {
    let dir = TempDir::new().unwrap();
    let url = format!("sqlite://{}", dir.path().join("inhouse.db").display());
    let store = Store::open(&url, Arc::new(SystemClock), MasterKeys::ephemeral())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let set = NewDocumentSet {
        name: "Contracts".to_owned(),
        description: String::new(),
        audience: Audience::Everyone,
        grants: Vec::new(),
    };
    let set = store.create_set(&Actor::Operator, &set).await.unwrap().id;
    let scope = store.scope(&Principal::operator()).await.unwrap();
    let originals = Originals::new(dir.path().join("originals"));
    let retriever = retriever(&dir, embedder());
    let follower = Follower::new(store.clone(), retriever.clone(), Some("edge".to_owned()));
    let models = watch::Sender::new(retriever.clone());
    let worker = Worker::new(store.clone(), originals.clone(), models.subscribe(), cage);
    Instance {
        store,
        originals,
        worker,
        models,
        follower,
        retriever,
        scope,
        set,
        _dir: dir,
    }
}

fn retriever(dir: &TempDir, embedder: Embedder) -> Retriever {
    let lexical = LexicalIndex::open(&dir.path().join("lexical")).unwrap();
    let vectors = EdgeIndex::open(&dir.path().join("vectors"), embedder.dimensions()).unwrap();
    Retriever::new(
        embedder,
        Arc::new(lexical),
        Arc::new(vectors),
        RetrievalSettings::default(),
    )
}

impl Instance {
    pub(crate) async fn add(&self, name: &str, content: &[u8]) -> (DocumentId, VersionId) {
        let head = &content[..content.len().min(usize::try_from(HEAD_BYTES).unwrap())];
        let format = detect(head, name).unwrap_or(Format::Text);
        let add = AddVersion {
            set: self.set.clone(),
            folder: String::new(),
            name: name.to_owned(),
            title: name.to_owned(),
            sha256: self.originals.put(content).unwrap(),
            size_bytes: content.len() as u64,
            media_type: format.media_type().to_owned(),
            priority: Priority::Upload,
            part_of: None,
        };
        match self.store.add_version(&Actor::Operator, add).await.unwrap() {
            AddedVersion::New { document, version }
            | AddedVersion::NewVersion { document, version } => (document, version),
            AddedVersion::Duplicate { .. } => panic!("{name} is new"),
        }
    }

    /// Works off the queue and lets the indexes follow.
    pub(crate) async fn settle(&self) {
        self.worker.work_off().await.unwrap();
        self.follower.catch_up().await.unwrap();
    }

    /// The texts of the passages found for a question, best first.
    pub(crate) async fn search(&self, text: &str) -> Vec<String> {
        let query = Query {
            text: text.to_owned(),
            vector: None,
            document: None,
            limit: 5,
        };
        let found = self.retriever.search(&self.scope, &query).await.unwrap();
        let ids: Vec<_> = found.hits.into_iter().map(|hit| hit.passage).collect();
        let passages = self.store.passages(&self.scope, &ids).await.unwrap();
        passages.into_iter().map(|passage| passage.text).collect()
    }

    pub(crate) async fn rows(&self, version: &VersionId) -> Vec<IndexRow> {
        let model = self.retriever.embedder().id();
        self.store.index_rows(version, model).await.unwrap()
    }

    /// The documents of the set, by folder and name.
    pub(crate) async fn documents(&self) -> Vec<DocumentSummary> {
        let mut documents = self.store.documents(&self.scope, &self.set).await.unwrap();
        documents.sort_by_key(|d| (d.folder.clone(), d.name.clone()));
        documents
    }

    /// Where the documents of the set lie: folder and name, joined by a slash.
    pub(crate) async fn places(&self) -> Vec<String> {
        let documents = self.documents().await;
        documents
            .into_iter()
            .map(|d| format!("{}/{}", d.folder, d.name))
            .collect()
    }

    pub(crate) async fn detail(&self, document: &DocumentId) -> DocumentDetail {
        let detail = self.store.document_detail(&self.scope, document);
        detail.await.unwrap()
    }

    pub(crate) async fn state(&self, document: &DocumentId) -> VersionState {
        let document = self.store.document(&self.scope, document).await.unwrap();
        document.state
    }
}

/// An archive of these files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A DOCX of 40 MB of blanks.
pub(crate) fn zip_bomb() -> Vec<u8> {
    zip(&[("word/document.xml", &vec![b' '; 40 << 20])])
}
