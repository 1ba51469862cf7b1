//! `inhouse eval …`: measuring on labelled questions from the command line.

mod calibration;
mod print;
mod run;

use super::context::Context;
use crate::evaluation;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use inhouse_protocol::{EvaluationId, EvaluationKind, GateVerdict};
use inhouse_store::{Principal, Store, StoreError};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `inhouse eval …`
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// Run labelled questions against this instance and print the figures
    Run(RunArgs),
    /// List the sets of questions with their evaluations
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Show an evaluation
    Show {
        /// The evaluation's id, as the list shows it
        id: EvaluationId,
        /// Print JSON, with the result of each question
        #[arg(long)]
        json: bool,
        /// Write its charts into this folder, as SVG
        #[arg(long, value_name = "DIR")]
        charts: Option<PathBuf>,
    },
    /// Compare two evaluations of one set, question by question
    Compare {
        /// The one before
        before: EvaluationId,
        /// The one after
        after: EvaluationId,
        /// Exit with status 1 where the change makes a figure worse than allowed
        #[arg(long)]
        gate: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Fit the answerability on the questions of an evaluation
    Calibrate {
        /// The evaluation's id
        id: EvaluationId,
        /// Put it into use
        #[arg(long)]
        adopt: bool,
    },
    /// List the calibrations
    Calibrations {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Put a calibration into use
    Adopt {
        /// The calibration's id, or `shipped` for the one that ships
        #[arg(value_name = "ID|shipped")]
        id: String,
    },
    /// Print what a calibration is fitted on: a JSON line a question
    Features {
        /// The evaluation's id
        id: EvaluationId,
    },
    /// Fit a calibration on what `eval features` printed, of several evaluations together, and print
    /// it as JSON; nothing is kept
    Fit {
        /// Files of JSON lines
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// What the questions are, in words
        #[arg(long, value_name = "WORDS")]
        fitted_on: String,
    },
}

/// `inhouse eval run …`
#[derive(Debug, Args)]
pub struct RunArgs {
    /// A file of questions (JSON lines or CSV), or the name or id of a set that is kept
    #[arg(value_name = "SET")]
    set: String,
    /// How far each question goes: retrieval, rules, quotes or written
    #[arg(long, default_value = "rules", value_parser = parse_kind)]
    kind: EvaluationKind,
    /// What to tell it by later
    #[arg(long, default_value = "", value_name = "TEXT")]
    label: String,
    /// Search each question in its own document only, where it has one
    #[arg(long)]
    within_document: bool,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Compare with this evaluation, or with the set's `baseline`, and exit with status 1 where a
    /// figure got worse than allowed
    #[arg(long, value_name = "ID|baseline")]
    gate: Option<String>,
}

fn parse_kind(text: &str) -> Result<EvaluationKind, String> {
    match text {
        "retrieval" => Ok(EvaluationKind::Retrieval),
        "rules" => Ok(EvaluationKind::Rules),
        "quotes" => Ok(EvaluationKind::Quotes),
        "written" => Ok(EvaluationKind::Written),
        _ => Err("choose retrieval, rules, quotes or written".to_owned()),
    }
}

pub(super) async fn eval(command: EvalCommand, context: Context<'_>) -> anyhow::Result<ExitCode> {
    let store = context.store().await?;
    let by = context.principal(&store).await?;
    let done = ExitCode::SUCCESS;
    match command {
        EvalCommand::Run(arguments) => run::run(arguments, &by, context).await,
        EvalCommand::List { json } => list(&store, &by, json, context.out).await.map(|()| done),
        EvalCommand::Show { id, json, charts } => {
            show(&store, &by, &id, json, context.out).await?;
            if let Some(folder) = charts {
                write_charts(&store, &by, &id, &folder).await?;
            }
            Ok(done)
        }
        EvalCommand::Compare {
            before,
            after,
            gate,
            json,
        } => {
            let pair = (&before, &after);
            let verdict = compare(&store, &by, pair, json, context.out).await?;
            Ok(if gate { exit_code(&verdict) } else { done })
        }
        EvalCommand::Calibrate { id, adopt } => {
            let rate = context.config.answers.highest_wrong_rate;
            let fitted = calibration::calibrate(&store, &by, &id, rate, context.out).await?;
            if adopt {
                calibration::adopt(&store, &by, fitted.as_str(), context.out).await?;
            } else {
                writeln!(
                    context.out,
                    "`inhouse eval adopt {fitted}` puts it into use."
                )?;
            }
            Ok(done)
        }
        EvalCommand::Calibrations { json } => {
            calibration::list(&store, &context.config, json, context.out).await?;
            Ok(done)
        }
        EvalCommand::Adopt { id } => {
            calibration::adopt(&store, &by, &id, context.out).await?;
            Ok(done)
        }
        EvalCommand::Fit { files, fitted_on } => {
            let today = store.now().day().to_string();
            calibration::fit_files(&files, &fitted_on, &today, &context.config, context.out)?;
            Ok(done)
        }
        EvalCommand::Features { id } => {
            calibration::features(&store, &id, context.out).await?;
            Ok(done)
        }
    }
}

async fn list(
    store: &Store,
    by: &Principal,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut sets = Vec::new();
    for set in store.question_sets(by).await? {
        let evaluations = evaluation::of_set(store, by, &set.id).await?;
        sets.push(inhouse_protocol::QuestionSetDetail { set, evaluations });
    }
    if json {
        return write_json(&sets, out);
    }
    print::sets(&sets, out).context("standard output can't be written")
}

async fn show(
    store: &Store,
    by: &Principal,
    id: &EvaluationId,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let detail = evaluation::detail(store, by, id)
        .await
        .with_context(|| format!("{id} can't be shown; `inhouse eval list` shows all there are"))?;
    if json {
        return write_json(&detail, out);
    }
    print::evaluation(&detail, out).context("standard output can't be written")
}

async fn write_charts(
    store: &Store,
    by: &Principal,
    id: &EvaluationId,
    folder: &Path,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} can't be made", folder.display()))?;
    for chart in evaluation::detail(store, by, id).await?.charts {
        let name = serde_json::to_value(chart)?;
        let file = folder.join(format!("{}.svg", name.as_str().unwrap_or_default()));
        let svg = evaluation::chart(store, id, chart).await?;
        std::fs::write(&file, svg)
            .with_context(|| format!("{} can't be written", file.display()))?;
    }
    Ok(())
}

