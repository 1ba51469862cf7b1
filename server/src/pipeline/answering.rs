//! The answer: written by the model, or in the documents' own words, and the rules over it.

use super::confidence::Confidence;
use super::walked::{Walked, ms_since};
use super::way::{Asked, Listener, Purpose};
use super::writing::{self, End, Failure, Task};
use super::{language, quotes};
use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_guardrails::Stage as RuleStage;
use inhouse_protocol::{AnswerMode, EscalationReason, Outcome, RunEvent, Stage};
use std::time::Instant;

const NO_ENGINE_MESSAGE: &str =
    "Nothing is set up here to write answers. The passages are below, and Legal has your question.";

const QUOTES_WITHOUT_ENGINE: &str =
    "Nothing is set up here to write answers; these are the documents' own words.";

const QUOTES_AFTER_FAILURE: &str =
    "The assistant could not write just now; these are the documents' own words.";

const NOTHING_CHECKED: &str =
    "No answer could be checked against your documents. Legal has your question.";

/// How the question is to be answered: as a rule says, else as it is asked for, else as the asker
/// chose, else as the deployment has it; in quotes where nothing could write.
pub(super) fn mode(app: &App, asked: &Asked, by_rule: bool) -> AnswerMode {
    let wanted = wanted(app, asked, by_rule);
    // A dry run loads no engine and needs none.
    let nobody_writes = app.engine.is_none() && asked.purpose != Purpose::DryRun;
    if nobody_writes {
        AnswerMode::Quotes
    } else {
        wanted
    }
}

fn wanted(app: &App, asked: &Asked, by_rule: bool) -> AnswerMode {
    if by_rule {
        return AnswerMode::Quotes;
    }
    let chosen = asked.principal.user().and_then(|user| user.answer_mode);
    asked.mode.or(chosen).unwrap_or(app.config.answers.mode)
}

/// Answers in the mode given; what passes its checks is shown, and rules judge what is left.
pub(super) async fn answer(
    app: &App,
    asked: &Asked,
    mode: AnswerMode,
    confidence: &Confidence,
    listener: &dyn Listener,
    walked: &mut Walked,
) -> AppResult<()> {
    walked.mode = Some(mode);
    if mode == AnswerMode::Written {
        return write(app, asked, confidence, listener, walked).await;
    }
    if wanted(app, asked, walked.quotes.is_some()) == AnswerMode::Written {
        if !sure_without_model(confidence, walked) {
            // The rules in force ask for less than quotes need.
            walked.mode = None;
            walked.escalate(EscalationReason::NotVerified, NO_ENGINE_MESSAGE);
            return Ok(());
        }
        walked.trace.answers_in_quotes("no engine is configured");
        return quote(app, asked, QUOTES_WITHOUT_ENGINE, listener, walked).await;
    }
    let rule = walked.quotes.as_ref();
    let message = rule.map(|rule| rule.message.clone()).unwrap_or_default();
    quote(app, asked, &message, listener, walked).await
}

fn sure_without_model(confidence: &Confidence, walked: &Walked) -> bool {
    walked
        .before
        .is_some_and(|before| before >= confidence.thresholds.answer_before)
}

/// Answers in the documents' own words. The asker is told `message`, where it comes to an answer.
async fn quote(
    app: &App,
    asked: &Asked,
    message: &str,
    listener: &dyn Listener,
    walked: &mut Walked,
) -> AppResult<()> {
    listener
        .event(RunEvent::Stage {
            stage: Stage::Checking,
        })
        .await?;
    let most = app.config.answers.quotes;
    let sentences = quotes::best(asked.whole(), &walked.passages, most);
    walked.signals.sentences = sentences.len();
    walked.signals.grounded = sentences.len();
    walked.signals.dropped = 0;
    walked.signals.model_declined = false;
    judge_written(app, walked, sentences.is_empty());
    // Nobody writes while rules still decide: quotes are shown once they have.
    if walked.outcome == Outcome::Answered {
        message.clone_into(&mut walked.message);
        for sentence in sentences {
            walked.sentences.push(sentence.clone());
            listener.event(RunEvent::Sentence { sentence }).await?;
        }
    }
    Ok(())
}

/// The model writes, each sentence checked before it is shown.
async fn write(
    app: &App,
    asked: &Asked,
    confidence: &Confidence,
    listener: &dyn Listener,
    walked: &mut Walked,
) -> AppResult<()> {
    let Some(engine) = app.engine.as_deref() else {
        return Err(AppError::Unavailable("no engine is configured".into()));
    };
    listener
        .event(RunEvent::Stage {
            stage: Stage::Reading,
        })
        .await?;
    let started = Instant::now();
    let task = Task {
        profile: app.config.inference.tasks.answer.clone(),
        question: asked.whole(),
        passages: &walked.passages,
        language: language::to_answer_in(&asked.question),
        gate: confidence.gate(walked.before.unwrap_or(0.0)),
    };
    let written = writing::write(engine, task, listener).await;
    walked.durations.model = ms_since(started);
    walked.model_calls.push(written.call);
    for why in written.dropped.iter().chain(&written.replaced) {
        walked.trace.dropped(why.clone());
    }
    let nothing_shown = written.kept.is_empty();
    match written.end {
        End::Complete | End::Unsure => {}
        End::Stopped => {
            walked.sentences = written.kept;
            walked.outcome = Outcome::Stopped;
            return Ok(());
        }
        End::Failed(failure) if nothing_shown => {
            return fall_back(app, asked, &failure, confidence, listener, walked).await;
        }
        // What was checked and shown stays an answer.
        End::Failed(failure) => walked.trace.failed(&failure.to_string()),
    }
    walked.failed_sentences = written.dropped.len() + written.replaced.len();
    walked.signals.grounded = written.kept.len() + usize::from(written.withheld);
    walked.signals.dropped = written.dropped.len();
    walked.signals.sentences = walked.signals.grounded + walked.signals.dropped;
    walked.signals.model_declined = written.declined;
    if written.after.is_some() {
        walked.signals.answerability = written.after;
    }
    walked.signals.answerable_from = Some(confidence.thresholds.answer_after);
    walked.written = written.seen;
    walked.sentences = written.kept;
    judge_written(app, walked, nothing_shown);
    Ok(())
}

/// The engine failed before anything was shown: the documents' own words take its place where they
/// are sure enough without it, else a person does.
async fn fall_back(
    app: &App,
    asked: &Asked,
    failure: &Failure,
    confidence: &Confidence,
    listener: &dyn Listener,
    walked: &mut Walked,
) -> AppResult<()> {
    if asked.purpose == Purpose::Measure || !sure_without_model(confidence, walked) {
        return Err(AppError::Unavailable(failure.to_string()));
    }
    tracing::warn!(
        error = %failure,
        "the engine failed; a question is answered in quotes"
    );
    walked.mode = Some(AnswerMode::Quotes);
    // What exactly failed stands with the model's call.
    walked.trace.answers_in_quotes(failure.in_short());
    walked.signals.answerable_from = Some(confidence.thresholds.answer_before);
    quote(app, asked, QUOTES_AFTER_FAILURE, listener, walked).await
}

/// Rules over what was written or quoted.
fn judge_written(app: &App, walked: &mut Walked, nothing_shown: bool) {
    let verdict = app.rules.judge(RuleStage::Written, &walked.signals);
    walked.trace.judged(&verdict.trace);
    if !walked.decided(verdict.action, verdict.rule) && nothing_shown {
        // No rule said so, but an answer without a sentence is none.
        walked.escalate(EscalationReason::NotVerified, NOTHING_CHECKED);
    }
}
