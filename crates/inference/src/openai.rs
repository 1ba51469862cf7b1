//! A model behind the OpenAI chat protocol: vLLM, llama-cpp-python, mistralrs-server and others.
//!
//! The protocol: `POST {base}/chat/completions` with `stream: true`, `GET {base}/models`, as in
//! <https://platform.openai.com/docs/api-reference/chat>.

use crate::generation::Sink;
use crate::sse::EventReader;
use crate::stop::StopFilter;
use crate::{
    Engine, EngineInfo, FinishReason, Generation, InferenceError, Request, Result, TaskProfile,
    Usage,
};
use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

/// Characters of a server's error message that are kept.
const MESSAGE_CHARS: usize = 500;

/// A secret that doesn't show in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// Where an inference server is and how to talk to it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Up to and with the version, such as `http://gpu1.internal:8000/v1`.
    pub base_url: Url,
    /// Sent as a bearer token.
    pub api_key: Option<ApiKey>,
    /// The model's name on the server.
    pub model: String,
    /// For the connection to stand.
    pub connect_timeout: Duration,
    /// Between two pieces of an answer, and until the first: reading a long prompt counts.
    pub idle_timeout: Duration,
}

/// An inference server that speaks the OpenAI chat protocol.
pub struct OpenAiCompatible {
    endpoint: Endpoint,
    client: Client,
}

impl OpenAiCompatible {
    /// Prepares the connection; nothing is sent yet. No proxy is used and no redirect followed.
    pub fn new(endpoint: Endpoint) -> Result<Self> {
        if !matches!(endpoint.base_url.scheme(), "http" | "https") {
            return Err(InferenceError::Configuration(format!(
                "'{}' is neither an http nor an https address",
                endpoint.base_url
            )));
        }
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(endpoint.connect_timeout)
            .read_timeout(endpoint.idle_timeout)
            .build()
            .map_err(|error| InferenceError::Configuration(in_full(&error)))?;
        Ok(Self { endpoint, client })
    }

    fn url(&self, path: &str) -> String {
        let base = self.endpoint.base_url.as_str().trim_end_matches('/');
        format!("{base}/{path}")
    }

    async fn send(&self, path: &str, request: RequestBuilder) -> Result<Response> {
        let request = match &self.endpoint.api_key {
            Some(ApiKey(key)) => request.bearer_auth(key),
            None => request,
        };
        let response = request
            .send()
            .await
            .map_err(|error| InferenceError::Unreachable {
                url: self.url(path),
                reason: in_full(&error.without_url()),
            })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(InferenceError::Busy);
        }
        let body = response.text().await.unwrap_or_default();
        Err(InferenceError::Refused {
            url: self.url(path),
            status: status.as_u16(),
            message: error_message(&body),
        })
    }
}

#[async_trait]
impl Engine for OpenAiCompatible {
    fn info(&self) -> EngineInfo {
        EngineInfo {
            engine: "openai-compatible".to_owned(),
            model: self.endpoint.model.clone(),
        }
    }

    async fn generate(&self, request: Request) -> Result<Generation> {
        let path = "chat/completions";
        let body = ChatRequest::new(&self.endpoint.model, &request);
        let response = self
            .send(path, self.client.post(self.url(path)).json(&body))
            .await?;
        let stop = StopFilter::new(request.profile.stop);
        Ok(Generation::run(move |sink| read(response, stop, sink)))
    }

    async fn check(&self) -> Result<()> {
        let path = "models";
        let response = self.send(path, self.client.get(self.url(path))).await?;
        let models: Models = response
            .json()
            .await
            .map_err(|error| InferenceError::Protocol(in_full(&error.without_url())))?;
        let names: Vec<_> = models.data.into_iter().map(|model| model.id).collect();
        if names.contains(&self.endpoint.model) {
            return Ok(());
        }
        Err(InferenceError::Configuration(format!(
            "{} has no model '{}'; it has: {}",
            self.endpoint.base_url,
            self.endpoint.model,
            names.join(", ")
        )))
    }
}

