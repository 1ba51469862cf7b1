//! One exchange with the runner: a request in, replies out as chunks.

use super::{CacheAccount, Shared};
use crate::generation::{Meter, Sink};
use crate::stop::StopFilter;
use crate::{FinishReason, InferenceError, Message, Result, Role, TaskProfile, Usage};
use either::Either;
use mistralrs::core::TokenizationRequest;
use mistralrs::{
    Constraint, Model, NormalRequest, RequestBuilder, RequestLike, RequestMessage, Response,
    SamplingParams, StopTokens, TextMessageRole,
};
use std::sync::Arc;
use tokio::sync::{OwnedRwLockReadGuard, mpsc};
use tokio::task::JoinHandle;

pub(super) fn chat(messages: &[Message]) -> RequestMessage {
    messages
        .iter()
        .fold(RequestBuilder::new(), |builder, message| {
            let role = match message.role {
                Role::System => TextMessageRole::System,
                Role::User => TextMessageRole::User,
                Role::Assistant => TextMessageRole::Assistant,
            };
            builder.add_message(role, &message.content)
        })
        .take_messages()
}

fn sampling(profile: &TaskProfile) -> SamplingParams {
    SamplingParams {
        temperature: Some(profile.temperature),
        top_k: profile.top_k.map(|k| k as usize),
        top_p: Some(profile.top_p),
        max_len: Some(profile.max_tokens as usize),
        stop_toks: (!profile.stop.is_empty()).then(|| StopTokens::Seqs(profile.stop.clone())),
        ..SamplingParams::neutral()
    }
}

/// Hands the request to the runner. The channel holds a whole answer: a slow reader must not
/// hold up the other generations.
pub(super) async fn start(
    runner: &Model,
    messages: RequestMessage,
    profile: &TaskProfile,
) -> Result<mpsc::Receiver<Response>> {
    let (responses, replies) = mpsc::channel(profile.max_tokens as usize + 8);
    let request = NormalRequest {
        messages,
        sampling_params: sampling(profile),
        response: responses,
        return_logprobs: false,
        is_streaming: true,
        id: 0,
        constraint: Constraint::None,
        suffix: None,
        tools: None,
        tool_choice: None,
        logits_processors: None,
        return_raw_logits: false,
        web_search_options: None,
        model_id: None,
        truncate_sequence: false,
    };
    send(runner, mistralrs::Request::Normal(Box::new(request))).await?;
    Ok(replies)
}

async fn send(runner: &Model, request: mistralrs::Request) -> Result<()> {
    let sender = runner
        .inner()
        .get_sender(None)
        .map_err(|error| InferenceError::Failed(error.to_string()))?;
    sender
        .send(request)
        .await
        .map_err(|_| InferenceError::Failed("the runner has stopped".to_owned()))
}

/// Turns the runner's replies into chunks. Dropping this drops `replies`, and the runner stops at
/// the next token that it can't deliver.
pub(super) async fn write(
    shared: Arc<Shared>,
    runner: OwnedRwLockReadGuard<Model>,
    mut replies: mpsc::Receiver<Response>,
    mut stop: StopFilter,
    sink: Sink,
) -> Result<()> {
    let mut end = None;
    // The runner goes on by a token when the first one ends it; what comes after the end is not
    // passed on.
    while end.is_none()
        && let Some(reply) = replies.recv().await
    {
        let Response::Chunk(chunk) = reply else {
            return Err(InferenceError::Failed(failure(reply)));
        };
        sink.count_written(1);
        for choice in chunk.choices {
            if let Some(text) = choice.delta.content {
                sink.text(stop.push(&text)).await;
            }
            if let Some(reason) = choice.finish_reason {
                end = Some((finish_reason(&reason)?, chunk.usage.clone()));
            }
        }
    }
    drop(replies);
    let usage = match end {
        Some((finish, usage)) => Usage {
            prompt_tokens: usage
                .as_ref()
                .map_or(sink.read(), |usage| tokens(usage.prompt_tokens)),
            completion_tokens: usage
                .map_or(sink.written(), |usage| tokens(usage.completion_tokens)),
            finish,
        },
        // At the limit and in the middle of a character there is no last reply.
        None if sink.written() > 0 && runner.inner().get_sender(None).is_ok() => Usage {
            prompt_tokens: sink.read(),
            completion_tokens: sink.written(),
            finish: FinishReason::Length,
        },
        None => {
            return Err(InferenceError::Interrupted(
                "the runner stopped without a word".to_owned(),
            ));
        }
    };
    shared
        .cache
        .add(u64::from(usage.prompt_tokens) + u64::from(usage.completion_tokens));
    if shared.cache.over_limit() {
        // Waits for this generation and all others to let go of the runner.
        tokio::spawn(Arc::clone(&shared).renew());
    }
    sink.text(stop.finish()).await;
    sink.done(usage).await;
    Ok(())
}

/// Asks for the prompt's length. The runner itself tells it only with the last token, and a
/// generation that is stopped before is to be metered too.
pub(super) async fn count_read(
    runner: &Model,
    messages: RequestMessage,
) -> Result<JoinHandle<Option<u32>>> {
    let RequestMessage::Chat { messages, .. } = messages else {
        return Err(InferenceError::Protocol("not a chat".to_owned()));
    };
    let (response, mut counted) = mpsc::channel(1);
    let request = TokenizationRequest {
        text: Either::Left(messages),
        tools: None,
        add_generation_prompt: true,
        add_special_tokens: true,
        enable_thinking: None,
        reasoning_effort: None,
        response,
    };
    send(runner, mistralrs::Request::Tokenize(request)).await?;
    // The runner panics where nobody hears its count: the hearing outlives the generation.
    Ok(tokio::spawn(async move {
        let read = counted.recv().await?.ok()?;
        Some(tokens(read.len()))
    }))
}

/// Puts the count on the meter when it is there.
pub(super) fn note_read(count: JoinHandle<Option<u32>>, meter: Arc<Meter>) {
    tokio::spawn(async move {
        if let Ok(Some(read)) = count.await {
            meter.set_read(read);
        }
    });
}

/// Has the runner read `head`, so that its cache answers for it later.
pub(super) async fn read_ahead(
    runner: &Model,
    cache: &CacheAccount,
    head: &[Message],
) -> Result<()> {
    if head.is_empty() {
        return Ok(());
    }
    let mut messages = head.to_vec();
    if messages.iter().all(|message| message.role == Role::System) {
        // Some chat templates refuse a conversation in which nobody speaks.
        messages.push(Message::user("?"));
    }
    let profile = TaskProfile {
        max_tokens: 1,
        ..TaskProfile::rewrite()
    };
    let mut replies = start(runner, chat(&messages), &profile).await?;
    while let Some(reply) = replies.recv().await {
        match reply {
            Response::Chunk(chunk) => {
                if let Some(usage) = chunk.usage {
                    cache.add(usage.total_tokens as u64);
                }
            }
            other => return Err(InferenceError::Failed(failure(other))),
        }
    }
    Ok(())
}

fn failure(reply: Response) -> String {
    match reply {
        Response::InternalError(error) | Response::ValidationError(error) => error.to_string(),
        Response::ModelError(message, _) | Response::CompletionModelError(message, _) => message,
        _ => "it answered with something other than text".to_owned(),
    }
}

fn finish_reason(reason: &str) -> Result<FinishReason> {
    match reason {
        "stop" => Ok(FinishReason::Stop),
        "length" => Ok(FinishReason::Length),
        other => Err(InferenceError::Interrupted(format!(
            "the runner ended it as '{other}'"
        ))),
    }
}

fn tokens(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
