//! What is held on a person, erasing them, and how long everything is kept.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use crate::governance::retention::classes;
use crate::subject::pack;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{EraseRequest, ErasureReport, Retention, UserId};

/// Runs of retention that are shown.
const RUNS: u32 = 30;
/// The bounds of a reason, in characters.
const REASON_CHARS: std::ops::RangeInclusive<usize> = 10..=500;

/// Everything that is held on the caller, as a zip file.
pub(super) async fn export_own(State(app): State<App>, caller: Caller) -> AppResult<Response> {
    archive(&app, &caller, &caller.user.id).await
}

/// Everything that is held on a person, as a zip file for them.
pub(super) async fn export(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Response> {
    archive(&app, &caller, &id.parse()?).await
}

async fn archive(app: &App, caller: &Caller, person: &UserId) -> AppResult<Response> {
    let export = app.store.export_person(&caller.principal, person).await?;
    let kept = classes(&app.config.retention);
    let zip = tokio::task::spawn_blocking(move || pack(&export, &kept))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        // No name in it: files of that name lie about in download folders.
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"personal-data.zip\"",
        ),
    ];
    Ok((headers, zip).into_response())
}

/// What erasing a person would remove and keep.
pub(super) async fn preview_erasure(
    State(app): State<App>,
    _: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<ErasureReport>> {
    Ok(Json(app.store.preview_erasure(&id.parse()?).await?))
}

/// Erases a person, once the e-mail was typed again. Their questions in work are stopped first.
pub(super) async fn erase(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(request): Body<EraseRequest>,
) -> AppResult<Json<ErasureReport>> {
    let id: UserId = id.parse()?;
    let person = app.store.user(&id).await?;
    if request.confirm.trim().to_lowercase() != person.email {
        return Err(AppError::field(
            "confirm",
            "This is not the person's e-mail address. Type it as it stands there.",
        ));
    }
    check_reason(&request.reason)?;
    let by = caller.principal.actor();
    // On a task of its own: who asked may leave before it is done.
    let erasing = tokio::spawn(async move {
        let preview = app.store.preview_erasure(&id).await?;
        if preview.held_by.is_none() && id != caller.user.id {
            for run in app.store.running_runs_of(&id).await? {
                app.runs.cancel(&run);
            }
        }
        app.store.erase_person(&by, &id, &request.reason).await
    });
    let report = erasing.await.map_err(AppError::internal)?;
    Ok(Json(report?))
}

/// A reason that will stand in the record or in a hold.
pub(super) fn check_reason(reason: &str) -> AppResult<()> {
    if REASON_CHARS.contains(&reason.trim().chars().count()) {
        return Ok(());
    }
    Err(AppError::field(
        "reason",
        "Give a reason of 10 to 500 characters.",
    ))
}

/// How long each class is kept, and the last runs.
pub(super) async fn retention(State(app): State<App>, _: Caller) -> AppResult<Json<Retention>> {
    Ok(Json(Retention {
        classes: classes(&app.config.retention),
        runs: app.store.retention_runs(RUNS).await?,
    }))
}
