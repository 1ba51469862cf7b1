//! The Ed25519 keys that sign checkpoints and exports.

use crate::keyfile::{self, KeyError};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

const PUBLIC_BYTES: usize = 32;
/// What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410, section 4).
const SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
const PEM_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const PEM_END: &str = "-----END PUBLIC KEY-----";
const EXPECTED_PRIVATE: &str = "not a signing key; one is an Ed25519 key as PKCS#8 in base64";
const EXPECTED_PUBLIC: &str =
    "not a public key; one is 32 bytes in base64, or PEM that begins with BEGIN PUBLIC KEY";

/// A signature that could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the record could not be signed")]
pub struct SignError;

/// The signing keys of an instance: a file of PKCS#8 keys in base64, one a line. The first signs,
/// all verify. Cheap to clone.
#[derive(Clone)]
pub struct SigningKeys {
    signer: Arc<Ed25519KeyPair>,
    public: PublicKeys,
}

/// An Ed25519 public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; PUBLIC_BYTES]);

/// The public keys that somebody trusts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublicKeys(Vec<PublicKey>);

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeys")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

impl SigningKeys {
    /// Reads the keys of `path`; where there is no such file, makes it with one fresh key,
    /// readable by its owner only.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let text = keyfile::read_or_create(path, Self::fresh_line)?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Keys out of a text, the first signs. `place` says where the text is from, for errors.
    pub fn parse(text: &str, place: &str) -> Result<Self, KeyError> {
        let mut pairs = Vec::new();
        for (line, key) in keyfile::lines(text) {
            let malformed = || KeyError::Malformed {
                place: place.to_owned(),
                line,
                expected: EXPECTED_PRIVATE,
            };
            let der = STANDARD.decode(key).map_err(|_| malformed())?;
            let pair = Ed25519KeyPair::from_pkcs8(&der).map_err(|_| malformed())?;
            let public = PublicKey::from_bytes(pair.public_key().as_ref()).ok_or_else(malformed)?;
            pairs.push((pair, public));
        }
        let (mut pairs, public): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        if pairs.is_empty() {
            return Err(KeyError::Empty {
                place: place.to_owned(),
            });
        }
        Ok(Self {
            signer: Arc::new(pairs.swap_remove(0)),
            public: PublicKeys(public),
        })
    }

    /// A new key as a line of the file, to be put first.
    pub fn fresh_line() -> Result<String, KeyError> {
        let key =
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::NotMade)?;
        Ok(STANDARD.encode(key.as_ref()))
    }

    /// The id of the key that signs.
    pub fn key_id(&self) -> String {
        self.public.0[0].id()
    }

    /// The public key of the one that signs, 32 bytes in base64.
    pub fn public_key(&self) -> String {
        self.public.0[0].to_base64()
    }

    /// The public keys of all, that of the one that signs first.
    pub fn public_keys(&self) -> &PublicKeys {
        &self.public
    }

    /// Ed25519 over `message`: 64 bytes.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.signer.try_sign(message).map_err(|_| SignError)?;
        Ok(signature.as_ref().to_vec())
    }
}

impl PublicKey {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// A key as text: 32 bytes in base64, the same as SubjectPublicKeyInfo, or PEM.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text
            .strip_prefix(PEM_BEGIN)
            .and_then(|rest| rest.strip_suffix(PEM_END));
        let packed: String = inner.unwrap_or(text).split_whitespace().collect();
        let bytes = STANDARD.decode(packed).ok()?;
        Self::from_bytes(bytes.strip_prefix(&SPKI_PREFIX).unwrap_or(&bytes))
    }

    /// The first 6 bytes of the key's SHA-256, in hex.
    pub fn id(&self) -> String {
        hex::encode(&Sha256::digest(self.0)[..6])
    }

    /// The 32 bytes in base64.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// As other programs read it, `openssl` for instance.
    pub fn to_pem(&self) -> String {
        let mut der = SPKI_PREFIX.to_vec();
        der.extend_from_slice(&self.0);
        format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", STANDARD.encode(der))
    }

    /// Whether `signature` is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(message, signature)
            .is_ok()
    }
}

impl PublicKeys {
    /// One or more keys out of a text: each a line of base64, or PEM. `place` is for errors.
    pub fn parse(text: &str, place: &str) -> Result<Self, KeyError> {
        let malformed = |line| KeyError::Malformed {
            place: place.to_owned(),
            line,
            expected: EXPECTED_PUBLIC,
        };
        let keys: Vec<_> = if text.contains(PEM_BEGIN) {
            text.split_inclusive(PEM_END)
                .filter(|block| !block.trim().is_empty())
                .map(|block| PublicKey::parse(block).ok_or_else(|| malformed(1)))
                .collect::<Result<_, _>>()?
        } else {
            keyfile::lines(text)
                .map(|(line, key)| PublicKey::parse(key).ok_or_else(|| malformed(line)))
                .collect::<Result<_, _>>()?
        };
        if keys.is_empty() {
            return Err(KeyError::Empty {
                place: place.to_owned(),
            });
        }
        Ok(Self(keys))
    }

    /// The key of this id.
    pub fn find(&self, id: &str) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.id() == id)
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, PublicKey> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a PublicKeys {
    type Item = &'a PublicKey;
    type IntoIter = std::slice::Iter<'a, PublicKey>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<PublicKey> for PublicKeys {
    fn from_iter<T: IntoIterator<Item = PublicKey>>(keys: T) -> Self {
        Self(keys.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> SigningKeys {
        SigningKeys::parse(&SigningKeys::fresh_line().expect("a key"), "k").expect("a key")
    }

    #[test]
    fn a_signature_holds_for_its_message_and_key_alone() {
        let (ours, theirs) = (keys(), keys());
        let signature = ours.sign(b"text").expect("signed");
        let key = PublicKey::parse(&ours.public_key()).expect("a key");
        assert!(key.verifies(b"text", &signature));
        assert!(!key.verifies(b"texts", &signature));
        let other = PublicKey::parse(&theirs.public_key()).expect("a key");
        assert!(!other.verifies(b"text", &signature));
        assert!(!key.verifies(b"text", b"short"));
    }

    #[test]
    fn after_a_rotation_the_new_key_signs_and_the_old_one_is_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit.keys");
        let old = SigningKeys::load_or_create(&path).expect("made");
        let line = SigningKeys::fresh_line().expect("a key");
        keyfile::put_first(&path, &line).expect("written");
        let new = SigningKeys::load_or_create(&path).expect("read");
        assert_ne!(new.key_id(), old.key_id());
        assert!(new.public_keys().find(&old.key_id()).is_some());
    }

    #[test]
    fn a_public_key_is_read_in_every_form_it_is_written() {
        let keys = keys();
        let key = PublicKey::parse(&keys.public_key()).expect("base64");
        assert_eq!(PublicKey::parse(&key.to_pem()), Some(key.clone()));
        let two = format!("{}{}", key.to_pem(), key.to_pem());
        assert_eq!(PublicKeys::parse(&two, "k").expect("PEM").iter().count(), 2);
        assert!(PublicKeys::parse("AAAA", "k").is_err());
        assert!(PublicKeys::parse("", "k").is_err());
    }

    #[test]
    fn keys_show_nothing_secret() {
        let line = SigningKeys::fresh_line().expect("a key");
        let keys = SigningKeys::parse(&line, "k").expect("a key");
        assert!(!format!("{keys:?}").contains(&line));
        let error = SigningKeys::parse("x\n", "k").expect_err("no key");
        assert!(error.to_string().starts_with("k, line 1"), "{error}");
    }
}
