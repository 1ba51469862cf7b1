//! `inhouse rules …`: rules as files, beside a running `inhouse serve` or without an instance.

use super::context::Context;
use super::table;
use crate::app;
use crate::config::Config;
use crate::rules::{self, Bench, Examples, RuleSource};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use inhouse_protocol::{
    LineChange, Role, RuleVersion, RuleVersionId, RuleVersionState, RulesCheck, RulesDiff,
};
use inhouse_store::{Clock as _, Principal, Store, SystemClock};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `inhouse rules …`
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Check rules and run their tests; exits with status 1 where something is wrong
    Check(CheckArgs),
    /// The same, with every test
    Test(CheckArgs),
    /// What rules do differently: each is a file, a version's number, `live` or `shipped`
    Diff {
        /// The one before; alone, it is compared with the rules in force
        first: String,
        /// The one after
        second: Option<String>,
    },
    /// Print rules as TOML
    Show {
        /// A file, a version's number, `live` or `shipped`
        #[arg(default_value = "live")]
        which: String,
    },
    /// List the versions
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Put rules into force; where a second person is asked for, propose a file, or approve what
    /// somebody else proposed
    Publish {
        /// A file, or the number of a version
        what: String,
        /// What changes and why; needed for a file
        #[arg(long, default_value = "", value_name = "TEXT")]
        note: String,
    },
}

/// `inhouse rules check` and `test`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The rules; by default those in force
    file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn rules(command: RulesCommand, context: Context<'_>) -> anyhow::Result<ExitCode> {
    let done = ExitCode::SUCCESS;
    match command {
        RulesCommand::Check(args) => check(&args, Told::WhatFails, context).await,
        RulesCommand::Test(args) => check(&args, Told::Everything, context).await,
        RulesCommand::Diff { first, second } => diff(&first, second.as_deref(), context)
            .await
            .map(|()| done),
        RulesCommand::Show { which } => {
            let store = known_store(&context).await?;
            let text = text_of(&which, &context.config, store.as_ref()).await?;
            write!(context.out, "{text}")?;
            Ok(done)
        }
        RulesCommand::List { json } => {
            let versions = context.store().await?.rule_versions().await?;
            list(&versions, json, context.out).map(|()| done)
        }
        RulesCommand::Publish { what, note } => publish(&what, &note, context).await,
    }
}

/// Which tests are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    WhatFails,
    Everything,
}

async fn check(args: &CheckArgs, told: Told, context: Context<'_>) -> anyhow::Result<ExitCode> {
    let store = known_store(&context).await?;
    let text = match &args.file {
        Some(file) => read(file)?,
        None => text_of("live", &context.config, store.as_ref()).await?,
    };
    let check = checked(&text, &context.config, store.as_ref()).await?;
    if args.json {
        serde_json::to_writer_pretty(&mut *context.out, &check)?;
        writeln!(context.out)?;
        return Ok(code(&check));
    }
    print(&check, told, store.is_some(), context.out)?;
    Ok(code(&check))
}

async fn checked(text: &str, config: &Config, store: Option<&Store>) -> anyhow::Result<RulesCheck> {
    // What can't be read needs no model.
    if let Some(unreadable) = rules::unreadable(text) {
        return Ok(unreadable);
    }
    let examples = Examples::default();
    let bench = bench(config, store, &examples).await?;
    Ok(bench.check(text).await?)
}

async fn bench<'a>(
    config: &'a Config,
    store: Option<&Store>,
    examples: &'a Examples,
) -> anyhow::Result<Bench<'a>> {
    let queues = match store {
        Some(store) => Some(store.queue_keys().await?),
        None => None,
    };
    Ok(Bench {
        embedder: app::embedder(config).await?,
        examples,
        queues,
        profiles: config.inference.profile_names(),
        today: store.map_or_else(today, |store| store.now().day().to_string()),
    })
}

/// The day by this machine's clock.
fn today() -> String {
    SystemClock.now().day().to_string()
}

