//! The seam: what every engine can do, and what it is asked.

use crate::{Generation, Result, TaskProfile};
use async_trait::async_trait;
use std::sync::Arc;

/// Runs a language model.
#[async_trait]
pub trait Engine: Send + Sync {
    /// What runs, for the record of each call.
    fn info(&self) -> EngineInfo;

    /// Starts writing. The work stops when the [`Generation`] is dropped; a prompt that the
    /// in-process engine has begun to read is read to its end first.
    async fn generate(&self, request: Request) -> Result<Generation>;

    /// Whether the engine would answer now; the error says what is wrong.
    async fn check(&self) -> Result<()>;

    /// Reads the unchanging head of later requests ahead of time, where the engine can keep it.
    async fn prepare(&self, head: &[Message]) -> Result<()> {
        let _ = head;
        Ok(())
    }
}

#[async_trait]
impl<E: Engine + ?Sized> Engine for Arc<E> {
    fn info(&self) -> EngineInfo {
        (**self).info()
    }

    async fn generate(&self, request: Request) -> Result<Generation> {
        (**self).generate(request).await
    }

    async fn check(&self) -> Result<()> {
        (**self).check().await
    }

    async fn prepare(&self, head: &[Message]) -> Result<()> {
        (**self).prepare(head).await
    }
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineInfo {
    /// The engine's name, such as `mistralrs`.
    pub engine: String,
    /// The model's id as configured.
    pub model: String,
}

/// Who speaks in a [`Message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

impl Role {
    /// The role's name in chat templates and in the OpenAI protocol.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One turn of the conversation that the model continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub role: Role,
    pub content: String,
}

impl Message {
    /// What the model is told before the conversation.
    pub fn system(content: impl Into<String>) -> Self {
        Self {
            role: Role::System,
            content: content.into(),
        }
    }

    /// What the person says.
    pub fn user(content: impl Into<String>) -> Self {
        Self {
            role: Role::User,
            content: content.into(),
        }
    }

    /// What the model said before.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self {
            role: Role::Assistant,
            content: content.into(),
        }
    }
}

/// What an engine is asked: continue these messages in this way.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub messages: Vec<Message>,
    pub profile: TaskProfile,
}
