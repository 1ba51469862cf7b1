//! A person between SCIM's JSON and what the store keeps.

use super::answer::ScimError;
use super::patch::Kind;
use super::schema::{ENTERPRISE, USER};
use super::{location, meta, moment};
use crate::app::App;
use inhouse_store::{ScimUser, ScimUserData};
use serde_json::{Map, Value, json};

/// What a client may change of a person.
pub(super) const KIND: Kind = Kind {
    writable: &[
        "userName",
        "externalId",
        "displayName",
        "name",
        "emails",
        "active",
        ENTERPRISE,
    ],
    read_only: &["id", "meta", "groups"],
    ignored: &[
        "schemas",
        "nickName",
        "profileUrl",
        "title",
        "userType",
        "preferredLanguage",
        "locale",
        "timezone",
        "password",
        "phoneNumbers",
        "ims",
        "photos",
        "addresses",
        "entitlements",
        "roles",
        "x509Certificates",
    ],
};

/// What a client keeps of a person, as a resource.
pub(super) fn kept(data: &ScimUserData) -> Map<String, Value> {
    let mut resource = Map::new();
    resource.insert("userName".into(), data.user_name.as_str().into());
    if let Some(id) = &data.external_id {
        resource.insert("externalId".into(), id.as_str().into());
    }
    resource.insert("displayName".into(), data.name.as_str().into());
    resource.insert("active".into(), data.active.into());
    let email = json!({ "value": data.email, "type": "work" });
    resource.insert("emails".into(), json!([email]));
    if let Some(department) = &data.department {
        resource.insert(ENTERPRISE.into(), json!({ "department": department }));
    }
    resource
}

/// A person as the client sees them.
pub(super) fn shown(app: &App, user: &ScimUser) -> Value {
    let mut resource = kept(&user.data);
    let mut schemas = vec![USER];
    if resource.contains_key(ENTERPRISE) {
        schemas.push(ENTERPRISE);
    }
    let groups: Vec<_> = user
        .groups
        .iter()
        .map(|(id, name)| {
            let place = location(app, &format!("/Groups/{id}"));
            json!({ "value": id, "$ref": place, "display": name })
        })
        .collect();
    if !groups.is_empty() {
        resource.insert("groups".into(), groups.into());
    }
    resource.insert("schemas".into(), json!(schemas));
    resource.insert("id".into(), json!(user.id));
    let mut meta = meta(app, "User", &format!("/Users/{}", user.id));
    meta["created"] = moment(user.created_at);
    resource.insert("meta".into(), meta);
    Value::Object(resource)
}

/// What a client wants a person to be. `before` is what they are, when the resource is that with
/// changes: then a `name` in it is a change of the name.
pub(super) fn wanted(
    resource: &Map<String, Value>,
    before: Option<&ScimUserData>,
) -> Result<ScimUserData, ScimError> {
    let user_name = text(resource, "userName")
        .ok_or_else(|| ScimError::value("'userName' is needed."))?
        .to_owned();
    let email = email(resource)
        .or_else(|| user_name.contains('@').then(|| user_name.clone()))
        .ok_or_else(|| {
            ScimError::value(
                "An e-mail address is needed: in 'emails', or as 'userName'. People sign in with it.",
            )
        })?;
    let extension = attribute(resource, ENTERPRISE).and_then(Value::as_object);
    let department = extension.and_then(|extension| text(extension, "department"));
    Ok(ScimUserData {
        email,
        name: name(resource, before).unwrap_or_else(|| user_name.clone()),
        user_name,
        external_id: text(resource, "externalId").map(str::to_owned),
        department: department.map(str::to_owned),
        active: active(resource)?,
    })
}

/// An attribute, whatever the case of its name.
pub(super) fn attribute<'a>(resource: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    resource.get(name).or_else(|| {
        let mut all = resource.iter();
        all.find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// A text that isn't empty.
