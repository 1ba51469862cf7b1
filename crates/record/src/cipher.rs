//! Sealing what is personal: AES-256-GCM with a key of the person it is about, so that it is gone
//! once that key is.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::fmt;

pub(crate) const KEY_BYTES: usize = 32;

/// Why something can't be sealed or opened. Never holds a key or what was sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// It was sealed with another key, for another person or purpose, or it was changed.
    #[error("sealed data doesn't open: it was changed, or belongs to another key")]
    Refused,
    /// It is no sealed data at all.
    #[error("this is no sealed data")]
    Malformed,
    /// The master key that wrapped it isn't among those given.
    #[error("the master key {0} is missing; add it to the master keys again")]
    UnknownMaster(String),
    /// Randomness or memory ran out.
    #[error("data could not be sealed")]
    NotSealed,
}

/// Personal data of a record as it is stored, in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The id of the person whose key it is sealed with.
    #[serde(rename = "for")]
    pub of: String,
    /// What [`DataKey::seal`] made.
    pub data: String,
}

/// The key of one person.
pub struct DataKey([u8; KEY_BYTES]);

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

impl Drop for DataKey {
    fn drop(&mut self) {
        self.0.fill(0);
        // The compiler may not leave the fill out as nobody reads it.
        std::hint::black_box(&self.0);
    }
}

impl DataKey {
    /// A new key.
    pub fn fresh() -> Result<Self, SealError> {
        let mut key = Self([0; KEY_BYTES]);
        aws_lc_rs::rand::fill(&mut key.0).map_err(|_| SealError::NotSealed)?;
        Ok(key)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let bytes = bytes.try_into().map_err(|_| SealError::Malformed)?;
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Seals `plain`, in base64. Only [`Self::open`] with the same user and purpose opens it.
    pub fn seal(&self, user: &str, purpose: &str, plain: &[u8]) -> Result<String, SealError> {
        seal(&self.0, [user, purpose], plain)
    }

    /// Opens what [`Self::seal`] made.
    pub fn open(&self, user: &str, purpose: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        open(&self.0, [user, purpose], sealed)
    }
}

/// Base64 of a random nonce (12 bytes), the ciphertext and its tag (16 bytes); `bound` is
/// authenticated with it.
pub(crate) fn seal(
    key: &[u8; KEY_BYTES],
    bound: [&str; 2],
    plain: &[u8],
) -> Result<String, SealError> {
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| SealError::NotSealed)?;
    let mut data = plain.to_vec();
    let nonce = cipher
        .seal_in_place_append_tag(Aad::from(associated(bound)), &mut data)
        .map_err(|_| SealError::NotSealed)?;
    let nonce: &[u8; NONCE_LEN] = nonce.as_ref();
    let mut sealed = Vec::with_capacity(NONCE_LEN + data.len());
    sealed.extend_from_slice(nonce);
    sealed.append(&mut data);
    Ok(STANDARD.encode(sealed))
}

pub(crate) fn open(
    key: &[u8; KEY_BYTES],
    bound: [&str; 2],
    sealed: &str,
) -> Result<Vec<u8>, SealError> {
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| SealError::NotSealed)?;
    let mut bytes = STANDARD.decode(sealed).map_err(|_| SealError::Malformed)?;
    let (nonce, data) = bytes
        .split_at_mut_checked(NONCE_LEN)
        .ok_or(SealError::Malformed)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Malformed)?;
    let plain = cipher
        .open_in_place(nonce, Aad::from(associated(bound)), data)
        .map_err(|_| SealError::Refused)?;
    Ok(plain.to_vec())
}

fn associated(bound: [&str; 2]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in bound {
        bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_again() {
        let key = DataKey::fresh().expect("a key");
        for plain in [&b""[..], b"emil@example.com"] {
            let sealed = key.seal("u1", "audit", plain).expect("sealed");
            assert_eq!(key.open("u1", "audit", &sealed).expect("opened"), plain);
        }
    }

    #[test]
    fn another_key_person_or_purpose_opens_nothing() {
        let key = DataKey::fresh().expect("a key");
        let other = DataKey::fresh().expect("a key");
        let sealed = key.seal("u1", "audit", b"emil").expect("sealed");
        assert_eq!(other.open("u1", "audit", &sealed), Err(SealError::Refused));
        assert_eq!(key.open("u2", "audit", &sealed), Err(SealError::Refused));
        assert_eq!(key.open("u1", "totp", &sealed), Err(SealError::Refused));
        // The border between the two is part of what is bound.
        assert_eq!(key.open("u", "1audit", &sealed), Err(SealError::Refused));
    }

    #[test]
    fn a_changed_byte_is_refused_and_rubbish_is_told_apart() {
        let key = DataKey::fresh().expect("a key");
        let sealed = key.seal("u1", "audit", b"emil").expect("sealed");
        let mut bytes = STANDARD.decode(&sealed).expect("base64");
        for index in 0..bytes.len() {
            bytes[index] ^= 1;
            let changed = STANDARD.encode(&bytes);
            assert_eq!(key.open("u1", "audit", &changed), Err(SealError::Refused));
            bytes[index] ^= 1;
        }
        for rubbish in ["", "AAAA", "not base64!"] {
            assert_eq!(key.open("u1", "audit", rubbish), Err(SealError::Malformed));
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_twice_the_same() {
        let key = DataKey::fresh().expect("a key");
        let one = key.seal("u1", "audit", b"emil").expect("sealed");
        let two = key.seal("u1", "audit", b"emil").expect("sealed");
        assert_ne!(one, two);
    }

    #[test]
    fn a_key_shows_nothing_of_itself() {
        let key = DataKey([7; KEY_BYTES]);
        assert_eq!(format!("{key:?}"), "DataKey");
    }
}
