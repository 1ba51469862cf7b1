//! Passwords: argon2id with bounded concurrency, off the async runtime.
//!
//! Parameters: 19 MiB, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet, argon2id).

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Shortest password taken, in characters (NIST SP 800-63B asks for at least 8; ASVS 6.2.9 for
/// support of long ones).
pub const MIN_CHARS: usize = 12;
/// Longest password taken, in characters.
pub const MAX_CHARS: usize = 256;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Why a password can't be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PasswordError {
    /// Shorter than [`MIN_CHARS`].
    #[error("Use at least {MIN_CHARS} characters.")]
    TooShort,
    /// Longer than [`MAX_CHARS`].
    #[error("Use at most {MAX_CHARS} characters.")]
    TooLong,
    /// The hash function failed.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// Hashes and verifies; at most `parallel` at once, so that guessing can't exhaust memory.
#[derive(Clone)]
pub struct Passwords {
    slots: Arc<Semaphore>,
}

/// Verified against when the account doesn't exist, so that both cases take the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    hash_now("nobody has this password").expect("argon2 hashes with its own constant parameters")
});

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("constants within argon2's range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    let salt = SaltString::generate(&mut OsRng);
    argon2()
        .hash_password(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| PasswordError::Hash(error.to_string()))
}

fn verify_now(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

impl Passwords {
    /// With at most `parallel` hashes at once; each takes 19 MiB.
    pub fn new(parallel: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(parallel.max(1))),
        }
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        match password.chars().count() {
            n if n < MIN_CHARS => return Err(PasswordError::TooShort),
            n if n > MAX_CHARS => return Err(PasswordError::TooLong),
            _ => {}
        }
        let password = password.to_owned();
        self.off_runtime(move || hash_now(&password))
            .await
            .unwrap_or_else(|| Err(PasswordError::Hash("the hashing task was cut off".into())))
    }

    /// Whether `password` fits `hash`; `None` (no such account) takes as long and is false.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> bool {
        if password.chars().count() > MAX_CHARS {
            return false;
        }
        let password = password.to_owned();
        let known = hash.is_some();
        let fits = self
            .off_runtime(move || verify_now(&password, hash.as_deref().unwrap_or(&NOBODY)))
            .await
            .unwrap_or(false);
        known && fits
    }

    async fn off_runtime<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _slot = self.slots.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let passwords = Passwords::new(1);
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            passwords
                .verify("correct horse battery", Some(hash.clone()))
                .await
        );
        assert!(!passwords.verify("correct horse batterz", Some(hash)).await);
    }

    #[tokio::test]
    async fn a_missing_account_never_verifies_even_with_the_placeholder_password() {
        assert!(
            !Passwords::new(1)
                .verify("nobody has this password", None)
                .await
        );
    }

    #[tokio::test]
    async fn a_short_password_is_refused_with_the_rule() {
        let error = Passwords::new(1).hash("short").await.unwrap_err();
        assert_eq!(error.to_string(), "Use at least 12 characters.");
    }
}
