//! The log, for admins who said why they open it.

use super::access::Caller;
use super::privacy::check_reason;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use crate::governance::checkpoints;
use crate::governance::export::{Format, pack};
use axum::Json;
use axum::body::Body as Content;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{
    LogFault, LogFilter, LogOpening, LogPage, LogState, LogVerdict, OpenLog, QuestionStory, RunId,
    Timestamp, UserId,
};
use inhouse_store::OpenedLog;
use serde::Deserialize;
use std::time::Instant;
use tokio::sync::Mutex;
use tokio_util::io::ReaderStream;

/// Records of a page where the query doesn't say.
const PAGE: u32 = 50;

/// Following the whole chain keeps two cores busy for seconds: one at a time.
static VERIFYING: Mutex<()> = Mutex::const_new(());

/// The query of everything that reads the log. Not a [`LogFilter`] within: what is flattened
/// reaches serde as text.
#[derive(Debug, Deserialize)]
pub(super) struct Reading {
    opening: Option<i64>,
    before: Option<i64>,
    limit: Option<u32>,
    #[serde(default)]
    format: Format,
    person: Option<UserId>,
    subject: Option<String>,
    action: Option<String>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Reading {
    fn filter(&self) -> LogFilter {
        let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        LogFilter {
            person: self.person.clone(),
            subject: text(self.subject.as_deref()),
            action: text(self.action.as_deref()),
            from: self.from,
            until: self.until,
        }
    }
}

/// Opens the log for an hour.
pub(super) async fn open(
    State(app): State<App>,
    caller: Caller,
    Body(open): Body<OpenLog>,
) -> AppResult<(StatusCode, Json<LogOpening>)> {
    check_reason(&open.reason)?;
    let opening = app.store.open_log(&caller.principal, &open.reason).await?;
    Ok((StatusCode::CREATED, Json(opening)))
}

/// A page of the log, newest first.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(reading): Query<Reading>,
) -> AppResult<Json<LogPage>> {
    let opened = opened(&app, &caller, reading.opening).await?;
    let limit = reading.limit.unwrap_or(PAGE);
    let (records, before) = app
        .store
        .read_log(&opened, &reading.filter(), reading.before, limit)
        .await?;
    Ok(Json(LogPage {
        records,
        before,
        state: state(&app).await?,
    }))
}

/// Everything about one question.
pub(super) async fn question(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(reading): Query<Reading>,
) -> AppResult<Json<QuestionStory>> {
    let id: RunId = id.parse()?;
    let opened = opened(&app, &caller, reading.opening).await?;
    Ok(Json(app.store.question_story(&opened, &id).await?))
}

/// The records that the filter lets through, as a zip with a signed manifest.
pub(super) async fn export(
    State(app): State<App>,
    caller: Caller,
    Query(reading): Query<Reading>,
) -> AppResult<Response> {
    let opened = opened(&app, &caller, reading.opening).await?;
    let filter = reading.filter();
    let format = reading.format;
    let export = app
        .store
        .export_log(&opened, &filter, format.as_str())
        .await?;
    // Beside the database, and without a name: it is gone once it was sent.
    let file = tempfile::tempfile_in(&app.config.data).map_err(AppError::internal)?;
    let place = (file, app.store.now());
    let (file, _) = pack(export, &filter, format, &app.record_keys, place)
        .await
        .map_err(AppError::internal)?;
    let body = Content::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/zip"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"log.zip\""),
        ),
    ];
    Ok((headers, body).into_response())
}

/// Follows the whole chain now. Tells how many records there are, and nothing of what is in them.
pub(super) async fn verify(State(app): State<App>, _: Caller) -> AppResult<Json<LogVerdict>> {
    let _one = VERIFYING.lock().await;
    let started = Instant::now();
    let trusted = app.record_keys.public_keys();
    let check = checkpoints::verify(&app.store, &app.config, trusted, Vec::new())
        .await
        .map_err(AppError::internal)?;
    Ok(Json(LogVerdict {
        records: check.records,
        checkpoints: check.checkpoints,
        fault: check.fault.map(|fault| LogFault {
            seq: fault.seq,
            message: fault.to_string(),
        }),
        took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }))
}

async fn opened(app: &App, caller: &Caller, opening: Option<i64>) -> AppResult<OpenedLog> {
    let opened = match opening {
        Some(opening) => app.store.opened_log(&caller.principal, opening).await?,
        None => None,
    };
    opened.ok_or_else(|| {
        AppError::field(
            "opening",
            "Say first why you open the log; it then stays open for an hour.",
        )
    })
}

async fn state(app: &App) -> AppResult<LogState> {
    let standing = app.store.log_standing().await?;
    Ok(LogState {
        newest: standing.newest,
        first: standing.first,
        checkpoint: standing.checkpoint.as_ref().map(|made| made.seq),
        checkpoint_at: standing.checkpoint.map(|made| Timestamp(made.at)),
        public_key: app.record_keys.public_key(),
        key_id: app.record_keys.key_id(),
    })
}
