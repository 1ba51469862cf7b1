//! What an attacker tries with ID tokens, and what a provider may do with its keys.

use super::id_token::{Expected, Header, Keys};
use super::{OidcError, Provider};
use crate::config::{Config, Oidc};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair,
};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, encode, get_current_timestamp};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const ISSUER: &str = "https://login.example.com";
const CLIENT: &str = "inhouse";
const NONCE: &str = "n-0S6_WzA2Mj";

/// A key of the provider's.
struct Signer {
    kid: &'static str,
    algorithm: Algorithm,
    key: EncodingKey,
    jwk: Value,
}

impl Signer {
    fn new(kid: &'static str, algorithm: Algorithm) -> Self {
        let random = SystemRandom::new();
        let key = match algorithm {
            Algorithm::ES256 => {
                let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
                EncodingKey::from_ec_der(made.unwrap().as_ref())
            }
            Algorithm::EdDSA => {
                let made = Ed25519KeyPair::generate_pkcs8v1(&random);
                EncodingKey::from_ed_der(made.unwrap().as_ref())
            }
            _ => {
                let made = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
                let made: Pkcs8V1Der<'static> = made.as_der().unwrap();
                // The PKCS#1 key lies after PKCS#8's 26 bytes of header.
                EncodingKey::from_rsa_der(&made.as_ref()[26..])
            }
        };
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key, algorithm).unwrap());
        let jwk = jwk.as_mut().unwrap();
        jwk["kid"] = kid.into();
        jwk["use"] = "sig".into();
        Self {
            kid,
            algorithm,
            key,
            jwk: jwk.clone(),
        }
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_with(claims, |_| ())
    }

    fn sign_with(&self, claims: &Value, edit: impl FnOnce(&mut jsonwebtoken::Header)) -> String {
        let mut header = jsonwebtoken::Header::new(self.algorithm);
        header.kid = Some(self.kid.to_owned());
        edit(&mut header);
        encode(&header, claims, &self.key).unwrap()
    }
}

