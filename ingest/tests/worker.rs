//! The whole way in: original, queue, cage, passages, vectors, commit, both indexes.

use inhouse_ingest::cage::CageConfig;
use inhouse_ingest::{Follower, Format, Ingested, Originals, Worker};
use inhouse_protocol::{Audience, DocumentId, NewDocumentSet, SetId, VersionId, VersionState};
use inhouse_retrieval::{
    EdgeIndex, Embedder, EmbeddingModel, LexicalIndex, Query, RetrievalSettings, Retriever,
};
use inhouse_store::{
    Actor, AddVersion, AddedVersion, INGEST, MasterKeys, Principal, Priority, Scope, Store,
    SystemClock,
};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

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

fn embedder() -> Embedder {
    static EMBEDDER: OnceLock<Embedder> = OnceLock::new();
    let load = || {
        let models = models();
        let runtime = models.join("onnxruntime/libonnxruntime.so");
        Embedder::load(&EmbeddingModel::mini_lm(&models), &runtime).unwrap()
    };
    EMBEDDER.get_or_init(load).clone()
}

/// An instance of its own: database, originals, indexes, one set.
struct Instance {
    store: Store,
    originals: Originals,
    worker: Worker,
    follower: Follower,
    retriever: Retriever,
    scope: Scope,
    set: SetId,
    _dir: TempDir,
}

async fn instance() -> Instance {
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
    let embedder = embedder();
    let lexical = LexicalIndex::open(&dir.path().join("lexical")).unwrap();
    let vectors = EdgeIndex::open(&dir.path().join("vectors"), embedder.dimensions()).unwrap();
    let retriever = Retriever::new(
        embedder.clone(),
        Arc::new(lexical),
        Arc::new(vectors),
        RetrievalSettings::default(),
    );
    let follower = Follower::new(store.clone(), retriever.clone(), Some("edge".to_owned()));
    let cage = CageConfig {
        memory_bytes: 256 << 20,
        program: PathBuf::from(env!("CARGO_BIN_EXE_parse-child")),
        ..CageConfig::default()
    };
    let worker = Worker::new(store.clone(), originals.clone(), embedder, cage);
    Instance {
        store,
        originals,
        worker,
        follower,
        retriever,
        scope,
        set,
        _dir: dir,
    }
}

impl Instance {
    async fn add(&self, name: &str, content: &[u8]) -> (DocumentId, VersionId) {
        let add = AddVersion {
            set: self.set.clone(),
            name: name.to_owned(),
            title: name.to_owned(),
            sha256: self.originals.put(content).unwrap(),
            size_bytes: content.len() as u64,
            media_type: Format::Text.media_type().to_owned(),
            priority: Priority::Upload,
        };
        match self.store.add_version(&Actor::Operator, add).await.unwrap() {
            AddedVersion::New { document, version }
            | AddedVersion::NewVersion { document, version } => (document, version),
            AddedVersion::Duplicate { .. } => panic!("{name} is new"),
        }
    }

    /// Works off the queue and lets the indexes follow.
    async fn settle(&self) {
        self.worker.work_off().await.unwrap();
        self.follower.catch_up().await.unwrap();
    }

    /// The texts of the passages found for a question, best first.
    async fn search(&self, text: &str) -> Vec<String> {
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

    async fn state(&self, document: &DocumentId) -> VersionState {
        let document = self.store.document(&self.scope, document).await.unwrap();
        document.state
    }
}

const LEASE: &str = "# Lease\n\n## 1 Rent\n\nThe monthly rent is 900 euros.\n\n## 2 Pets\n\nThe \
                     tenant may keep two cats.\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_in_and_is_found_where_it_stands() {
    let instance = instance().await;
    let (document, version) = instance.add("lease.md", LEASE.as_bytes()).await;
    assert_eq!(instance.state(&document).await, VersionState::Queued);
    instance.settle().await;

