//! Running a language model: one trait, [`Engine`], and what stands behind it.
//!
//! [`MistralRs`] runs a GGUF model in the process; [`OpenAiCompatible`] speaks to a server such as
//! vLLM, llama-cpp-python or mistralrs-server. [`Gate`] goes in front of either and limits how many
//! generate and wait at once. Dropping a [`Generation`] stops the work behind it, and
//! [`Generation::usage`] says what it consumed either way.

mod checksum;
mod engine;
mod error;
mod gate;
mod generation;
mod mistral;
mod openai;
mod profile;
mod sse;
mod stop;

pub use checksum::{Checksums, sha256_of};
pub use engine::{Engine, EngineInfo, Message, Request, Role};
pub use error::{InferenceError, Result};
pub use gate::{Gate, Limits};
pub use generation::{Chunk, FinishReason, Generation, Usage};
pub use mistral::{Device, GgufModel, MistralRs};
pub use openai::{ApiKey, Endpoint, OpenAiCompatible};
pub use profile::TaskProfile;
