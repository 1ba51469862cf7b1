//! A document over its versions: what is known of it, when each is in force, how two differ.

use super::access::Caller;
use super::documents::managed;
use crate::app::App;
use crate::compare::{MOST_CLAUSES, Written, compare};
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use inhouse_protocol::{
    ComparedVersion, Comparison, DocumentDetail, DocumentFacts, DocumentId, DocumentName,
    DueReview, PersonName, ProposalsDecided, References, Reviewed, VersionDates, VersionDetail,
    VersionId, VersionState,
};
use serde::Deserialize;

/// Everything about one document.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<DocumentDetail>> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    Ok(Json(app.store.document_detail(&scope, &id).await?))
}

/// Replaces what is known of a document.
pub(super) async fn set_facts(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(facts): Body<DocumentFacts>,
) -> AppResult<StatusCode> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    app.store
        .set_facts(&caller.principal.actor(), &scope, &id, &facts)
        .await?;
    app.wake_worker();
    Ok(StatusCode::NO_CONTENT)
}

/// Who could own a document.
pub(super) async fn owners(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<Vec<PersonName>>> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    let document = app.store.document(&scope, &id).await?;
    managed(&scope, &document.set)?;
    Ok(Json(app.store.possible_owners(&scope, &id).await?))
}

/// Keeps that the document's owner, or who manages its set, has looked at it.
pub(super) async fn reviewed(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(reviewed): Body<Reviewed>,
) -> AppResult<StatusCode> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    app.store
        .reviewed(&caller.principal.actor(), &scope, &id, reviewed)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What still refers to a document.
pub(super) async fn references(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<References>> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    Ok(Json(app.store.references(&scope, &id).await?))
}

/// Replaces when a version is in force.
pub(super) async fn set_dates(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(dates): Body<VersionDates>,
) -> AppResult<StatusCode> {
    let id: VersionId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    app.store
        .set_version_dates(&caller.principal.actor(), &scope, &id, dates)
        .await?;
    app.wake_worker();
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps a person's word on what was read from the document itself.
pub(super) async fn decide_proposals(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(decided): Body<ProposalsDecided>,
) -> AppResult<StatusCode> {
    let id: VersionId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    app.store
        .decide_proposals(&caller.principal.actor(), &scope, &id, &decided)
        .await?;
    app.wake_worker();
    Ok(StatusCode::NO_CONTENT)
}

/// The documents that the caller owns and should look at again.
pub(super) async fn due_reviews(
    State(app): State<App>,
    caller: Caller,
) -> AppResult<Json<Vec<DueReview>>> {
    let scope = app.store.scope(&caller.principal).await?;
    Ok(Json(app.store.due_reviews(&scope, &caller.user.id).await?))
}

#[derive(Deserialize)]
pub(super) struct Versions {
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
}

/// How two versions of a document differ, clause by clause.
pub(super) async fn comparison(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(versions): Query<Versions>,
) -> AppResult<Json<Comparison>> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    let detail = app.store.document_detail(&scope, &id).await?;
    let before = readable(&detail, "before", &versions.before)?;
    let after = readable(&detail, "after", &versions.after)?;
    let old = app.store.version_text(&scope, &before.id).await?;
    let new = app.store.version_text(&scope, &after.id).await?;
    let compared = tokio::task::spawn_blocking(move || {
        let old = Written {
            text: &old.text,
            blocks: &old.blocks,
        };
        let new = Written {
            text: &new.text,
            blocks: &new.blocks,
        };
        compare(old, new)
    });
    let clauses = compared.await.map_err(AppError::internal)?.map_err(|_| {
        AppError::invalid(format!(
            "These versions have more than {MOST_CLAUSES} clauses, which are too many to compare \
             here. Download both and compare them there."
        ))
    })?;
    let summary = &detail.summary;
    Ok(Json(Comparison {
        document: DocumentName {
            id: summary.id.clone(),
            folder: summary.folder.clone(),
            name: summary.name.clone(),
            title: summary.title.clone(),
        },
        set: summary.set.clone(),
        before: compared_version(before),
        after: compared_version(after),
        clauses,
    }))
}

/// The version of the document that `id` names, if it has been read.
fn readable<'a>(
    detail: &'a DocumentDetail,
    field: &'static str,
    id: &str,
) -> AppResult<&'a VersionDetail> {
    if id.is_empty() {
        return Err(AppError::field(field, "Name a version of this document."));
    }
    let mut versions = detail.versions.iter();
    let version = versions
        .find(|version| version.id.as_str() == id)
        .ok_or(AppError::NotFound)?;
    if version.state == VersionState::Ready {
        Ok(version)
    } else {
        Err(AppError::field(
            field,
            format!("Version {} isn't read. Choose one that is.", version.number),
        ))
    }
}

fn compared_version(version: &VersionDetail) -> ComparedVersion {
    ComparedVersion {
        id: version.id.clone(),
        number: version.number,
        added_at: version.added_at,
        validity: version.validity,
    }
}
