//! How fast the in-process engine writes, against bare mistral.rs: the same prompts, in turns, each
//! with a model of its own. Prints one line of JSON; `deploy/bench engine` reads it.
//!
//!     cargo run --release -p inhouse-inference --example tokens_per_second [MODEL.gguf]

use futures::StreamExt as _;
use inhouse_inference::{Chunk, Engine, GgufModel, Message, MistralRs, Request, Role, TaskProfile};
use mistralrs::{
    GgufModelBuilder, Model, RequestBuilder, Response, SamplingParams, TextMessageRole,
};
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Tokens written per answer at most.
const TOKENS: u32 = 96;

/// The head of the prompt is the same each time, as it is in use; the questions differ.
const HEAD: &str = "You answer questions about contracts out of the passages you are given. \
    [1] Either party may terminate this Agreement upon sixty (60) days' prior written notice if the \
    other party materially breaches any provision and does not cure that breach within the notice \
    period. [2] The Distributor shall pay all invoices within thirty (30) days of receipt; amounts \
    not paid when due bear interest at one percent (1%) per month. [3] Each party shall keep the \
    other's Confidential Information secret for five (5) years after the end of this Agreement.";

const QUESTIONS: [&str; 7] = [
    "Explain in detail how this agreement can be terminated.",
    "Explain in detail when invoices are due and what happens when they are paid late.",
    "Explain in detail what the parties have to keep secret, and for how long.",
    "List every number in the passages and say what each stands for.",
    "Write a summary of all the passages for somebody who has not read them.",
    "Which duties outlast the agreement? Explain in detail.",
    "Compare the duties of the two parties in detail.",
];

fn main() -> Result<()> {
    let model = std::env::args_os()
        .nth(1)
        .map_or_else(default_model, PathBuf::from);
    tokio::runtime::Runtime::new()?.block_on(measure(&model))
}

fn default_model() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(
        || std::env::home_dir().unwrap_or_default().join(".cache"),
        PathBuf::from,
    );
    let models = std::env::var_os("INHOUSE_MODELS__DIR")
        .map_or_else(|| cache.join("inhouse/models"), PathBuf::from);
    models.join("answer/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf")
}

async fn measure(path: &Path) -> Result<()> {
    let engine = MistralRs::load(&GgufModel::on_cpu("model", path)).await?;
    let bare = load_bare(path).await?;
    // The first question warms both up.
    let (mut of_engine, mut of_bare) = (Vec::new(), Vec::new());
    for (round, question) in QUESTIONS.into_iter().enumerate() {
        // Whoever goes first finds other caches: they take turns in that too.
        let (ours, theirs) = if round % 2 == 0 {
            let ours = with_engine(&engine, question).await?;
            (ours, with_bare(&bare, question).await?)
        } else {
            let theirs = with_bare(&bare, question).await?;
            (with_engine(&engine, question).await?, theirs)
        };
        if round > 0 {
            of_engine.push(ours);
            of_bare.push(theirs);
        }
    }
    let (ours, theirs) = (median(&mut of_engine), median(&mut of_bare));
    let line = serde_json::json!({
        "engine_tokens_per_s": ours,
        "bare_tokens_per_s": theirs,
        "ratio": ours / theirs,
        "answers": of_engine.len(),
    });
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

async fn load_bare(path: &Path) -> Result<Model> {
    let folder = path
        .parent()
        .and_then(Path::to_str)
        .ok_or("the model has no folder")?;
    let file = path
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or("the model has no name")?;
    Ok(GgufModelBuilder::new(folder, vec![file])
        .with_force_cpu()
        .build()
        .await?)
}

/// At temperature 0 both write the same words.
fn profile() -> TaskProfile {
    TaskProfile {
        temperature: 0.0,
        max_tokens: TOKENS,
        ..TaskProfile::answer()
    }
}

/// Tokens written per second, from the question to the answer's end.
async fn with_engine(engine: &MistralRs, question: &str) -> Result<f64> {
    let message = |role, content: &str| Message {
        role,
        content: content.to_owned(),
    };
    let request = Request {
        messages: vec![message(Role::System, HEAD), message(Role::User, question)],
        profile: profile(),
    };
    let started = Instant::now();
    let mut generation = engine.generate(request).await?;
    while let Some(chunk) = generation.next().await {
        if let Chunk::Done(usage) = chunk? {
            return Ok(f64::from(usage.completion_tokens) / started.elapsed().as_secs_f64());
        }
    }
    Err("the engine stopped without an end".into())
}

/// The same with nothing of ours around it.
async fn with_bare(model: &Model, question: &str) -> Result<f64> {
    let profile = profile();
    let request = RequestBuilder::new()
        .add_message(TextMessageRole::System, HEAD)
        .add_message(TextMessageRole::User, question)
        .set_sampling(SamplingParams {
            temperature: Some(profile.temperature),
            top_k: profile.top_k.map(|k| k as usize),
            top_p: Some(profile.top_p),
            max_len: Some(profile.max_tokens as usize),
            ..SamplingParams::neutral()
        });
    let started = Instant::now();
    let mut replies = model.stream_chat_request(request).await?;
    while let Some(reply) = replies.next().await {
        let Response::Chunk(chunk) = reply else {
            return Err("mistral.rs failed".into());
        };
        let ended = chunk
            .choices
            .first()
            .is_some_and(|choice| choice.finish_reason.is_some());
        if ended && let Some(usage) = chunk.usage {
            let tokens = u32::try_from(usage.completion_tokens)?;
            return Ok(f64::from(tokens) / started.elapsed().as_secs_f64());
        }
    }
    Err("mistral.rs stopped without an end".into())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