fn claims() -> Value {
    let now = get_current_timestamp();
    json!({
        "iss": ISSUER, "aud": CLIENT, "sub": "7", "nonce": NONCE,
        "iat": now, "exp": now + 300, "email": "ada@example.com",
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn keys(signers: &[&Signer]) -> Keys {
    let keys: Vec<_> = signers.iter().map(|signer| signer.jwk.clone()).collect();
    Keys::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn verify(keys: &Keys, token: &str) -> Result<Map<String, Value>, OidcError> {
    let header = Header::of(token)?;
    let key = keys.key_of(&header);
    let key = key.ok_or_else(|| OidcError::refused("no key fits"))?;
    let expected = Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: NONCE,
    };
    key.verify(token, &header, &expected)
}

#[test]
fn a_token_of_each_kind_of_key_is_taken() {
    for algorithm in [
        Algorithm::ES256,
        Algorithm::EdDSA,
        Algorithm::RS256,
        Algorithm::PS256,
    ] {
        let signer = Signer::new("k", algorithm);
        let claims = verify(&keys(&[&signer]), &signer.sign(&claims())).unwrap();
        assert_eq!(claims["email"], "ada@example.com", "{algorithm:?}");
    }
}

#[test]
fn claims_out_of_order_are_refused() {
    let signer = Signer::new("k", Algorithm::ES256);
    let keys = keys(&[&signer]);
    let now = get_current_timestamp();
    for bad in [
        with("iss", json!("https://login.example.com/")),
        with("iss", json!([ISSUER, "https://evil.example.com"])),
        with("aud", json!("other")),
        with("aud", json!(["other"])),
        with("aud", json!([CLIENT, "other"])),
        with("azp", json!("other")),
        with("exp", json!(now - 600)),
        with("exp", json!((now + 300).to_string())),
        with("exp", Value::Null),
        with("nbf", json!(now + 600)),
        with("nbf", json!((now - 10).to_string())),
        with("iat", json!(now + 600)),
        with("iat", json!(now.to_string())),
        with("sub", json!("")),
        with("sub", json!(7)),
        with("nonce", json!("another")),
        without("nonce"),
        without("exp"),
        without("iat"),
        without("sub"),
        without("aud"),
        without("iss"),
    ] {
        assert!(verify(&keys, &signer.sign(&bad)).is_err(), "{bad}");
    }
    for good in [
        claims(),
        with("aud", json!([CLIENT])),
        with("azp", json!(CLIENT)),
        with("nbf", json!(now - 10)),
    ] {
        assert!(verify(&keys, &signer.sign(&good)).is_ok(), "{good}");
    }
}

#[test]
fn the_algorithm_none_is_refused() {
    let signer = Signer::new("k", Algorithm::ES256);
    let keys = keys(&[&signer]);
    let token = signer.sign(&claims());
    let payload = token.split('.').nth(1).unwrap();
    for algorithm in ["none", "None", "NONE"] {
        let header = json!({"alg": algorithm, "kid": "k", "typ": "JWT"}).to_string();
        let none = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(header));
        assert!(verify(&keys, &none).is_err(), "{algorithm}");
    }
}

#[test]
fn a_public_key_used_as_a_shared_secret_is_refused() {
    let signer = Signer::new("k", Algorithm::RS256);
    let keys = keys(&[&signer]);
    let modulus = signer.jwk["n"].as_str().unwrap();
    for secret in [
        URL_SAFE_NO_PAD.decode(modulus).unwrap(),
        signer.jwk.to_string().into_bytes(),
        modulus.as_bytes().to_vec(),
    ] {
        let mut header = jsonwebtoken::Header::new(Algorithm::HS256);
        header.kid = Some("k".to_owned());
        let forged = encode(&header, &claims(), &EncodingKey::from_secret(&secret)).unwrap();
        assert!(verify(&keys, &forged).is_err());
    }
}

#[test]
fn an_algorithm_that_the_key_is_not_for_is_refused() {
    let rs256 = Signer::new("k", Algorithm::RS256);
    let keys = keys(&[&rs256]);
    let pss = rs256.sign_with(&claims(), |header| header.alg = Algorithm::PS256);
    assert!(verify(&keys, &pss).is_err());
    let sha512 = rs256.sign_with(&claims(), |header| header.alg = Algorithm::RS512);
    assert!(verify(&keys, &sha512).is_err());
}

#[test]
fn a_key_that_the_token_brings_or_points_to_is_refused() {
    let (ours, evil) = (
        Signer::new("k", Algorithm::ES256),
        Signer::new("k", Algorithm::ES256),
    );
    let keys = keys(&[&ours]);
    let own_key: Jwk = serde_json::from_value(evil.jwk.clone()).unwrap();
    let somewhere = "https://evil.example.com/jwks".to_owned();
    for signer in [&ours, &evil] {
        let brings = signer.sign_with(&claims(), |header| header.jwk = Some(own_key.clone()));
        assert!(verify(&keys, &brings).is_err());
        let points = signer.sign_with(&claims(), |header| header.jku = Some(somewhere.clone()));
        assert!(verify(&keys, &points).is_err());
        let points = signer.sign_with(&claims(), |header| header.x5u = Some(somewhere.clone()));
        assert!(verify(&keys, &points).is_err());
    }
    assert!(verify(&keys, &evil.sign(&claims())).is_err());
}

#[test]
fn a_kid_that_is_a_path_or_a_statement_finds_no_key() {
    let signer = Signer::new("k", Algorithm::ES256);
    let keys = keys(&[&signer]);
    for kid in ["../../../../dev/null", "' OR '1'='1", "K", "", "k\0"] {
        let token = signer.sign_with(&claims(), |header| header.kid = Some(kid.to_owned()));
        assert!(verify(&keys, &token).is_err(), "{kid}");
    }
}

#[test]
fn a_token_that_names_no_key_has_to_leave_no_choice() {
    let (one, two) = (
        Signer::new("one", Algorithm::ES256),
        Signer::new("two", Algorithm::ES256),
    );
    let token = one.sign_with(&claims(), |header| header.kid = None);
    assert!(verify(&keys(&[&one]), &token).is_ok());
    assert!(verify(&keys(&[&one, &two]), &token).is_err());
}

#[test]
fn an_access_token_is_no_id_token() {
    let signer = Signer::new("k", Algorithm::ES256);
    let access = signer.sign_with(&claims(), |header| header.typ = Some("at+jwt".to_owned()));
    assert!(verify(&keys(&[&signer]), &access).is_err());
}

#[test]
fn keys_that_encrypt_and_shared_secrets_are_left_out() {
    let mut encrypts = Signer::new("k", Algorithm::ES256).jwk;
    encrypts["use"] = "enc".into();
    let shared = json!({"kty": "oct", "kid": "s", "k": "c2VjcmV0", "alg": "HS256"});
    let unknown = json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"});
    let set = json!({ "keys": [encrypts, shared, unknown, 7] });
    assert!(Keys::parse(set.to_string().as_bytes()).unwrap().is_empty());
}

/// A provider on this machine that has the key it is told to have.
struct Peer {
    issuer: String,
    jwk: Arc<Mutex<Value>>,
    asked: Arc<AtomicUsize>,
}

impl Peer {
    async fn start(first: &Signer) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let (jwk, asked) = (
            Arc::new(Mutex::new(first.jwk.clone())),
            Arc::new(AtomicUsize::new(0)),
        );
        let document = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/auth"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/jwks"),
            "authorization_response_iss_parameter_supported": true,
        });
        let (key, count) = (jwk.clone(), asked.clone());
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(move || async move { Json(document) }),
            )
            .route(
                "/jwks",
                get(move || async move {
                    count.fetch_add(1, Ordering::SeqCst);
                    let key = key.lock().unwrap().clone();
                    Json(json!({ "keys": [key] }))
                }),
            );
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, jwk, asked }
    }

    fn provider(&self, allow: &[&str]) -> Provider {
        let config = Config {
            oidc: Oidc {
                issuer: Some(self.issuer.clone()),
                client_id: CLIENT.to_owned(),
                allow: allow.iter().map(|&entry| entry.to_owned()).collect(),
                ..Oidc::default()
            },
            ..Config::default()
        };
        Provider::new(&config).unwrap().unwrap()
    }

    fn claims(&self) -> Value {
        with("iss", self.issuer.as_str().into())
    }
}

