//! The answer: written by the model, or in the documents' own words, and the rules over it.

use super::walked::{Walked, ms_since};
use super::way::{Purpose, Way};
use super::writing::{self, End, Failure, Task, Written};
use super::{language, quotes};
use crate::approved;
use crate::error::{AppError, AppResult};
use inhouse_guardrails::Stage as RuleStage;
use inhouse_inference::TaskProfile;
use inhouse_protocol::{AnswerMode, EscalationReason, Outcome, RunEvent, Stage};
use inhouse_store::Scope;
use std::time::Instant;

const NO_ENGINE_MESSAGE: &str =
    "Nothing is set up here to write answers. The passages are below, and Legal has your question.";

const QUOTES_WITHOUT_ENGINE: &str =
    "Nothing is set up here to write answers; these are the documents' own words.";

const QUOTES_AFTER_FAILURE: &str =
    "The assistant could not write just now; these are the documents' own words.";

const NOTHING_CHECKED: &str =
    "No answer could be checked against your documents. Legal has your question.";

/// Gives what was approved before for the same question, where there is such an answer that the
/// asker may see; false where there is none. Only for who asks of today, and of all documents.
pub(super) async fn with_approved(
    way: &Way<'_>,
    scope: &Scope,
    vector: &[f32],
    walked: &mut Walked,
) -> AppResult<bool> {
    let asked = way.asked;
    let elsewhere = asked.document.is_some() || walked.as_of.is_some();
    if asked.purpose != Purpose::Answer || elsewhere {
        return Ok(false);
    }
    let question = way.whole(walked);
    let given = approved::find(way.app, &asked.principal, scope, question, vector).await?;
    let Some(answer) = given else {
        return Ok(false);
    };
    tell_caution(way, None, walked).await?;
    walked.trace.given(&answer);
    walked.approved = Some(answer.clone());
    way.listener.event(RunEvent::Approved { answer }).await?;
    Ok(true)
}

/// Tells what rules say above the answer, where that is another thing than was told.
async fn tell_caution(way: &Way<'_>, told: Option<&str>, walked: &Walked) -> AppResult<()> {
    match walked.caution() {
        Some(text) if Some(text.as_str()) != told => {
            way.listener.event(RunEvent::Caution { text }).await
        }
        _ => Ok(()),
    }
}

/// How the question is to be answered: as a rule says, else as it is asked for, else as the asker
/// chose, else as the deployment has it; in quotes where nothing could write.
pub(super) fn mode(way: &Way<'_>, by_rule: bool) -> AnswerMode {
    // A dry run loads no engine and needs none.
    let nobody_writes = way.app.engine.is_none() && way.asked.purpose != Purpose::DryRun;
    if nobody_writes {
        AnswerMode::Quotes
    } else {
        wanted(way, by_rule)
    }
}

fn wanted(way: &Way<'_>, by_rule: bool) -> AnswerMode {
    if by_rule {
        return AnswerMode::Quotes;
    }
    let asked = way.asked;
    let chosen = asked.principal.user().and_then(|user| user.answer_mode);
    let usual = way.app.config.answers.mode;
    asked.mode.or(chosen).unwrap_or(usual)
}

/// Answers in the mode given; what passes its checks is shown, and rules judge what is left.
pub(super) async fn answer(way: &Way<'_>, mode: AnswerMode, walked: &mut Walked) -> AppResult<()> {
    walked.mode = Some(mode);
    if mode == AnswerMode::Written {
        return write(way, walked).await;
    }
    if wanted(way, walked.quotes.is_some()) == AnswerMode::Written {
        if !sure_without_model(way, walked) {
            // The rules in force ask for less than quotes need.
            walked.mode = None;
            walked.escalate(EscalationReason::NotVerified, NO_ENGINE_MESSAGE);
            return Ok(());
        }
        walked.trace.answers_in_quotes("no engine is configured");
        return quote(way, QUOTES_WITHOUT_ENGINE, walked).await;
    }
    let rule = walked.quotes.as_ref();
    let message = rule.map(|rule| rule.message(walked.language()).to_owned());
    quote(way, &message.unwrap_or_default(), walked).await
}

fn sure_without_model(way: &Way<'_>, walked: &Walked) -> bool {
    walked
        .before
        .is_some_and(|before| before >= way.confidence.thresholds.answer_before)
}

