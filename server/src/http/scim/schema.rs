//! What is kept of people and groups, as SCIM describes it (RFC 7643, section 7).

use super::{location, meta};
use crate::app::App;
use serde_json::{Value, json};

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A name without the schema's in front; with the schema where it is the extension.
pub(super) fn unqualified(name: &str) -> (Option<&'static str>, &str) {
    let after = |schema: &str| {
        let (start, rest) = name.split_at_checked(schema.len())?;
        let rest = rest.strip_prefix(':')?;
        start.eq_ignore_ascii_case(schema).then_some(rest)
    };
    if let Some(rest) = after(ENTERPRISE) {
        return (Some(ENTERPRISE), rest);
    }
    (None, after(USER).or_else(|| after(GROUP)).unwrap_or(name))
}

/// The kinds of resources.
pub(super) fn resource_types(app: &App) -> Vec<Value> {
    let kind = |name: &str, endpoint: &str, schema: &str, extensions: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": endpoint,
            "description": name,
            "schema": schema,
            "schemaExtensions": extensions,
            "meta": meta(app, "ResourceType", &format!("/ResourceTypes/{name}")),
        })
    };
    let extensions = json!([{ "schema": ENTERPRISE, "required": false }]);
    vec![
        kind("User", "/Users", USER, extensions),
        kind("Group", "/Groups", GROUP, json!([])),
    ]
}

/// All schemas: those of the resources, and those of the descriptions themselves.
pub(super) fn schemas(app: &App) -> Vec<Value> {
    let schema = |id: &str, name: &str, attributes: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id,
            "name": name,
            "description": name,
            "attributes": attributes,
            "meta": {
                "resourceType": "Schema",
                "location": location(app, &format!("/Schemas/{id}")),
            },
        })
    };
    let core = |name: &str| format!("urn:ietf:params:scim:schemas:core:2.0:{name}");
    vec![
        schema(USER, "User", user()),
        schema(GROUP, "Group", group()),
        schema(ENTERPRISE, "EnterpriseUser", enterprise()),
        schema(&core("ResourceType"), "ResourceType", resource_type()),
        schema(
            &core("ServiceProviderConfig"),
            "ServiceProviderConfig",
            service_provider_config(),
        ),
        schema(&core("Schema"), "Schema", schema_itself()),
    ]
}

/// An attribute, with what differs from the usual: one optional text that anyone may read and write.
fn attribute(name: &str, description: &str, differs: Value) -> Value {
    let mut attribute = json!({
        "name": name,
        "type": "string",
        "multiValued": false,
        "description": description,
        "required": false,
        "caseExact": false,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    });
    if let (Value::Object(attribute), Value::Object(differs)) = (&mut attribute, differs) {
        attribute.extend(differs);
    }
    attribute
}

/// An attribute of a description, which no client writes.
fn told(name: &str, kind: &str, required: bool) -> Value {
    let differs = json!({ "type": kind, "required": required, "mutability": "readOnly" });
    attribute(name, name, differs)
}

/// The same with parts.
fn told_parts(name: &str, many: bool, parts: Value) -> Value {
    let mut attribute = told(name, "complex", true);
    attribute["multiValued"] = many.into();
    attribute["subAttributes"] = parts;
    attribute
}

