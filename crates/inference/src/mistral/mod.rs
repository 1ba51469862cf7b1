//! A GGUF model run in the process by mistral.rs.
//!
//! Everything comes from the one file: weights, tokenizer, chat template. On the CPU mistral.rs
//! keeps the attention cache of every finished request to reuse common beginnings, and never lets
//! go of one; so this engine counts their bytes and, past a limit, starts a fresh runner over the
//! same loaded weights.

mod exchange;

use crate::stop::StopFilter;
use crate::{Engine, EngineInfo, Generation, InferenceError, Message, Request, Result};
use async_trait::async_trait;
use exchange::{chat, count_read, note_read, read_ahead, start, write};
use mistralrs::model_builder_trait::{build_gguf_pipeline, build_model_from_pipeline};
use mistralrs::{GgufModelBuilder, Model, PagedAttentionMetaBuilder, SchedulerConfig, TokenSource};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex as SyncMutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, RwLock};

/// mistral.rs allocates the attention cache in blocks of this many tokens
/// (`NormalCache::CACHE_GROW_SIZE`).
const CACHE_BLOCK_TOKENS: u64 = 512;

/// Cached beginnings kept on a GPU; on the CPU mistral.rs ignores it.
const KEPT_PREFIXES: usize = 16;

/// The processor that runs the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    Cpu,
    /// The first CUDA device; needs a build with `--features cuda`.
    Cuda,
}

/// A model to load.
#[derive(Debug, Clone)]
pub struct GgufModel {
    /// The name under which its calls are recorded.
    pub id: String,
    /// A GGUF file of an architecture that mistral.rs knows: llama, mistral3, phi2, phi3,
    /// starcoder2, qwen2, qwen3, qwen3moe.
    pub path: PathBuf,
    pub device: Device,
    /// Generations that the runner interleaves at most.
    pub parallel: usize,
    /// Bytes of attention caches kept on the CPU for reuse before they are let go.
    pub cache_bytes: u64,
}

impl GgufModel {
    /// The model in `path` on the CPU, one generation at a time, half a gigabyte of caches.
    pub fn on_cpu(id: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            id: id.into(),
            path: path.into(),
            device: Device::Cpu,
            parallel: 1,
            cache_bytes: 512 << 20,
        }
    }
}

/// A loaded GGUF model.
pub struct MistralRs {
    shared: Arc<Shared>,
}

struct Shared {
    id: String,
    pipeline: Arc<Mutex<dyn mistralrs::core::Pipeline>>,
    scheduler: SchedulerConfig,
    config: mistralrs::core::AddModelConfig,
    runner: Arc<RwLock<Model>>,
    /// Read ahead again after the caches were let go.
    head: SyncMutex<Vec<Message>>,
    cache: CacheAccount,
}

/// What the caches of finished requests hold.
struct CacheAccount {
    bytes_per_token: u64,
    limit_bytes: u64,
    held_bytes: AtomicU64,
}

impl CacheAccount {
    fn add(&self, tokens: u64) {
        let rounded = tokens.div_ceil(CACHE_BLOCK_TOKENS) * CACHE_BLOCK_TOKENS;
        self.held_bytes
            .fetch_add(rounded * self.bytes_per_token, Ordering::Relaxed);
    }

    fn over_limit(&self) -> bool {
        self.held_bytes.load(Ordering::Relaxed) > self.limit_bytes
    }
}

impl MistralRs {
    /// Loads the model; takes seconds and, on the CPU, about the file's size in memory.
    pub async fn load(model: &GgufModel) -> Result<Self> {
        check_file(&model.path)?;
        let failed = |reason: String| InferenceError::Load {
            path: model.path.clone(),
            reason,
        };
        if model.device == Device::Cuda && !cfg!(feature = "cuda") {
            return Err(failed(
                "this build runs on the CPU only; build with `--features cuda`, or set the device to cpu"
                    .to_owned(),
            ));
        }
        let builder = builder_for(model).map_err(failed)?;
        let runtime = Handle::current();
        // Loading reads and converts the whole file: off the runtime's threads.
        let (pipeline, scheduler, config) =
            tokio::task::spawn_blocking(move || runtime.block_on(build_gguf_pipeline(builder)))
                .await
                .map_err(|error| failed(error.to_string()))?
                .map_err(|error| failed(format!("{error:#}")))?;
        let (on_cpu, bytes_per_token) = {
            let pipeline = pipeline.lock().await;
            let metadata = pipeline.get_metadata();
            let per_token = metadata.model_metadata.as_ref().map_or(0, |shape| {
                (0..shape.num_layers())
                    .map(|layer| {
                        shape.num_kv_heads_for_layer(layer)
                            * (shape.k_head_dim_for_layer(layer)
                                + shape.v_head_dim_for_layer(layer))
                    })
                    .sum::<usize>()
                    * metadata.activation_dtype.size_in_bytes()
            });
            (pipeline.device().is_cpu(), per_token)
        };
        if model.device == Device::Cuda && on_cpu {
            return Err(failed("no CUDA device was found".to_owned()));
        }
        let runner =
            build_model_from_pipeline(Arc::clone(&pipeline), scheduler.clone(), config.clone())
                .await;
        Ok(Self {
            shared: Arc::new(Shared {
                id: model.id.clone(),
                pipeline,
                scheduler,
                config,
                runner: Arc::new(RwLock::new(runner)),
                head: SyncMutex::new(Vec::new()),
                cache: CacheAccount {
                    // On a GPU mistral.rs keeps to its own limits.
                    bytes_per_token: if on_cpu { bytes_per_token as u64 } else { 0 },
                    limit_bytes: model.cache_bytes,
                    held_bytes: AtomicU64::new(0),
                },
            }),
        })
    }

