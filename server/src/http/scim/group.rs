//! A group between SCIM's JSON and what the store keeps.

use super::answer::ScimError;
use super::patch::Kind;
use super::schema::GROUP;
use super::user::{attribute, text};
use super::{location, meta, moment};
use crate::app::App;
use inhouse_store::{ScimGroup, ScimGroupData};
use serde_json::{Map, Value, json};

/// What a client may change of a group.
pub(super) const KIND: Kind = Kind {
    writable: &["externalId", "displayName", "members"],
    read_only: &["id", "meta"],
    ignored: &["schemas"],
};

/// What a client keeps of a group, as a resource.
pub(super) fn kept(data: &ScimGroupData) -> Map<String, Value> {
    let mut resource = Map::new();
    if let Some(id) = &data.external_id {
        resource.insert("externalId".into(), id.as_str().into());
    }
    resource.insert("displayName".into(), data.name.as_str().into());
    let members = data.members.iter();
    let members: Vec<_> = members.map(|id| json!({ "value": id })).collect();
    resource.insert("members".into(), members.into());
    resource
}

/// A group as the client sees it.
pub(super) fn shown(app: &App, group: &ScimGroup) -> Value {
    let mut resource = kept(&group.data);
    let members: Vec<_> = group
        .data
        .members
        .iter()
        .map(|id| {
            let place = location(app, &format!("/Users/{id}"));
            json!({ "value": id, "$ref": place, "type": "User" })
        })
        .collect();
    resource.insert("members".into(), members.into());
    resource.insert("schemas".into(), json!([GROUP]));
    resource.insert("id".into(), json!(group.id));
    let mut meta = meta(app, "Group", &format!("/Groups/{}", group.id));
    meta["created"] = moment(group.created_at);
    meta["lastModified"] = moment(group.changed_at);
    resource.insert("meta".into(), meta);
    Value::Object(resource)
}

/// What a client wants a group to be.
pub(super) fn wanted(resource: &Map<String, Value>) -> Result<ScimGroupData, ScimError> {
    let name = text(resource, "displayName")
        .ok_or_else(|| ScimError::value("'displayName' is needed."))?;
    let members = match attribute(resource, "members") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(members)) => members.iter().map(member).collect::<Result<_, _>>()?,
        Some(_) => return Err(ScimError::value("'members' is a list.")),
    };
    Ok(ScimGroupData {
        external_id: text(resource, "externalId").map(str::to_owned),
        name: name.to_owned(),
        members,
    })
}

fn member(member: &Value) -> Result<inhouse_protocol::UserId, ScimError> {
    let member = member
        .as_object()
        .ok_or_else(|| ScimError::value("A member is an object with a 'value'."))?;
    if text(member, "type").is_some_and(|kind| !kind.eq_ignore_ascii_case("User")) {
        return Err(ScimError::value(
            "Members are people; list the people of a group instead of the group.",
        ));
    }
    let id = text(member, "value").unwrap_or_default();
    id.parse()
        .map_err(|_| ScimError::value(format!("There is no user '{id}'.")))
}

#[cfg(test)]
mod tests {
    use super::super::patch::apply;
    use super::*;

    fn contracts() -> ScimGroupData {
        ScimGroupData {
            external_id: None,
            name: "Contracts".into(),
            members: vec!["a".parse().unwrap(), "b".parse().unwrap()],
        }
    }

    fn patched(operations: Value) -> Result<ScimGroupData, ScimError> {
        let mut resource = kept(&contracts());
        let body = Map::from_iter([("Operations".to_owned(), operations)]);
        apply(&KIND, &mut resource, &body)?;
        wanted(&resource)
    }

    #[test]
    fn what_is_kept_reads_back_the_same() {
        assert_eq!(wanted(&kept(&contracts())).unwrap(), contracts());
    }

    #[test]
    fn members_come_and_go() {
        let joined = patched(json!([{"op": "add", "path": "members", "value": [{"value": "c"}]}]));
        assert_eq!(joined.unwrap().members.len(), 3);
        let left = patched(json!([{"op": "remove", "path": "members[value eq \"a\"]"}])).unwrap();
        assert_eq!(left.members, contracts().members[1..]);
        let none = patched(json!([{"op": "remove", "path": "members"}])).unwrap();
        assert!(none.members.is_empty());
    }

    #[test]
    fn a_group_has_a_name_and_people() {
        for bad in [
            json!([{"op": "remove", "path": "displayName"}]),
            json!([{"op": "replace", "path": "members", "value": "a"}]),
            json!([{"op": "add", "path": "members", "value": [{"value": "g", "type": "Group"}]}]),
            json!([{"op": "add", "path": "members", "value": [{"value": "../x"}]}]),
            json!([{"op": "add", "path": "members", "value": ["a/b"]}]),
        ] {
            assert!(patched(bad.clone()).is_err(), "{bad}");
        }
    }
}
