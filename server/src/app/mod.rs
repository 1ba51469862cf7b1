//! The parts of a running instance, built from its configuration.
//!
//! Nothing starts half-working: what is missing is said with what to do, before anything listens.

mod calibration;
mod indexes;
mod models;
mod rules;
mod search;
mod serve;

pub use calibration::CalibrationInUse;
pub(crate) use indexes::{lexical, remove_collection, tidy, vector_collection, vector_cursor};
pub(crate) use models::{config_of, embedder, engine};
pub use search::Search;
pub(crate) use search::{active, adopt, without_former};
pub use serve::{serve, work};

use crate::auth::SessionKeys;
use crate::auth::cookie::Transport;
use crate::auth::ldap::{Directory, DirectoryError};
use crate::auth::oidc::{OidcError, Provider};
use crate::auth::password::Passwords;
use crate::config::Config;
use crate::desk::{Drafts, QuestionVectors};
use crate::pipeline::LiveRuns;
use crate::quota::Quota;
use crate::rules::RuleSource;
use calibration::Calibrations;
use inhouse_guardrails::RuleError;
use inhouse_inference::{Engine, InferenceError};
use inhouse_ingest::{IngestError, Originals};
use inhouse_protocol::Timestamp;
use inhouse_record::SigningKeys;
use inhouse_retrieval::{RetrievalError, Retriever};
use inhouse_store::{Clock, EmbeddingModel, MasterKeys, Store, StoreError, SystemClock};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{Mutex, Notify, watch};
use tokio_util::sync::CancellationToken;

/// Password hashes computed at once; each takes 19 MiB and a core.
const PARALLEL_HASHES: usize = 2;

/// Why an instance can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration, or a folder of it.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The database.
    #[error("The database can't be used: {0}")]
    Store(#[from] StoreError),
    /// Migrations have to run first.
    #[error("The database is {0} migrations behind. Run `inhouse migrate`, then start again.")]
    Behind(u64),
    /// An index or the embedding model.
    #[error(transparent)]
    Retrieval(#[from] RetrievalError),
    /// Following the outbox.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The model that writes.
    #[error(transparent)]
    Inference(#[from] InferenceError),
    /// The rules.
    #[error("{place}: {error}")]
    Rules {
        /// Where they stand.
        place: String,
        /// What is wrong with it.
        error: RuleError,
    },
    /// A file of keys: those of sessions, those that wrap people's keys, or those that sign.
    #[error(transparent)]
    Keys(#[from] inhouse_record::KeyError),
    /// A file can't be read.
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What failed.
        error: std::io::Error,
    },
    /// The concepts that questions are also searched by.
    #[error("{0}")]
    Concepts(String),
    /// The embedding model, or the one that answers until it takes its place.
    #[error("{0}")]
    Embedding(String),
    /// The interface's files are missing.
    #[error("{0}")]
    Site(String),
    /// A part panicked while it was opened.
    #[error("An index could not be opened: {0}")]
    Panicked(tokio::task::JoinError),
    /// The address can't be listened on.
    #[error("{address}: {error}. Stop what listens there, or choose another with --listen.")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// What failed.
        error: std::io::Error,
    },
    /// The OpenID provider's settings.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// The directory's settings.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Tickets.
    #[error("The ticket tracker can't be used: {0}")]
    Tracker(String),
    /// Mail.
    #[error("The mail server can't be used: {0}")]
    Mail(String),
}

impl StartError {
    /// For `map_err` on an operation upon `path`.
    fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |error| Self::File { path, error }
    }
}

/// Whether the model that writes is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Load it.
    Written,
    /// Leave it: searching and dry runs need none.
    NotWritten,
}

/// The parts of an instance.
pub struct Parts {
    /// What it was told from outside.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// Original files.
    pub originals: Originals,
    /// What writes answers.
    pub engine: Option<Arc<dyn Engine>>,
    /// What signs session tokens.
    pub keys: SessionKeys,
    /// What signs checkpoints and exports of the log.
    pub record_keys: SigningKeys,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// The company's OpenID provider, where there is one.
    pub oidc: Option<Provider>,
    /// The company's directory, where there is one.
    pub directory: Option<Directory>,
    /// How the session cookie is set.
    pub cookie: Transport,
    /// Runs in work.
    pub runs: LiveRuns,
    /// Questions that each person has left.
    pub quota: Quota,
    /// Replies that the model drafts now.
    pub drafts: Drafts,
    /// Embeddings of questions that were asked before.
    pub questions: QuestionVectors,
    /// When this process started.
    pub started_at: Timestamp,
    /// Cancelled when this process is told to stop serving.
    pub stopping: CancellationToken,
    /// The search that answers; see [`App::search`].
    current: watch::Sender<Arc<Search>>,
    /// What documents are embedded with: the next search's already while its index is filled.
    embeds: watch::Sender<Retriever>,
    /// A search with the model on its way, before it answers.
    prepared: Mutex<Option<Arc<Search>>>,
    /// See [`App::calibration_in_use`].
    calibrations: watch::Sender<Calibrations>,
    /// See [`App::rules_for`].
    rules: rules::Rules,
    worker: Notify,
}

