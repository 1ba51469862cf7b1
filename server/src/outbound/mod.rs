//! Calls to what the configuration names, such as Jira and the OpenID provider: the host resolved,
//! the address checked and pinned, no redirect followed, no proxy from the environment, everything
//! bounded in time and size.

mod address;

pub use address::{AllowList, Allowed};

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// Why a call could not be made, in words and without the address: it may hold what the operator
/// keeps private.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// No connection, no reply in time, or half of one.
    #[error("{0}")]
    Unavailable(String),
    /// The address is not one that may be called.
    #[error("{0}")]
    Address(String),
}

/// Clients that reach nothing but the address which a host resolved to and which may be called.
#[derive(Debug, Clone)]
pub struct Outbound {
    allow: AllowList,
    connect_timeout: Duration,
    timeout: Duration,
    authorities: Vec<reqwest::Certificate>,
    /// By host and port: the address that the host had last, and the client pinned to it.
    clients: Arc<Mutex<HashMap<String, (SocketAddr, reqwest::Client)>>>,
}

impl Outbound {
    /// Calls to what `allow` lists; `timeout` is for the whole call, the connection included.
    pub fn new(allow: AllowList, connect_timeout: Duration, timeout: Duration) -> Self {
        Self {
            allow,
            connect_timeout,
            timeout,
            authorities: Vec::new(),
            clients: Arc::default(),
        }
    }

    /// Believes these authorities too, besides those of the system.
    #[must_use]
    pub fn trusting(mut self, authorities: Vec<reqwest::Certificate>) -> Self {
        self.authorities = authorities;
        self
    }

    /// The longest that a call may take.
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// A client for calls to `url`'s host.
    pub async fn client(&self, url: &Url) -> Result<reqwest::Client, OutboundError> {
        let address = self.allow.resolve(url).await?;
        let host = format!("{}:{}", url.host_str().unwrap_or_default(), address.port());
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, client)) = clients.get(&host)
            && *known == address
        {
            return Ok(client.clone());
        }
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .user_agent(concat!("inhouse/", env!("CARGO_PKG_VERSION")));
        if !self.authorities.is_empty() {
            client = client.tls_certs_merge(self.authorities.iter().cloned());
        }
        if let Some(domain) = url.domain() {
            client = client.resolve(domain, address);
        }
        let client = client.build().map_err(|error| lost(&error))?;
        clients.insert(host, (address, client.clone()));
        Ok(client)
    }
}

/// The body of a reply of at most `limit` bytes.
pub async fn read(mut reply: reqwest::Response, limit: usize) -> Result<Vec<u8>, OutboundError> {
    let mut text = Vec::new();
    while let Some(chunk) = reply.chunk().await.map_err(|error| lost(&error))? {
        if text.len() + chunk.len() > limit {
            return Err(OutboundError::Unavailable(format!(
                "a reply of over {limit} bytes"
            )));
        }
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

/// No reply, or half of one.
pub fn lost(error: &reqwest::Error) -> OutboundError {
    let what = if error.is_timeout() {
        "no reply in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    let why = cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
    OutboundError::Unavailable(format!("{what}{why}"))
}

/// The certificates in a PEM file.
pub fn authorities(file: &Path) -> Result<Vec<reqwest::Certificate>, String> {
    let wrong = |why: String| format!("{}: {why}", file.display());
    let text = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let found = reqwest::Certificate::from_pem_bundle(&text);
    let found = found.map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(found)
}

/// Whether an address names this machine by itself, without asking a name server.
pub fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_addresses_of_this_machine_are_loopback() {
        for (text, expected) in [
            ("http://localhost:3000", true),
            ("http://127.0.0.1/a", true),
            ("http://[::1]:1", true),
            ("ldap://localhost", true),
            ("ldap://127.0.0.1:389", true),
            ("http://localhost.example.com", false),
            ("http://127.example.com", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(text).unwrap()), expected, "{text}");
        }
    }
}