fn print(check: &RulesCheck, told: Told, desk: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    for fault in &check.faults {
        match fault.line {
            Some(line) => writeln!(out, "line {line}: {}", fault.message)?,
            None => writeln!(out, "{}", fault.message)?,
        }
    }
    let rows: Vec<Vec<String>> = check
        .tests
        .iter()
        .filter(|test| told == Told::Everything || !test.passed)
        .map(|test| {
            let passed = if test.passed { "passed" } else { "failed" };
            vec![
                passed.to_owned(),
                test.rule.clone(),
                test.expected.clone(),
                test.came.clone(),
                test.question.clone(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let headings = ["test", "rule", "expected", "came", "question"];
        table::write(out, &headings, &rows)?;
    }
    let failed = check.tests.iter().filter(|test| !test.passed).count();
    writeln!(
        out,
        "Faults: {}. Tests: {}, failed: {failed}.",
        check.faults.len(),
        check.tests.len()
    )?;
    if !desk && check.faults.is_empty() {
        writeln!(
            out,
            "There is no instance here: whether the queues that rules name are there was not looked \
             at."
        )?;
    }
    Ok(())
}

fn code(check: &RulesCheck) -> ExitCode {
    if check.passes() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn diff(first: &str, second: Option<&str>, context: Context<'_>) -> anyhow::Result<()> {
    let store = known_store(&context).await?;
    let (config, store) = (&context.config, store.as_ref());
    let one = text_of(first, config, store).await?;
    let other = text_of(second.unwrap_or("live"), config, store).await?;
    let diff = match second {
        Some(_) => rules::diff(&one, &other),
        // What the given one would change.
        None => rules::diff(&other, &one),
    };
    print_diff(&diff, context.out)
}

fn print_diff(diff: &RulesDiff, out: &mut dyn Write) -> anyhow::Result<()> {
    if diff.lines.is_empty() {
        writeln!(out, "They are the same.")?;
        return Ok(());
    }
    for (what, ids) in [
        ("added", &diff.added),
        ("removed", &diff.removed),
        ("changed", &diff.changed),
    ] {
        if !ids.is_empty() {
            writeln!(out, "{what}: {}", ids.join(", "))?;
        }
    }
    writeln!(out)?;
    for line in &diff.lines {
        let sign = match line.change {
            LineChange::Same => ' ',
            LineChange::Added => '+',
            LineChange::Removed => '-',
        };
        writeln!(out, "{sign}{}", line.text)?;
    }
    Ok(())
}

fn list(versions: &[RuleVersion], json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        serde_json::to_writer_pretty(&mut *out, versions)?;
        writeln!(out)?;
        return Ok(());
    }
    let rows: Vec<Vec<String>> = versions
        .iter()
        .map(|version| {
            vec![
                version.number.to_string(),
                version.state.as_str().to_owned(),
                version.author.clone(),
                version.approved_by.clone().unwrap_or_default(),
                version.sha256.clone(),
                version.note.clone(),
            ]
        })
        .collect();
    let headings = [
        "version",
        "state",
        "author",
        "approved by",
        "sha256",
        "note",
    ];
    table::write(out, &headings, &rows)?;
    Ok(())
}

async fn publish(what: &str, note: &str, context: Context<'_>) -> anyhow::Result<ExitCode> {
    let store = context.store().await?;
    let by = context.principal(&store).await?;
    let Context { config, out, .. } = context;
    if !by.is_operator() && by.role() != Some(Role::Legal) {
        bail!("rules are the legal team's to publish");
    }
    if let Some(path) = config.rules_path() {
        bail!(
            "{} decides here; change the rules there and start `inhouse serve` again",
            path.display()
        );
    }
    let examples = Examples::default();
    let bench = bench(&config, Some(&store), &examples).await?;
    let id = if let Ok(number) = what.parse() {
        numbered(&store, number).await?.0.id
    } else {
        let text = read(Path::new(what))?;
        let check = bench.check(&text).await?;
        if !check.passes() {
            print(&check, Told::WhatFails, true, out)?;
            return Ok(ExitCode::FAILURE);
        }
        drafted(&store, &by, &text, note).await?
    };
    let (version, _) = store.rule_version(&id).await?;
    let second_person = config.rules.second_person;
    let to = match version.state {
        RuleVersionState::Draft if second_person => RuleVersionState::Proposed,
        _ => RuleVersionState::Live,
    };
    rules::advance(&store, &bench, &by, &id, to, second_person).await?;
    let number = version.number;
    if to == RuleVersionState::Live {
        writeln!(out, "Version {number} is live.")?;
    } else {
        writeln!(
            out,
            "Version {number} is proposed. Somebody else publishes it, on the page of rules or with \
             `inhouse rules publish {number}`."
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn drafted(
    store: &Store,
    by: &Principal,
    text: &str,
    note: &str,
) -> anyhow::Result<RuleVersionId> {
    if note.trim().is_empty() {
        bail!("say with --note what changes and why");
    }
    let live = store.live_rules().await?.map(|live| live.number);
    Ok(store.create_rule_version(by, text, note, live).await?)
}

/// The instance's database, where there is one: looking makes none.
async fn known_store(context: &Context<'_>) -> anyhow::Result<Option<Store>> {
    let config = &context.config;
    if config.database.url.is_none() && !config.data.join("inhouse.db").exists() {
        return Ok(None);
    }
    context.store().await.map(Some)
}

/// The text that this names: `live`, `shipped`, a version's number, else a file.
async fn text_of(which: &str, config: &Config, store: Option<&Store>) -> anyhow::Result<String> {
    match (which, which.parse::<u64>()) {
        ("shipped", _) => Ok(RuleSource::shipped(config)?.text),
        ("live", _) => {
            let source = RuleSource::configured(config)?;
            Ok(match store {
                Some(store) => source.or_live(store).await?.text,
                None => source.text,
            })
        }
        (_, Ok(number)) => {
            let store = store.context("there is no instance here, and so no versions")?;
            Ok(numbered(store, number).await?.1)
        }
        (file, Err(_)) => read(Path::new(file)),
    }
}

async fn numbered(store: &Store, number: u64) -> anyhow::Result<(RuleVersion, String)> {
    let version = store.rule_version_numbered(number).await;
    version.with_context(|| {
        format!("version {number} can't be read; `inhouse rules list` shows all there are")
    })
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::{RuleFault, RuleTestResult};

    fn printed(check: &RulesCheck, told: Told) -> String {
        let mut out = Vec::new();
        print(check, told, true, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn check_prints_what_fails_and_test_prints_everything() {
        let test = |rule: &str, passed| RuleTestResult {
            rule: rule.into(),
            question: "May I?".into(),
            expected: "this".into(),
            came: "none".into(),
            passed,
        };
        let check = RulesCheck {
            faults: vec![RuleFault {
                line: Some(7),
                message: "no such queue".into(),
            }],
            tests: vec![test("good", true), test("bad", false)],
        };
        let (fails, all) = (
            printed(&check, Told::WhatFails),
            printed(&check, Told::Everything),
        );
        assert!(fails.contains("line 7: no such queue"), "{fails}");
        assert!(fails.contains("bad") && !fails.contains("good"), "{fails}");
        assert!(all.contains("good"), "{all}");
        assert!(all.contains("Faults: 1. Tests: 2, failed: 1."), "{all}");
    }

    #[test]
    fn a_comparison_names_the_rules_before_the_lines() {
        let diff = rules::diff("a = 1\n", "a = 2\n");
        let mut out = Vec::new();
        print_diff(&diff, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\n-a = 1\n+a = 2\n");
        let mut out = Vec::new();
        print_diff(&rules::diff("a = 1", "a = 1"), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "They are the same.\n");
    }
}
