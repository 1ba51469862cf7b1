//! Where things are: the files of an instance, the models, the interface's files.

use super::{Config, ConfigError, Server, Watch};
use inhouse_ingest::cage::CageConfig;
use std::path::{Path, PathBuf};
use url::Url;

impl Config {
    /// The database, as `sqlite://…` or `postgres://…`. May hold a password.
    pub fn database_url(&self) -> String {
        match &self.database.url {
            Some(url) => url.expose().to_owned(),
            None => format!("sqlite://{}", self.data.join("inhouse.db").display()),
        }
    }

    /// Whether the database is a file of this machine.
    pub fn is_sqlite(&self) -> bool {
        self.database_url().starts_with("sqlite:")
    }

    /// Original files by content hash.
    pub fn originals_dir(&self) -> PathBuf {
        self.in_data(
            self.storage
                .originals
                .as_deref()
                .unwrap_or(Path::new("originals")),
        )
    }

    /// This process's search indexes.
    pub fn index_dir(&self) -> PathBuf {
        self.in_data(self.storage.index.as_deref().unwrap_or(Path::new("index")))
    }

    /// Tantivy's files.
    pub fn lexical_dir(&self) -> PathBuf {
        self.index_dir().join("lexical")
    }

    /// Qdrant Edge's files.
    pub fn vectors_dir(&self) -> PathBuf {
        self.index_dir().join("vectors")
    }

    /// Keys and passwords that this instance made for itself.
    pub fn secrets_dir(&self) -> PathBuf {
        self.data.join("secrets")
    }

    /// The master keys, which wrap the keys of people, where they are not a setting.
    pub fn master_keys_file(&self) -> PathBuf {
        self.secrets_dir().join("master.keys")
    }

    /// The keys that sign checkpoints and exports of the log.
    pub fn signing_keys_file(&self) -> PathBuf {
        self.secrets_dir().join("audit.keys")
    }

    /// The keys that sign session tokens.
    pub fn session_keys_file(&self) -> PathBuf {
        self.secrets_dir().join("session.keys")
    }

    /// Where checkpoints are appended, besides the database.
    pub fn checkpoint_file(&self) -> Option<PathBuf> {
        let file = self.record.checkpoint_file.as_deref();
        file.map(|file| self.in_data(file))
    }

    /// The rule chain's file; `None`: the rules that ship with the binary.
    pub fn rules_path(&self) -> Option<PathBuf> {
        match &self.rules.path {
            Some(path) => Some(self.in_data(path)),
            None => Some(self.data.join("rules.toml")).filter(|path| path.exists()),
        }
    }

    /// The authorities that the OpenID provider's certificate may be signed by, besides the system's.
    pub fn oidc_ca_file(&self) -> Option<PathBuf> {
        self.oidc.ca_file.as_deref().map(|file| self.in_data(file))
    }

    /// The authorities that the directory's certificate has to be signed by.
    pub fn ldap_ca_file(&self) -> Option<PathBuf> {
        self.ldap.ca_file.as_deref().map(|file| self.in_data(file))
    }

    /// The folder of model files.
    pub fn models_dir(&self) -> PathBuf {
        if let Some(dir) = &self.models.dir {
            return self.in_data(dir);
        }
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
        cache.map_or_else(
            || self.data.join("models"),
            |cache| cache.join("inhouse/models"),
        )
    }

    /// ONNX Runtime's shared library.
    pub fn onnx_runtime(&self) -> PathBuf {
        match &self.models.onnx_runtime {
            Some(path) => self.in_data(path),
            None => self.models_dir().join("onnxruntime/libonnxruntime.so"),
        }
    }

    /// The embedding model's ONNX file.
    pub fn embedding_model(&self) -> PathBuf {
        self.models_dir().join(&self.embedding.model)
    }

    /// The embedding model's `tokenizer.json`.
    pub fn embedding_tokenizer(&self) -> PathBuf {
        self.models_dir().join(&self.embedding.tokenizer)
    }

    /// The GGUF file of the model that writes.
    pub fn answer_model(&self) -> PathBuf {
        self.models_dir().join(&self.inference.path)
    }

    /// The interface's files.
    pub fn site_dir(&self) -> PathBuf {
        self.server.site_dir()
    }

    /// The limits of the child process that reads a document, and the program it is: this one.
    pub fn cage(&self) -> CageConfig {
        const MIB: u64 = 1 << 20;
        CageConfig {
            memory_bytes: self.ingest.memory_mb * MIB,
            cpu_s: self.ingest.cpu_s,
            wall_s: self.ingest.wall_s,
            output_bytes: self.ingest.output_mb * MIB,
            ocr_languages: self.ingest.ocr_languages.clone(),
            ocr_dpi: self.ingest.ocr_dpi,
            ..CageConfig::default()
        }
    }

    /// Where a watched folder is.
    pub fn watched_path(&self, watch: &Watch) -> PathBuf {
        self.in_data(&watch.folder)
    }

    /// The address people type, without a slash at the end of its path.
    pub fn public_url(&self) -> Url {
        self.server.public_url.clone().unwrap_or_else(|| {
            Url::parse(&format!("http://{}", self.server.listen))
                .expect("a socket address makes a valid address")
        })
    }

    /// The address of a page, such as `/desk/1`.
    pub fn link(&self, path: &str) -> String {
        let base = self.public_url();
        format!("{}{path}", base.as_str().trim_end_matches('/'))
    }

    /// Makes the instance's folders where they are missing, for this account only.
    pub fn prepare_folders(&self) -> Result<(), ConfigError> {
        let index = self.index_dir();
        for dir in [
            &self.data,
            &self.originals_dir(),
            &index,
            &self.secrets_dir(),
        ] {
            private_dir(dir).map_err(|error| ConfigError::File {
                path: dir.clone(),
                reason: format!(
                    "this folder can't be made ({error}). Choose another with --data, or give \
                     this account the right to write there"
                ),
            })?;
        }
        Ok(())
    }
}

impl Server {
    /// The interface's files: the setting, else `site` beside the folder of the binary, else
    /// where the package puts them.
    pub fn site_dir(&self) -> PathBuf {
        if let Some(site) = &self.site {
            return site.clone();
        }
        std::env::current_exe()
            .ok()
            .and_then(|exe| Some(exe.parent()?.parent()?.join("site")))
            .filter(|site| site.is_dir())
            .unwrap_or_else(|| PathBuf::from("/usr/share/inhouse/site"))
    }
}

fn private_dir(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}
