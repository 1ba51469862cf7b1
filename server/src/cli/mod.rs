//! The command line: `inhouse COMMAND`. Each command is a function that gets the configuration
//! and a writer; what it prints goes there.

mod approved;
mod args;
mod ask;
mod audit;
mod context;
mod demo;
mod embedding;
mod eval;
mod groups;
mod index;
mod ingest;
mod keys;
mod password;
mod people;
mod quarantine;
mod queue;
mod replay;
mod rules;
mod sample;
mod search;
mod serve;
mod subject;
pub(crate) mod table;
mod tokens;

pub use args::{Cli, Command, Global, IngestArgs, LineArgs, PasswordArgs, RetryArgs, UserCommand};

use crate::config::Config;
use crate::{doctor, telemetry};
use anyhow::Context as _;
use clap::Parser;
use context::Context;
use std::ffi::OsStr;
use std::io::{BufWriter, Write};
use std::process::ExitCode;

/// The hidden command that reads one document in the cage.
const PARSE_CHILD: &str = "parse-child";

/// The binary's whole life. The caged child is taken aside before anything else of the process
/// starts: no threads, no logging, no configuration.
pub fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().as_deref() == Some(OsStr::new(PARSE_CHILD)) {
        let format = arguments.next().unwrap_or_default();
        return inhouse_ingest::cage::child_main(&format.to_string_lossy());
    }
    let cli = Cli::parse();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let result = run(cli, &mut out);
    let flushed = out.flush().context("what was to be printed could not be");
    match result.and_then(|code| flushed.map(|()| code)) {
        Ok(code) => code,
        // The reader of a pipe went away, as `head` does: nothing is wrong.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell where standard error is closed.
            let _ = writeln!(std::io::stderr(), "inhouse: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

fn run(cli: Cli, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let config = match Config::load(&cli.overrides()) {
        Ok(config) => config,
        Err(error) => {
            if let Command::Doctor { json } = cli.command {
                return doctor::without_configuration(&error, json, out);
            }
            return Err(error.into());
        }
    };
    match cli.command {
        Command::Serve { .. } | Command::Worker => telemetry::init(&config),
        _ => telemetry::init_quietly(&config),
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the asynchronous runtime could not start")?;
    let context = Context {
        config,
        acting: cli.global.acting,
        out,
    };
    runtime.block_on(dispatch(cli.command, context))
}

async fn dispatch(command: Command, context: Context<'_>) -> anyhow::Result<ExitCode> {
    let done = ExitCode::SUCCESS;
    match command {
        Command::Serve { .. } => serve::serve(context).await.map(|()| done),
        Command::Worker => serve::work(context).await.map(|()| done),
        Command::Migrate => index::migrate(context).await.map(|()| done),
        Command::User(command) => people::user(command, context).await.map(|()| done),
        Command::Group(command) => groups::group(command, context).await.map(|()| done),
        Command::Set(command) => groups::set(command, context).await.map(|()| done),
        Command::Queue(command) => queue::queue(command, context).await.map(|()| done),
        Command::Token(command) => tokens::token(command, context).await.map(|()| done),
        Command::Audit(command) => audit::audit(command, context).await,
        Command::Subject(command) => subject::subject(command, context).await.map(|()| done),
        Command::Hold(command) => subject::hold(command, context).await.map(|()| done),
        Command::Retention { dry_run } => subject::retention(dry_run, context).await.map(|()| done),
        Command::Keys(command) => keys::keys(command, context).await.map(|()| done),
        Command::Ingest(arguments) => ingest::ingest(arguments, context).await,
        Command::Quarantine { set, json } => {
            quarantine::list(set, json, context).await.map(|()| done)
        }
        Command::Retry(which) => quarantine::retry(which, context).await.map(|()| done),
        Command::Search { lines, limit } => search::search(lines, limit.into(), context)
            .await
            .map(|()| done),
        Command::Ask { lines, dry_run } => ask::ask(lines, dry_run, context).await.map(|()| done),
        Command::Replay { id, json } => replay::replay(&id, json, context).await,
        Command::Eval(command) => Box::pin(eval::eval(command, context)).await,
        Command::Approved(command) => Box::pin(approved::approved(command, context)).await,
        Command::Rules(command) => Box::pin(rules::rules(command, context)).await,
        Command::Reindex(args) => Box::pin(index::reindex(args, context)).await.map(|()| done),
        Command::Embedding { command } => {
            embedding::embedding(command, context).await.map(|()| done)
        }
        Command::Doctor { json } => doctor::doctor(&context.config, json, context.out).await,
        Command::Demo { from } => demo::demo(from, context).await.map(|()| done),
        Command::ParseChild { .. } => anyhow::bail!("{PARSE_CHILD} is only started by the worker"),
    }
}
