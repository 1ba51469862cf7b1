//! The model writes, and each sentence is checked before it is released.

use super::cite::{self, Verdict};
use super::confidence::Gate;
use super::finding::Nearness;
use super::prompt;
use super::way::Listener;
use futures::StreamExt as _;
use inhouse_guardrails::answerability;
use inhouse_guardrails::asked::{beside_the_question, is_of_another};
use inhouse_guardrails::sentences::Splitter;
use inhouse_inference::{Chunk, Engine, Generation, InferenceError, Message, Request, TaskProfile};
use inhouse_protocol::{AnswerSentence, PassageId, PassageRef, RunEvent, Stage};
use inhouse_store::ModelCall;
use std::time::{Duration, Instant};

/// How often another process's wish to stop is looked for.
const STOP_POLL: Duration = Duration::from_millis(500);

/// Why a sentence is not shown whose source is about something else.
const OF_ANOTHER: &str = "it stands where others are spoken of than the question names";
const FAR: &str = "the words that it stands on are far from what is asked";

/// What the model is to write.
pub(super) struct Task<'a> {
    pub(super) profile: TaskProfile,
    pub(super) question: &'a str,
    pub(super) passages: &'a [PassageRef],
    /// Those of the passages that read like instructions.
    pub(super) distrusted: &'a [PassageId],
    /// How near the passages' sentences come to what is asked, where that is known.
    pub(super) nearness: &'a Nearness,
    /// What is told above the first sentence.
    pub(super) caution: Option<&'a str>,
    /// By its English name; none for English.
    pub(super) language: Option<&'a str>,
    pub(super) gate: Gate,
}

impl Task<'_> {
    /// What the model is given.
    pub(super) fn messages(&self) -> Vec<Message> {
        prompt::messages(self.question, self.passages, self.distrusted, self.language)
    }
}

/// How writing ended.
pub(super) enum End {
    Complete,
    /// The first sentence that could have been shown was not sure enough.
    Unsure,
    /// The asker stopped it.
    Stopped,
    /// It could not go on.
    Failed(Failure),
}

/// Why writing failed; displayed with its cause.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// Too many questions wait for the engine.
    #[error("{}", InferenceError::Busy)]
    Busy,
    /// The engine, or telling the reader.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// For the people at the desk: causes are for the log.
    pub(super) const fn in_short(&self) -> &'static str {
        match self {
            Self::Busy => "too many questions were waiting for it",
            Self::Other(_) => "it failed",
        }
    }
}

impl From<InferenceError> for Failure {
    fn from(error: InferenceError) -> Self {
        match error {
            InferenceError::Busy => Self::Busy,
            other => Self::Other(other.to_string()),
        }
    }
}

/// What the model wrote, checked.
pub(super) struct Written {
    /// What was shown.
    pub(super) kept: Vec<AnswerSentence>,
    /// A sentence passed its checks and was held back for good.
    pub(super) withheld: bool,
    /// Each sentence that is not shown, with what failed, in words.
    pub(super) dropped: Vec<String>,
    /// The same of each sentence that the passage's own words stand for.
    pub(super) replaced: Vec<String>,
    /// The model itself says that the passages don't answer.
    pub(super) declined: bool,
    /// What it told of the answerability, up to and with the first sentence that could be shown.
    pub(super) seen: Option<answerability::Written>,
    /// The answerability with that, 0..=1.
    pub(super) after: Option<f64>,
    pub(super) call: ModelCall,
    pub(super) end: End,
}

/// Asks the engine and releases each sentence that passes its checks, from the first on that the
/// gate lets through.
pub(super) async fn write(engine: &dyn Engine, task: Task<'_>, listener: &dyn Listener) -> Written {
    let messages = task.messages();
    let info = engine.info();
    let mut written = Written {
        kept: Vec::new(),
        withheld: false,
        dropped: Vec::new(),
        replaced: Vec::new(),
        declined: false,
        seen: None,
        after: None,
        call: ModelCall {
            task: "answer".into(),
            engine: info.engine,
            model: info.model,
            prompt_sha256: prompt::sha256(&messages),
            parameters: serde_json::to_value(&task.profile).unwrap_or_default(),
            prompt_tokens: 0,
            completion_tokens: 0,
            duration_ms: 0,
            error: None,
        },
        end: End::Complete,
    };
    let started = Instant::now();
    let cancel = listener.cancellation();
    let profile = task.profile.clone();
    let generation = tokio::select! {
        biased;
        () = cancel.cancelled() => None,
        generation = engine.generate(Request { messages, profile }) => Some(generation),
    };
    match generation {
        None => written.end = End::Stopped,
        Some(Err(error)) => written.end = End::Failed(error.into()),
        Some(Ok(mut generation)) => {
            let mut desk = Desk {
                task: &task,
                listener,
                judged: 0,
                written: &mut written,
            };
            let end = desk.read(&mut generation).await;
            desk.conclude(&end);
            let usage = generation.usage();
            written.end = end;
            written.call.prompt_tokens = usage.prompt_tokens;
            written.call.completion_tokens = usage.completion_tokens;
        }
    }
    written.call.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let End::Failed(failure) = &written.end {
        written.call.error = Some(failure.to_string());
    }
    written
}

