//! `inhouse serve` and `inhouse worker`: what runs until it is told to stop.

use super::{App, StartError};
use crate::governance::{checkpoints, retention, settings};
use crate::mail::{self, MailSender};
use crate::tickets::{self, TicketSender, Trackers};
use crate::{approved, desk, embedding, http, pipeline, watch};
use inhouse_ingest::Worker;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long requests and jobs in work may take to end after the word to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How often the outbox is looked at when nothing wakes us.
const FOLLOW: Duration = Duration::from_millis(500);
/// How often unfinished questions are looked for.
const KEEP_QUESTIONS: Duration = Duration::from_mins(1);

/// Serves the interface and the API until `stop` comes; with the embedded stores, reads documents
/// and sends tickets too. Tells `listening` the address once it answers.
pub async fn serve(
    app: &App,
    listening: impl FnOnce(SocketAddr) + Send,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let site = app.config.site_dir();
    if !site.join("pkg/inhouse.css").is_file() {
        return Err(StartError::Site(format!(
            "The interface's files are not in {}. Run `make build`, or set server.site.",
            site.display()
        )));
    }
    let address = app.config.server.listen;
    let listen = |error| StartError::Listen { address, error };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let bound = listener.local_addr().map_err(listen)?;
    settings::record_start(app, "serve").await?;

    let halt = app.stopping.clone();
    let tasks = TaskTracker::new();
    tasks.spawn(follow(app.clone(), halt.clone()));
    tasks.spawn(embedding::follow(app.clone(), halt.clone()));
    tasks.spawn(checkpoints::keep(app.clone(), halt.clone()));
    tasks.spawn(keep_questions(app.clone(), halt.clone()));
    tasks.spawn(desk::keep(app.clone(), halt.clone()));
    tasks.spawn(approved::keep(app.clone(), halt.clone()));
    tasks.spawn(crate::evaluation::keep(app.clone(), halt.clone()));
    let ahead = app.clone();
    tasks.spawn(async move { pipeline::prepare(&ahead).await });
    if app.store.is_sqlite() {
        spawn_workers(app, &tasks, &halt)?;
    }
    let service = http::router(app).into_make_service_with_connect_info::<SocketAddr>();
    listening(bound);
    let stopping = halt.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        stopping.cancel();
    });
    let grace = {
        let halt = halt.clone();
        async move {
            halt.cancelled().await;
            tokio::time::sleep(GRACE).await;
        }
    };
    tokio::select! {
        served = server => served.map_err(listen)?,
        () = grace => tracing::info!("open connections were closed"),
    }
    halt.cancel();
    finish(tasks).await;
    Ok(())
}

/// Reads documents, sends tickets and removes what is old enough until `stop` comes.
pub async fn work(
    app: &App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    settings::record_start(app, "worker").await?;
    let halt = CancellationToken::new();
    let tasks = TaskTracker::new();
    spawn_workers(app, &tasks, &halt)?;
    tasks.spawn(follow(app.clone(), halt.clone()));
    tasks.spawn(embedding::follow(app.clone(), halt.clone()));
    tasks.spawn(checkpoints::keep(app.clone(), halt.clone()));
    stop.await;
    halt.cancel();
    finish(tasks).await;
    Ok(())
}

async fn finish(tasks: TaskTracker) {
    tasks.close();
    if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
        tracing::warn!("jobs were left in work; their lease runs out and another takes them");
    }
}

fn spawn_workers(
    app: &App,
    tasks: &TaskTracker,
    halt: &CancellationToken,
) -> Result<(), StartError> {
    for _ in 0..app.config.ingest.workers {
        let worker = Worker::new(
            app.store.clone(),
            app.originals.clone(),
            app.embeds.subscribe(),
            app.config.cage(),
        );
        let halt = halt.clone();
        tasks.spawn(async move { worker.run(halt.cancelled()).await });
    }
    tasks.spawn(embedding::keep(app.clone(), halt.clone()));
    tasks.spawn(watch::keep(app.clone(), halt.clone()));
    tasks.spawn(retention::keep(app.clone(), halt.clone()));
    tasks.spawn(mail::remind(app.clone(), halt.clone()));
    let mail = MailSender::new(&app.config, app.store.clone())?;
    let stopped = halt.clone();
    tasks.spawn(async move { mail.run(stopped).await });
    let trackers = Trackers::new(&app.config, app.store.clone())?;
    let sender = TicketSender::new(trackers.clone());
    let stopped = halt.clone();
    tasks.spawn(async move { sender.run(stopped).await });
    tasks.spawn(tickets::keep(trackers, halt.clone()));
    Ok(())
}

/// Sends to a person what a process that was killed left unfinished. On the embedded database
/// that process was this one's predecessor, so the first look need not wait for a heartbeat.
async fn keep_questions(app: App, halt: CancellationToken) {
    let lost = |app: &App| app.store.now().plus_ms(-pipeline::LOST_AFTER_MS);
    let mut silent_since = if app.store.is_sqlite() {
        app.started_at
    } else {
        lost(&app)
    };
    loop {
        match pipeline::recover(&app, silent_since).await {
            Ok(0) => {}
            Ok(left) => tracing::warn!(left, "questions left unfinished were sent to a person"),
            Err(error) => tracing::error!(%error, "unfinished questions could not be looked up"),
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(KEEP_QUESTIONS) => silent_since = lost(&app),
        }
    }
}

/// Keeps this process's indexes up to the database.
async fn follow(app: App, halt: CancellationToken) {
    loop {
        match app.search().follower.catch_up().await {
            Ok(0) => {}
            Ok(entries) => tracing::info!(entries, "the indexes have followed the database"),
            Err(error) => {
                tracing::error!(%error, "the indexes could not follow the database; trying again");
            }
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = app.worker.notified() => {}
            () = tokio::time::sleep(FOLLOW) => {}
        }
    }
}