/// Answers in the documents' own words. The asker is told `message`, where it comes to an answer.
async fn quote(way: &Way<'_>, message: &str, walked: &mut Walked) -> AppResult<()> {
    way.tell_stage(Stage::Checking).await?;
    let most = way.app.config.answers.quotes;
    let sentences = quotes::best(way.whole(walked), &walked.passages, most);
    walked.signals.sentences = sentences.len();
    walked.signals.grounded = sentences.len();
    walked.signals.dropped = 0;
    walked.signals.model_declined = false;
    judge_written(way, walked, sentences.is_empty());
    // Nobody writes while rules still decide: quotes are shown once they have.
    if walked.outcome == Outcome::Answered {
        message.clone_into(&mut walked.message);
        tell_caution(way, None, walked).await?;
        for sentence in sentences {
            walked.sentences.push(sentence.clone());
            way.listener.event(RunEvent::Sentence { sentence }).await?;
        }
    }
    Ok(())
}

/// The profile that the model writes with: as a rule says, where there is one of that name.
fn profile(way: &Way<'_>, walked: &mut Walked) -> TaskProfile {
    let inference = &way.app.config.inference;
    let Some(name) = walked.model.take() else {
        return inference.tasks.answer.clone();
    };
    if let Some(profile) = inference.profile(&name) {
        // A replay compares with what that profile is then.
        walked.settings["profile"] = name.into();
        return profile;
    }
    walked.trace.knows_no_profile(&name);
    inference.tasks.answer.clone()
}

/// The model writes, each sentence checked before it is shown.
async fn write(way: &Way<'_>, walked: &mut Walked) -> AppResult<()> {
    let Some(engine) = way.app.engine.as_deref() else {
        return Err(AppError::Unavailable("no engine is configured".into()));
    };
    way.tell_stage(Stage::Reading).await?;
    let started = Instant::now();
    let caution = walked.caution();
    let profile = profile(way, walked);
    let task = Task {
        profile,
        question: way.whole(walked),
        passages: &walked.passages,
        distrusted: &walked.distrusted,
        nearness: &walked.nearness,
        caution: caution.as_deref(),
        language: language::to_answer_in(&way.asked.question),
        gate: way.confidence.gate(walked.before.unwrap_or(0.0)),
    };
    let written = writing::write(engine, task, way.listener).await;
    walked.durations.model = ms_since(started);
    for why in written.dropped.iter().chain(&written.replaced) {
        walked.trace.dropped(why.clone());
    }
    match &written.end {
        End::Complete | End::Unsure => {}
        End::Stopped => {
            walked.model_calls.push(written.call);
            walked.sentences = written.kept;
            walked.outcome = Outcome::Stopped;
            return Ok(());
        }
        End::Failed(failure) if written.kept.is_empty() => {
            walked.model_calls.push(written.call);
            return fall_back(way, failure, walked).await;
        }
        // What was checked and shown stays an answer.
        End::Failed(failure) => walked.trace.failed(&failure.to_string()),
    }
    let nothing_shown = written.kept.is_empty();
    take_over(way, written, walked);
    judge_written(way, walked, nothing_shown);
    let told = caution.filter(|_| !nothing_shown);
    tell_caution(way, told.as_deref(), walked).await
}

/// What was written, and what that says.
fn take_over(way: &Way<'_>, written: Written, walked: &mut Walked) {
    walked.failed_sentences = written.dropped.len() + written.replaced.len();
    walked.signals.grounded = written.kept.len() + usize::from(written.withheld);
    walked.signals.dropped = written.dropped.len();
    walked.signals.sentences = walked.signals.grounded + walked.signals.dropped;
    walked.signals.model_declined = written.declined;
    if written.after.is_some() {
        walked.signals.answerability = written.after;
    }
    walked.signals.answerable_from = Some(way.confidence.thresholds.answer_after);
    walked.written = written.seen;
    walked.sentences = written.kept;
    walked.model_calls.push(written.call);
}

/// The engine failed before anything was shown: the documents' own words take its place where they
/// are sure enough without it, else a person does.
async fn fall_back(way: &Way<'_>, failure: &Failure, walked: &mut Walked) -> AppResult<()> {
    if way.asked.purpose == Purpose::Measure || !sure_without_model(way, walked) {
        return Err(AppError::Unavailable(failure.to_string()));
    }
    tracing::warn!(
        error = %failure,
        "the engine failed; a question is answered in quotes"
    );
    walked.mode = Some(AnswerMode::Quotes);
    // What exactly failed stands with the model's call.
    walked.trace.answers_in_quotes(failure.in_short());
    walked.signals.answerable_from = Some(way.confidence.thresholds.answer_before);
    quote(way, QUOTES_AFTER_FAILURE, walked).await
}

/// Rules over what was written or quoted.
fn judge_written(way: &Way<'_>, walked: &mut Walked, nothing_shown: bool) {
    let verdict = way.verdict(RuleStage::Written, walked);
    if !walked.judged(verdict) && nothing_shown {
        // No rule said so, but an answer without a sentence is none.
        walked.escalate(EscalationReason::NotVerified, NOTHING_CHECKED);
    }
}