pub(super) fn text<'a>(resource: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let text = attribute(resource, name)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The one address that we keep: the primary one, else that of work, else the first.
fn email(resource: &Map<String, Value>) -> Option<String> {
    let emails: Vec<_> = attribute(resource, "emails")?
        .as_array()?
        .iter()
        .filter_map(Value::as_object)
        .filter_map(|email| Some((email, text(email, "value")?)))
        .collect();
    let primary = |email: &Map<String, Value>| {
        attribute(email, "primary").and_then(Value::as_bool) == Some(true)
    };
    let work = |email: &Map<String, Value>| {
        text(email, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
    };
    emails
        .iter()
        .find(|(email, _)| primary(email))
        .or_else(|| emails.iter().find(|(email, _)| work(email)))
        .or_else(|| emails.first())
        .map(|(_, value)| (*value).to_owned())
}

/// The name to call the person by: `displayName`, else what `name` says of it. Where `name` was
/// changed and `displayName` wasn't, the other way round.
fn name(resource: &Map<String, Value>, before: Option<&ScimUserData>) -> Option<String> {
    let shown = text(resource, "displayName").map(str::to_owned);
    let parts = attribute(resource, "name").and_then(Value::as_object);
    let parts = parts.and_then(|parts| {
        let whole = text(parts, "formatted").map(str::to_owned);
        whole.or_else(|| {
            // One of the two alone is no name.
            let (given, family) = (text(parts, "givenName")?, text(parts, "familyName")?);
            Some(format!("{given} {family}"))
        })
    });
    let unchanged = before.is_some_and(|before| shown.as_ref() == Some(&before.name));
    if unchanged {
        parts.or(shown)
    } else {
        shown.or(parts)
    }
}

/// Whether the person may sign in. Some clients write it as a text.
fn active(resource: &Map<String, Value>) -> Result<bool, ScimError> {
    match attribute(resource, "active") {
        None | Some(Value::Null) => Ok(true),
        Some(Value::Bool(active)) => Ok(*active),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => Err(ScimError::value("'active' is true or false.")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::patch::apply;
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            _ => panic!("an object"),
        }
    }

    fn read(value: Value) -> Result<ScimUserData, ScimError> {
        wanted(&object(value), None)
    }

    fn ada() -> ScimUserData {
        ScimUserData {
            user_name: "ada".into(),
            external_id: Some("7".into()),
            email: "ada@example.com".into(),
            name: "Ada Lovelace".into(),
            department: Some("Sales".into()),
            active: true,
        }
    }

    fn patched(operations: &Value) -> Result<ScimUserData, ScimError> {
        let mut resource = kept(&ada());
        let body = object(json!({ "Operations": operations }));
        apply(&KIND, &mut resource, &body)?;
        wanted(&resource, Some(&ada()))
    }

    #[test]
    fn what_is_kept_reads_back_the_same() {
        assert_eq!(wanted(&kept(&ada()), None).unwrap(), ada());
        assert_eq!(patched(&json!([])).unwrap(), ada());
    }

    #[test]
    fn the_address_is_the_primary_one_then_that_of_work_then_the_first_then_the_name() {
        let email = |emails: Value| {
            read(json!({"userName": "ada@home.example", "emails": emails})).map(|ada| ada.email)
        };
        let (a, b) = (
            json!({"value": "a@example.com"}),
            json!({"value": "b@example.com", "type": "Work"}),
        );
        let c = json!({"value": "c@example.com", "primary": true});
        assert_eq!(email(json!([a, b, c])).unwrap(), "c@example.com");
        assert_eq!(email(json!([a, b])).unwrap(), "b@example.com");
        assert_eq!(email(json!([a])).unwrap(), "a@example.com");
        assert_eq!(email(json!([])).unwrap(), "ada@home.example");
        assert!(read(json!({"userName": "ada"})).is_err());
        assert!(read(json!({"emails": [a]})).is_err());
    }

    #[test]
    fn the_name_comes_from_wherever_it_is_said() {
        let name = |extra: Value| {
            let mut resource = object(json!({"userName": "ada@example.com"}));
            resource.extend(object(extra));
            wanted(&resource, None).unwrap().name
        };
        assert_eq!(
            name(json!({"displayName": "Ada", "name": {"formatted": "X"}})),
            "Ada"
        );
        assert_eq!(name(json!({"name": {"formatted": "Ada L."}})), "Ada L.");
        let both = json!({"name": {"givenName": "Ada", "familyName": "Lovelace"}});
        assert_eq!(name(both), "Ada Lovelace");
        assert_eq!(
            name(json!({"name": {"givenName": "Ada"}})),
            "ada@example.com"
        );
        assert_eq!(name(json!({})), "ada@example.com");
    }

    #[test]
    fn changes_in_steps_do_what_clients_mean() {
        let disabled = patched(&json!([{"op": "Replace", "path": "active", "value": "False"}]));
        assert!(!disabled.unwrap().active);
        let whole = patched(&json!([{"op": "replace", "value": {"active": false}}]));
        assert!(!whole.unwrap().active);
        let named =
            patched(&json!([{"op": "replace", "path": "name.formatted", "value": "Ada K."}]));
        assert_eq!(named.unwrap().name, "Ada K.");
        let path = r#"emails[type eq "work"].value"#;
        let moved = patched(&json!([{"op": "replace", "path": path, "value": "b@example.com"}]));
        assert_eq!(moved.unwrap().email, "b@example.com");
        let department = format!("{ENTERPRISE}:department");
        let left = patched(&json!([{"op": "remove", "path": department}])).unwrap();
        assert_eq!(left.department, None);
        let left = patched(&json!([{"op": "remove", "path": ENTERPRISE}])).unwrap();
        assert_eq!(left.department, None);
        let joined = patched(&json!([
            {"op": "add", "value": {department: "Legal"}},
            {"op": "remove", "path": format!("{USER}:externalId")},
        ]))
        .unwrap();
        assert_eq!(joined.department.as_deref(), Some("Legal"));
        assert_eq!(joined.external_id, None);
    }

    #[test]
    fn active_is_true_or_false_and_nothing_else() {
        let active = |value: Value| {
            read(json!({"userName": "ada@example.com", "active": value})).map(|ada| ada.active)
        };
        assert!(active(json!("true")).unwrap());
        assert!(!active(json!(false)).unwrap());
        assert!(active(json!(0)).is_err());
        assert!(active(json!("no")).is_err());
    }
}
