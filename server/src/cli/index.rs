//! `inhouse migrate` and `inhouse reindex`.

use super::context::{Context, open_app};
use crate::app::{Answers, master_keys};
use anyhow::Context as _;
use inhouse_store::{Store, SystemClock};
use std::sync::Arc;

/// Brings the database to this version's schema.
pub(super) async fn migrate(context: Context<'_>) -> anyhow::Result<()> {
    context.config.prepare_folders()?;
    let keys = master_keys(&context.config)?;
    let store = Store::open(&context.config.database_url(), Arc::new(SystemClock), keys)
        .await
        .context("the database can't be opened")?;
    match store.migrate().await? {
        0 => writeln!(context.out, "The database is up to date.")?,
        1 => writeln!(context.out, "Applied 1 migration.")?,
        n => writeln!(context.out, "Applied {n} migrations.")?,
    }
    Ok(())
}

/// Builds the search indexes again from the database.
pub(super) async fn reindex(context: Context<'_>) -> anyhow::Result<()> {
    let app = open_app(&context.config, Answers::NotWritten).await?;
    app.follower.rebuild().await?;
    let passages = app.store.live_passages().await?;
    writeln!(context.out, "Built the indexes again: {passages} passages.")?;
    Ok(())
}
