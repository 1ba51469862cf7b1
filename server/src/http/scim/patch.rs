//! Changes in steps (RFC 7644, 3.5.2), applied to a resource as JSON: `add`, `replace`, `remove`.
//!
//! A few habits of clients are taken as they are meant: operations in any case, an object without a
//! path, members to be removed as a value.

use super::answer::ScimError;
use super::filter::{Condition, Path};
use serde_json::{Map, Value};

/// What may be changed of a kind of resource.
pub(super) struct Kind {
    /// Attributes that are kept, and those that others are read from.
    pub(super) writable: &'static [&'static str],
    /// Attributes that only we write.
    pub(super) read_only: &'static [&'static str],
    /// Attributes of the standard that aren't kept: a change of them is taken and has no effect.
    pub(super) ignored: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
    Remove,
}

/// One step.
struct Step {
    verb: Verb,
    path: Option<Path>,
    value: Value,
}

/// The attribute's name as `Kind` spells it, where a change of it has an effect.
fn known(kind: &Kind, attribute: &str) -> Result<Option<&'static str>, ScimError> {
    let among = |names: &'static [&'static str]| {
        let mut names = names.iter().copied();
        names.find(|name| name.eq_ignore_ascii_case(attribute))
    };
    if let Some(name) = among(kind.writable) {
        return Ok(Some(name));
    }
    if among(kind.read_only).is_some() {
        return Err(ScimError::read_only(format!(
            "'{attribute}' is ours to set."
        )));
    }
    if among(kind.ignored).is_some() {
        return Ok(None);
    }
    Err(ScimError::path(format!(
        "There is no attribute '{attribute}'."
    )))
}

/// Applies the operations of a body to a resource.
pub(super) fn apply(
    kind: &Kind,
    resource: &mut Map<String, Value>,
    body: &Map<String, Value>,
) -> Result<(), ScimError> {
    let operations = body
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("operations"))
        .and_then(|(_, value)| value.as_array())
        .ok_or_else(|| ScimError::syntax("'Operations' is needed: a list of changes."))?;
    for operation in operations {
        step(kind, resource, read(operation)?)?;
    }
    Ok(())
}

fn read(operation: &Value) -> Result<Step, ScimError> {
    let verb = operation["op"].as_str().unwrap_or_default();
    let verb = match verb.to_ascii_lowercase().as_str() {
        "add" => Verb::Add,
        "replace" => Verb::Replace,
        "remove" => Verb::Remove,
        _ => {
            return Err(ScimError::syntax("'op' is one of add, replace and remove."));
        }
    };
    let path = match &operation["path"] {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(Path::parse(text)?),
        _ => return Err(ScimError::path("'path' is a text.")),
    };
    let value = operation["value"].clone();
    if verb != Verb::Remove && value.is_null() && path.is_none() {
        return Err(ScimError::value("'value' is needed."));
    }
    Ok(Step { verb, path, value })
}

fn step(kind: &Kind, resource: &mut Map<String, Value>, step: Step) -> Result<(), ScimError> {
    let Step { verb, path, value } = step;
    match (path, value) {
        (Some(path), value) => at(kind, resource, verb, path, value),
        (None, _) if verb == Verb::Remove => Err(ScimError::no_target("'remove' needs a 'path'.")),
        (None, Value::Object(values)) => {
            for (name, value) in values {
                // Told along by clients that send the whole resource; not theirs to change.
                if ["schemas", "id", "meta"].contains(&name.as_str()) {
                    continue;
                }
                at(kind, resource, verb, Path::parse(&name)?, value)?;
            }
            Ok(())
        }
        (None, _) => Err(ScimError::value(
            "Without a 'path' the 'value' is an object.",
        )),
    }
}

fn at(
    kind: &Kind,
    resource: &mut Map<String, Value>,
    verb: Verb,
    path: Path,
    value: Value,
) -> Result<(), ScimError> {
    let Some(name) = known(kind, &path.attribute)? else {
        return Ok(());
    };
    if !path.conditions.is_empty() {
        return among(resource, name, verb, &path, value);
    }
    let Some(part) = path.part else {
        whole(resource, name, verb, value);
        return Ok(());
    };
    let inner = resource
        .entry(name)
        .or_insert_with(|| Value::Object(Map::new()));
    match inner {
        Value::Object(inner) => set(inner, &part, verb, value),
        Value::Array(elements) => {
            for element in elements.iter_mut().filter_map(Value::as_object_mut) {
                set(element, &part, verb, value.clone());
            }
        }
        _ => return Err(ScimError::path(format!("'{name}' has no parts."))),
    }
    Ok(())
}

