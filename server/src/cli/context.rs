//! What every command works with.

use crate::app::{Answers, App, StartError, open_store};
use crate::config::Config;
use anyhow::Context as _;
use inhouse_protocol::DocumentId;
use inhouse_retrieval::RetrievalError;
use inhouse_store::{Principal, Scope, Store};
use std::io::Write;

/// The configuration, who acts, and where to print.
pub(super) struct Context<'a> {
    pub(super) config: Config,
    /// `--as EMAIL`.
    pub(super) acting: Option<String>,
    pub(super) out: &'a mut dyn Write,
}

impl Context<'_> {
    /// The instance's database, at this version's schema.
    pub(super) async fn store(&self) -> anyhow::Result<Store> {
        Ok(open_store(&self.config).await?)
    }

    /// The person of `--as`, else the operator.
    pub(super) async fn principal(&self, store: &Store) -> anyhow::Result<Principal> {
        principal(store, self.acting.as_deref()).await
    }
}

/// The instance with all its parts.
pub(super) async fn open_app(config: &Config, answers: Answers) -> anyhow::Result<App> {
    match Box::pin(App::open(config.clone(), answers)).await {
        Err(StartError::Retrieval(RetrievalError::InUse { path })) => anyhow::bail!(
            "{}: another process has this instance open, `inhouse serve` perhaps. Stop it first, \
             or work with it in the browser",
            path.display()
        ),
        opened => Ok(opened?),
    }
}

/// Brings the indexes up to the database. Where another process writes them it is the one that
/// does, and what they hold now is searched.
pub(super) async fn catch_up(app: &App) {
    if let Err(error) = app.search().follower.catch_up().await {
        tracing::error!(%error, "the indexes could not be brought up to the database from here");
    }
}

/// The person with this e-mail, else the operator.
pub(super) async fn principal(store: &Store, acting: Option<&str>) -> anyhow::Result<Principal> {
    let Some(email) = acting else {
        return Ok(Principal::operator());
    };
    store.principal_of_email(email).await?.with_context(|| {
        format!("--as {email}: there is no such account, or it is disabled; `inhouse user list` shows all")
    })
}

/// The document of this file name, or folder and file name, within the scope.
pub(super) async fn document(
    store: &Store,
    scope: &Scope,
    name: &str,
) -> anyhow::Result<DocumentId> {
    let mut documents = store.documents_named(scope, name).await?;
    match documents.len() {
        1 => Ok(documents.remove(0).id),
        0 => anyhow::bail!("there is no document named '{name}', or it isn't yours to see"),
        n => anyhow::bail!(
            "{n} documents are named '{name}'; put the folder before it, such as 2026/{name}, or \
             rename one of them"
        ),
    }
}
