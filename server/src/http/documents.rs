//! Document sets, who may see them, uploads and the state of each file. What somebody may not see
//! isn't there for them, and neither is a change where they only read.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use crate::upload::{self, NewFile};
use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use inhouse_protocol::{
    DocumentAccess, DocumentId, DocumentSet, DocumentSummary, NewDocumentSet, SetAccess, SetId,
    Upload, UploadOutcome,
};
use inhouse_store::{Priority, Scope};
use tokio::io::AsyncWriteExt as _;

const NAME_CHARS: usize = 120;
const DESCRIPTION_CHARS: usize = 2_000;
/// A folder's name as it is sent, before what is too long is cut.
const FOLDER_BYTES: usize = 8_000;

/// The sets that the caller may see.
pub(super) async fn sets(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<DocumentSet>>> {
    let scope = app.store.scope(&caller.principal).await?;
    Ok(Json(app.store.sets(&scope).await?))
}

/// Makes a set.
pub(super) async fn create_set(
    State(app): State<App>,
    caller: Caller,
    Body(mut new): Body<NewDocumentSet>,
) -> AppResult<(StatusCode, Json<DocumentSet>)> {
    new.name = new.name.trim().to_owned();
    new.description = new
        .description
        .trim()
        .chars()
        .take(DESCRIPTION_CHARS)
        .collect();
    if !(1..=NAME_CHARS).contains(&new.name.chars().count()) {
        return Err(AppError::field(
            "name",
            format!("Give a name of 1 to {NAME_CHARS} characters."),
        ));
    }
    let set = app
        .store
        .create_set(&caller.principal.actor(), &new)
        .await?;
    Ok((StatusCode::CREATED, Json(set)))
}

/// Replaces who may see a set and manage it.
pub(super) async fn set_access(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(access): Body<SetAccess>,
) -> AppResult<StatusCode> {
    let id: SetId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    app.store
        .set_access(&caller.principal.actor(), &scope, &id, &access)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The documents of a set, by name.
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Vec<DocumentSummary>>> {
    let id: SetId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    Ok(Json(app.store.documents(&scope, &id).await?))
}

/// Takes the files of a multipart form, each for itself: one that is refused stops no other. A
/// `folder` holds for the files after it.
pub(super) async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut form: Multipart,
) -> AppResult<Json<Vec<Upload>>> {
    let id: SetId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    let set = app.store.set(&scope, &id).await?;
    managed(&scope, &set.id)?;
    let (mut uploads, mut folder) = (Vec::new(), String::new());
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|error| cut_off(&app, &error))?
    {
        let kind = field.name().unwrap_or_default().to_owned();
        if kind == "folder" {
            folder = upload::folder(&short_text(&app, field).await?);
            continue;
        }
        if kind != "file" {
            continue;
        }
        let name = upload::file_name(field.file_name().unwrap_or_default());
        let stored = receive(&app, field).await?;
        let outcome = match &stored {
            Received::File(file) => {
                let new = NewFile {
                    set: &set.id,
                    folder: &folder,
                    name: &name,
                    priority: Priority::Upload,
                };
                upload::accept(&app, &caller.principal, &new, file.path()).await?
            }
            Received::Empty => UploadOutcome::Refused {
                reason: "This file is empty.".into(),
            },
        };
        uploads.push(Upload { name, outcome });
    }
    if uploads.is_empty() {
        return Err(AppError::field("file", "Choose at least one file."));
    }
    Ok(Json(uploads))
}

/// A field of a few words.
async fn short_text(app: &App, mut field: Field<'_>) -> AppResult<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| cut_off(app, &error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > FOLDER_BYTES {
            return Err(AppError::field("folder", "This folder's name is too long."));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

enum Received {
    File(tempfile::NamedTempFile),
    Empty,
}

fn cut_off(app: &App, error: &MultipartError) -> AppError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return AppError::TooLarge {
            limit_bytes: app.config.server.max_upload_bytes,
        };
    }
    AppError::invalid(format!(
        "The upload was cut off: {}. Send it again.",
        error.body_text()
    ))
}

/// Writes the field to a temporary file, never holding it in memory.
async fn receive(app: &App, mut field: Field<'_>) -> AppResult<Received> {
    let file = tempfile::NamedTempFile::new_in(&app.config.data).map_err(AppError::internal)?;
    let mut sink = tokio::fs::File::from_std(file.reopen().map_err(AppError::internal)?);
    let mut bytes = 0_usize;
    while let Some(chunk) = field.chunk().await.map_err(|error| cut_off(app, &error))? {
        bytes += chunk.len();
        sink.write_all(&chunk).await.map_err(AppError::internal)?;
    }
    sink.flush().await.map_err(AppError::internal)?;
    Ok(if bytes == 0 {
        Received::Empty
    } else {
        Received::File(file)
    })
}

/// Whether the caller may change what is in a set: for who only reads it, changing isn't there.
fn managed(scope: &Scope, set: &SetId) -> AppResult<()> {
    if scope.manages(set) {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}

/// Replaces who may see a document, of those who may see its set.
pub(super) async fn document_access(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(access): Body<DocumentAccess>,
) -> AppResult<StatusCode> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    app.store
        .set_document_access(&caller.principal.actor(), &scope, &id, &access)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a document from every answer, at once.
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    app.store
        .delete_document(&caller.principal.actor(), &scope, &id)
        .await?;
    app.wake_worker();
    Ok(StatusCode::NO_CONTENT)
}
