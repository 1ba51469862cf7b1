//! The model writes, and each sentence is checked before it is released.

use super::cite::{self, Judged};
use super::prompt;
use super::way::Listener;
use futures::StreamExt as _;
use inhouse_guardrails::sentences::Splitter;
use inhouse_inference::{Chunk, Engine, Generation, Request, TaskProfile};
use inhouse_protocol::{AnswerSentence, PassageRef, RunEvent, Stage};
use inhouse_store::ModelCall;
use std::time::{Duration, Instant};

/// How often another process's wish to stop is looked for.
const STOP_POLL: Duration = Duration::from_millis(500);

/// How writing ended.
pub(super) enum End {
    Complete,
    /// The asker stopped it.
    Stopped,
    /// The engine failed.
    Failed(String),
}

/// What the model wrote, checked.
pub(super) struct Written {
    pub(super) kept: Vec<AnswerSentence>,
    /// What failed of each sentence that is not shown, in words.
    pub(super) dropped: Vec<String>,
    /// The model itself says that the passages don't answer.
    pub(super) declined: bool,
    pub(super) call: ModelCall,
    pub(super) end: End,
}

/// Asks the engine and releases each sentence that passes its checks.
pub(super) async fn write(
    engine: &dyn Engine,
    profile: TaskProfile,
    question: &str,
    passages: &[PassageRef],
    listener: &dyn Listener,
) -> Written {
    let messages = prompt::messages(question, passages);
    let info = engine.info();
    let mut written = Written {
        kept: Vec::new(),
        dropped: Vec::new(),
        declined: false,
        call: ModelCall {
            task: "answer".into(),
            engine: info.engine,
            model: info.model,
            prompt_sha256: prompt::sha256(&messages),
            parameters: serde_json::to_value(&profile).unwrap_or_default(),
            prompt_tokens: 0,
            completion_tokens: 0,
            duration_ms: 0,
            error: None,
        },
        end: End::Complete,
    };
    let started = Instant::now();
    let cancel = listener.cancellation();
    let generation = tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        generation = engine.generate(Request { messages, profile }) => Some(generation),
    };
    match generation {
        None => written.end = End::Stopped,
        Some(Err(error)) => written.end = End::Failed(error.to_string()),
        Some(Ok(mut generation)) => {
            let mut desk = Desk {
                question,
                passages,
                listener,
                written: &mut written,
            };
            let end = desk.read(&mut generation).await;
            let usage = generation.usage();
            written.end = end;
            written.call.prompt_tokens = usage.prompt_tokens;
            written.call.completion_tokens = usage.completion_tokens;
        }
    }
    written.call.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let End::Failed(why) = &written.end {
        written.call.error = Some(why.clone());
    }
    written
}

struct Desk<'a> {
    question: &'a str,
    passages: &'a [PassageRef],
    listener: &'a dyn Listener,
    written: &'a mut Written,
}

impl Desk<'_> {
    async fn read(&mut self, generation: &mut Generation) -> End {
        let cancel = self.listener.cancellation();
        let mut poll = tokio::time::interval(STOP_POLL);
        let mut sentences = Splitter::new();
        let mut first = true;
        loop {
            let chunk = tokio::select! {
                biased;
                () = cancel.cancelled() => return End::Stopped,
                _ = poll.tick() => {
                    if self.listener.stopped().await {
                        return End::Stopped;
                    }
                    continue;
                }
                chunk = generation.next() => chunk,
            };
            let complete = match chunk {
                Some(Ok(Chunk::Text(text))) => sentences.push(&text),
                Some(Ok(Chunk::Done(_))) | None => break,
                Some(Err(error)) => return End::Failed(error.to_string()),
            };
            if std::mem::take(&mut first)
                && let Err(error) = self
                    .listener
                    .event(RunEvent::Stage {
                        stage: Stage::Checking,
                    })
                    .await
            {
                return End::Failed(error.to_string());
            }
            for sentence in complete {
                if let Err(why) = self.take(&sentence).await {
                    return End::Failed(why);
                }
            }
        }
        if let Some(rest) = sentences.finish()
            && let Err(why) = self.take(&rest).await
        {
            return End::Failed(why);
        }
        End::Complete
    }

    /// Checks a sentence; releases it, or keeps what failed.
    async fn take(&mut self, sentence: &str) -> Result<(), String> {
        let sentence = sentence.trim();
        if sentence.is_empty() || self.written.declined {
            return Ok(());
        }
        if prompt::declines(sentence) {
            self.written.declined = true;
            return Ok(());
        }
        match cite::judge(sentence, self.question, self.passages) {
            Judged::Kept(sentence) => {
                if self
                    .written
                    .kept
                    .iter()
                    .any(|kept| kept.text == sentence.text)
                {
                    return Ok(());
                }
                self.written.kept.push(sentence.clone());
                let event = RunEvent::Sentence { sentence };
                self.listener
                    .event(event)
                    .await
                    .map_err(|error| error.to_string())
            }
            Judged::Dropped(why) => {
                self.written.dropped.push(format!("'{sentence}': {why}"));
                Ok(())
            }
        }
    }
}
