//! `inhouse quarantine` and `inhouse retry`: what could not be read.

use super::RetryArgs;
use super::context::Context;
use super::ingest::shown;
use super::table;
use anyhow::Context as _;
use inhouse_protocol::{DocumentSet, Quarantined, VersionState};
use inhouse_store::{Scope, Store};

/// Lists the files that could not be read, newest first.
pub(super) async fn list(
    set: Option<String>,
    json: bool,
    context: Context<'_>,
) -> anyhow::Result<()> {
    let store = context.store().await?;
    let scope = store.scope(&context.principal(&store).await?).await?;
    let mut files = store.quarantine(&scope).await?;
    if let Some(name) = set {
        let set = managed(&store, &scope, &name).await?;
        files.retain(|file| file.document.set == set.id);
    }
    if json {
        serde_json::to_writer_pretty(&mut *context.out, &files)?;
        writeln!(context.out)?;
        return Ok(());
    }
    if files.is_empty() {
        writeln!(context.out, "Every file could be read.")?;
        return Ok(());
    }
    let rows: Vec<_> = files.into_iter().map(row).collect();
    table::write(context.out, &["set", "file", "cause", "reason"], &rows)?;
    Ok(())
}

fn row(file: Quarantined) -> Vec<String> {
    let (cause, reason) = match file.document.state {
        VersionState::Failed { cause, reason } => (cause.as_str(), reason),
        // It is read again since it was listed.
        _ => ("", String::new()),
    };
    vec![
        file.set_name,
        shown(&file.document.folder, &file.document.name),
        cause.to_owned(),
        reason,
    ]
}

/// Queues files again, each to be read as it was the last time.
pub(super) async fn retry(which: RetryArgs, context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let principal = context.principal(&store).await?;
    let scope = store.scope(&principal).await?;
    let sets = match &which.set {
        Some(name) => vec![managed(&store, &scope, name).await?],
        None => store.sets(&scope).await?,
    };
    let mut queued = 0;
    for set in sets.into_iter().filter(|set| set.manages) {
        let by = principal.actor();
        queued += store.retry_failed(&by, &scope, &set.id).await?;
    }
    match queued {
        0 => writeln!(context.out, "There is nothing to retry.")?,
        1 => writeln!(context.out, "1 file waits to be read again.")?,
        n => writeln!(context.out, "{n} files wait to be read again.")?,
    }
    Ok(())
}

/// The set of this name, which has to be the scope's to manage.
async fn managed(store: &Store, scope: &Scope, name: &str) -> anyhow::Result<DocumentSet> {
    let set = store.set_by_name(scope, name).await?;
    set.filter(|set| set.manages)
        .with_context(|| format!("there is no set '{name}' that is yours to manage"))
}
