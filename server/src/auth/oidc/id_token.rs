//! ID tokens (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725). The algorithms are a fixed list of
//! asymmetric ones and, of these, those of the key itself; the key comes from the provider's own set
//! and never from the token.

use super::OidcError;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header, get_current_timestamp,
};
use serde::Deserialize;
use serde_json::{Map, Number, Value};

/// How far clocks may differ, in seconds.
const LEEWAY_S: u64 = 60;
/// OpenID Connect Core 1.0, section 2: a subject has at most 255 ASCII characters.
const SUBJECT_BYTES: usize = 255;

/// What a token has to say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
}

/// A token's header, once nothing in it is out of order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    algorithm: Algorithm,
    kid: Option<String>,
}

impl Header {
    /// Reads the header of `token`. One that brings or points to a key of its own is refused, as is
    /// one that says it is another kind of token.
    pub(super) fn of(token: &str) -> Result<Self, OidcError> {
        let header = decode_header(token)
            .map_err(|_| OidcError::refused("the ID token's header can't be read"))?;
        let brings_key = header.jku.is_some()
            || header.jwk.is_some()
            || header.x5u.is_some()
            || header.x5c.is_some();
        if brings_key || header.crit.is_some() || header.enc.is_some() {
            return Err(OidcError::refused(
                "the ID token's header says what it must not",
            ));
        }
        let typ = header.typ.as_deref();
        if typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("jwt")) {
            return Err(OidcError::refused("it is another kind of token"));
        }
        if !is_taken(header.alg) {
            return Err(OidcError::refused("the ID token's algorithm isn't taken"));
        }
        Ok(Self {
            algorithm: header.alg,
            kid: header.kid,
        })
    }
}

const fn is_taken(algorithm: Algorithm) -> bool {
    matches!(
        algorithm,
        Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256 | Algorithm::EdDSA
    )
}

/// A key of the provider's that signs.
#[derive(Debug, Clone)]
pub(super) struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    jwk: Jwk,
}

/// The provider's keys, as far as we can use them.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys(Vec<Key>);

impl Keys {
    /// Reads a key set (RFC 7517). Keys of other kinds, and those that don't sign, are left out.
    pub(super) fn parse(text: &[u8]) -> Result<Self, OidcError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(text)
            .map_err(|error| OidcError::Refused(format!("its keys can't be read ({error})")))?;
        let keys = set.keys.into_iter();
        Ok(Self(keys.filter_map(Key::of).collect()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The key that a token names and that its algorithm is for. A token that names none has to
    /// leave no choice.
    pub(super) fn key_of(&self, header: &Header) -> Option<&Key> {
        let mut fitting = self
            .0
            .iter()
            .filter(|key| key.algorithms.contains(&header.algorithm));
        if let Some(kid) = &header.kid {
            return fitting.find(|key| key.id.as_ref() == Some(kid));
        }
        let only = fitting.next();
        only.filter(|_| fitting.next().is_none())
    }
}

impl Key {
    fn of(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let common = &jwk.common;
        let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature))
            && common
                .key_operations
                .as_ref()
                .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        let algorithms = algorithms(&jwk);
        (signs && !algorithms.is_empty()).then(|| Self {
            id: jwk.common.key_id.clone(),
            algorithms,
            jwk,
        })
    }

    /// The claims of `token`, if this key signed it and they are as expected and in force.
    pub(super) fn verify(
        &self,
        token: &str,
        header: &Header,
        expected: &Expected<'_>,
    ) -> Result<Map<String, Value>, OidcError> {
        let key = DecodingKey::from_jwk(&self.jwk)
            .map_err(|_| OidcError::refused("the provider's key can't be read"))?;
        let mut rules = Validation::new(header.algorithm);
        rules.leeway = LEEWAY_S;
        rules.validate_nbf = true;
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.set_issuer(&[expected.issuer]);
        rules.set_audience(&[expected.client_id]);
        let claims = decode::<Map<String, Value>>(token, &key, &rules)
            .map_err(|error| OidcError::Refused(format!("the ID token is not valid ({error})")))?
            .claims;
        check(&claims, expected)?;
        Ok(claims)
    }
}

/// The algorithms that a key is for: those of its kind and, where it says so, the one it names.
fn algorithms(jwk: &Jwk) -> Vec<Algorithm> {
    let of_kind: &[Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => &[Algorithm::RS256, Algorithm::PS256],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            &[Algorithm::ES256]
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            &[Algorithm::EdDSA]
        }
        // A shared secret has no place in a public set of keys.
        _ => &[],
    };
    let fits = |algorithm: &Algorithm| match jwk.common.key_algorithm {
        None => true,
        Some(KeyAlgorithm::RS256) => *algorithm == Algorithm::RS256,
        Some(KeyAlgorithm::PS256) => *algorithm == Algorithm::PS256,
        Some(KeyAlgorithm::ES256) => *algorithm == Algorithm::ES256,
        Some(KeyAlgorithm::EdDSA) => *algorithm == Algorithm::EdDSA,
        Some(_) => false,
    };
    of_kind.iter().copied().filter(fits).collect()
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The claims that decide, in the types they must have: a date is a number, the issuer one text.
#[derive(Deserialize)]
struct Deciding {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    nonce: Option<String>,
    #[serde(rename = "exp")]
    _exp: Number,
    iat: Number,
    #[serde(rename = "nbf")]
    _nbf: Option<Number>,
}

/// What the library doesn't check.
fn check(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), OidcError> {
    let claims: Deciding = serde_json::from_value(Value::Object(claims.clone()))
        .map_err(|_| OidcError::refused("a claim of the ID token is missing or of another type"))?;
    if claims.iss != expected.issuer {
        return Err(OidcError::refused("the ID token is another issuer's"));
    }
    if claims.sub.is_empty() || claims.sub.len() > SUBJECT_BYTES || !claims.sub.is_ascii() {
        return Err(OidcError::refused("the ID token's subject is no name"));
    }
    let others = match &claims.aud {
        Audience::One(one) => one != expected.client_id,
        Audience::Many(many) => many.iter().any(|one| one != expected.client_id),
    };
    match &claims.azp {
        Some(azp) if azp != expected.client_id => {
            return Err(OidcError::refused(
                "the ID token was made for another client",
            ));
        }
        None if others => {
            return Err(OidcError::refused("the ID token is for others too"));
        }
        _ => {}
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(OidcError::refused(
            "the ID token belongs to another sign-in",
        ));
    }
    let latest = get_current_timestamp().saturating_add(LEEWAY_S);
    let made_at = claims.iat.as_u64().or_else(|| {
        let seconds = claims.iat.as_f64()?;
        std::time::Duration::try_from_secs_f64(seconds)
            .ok()
            .map(|since| since.as_secs())
    });
    match made_at {
        Some(at) if at <= latest => Ok(()),
        _ => Err(OidcError::refused("the ID token was made in the future")),
    }
}
