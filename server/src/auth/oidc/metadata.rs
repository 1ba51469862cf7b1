//! What the provider says of itself (OpenID Connect Discovery 1.0).

use super::OidcError;
use crate::outbound::is_loopback;
use serde::Deserialize;
use url::Url;

/// The provider's addresses and habits, as far as they matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    pub(super) userinfo: Option<Url>,
    /// The client's secret goes into the body, not into a header.
    pub(super) wants_secret_in_body: bool,
    /// Its answers name the issuer (RFC 9207).
    pub(super) names_itself_in_answers: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where the document of `issuer` is.
pub(super) fn address(issuer: &str) -> Result<Url, OidcError> {
    let issuer = issuer.trim_end_matches('/');
    Url::parse(&format!("{issuer}/.well-known/openid-configuration"))
        .map_err(|error| OidcError::Settings(format!("setting oidc.issuer: {error}")))
}

impl Metadata {
    /// Reads the document and checks that it is `issuer`'s own (section 4.3).
    pub(super) fn parse(text: &[u8], issuer: &str) -> Result<Self, OidcError> {
        let document: Document = serde_json::from_slice(text).map_err(|error| {
            OidcError::Refused(format!("its discovery document can't be read ({error})"))
        })?;
        if document.issuer != issuer {
            return Err(OidcError::Refused(format!(
                "it calls itself '{}'; set oidc.issuer to exactly that",
                document.issuer
            )));
        }
        let methods = document.code_challenge_methods_supported;
        if methods.is_some_and(|methods| !methods.iter().any(|method| method == "S256")) {
            return Err(OidcError::refused("it doesn't know PKCE with S256"));
        }
        let secret_by = document.token_endpoint_auth_methods_supported;
        let wants_secret_in_body = secret_by.is_some_and(|methods| {
            let has = |name: &str| methods.iter().any(|method| method == name);
            has("client_secret_post") && !has("client_secret_basic")
        });
        // A provider on this machine may do without TLS; no other may, not even in part.
        let plain = Url::parse(issuer).is_ok_and(|url| url.scheme() == "http");
        let endpoint = |name: &str, text: &str| endpoint(name, text, plain);
        Ok(Self {
            authorization: endpoint("authorization_endpoint", &document.authorization_endpoint)?,
            token: endpoint("token_endpoint", &document.token_endpoint)?,
            keys: endpoint("jwks_uri", &document.jwks_uri)?,
            userinfo: document
                .userinfo_endpoint
                .map(|text| endpoint("userinfo_endpoint", &text))
                .transpose()?,
            wants_secret_in_body,
            names_itself_in_answers: document.authorization_response_iss_parameter_supported,
        })
    }
}

fn endpoint(name: &str, text: &str, plain: bool) -> Result<Url, OidcError> {
    let wrong = |why: &str| OidcError::Refused(format!("its {name} {why}"));
    let url = Url::parse(text).map_err(|_| wrong("is no address"))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if plain && is_loopback(&url) => Ok(url),
        _ => Err(wrong("doesn't start with https://")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ISSUER: &str = "https://login.example.com";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://login.example.com/auth",
            "token_endpoint": "https://login.example.com/token",
            "jwks_uri": "https://keys.example.com/jwks",
        })
    }

    fn parse(document: &Value) -> Result<Metadata, OidcError> {
        Metadata::parse(document.to_string().as_bytes(), ISSUER)
    }

    #[test]
    fn a_document_of_another_issuer_is_refused() {
        let mut other = document();
        other["issuer"] = "https://login.example.com/".into();
        assert!(parse(&document()).is_ok());
        assert!(matches!(parse(&other), Err(OidcError::Refused(_))));
    }

    #[test]
    fn an_endpoint_without_tls_is_refused_unless_all_is_on_this_machine() {
        for address in ["http://login.example.com/token", "http://127.0.0.1/token"] {
            let mut plain = document();
            plain["token_endpoint"] = address.into();
            assert!(
                matches!(parse(&plain), Err(OidcError::Refused(_))),
                "{address}"
            );
        }
        let mut here = document();
        for (name, path) in [
            ("issuer", ""),
            ("authorization_endpoint", "/auth"),
            ("token_endpoint", "/token"),
            ("jwks_uri", "/jwks"),
        ] {
            here[name] = format!("http://127.0.0.1:3000{path}").into();
        }
        let text = here.to_string();
        assert!(Metadata::parse(text.as_bytes(), "http://127.0.0.1:3000").is_ok());
    }

    #[test]
    fn a_provider_without_s256_is_refused() {
        let mut plain = document();
        plain["code_challenge_methods_supported"] = json!(["plain"]);
        assert!(matches!(parse(&plain), Err(OidcError::Refused(_))));
        plain["code_challenge_methods_supported"] = json!(["plain", "S256"]);
        assert!(parse(&plain).is_ok());
    }

    #[test]
    fn the_secret_goes_where_the_provider_takes_it() {
        let mut told = document();
        assert!(!parse(&told).unwrap().wants_secret_in_body);
        told["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
        assert!(parse(&told).unwrap().wants_secret_in_body);
    }
}
