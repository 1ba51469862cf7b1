//! From what the OpenID provider or the directory tells of somebody to a role and groups here.

use crate::app::App;
use crate::config::{GroupRule, Ldap, Oidc, RoleRule};
use crate::error::AppResult;
use inhouse_protocol::{PersonSource, Role};
use inhouse_store::{Arrival, ArrivalGroup, ArrivalRole, ArrivalRules, Welcome};

/// The longest name of a group, in characters.
pub const GROUP_NAME_CHARS: usize = 120;

/// A value that was told of somebody: one of a claim, or a group of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What a person calls it.
    pub name: String,
    /// The same in full, such as a DN.
    pub full: Option<String>,
}

impl Told {
    /// A value that has no other form.
    pub fn plain(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            full: None,
        }
    }
}

/// How values become a role and groups.
#[derive(Debug, Clone)]
pub struct Mapping {
    roles: Vec<RoleRule>,
    groups: Vec<GroupRule>,
    mirror: bool,
    default_role: Role,
    only_mapped: bool,
    /// How values are compared: a claim's letter by letter, a directory's names as DNs are.
    key: fn(&str) -> String,
}

impl Mapping {
    /// The mapping of `[oidc]`.
    pub fn of_oidc(oidc: &Oidc) -> Self {
        Self {
            roles: oidc.roles.clone(),
            groups: oidc.groups.clone(),
            mirror: oidc.mirror_groups,
            default_role: oidc.default_role,
            only_mapped: oidc.only_mapped,
            key: str::to_owned,
        }
    }

    /// The mapping of `[ldap]`.
    pub fn of_ldap(ldap: &Ldap) -> Self {
        Self {
            roles: ldap.roles.clone(),
            groups: ldap.groups.clone(),
            mirror: ldap.mirror_groups,
            default_role: ldap.default_role,
            only_mapped: ldap.only_mapped,
            key: dn_key,
        }
    }

    fn fits(&self, value: &str, told: &Told) -> bool {
        let value = (self.key)(value);
        value == (self.key)(&told.name)
            || told
                .full
                .as_deref()
                .is_some_and(|full| value == (self.key)(full))
    }

    /// The role that follows: of the first rule that fits.
    pub fn role(&self, told: &[Told]) -> ArrivalRole {
        let rule = self
            .roles
            .iter()
            .find(|rule| told.iter().any(|told| self.fits(&rule.value, told)));
        match rule {
            Some(rule) => ArrivalRole::Is(rule.role),
            None if self.only_mapped => ArrivalRole::Nobody,
            None if self.roles.is_empty() => ArrivalRole::StartsAs(self.default_role),
            None => ArrivalRole::Is(self.default_role),
        }
    }

    /// The groups that follow. A value that can be no group's name is left out.
    pub fn groups(&self, told: &[Told]) -> Vec<ArrivalGroup> {
        let mapped = self
            .groups
            .iter()
            .filter(|rule| told.iter().any(|told| self.fits(&rule.value, told)))
            .map(|rule| ArrivalGroup {
                name: rule.group.trim().to_owned(),
                mirrored: false,
            });
        let mirrored = told
            .iter()
            .filter(|_| self.mirror)
            .map(|told| told.name.trim())
            .filter(|name| (1..=GROUP_NAME_CHARS).contains(&name.chars().count()))
            .map(|name| ArrivalGroup {
                name: name.to_owned(),
                mirrored: true,
            });
        mapped.chain(mirrored).collect()
    }
}

/// A directory's name in a form that can be compared: case and the spaces around separators don't
/// count (RFC 4517, section 4.2.15, in short: values of our groups' names have no escapes).
pub fn dn_key(name: &str) -> String {
    let parts = name.split(',').map(|part| match part.split_once('=') {
        Some((kind, value)) => format!("{}={}", kind.trim(), value.trim()),
        None => part.trim().to_owned(),
    });
    parts.collect::<Vec<_>>().join(",").to_lowercase()
}

impl App {
    /// Finds or makes the account of somebody whom the provider or the directory vouches for.
    pub async fn welcome(&self, arrival: &Arrival) -> AppResult<Welcome> {
        let new_people = match arrival.source {
            PersonSource::Oidc => self.config.oidc.new_people,
            PersonSource::Ldap => self.config.ldap.new_people,
            PersonSource::Local | PersonSource::Scim => false,
        };
        let rules = ArrivalRules {
            link_by_email: self.config.sign_in.link_by_email,
            new_people,
        };
        Ok(self.store.welcome(arrival, rules).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ldap() -> Ldap {
        Ldap {
            roles: vec![
                RoleRule {
                    value: "cn=inhouse-admins, ou=groups, dc=example, dc=com".into(),
                    role: Role::Admin,
                },
                RoleRule {
                    value: "Legal".into(),
                    role: Role::Legal,
                },
            ],
            groups: vec![GroupRule {
                value: "contracts".into(),
                group: "Contracts".into(),
            }],
            ..Ldap::default()
        }
    }

    fn group(name: &str) -> Told {
        Told {
            name: name.into(),
            full: Some(format!("CN={name},ou=groups,dc=example,dc=com")),
        }
    }

    #[test]
    fn the_first_rule_that_fits_gives_the_role_by_name_or_by_dn() {
        let mapping = Mapping::of_ldap(&ldap());
        let both = [group("legal"), group("Inhouse-Admins")];
        assert_eq!(mapping.role(&both), ArrivalRole::Is(Role::Admin));
        assert_eq!(mapping.role(&both[..1]), ArrivalRole::Is(Role::Legal));
    }

    #[test]
    fn without_a_rule_that_fits_the_role_is_the_default_or_none() {
        let told = [group("others")];
        let mapping = Mapping::of_ldap(&ldap());
        assert_eq!(mapping.role(&told), ArrivalRole::Is(Role::Employee));
        let strict = Ldap {
            only_mapped: true,
            ..ldap()
        };
        assert_eq!(Mapping::of_ldap(&strict).role(&told), ArrivalRole::Nobody);
        let silent = Mapping::of_ldap(&Ldap::default());
        assert_eq!(silent.role(&told), ArrivalRole::StartsAs(Role::Employee));
    }

    #[test]
    fn a_claims_value_is_compared_letter_by_letter() {
        let oidc = Oidc {
            roles: vec![RoleRule {
                value: "Admins".into(),
                role: Role::Admin,
            }],
            ..Oidc::default()
        };
        let mapping = Mapping::of_oidc(&oidc);
        let role = |value: &str| mapping.role(&[Told::plain(value)]);
        assert_eq!(role("Admins"), ArrivalRole::Is(Role::Admin));
        assert_eq!(role("admins"), ArrivalRole::Is(Role::Employee));
    }

    #[test]
    fn groups_follow_from_rules_and_from_mirroring() {
        let mirror = Ldap {
            mirror_groups: true,
            ..ldap()
        };
        let told = [group("Contracts"), group(&"x".repeat(121))];
        let mapped = ArrivalGroup {
            name: "Contracts".into(),
            mirrored: false,
        };
        let groups = Mapping::of_ldap(&ldap()).groups(&told);
        assert_eq!(groups, std::slice::from_ref(&mapped));
        let mirrored = ArrivalGroup {
            mirrored: true,
            ..mapped.clone()
        };
        assert_eq!(Mapping::of_ldap(&mirror).groups(&told), [mapped, mirrored]);
    }
}
