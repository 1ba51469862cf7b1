//! Rules over the question: no document is searched and no token is spent. And trying rules that
//! are not in force.

use super::report::Nobody;
use super::walked::{Walked, ms_since};
use super::way::{self, Asked, Purpose, Way};
use super::{language, surroundings};
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::rules::RulesInUse;
use inhouse_guardrails::{SIGNALS, Signals, Stage as RuleStage, injection, personal};
use inhouse_protocol::{EscalationReason, Outcome, RulesTried};
use inhouse_store::Principal;
use std::time::Instant;

/// Judges the question. Gives the embedding that it is searched with, where it goes on.
pub(super) async fn judge_question(way: &Way<'_>, walked: &mut Walked) -> AppResult<Vec<f32>> {
    let asked = way.asked;
    let vector = embed(way, asked.whole(), walked).await?;
    let started = Instant::now();
    let mut signals = signals_of(asked.whole(), &vector, way.rules);
    if asked.standalone.is_some() {
        // In the asker's own words; those before were judged already.
        signals.injection = injection::score(&asked.question);
        signals.language = language::code(&asked.question, asked.whole());
    }
    walked.signals = surroundings::add(way.app, asked, signals).await?;
    let verdict = way.verdict(RuleStage::Question, walked);
    walked.durations.rules = ms_since(started);
    let searched = match (&verdict.rewrite, &verdict.redact) {
        (Some(rewritten), _) => Some(rewritten.clone()),
        (None, Some(_)) => Some(personal::mask(asked.whole())),
        (None, None) => None,
    };
    walked.judged(verdict);
    match searched {
        Some(searched) if walked.outcome == Outcome::Answered && searched != asked.whole() => {
            let vector = embed(way, &searched, walked).await?;
            walked.standalone = Some(searched);
            Ok(vector)
        }
        _ => Ok(vector),
    }
}

/// What a question's words say by themselves; `vector` is its embedding by the rules' model. Who
/// asks, when and how often is still to be added.
pub(crate) fn signals_of(question: &str, vector: &[f32], rules: &RulesInUse) -> Signals {
    let topic = rules.topics.classify(vector);
    let intent = rules.intents.classify(vector);
    Signals {
        topic: topic.label,
        topic_score: f64::from(topic.score),
        topic_margin: f64::from(topic.margin),
        intent: intent.label,
        intent_score: f64::from(intent.score),
        injection: injection::score(question),
        language: language::code(question, question),
        ..Signals::of_question(question)
    }
}

async fn embed(way: &Way<'_>, text: &str, walked: &mut Walked) -> AppResult<Vec<f32>> {
    let started = Instant::now();
    let embedder = way.search.retriever.embedder();
    let vector = embedder
        .query(text.to_owned())
        .await
        .map_err(AppError::internal)?;
    walked.durations.embedding += ms_since(started);
    Ok(vector)
}

/// What these rules make of a question, for this principal: everything but the model, or with
/// `question_only` nothing but the rules over the question. Nothing is stored.
pub async fn try_rules(
    app: &App,
    principal: &Principal,
    rules: &RulesInUse,
    question: &str,
    question_only: bool,
) -> AppResult<RulesTried> {
    let asked = Asked {
        question: question.trim().to_owned(),
        standalone: None,
        document: None,
        as_of: None,
        principal: principal.clone(),
        mode: None,
        purpose: if question_only {
            Purpose::Judge
        } else {
            Purpose::DryRun
        },
    };
    let mut walked = way::walk_by(app, &asked, Some(rules), &Nobody).await;
    if walked.reason == Some(EscalationReason::Failure) {
        let why = walked.trace.take_failure().unwrap_or_default();
        return Err(AppError::Unavailable(why));
    }
    Ok(tried(walked))
}

fn tried(walked: Walked) -> RulesTried {
    let known = if walked.features.is_some() {
        RuleStage::Found
    } else {
        RuleStage::Question
    };
    let signals = SIGNALS
        .iter()
        .filter(|signal| signal.from <= known && signal.name != "question")
        .filter_map(|signal| {
            let value = walked.signals.value(signal.name)?;
            Some((signal.name.to_owned(), value.to_string()))
        });
    let person = walked.beside.as_ref().or(walked.rule.as_ref());
    let queue = person
        .filter(|_| walked.reason.is_some() || walked.beside.is_some())
        .map(|rule| {
            let queue = rule.queue.as_deref().unwrap_or("by topic and language");
            let priority = rule.priority.as_deref().unwrap_or("normal");
            format!("{queue}, priority {priority}")
        });
    RulesTried {
        outcome: walked.outcome,
        rule: walked.rule.as_ref().map(|rule| rule.title.clone()),
        message: walked.message.clone(),
        signals: signals.collect(),
        trace: walked.trace.words(),
        queue,
        took_ms: walked.durations.total,
        flags: walked.flags,
    }
}
