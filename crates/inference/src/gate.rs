//! Admission: how many generate at once and how many may wait for it.

use crate::{Engine, EngineInfo, Generation, InferenceError, Message, Request, Result};
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// How many requests are let through and how many are kept waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Generations at once; at least 1.
    pub parallel: usize,
    /// Requests that wait for one to end; the next is [`InferenceError::Busy`].
    pub waiting: usize,
}

/// An engine behind limits. A request that waits gives up its place when it is dropped.
pub struct Gate<E> {
    engine: E,
    limits: Limits,
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl<E: Engine> Gate<E> {
    /// Puts `limits` in front of `engine`.
    pub fn new(engine: E, limits: Limits) -> Self {
        Self {
            engine,
            limits,
            places: Arc::new(Semaphore::new(limits.parallel.max(1))),
            waiting: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// The engine behind the gate.
    pub fn engine(&self) -> &E {
        &self.engine
    }

    /// Requests that wait now.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    async fn place(&self) -> Result<tokio::sync::OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let _waiter = Waiter::queue(&self.waiting, self.limits.waiting)?;
        Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| InferenceError::Busy)
    }
}

#[async_trait]
impl<E: Engine> Engine for Gate<E> {
    fn info(&self) -> EngineInfo {
        self.engine.info()
    }

    async fn generate(&self, request: Request) -> Result<Generation> {
        let place = self.place().await?;
        Ok(self.engine.generate(request).await?.holding(place))
    }

    async fn check(&self) -> Result<()> {
        self.engine.check().await
    }

    async fn prepare(&self, head: &[Message]) -> Result<()> {
        let _place = self.place().await?;
        self.engine.prepare(head).await
    }
}

/// A place in the queue, given back when dropped.
struct Waiter(Arc<AtomicUsize>);

impl Waiter {
    fn queue(waiting: &Arc<AtomicUsize>, limit: usize) -> Result<Self> {
        waiting
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| {
                (now < limit).then_some(now + 1)
            })
            .map_err(|_| InferenceError::Busy)?;
        Ok(Self(Arc::clone(waiting)))
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chunk, FinishReason, TaskProfile, Usage};
    use tokio_stream::StreamExt;

    /// Writes one word and then waits to be dropped.
    struct OneWord;

    #[async_trait]
    impl Engine for OneWord {
        fn info(&self) -> EngineInfo {
            EngineInfo {
                engine: "one-word".to_owned(),
                model: "none".to_owned(),
            }
        }

        async fn generate(&self, _request: Request) -> Result<Generation> {
            Ok(Generation::run(|sink| async move {
                sink.count_written(1);
                sink.text("word".to_owned()).await;
                std::future::pending().await
            }))
        }

        async fn check(&self) -> Result<()> {
            Ok(())
        }
    }

    fn request() -> Request {
        Request {
            messages: vec![Message::user("Say a word.")],
            profile: TaskProfile::answer(),
        }
    }

    fn gate(parallel: usize, waiting: usize) -> Arc<Gate<OneWord>> {
        Arc::new(Gate::new(OneWord, Limits { parallel, waiting }))
    }

    #[tokio::test]
    async fn a_request_beyond_the_queue_is_told_that_the_model_is_busy() {
        let gate = gate(1, 0);
        let running = gate.generate(request()).await.unwrap();
        let refused = gate.generate(request()).await;
        assert!(matches!(refused, Err(InferenceError::Busy)), "{refused:?}");
        drop(running);
        assert!(gate.generate(request()).await.is_ok());
    }

    #[tokio::test]
    async fn a_waiting_request_starts_when_a_running_one_is_dropped() {
        let gate = gate(1, 1);
        let running = gate.generate(request()).await.unwrap();
        let mut second = Box::pin(gate.generate(request()));
        assert!(
            futures::poll!(&mut second).is_pending(),
            "there is one place and it is taken"
        );
        assert_eq!(gate.waiting(), 1);
        drop(running);
        let mut generation = second.await.unwrap();
        assert_eq!(gate.waiting(), 0);
        assert_eq!(
            generation.next().await.unwrap().unwrap(),
            Chunk::Text("word".to_owned())
        );
    }

    #[tokio::test]
    async fn a_waiting_request_that_is_dropped_gives_up_its_place() {
        let gate = gate(1, 1);
        let _running = gate.generate(request()).await.unwrap();
        let mut second = Box::pin(gate.generate(request()));
        assert!(futures::poll!(&mut second).is_pending());
        drop(second);
        assert_eq!(gate.waiting(), 0);
    }

    #[tokio::test]
    async fn what_was_written_before_a_stop_is_counted() {
        let gate = gate(1, 0);
        let mut generation = gate.generate(request()).await.unwrap();
        generation.next().await.unwrap().unwrap();
        assert_eq!(
            generation.usage(),
            Usage {
                prompt_tokens: 0,
                completion_tokens: 1,
                finish: FinishReason::Cancelled
            }
        );
    }
}
