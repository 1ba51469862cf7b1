//! Filters and the paths of changes (RFC 7644, 3.4.2.2 and 3.5.2): `eq`, and `and` between them.

use super::answer::ScimError;
use super::schema::{ENTERPRISE, unqualified};
use inhouse_store::ScimCondition;
use serde_json::Value;

/// `attribute eq value`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    /// Without the schema's name, such as `emails.value`; its case doesn't matter.
    pub(super) attribute: String,
    pub(super) value: Value,
}

impl Condition {
    /// Whether an element of a list fits. Texts are compared whatever their case.
    pub(super) fn fits(&self, element: &Value) -> bool {
        let found = match element {
            Value::Object(map) => map
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(&self.attribute))
                .map(|(_, value)| value),
            // An element that is no object is its own value.
            other if self.attribute.eq_ignore_ascii_case("value") => Some(other),
            _ => None,
        };
        match (found, &self.value) {
            (Some(Value::String(found)), Value::String(value)) => {
                found.to_lowercase() == value.to_lowercase()
            }
            (Some(found), value) => found == value,
            // `eq null` and `eq false` fit what isn't there.
            (None, value) => matches!(value, Value::Null | Value::Bool(false)),
        }
    }
}

/// Where a change applies.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    /// A top-level attribute, or the name of an extension's schema.
    pub(super) attribute: String,
    /// Which elements of a list; empty: all.
    pub(super) conditions: Vec<Condition>,
    /// A part of the attribute, or of the elements.
    pub(super) part: Option<String>,
}

impl Path {
    /// Reads `attribute`, `attribute.part`, `attribute[filter]` or `attribute[filter].part`, with or
    /// without the schema's name in front.
    pub(super) fn parse(text: &str) -> Result<Self, ScimError> {
        let wrong = || ScimError::path(format!("'{text}' is no path."));
        let text = text.trim();
        let (attribute, rest) = match text.find('[') {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let (attribute, dotted) = split(attribute).ok_or_else(wrong)?;
        let Some(rest) = rest else {
            return Ok(Self {
                attribute,
                conditions: Vec::new(),
                part: dotted,
            });
        };
        let (conditions, rest) = conditions(rest)
            .map_err(|_| ScimError::path(format!("the filter of '{text}' can't be read.")))?;
        let rest = rest.trim_start().strip_prefix(']').ok_or_else(wrong)?;
        let part = match rest.strip_prefix('.') {
            Some(part) if is_name(part) => Some(part.to_owned()),
            None if rest.trim().is_empty() => None,
            _ => return Err(wrong()),
        };
        if dotted.is_some() {
            return Err(wrong());
        }
        Ok(Self {
            attribute,
            conditions,
            part,
        })
    }
}

/// An attribute's name and the part of it, without the schema's name.
fn split(text: &str) -> Option<(String, Option<String>)> {
    if text.eq_ignore_ascii_case(ENTERPRISE) {
        return Some((ENTERPRISE.to_owned(), None));
    }
    let (extension, name) = unqualified(text);
    let (first, part) = match name.split_once('.') {
        Some((first, part)) => (first, Some(part)),
        None => (name, None),
    };
    if !is_name(first) || part.is_some_and(|part| !is_name(part)) {
        return None;
    }
    match extension {
        Some(_) if part.is_some() => None,
        Some(extension) => Some((extension.to_owned(), Some(first.to_owned()))),
        None => Some((first.to_owned(), part.map(str::to_owned))),
    }
}

fn is_name(text: &str) -> bool {
    let mut letters = text.bytes();
    letters
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'$')
        && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// Reads conditions with `and` between, up to a `]` or the end; gives what follows.
fn conditions(text: &str) -> Result<(Vec<Condition>, &str), ScimError> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let (condition, after) = condition(rest)?;
        found.push(condition);
        let after = after.trim_start();
        match word(after) {
            (joint, more) if joint.eq_ignore_ascii_case("and") => rest = more,
            ("", _) if after.is_empty() || after.starts_with(']') => return Ok((found, after)),
            _ => return Err(unsupported(text)),
        }
    }
}

fn condition(text: &str) -> Result<(Condition, &str), ScimError> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || "_-.:$".contains(c)))
        .unwrap_or(text.len());
    let (attribute, rest) = text.split_at(end);
    let (operator, rest) = word(rest.trim_start());
    if attribute.is_empty() || !operator.eq_ignore_ascii_case("eq") {
        return Err(unsupported(text));
    }
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
    let value = match values.next() {
        Some(Ok(value)) if !(value.is_array() || value.is_object()) => value,
        _ => return Err(unsupported(text)),
    };
    let rest = rest.get(values.byte_offset()..).unwrap_or_default();
    let attribute = unqualified(attribute).1.to_owned();
    Ok((Condition { attribute, value }, rest))
}