/// An instance. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Opens the instance's database; makes the instance's folders and applies pending migrations to
/// the embedded one, where there is nobody else who could.
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    config.prepare_folders()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::open(&config.database_url(), clock, master_keys(config)?)
        .await?
        .with_calendar(Arc::new(config.desk.calendar()?));
    if store.is_sqlite() {
        store.migrate().await?;
    }
    match store.pending_migrations().await? {
        0 => {
            store.check_keys().await?;
            Ok(store)
        }
        behind => Err(StartError::Behind(behind)),
    }
}

/// The keys that wrap those of people: the setting's, else those of the instance's own file, which
/// is made at the first start.
pub(crate) fn master_keys(config: &Config) -> Result<MasterKeys, StartError> {
    Ok(match &config.record.master_key {
        Some(keys) => MasterKeys::parse(keys.expose(), "record.master_key")?,
        None => MasterKeys::load_or_create(&config.master_keys_file())?,
    })
}

impl App {
    /// Builds every part. Takes seconds where the model that writes is loaded.
    pub async fn open(config: Config, answers: Answers) -> Result<Self, StartError> {
        let configured = RuleSource::configured(&config)?;
        let (oidc, directory) = (Provider::new(&config)?, Directory::new(&config)?);
        let store = open_store(&config).await?;
        let keys = SessionKeys::load_or_create(&config.session_keys_file())?;
        let record_keys = SigningKeys::load_or_create(&config.signing_keys_file())?;
        let search = search::answering(&config, &store).await?;
        let rules = rules::Rules::open(configured, &store, &search).await?;
        let engine = match answers {
            Answers::Written => models::engine(&config).await?,
            Answers::NotWritten => None,
        };
        let cookie = match config.public_url().scheme() {
            "https" => Transport::Tls,
            _ => Transport::Plain,
        };
        let app = Self(Arc::new(Parts {
            originals: Originals::new(config.originals_dir()),
            quota: Quota::new(config.quota.questions_per_hour),
            passwords: Passwords::new(PARALLEL_HASHES),
            oidc,
            directory,
            started_at: store.now(),
            stopping: CancellationToken::new(),
            runs: LiveRuns::default(),
            drafts: Drafts::default(),
            questions: QuestionVectors::default(),
            worker: Notify::new(),
            embeds: watch::Sender::new(search.retriever.clone()),
            current: watch::Sender::new(Arc::new(search)),
            prepared: Mutex::default(),
            calibrations: watch::Sender::new(Calibrations::new()),
            config,
            store,
            rules,
            engine,
            keys,
            record_keys,
            cookie,
        }));
        app.follow_calibration().await?;
        Ok(app)
    }

    /// The search with the model that answers now. Take it once a question: another may take its
    /// place at any time.
    pub fn search(&self) -> Arc<Search> {
        self.current.borrow().clone()
    }

    /// Loads the search with another model.
    pub(crate) async fn open_search(&self, model: &EmbeddingModel) -> Result<Search, StartError> {
        let lexical = Arc::clone(self.search().retriever.lexical());
        let search = Search::open(&self.config, &self.store, lexical, model).await?;
        // Embedded now, the examples of the rules keep nobody waiting when it answers.
        let rules = self.rules().source();
        rules
            .teach(search.retriever.embedder(), self.examples())
            .await?;
        Ok(search)
    }

    /// A search with the model on its way, loaded before it answers. Locked while one takes the
    /// place of another.
    pub(crate) fn prepared(&self) -> &Mutex<Option<Arc<Search>>> {
        &self.prepared
    }

    /// From here on documents are embedded with this one's model.
    pub(crate) fn embed_with(&self, retriever: Retriever) {
        self.embeds.send_replace(retriever);
    }

    /// From here on questions are searched with this.
    pub(crate) fn answer_with(&self, search: Arc<Search>) {
        self.embed_with(search.retriever.clone());
        self.current.send_replace(search);
    }

    /// Tells this process's worker that there is something to do.
    pub fn wake_worker(&self) {
        self.worker.notify_one();
    }
}
