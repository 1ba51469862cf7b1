//! Whether a changing request comes from our own pages (OWASP CSRF Prevention Cheat Sheet:
//! verifying origin with standard headers, fetch metadata).

use http::{HeaderMap, Method, header};
use url::Url;

/// Whether the request may change something, by its headers alone: a browser says `same-origin`
/// (or `none`, typed in), or its `Origin` has our host. A client that sends neither header is no
/// browser and can't be abused by another site.
pub fn is_ours(headers: &HeaderMap, public_url: Option<&Url>) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Some(origin) = origin.to_str().ok().and_then(|text| Url::parse(text).ok()) else {
        return false;
    };
    if public_url.is_some_and(|url| url.origin() == origin.origin()) {
        return true;
    }
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let authority = match (origin.host_str(), origin.port()) {
        (Some(name), Some(port)) => format!("{name}:{port}"),
        (Some(name), None) => name.to_owned(),
        (None, _) => return false,
    };
    host.is_some_and(|host| host.eq_ignore_ascii_case(&authority))
}

/// Whether the method may change something.
pub fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), http::HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn another_site_is_not_ours_whichever_header_tells() {
        assert!(!is_ours(
            &headers(&[("sec-fetch-site", "cross-site")]),
            None
        ));
        assert!(!is_ours(&headers(&[("sec-fetch-site", "same-site")]), None));
        assert!(!is_ours(
            &headers(&[("origin", "https://evil.example"), ("host", "a:8080")]),
            None
        ));
        assert!(!is_ours(
            &headers(&[("origin", "null"), ("host", "a:8080")]),
            None
        ));
    }

    #[test]
    fn our_own_pages_and_scripts_are_ours() {
        assert!(is_ours(
            &headers(&[("sec-fetch-site", "same-origin")]),
            None
        ));
        assert!(is_ours(
            &headers(&[("origin", "http://a:8080"), ("host", "a:8080")]),
            None
        ));
        let public = Url::parse("https://ask.example").unwrap();
        assert!(is_ours(
            &headers(&[("origin", "https://ask.example"), ("host", "x:1")]),
            Some(&public)
        ));
        assert!(is_ours(&headers(&[("host", "a:8080")]), None));
    }
}
