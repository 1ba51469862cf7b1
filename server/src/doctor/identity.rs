//! Whether the ways to sign in besides local accounts work.

use super::Check;
use crate::auth::ldap::Directory;
use crate::auth::oidc::Provider;
use crate::config::{Config, LdapTls};

const NONE: &str = "none configured";

pub(super) async fn provider(config: &Config) -> Check {
    const NAME: &str = "OpenID provider";
    const ADVICE: &str = "Correct [oidc], and check that the provider can be reached from here.";
    let found = match Provider::new(config) {
        Ok(Some(provider)) => provider.check().await,
        Ok(None) => return Check::ok(NAME, NONE),
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => Check::ok(NAME, found),
        Err(error) => Check::fail(NAME, error.to_string(), ADVICE),
    }
}

pub(super) async fn directory(config: &Config) -> Check {
    const NAME: &str = "directory";
    const ADVICE: &str = "Correct [ldap], and check that the directory can be reached from here.";
    let found = match Directory::new(config) {
        Ok(Some(directory)) => directory.check().await,
        Ok(None) => return Check::ok(NAME, NONE),
        Err(error) => Err(error),
    };
    match found {
        Ok(found) if plain(config) => Check::warn(
            NAME,
            found,
            "Passwords cross the network in the open. Set ldap.tls = \"starttls\" or use ldaps://.",
        ),
        Ok(found) if config.ldap.id_attribute.is_empty() => Check::warn(
            NAME,
            found,
            "People are told apart by their DN: somebody new who gets the DN of somebody who left \
             gets their account. Set ldap.id_attribute, such as \"entryUUID\".",
        ),
        Ok(found) => Check::ok(NAME, found),
        Err(error) => Check::fail(NAME, error.to_string(), ADVICE),
    }
}

/// Whether passwords travel without TLS.
fn plain(config: &Config) -> bool {
    let url = config.ldap.url.as_deref().unwrap_or_default();
    url.starts_with("ldap://") && config.ldap.tls == LdapTls::PlainOverNetwork
}
