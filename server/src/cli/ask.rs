//! `inhouse ask`: a question's whole way from the command line.

use super::LineArgs;
use super::context::{Context, catch_up, document, open_app};
use crate::app::{Answers, App};
use crate::pipeline::{AskReport, AskRequest, answer_once};
use anyhow::Context as _;
use inhouse_protocol::{AnswerMode, Day, Outcome};
use inhouse_store::Principal;
use serde::Deserialize;
use std::io::{BufRead, Write};

/// A line in.
#[derive(Debug, Deserialize)]
struct AskLine {
    question: String,
    /// A file's name.
    document: Option<String>,
    /// The day whose documents answer, instead of the one that the question names, or today.
    as_of: Option<Day>,
    /// How to answer, instead of as the asker chose or the deployment has it.
    #[serde(default)]
    mode: Option<AnswerMode>,
}

pub(super) async fn ask(
    lines: LineArgs,
    dry_run: bool,
    context: Context<'_>,
) -> anyhow::Result<()> {
    let answers = if dry_run {
        Answers::NotWritten
    } else {
        Answers::Written
    };
    let app = open_app(&context.config, answers).await?;
    catch_up(&app).await;
    let principal = context.principal(&app.store).await?;
    if !lines.json {
        let line = AskLine {
            question: lines.words.join(" "),
            document: lines.document,
            as_of: lines.as_of,
            mode: None,
        };
        let report = report(&app, &principal, line, dry_run).await?;
        return print(&report, dry_run, context.out);
    }
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.context("standard input can't be read")?;
        if line.trim().is_empty() {
            continue;
        }
        let line: AskLine =
            serde_json::from_str(&line).with_context(|| format!("line {}", number + 1))?;
        let report = report(&app, &principal, line, dry_run).await?;
        serde_json::to_writer(&mut *context.out, &report)?;
        writeln!(context.out)?;
        // Whoever asks line by line waits for this one.
        context.out.flush()?;
    }
    Ok(())
}

async fn report(
    app: &App,
    principal: &Principal,
    line: AskLine,
    dry_run: bool,
) -> anyhow::Result<AskReport> {
    let document = match &line.document {
        Some(name) => {
            let scope = app.store.scope(principal).await?;
            Some(document(&app.store, &scope, name).await?)
        }
        None => None,
    };
    let request = AskRequest {
        question: line.question,
        document,
        as_of: line.as_of,
        mode: line.mode,
        dry_run,
    };
    Ok(answer_once(app, principal, request).await?)
}

fn print(report: &AskReport, dry_run: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(caution) = &report.caution {
        writeln!(out, "{caution}\n")?;
    }
    if let Some(answer) = &report.approved {
        writeln!(out, "{}", answer.body)?;
        writeln!(out, "    approved by {}", answer.owner)?;
    }
    for sentence in &report.sentences {
        writeln!(out, "{}", sentence.text)?;
        for citation in &sentence.citations {
            let page = citation
                .page
                .map(|page| format!(", page {page}"))
                .unwrap_or_default();
            writeln!(out, "    [{}{page}] {}", citation.document, citation.quote)?;
        }
    }
    for side in report.conflict.iter().flat_map(|conflict| &conflict.sides) {
        let citation = &side.citation;
        writeln!(out, "{}: {}", citation.name, side.value)?;
        writeln!(out, "    {}", citation.quote)?;
    }
    if !report.message.is_empty() {
        writeln!(out, "{}", report.message)?;
    }
    if dry_run && report.outcome == Outcome::Answered {
        writeln!(out, "This would be answered.")?;
    }
    if let Some(day) = report.as_of {
        writeln!(out, "(as of {day})")?;
    }
    let rule = report
        .rule
        .as_deref()
        .map(|rule| format!(", rule {rule}"))
        .unwrap_or_default();
    writeln!(
        out,
        "({}{rule}; topic {} {:.2}; answerability {:.2} of {:.2}; injection {:.2})",
        report.outcome.as_str(),
        report.topic.label,
        report.topic.score,
        report.answerability,
        report.answerable_from,
        report.injection
    )?;
    if let Some(run) = &report.run {
        writeln!(out, "(question {run})")?;
    }
    Ok(())
}
