//! The ways to sign in: what must go together, and what would send passwords or tokens in the open.

use super::super::layers::Origins;
use super::super::{Config, ConfigError, GroupRule, LdapTls, RoleRule};
use super::within;
use crate::auth::arrival::GROUP_NAME_CHARS;
use crate::outbound::is_loopback;
use std::path::PathBuf;
use url::Url;

impl Config {
    pub(super) fn validate_identity(&self, origins: &Origins) -> Result<(), ConfigError> {
        self.validate_oidc(origins)?;
        self.validate_ldap(origins)?;
        if !self.sign_in.local && self.oidc.issuer.is_none() && self.ldap.url.is_none() {
            return Err(origins.wrong(
                "sign_in.local",
                "nobody could sign in: set oidc.issuer or ldap.url before local accounts are \
                 turned off",
            ));
        }
        Ok(())
    }

    fn validate_oidc(&self, origins: &Origins) -> Result<(), ConfigError> {
        let oidc = &self.oidc;
        let Some(issuer) = &oidc.issuer else {
            return Ok(());
        };
        let wrong = |name: &str, reason: &str| Err(origins.wrong(name, reason));
        let Some(url) = oidc.issuer_url().filter(|url| url.host_str().is_some()) else {
            return wrong(
                "oidc.issuer",
                "this is no address; write it as the provider does",
            );
        };
        // OpenID Connect Discovery 1.0, section 2: https, without query and fragment.
        if url.query().is_some() || url.fragment().is_some() {
            return wrong("oidc.issuer", "an issuer's address has no ? and no #");
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(origins.wrong(
                "oidc.issuer",
                format!("'{issuer}' must start with https://; http is for this machine only"),
            ));
        }
        if oidc.client_id.trim().is_empty() {
            return wrong(
                "oidc.client_id",
                "oidc.issuer is set, so this is needed too",
            );
        }
        if !oidc.scopes.iter().any(|scope| scope == "openid") {
            return wrong("oidc.scopes", "'openid' must be among them");
        }
        if oidc.email_claim.trim().is_empty() {
            return wrong("oidc.email_claim", "an account needs an e-mail address");
        }
        if !(1..=60).contains(&oidc.label.trim().chars().count()) {
            return wrong("oidc.label", "a label has 1 to 60 characters");
        }
        rules_fit(origins, "oidc", &oidc.roles, &oidc.groups, oidc.only_mapped)?;
        self.file_is_there(origins, "oidc.ca_file", oidc.ca_file.as_ref())?;
        within(
            origins,
            "oidc.connect_timeout_s",
            oidc.connect_timeout_s,
            1,
            60,
        )?;
        within(origins, "oidc.timeout_s", oidc.timeout_s, 1, 60)
    }

    fn validate_ldap(&self, origins: &Origins) -> Result<(), ConfigError> {
        let ldap = &self.ldap;
        let Some(address) = &ldap.url else {
            return Ok(());
        };
        let wrong = |name: &str, reason: &str| Err(origins.wrong(name, reason));
        let Some(url) = Url::parse(address)
            .ok()
            .filter(|url| url.host_str().is_some_and(|host| !host.is_empty()))
        else {
            return wrong("ldap.url", "write it like ldaps://directory.example.com");
        };
        match (url.scheme(), ldap.tls) {
            ("ldaps", _) | ("ldap", LdapTls::Starttls | LdapTls::PlainOverNetwork) => {}
            ("ldap", LdapTls::Plain) if is_loopback(&url) => {}
            ("ldap", LdapTls::Plain) => {
                return wrong(
                    "ldap.tls",
                    "the directory is on another machine: without TLS passwords would cross the \
                     network in the open. Use \"starttls\" or ldaps:// (or say \
                     \"plain_over_network\")",
                );
            }
            _ => return wrong("ldap.url", "this must start with ldaps:// or ldap://"),
        }
        for (name, value) in [
            ("ldap.base", &ldap.base),
            ("ldap.mail_attribute", &ldap.mail_attribute),
            ("ldap.name_attribute", &ldap.name_attribute),
        ] {
            if value.trim().is_empty() {
                return wrong(name, "ldap.url is set, so this is needed too");
            }
        }
        if !ldap.user_filter.contains("{login}") {
            return wrong(
                "ldap.user_filter",
                "{login} must stand where the login belongs",
            );
        }
        if !ldap.group_filter.is_empty() && !ldap.group_filter.contains("{dn}") {
            return wrong(
                "ldap.group_filter",
                "{dn} must stand where the member's DN belongs",
            );
        }
        if !ldap.group_filter.is_empty() && ldap.group_name_attribute.trim().is_empty() {
            return wrong("ldap.group_name_attribute", "groups need a name");
        }
        // A bind with a name and no password succeeds as nobody (RFC 4513, section 5.1.2).
        if ldap.bind_dn.is_empty() == ldap.bind_password.is_some() {
            return wrong(
                "ldap.bind_password",
                "ldap.bind_dn and ldap.bind_password (or its file) go together",
            );
        }
        rules_fit(origins, "ldap", &ldap.roles, &ldap.groups, ldap.only_mapped)?;
        self.file_is_there(origins, "ldap.ca_file", ldap.ca_file.as_ref())?;
        within(
            origins,
            "ldap.nested_depth",
            ldap.nested_depth.into(),
            0,
            32,
        )?;
        within(
            origins,
            "ldap.connect_timeout_s",
            ldap.connect_timeout_s,
            1,
            60,
        )?;
        within(origins, "ldap.timeout_s", ldap.timeout_s, 1, 60)
    }

    fn file_is_there(
        &self,
        origins: &Origins,
        name: &str,
        file: Option<&PathBuf>,
    ) -> Result<(), ConfigError> {
        match file.map(|file| self.in_data(file)) {
            Some(path) if !path.is_file() => {
                Err(origins.wrong(name, format!("there is no file {}", path.display())))
            }
            _ => Ok(()),
        }
    }
}

fn rules_fit(
    origins: &Origins,
    section: &str,
    roles: &[RoleRule],
    groups: &[GroupRule],
    only_mapped: bool,
) -> Result<(), ConfigError> {
    let name = |setting: &str| format!("{section}.{setting}");
    if only_mapped && roles.is_empty() {
        return Err(origins.wrong(
            &name("only_mapped"),
            format!("{section}.roles is empty, so nobody would be let in"),
        ));
    }
    if roles.iter().any(|rule| rule.value.trim().is_empty()) {
        return Err(origins.wrong(&name("roles"), "a rule without a value fits nobody"));
    }
    for rule in groups {
        if rule.value.trim().is_empty() {
            return Err(origins.wrong(&name("groups"), "a rule without a value fits nobody"));
        }
        if !(1..=GROUP_NAME_CHARS).contains(&rule.group.trim().chars().count()) {
            return Err(origins.wrong(
                &name("groups"),
                format!("a group's name has 1 to {GROUP_NAME_CHARS} characters"),
            ));
        }
    }
    Ok(())
}
