//! HMAC-SHA256 (RFC 2104) of what is sent and what comes in, compared in constant time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use subtle::ConstantTimeEq as _;

/// How far the sender's clock may be from ours, in seconds.
const TOLERANCE_S: i64 = 300;

/// The code over `message`, in hex; none where it can't be computed.
pub(super) fn code(secret: &str, message: &[u8]) -> Option<String> {
    let key = EncodingKey::from_secret(secret.as_bytes());
    let code = jsonwebtoken::crypto::sign(message, &key, Algorithm::HS256).ok()?;
    Some(hex::encode(URL_SAFE_NO_PAD.decode(code).ok()?))
}

fn is_code(secret: &str, message: &[u8], given: &str) -> bool {
    code(secret, message).is_some_and(|expected| {
        let given = given.to_ascii_lowercase();
        expected.as_bytes().ct_eq(given.as_bytes()).into()
    })
}

fn dated(seconds: i64, body: &[u8]) -> Vec<u8> {
    let mut message = format!("{seconds}.").into_bytes();
    message.extend_from_slice(body);
    message
}

/// The value of `Inhouse-Signature` for a body sent at `seconds` since 1970: `t=…,v1=…`, the code
/// over `t.body`. None where it can't be computed.
pub(super) fn signed(secret: &str, seconds: i64, body: &[u8]) -> Option<String> {
    let code = code(secret, &dated(seconds, body))?;
    Some(format!("t={seconds},v1={code}"))
}

/// Whether `given`, an `Inhouse-Signature`, is one of `body` made about now.
pub(super) fn is_signed(secret: &str, now_s: i64, body: &[u8], given: &str) -> bool {
    let part = |name: &str| {
        given
            .split(',')
            .find_map(|part| part.trim().strip_prefix(name))
    };
    let (Some(seconds), Some(code)) = (part("t="), part("v1=")) else {
        return false;
    };
    let Ok(seconds) = seconds.parse::<i64>() else {
        return false;
    };
    now_s.saturating_sub(seconds).saturating_abs() <= TOLERANCE_S
        && is_code(secret, &dated(seconds, body), code)
}

/// Whether `given`, an `X-Hub-Signature` such as `sha256=…`, is one of `body`
/// (WebSub 1.0, 7; <https://developer.atlassian.com/cloud/jira/platform/webhooks/>).
pub(super) fn is_hub_signed(secret: &str, body: &[u8], given: &str) -> bool {
    given
        .strip_prefix("sha256=")
        .is_some_and(|code| is_code(secret, body, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_that_of_rfc_4231() {
        // Test case 2 of RFC 4231.
        assert_eq!(
            code("Jefe", b"what do ya want for nothing?").as_deref(),
            Some("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        );
    }

    #[test]
    fn a_signature_counts_for_its_body_secret_and_time_only() {
        let given = signed("secret", 1_000, b"{}").unwrap();
        assert!(is_signed("secret", 1_000, b"{}", &given));
        assert!(is_signed("secret", 1_300, b"{}", &given));
        assert!(!is_signed("secret", 1_301, b"{}", &given));
        assert!(!is_signed("secret", 1_000, b"{ }", &given));
        assert!(!is_signed("other", 1_000, b"{}", &given));
        let moved = given.replace("t=1000", "t=1100");
        assert!(!is_signed("secret", 1_100, b"{}", &moved));
        for nothing in ["", "t=1000", "v1=00", "t=x,v1=00"] {
            assert!(!is_signed("secret", 1_000, b"{}", nothing));
        }
    }

    #[test]
    fn a_hub_signature_names_its_method() {
        let code = code("secret", b"{}").unwrap();
        assert!(is_hub_signed("secret", b"{}", &format!("sha256={code}")));
        assert!(!is_hub_signed("secret", b"{}", &code));
        assert!(!is_hub_signed("secret", b"{}", &format!("sha1={code}")));
        assert!(!is_hub_signed("secret", b"[]", &format!("sha256={code}")));
    }
}