#[tokio::test]
async fn a_key_that_the_provider_has_changed_is_asked_for_but_not_without_end() {
    let (old, new, evil) = (
        Signer::new("old", Algorithm::ES256),
        Signer::new("new", Algorithm::ES256),
        Signer::new("evil", Algorithm::ES256),
    );
    let peer = Peer::start(&old).await;
    let provider = peer.provider(&["127.0.0.0/8"]);
    let verified = async |signer: &Signer| {
        let token = signer.sign(&peer.claims());
        provider.verified(&token, NONCE).await.is_ok()
    };
    assert!(verified(&old).await);
    assert!(verified(&old).await);
    assert_eq!(peer.asked.load(Ordering::SeqCst), 1);
    *peer.jwk.lock().unwrap() = new.jwk.clone();
    assert!(verified(&new).await);
    assert!(!verified(&old).await);
    for _ in 0..5 {
        assert!(!verified(&evil).await);
    }
    assert_eq!(peer.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn this_machine_is_not_called_unless_it_is_listed() {
    let peer = Peer::start(&Signer::new("k", Algorithm::ES256)).await;
    let error = peer.provider(&[]).depart().await.err().unwrap();
    assert!(error.to_string().contains("oidc.allow"), "{error}");
    assert!(peer.provider(&["127.0.0.0/8"]).depart().await.is_ok());
}

#[tokio::test]
async fn whoever_leaves_takes_a_challenge_a_state_and_a_nonce_along() {
    let peer = Peer::start(&Signer::new("k", Algorithm::ES256)).await;
    let departure = peer.provider(&["127.0.0.0/8"]).depart().await.unwrap();
    let query: Map<String, Value> = departure
        .url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["state"], departure.state.as_str());
    assert_eq!(query["nonce"], departure.nonce.as_str());
    assert_eq!(query["scope"], "openid profile email");
    assert!(!departure.url.as_str().contains(&departure.verifier));
    assert!(!departure.url.as_str().contains(&departure.browser));
}

#[tokio::test]
async fn an_answer_in_the_name_of_another_provider_is_not_ours() {
    let peer = Peer::start(&Signer::new("k", Algorithm::ES256)).await;
    let provider = peer.provider(&["127.0.0.0/8"]);
    assert!(provider.sent(Some(&peer.issuer)).await.unwrap());
    assert!(
        !provider
            .sent(Some("https://evil.example.com"))
            .await
            .unwrap()
    );
    // It promises to name itself.
    assert!(!provider.sent(None).await.unwrap());
}
