//! `inhouse audit …`

use super::context::Context;
use super::people::find;
use crate::config::Config;
use crate::governance::archive::{self, ArchiveVerdict};
use crate::governance::checkpoints::{self, Made};
use crate::governance::export::{Format, pack};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use inhouse_protocol::{LogFault, LogFilter, LogVerdict, Timestamp};
use inhouse_record::{Checkpoint, Fault, PublicKeys, SigningKeys};
use inhouse_store::Store;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// `inhouse audit …`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Follow the chain of records and name the first that was changed, removed, inserted or moved
    Verify {
        /// An export to check instead of the database: a zip, or the records.jsonl in it
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The key that must have signed, as text or a file; default: this instance's keys
        #[arg(long, value_name = "KEY")]
        public_key: Option<String>,
        /// Checkpoints that were kept elsewhere, one a line
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the log into a zip with a signed manifest
    Export {
        /// The file to make; one that is there is not overwritten
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Why the log is read, in 10 to 500 characters; recorded
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// jsonl, which verifies, or csv
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        #[command(flatten)]
        filter: FilterArgs,
    },
    /// Verify what is new, sign the newest record and send the checkpoint outside
    Checkpoint,
    /// Print the public keys that checkpoints and exports verify with, the newest first
    PublicKey,
}

/// What narrows an export.
#[derive(Debug, Args)]
pub struct FilterArgs {
    /// Who did it, or whom it was about
    #[arg(long, value_name = "EMAIL")]
    person: Option<String>,
    /// What it was done to, such as document:ID or run:ID
    #[arg(long, value_name = "KIND:ID")]
    subject: Option<String>,
    /// The kind, such as run.ask, or its first part such as run
    #[arg(long, value_name = "KIND")]
    action: Option<String>,
    /// From this day or moment on (UTC): 2026-05-04 or 2026-05-04T09:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = parse_moment)]
    from: Option<Timestamp>,
    /// Before this day or moment
    #[arg(long, value_name = "WHEN", value_parser = parse_moment)]
    until: Option<Timestamp>,
}

