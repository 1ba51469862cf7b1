//! The settings of identity: local accounts, the company's OpenID provider, the company's directory.

use super::Secret;
use inhouse_protocol::Role;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use url::Url;

/// `[sign_in]`: how people prove who they are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// Accounts with a password that is kept here.
    pub local: bool,
    /// Roles whose local accounts have to set up a second factor before anything else.
    pub totp_required: Vec<Role>,
    /// Whoever the provider or the directory vouches for may take over the account with the same
    /// e-mail address, wherever it was made.
    pub link_by_email: bool,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            local: true,
            totp_required: Vec::new(),
            link_by_email: false,
        }
    }
}

/// A value that the provider or the directory tells of a person, and the role it stands for here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// A value of the claim; for the directory a group's DN or name.
    pub value: String,
    pub role: Role,
}

/// A value that the provider or the directory tells of a person, and the group it stands for here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRule {
    /// A value of the claim; for the directory a group's DN or name.
    pub value: String,
    /// A group's name here; made when it isn't there.
    pub group: String,
}

/// `[oidc]`: the company's OpenID provider; without `issuer`, none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oidc {
    /// Exactly as the provider writes it: its tokens are compared with it letter by letter.
    pub issuer: Option<String>,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub client_secret_file: Option<PathBuf>,
    /// What stands on the button of the sign-in page.
    pub label: String,
    pub scopes: Vec<String>,
    pub email_claim: String,
    pub name_claim: String,
    pub department_claim: String,
    pub roles_claim: String,
    pub groups_claim: String,
    /// The first that fits decides; empty: roles are given here.
    pub roles: Vec<RoleRule>,
    pub groups: Vec<GroupRule>,
    /// Every value of the groups' claim is a group of that name here.
    pub mirror_groups: bool,
    /// The role where no rule fits.
    pub default_role: Role,
    /// Where no rule fits, nobody is let in.
    pub only_mapped: bool,
    /// Accounts are made for people who have none.
    pub new_people: bool,
    /// Host names and networks that may be called; as for Jira.
    pub allow: Vec<String>,
    /// Certificates of authorities, PEM, besides those of the system.
    pub ca_file: Option<PathBuf>,
    pub connect_timeout_s: u64,
    pub timeout_s: u64,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: None,
            client_id: String::new(),
            client_secret: None,
            client_secret_file: None,
            label: "your company account".into(),
            scopes: ["openid", "profile", "email"].map(str::to_owned).to_vec(),
            email_claim: "email".into(),
            name_claim: "name".into(),
            department_claim: "department".into(),
            roles_claim: "roles".into(),
            groups_claim: "groups".into(),
            roles: Vec::new(),
            groups: Vec::new(),
            mirror_groups: false,
            default_role: Role::Employee,
            only_mapped: false,
            new_people: true,
            allow: Vec::new(),
            ca_file: None,
            connect_timeout_s: 5,
            timeout_s: 10,
        }
    }
}

impl Oidc {
    /// The issuer as an address, where there is one.
    pub fn issuer_url(&self) -> Option<Url> {
        self.issuer
            .as_deref()
            .and_then(|issuer| Url::parse(issuer).ok())
    }
}

/// How `ldap://` is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LdapTls {
    /// With TLS from before the first password on.
    Starttls,
    /// Without TLS, to a directory on this machine.
    Plain,
    /// Without TLS to anywhere: passwords cross the network in the open.
    PlainOverNetwork,
}

/// `[ldap]`: the company's directory; without `url`, none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ldap {
    /// `ldaps://…`, or `ldap://…` with [`Self::tls`].
    pub url: Option<String>,
    pub tls: LdapTls,
    /// Certificates of authorities, PEM, in place of those of the system.
    pub ca_file: Option<PathBuf>,
    /// Who searches; empty: nobody in particular.
    pub bind_dn: String,
    pub bind_password: Option<Secret>,
    pub bind_password_file: Option<PathBuf>,
    /// Where people are.
    pub base: String,
    /// `{login}` is what was typed, escaped.
    pub user_filter: String,
    /// The attribute that stays with a person for good; empty: the DN.
    pub id_attribute: String,
    pub mail_attribute: String,
    pub name_attribute: String,
    pub department_attribute: String,
    /// Where groups are; empty: `base`.
    pub group_base: String,
    /// `{dn}` is the member's DN, escaped; empty: no groups.
    pub group_filter: String,
    pub group_name_attribute: String,
    /// How many groups deep a group may lie in others; 0: groups in groups don't count.
    pub nested_depth: u32,
    /// The first that fits decides; empty: roles are given here.
    pub roles: Vec<RoleRule>,
    pub groups: Vec<GroupRule>,
    /// Every group of the directory is a group of that name here.
    pub mirror_groups: bool,
    /// The role where no rule fits.
    pub default_role: Role,
    /// Where no rule fits, nobody is let in.
    pub only_mapped: bool,
    /// Accounts are made for people who have none.
    pub new_people: bool,
    pub connect_timeout_s: u64,
    pub timeout_s: u64,
}

impl Default for Ldap {
    fn default() -> Self {
        Self {
            url: None,
            tls: LdapTls::Starttls,
            ca_file: None,
            bind_dn: String::new(),
            bind_password: None,
            bind_password_file: None,
            base: String::new(),
            user_filter: "(&(objectClass=person)(|(mail={login})(uid={login})))".into(),
            id_attribute: String::new(),
            mail_attribute: "mail".into(),
            name_attribute: "cn".into(),
            department_attribute: "departmentNumber".into(),
            group_base: String::new(),
            group_filter: "(|(member={dn})(uniqueMember={dn}))".into(),
            group_name_attribute: "cn".into(),
            nested_depth: 8,
            roles: Vec::new(),
            groups: Vec::new(),
            mirror_groups: false,
            default_role: Role::Employee,
            only_mapped: false,
            new_people: true,
            connect_timeout_s: 5,
            timeout_s: 10,
        }
    }
}
