//! Queues of the desk, their service levels and their members.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_protocol::{MemberChange, Queue, QueueChange, QueueId, Queues, UserId};

/// The queues that the caller may see, who works the desk, and when.
pub(super) async fn list(State(app): State<App>, caller: Caller) -> AppResult<Json<Queues>> {
    Ok(Json(app.store.queues(&caller.principal).await?))
}

/// Makes a queue. A restricted one is seen by everybody at the desk until it has its first member.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<QueueChange>,
) -> AppResult<(StatusCode, Json<Queue>)> {
    let id = app.store.create_queue(&caller.principal, &new).await?;
    Ok((StatusCode::CREATED, Json(one(&app, &caller, &id).await?)))
}

/// Changes a queue; its key stays.
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(change): Body<QueueChange>,
) -> AppResult<Json<Queue>> {
    let id: QueueId = id.parse()?;
    app.store
        .change_queue(&caller.principal, &id, &change)
        .await?;
    Ok(Json(one(&app, &caller, &id).await?))
}

/// Retires a queue in which nothing is open.
pub(super) async fn retire(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: QueueId = id.parse()?;
    app.store.retire_queue(&caller.principal, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes somebody a member, or says whether the rotation passes them over.
pub(super) async fn set_member(
    State(app): State<App>,
    caller: Caller,
    Path((queue, user)): Path<(String, String)>,
    Body(change): Body<MemberChange>,
) -> AppResult<StatusCode> {
    let (queue, user): (QueueId, UserId) = (queue.parse()?, user.parse()?);
    app.store
        .set_queue_member(&caller.principal, &queue, &user, change.away)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes somebody out of a queue.
pub(super) async fn remove_member(
    State(app): State<App>,
    caller: Caller,
    Path((queue, user)): Path<(String, String)>,
) -> AppResult<StatusCode> {
    let (queue, user): (QueueId, UserId) = (queue.parse()?, user.parse()?);
    app.store
        .remove_queue_member(&caller.principal, &queue, &user)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn one(app: &App, caller: &Caller, id: &QueueId) -> AppResult<Queue> {
    let queues = app.store.queues(&caller.principal).await?.queues;
    let mut queues = queues.into_iter();
    let queue = queues.find(|queue| queue.name.id == *id);
    queue.ok_or(AppError::NotFound)
}
