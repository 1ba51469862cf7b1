//! What an engine gives back: a stream of text that ends with what it consumed.

use crate::{InferenceError, Result};
use futures::Stream;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use tokio::sync::mpsc;
use tokio_stream::StreamExt;

/// Chunks that wait for a slow reader before the engine does.
const BUFFERED_CHUNKS: usize = 256;

/// Why writing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// The model was done, or wrote a stop text.
    Stop,
    /// The limit on tokens was reached.
    Length,
    /// It was dropped, or failed, before its end.
    Cancelled,
}

/// What a generation consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read, cached ones included; 0 where a server doesn't say.
    pub prompt_tokens: u32,
    /// Tokens written.
    pub completion_tokens: u32,
    pub finish: FinishReason,
}

/// A piece of a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chunk {
    /// Text to append; never empty.
    Text(String),
    /// The end; the last chunk.
    Done(Usage),
}

/// Text being written: a stream of [`Chunk`]s. Dropping it stops the work.
pub struct Generation {
    chunks: mpsc::Receiver<Result<Chunk>>,
    meter: Arc<Meter>,
    held: Vec<Box<dyn Any + Send>>,
}

impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generation")
            .field("usage", &self.usage())
            .finish_non_exhaustive()
    }
}

impl Generation {
    /// Runs `work` beside the reader and stops it, wherever it waits, when the reader is gone.
    pub(crate) fn run<W, F>(work: W) -> Self
    where
        W: FnOnce(Sink) -> F,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let (sender, chunks) = mpsc::channel(BUFFERED_CHUNKS);
        let meter = Arc::new(Meter::default());
        let sink = Sink {
            sender: sender.clone(),
            meter: Arc::clone(&meter),
        };
        let work = work(sink);
        tokio::spawn(async move {
            let outcome = tokio::select! {
                biased;
                () = sender.closed() => return,
                outcome = work => outcome,
            };
            if let Err(error) = outcome {
                // The reader may have left in this moment: then nobody wants to know.
                let _ = sender.send(Err(error)).await;
            }
        });
        Self {
            chunks,
            meter,
            held: Vec::new(),
        }
    }

    /// Keeps `guard` until this generation is dropped.
    #[must_use]
    pub(crate) fn holding(mut self, guard: impl Any + Send) -> Self {
        self.held.push(Box::new(guard));
        self
    }

    /// What was consumed up to now: final after [`Chunk::Done`], else [`FinishReason::Cancelled`]
    /// with the tokens counted so far.
    pub fn usage(&self) -> Usage {
        self.meter.usage()
    }

    /// Reads to the end.
    pub async fn text(mut self) -> Result<(String, Usage)> {
        let mut text = String::new();
        while let Some(chunk) = self.next().await {
            match chunk? {
                Chunk::Text(piece) => text.push_str(&piece),
                Chunk::Done(usage) => return Ok((text, usage)),
            }
        }
        Err(InferenceError::Interrupted(
            "the engine stopped without a word".to_owned(),
        ))
    }
}

impl Stream for Generation {
    type Item = Result<Chunk>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.poll_recv(context)
    }
}

/// Where an engine puts what it writes.
pub(crate) struct Sink {
    sender: mpsc::Sender<Result<Chunk>>,
    meter: Arc<Meter>,
}

impl Sink {
    /// Passes text on.
    pub(crate) async fn text(&self, text: String) {
        if !text.is_empty() {
            // When the reader is gone, `Generation::run` drops the work at its next wait.
            let _ = self.sender.send(Ok(Chunk::Text(text))).await;
        }
    }

    /// Counts tokens written.
    pub(crate) fn count_written(&self, tokens: u32) {
        self.meter.written.fetch_add(tokens, Ordering::Relaxed);
    }

    /// Tokens written as counted here.
    pub(crate) fn written(&self) -> u32 {
        self.meter.written.load(Ordering::Relaxed)
    }

    /// Tokens read, as far as known.
    pub(crate) fn read(&self) -> u32 {
        self.meter.read.load(Ordering::Relaxed)
    }

    /// The meter, for a count of tokens read that comes from elsewhere.
    pub(crate) fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    /// Passes the end on.
    pub(crate) async fn done(&self, usage: Usage) {
        self.meter.finish(usage);
        let _ = self.sender.send(Ok(Chunk::Done(usage))).await;
    }
}

/// Tokens of one generation; readable while it runs.
#[derive(Default)]
pub(crate) struct Meter {
    read: AtomicU32,
    written: AtomicU32,
    /// 0 while running, else the finish reason.
    finish: AtomicU32,
}

impl Meter {
    pub(crate) fn set_read(&self, tokens: u32) {
        self.read.store(tokens, Ordering::Relaxed);
    }

    fn finish(&self, usage: Usage) {
        self.read.store(usage.prompt_tokens, Ordering::Relaxed);
        self.written
            .store(usage.completion_tokens, Ordering::Relaxed);
        let finish = match usage.finish {
            FinishReason::Cancelled => 0,
            FinishReason::Stop => 1,
            FinishReason::Length => 2,
        };
        self.finish.store(finish, Ordering::Relaxed);
    }

    fn usage(&self) -> Usage {
        Usage {
            prompt_tokens: self.read.load(Ordering::Relaxed),
            completion_tokens: self.written.load(Ordering::Relaxed),
            finish: match self.finish.load(Ordering::Relaxed) {
                1 => FinishReason::Stop,
                2 => FinishReason::Length,
                _ => FinishReason::Cancelled,
            },
        }
    }
}
