//! From claims to somebody who arrives.

use super::OidcError;
use crate::auth::arrival::{Mapping, Told};
use crate::config::Oidc;
use inhouse_protocol::PersonSource;
use inhouse_store::Arrival;
use serde_json::{Map, Value};

/// Which claims are read.
#[derive(Debug, Clone)]
pub(super) struct Names {
    email: String,
    name: String,
    department: String,
    roles: String,
    groups: String,
    /// The last two matter: a rule or mirroring asks for them.
    reads_values: bool,
}

impl Names {
    pub(super) fn of(oidc: &Oidc) -> Self {
        Self {
            email: oidc.email_claim.clone(),
            name: oidc.name_claim.clone(),
            department: oidc.department_claim.clone(),
            roles: oidc.roles_claim.clone(),
            groups: oidc.groups_claim.clone(),
            reads_values: oidc.mirror_groups || !(oidc.roles.is_empty() && oidc.groups.is_empty()),
        }
    }

    /// Whether a claim that matters isn't there, so that the userinfo endpoint has to be asked.
    pub(super) fn are_missing_in(&self, claims: &Claims) -> bool {
        let missing = |name: &str| claims.get(name).is_none();
        missing(&self.email)
            || missing(&self.name)
            || (self.reads_values && (missing(&self.roles) || missing(&self.groups)))
    }
}

/// What the provider told of somebody. The ID token's word stands above the userinfo endpoint's.
#[derive(Clone)]
pub(super) struct Claims {
    id_token: Map<String, Value>,
    userinfo: Map<String, Value>,
}

impl Claims {
    pub(super) fn of_id_token(claims: Map<String, Value>) -> Self {
        Self {
            id_token: claims,
            userinfo: Map::new(),
        }
    }

    /// Adds the userinfo endpoint's answer, which has to be of the same person (OpenID Connect Core
    /// 1.0, 5.3.2).
    pub(super) fn add_userinfo(&mut self, text: &[u8]) -> Result<(), OidcError> {
        let told: Map<String, Value> = serde_json::from_slice(text)
            .map_err(|_| OidcError::refused("the userinfo endpoint's answer can't be read"))?;
        if told.get("sub").and_then(Value::as_str) != Some(self.subject()) {
            return Err(OidcError::refused(
                "the userinfo endpoint answers of somebody else",
            ));
        }
        self.userinfo = told;
        Ok(())
    }

    fn subject(&self) -> &str {
        let sub = self.id_token.get("sub").and_then(Value::as_str);
        sub.unwrap_or_default()
    }

