//! `inhouse migrate` and `inhouse reindex`.

use super::context::{Context, open_app};
use crate::app::{self, Answers, master_keys};
use crate::embedding::{embed_lacking, forget_former};
use anyhow::Context as _;
use clap::Args;
use inhouse_ingest::Counts;
use inhouse_store::{Indexes, ModelState, Store, SystemClock};
use serde_json::json;
use std::io::Write;
use std::sync::Arc;

/// `inhouse reindex …`
#[derive(Debug, Clone, Copy, Args)]
pub struct ReindexArgs {
    /// Embed with the configured model first what has no vector by it, and let it answer
    #[arg(long)]
    embed: bool,
    /// Build nothing: only compare the indexes with the database
    #[arg(long, conflicts_with = "embed")]
    check: bool,
}

/// Passages between two lines about how far it is.
const TELL_EVERY: usize = 1_000;

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

/// Builds the search indexes again from the database, or only compares them with it.
pub(super) async fn reindex(args: ReindexArgs, context: Context<'_>) -> anyhow::Result<()> {
    if args.embed {
        return Box::pin(embed_again(context)).await;
    }
    if args.check {
        return Box::pin(compare(context)).await;
    }
    let app = open_app(&context.config, Answers::NotWritten).await?;
    app.search().follower.rebuild().await?;
    let passages = app.store.findable_passages().await?;
    writeln!(context.out, "Built the indexes again: {passages} passages.")?;
    Ok(())
}

/// Says how many passages can be found in the database and in each index, once these have followed;
/// fails where they differ.
async fn compare(context: Context<'_>) -> anyhow::Result<()> {
    let app = open_app(&context.config, Answers::NotWritten).await?;
    let search = app.search();
    search.follower.catch_up().await?;
    let Counts {
        database,
        lexical,
        vectors,
    } = search.follower.counts().await?;
    let told = json!({ "database": database, "lexical": lexical, "vectors": vectors });
    writeln!(context.out, "{told}")?;
    anyhow::ensure!(
        database == lexical && database == vectors,
        "the indexes differ from the database; `inhouse reindex` builds them again"
    );
    Ok(())
}

/// Goes over to the configured embedding model here and now, without the one that answered: embeds
/// what has no vector by it, builds the indexes, and lets it answer.
async fn embed_again(context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let by = context.principal(&store).await?.actor();
    let Context { config, out, .. } = context;
    let models = app::adopt(&config, &store).await?;
    let wanted = models
        .iter()
        .find(|known| known.model == config.embedding.id)
        .context("the embedding model is not known to the database")?;
    if wanted.state == ModelState::Paused {
        store.pause_embedding(&by, false).await?;
    }
    let lexical = app::lexical(&config).await?;
    let search = app::Search::open(&config, &store, lexical, wanted).await?;
    let embedder = search.retriever.embedder();
    // Until it is built again it holds less than it may have followed.
    search.follower.rewind_vectors().await?;
    loop {
        let mut told = Told::new(store.findable_passages().await?);
        let progress = |more| told.add(more, out);
        let answering = || embedder.clone();
        let indexes = Indexes::FilledLater;
        let embedded = embed_lacking(&store, embedder, indexes, answering, progress).await?;
        anyhow::ensure!(embedded, "somebody paused or gave up the change meanwhile");
        search.follower.rebuild().await?;
        if wanted.state == ModelState::Active || store.switch_embedding(embedder.id()).await? {
            break;
        }
    }
    forget_former(&store).await?;
    let (model, passages) = (embedder.id(), store.findable_passages().await?);
    writeln!(
        out,
        "{model} answers. Built the indexes again: {passages} passages."
    )?;
    Ok(())
}

/// Progress, told now and then.
struct Told {
    done: usize,
    said: usize,
    of: u64,
}

impl Told {
    const fn new(of: u64) -> Self {
        Self {
            done: 0,
            said: 0,
            of,
        }
    }

    fn add(&mut self, more: usize, out: &mut dyn Write) {
        self.done += more;
        if self.done >= self.said + TELL_EVERY {
            self.said = self.done;
            // Nobody may be there to read it any more: the work goes on.
            let _ = writeln!(out, "embedded {}; {} passages in all", self.done, self.of)
                .and_then(|()| out.flush());
        }
    }
}
