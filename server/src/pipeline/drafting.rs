//! A draft for a person at the desk: the model writes from what the run found, as far as that
//! person may see it, and each sentence is checked as always. Whether it is sure enough is theirs
//! to say.

use super::confidence::{Confidence, Gate};
use super::finding::{self, Nearness, Sentences};
use super::report::Nobody;
use super::writing::{self, End, Task};
use super::{language, trust};
use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_protocol::{AnswerSentence, PassageRef, RunId};
use inhouse_retrieval::Query;
use inhouse_store::{Principal, QuestionToDraft};

/// Sentences that answer the run's question, none where nothing that was written held; and the
/// model that wrote. Where the run recorded no passages that the principal may see, those count that
/// a search finds now, with the principal's rights.
///
/// `NotFound` unless the question is at the desk and the principal may see it there; `Unavailable`
/// without an engine, and where it fails.
pub async fn draft(
    app: &App,
    principal: &Principal,
    run: &RunId,
) -> AppResult<(Vec<AnswerSentence>, String)> {
    let asked = app.store.question_to_draft(principal, run).await?;
    let Some(engine) = app.engine.as_deref() else {
        return Err(AppError::Unavailable(
            "nothing is set up here to write drafts".into(),
        ));
    };
    let passages = passages(app, principal, &asked).await?;
    if passages.is_empty() {
        return Err(AppError::invalid(
            "No document that you may see says anything about this. Write the reply yourself.",
        ));
    }
    let trust = trust::read(&passages).await?;
    let nearness = Nearness::default();
    let confidence = Confidence::of(app);
    let task = Task {
        profile: app.config.inference.tasks.answer.clone(),
        question: whole(&asked),
        passages: &passages,
        distrusted: &trust.distrusted,
        nearness: &nearness,
        caution: None,
        language: language::to_answer_in(&asked.question),
        gate: Gate {
            from: 0.0,
            ..confidence.gate(1.0)
        },
    };
    let written = writing::write(engine, task, &Nobody).await;
    match written.end {
        End::Failed(failure) => Err(AppError::Unavailable(failure.to_string())),
        End::Complete | End::Unsure | End::Stopped => Ok((written.kept, written.call.model)),
    }
}

/// The question as it was searched for.
fn whole(asked: &QuestionToDraft) -> &str {
    asked.standalone.as_deref().unwrap_or(&asked.question)
}

async fn passages(
    app: &App,
    principal: &Principal,
    asked: &QuestionToDraft,
) -> AppResult<Vec<PassageRef>> {
    if !asked.passages.is_empty() {
        return Ok(asked.passages.clone());
    }
    let mut scope = app.store.scope(principal).await?;
    if let Some(day) = asked.as_of {
        scope = scope.as_of(day);
    }
    let query = Query {
        text: whole(asked).to_owned(),
        vector: None,
        document: None,
        limit: app.config.retrieval.passages_for_answer,
    };
    let found = finding::passages(app, &app.search(), &scope, &query, Sentences::Order).await?;
    let budget = app.config.retrieval.answer_characters;
    Ok(finding::fitting(found.passages, budget))
}
