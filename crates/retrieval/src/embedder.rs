//! Text to vectors, with a local ONNX model through fastembed.

use crate::error::{Result, RetrievalError};
use crate::runtime;
use crate::turnstile::Turnstile;
use fastembed::{
    InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard};
use std::time::Instant;

/// Characters a token is taken to have at most; what lies beyond the model's window isn't
/// tokenized at all.
const CHARACTERS_A_TOKEN: usize = 16;

/// Characters that a batch has room for, for each of its texts: many short texts, or a few long
/// ones. Measured on passages of 600 characters: a quarter less work and half the memory of full
/// batches of them.
const CHARACTERS_A_TEXT: usize = 128;

/// Where a model lies and how it is run. Mean pooling, L2-normalized output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddingModel {
    /// The name stored with every vector; vectors of different names are never compared.
    pub id: String,
    /// The `.onnx` file.
    pub model: PathBuf,
    /// `tokenizer.json`. `config.json`, `special_tokens_map.json` and `tokenizer_config.json`
    /// are read from the same folder where they exist; else BERT's are assumed.
    pub tokenizer: PathBuf,
    /// Tokens read of a text; the rest is cut off.
    pub max_tokens: usize,
    /// Length of a vector.
    pub dimensions: usize,
    /// Short texts embedded at once, and fewer long ones. Memory grows with it and never shrinks;
    /// 8 is fastest on 2 cores.
    pub batch: usize,
    /// Threads of one run.
    pub threads: usize,
}

impl EmbeddingModel {
    /// The default model, all-MiniLM-L6-v2, in a folder of models.
    pub fn mini_lm(models: &Path) -> Self {
        let folder = models.join("embedding/all-MiniLM-L6-v2");
        Self {
            id: "all-MiniLM-L6-v2".to_owned(),
            model: folder.join("model.onnx"),
            tokenizer: folder.join("tokenizer.json"),
            max_tokens: 256,
            dimensions: 384,
            batch: 8,
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }
}

/// A loaded embedding model. Cloning is cheap; the clones share it.
#[derive(Clone)]
pub struct Embedder {
    inner: Arc<Inner>,
}

/// The model, and the turn of another one that it is used within, where there is one.
type Turn<'a> = (
    Option<MutexGuard<'a, TextEmbedding>>,
    MutexGuard<'a, TextEmbedding>,
);

struct Inner {
    model: Turnstile<TextEmbedding>,
    id: String,
    dimensions: usize,
    batch: usize,
    max_characters: usize,
    nanoseconds: AtomicU64,
}

impl Embedder {
    /// Loads ONNX Runtime (once a process) and the model. Blocking: some 300 ms.
    pub fn load(model: &EmbeddingModel, onnx_runtime: &Path) -> Result<Self> {
        let onnx_file = read("the embedding model", &model.model)?;
        let tokenizer_files = tokenizer_files(&model.tokenizer, model.max_tokens)?;
        let environment = runtime::environment(onnx_runtime)?;

        // The arena keeps the largest batch's memory for good, but without it the allocator
        // keeps several times that. Spinning threads would take the cores from whatever else
        // runs.
        let options = InitOptionsUserDefined::new()
            .with_environment(environment)
            .with_execution_providers(vec![
                ort::ep::CPU::default().with_arena_allocator(true).build(),
            ])
            .with_intra_threads(model.threads.max(1))
            .with_session_config("session.intra_op.allow_spinning", "0")
            .with_max_length(model.max_tokens);
        let definition =
            UserDefinedEmbeddingModel::new(onnx_file, tokenizer_files).with_pooling(Pooling::Mean);
        let loaded = TextEmbedding::try_new_from_user_defined(definition, options)
            .map_err(|error| RetrievalError::Load(error.to_string()))?;

        let embedder = Self {
            inner: Arc::new(Inner {
                model: Turnstile::new(loaded),
                id: model.id.clone(),
                dimensions: model.dimensions,
                batch: model.batch.max(1),
                max_characters: model.max_tokens * CHARACTERS_A_TOKEN,
                nanoseconds: AtomicU64::new(0),
            }),
        };
        embedder.embed_one("Is this model the one that was configured?")?;
        Ok(embedder)
    }

    /// The model's name, as stored with every vector.
    pub fn id(&self) -> &str {
        &self.inner.id
    }

    /// Length of a vector.
    pub fn dimensions(&self) -> usize {
        self.inner.dimensions
    }

    /// One vector of length 1 a text, in the order given. Blocking; gives way to questions
    /// between batches. `progress` hears how many are done after each batch.
    pub fn embed(&self, texts: &[String], progress: impl FnMut(usize)) -> Result<Vec<Vec<f32>>> {
        let _load = self.inner.model.load();
        self.batches(texts, progress, || (None, self.inner.model.documents()))
    }

