//! Watched folders: what lies in them is kept in a document set. Files are looked at again and
//! again instead of being reported by the system, which works on network shares too.

mod look;
mod plan;
#[cfg(test)]
mod tests;

use crate::app::App;
use crate::config::Watch;
use crate::error::AppResult;
use inhouse_protocol::{Role, WatchedFolder};
use inhouse_store::{Job, Principal, Scope};
use look::Watcher;
use plan::Memory;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Of several processes one has a folder; when it is gone, another takes it after this long.
const LEASE_MS: i64 = 30_000;
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Watches every configured folder until `halt`.
pub(crate) async fn keep(app: App, halt: CancellationToken) {
    let folders = app.config.ingest.watch.iter();
    let all = folders.map(|watch| keep_one(&app, watch, &halt));
    futures::future::join_all(all).await;
}

async fn keep_one(app: &App, watch: &Watch, halt: &CancellationToken) {
    let owner = uuid::Uuid::now_v7().to_string();
    let every = Duration::from_secs(watch.every_s);
    loop {
        if let Some(job) = lease(app, watch, &owner).await {
            tokio::select! {
                () = looks(app, watch, every) => {}
                () = app.store.keep_lease(&job.id, &owner, LEASE_MS, HEARTBEAT) => {
                    tracing::warn!(folder = watch.root(), "another process watches it from now on");
                }
                () = halt.cancelled() => {
                    if let Err(error) = app.store.release_job(&job.id, &owner).await {
                        tracing::warn!(%error, "a watched folder could not be given back");
                    }
                    return;
                }
            }
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(every.min(HEARTBEAT)) => {}
        }
    }
}

/// The right to watch the folder, if no other process has it.
async fn lease(app: &App, watch: &Watch, owner: &str) -> Option<Job> {
    let root = watch.root();
    let kind = format!("watch:{root}");
    let leased = async {
        app.store.ensure_job(&kind, &root).await?;
        app.store.lease_job(&[kind.as_str()], owner, LEASE_MS).await
    };
    match leased.await {
        Ok(job) => job,
        Err(error) => {
            tracing::error!(%error, folder = root, "it could not be seen who watches it");
            None
        }
    }
}

/// Looks for ever.
async fn looks(app: &App, watch: &Watch, every: Duration) {
    let mut watcher = Watcher {
        store: app.store.clone(),
        originals: app.originals.clone(),
        root: watch.root(),
        path: app.config.watched_path(watch),
        set: watch.set.trim().to_owned(),
        most_bytes: app.config.server.max_upload_bytes,
        memory: Memory::default(),
    };
    loop {
        match watcher.look().await {
            Ok(true) => app.wake_worker(),
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, folder = watch.root(), "a look failed; trying again");
            }
        }
        tokio::time::sleep(every).await;
    }
}

/// The folders whose set the scope manages; those without a set are told to admins, who can make
/// it.
pub(crate) async fn folders(app: &App, scope: &Scope, role: Role) -> AppResult<Vec<WatchedFolder>> {
    let mut folders = Vec::new();
    let everything = app.store.scope(&Principal::operator()).await?;
    for watch in &app.config.ingest.watch {
        let set = app.store.set_by_name(&everything, &watch.set).await?;
        let told = match &set {
            Some(set) => scope.manages(&set.id),
            None => role == Role::Admin,
        };
        if !told {
            continue;
        }
        let root = watch.root();
        let seen = app.store.watched_folder(scope, &root).await?;
        let seen = seen.unwrap_or_else(|| WatchedFolder {
            folder: root,
            set: None,
            set_name: String::new(),
            files: 0,
            refused: Vec::new(),
            looked_at: None,
            problem: String::new(),
        });
        let (set, set_name) = match set {
            Some(set) => (Some(set.id), set.name),
            None => (None, watch.set.clone()),
        };
        folders.push(WatchedFolder {
            set,
            set_name,
            ..seen
        });
    }
    Ok(folders)
}
