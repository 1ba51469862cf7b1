//! `inhouse search`: passages for words, or for a query a line.

use super::LineArgs;
use super::context::{Context, catch_up, document, open_app};
use crate::app::{Answers, App};
use crate::pipeline::{self, Sentences};
use anyhow::Context as _;
use inhouse_protocol::{Day, PassageRef};
use inhouse_retrieval::Query;
use inhouse_store::Principal;
use serde::{Deserialize, Serialize};
use std::io::BufRead;
use std::time::Instant;

/// A line in.
#[derive(Debug, Deserialize)]
struct SearchLine {
    query: String,
    /// A file's name.
    document: Option<String>,
    /// What was in force on this day, instead of today.
    as_of: Option<Day>,
}

/// A line out.
#[derive(Debug, Serialize)]
struct FoundLine {
    hits: Vec<HitLine>,
    took_ms: f64,
}

/// A passage; offsets count characters of the document's text.
#[derive(Debug, Serialize)]
struct HitLine {
    document: String,
    start: usize,
    end: usize,
    score: f32,
    page: Option<u32>,
    text: String,
}

impl From<PassageRef> for HitLine {
    fn from(passage: PassageRef) -> Self {
        Self {
            document: passage.name,
            start: passage.start,
            end: passage.end,
            score: passage.score,
            page: passage.page,
            text: passage.text,
        }
    }
}

pub(super) async fn search(
    lines: LineArgs,
    limit: usize,
    context: Context<'_>,
) -> anyhow::Result<()> {
    let app = open_app(&context.config, Answers::NotWritten).await?;
    catch_up(&app).await;
    let principal = context.principal(&app.store).await?;
    let searcher = Searcher {
        app,
        principal,
        limit,
    };
    if !lines.json {
        let line = SearchLine {
            query: lines.words.join(" "),
            document: lines.document,
            as_of: lines.as_of,
        };
        return searcher.print(&line, context).await;
    }
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.context("standard input can't be read")?;
        if line.trim().is_empty() {
            continue;
        }
        let line: SearchLine =
            serde_json::from_str(&line).with_context(|| format!("line {}", number + 1))?;
        let found = searcher.find(&line).await?;
        serde_json::to_writer(&mut *context.out, &found)?;
        writeln!(context.out)?;
        // Whoever asks line by line waits for this one.
        context.out.flush()?;
    }
    Ok(())
}

struct Searcher {
    app: App,
    principal: Principal,
    limit: usize,
}

impl Searcher {
    async fn find(&self, line: &SearchLine) -> anyhow::Result<FoundLine> {
        let started = Instant::now();
        let passages = self.passages(line).await?;
        Ok(FoundLine {
            hits: passages.into_iter().map(HitLine::from).collect(),
            took_ms: started.elapsed().as_secs_f64() * 1_000.0,
        })
    }

    /// The best passages, best first, with their scores.
    async fn passages(&self, line: &SearchLine) -> anyhow::Result<Vec<PassageRef>> {
        // Anew for each line: whoever lost a right meanwhile finds no more.
        let mut scope = self.app.store.scope(&self.principal).await?;
        if let Some(day) = line.as_of {
            scope = scope.as_of(day);
        }
        let document = match &line.document {
            Some(name) => Some(document(&self.app.store, &scope, name).await?),
            None => None,
        };
        let query = Query {
            text: line.query.clone(),
            vector: None,
            document,
            limit: self.limit,
        };
        let search = self.app.search();
        let found =
            pipeline::passages(&self.app, &search, &scope, &query, Sentences::Order).await?;
        Ok(found.passages)
    }

    async fn print(&self, line: &SearchLine, context: Context<'_>) -> anyhow::Result<()> {
        let passages = self.passages(line).await?;
        if passages.is_empty() {
            writeln!(context.out, "Nothing was found.")?;
        }
        for (number, passage) in passages.iter().enumerate() {
            let page = passage
                .page
                .map(|page| format!(", page {page}"))
                .unwrap_or_default();
            writeln!(
                context.out,
                "{}. {}{page}, characters {}-{} ({:.2})",
                number + 1,
                passage.name,
                passage.start,
                passage.end,
                passage.score
            )?;
            // A passage that begins a section brings its heading along.
            let shown = |last: &String| passage.text.starts_with(last.as_str());
            if passage.heading_path.last().is_some_and(|last| !shown(last)) {
                writeln!(context.out, "   {}", passage.heading_path.join(" > "))?;
            }
            for line in passage.text.lines() {
                writeln!(context.out, "   {line}")?;
            }
            writeln!(context.out)?;
        }
        Ok(())
    }
}
