//! Codes of a second factor, computed from RFC 6238 and RFC 4226 alone: the product's own library
//! is what is tested.

use aws_lc_rs::hmac;
use std::time::{SystemTime, UNIX_EPOCH};

/// The length of a time step, in seconds.
const STEP_S: u64 = 30;

/// The code that an authenticator shows now for a secret in base32 (SHA-1, six digits).
pub fn code(secret: &str) -> String {
    at(&decoded(secret), step())
}

/// The code that it shows after that one; a server takes it from a clock that is a little ahead.
pub fn next_code(secret: &str) -> String {
    at(&decoded(secret), step() + 1)
}

fn step() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is past 1970");
    now.as_secs() / STEP_S
}

fn at(secret: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes[bytes.len() - 1] & 0x0f);
    let word = bytes[offset..offset + 4]
        .iter()
        .fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// RFC 4648, section 6; padding and spaces are left out.
fn decoded(secret: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in secret
        .bytes()
        .filter(|letter| !matches!(letter, b'=' | b' '))
    {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            other => panic!("{other} is no letter of base32"),
        };
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).expect("eight bits"));
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, the last six digits of each.
        let secret = decoded("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(secret, b"12345678901234567890");
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(at(&secret, second / STEP_S), code);
        }
    }
}
