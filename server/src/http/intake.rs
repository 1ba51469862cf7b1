//! Files on their way in: how far they are, stopping and retrying them, what failed, and the
//! folders that files come from by themselves.

use super::access::{Caller, caller};
use super::sse;
use crate::app::App;
use crate::error::{AppError, AppResult, OptionalBody};
use crate::watch;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::response::sse::Event;
use futures::stream;
use inhouse_ingest::cage;
use inhouse_protocol::{
    Affected, DocumentId, DocumentSummary, Progress, Quarantine, ReadSettings, SetId, Timestamp,
    WatchedFolder,
};
use inhouse_store::Scope;
use serde::Deserialize;
use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

/// How often a set is looked at for what moved in it.
const LOOK: Duration = Duration::from_millis(500);

/// Reads a failed document once more, as the body says, where there is one.
pub(super) async fn retry(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    OptionalBody(settings): OptionalBody<ReadSettings>,
) -> AppResult<Json<DocumentSummary>> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    app.store
        .retry_version(&caller.principal.actor(), &scope, &id, &settings)
        .await?;
    app.wake_worker();
    Ok(Json(app.store.document(&scope, &id).await?))
}

/// Stops a document that waits or is being read.
pub(super) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    app.store
        .cancel_version(&caller.principal.actor(), &scope, &id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads every failed document of a set once more, each as it was read the last time.
pub(super) async fn retry_failed(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Affected>> {
    let id: SetId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    let documents = app
        .store
        .retry_failed(&caller.principal.actor(), &scope, &id)
        .await?;
    app.wake_worker();
    Ok(Json(Affected { documents }))
}

/// Stops everything in a set that waits or is being read.
pub(super) async fn cancel_all(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Affected>> {
    let id: SetId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    let documents = app
        .store
        .cancel_all(&caller.principal.actor(), &scope, &id)
        .await?;
    Ok(Json(Affected { documents }))
}

/// What could not be read, of the sets that the caller manages.
pub(super) async fn quarantine(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Quarantine>> {
    let scope = manager(&app, &caller).await?;
    let ocr_languages = tokio::task::spawn_blocking(cage::ocr_languages)
        .await
        .map_err(AppError::internal)?;
    Ok(Json(Quarantine {
        files: app.store.quarantine(&scope).await?,
        ocr_languages,
    }))
}

/// The folders of this server whose files are kept in sets that the caller manages.
pub(super) async fn watched(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<WatchedFolder>>> {
    let scope = manager(&app, &caller).await?;
    let folders = watch::folders(&app, &scope, caller.user.role).await?;
    Ok(Json(folders))
}

/// The scope of somebody who manages at least one set.
async fn manager(app: &App, caller: &Caller) -> AppResult<Scope> {
    let scope = app.store.scope(&caller.principal).await?;
    if scope.manages_any() {
        Ok(scope)
    } else {
        Err(AppError::NotFound)
    }
}

#[derive(Deserialize)]
pub(super) struct Until {
    #[serde(default)]
    until: Option<Settled>,
}

/// The stream ends once nothing is on its way.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Settled {
    Settled,
}

/// How far the files of a set are, as server-sent events: at first all that are on their way,
/// then what moves. With `?until=settled` it ends once nothing is on its way.
pub(super) async fn progress(
    State(app): State<App>,
    who: Caller,
    Path(id): Path<String>,
    Query(Until { until }): Query<Until>,
    headers: HeaderMap,
) -> AppResult<Response> {
    let set: SetId = id.parse()?;
    let scope = app.store.scope(&who.principal).await?;
    app.store.set(&scope, &set).await?;
    let watcher = Watcher {
        app,
        who,
        headers,
        set,
        until_settled: until.is_some(),
        since: Timestamp(0),
        told: None,
        ended: false,
    };
    Ok(sse::response(stream::unfold(
        watcher,
        |mut watcher| async move {
            let progress = watcher.next().await?;
            let event = Event::default().json_data(&progress).unwrap_or_default();
            Some((Ok::<_, Infallible>(event), watcher))
        },
    )))
}

/// What the reader knows by now.
struct Told {
    documents: HashMap<DocumentId, DocumentSummary>,
    counts: [u64; 3],
}

struct Watcher {
    app: App,
    who: Caller,
    headers: HeaderMap,
    set: SetId,
    until_settled: bool,
    since: Timestamp,
    told: Option<Told>,
    ended: bool,
}

impl Watcher {
    /// What moved, once something has; `None` when the caller lost the right to read on, and
    /// when this process stops.
    async fn next(&mut self) -> Option<Progress> {
        while !self.ended {
            if self.told.is_some() {
                tokio::select! {
                    () = self.app.stopping.cancelled() => return None,
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            if let Some(progress) = self.look().await.ok()? {
                self.ended = self.until_settled && progress.in_progress == 0;
                return Some(progress);
            }
        }
        None
    }

    /// What moved since the last look, if anything has.
    async fn look(&mut self) -> AppResult<Option<Progress>> {
        let scope = self.scope().await?;
        let looked = self.app.store.progress(&scope, &self.set, self.since);
        let (mut progress, newest) = looked.await?;
        self.since = newest;
        let documents = progress.moved.iter();
        let documents = documents.map(|document| (document.id.clone(), document.clone()));
        let now = Told {
            documents: documents.collect(),
            counts: [progress.in_progress, progress.failed, progress.documents],
        };
        let counts = now.counts;
        let Some(before) = self.told.replace(now) else {
            return Ok(Some(progress));
        };
        // What moved lately is told again and again.
        progress
            .moved
            .retain(|document| before.documents.get(&document.id) != Some(document));
        let news = !progress.moved.is_empty() || counts != before.counts;
        Ok(news.then_some(progress))
    }

    /// What the caller may see now, if they are still let in. Reading on is no use of a session: a
    /// page that was left open doesn't keep it alive.
    async fn scope(&self) -> AppResult<Scope> {
        let store = &self.app.store;
        let let_in = if let Some(session) = &self.who.session {
            let sessions = store.sessions(&self.who.user.id, Some(session)).await?;
            sessions.iter().any(|session| session.current)
        } else {
            caller(&self.app, &self.headers).await?.is_some()
        };
        if !let_in {
            return Err(AppError::SignInRequired);
        }
        Ok(store.scope(&self.who.principal).await?)
    }
}