    /// [`embed`](Self::embed) behind the scenes of the model that answers: between batches it gives
    /// way to questions and documents that `answering` embeds, and they wait for one batch at most.
    pub fn embed_behind<'a>(
        &'a self,
        answering: &'a Self,
        texts: &[String],
    ) -> Result<Vec<Vec<f32>>> {
        let documents = || self.inner.model.documents();
        if Arc::ptr_eq(&self.inner, &answering.inner) {
            return self.batches(texts, |_| {}, || (None, documents()));
        }
        let turn = || (Some(answering.inner.model.background()), documents());
        self.batches(texts, |_| {}, turn)
    }

    /// Embeds batch by batch. `turn` waits for the model, and before that for a turn of another
    /// one where there is one.
    fn batches<'a>(
        &'a self,
        texts: &[String],
        mut progress: impl FnMut(usize),
        turn: impl Fn() -> Turn<'a>,
    ) -> Result<Vec<Vec<f32>>> {
        // Texts of like length together: a batch is padded to its longest.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&index| texts[index].len());

        let mut vectors = vec![Vec::new(); texts.len()];
        let mut done = 0;
        while let Some(batch) = self.batch(texts, &order[done..]) {
            let cut: Vec<&str> = batch.iter().map(|&i| self.cut(&texts[i])).collect();
            let embedded = {
                let (_other, mut model) = turn();
                self.run(&mut model, &cut)?
            };
            for (&index, vector) in batch.iter().zip(embedded) {
                vectors[index] = vector;
            }
            done += batch.len();
            progress(done);
        }
        Ok(vectors)
    }

    /// One text's vector, of length 1, before any documents that wait. Blocking: some 3 ms.
    pub fn embed_one(&self, text: &str) -> Result<Vec<f32>> {
        let mut model = self.inner.model.question();
        let mut vectors = self.run(&mut model, &[self.cut(text)])?;
        vectors
            .pop()
            .ok_or_else(|| RetrievalError::Embedding("no vector came back".to_owned()))
    }

    /// [`embed_one`](Self::embed_one), off the asynchronous runtime.
    pub async fn query(&self, text: String) -> Result<Vec<f32>> {
        let embedder = self.clone();
        tokio::task::spawn_blocking(move || embedder.embed_one(&text)).await?
    }

    /// [`query`](Self::query) for several texts, such as the sentences of what was found.
    pub async fn queries(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>> {
        let embedder = self.clone();
        tokio::task::spawn_blocking(move || {
            let turn = || (None, embedder.inner.model.question());
            embedder.batches(&texts, |_| {}, turn)
        })
        .await?
    }

    /// Seconds spent in the model so far: tokenizing (under one in a hundred), ONNX Runtime and
    /// pooling.
    pub fn seconds_in_runtime(&self) -> f64 {
        std::time::Duration::from_nanos(self.inner.nanoseconds.load(Ordering::Relaxed))
            .as_secs_f64()
    }

    fn run(&self, model: &mut TextEmbedding, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        let started = Instant::now();
        let vectors = model.embed(texts, Some(texts.len()));
        let took = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.inner.nanoseconds.fetch_add(took, Ordering::Relaxed);

        let vectors = vectors.map_err(|error| RetrievalError::Embedding(error.to_string()))?;
        for vector in &vectors {
            if vector.len() != self.inner.dimensions {
                return Err(RetrievalError::Dimensions {
                    expected: self.inner.dimensions,
                    found: vector.len(),
                });
            }
        }
        Ok(vectors)
    }

    /// The next texts to embed at once, of those in `order`, which are sorted by length.
    fn batch<'a>(&self, texts: &[String], order: &'a [usize]) -> Option<&'a [usize]> {
        let room = self.inner.batch * CHARACTERS_A_TEXT;
        let fitting = (1..=self.inner.batch.min(order.len())).rev();
        fitting.map(|count| &order[..count]).find(|batch| {
            let longest = batch.last().map_or(0, |&last| texts[last].len());
            batch.len() == 1 || longest * batch.len() <= room
        })
    }

    fn cut<'a>(&self, text: &'a str) -> &'a str {
        text.char_indices()
            .nth(self.inner.max_characters)
            .map_or(text, |(end, _)| &text[..end])
    }
}

impl std::fmt::Debug for Embedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedder")
            .field("id", &self.inner.id)
            .field("dimensions", &self.inner.dimensions)
            .finish_non_exhaustive()
    }
}

fn read(what: &'static str, path: &Path) -> Result<Vec<u8>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(RetrievalError::ModelMissing {
                what,
                path: path.to_path_buf(),
            })
        }
        Err(error) => Err(RetrievalError::io(path)(error)),
    }
}

fn tokenizer_files(tokenizer: &Path, max_tokens: usize) -> Result<TokenizerFiles> {
    let beside = |name: &str, default: String| -> Result<Vec<u8>> {
        match std::fs::read(tokenizer.with_file_name(name)) {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(default.into_bytes()),
            Err(error) => Err(RetrievalError::io(tokenizer.with_file_name(name))(error)),
        }
    };
    Ok(TokenizerFiles {
        tokenizer_file: read("the embedding model's tokenizer", tokenizer)?,
        config_file: beside("config.json", r#"{"pad_token_id":0}"#.to_owned())?,
        special_tokens_map_file: beside(
            "special_tokens_map.json",
            r#"{"cls_token":"[CLS]","mask_token":"[MASK]","pad_token":"[PAD]","sep_token":"[SEP]","unk_token":"[UNK]"}"#
                .to_owned(),
        )?,
        tokenizer_config_file: beside(
            "tokenizer_config.json",
            format!(r#"{{"model_max_length":{max_tokens},"pad_token":"[PAD]"}}"#),
        )?,
    })
}