/// Changes an attribute as a whole.
fn whole(resource: &mut Map<String, Value>, name: &str, verb: Verb, value: Value) {
    if verb == Verb::Remove || value.is_null() {
        match (resource.get_mut(name), value) {
            (Some(Value::Array(elements)), Value::Array(listed)) if !listed.is_empty() => {
                elements.retain(|element| !listed.iter().any(|other| same(element, other)));
            }
            _ => {
                resource.remove(name);
            }
        }
        return;
    }
    match (resource.get_mut(name), value) {
        (Some(Value::Array(elements)), Value::Array(more)) if verb == Verb::Add => {
            for element in more {
                add(elements, element);
            }
        }
        (Some(Value::Array(elements)), one) if verb == Verb::Add => add(elements, one),
        (Some(Value::Object(inner)), Value::Object(more)) => {
            for (part, value) in more {
                set(inner, &part, verb, value);
            }
        }
        (_, value) => {
            resource.insert(name.to_owned(), value);
        }
    }
}

/// Changes those elements of a list that the path's filter chooses.
fn among(
    resource: &mut Map<String, Value>,
    name: &str,
    verb: Verb,
    path: &Path,
    value: Value,
) -> Result<(), ScimError> {
    let list = resource
        .entry(name)
        .or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(elements) = list else {
        return Err(ScimError::path(format!("'{name}' is no list.")));
    };
    let chosen = |element: &Value| path.conditions.iter().all(|one| one.fits(element));
    if verb == Verb::Remove && path.part.is_none() {
        // Nobody to be removed is what was asked for.
        elements.retain(|element| !chosen(element));
        return Ok(());
    }
    if !elements.iter().any(chosen) {
        return match verb {
            Verb::Add => {
                let made = made(&path.conditions, path.part.as_deref(), value);
                add(elements, made);
                Ok(())
            }
            Verb::Remove => Ok(()),
            Verb::Replace => Err(ScimError::no_target(format!(
                "No element of '{name}' fits the filter."
            ))),
        };
    }
    for element in elements.iter_mut().filter(|element| chosen(element)) {
        match (&path.part, element, &value) {
            (Some(part), Value::Object(element), value) => set(element, part, verb, value.clone()),
            (None, Value::Object(element), Value::Object(more)) => {
                for (part, value) in more {
                    set(element, part, verb, value.clone());
                }
            }
            (_, element, value) => *element = value.clone(),
        }
    }
    Ok(())
}

/// The element that a filter describes, with a value.
fn made(conditions: &[Condition], part: Option<&str>, value: Value) -> Value {
    let mut element = Map::new();
    for condition in conditions {
        element.insert(condition.attribute.clone(), condition.value.clone());
    }
    match (part, value) {
        (Some(part), value) => set(&mut element, part, Verb::Replace, value),
        (None, Value::Object(more)) => element.extend(more),
        (None, value) => {
            element.insert("value".to_owned(), value);
        }
    }
    Value::Object(element)
}

/// Adds an element to a list that doesn't have it. A new primary one is the only one.
fn add(elements: &mut Vec<Value>, element: Value) {
    if element["primary"] == true {
        for other in elements.iter_mut().filter_map(Value::as_object_mut) {
            other.remove("primary");
        }
    }
    match elements.iter_mut().find(|other| same(other, &element)) {
        Some(known) => *known = element,
        None => elements.push(element),
    }
}

