//! The session cookie.

use http::{HeaderMap, HeaderValue, header};

/// How the cookie is set: behind TLS it carries the `__Host-` prefix and `Secure`
/// (RFC 6265bis, section 4.1.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Plain HTTP, for a machine's own loopback.
    Plain,
    /// HTTPS, by ourselves or by a proxy in front.
    Tls,
}

impl Transport {
    /// The cookie's name.
    pub const fn cookie_name(self) -> &'static str {
        match self {
            Self::Plain => "inhouse-session",
            Self::Tls => "__Host-inhouse-session",
        }
    }

    const fn flags(self) -> &'static str {
        match self {
            Self::Plain => "Path=/; HttpOnly; SameSite=Lax",
            Self::Tls => "Path=/; HttpOnly; SameSite=Lax; Secure",
        }
    }

    /// The `Set-Cookie` value that starts a session of `max_age_s` seconds.
    pub fn set(self, token: &str, max_age_s: i64) -> Option<HeaderValue> {
        let text = format!(
            "{}={token}; Max-Age={max_age_s}; {}",
            self.cookie_name(),
            self.flags()
        );
        HeaderValue::from_str(&text).ok()
    }

    /// The `Set-Cookie` value that ends it.
    pub fn clear(self) -> Option<HeaderValue> {
        self.set("", 0)
    }

    /// The name of another cookie of ours, bound to the host in the same way.
    pub fn name_of(self, name: &str) -> String {
        match self {
            Self::Plain => format!("inhouse-{name}"),
            Self::Tls => format!("__Host-inhouse-{name}"),
        }
    }

    /// The `Set-Cookie` value that keeps another cookie of ours for `max_age_s` seconds; 0 ends it.
    pub fn keep(self, name: &str, value: &str, max_age_s: i64) -> Option<HeaderValue> {
        let (name, flags) = (self.name_of(name), self.flags());
        HeaderValue::from_str(&format!("{name}={value}; Max-Age={max_age_s}; {flags}")).ok()
    }

    /// The token in a request's cookies.
    pub fn token(self, headers: &HeaderMap) -> Option<String> {
        named(headers, self.cookie_name())
    }
}

/// The value of the cookie `name`; the first where there are several.
pub fn named(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_tls_the_cookie_is_bound_to_the_host() {
        let value = Transport::Tls.set("t", 60).unwrap();
        assert_eq!(
            value.to_str().unwrap(),
            "__Host-inhouse-session=t; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("theme=dark; inhouse-session=abc"),
        );
        assert_eq!(Transport::Plain.token(&headers).as_deref(), Some("abc"));
        assert_eq!(Transport::Tls.token(&headers), None);
    }
}
