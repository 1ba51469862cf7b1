//! What the tests of retrieval share: identifiers, rows, and where the real parts are.

use inhouse_protocol::{DocumentId, PassageId, SetId, VersionId};
use inhouse_retrieval::{Embedder, EmbeddingModel};
use inhouse_store::{IndexRow, Scope};
use std::path::PathBuf;
use std::sync::OnceLock;

/// The identifier with this number.
pub(crate) fn id<T: std::str::FromStr>(number: u32) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("0192c5f4-0000-7000-8000-{number:012x}")
        .parse()
        .expect("a UUID is an identifier")
}

/// Everything.
pub(crate) fn operator() -> Scope {
    Scope::for_tests(None)
}

/// The sets with these numbers.
pub(crate) fn sets(numbers: &[u32]) -> Scope {
    Scope::for_tests(Some(numbers.iter().map(|&n| id::<SetId>(n)).collect()))
}

/// The folder of models: `INHOUSE_MODELS`, else where `deploy/fetch-models` puts them.
pub(crate) fn models() -> PathBuf {
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

/// The default embedding model, loaded once.
pub(crate) fn embedder() -> Embedder {
    static EMBEDDER: OnceLock<Embedder> = OnceLock::new();
    EMBEDDER
        .get_or_init(|| {
            let models = models();
            Embedder::load(
                &EmbeddingModel::mini_lm(&models),
                &models.join("onnxruntime/libonnxruntime.so"),
            )
            .expect("the default model loads")
        })
        .clone()
}

/// The rows of a document's only version; its passages' numbers follow the document's.
pub(crate) fn rows(document: u32, set: u32, name: &str, texts: &[&str]) -> Vec<IndexRow> {
    let title = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    (0..)
        .zip(texts)
        .map(|(ordinal, text)| IndexRow {
            passage: id::<PassageId>(document * 1000 + ordinal),
            version: id::<VersionId>(document),
            document: id::<DocumentId>(document),
            set: id::<SetId>(set),
            name: name.to_owned(),
            title: title.to_owned(),
            set_name: format!("set {set}"),
            heading_path: Vec::new(),
            page: None,
            ordinal,
            start: 0,
            end: text.chars().count(),
            text: (*text).to_owned(),
            header: title.to_owned(),
            vector: Vec::new(),
        })
        .collect()
}