async fn compare(
    store: &Store,
    by: &Principal,
    (before, after): (&EvaluationId, &EvaluationId),
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<GateVerdict> {
    let compared = evaluation::comparison(store, by, before, after)
        .await
        .with_context(|| format!("{before} and {after} can't be compared"))?;
    if json {
        write_json(&compared, out)?;
    } else {
        print::comparison(&compared, out).context("standard output can't be written")?;
    }
    Ok(compared.gate)
}

fn exit_code(verdict: &GateVerdict) -> ExitCode {
    if verdict.passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn write_json(value: &impl Serialize, out: &mut dyn Write) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)?;
    Ok(())
}

/// The error in words where what an id names isn't there.
fn not_there<T>(found: Result<T, StoreError>, what: impl FnOnce() -> String) -> anyhow::Result<T> {
    match found {
        Err(StoreError::NotFound) => anyhow::bail!(what()),
        found => Ok(found?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser as _;

    fn parsed(line: &str) -> Option<EvalCommand> {
        let cli = Cli::try_parse_from(line.split(' ')).ok()?;
        match cli.command {
            Command::Eval(command) => Some(command),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_run_judges_by_the_rules_unless_another_kind_is_named() {
        let Some(EvalCommand::Run(run)) = parsed("inhouse eval run questions.jsonl") else {
            panic!("it parses");
        };
        assert_eq!(run.kind, EvaluationKind::Rules);
        assert!(parsed("inhouse eval run q.csv --kind written --gate baseline").is_some());
        assert!(parsed("inhouse eval run q.csv --kind wild").is_none());
    }

    #[test]
    fn the_gate_decides_the_exit_status() {
        let verdict = |passed| GateVerdict {
            passed,
            reasons: Vec::new(),
        };
        assert_eq!(exit_code(&verdict(true)), ExitCode::SUCCESS);
        assert_eq!(exit_code(&verdict(false)), ExitCode::FAILURE);
    }
}