struct Desk<'a> {
    task: &'a Task<'a>,
    listener: &'a dyn Listener,
    /// Sentences of the model that were checked.
    judged: u32,
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
                Some(Err(error)) => return End::Failed(error.into()),
            };
            if std::mem::take(&mut first)
                && let Err(end) = self
                    .tell(RunEvent::Stage {
                        stage: Stage::Checking,
                    })
                    .await
            {
                return end;
            }
            for sentence in complete {
                if let Err(end) = self.take(&sentence).await {
                    return end;
                }
            }
        }
        if let Some(rest) = sentences.finish()
            && let Err(end) = self.take(&rest).await
        {
            return end;
        }
        End::Complete
    }

    async fn tell(&self, event: RunEvent) -> Result<(), End> {
        self.listener
            .event(event)
            .await
            .map_err(|error| End::Failed(Failure::Other(error.to_string())))
    }

    /// Checks a sentence; releases it, or keeps what failed. The error is how writing ends here.
    async fn take(&mut self, sentence: &str) -> Result<(), End> {
        let sentence = sentence.trim();
        if sentence.is_empty() || self.written.declined {
            return Ok(());
        }
        if prompt::declines(sentence) {
            self.written.declined = true;
            return Ok(());
        }
        let judged = cite::judge(sentence, self.task.question, self.task.passages);
        self.judged += 1;
        let (shown, replaced) = match judged.verdict {
            Verdict::Kept(shown) => (shown, None),
            Verdict::Replaced(shown, why) => (shown, Some(why)),
            Verdict::Dropped(why) => {
                self.written.dropped.push(format!("'{sentence}': {why}"));
                return Ok(());
            }
        };
        if let Some(why) = self.amiss(&shown) {
            self.written.dropped.push(format!("'{sentence}': {why}"));
            return Ok(());
        }
        if let Some(why) = replaced {
            self.written.replaced.push(format!("'{sentence}': {why}"));
        }
        if self
            .written
            .kept
            .iter()
            .any(|kept| says_the_same(kept, &shown))
        {
            return Ok(());
        }
        if self.written.seen.is_none() && !self.sure_enough(judged.support) {
            self.written.withheld = true;
            return Err(End::Unsure);
        }
        if self.written.kept.is_empty()
            && let Some(text) = self.task.caution.map(str::to_owned)
        {
            self.tell(RunEvent::Caution { text }).await?;
        }
        self.written.kept.push(shown.clone());
        self.tell(RunEvent::Sentence { sentence: shown }).await
    }

    /// Why a sentence that is true doesn't answer, in words.
    fn amiss(&self, shown: &AnswerSentence) -> Option<&'static str> {
        // What comes first has to answer: what follows may explain it.
        let beside = || beside_the_question(self.task.question, &shown.text);
        let first = self.written.kept.is_empty();
        first
            .then(beside)
            .flatten()
            .or_else(|| self.is_of_another(shown).then_some(OF_ANOTHER))
            .or_else(|| self.is_far(shown).then_some(FAR))
    }

    /// Whether it cites only what stands about others than those whom the question names.
    fn is_of_another(&self, shown: &AnswerSentence) -> bool {
        if self.task.language.is_some() {
            return false;
        }
        let text = |passage: &PassageRef| {
            let headings = passage.heading_path.join(" ");
            format!("{} {headings} {}", passage.title, passage.text)
        };
        let cited = |passage: &&PassageRef| {
            let mut citations = shown.citations.iter();
            citations.any(|citation| citation.passage == passage.id)
        };
        let passages = self.task.passages;
        let all: Vec<String> = passages.iter().map(text).collect();
        let cited: Vec<String> = passages.iter().filter(cited).map(text).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let cited: Vec<&str> = cited.iter().map(String::as_str).collect();
        is_of_another(self.task.question, &cited, &all)
    }

    /// Whether a sentence stands on words that are far from what is asked and that no sentence
    /// shown stands on.
    fn is_far(&self, shown: &AnswerSentence) -> bool {
        let kept = self.written.kept.iter().flat_map(|kept| &kept.citations);
        let kept: Vec<_> = kept
            .map(|citation| (&citation.version, citation.start))
            .collect();
        let stands_there = shown
            .citations
            .iter()
            .any(|citation| kept.contains(&(&citation.version, citation.start)));
        !stands_there && self.task.nearness.far(&shown.citations)
    }

    /// Whether the answerability holds with the first sentence that could be shown.
    fn sure_enough(&mut self, support: f64) -> bool {
        let seen = answerability::Written {
            declined: self.written.declined,
            dropped: self.failed_share(),
            support,
        };
        let after = self.task.gate.after(&seen);
        self.written.seen = Some(seen);
        self.written.after = Some(after);
        after >= self.task.gate.from
    }

    /// Share of the sentences checked so far that failed, 0..=1.
    fn failed_share(&self) -> f64 {
        let failed = self.written.dropped.len() + self.written.replaced.len();
        let failed = u32::try_from(failed).unwrap_or(u32::MAX);
        f64::from(failed) / f64::from(self.judged.max(1))
    }

    /// Where all was written and nothing could be shown, that says something too.
    fn conclude(&mut self, end: &End) {
        if matches!(end, End::Complete) && self.written.seen.is_none() {
            self.sure_enough(0.0);
        }
    }
}

/// The same words, or the document's words where they are quoted already.
fn says_the_same(kept: &AnswerSentence, new: &AnswerSentence) -> bool {
    let quotes = |sentence: &AnswerSentence| {
        let places = sentence.citations.iter();
        places
            .map(|citation| (citation.version.clone(), citation.start, citation.end))
            .collect::<Vec<_>>()
    };
    kept.text == new.text || (kept.verbatim && new.verbatim && quotes(kept) == quotes(new))
}