pub(super) async fn audit(command: AuditCommand, context: Context<'_>) -> anyhow::Result<ExitCode> {
    match command {
        AuditCommand::Verify {
            file,
            public_key,
            checkpoints,
            json,
        } => {
            let given = Given {
                keys: public_key.as_deref().map(read_keys).transpose()?,
                checkpoints: match &checkpoints {
                    Some(path) => checkpoints::read(path)?,
                    None => Vec::new(),
                },
                json,
            };
            match file {
                Some(file) => verify_file(&file, given, context).await,
                None => verify_database(given, context).await,
            }
        }
        AuditCommand::Export {
            out,
            reason,
            format,
            filter,
        } => export(&out, &reason, format, filter, context).await,
        AuditCommand::Checkpoint => checkpoint(context).await,
        AuditCommand::PublicKey => {
            let keys = signing_keys(&context.config)?;
            for key in keys.public_keys() {
                write!(context.out, "{}", key.to_pem())?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What a verification was given.
struct Given {
    keys: Option<PublicKeys>,
    checkpoints: Vec<Checkpoint>,
    json: bool,
}

async fn verify_database(given: Given, context: Context<'_>) -> anyhow::Result<ExitCode> {
    let store = context.store().await?;
    let trusted = match given.keys {
        Some(keys) => keys,
        None => signing_keys(&context.config)?.public_keys().clone(),
    };
    let started = Instant::now();
    let check = checkpoints::verify(&store, &context.config, &trusted, given.checkpoints).await?;
    let verdict = verdict(check.records, check.checkpoints, check.fault, started);
    tell(&verdict, &[], given.json, context.out)?;
    Ok(code(verdict.fault.is_none()))
}

async fn verify_file(path: &Path, given: Given, context: Context<'_>) -> anyhow::Result<ExitCode> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let own = context.config.signing_keys_file();
    let trusted = match given.keys {
        Some(keys) => Some(keys),
        // Made by this instance, perhaps; another's export needs --public-key.
        None if own.exists() => Some(signing_keys(&context.config)?.public_keys().clone()),
        None => None,
    };
    if trusted.is_none() && !given.checkpoints.is_empty() {
        bail!("--checkpoints needs --public-key: the key that signed them");
    }
    let started = Instant::now();
    let anyone = trusted.is_none();
    let outside = given.checkpoints;
    let checked =
        tokio::task::spawn_blocking(move || archive::verify(file, trusted.as_ref(), &outside))
            .await?;
    let checked = checked.with_context(|| path.display().to_string())?;
    let records = &checked.records;
    let verdict = verdict(records.records, records.checkpoints, records.fault, started);
    let notes = notes(&checked, anyone);
    tell(&verdict, &notes, given.json, context.out)?;
    Ok(code(checked.holds()))
}

/// What there is to say of an export besides the verdict.
fn notes(checked: &ArchiveVerdict, anyone: bool) -> Vec<String> {
    let mut notes = checked.problems.clone();
    match &checked.key_id {
        Some(key) if anyone => notes.push(format!(
            "Signed with the key {key}, which stands in the export itself: give --public-key to \
             know whose it is."
        )),
        Some(key) => notes.push(format!("Signed with the key {key}.")),
        None => notes.push(
            "There is no manifest: that records are missing at the ends or in a gap can't be \
             seen."
                .to_owned(),
        ),
    }
    if checked.only_a_table {
        notes.push("The records are a table, which can't be followed; its file is whole.".into());
    }
    if checked.records.gaps > 0 {
        let gaps = checked.records.gaps;
        notes.push(format!("Records are left out in {gaps} places."));
    }
    if checked.records.withheld > 0 {
        let withheld = checked.records.withheld;
        notes.push(format!(
            "The content of {withheld} records is withheld: their place was checked alone."
        ));
    }
    notes
}

fn verdict(records: u64, checkpoints: u64, fault: Option<Fault>, started: Instant) -> LogVerdict {
    LogVerdict {
        records,
        checkpoints,
        fault: fault.map(|fault| LogFault {
            seq: fault.seq,
            message: fault.to_string(),
        }),
        took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

fn tell(
    verdict: &LogVerdict,
    notes: &[String],
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if json {
        serde_json::to_writer(&mut *out, verdict)?;
        writeln!(out)?;
        return Ok(());
    }
    match &verdict.fault {
        Some(fault) => writeln!(out, "{}", fault.message)?,
        None => writeln!(
            out,
            "{} records fit, and {} checkpoints agree ({:.1} s).",
            verdict.records,
            verdict.checkpoints,
            std::time::Duration::from_millis(verdict.took_ms).as_secs_f64()
        )?,
    }
    for note in notes {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

async fn export(
    out: &Path,
    reason: &str,
    format: Format,
    filter: FilterArgs,
    context: Context<'_>,
) -> anyhow::Result<ExitCode> {
    let store = context.store().await?;
    let keys = signing_keys(&context.config)?;
    let by = context.principal(&store).await?;
    let filter = filter.resolve(&store).await?;
    let file = private_file(out).with_context(|| out.display().to_string())?;
    let opening = store.open_log(&by, reason).await;
    let packed = async {
        let opening = opening?.opening;
        let opened = store.opened_log(&by, opening).await?;
        let opened = opened.context("the log was opened and is shut again")?;
        let export = store.export_log(&opened, &filter, format.as_str()).await?;
        anyhow::Ok(pack(export, &filter, format, &keys, (file, store.now())).await?)
    };
    match packed.await {
        Ok((file, manifest)) => {
            file.sync_all()?;
            let (records, path) = (manifest.records, out.display());
            writeln!(context.out, "Wrote {records} records to {path}.")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            // Half an export is none.
            std::fs::remove_file(out).with_context(|| out.display().to_string())?;
            Err(error)
        }
    }
}

async fn checkpoint(context: Context<'_>) -> anyhow::Result<ExitCode> {
    let store = context.store().await?;
    let keys = signing_keys(&context.config)?;
    match checkpoints::make(&store, &keys, &context.config).await? {
        Made::Signed(made) => {
            serde_json::to_writer(&mut *context.out, &made)?;
            writeln!(context.out)?;
            Ok(ExitCode::SUCCESS)
        }
        Made::NothingNew => {
            writeln!(context.out, "There is nothing new to sign.")?;
            Ok(ExitCode::SUCCESS)
        }
        Made::Broken(fault) => {
            writeln!(context.out, "Nothing was signed. {fault}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

impl FilterArgs {
    async fn resolve(self, store: &Store) -> anyhow::Result<LogFilter> {
        let person = match &self.person {
            Some(email) => Some(find(store, email).await?.id),
            None => None,
        };
        Ok(LogFilter {
            person,
            subject: self.subject,
            action: self.action,
            from: self.from,
            until: self.until,
        })
    }
}

/// The keys of this instance; made where there are none yet.
pub(super) fn signing_keys(config: &Config) -> anyhow::Result<SigningKeys> {
    config.prepare_folders()?;
    Ok(SigningKeys::load_or_create(&config.signing_keys_file())?)
}

/// A file of keys, or one key.
fn read_keys(given: &str) -> anyhow::Result<PublicKeys> {
    let path = Path::new(given);
    if path.is_file() {
        let text = std::fs::read_to_string(path).with_context(|| given.to_owned())?;
        return Ok(PublicKeys::parse(&text, given)?);
    }
    Ok(PublicKeys::parse(given, "--public-key")?)
}

/// A new file for this account only: it will hold what is personal.
fn private_file(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn parse_moment(text: &str) -> Result<Timestamp, String> {
    let wrong = || format!("'{text}' is neither like 2026-05-04 nor like 2026-05-04T09:00:00Z");
    let moment = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let day = text.parse::<jiff::civil::Date>().ok()?;
        let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(start.timestamp())
    });
    let moment = moment.ok_or_else(wrong)?;
    Ok(Timestamp(moment.as_millisecond()))
}

fn code(fine: bool) -> ExitCode {
    if fine {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_record::{FaultKind, PublicKey};

    #[test]
    fn a_moment_is_a_day_or_a_time() {
        assert_eq!(parse_moment("2026-05-04"), Ok(Timestamp(1_777_852_800_000)));
        assert_eq!(
            parse_moment("2026-05-04T09:00:00Z"),
            Ok(Timestamp(1_777_885_200_000))
        );
        assert!(parse_moment("yesterday").is_err());
    }

    #[test]
    fn a_fault_is_told_before_anything_else() {
        let fault = Fault {
            seq: 5,
            kind: FaultKind::Removed(1),
        };
        let mut out = Vec::new();
        let verdict = verdict(4, 0, Some(fault), Instant::now());
        tell(&verdict, &["A note.".into()], false, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "Record 5 was removed.\nA note.\n"
        );
    }

    #[test]
    fn a_public_key_is_given_as_text_or_as_a_file() {
        let line = SigningKeys::fresh_line().unwrap();
        let keys = SigningKeys::parse(&line, "k").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let pem: String = keys.public_keys().iter().map(PublicKey::to_pem).collect();
        std::fs::write(&path, pem).unwrap();
        let from_file = read_keys(path.to_str().unwrap()).unwrap();
        assert_eq!(&from_file, keys.public_keys());
        assert_eq!(&read_keys(&keys.public_key()).unwrap(), keys.public_keys());
        assert!(read_keys("no key").is_err());
    }
}
