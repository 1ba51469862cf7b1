//! The tokens of programs: `inh_` and 32 random bytes in base64url, sent as
//! `Authorization: Bearer …` (RFC 6750). Only their SHA-256 is stored: with that much randomness
//! it needs neither salt nor slowness.

use super::random;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, header};
use sha2::{Digest as _, Sha256};

/// How every token begins, so that scanners of repositories and logs know one.
const PREFIX: &str = "inh_";

const TOKEN_BYTES: usize = 32;

/// What a request brings in its `Authorization` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// No header, or another scheme, such as that of a proxy in front.
    Absent,
    /// What can be no token of ours.
    Malformed,
    /// The SHA-256, in hex, of what has the form of a token.
    Hash(String),
}

/// A new token. Fails only where the operating system has no randomness.
pub fn fresh() -> std::io::Result<String> {
    let bytes = random::bytes::<TOKEN_BYTES>()?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The SHA-256 of a token, in hex.
pub fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// The token that a request brings.
pub fn presented(headers: &HeaderMap) -> Bearer {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Bearer::Absent;
    };
    let (Ok(text), None) = (value.to_str(), values.next()) else {
        return Bearer::Malformed;
    };
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Bearer::Absent;
    }
    match token.trim() {
        token if is_token(token) => Bearer::Hash(hash(token)),
        _ => Bearer::Malformed,
    }
}

fn is_token(text: &str) -> bool {
    text.strip_prefix(PREFIX)
        .and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok())
        .is_some_and(|bytes| bytes.len() == TOKEN_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn with(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_fresh_token_is_found_by_its_hash_and_another_each_time() {
        let (token, other) = (fresh().unwrap(), fresh().unwrap());
        assert!(token.starts_with("inh_") && token.len() == 47, "{token}");
        assert_ne!(token, other);
        let sent = presented(&with(&[&format!("bearer {token}")]));
        assert_eq!(sent, Bearer::Hash(hash(&token)));
        assert_eq!(hash(&token).len(), 64);
    }

    #[test]
    fn what_is_no_token_of_ours_is_malformed_and_not_absent() {
        let token = fresh().unwrap();
        for value in [
            "Bearer",
            "Bearer ",
            "Bearer inh_",
            "Bearer inh_short",
            "Bearer inh_../../../../../../../../../../../../etc/passwd",
            "Bearer ' OR 1=1 --",
            &format!("Bearer {}", token.trim_start_matches("inh_")),
            &format!("Bearer {token}="),
            &format!("Bearer {token} {token}"),
        ] {
            assert_eq!(presented(&with(&[value])), Bearer::Malformed, "{value}");
        }
        let good = format!("Bearer {token}");
        assert_eq!(presented(&with(&[&good, &good])), Bearer::Malformed);
    }

    #[test]
    fn another_scheme_is_none_of_ours() {
        assert_eq!(presented(&HeaderMap::new()), Bearer::Absent);
        assert_eq!(presented(&with(&["Basic YTpi"])), Bearer::Absent);
    }
}