    /// Bytes that the caches of finished requests hold now, by this engine's account.
    pub fn cached_bytes(&self) -> u64 {
        self.shared.cache.held_bytes.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Engine for MistralRs {
    fn info(&self) -> EngineInfo {
        EngineInfo {
            engine: "mistralrs".to_owned(),
            model: self.shared.id.clone(),
        }
    }

    async fn generate(&self, request: Request) -> Result<Generation> {
        let runner = Arc::clone(&self.shared.runner).read_owned().await;
        let stop = StopFilter::new(request.profile.stop.clone());
        let messages = chat(&request.messages);
        let replies = start(&runner, messages.clone(), &request.profile).await?;
        let count = count_read(&runner, messages).await?;
        let shared = Arc::clone(&self.shared);
        Ok(Generation::run(move |sink| {
            note_read(count, sink.meter());
            write(shared, runner, replies, stop, sink)
        }))
    }

    async fn check(&self) -> Result<()> {
        let runner = self.shared.runner.read().await;
        runner
            .inner()
            .get_sender(None)
            .map(|_| ())
            .map_err(|error| InferenceError::Failed(error.to_string()))
    }

    async fn prepare(&self, head: &[Message]) -> Result<()> {
        if let Ok(mut kept) = self.shared.head.lock() {
            kept.clear();
            kept.extend_from_slice(head);
        }
        let runner = self.shared.runner.read().await;
        read_ahead(&runner, &self.shared.cache, head).await
    }
}

impl Shared {
    /// Lets the caches go: a fresh runner over the same weights, with the head read again.
    async fn renew(self: Arc<Self>) {
        let mut runner = self.runner.write().await;
        if !self.cache.over_limit() {
            return;
        }
        if let Ok(sender) = runner.inner().get_sender(None) {
            // A runner that is gone already has let go.
            let _ = sender.send(mistralrs::Request::Terminate).await;
            sender.closed().await;
        }
        // The last step of a dropped generation may still run; a new runner must find it done.
        drop(self.pipeline.lock().await);
        *runner = build_model_from_pipeline(
            Arc::clone(&self.pipeline),
            self.scheduler.clone(),
            self.config.clone(),
        )
        .await;
        self.cache.held_bytes.store(0, Ordering::Relaxed);
        let head = self
            .head
            .lock()
            .map(|head| head.clone())
            .unwrap_or_default();
        if let Err(error) = read_ahead(&runner, &self.cache, &head).await {
            tracing::warn!(%error, "the head of the prompt could not be read ahead");
        }
    }
}

/// A clear error for what mistral.rs would name less clearly.
fn check_file(path: &Path) -> Result<()> {
    let mut magic = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    match read {
        Ok(()) if &magic == b"GGUF" => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(InferenceError::ModelMissing {
                path: path.to_owned(),
            })
        }
        Err(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => {
            Err(InferenceError::Io {
                path: path.to_owned(),
                source,
            })
        }
        _ => Err(InferenceError::Load {
            path: path.to_owned(),
            reason: "it is not a GGUF file".to_owned(),
        }),
    }
}

fn builder_for(model: &GgufModel) -> std::result::Result<GgufModelBuilder, String> {
    let path = model
        .path
        .canonicalize()
        .map_err(|error| error.to_string())?;
    let (Some(folder), Some(file)) = (
        path.parent().and_then(Path::to_str),
        path.file_name().and_then(|name| name.to_str()),
    ) else {
        return Err("its path is not UTF-8".to_owned());
    };
    let builder = GgufModelBuilder::new(folder, vec![file])
        .with_token_source(TokenSource::None)
        .with_max_num_seqs(model.parallel.max(1))
        .with_prefix_cache_n(Some(KEPT_PREFIXES));
    Ok(match model.device {
        Device::Cpu => builder.with_force_cpu(),
        Device::Cuda => builder.with_paged_attn(
            PagedAttentionMetaBuilder::default()
                .build()
                .map_err(|error| format!("{error:#}"))?,
        ),
    })
}
