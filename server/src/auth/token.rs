//! Session tokens (JWT, RFC 7519) and the cross-site request token.
//!
//! One algorithm, HS256, fixed on our side; `iss`, `aud`, `exp`, `nbf` and the token's type are
//! required and checked; keys are chosen from our own file by `kid` and nothing in a header is
//! ever fetched or followed.

use super::SessionKeys;
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
        let key = self.signing();
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

    /// Whether `sent` is the session's cross-site token, compared in constant time.
    pub fn is_cross_site_token(&self, session: &SessionId, sent: &str) -> bool {
        self.cross_site_token(session)
            .is_ok_and(|expected| expected.as_bytes().ct_eq(sent.as_bytes()).into())
    }
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
    fn claims_out_of_order_are_refused() {
        let keys = keys();
        let late = json!(seconds(now()) + 3_600);
        for bad in [
            with("aud", json!("inhouse:api")),
            with("iss", json!("elsewhere")),
            with("exp", json!(seconds(now()) - 60)),
            with("exp", json!("9999999999")),
            with("nbf", late),
            with("token_type", json!("refresh")),
            with("extra", json!(1)),
        ] {
            assert_eq!(
                keys.session_of(&signed(&keys, &bad)),
                Err(TokenError),
                "{bad}"
            );
        }
        assert!(keys.session_of(&signed(&keys, &claims())).is_ok());
    }

    #[test]
    fn the_algorithm_none_another_key_and_a_foreign_kid_are_refused() {
        let keys = keys();
        let good = signed(&keys, &claims());
        let payload = good.split('.').nth(1).unwrap();
        let header = json!({"alg": "none", "typ": "JWT", "kid": keys.signing().id});
        let none = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(header.to_string()));
        assert_eq!(keys.session_of(&none), Err(TokenError));
        assert_eq!(self::keys().session_of(&good), Err(TokenError));
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("../../etc/passwd".into());
        let foreign = encode(
            &header,
            &claims(),
            &EncodingKey::from_secret(&keys.signing().secret),
        )
        .unwrap();
        assert_eq!(keys.session_of(&foreign), Err(TokenError));
        header.kid = Some(keys.signing().id.clone());
        header.alg = Algorithm::HS512;
        let other = encode(
            &header,
            &claims(),
            &EncodingKey::from_secret(&keys.signing().secret),
        )
        .unwrap();
        assert_eq!(keys.session_of(&other), Err(TokenError));
    }

    #[test]
    fn a_cross_site_token_fits_its_own_session_only_and_is_no_session_token() {
        let keys = keys();
        let (one, two): (SessionId, SessionId) = ("1".parse().unwrap(), "2".parse().unwrap());
        let token = keys.cross_site_token(&one).unwrap();
        assert!(keys.is_cross_site_token(&one, &token));
        assert!(!keys.is_cross_site_token(&two, &token));
        assert_eq!(keys.session_of(&token), Err(TokenError));
    }
}
