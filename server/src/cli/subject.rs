//! `inhouse subject …`, `inhouse hold …` and `inhouse retention`.

use super::context::Context;
use super::people::find;
use super::table;
use super::tokens::day;
use crate::config::Config;
use crate::governance::retention::{classes, limits};
use crate::subject::pack;
use anyhow::Context as _;
use clap::{ArgGroup, Args, Subcommand};
use inhouse_protocol::{Counted, ErasureReport, HoldId, HoldKind, LegalHold, NewHold};
use inhouse_store::{Actor, Principal, RetentionMode, Store, StoreError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// `inhouse subject …`
#[derive(Debug, Subcommand)]
pub enum SubjectCommand {
    /// Write everything that is held on a person into a zip file (GDPR 15 and 20)
    Export {
        /// The account's e-mail
        email: String,
        /// The file to make; one that is there is not overwritten
        #[arg(long, value_name = "FILE", default_value = "personal-data.zip")]
        out: PathBuf,
    },
    /// Erase a person (GDPR 17); without --confirm only say what that would remove and keep
    Erase {
        /// The account's e-mail
        email: String,
        /// The account's e-mail again: erasing can't be undone
        #[arg(long, value_name = "EMAIL", requires = "reason")]
        confirm: Option<String>,
        /// Why, in 10 to 500 characters and without the person's name; it stays in the record
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// `inhouse hold …`
#[derive(Debug, Subcommand)]
pub enum HoldCommand {
    /// List the holds, those in force first
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Place a hold
    Place {
        #[command(flatten)]
        on: HoldOn,
        /// Why, in 10 to 500 characters
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Lift a hold
    Lift {
        /// The hold's id, as the list shows it
        id: String,
    },
}

/// What a hold covers.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("on").required(true).args(["person", "everything"])))]
pub struct HoldOn {
    /// One person's data
    #[arg(long, value_name = "EMAIL")]
    pub person: Option<String>,
    /// Everything
    #[arg(long)]
    pub everything: bool,
}

pub(super) async fn subject(command: SubjectCommand, context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let by = context.principal(&store).await?;
    match command {
        SubjectCommand::Export { email, out } => {
            let person = find(&store, &email).await?;
            let export = store.export_person(&by, &person.id).await?;
            write_private(&out, &pack(&export, &classes(&context.config.retention))?)?;
            writeln!(context.out, "Wrote {}.", out.display())?;
        }
        SubjectCommand::Erase {
            email,
            confirm,
            reason,
            json,
        } => {
            let report = erase(&store, &by, &email, confirm, reason).await?;
            if json {
                serde_json::to_writer_pretty(&mut *context.out, &report)?;
                writeln!(context.out)?;
            } else {
                write_report(&report, context.out)?;
            }
            if report.held_by.is_some() {
                anyhow::bail!("a legal hold stands against erasing this person; nothing was done");
            }
        }
    }
    Ok(())
}

/// Erases where the e-mail was typed twice, else says what that would do.
async fn erase(
    store: &Store,
    by: &Principal,
    email: &str,
    confirm: Option<String>,
    reason: Option<String>,
) -> anyhow::Result<ErasureReport> {
    let person = find(store, email).await?;
    let (Some(confirm), Some(reason)) = (confirm, reason) else {
        return Ok(store.preview_erasure(&person.id).await?);
    };
    anyhow::ensure!(
        confirm.trim().to_lowercase() == person.email,
        "--confirm {confirm} is not the e-mail of the account {}",
        person.email
    );
    Ok(store.erase_person(&by.actor(), &person.id, &reason).await?)
}

fn write_report(report: &ErasureReport, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(reason) = &report.held_by {
        writeln!(out, "A legal hold stands against it: {reason}\n")?;
    }
    let removed = if report.done {
        "Removed"
    } else {
        "Would be removed"
    };
    writeln!(out, "{removed}:")?;
    write_counts(&report.removed, out)?;
    writeln!(out, "\nKept:")?;
    for kept in &report.kept {
        writeln!(
            out,
            "  {} {} ({}): {}",
            kept.count, kept.what, kept.article, kept.why
        )?;
    }
    writeln!(out, "\nTo be seen to elsewhere:")?;
    for place in &report.elsewhere {
        writeln!(out, "  {place}")?;
    }
    if !report.done && report.held_by.is_none() {
        writeln!(
            out,
            "\nNothing was done. To erase, repeat with --confirm EMAIL --reason TEXT."
        )?;
    }
    Ok(())
}

fn write_counts(counts: &[Counted], out: &mut dyn Write) -> anyhow::Result<()> {
    for counted in counts {
        writeln!(out, "  {} {}", counted.count, counted.what)?;
    }
    if counts.is_empty() {
        writeln!(out, "  nothing")?;
    }
    Ok(())
}

/// Makes a file that only this account may read.
fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().with_context(|| format!("{} can't be written", path.display()))
}

pub(super) async fn hold(command: HoldCommand, context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let by = context.principal(&store).await?.actor();
    match command {
        HoldCommand::List { json } => {
            let holds = store.holds().await?;
            if json {
                serde_json::to_writer_pretty(&mut *context.out, &holds)?;
                writeln!(context.out)?;
            } else {
                list_holds(&holds, context.out)?;
            }
        }
        HoldCommand::Place { on, reason } => {
            let person = match &on.person {
                Some(email) => Some(find(&store, email).await?.id),
                None => None,
            };
            let kind = if person.is_some() {
                HoldKind::Person
            } else {
                HoldKind::Everything
            };
            let new = NewHold {
                kind,
                person,
                reason,
            };
            let hold = store.place_hold(&by, &new).await?;
            writeln!(context.out, "Placed the hold {}.", hold.id)?;
        }
        HoldCommand::Lift { id } => {
            let lifted = match id.parse::<HoldId>() {
                Ok(parsed) => store.lift_hold(&by, &parsed).await,
                Err(_) => Err(StoreError::NotFound),
            };
            let hold = match lifted {
                Err(StoreError::NotFound) => {
                    anyhow::bail!("there is no hold {id} in force; `inhouse hold list` shows all")
                }
                lifted => lifted?,
            };
            writeln!(context.out, "Lifted the hold {}.", hold.id)?;
        }
    }
    Ok(())
}

fn list_holds(holds: &[LegalHold], out: &mut dyn Write) -> anyhow::Result<()> {
    let rows: Vec<_> = holds
        .iter()
        .map(|hold| {
            let on = match hold.kind {
                HoldKind::Everything => "everything".to_owned(),
                HoldKind::Person => hold.person_name.clone().unwrap_or_default(),
            };
            vec![
                hold.id.to_string(),
                on,
                day(hold.placed_at),
                hold.lifted_at.map_or_else(|| "in force".into(), day),
                hold.placed_by.clone(),
                hold.reason.clone(),
            ]
        })
        .collect();
    let headings = ["id", "on", "placed", "lifted", "by", "reason"];
    table::write(out, &headings, &rows)?;
    Ok(())
}

/// Removes now what is older than the configuration keeps it.
pub(super) async fn retention(dry_run: bool, context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let by = context.principal(&store).await?.actor();
    let mode = if dry_run {
        RetentionMode::DryRun
    } else {
        RetentionMode::Now
    };
    apply(&store, &by, &context.config, mode, context.out).await
}

async fn apply(
    store: &Store,
    by: &Actor,
    config: &Config,
    mode: RetentionMode,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let run = store
        .apply_retention(by, &limits(&config.retention), mode)
        .await?
        .context("it isn't due")?;
    let removed = if mode == RetentionMode::DryRun {
        "Would be removed"
    } else {
        "Removed"
    };
    writeln!(out, "{removed}:")?;
    write_counts(&run.removed, out)?;
    if run.held > 0 {
        writeln!(out, "Old enough, but held: {}", run.held)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser as _;
    use inhouse_protocol::Kept;

    #[test]
    fn a_hold_is_on_a_person_or_on_everything() {
        let parses = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        assert!(parses("inhouse hold place --everything --reason x"));
        assert!(parses("inhouse hold place --person a@b.c --reason x"));
        assert!(!parses("inhouse hold place --reason x"));
        assert!(!parses(
            "inhouse hold place --everything --person a@b.c --reason x"
        ));
        assert!(!parses("inhouse subject erase a@b.c --confirm a@b.c"));
    }

    #[test]
    fn a_report_says_what_goes_what_stays_and_that_nothing_was_done() {
        let report = ErasureReport {
            person: "1".parse().unwrap(),
            done: false,
            removed: vec![Counted {
                what: "conversations".into(),
                count: 3,
            }],
            kept: vec![Kept {
                what: "records of the log".into(),
                count: 7,
                article: "GDPR 17(3)(b)".into(),
                why: "It has to be kept.".into(),
            }],
            elsewhere: vec!["Backups.".into()],
            held_by: None,
        };
        let mut out = Vec::new();
        write_report(&report, &mut out).unwrap();
        let said = String::from_utf8(out).unwrap();
        assert!(
            said.contains("Would be removed:\n  3 conversations"),
            "{said}"
        );
        assert!(
            said.contains("7 records of the log (GDPR 17(3)(b))"),
            "{said}"
        );
        assert!(said.contains("--confirm"), "{said}");
    }
}
