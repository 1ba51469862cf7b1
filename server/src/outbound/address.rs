//! Which address may be called. A host name is resolved once, what it resolved to is checked, and
//! the call is pinned to that: a name that changes in between (DNS rebinding) gains nothing.

use super::OutboundError;
use crate::config::Network;
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

/// One entry of an allow list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// A host by its name.
    Host(String),
    /// Addresses.
    Network(Network),
}

/// Hosts and networks that may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowList {
    entries: Vec<Allowed>,
    /// The setting it comes from, for errors.
    setting: &'static str,
}

impl AllowList {
    /// Reads the entries of `setting`, such as `jira.example.com` and `10.0.0.0/8`.
    pub fn new(setting: &'static str, entries: &[String]) -> Self {
        let entry = |entry: &String| match entry.parse() {
            Ok(network) => Allowed::Network(network),
            Err(_) => Allowed::Host(entry.trim_end_matches('.').to_ascii_lowercase()),
        };
        Self {
            entries: entries.iter().map(entry).collect(),
            setting,
        }
    }

    /// Resolves `url`'s host and gives the first address that may be called, or why none may.
    pub async fn resolve(&self, url: &Url) -> Result<SocketAddr, OutboundError> {
        let nowhere = || OutboundError::Address("it names no host and port".to_owned());
        let host = url.host().ok_or_else(nowhere)?;
        let port = url.port_or_known_default().ok_or_else(nowhere)?;
        let name = host.to_string();
        let addresses: Vec<SocketAddr> = match &host {
            Host::Ipv4(ip) => vec![SocketAddr::new(IpAddr::V4(*ip), port)],
            Host::Ipv6(ip) => vec![SocketAddr::new(IpAddr::V6(*ip), port)],
            Host::Domain(domain) => tokio::net::lookup_host((*domain, port))
                .await
                .map_err(|error| {
                    OutboundError::Unavailable(format!("{name} can't be resolved ({error})"))
                })?
                .collect(),
        };
        let domain = matches!(host, Host::Domain(_)).then_some(name.as_str());
        addresses
            .iter()
            .copied()
            .find(|address| self.allows(domain, address.ip()))
            .ok_or_else(|| OutboundError::Address(self.why_not(&name, &addresses)))
    }

    /// Whether `address`, what `domain` resolved to, may be called.
    fn allows(&self, domain: Option<&str>, address: IpAddr) -> bool {
        let mut hosts = self.entries.iter().filter_map(|entry| match entry {
            Allowed::Host(host) => Some(host),
            Allowed::Network(_) => None,
        });
        let mut networks = self.entries.iter().filter_map(|entry| match entry {
            Allowed::Network(network) => Some(network),
            Allowed::Host(_) => None,
        });
        let in_network = networks.clone().any(|network| network.contains(address));
        let has_networks = networks.next().is_some();
        let named = domain.is_some_and(|domain| {
            let domain = domain.trim_end_matches('.').to_ascii_lowercase();
            hosts.clone().any(|host| *host == domain)
        });
        let has_hosts = hosts.next().is_some();
        match (has_hosts, has_networks) {
            (false, false) => !is_own(address),
            (true, false) => named && !is_own(address),
            (false, true) => in_network,
            (true, true) => named && in_network,
        }
    }

    fn why_not(&self, host: &str, addresses: &[SocketAddr]) -> String {
        let setting = self.setting;
        let found: Vec<_> = addresses
            .iter()
            .map(|address| address.ip().to_string())
            .collect();
        let found = if found.is_empty() {
            "nothing".to_owned()
        } else {
            found.join(", ")
        };
        if self.entries.is_empty() {
            format!(
                "{host} resolves to {found}, this machine or a link-local address; if that is \
                 meant, list it in {setting}"
            )
        } else {
            format!("{host} resolves to {found}, which {setting} doesn't list")
        }
    }
}

/// Addresses that nothing but an explicit network in the list opens: this machine, link-local
/// (cloud metadata services among them), multicast, unspecified.
fn is_own(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => {
            ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_broadcast()
                || ip.octets()[0] == 0
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> AllowList {
        let entries: Vec<_> = entries.iter().map(|&entry| entry.to_owned()).collect();
        AllowList::new("jira.allow", &entries)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn without_a_list_this_machine_and_link_local_addresses_are_refused() {
        let list = list(&[]);
        for address in [
            "127.0.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "::ffff:127.0.0.1",
            "224.0.0.1",
        ] {
            assert!(
                !list.allows(Some("jira.example.com"), ip(address)),
                "{address}"
            );
        }
        assert!(list.allows(Some("jira.example.com"), ip("10.1.2.3")));
        assert!(list.allows(Some("jira.example.com"), ip("2001:db8::5")));
    }

    #[test]
    fn a_listed_name_that_resolves_to_this_machine_is_refused() {
        let list = list(&["jira.example.com"]);
        assert!(list.allows(Some("JIRA.example.com."), ip("10.1.2.3")));
        assert!(!list.allows(Some("jira.example.com"), ip("127.0.0.1")));
        assert!(!list.allows(Some("evil.example.com"), ip("10.1.2.3")));
        assert!(!list.allows(None, ip("10.1.2.3")));
    }

    #[test]
    fn name_and_network_must_both_agree_where_both_are_listed() {
        let list = list(&["jira.example.com", "10.0.0.0/8"]);
        assert!(list.allows(Some("jira.example.com"), ip("10.1.2.3")));
        assert!(!list.allows(Some("jira.example.com"), ip("192.0.2.1")));
        assert!(!list.allows(Some("other.example.com"), ip("10.1.2.3")));
    }

    #[test]
    fn a_listed_network_opens_this_machine() {
        assert!(list(&["127.0.0.0/8"]).allows(Some("localhost"), ip("127.0.0.1")));
    }
}
