//! Groups: for admins, and by name for whoever manages a document set or says who is given an
//! approved answer.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult, Body};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use inhouse_protocol::{Group, GroupChange, GroupDetail, GroupId, Role, UserId};

const NAME_CHARS: usize = 120;
const DESCRIPTION_CHARS: usize = 2_000;

/// All groups, by name. For who neither manages people nor a set, nor works the desk, they aren't
/// there.
pub(super) async fn list(State(app): State<App>, caller: Caller) -> AppResult<Json<Vec<Group>>> {
    let scope = app.store.scope(&caller.principal).await?;
    let by_role = matches!(caller.principal.role(), Some(Role::Admin | Role::Legal));
    if !by_role && !scope.manages_any() {
        return Err(AppError::NotFound);
    }
    Ok(Json(app.store.groups().await?))
}

/// Makes a group of nobody.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(mut new): Body<GroupChange>,
) -> AppResult<(StatusCode, Json<Group>)> {
    new.name = Some(new.name.unwrap_or_default());
    let new = checked(new)?;
    let by = caller.principal.actor();
    let group = app.store.create_group(&by, &new).await?;
    Ok((StatusCode::CREATED, Json(group)))
}

/// A group with its people and, of the sets that it has a right on, those that the caller sees.
pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<Json<GroupDetail>> {
    let id: GroupId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    Ok(Json(app.store.group(&scope, &id).await?))
}

/// Changes a group's name or description.
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(change): Body<GroupChange>,
) -> AppResult<Json<Group>> {
    let id: GroupId = id.parse()?;
    let change = checked(change)?;
    let by = caller.principal.actor();
    Ok(Json(app.store.change_group(&by, &id, &change).await?))
}

/// Removes a group with the rights that it gave.
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> AppResult<StatusCode> {
    let id: GroupId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    let by = caller.principal.actor();
    app.store.delete_group(&by, &scope, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts somebody into a group.
pub(super) async fn add_member(
    State(app): State<App>,
    caller: Caller,
    Path((group, user)): Path<(String, String)>,
) -> AppResult<StatusCode> {
    let (group, user): (GroupId, UserId) = (group.parse()?, user.parse()?);
    let by = caller.principal.actor();
    app.store.add_member(&by, &group, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes somebody out of a group.
pub(super) async fn remove_member(
    State(app): State<App>,
    caller: Caller,
    Path((group, user)): Path<(String, String)>,
) -> AppResult<StatusCode> {
    let (group, user): (GroupId, UserId) = (group.parse()?, user.parse()?);
    let by = caller.principal.actor();
    app.store.remove_member(&by, &group, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The change with its texts trimmed, or what is wrong with them.
fn checked(change: GroupChange) -> AppResult<GroupChange> {
    let name = change.name.map(|name| name.trim().to_owned());
    let fits = |name: &String| (1..=NAME_CHARS).contains(&name.chars().count());
    if !name.as_ref().is_none_or(fits) {
        return Err(AppError::field(
            "name",
            format!("Give a name of 1 to {NAME_CHARS} characters."),
        ));
    }
    let description = change.description;
    let description = description.map(|text| text.trim().chars().take(DESCRIPTION_CHARS).collect());
    Ok(GroupChange { name, description })
}
