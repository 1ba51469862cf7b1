//! Signs the newest record of the log on a schedule, once everything since the last checkpoint was
//! followed, and sends the checkpoint outside. A log that doesn't verify is never signed: that is
//! an alarm.

use super::syslog::{self, Message};
use crate::app::App;
use crate::config::Config;
use inhouse_record::{
    Checkpoint, CheckpointError, Fault, FaultKind, PublicKeys, SignError, SigningKeys, export,
};
use inhouse_store::{LogCheck, Store, StoreError};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Why a checkpoint can't be made, or the log not be verified. A log that doesn't verify is no
/// error: see [`Made::Broken`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckpointFailure {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The file of checkpoints can't be read.
    #[error("{path}: {reason}")]
    File {
        /// Which file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl CheckpointFailure {
    fn file(path: &Path, reason: impl std::fmt::Display) -> Self {
        Self::File {
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }
}

/// What became of a checkpoint.
#[derive(Debug)]
pub(crate) enum Made {
    /// It was signed and sent.
    Signed(Checkpoint),
    /// There is no record since the last one.
    NothingNew,
    /// The log doesn't verify.
    Broken(Fault),
}

/// Runs until `halt`. Of several processes that sign the same record the first one counts.
pub(crate) async fn keep(app: App, halt: CancellationToken) {
    let every = Duration::from_mins(u64::from(app.config.record.checkpoint_minutes));
    let mut told = None;
    loop {
        match make(&app.store, &app.record_keys, &app.config).await {
            Ok(Made::Signed(checkpoint)) => {
                tracing::info!(record = checkpoint.seq, "the log was verified and signed");
            }
            Ok(Made::NothingNew) => {}
            Ok(Made::Broken(fault)) => alarm(&app, &mut told, fault).await,
            Err(error) => tracing::error!(%error, "the log could not be signed; trying again"),
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
    }
}

/// Each time in the process's own log, once a fault in the record and to syslog.
async fn alarm(app: &App, told: &mut Option<Fault>, fault: Fault) {
    tracing::error!(
        record = fault.seq,
        %fault,
        "THE LOG DOES NOT VERIFY. Keep the database as it is and compare it with a backup"
    );
    if told.replace(fault) == Some(fault) {
        return;
    }
    if let Err(error) = app.store.record_fault(&fault).await {
        tracing::error!(%error, "the alarm could not be recorded");
    }
    if let Some(target) = &app.config.record.syslog {
        send(target, Message::Fault(fault)).await;
    }
}

/// Follows the log since the last checkpoint, signs its newest record and sends that outside.
pub(crate) async fn make(
    store: &Store,
    keys: &SigningKeys,
    config: &Config,
) -> Result<Made, CheckpointFailure> {
    let last = store.latest_checkpoint().await?;
    let check = match &last {
        None => store.verify_log(Some(keys.public_keys()), &[]).await?,
        Some(last) if last.verify(keys.public_keys()).is_err() => {
            return Ok(Made::Broken(Fault {
                seq: last.seq,
                kind: FaultKind::Unsigned,
            }));
        }
        Some(last) => store.verify_log_after(last).await?,
    };
    if let Some(fault) = check.fault {
        return Ok(Made::Broken(fault));
    }
    if check.last == last.map_or(0, |last| last.seq) {
        return Ok(Made::NothingNew);
    }
    let checkpoint = Checkpoint::sign(keys, check.last, &check.hash, store.now().0)?;
    if !store.add_checkpoint(&checkpoint).await? {
        return Ok(Made::NothingNew);
    }
    publish(store, config, &checkpoint).await;
    Ok(Made::Signed(checkpoint))
}

/// Follows the whole log and compares it with the checkpoints of the database, of the configured
/// file and of `outside`. Every one of them must be signed with one of `trusted`.
pub(crate) async fn verify(
    store: &Store,
    config: &Config,
    trusted: &PublicKeys,
    outside: Vec<Checkpoint>,
) -> Result<LogCheck, CheckpointFailure> {
    let mut outside = outside;
    if let Some(path) = config.checkpoint_file().filter(|path| path.exists()) {
        outside.extend(read(&path)?);
    }
    Ok(store.verify_log(Some(trusted), &outside).await?)
}

/// The checkpoints of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<Checkpoint>, CheckpointFailure> {
    let text =
        std::fs::read_to_string(path).map_err(|error| CheckpointFailure::file(path, error))?;
    Checkpoint::parse_lines(&text)
        .map_err(|error: CheckpointError| CheckpointFailure::file(path, error))
}

/// Nothing of this fails the checkpoint: it stands in the database, and the file gets what it
/// missed with the next one.
async fn publish(store: &Store, config: &Config, checkpoint: &Checkpoint) {
    if let Some(path) = config.checkpoint_file() {
        match store.checkpoints().await {
            Ok(all) => {
                let written = tokio::task::spawn_blocking(move || append(&path, &all)).await;
                match written {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        tracing::error!(%error, "a checkpoint could not be written to its file");
                    }
                    Err(error) => tracing::error!(%error, "writing a checkpoint was broken off"),
                }
            }
            Err(error) => tracing::error!(%error, "checkpoints could not be read"),
        }
    }
    if let Some(target) = &config.record.syslog {
        send(target, Message::Checkpoint(checkpoint.clone())).await;
    }
}

/// Appends the checkpoints that the file doesn't have yet.
fn append(path: &Path, all: &[Checkpoint]) -> Result<(), CheckpointFailure> {
    let newest = if path.exists() {
        read(path)?.last().map_or(0, |last| last.seq)
    } else {
        0
    };
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o640)
            .open(path)?;
        for checkpoint in all.iter().filter(|checkpoint| checkpoint.seq > newest) {
            let mut line = Vec::new();
            export::write_line(&mut line, checkpoint)?;
            // One write a line: another process may append as well.
            file.write_all(&line)?;
        }
        file.sync_all()
    };
    write().map_err(|error| CheckpointFailure::file(path, error))
}

async fn send(target: &str, message: Message) {
    let target = target.to_owned();
    let sent = tokio::task::spawn_blocking(move || syslog::send(&target, &message)).await;
    match sent {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "syslog could not be told"),
        Err(error) => tracing::error!(%error, "telling syslog was broken off"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> SigningKeys {
        SigningKeys::parse(&SigningKeys::fresh_line().unwrap(), "k").unwrap()
    }

    #[test]
    fn the_file_gets_what_it_missed_and_nothing_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoints.jsonl");
        let keys = keys();
        let all: Vec<_> = (1..=3)
            .map(|seq| Checkpoint::sign(&keys, seq, "ab", seq).unwrap())
            .collect();
        append(&path, &all[..1]).unwrap();
        append(&path, &all).unwrap();
        append(&path, &all).unwrap();
        assert_eq!(read(&path).unwrap(), all);
    }

    #[test]
    fn a_file_that_holds_something_else_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoints.jsonl");
        std::fs::write(&path, "not a checkpoint\n").unwrap();
        let error = append(&path, &[]).unwrap_err().to_string();
        assert!(error.contains("checkpoints.jsonl"), "{error}");
        assert!(error.contains("line 1"), "{error}");
    }
}