/// Whether two elements are of the same thing: their `value` says so.
fn same(one: &Value, other: &Value) -> bool {
    let value = |element: &Value| match element {
        Value::Object(map) => map.get("value").cloned(),
        element => Some(element.clone()),
    };
    match (value(one), value(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// Sets or removes a part, whatever the case of its name.
fn set(inner: &mut Map<String, Value>, part: &str, verb: Verb, value: Value) {
    let name = inner
        .keys()
        .find(|name| name.eq_ignore_ascii_case(part))
        .cloned();
    let name = name.unwrap_or_else(|| part.to_owned());
    if verb == Verb::Remove || value.is_null() {
        inner.remove(&name);
    } else {
        inner.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const KIND: Kind = Kind {
        writable: &[
            "active",
            "displayName",
            "members",
            "emails",
            "name",
            "urn:x",
        ],
        read_only: &["id", "groups"],
        ignored: &["title"],
    };

    fn patched(operations: &Value) -> Result<Value, ScimError> {
        let resource = json!({
            "id": "1",
            "active": true,
            "members": [{"value": "a"}, {"value": "b"}],
            "emails": [{"value": "a@example.com", "type": "work", "primary": true}],
        });
        let body = json!({ "Operations": operations });
        let (Value::Object(mut resource), Value::Object(body)) = (resource, body) else {
            panic!("both are objects");
        };
        apply(&KIND, &mut resource, &body)?;
        Ok(Value::Object(resource))
    }

    fn one(op: &str, path: &str, value: &Value) -> Value {
        patched(&json!([{"op": op, "path": path, "value": value}])).unwrap()
    }

    #[test]
    fn a_single_value_is_replaced_and_removed() {
        assert_eq!(one("replace", "active", &json!(false))["active"], false);
        assert_eq!(one("Replace", "ACTIVE", &json!(false))["active"], false);
        let removed = patched(&json!([{"op": "remove", "path": "active"}])).unwrap();
        assert!(removed.get("active").is_none());
        let formatted = one("add", "name.formatted", &json!("Ada"));
        assert_eq!(formatted["name"]["formatted"], "Ada");
    }

    #[test]
    fn members_are_added_once_and_removed_by_filter_and_by_value() {
        let c = json!([{"value": "c"}, {"value": "a"}]);
        assert_eq!(
            one("add", "members", &c)["members"],
            json!([{"value": "a"}, {"value": "b"}, {"value": "c"}])
        );
        let b = json!([{"value": "b"}]);
        assert_eq!(
            one("remove", r#"members[value eq "a"]"#, &Value::Null)["members"],
            b
        );
        assert_eq!(
            one("remove", r#"members[value eq "z"]"#, &Value::Null)["id"],
            "1"
        );
        assert_eq!(
            one("remove", "members", &json!([{"value": "a"}]))["members"],
            b
        );
        assert!(
            one("remove", "members", &Value::Null)
                .get("members")
                .is_none()
        );
        assert_eq!(one("replace", "members", &b.clone())["members"], b);
    }

    #[test]
    fn a_part_of_the_elements_that_fit_is_changed() {
        let path = r#"emails[type eq "work"].value"#;
        let changed = one("replace", path, &json!("b@example.com"));
        assert_eq!(changed["emails"][0]["value"], "b@example.com");
        assert_eq!(changed["emails"][0]["primary"], true);
        let home = r#"emails[type eq "home"].value"#;
        let added = one("add", home, &json!("c@example.com"));
        assert_eq!(
            added["emails"][1],
            json!({"type": "home", "value": "c@example.com"})
        );
        let missing = json!([{"op": "replace", "path": home, "value": "x"}]);
        assert!(patched(&missing).is_err());
    }

    #[test]
    fn a_new_primary_element_is_the_only_one() {
        let new = json!([{"value": "b@example.com", "primary": true}]);
        let emails = one("add", "emails", &new);
        assert!(emails["emails"][0].get("primary").is_none());
        assert_eq!(emails["emails"][1]["primary"], true);
    }

    #[test]
    fn an_object_without_a_path_is_taken_attribute_by_attribute() {
        let changed = patched(&json!([{"op": "replace", "value": {
            "id": "2", "active": false, "name.formatted": "Ada", "urn:x": {"department": "Sales"},
        }}]));
        // `urn:x` is no name that a path may have.
        assert!(changed.is_err());
        let changed = patched(&json!([{"op": "replace", "value": {
            "id": "2", "active": false, "name.formatted": "Ada", "title": "Dr",
        }}]))
        .unwrap();
        assert_eq!(changed["id"], "1");
        assert_eq!(changed["active"], false);
        assert_eq!(changed["name"]["formatted"], "Ada");
        assert!(changed.get("title").is_none());
    }

    #[test]
    fn what_is_not_the_clients_to_change_is_refused() {
        for bad in [
            json!([{"op": "replace", "path": "id", "value": "2"}]),
            json!([{"op": "add", "path": "groups", "value": []}]),
            json!([{"op": "add", "path": "password", "value": "x"}]),
            json!([{"op": "move", "path": "active", "value": true}]),
            json!([{"op": "remove"}]),
            json!([{"op": "add", "value": 7}]),
            json!([{"op": "add"}]),
            json!([{"op": "add", "path": 7, "value": 7}]),
            json!("no list"),
        ] {
            assert!(patched(&bad).is_err(), "{bad}");
        }
    }
}
