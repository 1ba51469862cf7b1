//! Asking from the command line: one question, one report.

use super::record;
use super::walked::Walked;
use super::way::{self, Asked, Listener, Purpose};
use crate::app::App;
use crate::error::AppResult;
use inhouse_protocol::{
    AnswerMode, AnswerSentence, Conflict, Day, DocumentId, GivenAnswer, Outcome, RunEvent, RunId,
    Usage,
};
use inhouse_store::Principal;
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// A question asked from the command line.
#[derive(Debug, Clone)]
pub struct AskRequest {
    /// The question.
    pub question: String,
    /// Search this document only.
    pub document: Option<DocumentId>,
    /// The day whose documents answer, whatever the question names.
    pub as_of: Option<Day>,
    /// How to answer; none: as the asker chose, else as the deployment has it.
    pub mode: Option<AnswerMode>,
    /// Everything but the model; nothing is stored.
    pub dry_run: bool,
}

/// What became of it.
#[derive(Debug, Serialize)]
pub struct AskReport {
    /// The run that it was recorded as; none for a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// How it ended; with `dry_run`, `answered` means that it would be answered on what is known
    /// before the model.
    pub outcome: Outcome,
    /// Id of the rule that decided.
    pub rule: Option<String>,
    /// What the asker is told.
    pub message: String,
    /// The day whose documents answer, where it was given or the question names one.
    pub as_of: Option<Day>,
    /// How it was answered; none where it didn't come to that.
    pub mode: Option<AnswerMode>,
    /// Probability that the passages hold the answer, 0..=1; 0 where nothing was searched. With
    /// what the model wrote, where it did.
    pub answerability: f64,
    /// What it had to be, 0..=1; 0 where nothing was searched.
    pub answerable_from: f64,
    /// What the documents say differently, where that is why it isn't answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
    /// What Legal approved before for the same question, where that is the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved: Option<GivenAnswer>,
    /// A rule's words that stand above the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caution: Option<String>,
    /// Flags that rules set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// What the question is about.
    pub topic: TopicReport,
    /// How much it looks like an attack, 0..=1.
    pub injection: f64,
    /// The answer, sentence by sentence.
    pub sentences: Vec<SentenceReport>,
    /// What the model consumed.
    pub usage: Usage,
    /// How long each step took, in milliseconds.
    pub timings_ms: Value,
}

/// What a question is about.
#[derive(Debug, Serialize)]
pub struct TopicReport {
    /// The topic's label.
    pub label: String,
    /// Similarity to its examples, 0..=1.
    pub score: f64,
}

/// A sentence with its citations.
#[derive(Debug, Serialize)]
pub struct SentenceReport {
    /// The sentence, without citation marks.
    pub text: String,
    /// The document's own words.
    pub verbatim: bool,
    /// Where it stands.
    pub citations: Vec<CitationReport>,
}

/// A place in a document.
#[derive(Debug, Serialize)]
pub struct CitationReport {
    /// The file's name.
    pub document: String,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
    /// Page, where the format has pages.
    pub page: Option<u32>,
    /// The words at `start..end`.
    pub quote: String,
}

impl From<&AnswerSentence> for SentenceReport {
    fn from(sentence: &AnswerSentence) -> Self {
        let citations = sentence.citations.iter().map(|citation| CitationReport {
            document: citation.name.clone(),
            start: citation.start,
            end: citation.end,
            page: citation.page,
            quote: citation.quote.clone(),
        });
        Self {
            text: sentence.text.clone(),
            verbatim: sentence.verbatim,
            citations: citations.collect(),
        }
    }
}

impl From<&Walked> for AskReport {
    fn from(walked: &Walked) -> Self {
        Self {
            run: None,
            outcome: walked.outcome,
            rule: walked.rule.as_ref().map(|rule| rule.id.clone()),
            message: walked.message.clone(),
            as_of: walked.as_of,
            mode: walked.mode,
            answerability: walked.signals.answerability.unwrap_or(0.0),
            answerable_from: walked.signals.answerable_from.unwrap_or(0.0),
            conflict: walked.conflict.clone(),
            approved: walked.approved.clone(),
            caution: walked.caution(),
            flags: walked.flags.clone(),
            topic: TopicReport {
                label: walked.signals.topic.clone(),
                score: walked.signals.topic_score,
            },
            injection: walked.signals.injection,
            sentences: walked.sentences.iter().map(SentenceReport::from).collect(),
            usage: walked.usage(),
            timings_ms: walked.durations.to_value(),
        }
    }
}

/// Nobody follows the run, and nobody stops it.
pub(super) struct Nobody;

#[async_trait::async_trait]
impl Listener for Nobody {
    async fn event(&self, _: RunEvent) -> AppResult<()> {
        Ok(())
    }

    async fn stopped(&self) -> bool {
        false
    }

    fn cancellation(&self) -> CancellationToken {
        CancellationToken::new()
    }
}

/// Walks a question's way and waits for its end. It is recorded like any other, with who asked;
/// the operator, who has no inbox, gets no escalation. A dry run stores nothing.
pub async fn answer_once(
    app: &App,
    principal: &Principal,
    request: AskRequest,
) -> AppResult<AskReport> {
    let asked = Asked {
        question: request.question,
        standalone: None,
        document: request.document,
        as_of: request.as_of,
        principal: principal.clone(),
        mode: request.mode,
        purpose: if request.dry_run {
            Purpose::DryRun
        } else {
            Purpose::Answer
        },
    };
    if request.dry_run {
        return Ok(AskReport::from(&way::walk(app, &asked, &Nobody).await));
    }
    let run = app
        .store
        .start_run_alone(principal, &asked.question)
        .await?;
    let walked = way::walk(app, &asked, &Nobody).await;
    let report = AskReport {
        run: Some(run.clone()),
        ..AskReport::from(&walked)
    };
    let mut finish = record::finish(walked);
    if principal.is_operator() {
        finish.escalation = None;
    }
    app.store.finish_run(&run, finish).await?;
    Ok(report)
}
