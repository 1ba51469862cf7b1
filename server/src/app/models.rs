//! Loading the models, each file checked against its SHA-256.

use super::StartError;
use crate::config::{Config, Embedding, EngineKind};
use crate::manifest;
use inhouse_inference::{
    ApiKey, Checksums, Device, Endpoint, Engine, Gate, GgufModel, InferenceError, Limits,
    MistralRs, OpenAiCompatible,
};
use inhouse_retrieval::{Concept, Concepts, Embedder, EmbeddingModel};
use inhouse_store::EmbeddingModel as StoredModel;
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Whether the file's content is what the configuration or the manifest of shipped models says; a
/// file that neither knows is the operator's own and is taken as it is.
async fn verify(
    config: &Config,
    path: PathBuf,
    configured: Option<&String>,
) -> Result<(), StartError> {
    if !path.is_file() {
        return Err(InferenceError::ModelMissing { path }.into());
    }
    let shipped = || manifest::file_at(&config.models_dir(), &path).map(|file| file.sha256.clone());
    let expected = configured.cloned().or_else(shipped);
    let Some(expected) = expected else {
        return Ok(());
    };
    let stamps = config.data.join("checksums.json");
    let checked =
        tokio::task::spawn_blocking(move || Checksums::open(stamps).verify(&path, &expected));
    checked
        .await
        .map_err(|error| InferenceError::Failed(error.to_string()))??;
    Ok(())
}

/// The embedding model.
pub(crate) async fn embedder(config: &Config) -> Result<Embedder, StartError> {
    let settings = &config.embedding;
    verify(config, config.embedding_model(), settings.sha256.as_ref()).await?;
    let model = EmbeddingModel {
        id: settings.id.clone(),
        model: config.embedding_model(),
        tokenizer: config.embedding_tokenizer(),
        max_tokens: settings.max_tokens,
        dimensions: settings.dimensions,
        batch: settings.batch,
        threads: threads(settings.threads),
    };
    let runtime = config.onnx_runtime();
    off_runtime(move || Embedder::load(&model, &runtime))
        .await?
        .map_err(StartError::from)
}

/// The settings of the embedding model as the database keeps them, so that it can go on answering
/// when the configuration names another: JSON, with the hash of the file, which may be replaced.
pub(super) async fn settings(config: &Config) -> Result<String, StartError> {
    let path = config.embedding_model();
    let stamps = config.data.join("checksums.json");
    let sha256 = off_runtime(move || Checksums::open(stamps).sha256(&path)).await??;
    let settings = Embedding {
        sha256: Some(sha256),
        ..config.embedding.clone()
    };
    serde_json::to_string(&settings).map_err(|error| StartError::Embedding(error.to_string()))
}

/// The configuration as it was with this model.
pub(crate) fn config_of(config: &Config, model: &StoredModel) -> Result<Config, StartError> {
    if model.model == config.embedding.id {
        return Ok(config.clone());
    }
    let embedding = serde_json::from_str(&model.settings).map_err(|error| {
        let model = &model.model;
        StartError::Embedding(format!("The settings of {model} can't be read: {error}"))
    })?;
    Ok(Config {
        embedding,
        ..config.clone()
    })
}

/// How clauses are asked for and how they read.
pub(super) async fn concepts(config: &Config, embedder: &Embedder) -> Result<Concepts, StartError> {
    let concepts = match &config.retrieval.concepts {
        None => shipped_concepts(),
        Some(path) => {
            let path = config.data.join(path);
            let named =
                |error: String| StartError::Concepts(format!("{}: {error}", path.display()));
            let text = tokio::fs::read_to_string(&path).await;
            let text = text.map_err(|error| named(error.to_string()))?;
            parsed_concepts(&text).map_err(named)?
        }
    };
    let embedder = embedder.clone();
    off_runtime(move || Concepts::new(&embedder, &concepts))
        .await?
        .map_err(StartError::from)
}

/// Those that ship.
fn shipped_concepts() -> Vec<Concept> {
    let files = [
        include_str!("../../../assets/concepts/contracts.toml"),
        include_str!("../../../assets/concepts/privacy.toml"),
    ];
    let parsed =
        files.map(|text| parsed_concepts(text).expect("a test reads the shipped concepts"));
    parsed.into_iter().flatten().collect()
}

fn parsed_concepts(text: &str) -> Result<Vec<Concept>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        concept: Vec<Concept>,
    }
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let empty = |concept: &&Concept| concept.asks.is_empty() || concept.says.is_empty();
    match file.concept.iter().find(empty) {
        None => Ok(file.concept),
        Some(concept) => Err(format!(
            "the concept '{}' needs at least one question in `asks` and one sentence in `says`",
            concept.id
        )),
    }
}

/// What writes answers, behind its limits; `None` where the configuration wants none.
pub(crate) async fn engine(config: &Config) -> Result<Option<Arc<dyn Engine>>, StartError> {
    let settings = &config.inference;
    let limits = Limits {
        parallel: settings.parallel,
        waiting: settings.waiting,
    };
    let engine: Arc<dyn Engine> = match settings.engine {
        EngineKind::None => return Ok(None),
        EngineKind::MistralRs => {
            verify(config, config.answer_model(), settings.sha256.as_ref()).await?;
            Arc::new(Gate::new(MistralRs::load(&gguf(config)).await?, limits))
        }
        EngineKind::OpenAi => {
            let endpoint = endpoint(config)?;
            Arc::new(Gate::new(OpenAiCompatible::new(endpoint)?, limits))
        }
    };
    Ok(Some(engine))
}

fn gguf(config: &Config) -> GgufModel {
    let settings = &config.inference;
    let mut model = GgufModel::on_cpu(settings.model.clone(), config.answer_model());
    model.parallel = settings.parallel;
    if cfg!(feature = "cuda") {
        model.device = Device::Cuda;
    }
    model
}

fn endpoint(config: &Config) -> Result<Endpoint, StartError> {
    let settings = &config.inference.endpoint;
    let base_url = settings.base_url.clone().ok_or_else(|| {
        InferenceError::Configuration("inference.endpoint.base_url is not set".into())
    })?;
    Ok(Endpoint {
        base_url,
        api_key: settings
            .api_key
            .as_ref()
            .map(|key| ApiKey::new(key.expose())),
        model: settings.model.clone(),
        connect_timeout: Duration::from_secs(settings.connect_timeout_s),
        idle_timeout: Duration::from_secs(settings.read_timeout_s),
    })
}

/// 0 stands for one thread a core.
fn threads(configured: usize) -> usize {
    match configured {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        some => some,
    }
}

async fn off_runtime<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StartError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| InferenceError::Failed(error.to_string()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_concepts_are_read_and_each_has_its_own_name() {
        let concepts = shipped_concepts();
        let mut ids: Vec<_> = concepts.iter().map(|concept| &concept.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert!(ids.len() > 40);
        assert_eq!(ids.len(), concepts.len());
    }

    #[test]
    fn a_concept_without_a_question_is_named() {
        let text = "[[concept]]\nid = \"term\"\nasks = []\nsays = [\"It ends.\"]";
        assert!(parsed_concepts(text).unwrap_err().contains("'term'"));
    }
}