    assert_eq!(instance.state(&document).await, VersionState::Ready);
    let summary = instance.store.document(&instance.scope, &document).await;
    assert_eq!(summary.unwrap().title, "Lease");
    let found = instance.search("May I have a cat?").await;
    assert_eq!(found[0], "2 Pets\n\nThe tenant may keep two cats.");
    let rows = instance.store.index_rows(&version).await.unwrap();
    let paths: Vec<_> = rows.iter().map(|row| row.heading_path.join("/")).collect();
    assert_eq!(paths, ["1 Rent", "2 Pets"]);
    for row in rows {
        let span: String = LEASE
            .chars()
            .skip(row.start)
            .take(row.end - row.start)
            .collect();
        assert_eq!(row.text, span);
    }
    assert_eq!(instance.store.jobs_waiting(INGEST).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_file_fails_alone_with_its_reason() {
    let instance = instance().await;
    let (good, _) = instance
        .add("good.txt", b"Holidays are 30 days a year.")
        .await;
    let (bomb, _) = instance.add("bomb.docx", &zip_bomb()).await;
    let (broken, _) = instance
        .add("broken.pdf", b"%PDF-1.7\nnothing of use")
        .await;
    let (other, _) = instance.add("other.txt", b"Notice is three months.").await;
    instance.settle().await;

    assert_eq!(instance.state(&good).await, VersionState::Ready);
    assert_eq!(instance.state(&other).await, VersionState::Ready);
    let VersionState::Failed { reason } = instance.state(&bomb).await else {
        panic!("the bomb was read");
    };
    assert!(reason.contains("unpacks to more than"), "{reason}");
    let VersionState::Failed { reason } = instance.state(&broken).await else {
        panic!("the broken file was read");
    };
    assert!(reason.contains("damaged"), "{reason}");
    // A failure is an outcome, not an error of the queue.
    assert_eq!(instance.store.jobs_waiting(INGEST).await.unwrap(), 0);
    assert!(
        instance
            .store
            .jobs_failed(INGEST, 9)
            .await
            .unwrap()
            .is_empty()
    );
    let counts = instance.follower.counts().await.unwrap();
    assert_eq!((counts.database, counts.lexical, counts.vectors), (2, 2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_indexes_follow_new_versions_and_deletions() {
    let instance = instance().await;
    let (document, first) = instance.add("fees.txt", b"The fee is five euros.").await;
    instance.settle().await;
    let (same, second) = instance.add("fees.txt", b"The fee is six euros.").await;
    assert_eq!(same, document);
    instance.settle().await;
    assert_ne!(first, second);
    assert_eq!(
        instance.search("What is the fee?").await,
        ["The fee is six euros."]
    );
    assert_eq!(instance.follower.counts().await.unwrap().vectors, 1);

    // Applying everything once more changes nothing.
    instance.store.set_cursor("edge", 0).await.unwrap();
    instance.follower.catch_up().await.unwrap();
    let counts = instance.follower.counts().await.unwrap();
    assert_eq!((counts.database, counts.lexical, counts.vectors), (1, 1, 1));

    let by = Actor::Operator;
    instance
        .store
        .delete_document(&by, &instance.scope, &document)
        .await
        .unwrap();
    assert!(instance.search("What is the fee?").await.is_empty());
    instance.follower.catch_up().await.unwrap();
    let counts = instance.follower.counts().await.unwrap();
    assert_eq!((counts.database, counts.lexical, counts.vectors), (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_gives_the_indexes_that_following_gave() {
    let instance = instance().await;
    instance.add("lease.md", LEASE.as_bytes()).await;
    instance.add("fees.txt", b"The fee is five euros.").await;
    instance.settle().await;
    let before = instance.follower.counts().await.unwrap();
    let found = instance.search("How much is the rent?").await;
    // Whatever happened to them: the database is the truth.
    instance.retriever.vectors().clear().await.unwrap();
    instance.retriever.lexical().clear().unwrap();

    let counts = instance.follower.rebuild().await.unwrap();
    assert_eq!(counts, before);
    assert_eq!(counts.database, counts.lexical);
    assert_eq!(counts.database, counts.vectors);
    assert_eq!(instance.search("How much is the rent?").await, found);
    assert_eq!(instance.follower.catch_up().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_document_is_gone_for_the_worker_too() {
    let instance = instance().await;
    let (document, version) = instance.add("a.txt", b"Some words.").await;
    let by = Actor::Operator;
    instance
        .store
        .delete_document(&by, &instance.scope, &document)
        .await
        .unwrap();
    let outcome = instance.worker.ingest_one(&version).await.unwrap();
    assert_eq!(outcome, Ingested::Gone);
    instance.settle().await;
    assert_eq!(instance.store.jobs_waiting(INGEST).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_worker_and_follower_stop_when_told() {
    let instance = instance().await;
    let follower = instance.follower.clone();
    let worker = instance.worker.clone().with_follower(follower.waker());
    let (stop_worker, worker_stopped) = tokio::sync::oneshot::channel::<()>();
    let (stop_follower, follower_stopped) = tokio::sync::oneshot::channel::<()>();
    let working = tokio::spawn(async move {
        worker
            .run(async {
                let _ = worker_stopped.await;
            })
            .await;
    });
    let following = tokio::spawn(async move {
        follower
            .run(async {
                let _ = follower_stopped.await;
            })
            .await;
    });
    instance.add("a.txt", b"The canteen opens at noon.").await;
    instance.worker.waker().notify_one();
    // Both loops look at least once a second.
    let found = async {
        loop {
            let counts = instance.follower.counts().await.unwrap();
            if counts.vectors == 1 && counts.lexical == 1 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), found)
        .await
        .expect("the document comes in");
    stop_worker.send(()).unwrap();
    stop_follower.send(()).unwrap();
    working.await.unwrap();
    following.await.unwrap();
}

fn zip_bomb() -> Vec<u8> {
    use std::io::{Cursor, Write};
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file("word/document.xml", options).unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..40 {
        zip.write_all(&blanks).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