/// The word that a text begins with, and what follows.
fn word(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    text.split_at(end)
}

fn unsupported(text: &str) -> ScimError {
    ScimError::filter(format!(
        "The filter can't be read from '{text}' on; 'eq' and 'and' are supported."
    ))
}

/// The filter of a list as what the store looks up.
pub(super) fn of_list(text: &str) -> Result<Vec<ScimCondition>, ScimError> {
    let (conditions, rest) = conditions(text)?;
    if !rest.trim().is_empty() {
        return Err(unsupported(rest));
    }
    conditions.into_iter().map(looked_up).collect()
}

fn looked_up(condition: Condition) -> Result<ScimCondition, ScimError> {
    let Condition { attribute, value } = condition;
    let name = attribute.to_ascii_lowercase();
    Ok(match (name.as_str(), value) {
        ("id", Value::String(id)) => ScimCondition::Id(id),
        ("username", Value::String(name)) => ScimCondition::UserName(name),
        ("externalid", Value::String(id)) => ScimCondition::ExternalId(id),
        ("displayname", Value::String(name)) => ScimCondition::DisplayName(name),
        ("emails" | "emails.value", Value::String(email)) => ScimCondition::Email(email),
        ("active", Value::Bool(active)) => ScimCondition::Active(active),
        _ => {
            return Err(ScimError::filter(format!(
                "'{attribute}' can't be filtered by this value; use id, userName, externalId, \
                 displayName, emails.value or active."
            )));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_filter_is_read_with_its_values_as_they_are() {
        let read = |text: &str| of_list(text).ok();
        let ada = ScimCondition::UserName("ada@example.com".into());
        assert_eq!(
            read(r#"userName eq "ada@example.com""#),
            Some(vec![ada.clone()])
        );
        assert_eq!(
            read(r#"USERNAME Eq "ada@example.com" "#),
            Some(vec![ada.clone()])
        );
        assert_eq!(
            read(
                r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.com" and active eq true"#
            ),
            Some(vec![ada, ScimCondition::Active(true)])
        );
        let odd = ScimCondition::DisplayName(r#"a" and id eq "b]"#.into());
        assert_eq!(
            read(r#"displayName eq "a\" and id eq \"b]""#),
            Some(vec![odd])
        );
    }

    #[test]
    fn what_is_not_supported_is_said_so() {
        for text in [
            "",
            "userName",
            "userName pr",
            r#"userName sw "a""#,
            r#"userName eq "a" or userName eq "b""#,
            r#"not (userName eq "a")"#,
            r#"userName eq "a" and"#,
            r#"userName eq "a"]"#,
            "userName eq 'a'",
            "userName eq 7",
            r#"password eq "x""#,
            r#"userName eq "a" id eq "b""#,
        ] {
            assert!(of_list(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_is_read_with_and_without_its_schema() {
        let path = |attribute: &str, part: Option<&str>| Path {
            attribute: attribute.to_owned(),
            conditions: Vec::new(),
            part: part.map(str::to_owned),
        };
        for (text, expected) in [
            ("active", path("active", None)),
            ("name.formatted", path("name", Some("formatted"))),
            (
                "urn:ietf:params:scim:schemas:core:2.0:User:name.formatted",
                path("name", Some("formatted")),
            ),
            (ENTERPRISE, path(ENTERPRISE, None)),
            (
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                path(ENTERPRISE, Some("department")),
            ),
        ] {
            assert_eq!(Path::parse(text).ok(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_path_may_choose_elements_of_a_list() {
        let path = Path::parse(r#"emails[type eq "work" and primary eq true].value"#).unwrap();
        assert_eq!(path.attribute, "emails");
        assert_eq!(path.part.as_deref(), Some("value"));
        let fits = |element: &Value| path.conditions.iter().all(|c| c.fits(element));
        assert!(fits(&json!({"type": "WORK", "primary": true})));
        assert!(!fits(&json!({"type": "work"})));
        let member = Path::parse(r#"members[value eq "a]b"]"#).unwrap();
        assert!(member.conditions[0].fits(&json!({"value": "a]b"})));
        for bad in [
            "",
            "7",
            "a b",
            "a.b.c",
            "members[",
            "members[]",
            r#"members[value eq "a""#,
            r#"members[value eq "a"]x"#,
            r#"members.value[value eq "a"]"#,
            "a/b",
            "emails[type pr]",
        ] {
            assert!(Path::parse(bad).is_err(), "{bad}");
        }
    }
}