fn user() -> Value {
    json!([
        attribute(
            "userName",
            "The client's name for the account, kept in lower case.",
            json!({ "required": true, "uniqueness": "server" }),
        ),
        attribute(
            "displayName",
            "The person's name.",
            json!({ "required": true })
        ),
        attribute(
            "active",
            "Whether the person may sign in.",
            json!({ "type": "boolean", "required": true }),
        ),
        attribute(
            "emails",
            "The one address that the person signs in with.",
            json!({
                "type": "complex",
                "multiValued": true,
                "required": true,
                "subAttributes": [
                    attribute(
                        "value",
                        "The address.",
                        json!({ "required": true, "uniqueness": "server" }),
                    ),
                    attribute(
                        "type",
                        "Always 'work'.",
                        json!({ "canonicalValues": ["work"] }),
                    ),
                ],
            }),
        ),
        attribute(
            "groups",
            "The groups that the client has put the person into.",
            json!({
                "type": "complex",
                "multiValued": true,
                "mutability": "readOnly",
                "subAttributes": [
                    attribute("value", "The group's id.", json!({ "mutability": "readOnly" })),
                    attribute(
                        "$ref",
                        "The group's address.",
                        json!({
                            "type": "reference",
                            "referenceTypes": ["Group"],
                            "mutability": "readOnly",
                        }),
                    ),
                    attribute("display", "The group's name.", json!({ "mutability": "readOnly" })),
                ],
            }),
        ),
    ])
}

fn enterprise() -> Value {
    json!([attribute(
        "department",
        "The department that the person's questions are counted under.",
        json!({}),
    )])
}

fn group() -> Value {
    json!([
        attribute(
            "displayName",
            "The group's name, unique whatever its case.",
            json!({ "required": true, "uniqueness": "server" }),
        ),
        attribute(
            "members",
            "The people whom the client has put into the group.",
            json!({
                "type": "complex",
                "multiValued": true,
                "subAttributes": [
                    attribute("value", "The person's id.", json!({ "mutability": "immutable" })),
                    attribute(
                        "$ref",
                        "The person's address.",
                        json!({
                            "type": "reference",
                            "referenceTypes": ["User"],
                            "mutability": "immutable",
                        }),
                    ),
                    attribute(
                        "type",
                        "Always 'User'.",
                        json!({ "canonicalValues": ["User"], "mutability": "immutable" }),
                    ),
                ],
            }),
        ),
    ])
}

fn resource_type() -> Value {
    let extension = json!([
        told("schema", "string", true),
        told("required", "boolean", true)
    ]);
    let mut extensions = told_parts("schemaExtensions", true, extension);
    extensions["required"] = false.into();
    json!([
        told("id", "string", false),
        told("name", "string", true),
        told("description", "string", false),
        told("endpoint", "string", true),
        told("schema", "string", true),
        extensions,
    ])
}

fn service_provider_config() -> Value {
    let supported = || json!([told("supported", "boolean", true)]);
    let bulk = json!([
        told("supported", "boolean", true),
        told("maxOperations", "integer", true),
        told("maxPayloadSize", "integer", true),
    ]);
    let filter = json!([
        told("supported", "boolean", true),
        told("maxResults", "integer", true)
    ]);
    let scheme = json!([
        told("type", "string", true),
        told("name", "string", true),
        told("description", "string", true),
        told("primary", "boolean", false),
    ]);
    json!([
        told_parts("patch", false, supported()),
        told_parts("bulk", false, bulk),
        told_parts("filter", false, filter),
        told_parts("changePassword", false, supported()),
        told_parts("sort", false, supported()),
        told_parts("etag", false, supported()),
        told_parts("authenticationSchemes", true, scheme),
    ])
}

fn schema_itself() -> Value {
    let parts = || {
        vec![
            told("name", "string", true),
            told("type", "string", true),
            told("multiValued", "boolean", true),
            told("description", "string", false),
            told("required", "boolean", false),
            many(told("canonicalValues", "string", false)),
            told("caseExact", "boolean", false),
            told("mutability", "string", false),
            told("returned", "string", false),
            told("uniqueness", "string", false),
            many(told("referenceTypes", "string", false)),
        ]
    };
    let mut attribute = parts();
    let mut inner = told_parts("subAttributes", true, parts().into());
    inner["required"] = false.into();
    attribute.push(inner);
    json!([
        told("id", "string", true),
        told("name", "string", false),
        told("description", "string", false),
        told_parts("attributes", true, attribute.into()),
    ])
}

fn many(mut attribute: Value) -> Value {
    attribute["multiValued"] = true.into();
    attribute
}
