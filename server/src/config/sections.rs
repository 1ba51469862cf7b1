//! The settings, section by section, with their defaults. `inhouse.example.toml` explains each.

use super::{Network, Secret};
use inhouse_inference::TaskProfile;
use inhouse_protocol::AnswerMode;
use serde::{Deserialize, Deserializer, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

/// `[server]`: where and how people reach it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    /// The address people type; default `http://` and [`Self::listen`].
    #[serde(deserialize_with = "optional_url")]
    pub public_url: Option<Url>,
    /// The folder with the interface's files; default `site` beside the binary's folder.
    pub site: Option<PathBuf>,
    pub trusted_proxies: Vec<Network>,
    pub max_upload_bytes: u64,
    pub request_timeout_s: u64,
    pub upload_timeout_s: u64,
    pub session_hours: i64,
    pub idle_minutes: i64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            site: None,
            trusted_proxies: Vec::new(),
            max_upload_bytes: 100_000_000,
            request_timeout_s: 30,
            upload_timeout_s: 600,
            session_hours: 12,
            idle_minutes: 120,
        }
    }
}

/// `[interface]`: what people see first.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Interface {
    /// Example questions on the empty start page.
    pub suggestions: Vec<String>,
}

/// `[database]`: where the truth is kept.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:///…` or `postgres://…`; may hold a password. Default: `DIR/inhouse.db`.
    pub url: Option<Secret>,
    pub url_file: Option<PathBuf>,
}

/// `[storage]`: files that processes share, and files that each has for itself.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// Original files; all processes of an instance share it. Default: `DIR/originals`.
    pub originals: Option<PathBuf>,
    /// This process's search indexes; no two share it. Default: `DIR/index`.
    pub index: Option<PathBuf>,
}

/// `[models]`: the folder of model files.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Models {
    /// Default: `inhouse/models` in the user's cache folder.
    pub dir: Option<PathBuf>,
    /// ONNX Runtime's shared library; default `onnxruntime/libonnxruntime.so` in `dir`.
    pub onnx_runtime: Option<PathBuf>,
}

/// `[embedding]`: the model that places passages and questions in one space.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Embedding {
    pub id: String,
    pub model: PathBuf,
    pub tokenizer: PathBuf,
    /// SHA-256 of `model` in hex, where it is not one of the shipped ones.
    pub sha256: Option<String>,
    pub dimensions: usize,
    pub max_tokens: usize,
    pub batch: usize,
    /// Threads of ONNX Runtime; 0: one a core.
    pub threads: usize,
}

impl Default for Embedding {
    fn default() -> Self {
        Self {
            id: "all-MiniLM-L6-v2".into(),
            model: "embedding/all-MiniLM-L6-v2/model.onnx".into(),
            tokenizer: "embedding/all-MiniLM-L6-v2/tokenizer.json".into(),
            sha256: None,
            dimensions: 384,
            max_tokens: 256,
            batch: 8,
            threads: 0,
        }
    }
}

/// `[qdrant]`: a Qdrant server; without `url`, Qdrant Edge in the process.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Qdrant {
    #[serde(deserialize_with = "optional_url")]
    pub url: Option<Url>,
    pub api_key: Option<Secret>,
    pub api_key_file: Option<PathBuf>,
    pub collection: String,
}

impl Default for Qdrant {
    fn default() -> Self {
        Self {
            url: None,
            api_key: None,
            api_key_file: None,
            collection: "inhouse".into(),
        }
    }
}

/// `[retrieval]`: how what was found is weighed.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retrieval {
    pub lexical_weight: f32,
    pub dense_weight: f32,
    /// What a place among the passages nearest to the usual wording of an answer counts.
    pub wording_weight: f32,
    /// The constant of reciprocal rank fusion.
    pub rrf_k: f32,
    /// Passages taken from each index before fusion.
    pub candidates: usize,
    /// Search inside the documents that a question names.
    pub name_documents: bool,
    /// Search for the part of a question that asks by itself.
    pub split_question: bool,
    /// Put the first passages in order by their sentences.
    pub rerank: bool,
    /// Neighbouring passages become one of at most so many characters; 0: they don't.
    pub clause_characters: usize,
    pub passages_for_answer: usize,
    /// Characters of passages given to the model at most.
    pub answer_characters: usize,
    /// How clauses are asked for and how they read; default: those that ship.
    pub concepts: Option<PathBuf>,
}

impl Retrieval {
    /// What puts passages in order after the search, where something does: the scores that a
    /// calibration weighs depend on it.
    pub fn reranker(&self) -> Option<&'static str> {
        self.rerank.then_some("sentences")
    }
}

impl Default for Retrieval {
    fn default() -> Self {
        Self {
            lexical_weight: 0.7,
            dense_weight: 1.0,
            wording_weight: 1.0,
            rrf_k: 15.0,
            candidates: 64,
            name_documents: true,
            split_question: true,
            rerank: true,
            clause_characters: 2_000,
            passages_for_answer: 4,
            answer_characters: 2_800,
            concepts: None,
        }
    }
}

/// What writes the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub enum EngineKind {
    /// mistral.rs in this process.
    #[serde(rename = "mistralrs")]
    MistralRs,
    /// A server that speaks OpenAI's chat completions.
    #[serde(rename = "openai")]
    OpenAi,
    /// Nothing: answers are quotes of what was found.
    #[serde(rename = "none")]
    None,
}

