//! `inhouse approved …`

use super::context::Context;
use super::table;
use crate::approved::{self, Format};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use inhouse_protocol::{ApprovedAnswerSummary, ImportReport};
use inhouse_store::StoreError;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `inhouse approved …`
#[derive(Debug, Subcommand)]
pub enum ApprovedCommand {
    /// List the approved answers with their state
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Write every approved answer to a file, or print them
    Export {
        /// Where to; must not exist
        file: Option<PathBuf>,
        /// jsonl, or csv for a spreadsheet
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Add the answers of a file, JSON Lines or CSV, as drafts; exits with status 1 where something
    /// is wrong with a line
    Import {
        /// With the columns, or fields, that an export has; question and body are enough
        file: PathBuf,
    },
}

pub(super) async fn approved(
    command: ApprovedCommand,
    context: Context<'_>,
) -> anyhow::Result<ExitCode> {
    let store = context.store().await?;
    let by = context.principal(&store).await?;
    match command {
        ApprovedCommand::List { json } => {
            let answers = at_the_desk(store.approved_answers(&by).await)?;
            list(&answers, json, context.out)?;
        }
        ApprovedCommand::Export { file, format } => {
            let answers = at_the_desk(store.export_approved_answers(&by).await)?;
            match file {
                Some(path) => {
                    let mut file = BufWriter::new(new_file(&path)?);
                    approved::write(&mut file, format, &answers)?;
                    file.flush()?;
                    let count = answers.len();
                    writeln!(context.out, "Wrote {count} answers to {}.", path.display())?;
                }
                None => approved::write(context.out, format, &answers)?,
            }
        }
        ApprovedCommand::Import { file } => {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("{} can't be read", file.display()))?;
            let report = at_the_desk(approved::import(&store, &by, &text).await)?;
            tell(&report, context.out)?;
            if !report.faults.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn new_file(path: &Path) -> anyhow::Result<File> {
    File::create_new(path).with_context(|| format!("{} can't be made", path.display()))
}

fn list(answers: &[ApprovedAnswerSummary], json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        serde_json::to_writer_pretty(&mut *out, answers)?;
        writeln!(out)?;
        return Ok(());
    }
    let rows: Vec<_> = answers.iter().map(row).collect();
    let headings = ["state", "given", "owner", "valid until", "question"];
    Ok(table::write(out, &headings, &rows)?)
}

fn row(answer: &ApprovedAnswerSummary) -> Vec<String> {
    let owner = answer.owner.as_ref();
    let until = answer.valid_until;
    vec![
        answer.state.as_str().to_owned(),
        answer.served.to_string(),
        owner.map_or_else(|| "-".to_owned(), |owner| owner.name.clone()),
        until.map_or_else(|| "-".to_owned(), |day| day.to_string()),
        answer.question.clone(),
    ]
}

fn tell(report: &ImportReport, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "Added {} as drafts; {} were here already.",
        report.added, report.known
    )?;
    for fault in &report.faults {
        writeln!(out, "{fault}")?;
    }
    Ok(())
}

/// The store doesn't say that there are answers to who doesn't work the desk.
fn at_the_desk<T>(result: Result<T, StoreError>) -> anyhow::Result<T> {
    match result {
        Err(StoreError::NotFound) => bail!("approved answers are for the people at the desk"),
        other => Ok(other?),
    }
}
