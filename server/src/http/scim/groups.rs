//! `/scim/v2/Groups`.

use super::answer::{Object, ScimError, made, ok, page};
use super::users::Asked;
use super::{group, patch};
use crate::app::App;
use crate::http::access::Caller;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use inhouse_protocol::GroupId;
use inhouse_store::ScimGroupData;

/// Groups that the client keeps.
pub(in crate::http) async fn list(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let asked = Asked::of(query.as_deref())?;
    let found = app.store.scim_groups(&asked.query()?).await?;
    let groups = found.items.iter();
    let groups: Vec<_> = groups
        .map(|one| asked.shown(group::shown(&app, one)))
        .collect();
    Ok(page(found.total, asked.start(), &groups))
}

/// Makes a group.
pub(in crate::http) async fn create(
    State(app): State<App>,
    caller: Caller,
    Object(body): Object,
) -> Result<Response, ScimError> {
    let wanted = group::wanted(&body)?;
    let new = app
        .store
        .scim_create_group(&caller.principal.actor(), &wanted)
        .await?;
    Ok(made(&group::shown(&app, &new)))
}

/// One group.
pub(in crate::http) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let asked = Asked::of(query.as_deref())?;
    let found = app.store.scim_group(&parsed(&id)?).await?;
    Ok(ok(&asked.shown(group::shown(&app, &found))))
}

/// Replaces what is kept of a group.
pub(in crate::http) async fn replace(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Object(body): Object,
) -> Result<Response, ScimError> {
    change(&app, &caller, &id, |_| group::wanted(&body)).await
}

/// Changes a group in steps.
pub(in crate::http) async fn patch(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Object(body): Object,
) -> Result<Response, ScimError> {
    change(&app, &caller, &id, |before| {
        let mut resource = group::kept(&before);
        patch::apply(&group::KIND, &mut resource, &body)?;
        group::wanted(&resource)
    })
    .await
}

/// Takes a group away; one that has rights on documents stays without the client's people.
pub(in crate::http) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ScimError> {
    let id = parsed(&id)?;
    app.store
        .scim_delete_group(&caller.principal.actor(), &id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(
    app: &App,
    caller: &Caller,
    id: &str,
    edit: impl FnOnce(ScimGroupData) -> Result<ScimGroupData, ScimError> + Send,
) -> Result<Response, ScimError> {
    let changed = app
        .store
        .scim_change_group(&caller.principal.actor(), &parsed(id)?, edit)
        .await??;
    Ok(ok(&group::shown(app, &changed)))
}

fn parsed(id: &str) -> Result<GroupId, ScimError> {
    id.parse().map_err(|_| ScimError::not_found())
}