/// `[inference]`: the model that writes.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inference {
    pub engine: EngineKind,
    /// The model's id, as kept with each answer.
    pub model: String,
    /// The GGUF file, for `mistralrs`.
    pub path: PathBuf,
    /// SHA-256 of `path` in hex, where it is not one of the shipped ones.
    pub sha256: Option<String>,
    /// Answers written at the same time.
    pub parallel: usize,
    /// Answers that may wait for their turn.
    pub waiting: usize,
    pub endpoint: Endpoint,
    pub tasks: Tasks,
    /// What rules with the action `model` may choose, beside `answer`.
    pub profiles: Vec<NamedProfile>,
}

impl Default for Inference {
    fn default() -> Self {
        Self {
            engine: EngineKind::MistralRs,
            model: "qwen2.5-coder-1.5b-instruct-q4_k_m".into(),
            path: "answer/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf".into(),
            sha256: None,
            parallel: 1,
            waiting: 16,
            endpoint: Endpoint::default(),
            tasks: Tasks::default(),
            profiles: Vec::new(),
        }
    }
}

/// `[inference.endpoint]`: an OpenAI-compatible server.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Endpoint {
    #[serde(deserialize_with = "optional_url")]
    pub base_url: Option<Url>,
    pub model: String,
    pub api_key: Option<Secret>,
    pub api_key_file: Option<PathBuf>,
    pub connect_timeout_s: u64,
    pub read_timeout_s: u64,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self {
            base_url: None,
            model: String::new(),
            api_key: None,
            api_key_file: None,
            connect_timeout_s: 10,
            read_timeout_s: 120,
        }
    }
}

/// `[inference.tasks.*]`: how each task samples.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tasks {
    pub answer: TaskProfile,
}

/// A way to sample that rules name: what it leaves out is as in `[inference.tasks.answer]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NamedProfile {
    pub name: String,
    #[serde(default)]
    pub temperature: Option<f64>,
    #[serde(default)]
    pub top_p: Option<f64>,
    #[serde(default)]
    pub max_tokens: Option<u32>,
}

impl Inference {
    /// The names of the profiles that there are, `answer` first.
    pub fn profile_names(&self) -> Vec<&str> {
        let named = self.profiles.iter().map(|profile| profile.name.as_str());
        std::iter::once("answer").chain(named).collect()
    }

    /// The profile of this name.
    pub fn profile(&self, name: &str) -> Option<TaskProfile> {
        let answer = &self.tasks.answer;
        if name == "answer" {
            return Some(answer.clone());
        }
        let named = self.profiles.iter().find(|profile| profile.name == name)?;
        Some(TaskProfile {
            temperature: named.temperature.unwrap_or(answer.temperature),
            top_p: named.top_p.unwrap_or(answer.top_p),
            max_tokens: named.max_tokens.unwrap_or(answer.max_tokens),
            ..answer.clone()
        })
    }
}

/// `[answers]`: how people are answered, and how sure that has to be.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answers {
    /// For everybody who chose nothing.
    pub mode: AnswerMode,
    /// Share of the questions that the documents don't answer, 0..=0.5, that may be answered.
    pub highest_wrong_rate: f64,
    /// Sentences of an answer in quotes.
    pub quotes: usize,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            mode: AnswerMode::Written,
            highest_wrong_rate: 0.05,
            quotes: 3,
        }
    }
}

/// `[rules]`: where the rule chain comes from.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Default: `DIR/rules.toml` where it exists, else the version that the legal team published,
    /// else the rules that ship.
    pub path: Option<PathBuf>,
    /// Keys of the departments whose rules ship and are switched on.
    pub departments: Vec<String>,
    /// A version goes live by somebody else than who wrote it.
    pub second_person: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            path: None,
            departments: vec!["legal".into()],
            second_person: false,
        }
    }
}

/// `[quota]`: how much one person may ask.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quota {
    pub questions_per_hour: u32,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            questions_per_hour: 60,
        }
    }
}

/// Which Jira it is: their interfaces differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JiraDeployment {
    /// `/rest/api/2`, a personal access token.
    DataCenter,
    /// `/rest/api/3`, e-mail and API token.
    Cloud,
}

/// `[jira]`: where issues are made; without `base_url`, nowhere.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jira {
    pub deployment: JiraDeployment,
    #[serde(deserialize_with = "optional_url")]
    pub base_url: Option<Url>,
    pub project: String,
    pub issue_type: String,
    pub email: String,
    pub token: Option<Secret>,
    pub token_file: Option<PathBuf>,
    pub labels: Vec<String>,
    pub include_question: bool,
    /// Host names and networks that may be called; empty: the host of `base_url`, wherever it
    /// resolves to but this machine and link-local addresses.
    pub allow: Vec<String>,
    pub connect_timeout_s: u64,
    pub timeout_s: u64,
    /// How long Jira's search may need until it shows a new issue.
    pub settle_s: u64,
}

impl Default for Jira {
    fn default() -> Self {
        Self {
            deployment: JiraDeployment::DataCenter,
            base_url: None,
            project: String::new(),
            issue_type: "Task".into(),
            email: String::new(),
            token: None,
            token_file: None,
            labels: vec!["inhouse".into()],
            include_question: false,
            allow: Vec::new(),
            connect_timeout_s: 10,
            timeout_s: 30,
            settle_s: 60,
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One line an event, for people.
    Text,
    /// One JSON object a line, for log collectors.
    Json,
}

/// `[log]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,tantivy=debug`.
    pub level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            level: "info,tantivy=warn,qdrant_edge=error,mistralrs_core=error,mistralrs_quant=warn"
                .into(),
        }
    }
}

fn optional_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    use serde::de::Error;
    let text = String::deserialize(deserializer)?;
    let url = Url::parse(&text).map_err(|error| {
        D::Error::custom(format!(
            "'{text}' is no address ({error}); write it like https://host"
        ))
    })?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(D::Error::custom(format!(
            "'{text}' must start with http:// or https:// and name a host"
        )));
    }
    Ok(Some(url))
}