/// Turns the response's events into chunks. Dropping this closes the connection, which is how
/// these servers are told to stop.
async fn read(mut response: Response, mut stop: StopFilter, sink: Sink) -> Result<()> {
    let mut reader = EventReader::default();
    let mut finish = None;
    let mut reported = None;
    'stream: while let Some(piece) = response
        .chunk()
        .await
        .map_err(|error| InferenceError::Interrupted(in_full(&error.without_url())))?
    {
        for data in reader.push(&piece)? {
            if data.trim() == "[DONE]" {
                finish.get_or_insert(FinishReason::Stop);
                break 'stream;
            }
            let event: ChatEvent = serde_json::from_str(&data).map_err(|error| {
                InferenceError::Protocol(format!("{error} in: {}", shortened(&data)))
            })?;
            if let Some(error) = event.error {
                return Err(InferenceError::Failed(shortened(&error.into_message())));
            }
            reported = event.usage.or(reported);
            for choice in event.choices {
                let text = choice.delta.and_then(|delta| delta.content);
                if let Some(text) = text.filter(|text| !text.is_empty()) {
                    sink.count_written(1);
                    sink.text(stop.push(&text)).await;
                }
                if let Some(reason) = choice.finish_reason {
                    finish = Some(match reason.as_str() {
                        "length" => FinishReason::Length,
                        _ => FinishReason::Stop,
                    });
                }
            }
            if stop.stopped() {
                finish = Some(FinishReason::Stop);
                break 'stream;
            }
        }
    }
    let Some(finish) = finish else {
        return Err(InferenceError::Interrupted(
            "the inference server closed the connection".to_owned(),
        ));
    };
    sink.text(stop.finish()).await;
    sink.done(Usage {
        prompt_tokens: reported
            .as_ref()
            .map_or(sink.read(), |usage| usage.prompt_tokens),
        completion_tokens: reported.map_or(sink.written(), |usage| usage.completion_tokens),
        finish,
    })
    .await;
    Ok(())
}

/// The request's body. What the profile leaves open is left out, so that a server that is strict
/// about names beyond the protocol's, such as `top_k`, can be served by not setting them.
#[derive(Serialize)]
struct ChatRequest<'a> {
    model: &'a str,
    messages: Vec<ChatMessage<'a>>,
    stream: bool,
    stream_options: StreamOptions,
    temperature: f64,
    top_p: f64,
    max_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    /// llama.cpp's name, and its default is true: only sent to turn it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_prompt: Option<bool>,
}

#[derive(Serialize)]
struct ChatMessage<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

impl<'a> ChatRequest<'a> {
    fn new(model: &'a str, request: &'a Request) -> Self {
        let TaskProfile {
            temperature,
            top_p,
            top_k,
            max_tokens,
            ref stop,
            seed,
            cache,
        } = request.profile;
        Self {
            model,
            messages: request
                .messages
                .iter()
                .map(|message| ChatMessage {
                    role: message.role.as_str(),
                    content: &message.content,
                })
                .collect(),
            stream: true,
            stream_options: StreamOptions {
                include_usage: true,
            },
            temperature,
            top_p,
            max_tokens,
            top_k,
            stop,
            seed,
            cache_prompt: (!cache).then_some(false),
        }
    }
}

/// An event of the stream. A server that fails midway sends `error` in place of the rest.
#[derive(Deserialize)]
struct ChatEvent {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<ReportedUsage>,
    error: Option<ReportedError>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct ReportedUsage {
    prompt_tokens: u32,
    completion_tokens: u32,
}

/// `{"error": {"message": …}}` as in the protocol, or `{"error": "…"}` as some servers do.
#[derive(Deserialize)]
#[serde(untagged)]
enum ReportedError {
    Structured { message: String },
    Plain(String),
}

impl ReportedError {
    fn into_message(self) -> String {
        match self {
            Self::Structured { message } | Self::Plain(message) => message,
        }
    }
}

#[derive(Deserialize)]
struct Models {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ReportedError,
}

/// The message in an error response, or the body itself.
fn error_message(body: &str) -> String {
    let message = serde_json::from_str::<ErrorBody>(body)
        .map_or_else(|_| body.to_owned(), |body| body.error.into_message());
    shortened(&message)
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(MESSAGE_CHARS).collect()
}

/// An error with its causes, outermost first.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
