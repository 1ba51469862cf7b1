//! `/scim/v2/Users`.

use super::answer::{Object, ScimError, made, ok, page};
use super::filter::of_list;
use super::{PAGE, patch, user};
use crate::app::App;
use crate::http::access::Caller;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use inhouse_protocol::UserId;
use inhouse_store::{ScimQuery, ScimUserData};
use serde_json::Value;
use url::form_urlencoded;

/// What a query asks for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    filter: Option<String>,
    /// Counted from 1.
    start: u64,
    count: u64,
    /// Top-level attributes to show; empty: all.
    attributes: Vec<String>,
    /// Top-level attributes to leave out.
    excluded: Vec<String>,
}

impl Asked {
    /// Reads a query's parameters (RFC 7644, 3.4.2 and 3.9).
    pub(super) fn of(query: Option<&str>) -> Result<Self, ScimError> {
        let mut asked = Self {
            start: 1,
            count: PAGE,
            ..Self::default()
        };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.to_ascii_lowercase().as_str() {
                "filter" => asked.filter = Some(value.into_owned()),
                // Below the least is the least.
                "startindex" => asked.start = number(&name, &value)?.max(1),
                "count" => asked.count = number(&name, &value)?.min(PAGE),
                "attributes" => asked.attributes = names(&value),
                "excludedattributes" => asked.excluded = names(&value),
                _ => {}
            }
        }
        Ok(asked)
    }

    /// The page of the store.
    pub(super) fn query(&self) -> Result<ScimQuery, ScimError> {
        let conditions = match &self.filter {
            Some(filter) => of_list(filter)?,
            None => Vec::new(),
        };
        Ok(ScimQuery {
            conditions,
            start: self.start - 1,
            count: self.count,
        })
    }

    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The resource with the attributes that were asked for; what says which one it is stays.
    pub(super) fn shown(&self, mut resource: Value) -> Value {
        let listed = |names: &[String], name: &str| {
            names.iter().any(|other| other.eq_ignore_ascii_case(name))
        };
        let asked_for = |name: &str| {
            let wanted = self.attributes.is_empty() || listed(&self.attributes, name);
            wanted && !listed(&self.excluded, name)
        };
        if let Value::Object(map) = &mut resource {
            map.retain(|name, _| {
                ["schemas", "id", "meta"].contains(&name.as_str()) || asked_for(name)
            });
        }
        resource
    }
}

fn number(name: &str, value: &str) -> Result<u64, ScimError> {
    let number: i64 = value
        .trim()
        .parse()
        .map_err(|_| ScimError::value(format!("'{name}' is a number.")))?;
    Ok(u64::try_from(number).unwrap_or(0))
}

/// The top-level attributes of a list with commas.
fn names(list: &str) -> Vec<String> {
    list.split(',')
        .filter_map(|name| super::filter::Path::parse(name).ok())
        .map(|path| path.attribute)
        .collect()
}

/// People whom the client keeps.
pub(in crate::http) async fn list(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let asked = Asked::of(query.as_deref())?;
    let found = app.store.scim_users(&asked.query()?).await?;
    let people = found.items.iter();
    let people: Vec<_> = people
        .map(|person| asked.shown(user::shown(&app, person)))
        .collect();
    Ok(page(found.total, asked.start(), &people))
}

/// Makes a person's account.
pub(in crate::http) async fn create(
    State(app): State<App>,
    caller: Caller,
    Object(body): Object,
) -> Result<Response, ScimError> {
    let wanted = user::wanted(&body, None)?;
    let adopt = app.config.sign_in.link_by_email;
    let person = app
        .store
        .scim_create_user(&caller.principal.actor(), &wanted, adopt)
        .await?;
    Ok(made(&user::shown(&app, &person)))
}

/// One person.
pub(in crate::http) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ScimError> {
    let asked = Asked::of(query.as_deref())?;
    let person = app.store.scim_user(&parsed(&id)?).await?;
    Ok(ok(&asked.shown(user::shown(&app, &person))))
}

/// Replaces what is kept of a person.
pub(in crate::http) async fn replace(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Object(body): Object,
) -> Result<Response, ScimError> {
    change(&app, &caller, &id, |_| user::wanted(&body, None)).await
}

/// Changes a person in steps.
pub(in crate::http) async fn patch(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Object(body): Object,
) -> Result<Response, ScimError> {
    change(&app, &caller, &id, |before| {
        let mut resource = user::kept(&before);
        patch::apply(&user::KIND, &mut resource, &body)?;
        user::wanted(&resource, Some(&before))
    })
    .await
}

/// Disables a person's account, ends its sessions and tokens, and takes it out of the client's view.
pub(in crate::http) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ScimError> {
    let id = parsed(&id)?;
    app.store
        .scim_delete_user(&caller.principal.actor(), &id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(
    app: &App,
    caller: &Caller,
    id: &str,
    edit: impl FnOnce(ScimUserData) -> Result<ScimUserData, ScimError> + Send,
) -> Result<Response, ScimError> {
    let person = app
        .store
        .scim_change_user(&caller.principal.actor(), &parsed(id)?, edit)
        .await??;
    Ok(ok(&user::shown(app, &person)))
}

fn parsed(id: &str) -> Result<UserId, ScimError> {
    id.parse().map_err(|_| ScimError::not_found())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_is_counted_from_one_and_has_a_limit() {
        let asked = Asked::of(Some("startIndex=0&count=100000")).unwrap();
        let query = asked.query().unwrap();
        assert_eq!((query.start, query.count), (0, PAGE));
        let asked = Asked::of(Some("startIndex=11&count=-5")).unwrap();
        let query = asked.query().unwrap();
        assert_eq!((query.start, query.count), (10, 0));
        assert!(Asked::of(Some("count=many")).is_err());
    }

    #[test]
    fn only_what_was_asked_for_is_shown() {
        let resource =
            json!({"id": "1", "meta": {}, "userName": "ada", "emails": [], "active": true});
        let shown = |query: &str| Asked::of(Some(query)).unwrap().shown(resource.clone());
        assert_eq!(
            shown("attributes=USERNAME"),
            json!({"id": "1", "meta": {}, "userName": "ada"})
        );
        assert_eq!(
            shown(
                "excludedAttributes=emails.value,urn:ietf:params:scim:schemas:core:2.0:User:active"
            ),
            json!({"id": "1", "meta": {}, "userName": "ada"})
        );
    }
}
