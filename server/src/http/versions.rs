//! A document over its versions: what is known of it, when each is in force, how two differ.

use super::access::Caller;
use crate::app::App;
use crate::compare::{MOST_CLAUSES, TooLong, Written, compare};
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use inhouse_protocol::{
    Comparison, DocumentDetail, DocumentFacts, DocumentId, DueReview, PersonName, ProposalsDecided,
    References, Reviewed, VersionDates, VersionId,
};
use inhouse_store::{Scope, VersionText};
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
    Query(Versions { before, after }): Query<Versions>,
) -> AppResult<Json<Comparison>> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    // First of all: what may not be seen looks the same with and without versions.
    app.store.document(&scope, &id).await?;
    let before = text(&app, &scope, &id, "before", &before).await?;
    let after = text(&app, &scope, &id, "after", &after).await?;
    let compared = tokio::task::spawn_blocking(move || {
        let clauses = compare(written(&before), written(&after));
        (before, after, clauses)
    });
    let (before, after, clauses) = compared.await.map_err(AppError::internal)?;
    let clauses = clauses.map_err(|TooLong| {
        AppError::invalid(format!(
            "These versions have more than {MOST_CLAUSES} clauses, which are too many to compare \
             here. Download both and compare them there."
        ))
    })?;
    Ok(Json(Comparison {
        document: after.document,
        set: after.set,
        before: before.version,
        after: after.version,
        clauses,
    }))
}

/// The text of the version of this document that the field of the query names.
async fn text(
    app: &App,
    scope: &Scope,
    document: &DocumentId,
    field: &'static str,
    version: &str,
) -> AppResult<VersionText> {
    if version.is_empty() {
        return Err(AppError::field(field, "Name a version of this document."));
    }
    let version: VersionId = version.parse()?;
    let text = app.store.version_text(scope, &version).await?;
    if text.document.id == *document {
        Ok(text)
    } else {
        Err(AppError::NotFound)
    }
}

fn written(text: &VersionText) -> Written<'_> {
    Written {
        text: &text.text,
        blocks: &text.blocks,
    }
}
