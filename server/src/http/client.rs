//! The address a request comes from, for limits and the record.

use crate::app::App;
use crate::config::Network;
use crate::error::AppError;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use std::net::{IpAddr, SocketAddr};

/// The caller's address: the peer's, or, where the peer is a trusted proxy, the last address in
/// `X-Forwarded-For` that is not one.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClientAddress(pub(super) Option<IpAddr>);

impl std::fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

impl FromRequestParts<App> for ClientAddress {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(','))
            .filter_map(|text| text.trim().parse().ok())
            .collect::<Vec<IpAddr>>();
        Ok(Self(resolve(
            peer,
            &forwarded,
            &app.config.server.trusted_proxies,
        )))
    }
}

fn resolve(peer: Option<IpAddr>, forwarded: &[IpAddr], trusted: &[Network]) -> Option<IpAddr> {
    let peer = peer?;
    if !trusted.iter().any(|net| net.contains(peer)) {
        return Some(peer);
    }
    let last = forwarded
        .iter()
        .rev()
        .find(|address| !trusted.iter().any(|net| net.contains(**address)));
    Some(last.copied().unwrap_or(peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_forwarded_address_counts_only_behind_a_trusted_proxy() {
        let (peer, forged, proxy) = (ip("10.0.0.9"), ip("1.2.3.4"), ip("10.0.1.1"));
        let trusted: Vec<Network> = vec!["10.0.1.0/24".parse().unwrap()];
        assert_eq!(resolve(Some(peer), &[forged], &trusted), Some(peer));
        assert_eq!(resolve(Some(proxy), &[forged, peer], &trusted), Some(peer));
        assert_eq!(resolve(Some(proxy), &[], &trusted), Some(proxy));
    }
}
