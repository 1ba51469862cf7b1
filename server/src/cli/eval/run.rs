//! `inhouse eval run`: a set of questions from its file or by its name, run to its end.

use super::super::context::{Context, catch_up, open_app};
use super::super::ingest::LiveLine;
use super::super::serve::stop_signal;
use super::{RunArgs, compare, exit_code, show};
use crate::app::{Answers, App};
use crate::evaluation;
use anyhow::{Context as _, bail};
use inhouse_protocol::{
    EvaluationId, EvaluationKind, EvaluationState, NewEvaluation, NewQuestionSet, QuestionSetId,
};
use inhouse_store::{Principal, Store};
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(
    arguments: RunArgs,
    by: &Principal,
    context: Context<'_>,
) -> anyhow::Result<ExitCode> {
    let answers = match arguments.kind {
        EvaluationKind::Written => Answers::Written,
        _ => Answers::NotWritten,
    };
    let app = open_app(&context.config, answers).await?;
    catch_up(&app).await;
    let set = set_of(&app.store, by, &arguments.set).await?;
    let baseline = match &arguments.gate {
        Some(named) => Some(baseline(&app.store, &set, named).await?),
        None => None,
    };
    let id = run_to_its_end(&app, by, &set, &arguments).await?;
    let Some(baseline) = baseline else {
        show(&app.store, by, &id, arguments.json, context.out).await?;
        return Ok(ExitCode::SUCCESS);
    };
    let pair = (&baseline, &id);
    let verdict = compare(&app.store, by, pair, arguments.json, context.out).await?;
    Ok(exit_code(&verdict))
}

/// The set in a file, kept under the file's name; else the one of this id or name.
async fn set_of(store: &Store, by: &Principal, named: &str) -> anyhow::Result<QuestionSetId> {
    let file = Path::new(named);
    if file.is_file() {
        let questions = std::fs::read_to_string(file)
            .with_context(|| format!("{named} can't be read as UTF-8 text"))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let new = NewQuestionSet {
            name: name.into_owned(),
            description: String::new(),
            questions,
        };
        let kept = evaluation::take_in(store, by, &new).await;
        return kept.with_context(|| format!("{named} is no set of questions"));
    }
    let mut sets = store.question_sets(by).await?.into_iter();
    let set = sets.find(|set| set.id.as_str() == named || set.name == named);
    match set {
        Some(set) => Ok(set.id),
        None => bail!(
            "there is no file '{named}' and no set of that name; `inhouse eval list` shows the sets"
        ),
    }
}

/// The evaluation to compare with.
async fn baseline(store: &Store, set: &QuestionSetId, named: &str) -> anyhow::Result<EvaluationId> {
    if named == "baseline" {
        let set = store.question_set(set).await?;
        return set
            .baseline
            .with_context(|| format!("'{}' has no baseline; choose one on its page", set.name));
    }
    let id: EvaluationId = named.parse().with_context(|| {
        format!("'{named}' is no evaluation's id; `inhouse eval list` shows them")
    })?;
    let row = super::not_there(store.evaluation(&id).await, || {
        format!("there is no evaluation {id}; `inhouse eval list` shows them")
    })?;
    if row.set != *set || row.state != EvaluationState::Done {
        bail!("{id} can't be compared with: it is of other questions, or it isn't done");
    }
    Ok(id)
}

async fn run_to_its_end(
    app: &App,
    by: &Principal,
    set: &QuestionSetId,
    arguments: &RunArgs,
) -> anyhow::Result<EvaluationId> {
    let new = NewEvaluation {
        kind: arguments.kind,
        label: arguments.label.clone(),
        within_document: arguments.within_document,
    };
    evaluation::end_lost(app).await?;
    let begun = evaluation::begin(app, by, set, &new).await?;
    let id = begun.id.clone();
    let mut line = LiveLine::on_standard_error();
    let interrupted = stop_signal()?;
    let ended = {
        // Whoever doesn't look at the progress needs none.
        let told = |done: usize, all: usize| {
            let _ = line.show(
                &format!("{done} of {all} questions"),
                &mut std::io::stderr(),
            );
        };
        let running = begun.run(told);
        tokio::pin!(running);
        tokio::select! {
            ended = &mut running => ended,
            () = interrupted.cancelled() => {
                app.store.request_stop_evaluation(by, &id).await?;
                running.await
            }
        }
    };
    let _ = line.clear(&mut std::io::stderr());
    if ended? == EvaluationState::Done {
        return Ok(id);
    }
    let error = app.store.evaluation(&id).await?.error;
    bail!(error.unwrap_or_else(|| format!("{id} was stopped; what it measured is kept")))
}
