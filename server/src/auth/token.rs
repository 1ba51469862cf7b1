//! Session tokens (JWT, RFC 7519) and the cross-site request token.
//!
//! One algorithm, HS256, fixed on our side; `iss`, `aud`, `exp`, `nbf` and the token's type are
//! required and checked; keys are chosen from our own file by `kid` and nothing in a header is
//! ever fetched or followed.

use super::SessionKeys;
use super::keys::Key;
use inhouse_protocol::{SessionId, Timestamp, UserId};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

const ISSUER: &str = "inhouse";
const SESSION_AUDIENCE: &str = "inhouse:session";
const CROSS_SITE_AUDIENCE: &str = "inhouse:cross-site";

/// A token that isn't ours, or no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid session token")]
pub struct TokenError;

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TokenType {
    Session,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionClaims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    token_type: TokenType,
    iat: u64,
    nbf: u64,
    exp: u64,
}

#[derive(Serialize)]
struct CrossSiteClaims<'a> {
    aud: &'static str,
    sid: &'a SessionId,
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.0 / 1000).unwrap_or(0)
}

impl SessionKeys {
    /// A token that names the session, valid from `now` until `expires`.
    pub fn session_token(
        &self,
        user: &UserId,
        session: &SessionId,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<String, TokenError> {
        let claims = SessionClaims {
            iss: ISSUER.into(),
            aud: SESSION_AUDIENCE.into(),
            sub: user.clone(),
            sid: session.clone(),
            token_type: TokenType::Session,
            iat: seconds(now),
            nbf: seconds(now),
            exp: seconds(expires),
        };
        let key = self.signing();
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(key.id.clone());
        encode(&header, &claims, &EncodingKey::from_secret(&key.secret)).map_err(|_| TokenError)
    }

    /// The session that a token names, if we signed it and it is in force.
    pub fn session_of(&self, token: &str) -> Result<SessionId, TokenError> {
        let header = decode_header(token).map_err(|_| TokenError)?;
        if brings_a_key(&header) || header.crit.is_some() {
            return Err(TokenError);
        }
        let key = header
            .kid
            .as_deref()
            .and_then(|id| self.named(id))
            .ok_or(TokenError)?;
        let mut rules = Validation::new(Algorithm::HS256);
        rules.algorithms = vec![Algorithm::HS256];
        rules.leeway = 5;
        rules.validate_nbf = true;
        rules.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        rules.set_audience(&[SESSION_AUDIENCE]);
        rules.set_issuer(&[ISSUER]);
        let claims = decode::<SessionClaims>(token, &DecodingKey::from_secret(&key.secret), &rules)
            .map_err(|_| TokenError)?
            .claims;
        match claims.token_type {
            TokenType::Session => Ok(claims.sid),
        }
    }

    /// The token that a page of this session sends back with every change; the same for the
    /// session's life. Its claims have another audience and no expiry, so it is no session token.
    pub fn cross_site_token(&self, session: &SessionId) -> Result<String, TokenError> {
        cross_site_token(self.signing(), session)
    }

    /// Whether `sent` is the session's cross-site token, of any of the keys, so that a page that
    /// is open goes on after a rotation; compared in constant time.
    pub fn is_cross_site_token(&self, session: &SessionId, sent: &str) -> bool {
        self.all().iter().any(|key| {
            cross_site_token(key, session)
                .is_ok_and(|expected| expected.as_bytes().ct_eq(sent.as_bytes()).into())
        })
    }
}

/// Whether a header tells which key to trust or where to fetch it: ours never do.
const fn brings_a_key(header: &Header) -> bool {
    header.jku.is_some()
        || header.jwk.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some()
        || header.x5t.is_some()
        || header.x5t_s256.is_some()
}

fn cross_site_token(key: &Key, session: &SessionId) -> Result<String, TokenError> {
    let claims = CrossSiteClaims {
        aud: CROSS_SITE_AUDIENCE,
        sid: session,
    };
    let token = encode(
        &Header::new(Algorithm::HS256),
        &claims,
        &EncodingKey::from_secret(&key.secret),
    )
    .map_err(|_| TokenError)?;
    token
        .rsplit('.')
        .next()
        .map(str::to_owned)
        .ok_or(TokenError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    fn keys() -> SessionKeys {
        let folder = tempfile::tempdir().unwrap();
        SessionKeys::load_or_create(&folder.path().join("k")).unwrap()
    }

    fn now() -> Timestamp {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        Timestamp(i64::try_from(since.as_millis()).unwrap())
    }

    fn claims() -> Value {
        let now = seconds(now());
        json!({"iss": ISSUER, "aud": SESSION_AUDIENCE, "sub": "u", "sid": "s",
               "token_type": "session", "iat": now, "nbf": now, "exp": now + 60})
    }

    /// A token with any header, signed with HMAC and SHA-256 by the key that signs.
    fn with_header(keys: &SessionKeys, header: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(&claims()));
        let key = EncodingKey::from_secret(&keys.signing().secret);
        let signature =
            jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{signed}.{signature}")
    }

    fn signed(keys: &SessionKeys, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(keys.signing().id.clone());
        encode(
            &header,
            claims,
            &EncodingKey::from_secret(&keys.signing().secret),
        )
        .unwrap()
    }

    fn with(field: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[field] = value;
        claims
    }

    fn without(field: &str) -> Value {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(field);
        claims
    }

    #[test]
    fn a_token_that_we_made_names_its_session() {
        let keys = keys();
        let (user, session) = ("u".parse().unwrap(), "s".parse().unwrap());
        let token = keys
            .session_token(&user, &session, now(), now().plus_ms(60_000))
            .unwrap();
        assert_eq!(keys.session_of(&token), Ok(session));
    }

    #[test]
    fn the_tokens_of_these_tests_are_right_but_for_what_each_changes() {
        let keys = keys();
        assert!(keys.session_of(&signed(&keys, &claims())).is_ok());
        let header = json!({"alg": "HS256", "typ": "JWT", "kid": keys.signing().id});
        assert!(keys.session_of(&with_header(&keys, &header)).is_ok());
    }

    #[test]
    fn claims_out_of_order_are_refused() {
        let keys = keys();
        let late = json!(seconds(now()) + 3_600);
        for bad in [
            with("aud", json!("inhouse:api")),
            with("aud", json!([SESSION_AUDIENCE, "inhouse:api"])),
            with("aud", json!(CROSS_SITE_AUDIENCE)),
            with("iss", json!("elsewhere")),
            with("iss", json!([ISSUER, "elsewhere"])),
            with("exp", json!(seconds(now()) - 60)),
            with("exp", json!(-1)),
            with("nbf", late),
            with("token_type", json!("refresh")),
            with("token_type", json!("api")),
            with("sid", json!("../s")),
            with("sid", json!("' OR '1'='1")),
            with("extra", json!(1)),
        ] {
            assert_eq!(
                keys.session_of(&signed(&keys, &bad)),
                Err(TokenError),
                "{bad}"
            );
        }
    }

    #[test]
    fn times_written_as_text_are_refused() {
        let keys = keys();
        let now = seconds(now());
        for bad in [
            with("exp", json!("9999999999")),
            with("exp", json!((now + 60).to_string())),
            with("nbf", json!((now - 60).to_string())),
            with("nbf", json!("0")),
            with("iat", json!(now.to_string())),
            with("exp", json!(null)),
            with("exp", json!([now + 60])),
            with("exp", json!(true)),
        ] {
            let token = signed(&keys, &bad);
            assert_eq!(keys.session_of(&token), Err(TokenError), "{bad}");
        }
    }

    #[test]
    fn a_claim_that_is_missing_is_not_taken_for_granted() {
        let keys = keys();
        for field in [
            "iss",
            "aud",
            "sub",
            "sid",
            "token_type",
            "iat",
            "nbf",
            "exp",
        ] {
            let token = signed(&keys, &without(field));
            assert_eq!(keys.session_of(&token), Err(TokenError), "{field}");
        }
    }

    #[test]
    fn the_algorithm_none_is_refused_however_it_is_written() {
        let keys = keys();
        let good = signed(&keys, &claims());
        let parts: Vec<&str> = good.split('.').collect();
        for name in ["none", "None", "NONE", "nOnE", ""] {
            let header = json!({"alg": name, "typ": "JWT", "kid": keys.signing().id});
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            for signature in ["", parts[2]] {
                let token = format!("{header}.{}.{signature}", parts[1]);
                assert_eq!(keys.session_of(&token), Err(TokenError), "{name}");
            }
        }
        let headless = json!({"typ": "JWT", "kid": keys.signing().id});
        let token = with_header(&keys, &headless);
        assert_eq!(keys.session_of(&token), Err(TokenError));
    }

    /// Key confusion: a secret that is known as the public key of another algorithm.
    #[test]
    fn another_algorithm_is_refused_even_with_our_key_and_a_right_signature() {
        let keys = keys();
        for name in [
            "HS384", "HS512", "RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA",
        ] {
            let header = json!({"alg": name, "typ": "JWT", "kid": keys.signing().id});
            let token = with_header(&keys, &header);
            assert_eq!(keys.session_of(&token), Err(TokenError), "{name}");
        }
        let mut header = Header::new(Algorithm::HS512);
        header.kid = Some(keys.signing().id.clone());
        let key = EncodingKey::from_secret(&keys.signing().secret);
        let token = encode(&header, &claims(), &key).unwrap();
        assert_eq!(keys.session_of(&token), Err(TokenError));
    }

    #[test]
    fn a_kid_only_ever_chooses_among_our_own_keys() {
        let keys = keys();
        for kid in [
            "../../etc/passwd",
            "/dev/null",
            "file:///dev/null",
            "' UNION SELECT 'key' --",
            "x'; DROP TABLE users; --",
            "https://evil.example/key",
            "$(id)",
            "0",
            "",
        ] {
            let header = json!({"alg": "HS256", "typ": "JWT", "kid": kid});
            let token = with_header(&keys, &header);
            assert_eq!(keys.session_of(&token), Err(TokenError), "{kid}");
        }
        let nameless = with_header(&keys, &json!({"alg": "HS256", "typ": "JWT"}));
        assert_eq!(keys.session_of(&nameless), Err(TokenError));
        let others = signed(&self::keys(), &claims());
        assert_eq!(keys.session_of(&others), Err(TokenError));
    }

    #[test]
    fn a_token_that_brings_its_own_key_is_refused() {
        let keys = keys();
        let own = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode("attacker"), "alg": "HS256"});
        for (field, value) in [
            ("jku", json!("https://evil.example/jwks.json")),
            ("x5u", json!("https://evil.example/chain.pem")),
            ("x5c", json!(["MIIB"])),
            ("x5t", json!("AAAA")),
            ("jwk", own),
            ("crit", json!(["exp"])),
        ] {
            let mut header = json!({"alg": "HS256", "typ": "JWT", "kid": keys.signing().id});
            header[field] = value;
            let token = with_header(&keys, &header);
            assert_eq!(keys.session_of(&token), Err(TokenError), "{field}");
        }
    }

    #[test]
    fn a_changed_or_cut_token_is_refused() {
        let keys = keys();
        let good = signed(&keys, &claims());
        let parts: Vec<&str> = good.split('.').collect();
        let later = with("exp", json!(9_999_999_999_u64)).to_string();
        for bad in [
            format!(
                "{}.{}.{}",
                parts[0],
                URL_SAFE_NO_PAD.encode(later),
                parts[2]
            ),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{good}.{}", parts[2]),
            format!("{good}="),
            String::new(),
            "...".to_owned(),
        ] {
            assert_eq!(keys.session_of(&bad), Err(TokenError), "{bad}");
        }
    }

    #[test]
    fn a_cross_site_token_fits_its_own_session_only_and_is_no_session_token() {
        let keys = keys();
        let (one, two): (SessionId, SessionId) = ("1".parse().unwrap(), "2".parse().unwrap());
        let token = keys.cross_site_token(&one).unwrap();
        assert!(keys.is_cross_site_token(&one, &token));
        assert!(!keys.is_cross_site_token(&two, &token));
        assert_eq!(keys.session_of(&token), Err(TokenError));
        // Nor is the whole of it, which never leaves the server.
        let whole = encode(
            &Header::new(Algorithm::HS256),
            &CrossSiteClaims {
                aud: CROSS_SITE_AUDIENCE,
                sid: &one,
            },
            &EncodingKey::from_secret(&keys.signing().secret),
        )
        .unwrap();
        assert_eq!(keys.session_of(&whole), Err(TokenError));
    }

    #[test]
    fn a_programs_token_is_no_session_token_and_the_other_way_round() {
        use crate::auth::bearer::{self, Bearer};
        let keys = keys();
        let program = bearer::fresh().unwrap();
        assert_eq!(keys.session_of(&program), Err(TokenError));
        let mut headers = http::HeaderMap::new();
        let value = format!("Bearer {}", signed(&keys, &claims()));
        headers.insert(http::header::AUTHORIZATION, value.parse().unwrap());
        assert_eq!(bearer::presented(&headers), Bearer::Malformed);
    }

    #[test]
    fn a_rotated_key_signs_nobody_out_and_leaves_open_pages_working() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        let before = SessionKeys::load_or_create(&path).unwrap();
        let (user, session) = ("u".parse().unwrap(), "s".parse().unwrap());
        let token = before
            .session_token(&user, &session, now(), now().plus_ms(60_000))
            .unwrap();
        let page = before.cross_site_token(&session).unwrap();
        let after = SessionKeys::rotate(&path, 1).unwrap();
        assert_eq!(after.session_of(&token), Ok(session.clone()));
        assert!(after.is_cross_site_token(&session, &page));
        assert_ne!(after.cross_site_token(&session).unwrap(), page);
        let dropped = SessionKeys::rotate(&path, 0).unwrap();
        assert_eq!(dropped.session_of(&token), Err(TokenError));
        assert!(!dropped.is_cross_site_token(&session, &page));
    }
}