    fn get(&self, name: &str) -> Option<&Value> {
        if name.is_empty() {
            return None;
        }
        let found = [&self.id_token, &self.userinfo].map(|claims| claim(claims, name));
        found.into_iter().flatten().next()
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = self.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The values of a claim: a text, or a list of texts.
    fn values(&self, name: &str) -> Vec<Told> {
        let told = |value: &Value| value.as_str().map(Told::plain);
        match self.get(name) {
            Some(Value::Array(values)) => values.iter().filter_map(told).collect(),
            Some(value) => told(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// Whether the provider says that the address isn't known to be the person's. Some say it as a
    /// text.
    fn email_is_doubted(&self) -> bool {
        match self.get("email_verified") {
            None | Some(Value::Bool(true)) => false,
            Some(Value::String(text)) => text != "true",
            Some(_) => true,
        }
    }

    /// Who arrives.
    pub(super) fn arrival(
        &self,
        issuer: &str,
        names: &Names,
        mapping: &Mapping,
    ) -> Result<Arrival, OidcError> {
        let email = self.text(&names.email).ok_or_else(|| {
            OidcError::Refused(format!(
                "it tells no e-mail address (claim '{}'); check oidc.scopes and oidc.email_claim",
                names.email
            ))
        })?;
        if names.email == "email" && self.email_is_doubted() {
            return Err(OidcError::refused(
                "it says that the e-mail address isn't verified",
            ));
        }
        Ok(Arrival {
            source: PersonSource::Oidc,
            provider: issuer.to_owned(),
            name: self.subject().to_owned(),
            email,
            display_name: self.text(&names.name).unwrap_or_default(),
            department: self.text(&names.department),
            role: mapping.role(&self.values(&names.roles)),
            groups: mapping.groups(&self.values(&names.groups)),
        })
    }
}

/// A claim by its name, or by the path to it with dots between. Names may have dots themselves.
fn claim<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(name) {
        return Some(value);
    }
    let mut parts = name.split('.');
    let mut value = claims.get(parts.next()?)?;
    for part in parts {
        value = value.get(part)?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{GroupRule, RoleRule};
    use inhouse_protocol::Role;
    use inhouse_store::ArrivalRole;
    use serde_json::json;

    fn claims(value: Value) -> Claims {
        match value {
            Value::Object(map) => Claims::of_id_token(map),
            _ => panic!("claims are an object"),
        }
    }

    fn oidc() -> Oidc {
        Oidc {
            roles_claim: "realm_access.roles".into(),
            roles: vec![RoleRule {
                value: "counsel".into(),
                role: Role::Legal,
            }],
            groups: vec![GroupRule {
                value: "contracts".into(),
                group: "Contracts".into(),
            }],
            ..Oidc::default()
        }
    }

    fn arrival(claims: &Claims) -> Result<Arrival, OidcError> {
        let oidc = oidc();
        claims.arrival("https://i", &Names::of(&oidc), &Mapping::of_oidc(&oidc))
    }

    #[test]
    fn claims_become_a_role_and_groups() {
        let told = claims(json!({
            "sub": "7", "email": "ada@example.com", "name": "Ada", "groups": "contracts",
            "realm_access": {"roles": ["counsel"]},
        }));
        let ada = arrival(&told).unwrap();
        assert_eq!(ada.name, "7");
        assert_eq!(ada.role, ArrivalRole::Is(Role::Legal));
        assert_eq!(ada.groups[0].name, "Contracts");
    }

    #[test]
    fn an_address_that_is_not_verified_is_refused_however_that_is_said() {
        for doubted in [json!(false), json!("false"), json!(0), Value::Null] {
            let told = claims(json!({
                "sub": "7", "email": "ada@example.com", "email_verified": doubted,
            }));
            assert!(arrival(&told).is_err(), "{doubted}");
        }
        for fine in [json!(true), json!("true")] {
            let told = claims(json!({
                "sub": "7", "email": "ada@example.com", "email_verified": fine,
            }));
            assert!(arrival(&told).is_ok(), "{fine}");
        }
    }

    #[test]
    fn userinfo_fills_in_what_the_token_leaves_out_and_changes_nothing_that_it_says() {
        let mut told = claims(json!({"sub": "7", "email": "ada@example.com"}));
        assert!(Names::of(&oidc()).are_missing_in(&told));
        let other = json!({"sub": "8", "name": "Eve"}).to_string();
        assert!(told.add_userinfo(other.as_bytes()).is_err());
        let same = json!({"sub": "7", "name": "Ada", "email": "eve@example.com"}).to_string();
        told.add_userinfo(same.as_bytes()).unwrap();
        let ada = arrival(&told).unwrap();
        assert_eq!(
            (ada.email.as_str(), ada.display_name.as_str()),
            ("ada@example.com", "Ada")
        );
    }

    #[test]
    fn a_name_with_dots_in_it_is_a_name_first() {
        let told = claims(json!({
            "sub": "7", "https://example.com/mail": "ada@example.com",
            "a.b": "whole", "a": {"b": "part", "c": "inner"},
        }));
        assert_eq!(
            told.text("https://example.com/mail").as_deref(),
            Some("ada@example.com")
        );
        assert_eq!(told.text("a.b").as_deref(), Some("whole"));
        assert_eq!(told.text("a.c").as_deref(), Some("inner"));
        assert_eq!(told.text("a.d"), None);
    }
}
