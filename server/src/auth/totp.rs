//! The second factor of local accounts: time-based codes (RFC 6238: SHA-1, six digits, thirty
//! seconds, which is what every authenticator app takes) and recovery codes for a lost device.

use super::random;
use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_protocol::{Timestamp, TotpEnrolment};
use inhouse_store::User;
use qrcode::{Color, QrCode};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use totp_rs::{Builder, Totp};

/// RFC 4226, section 4, R6: 160 bits.
const SECRET_BYTES: usize = 20;

const DIGITS: usize = 6;

const RECOVERY_CODES: usize = 8;

/// The light modules around a QR code (ISO/IEC 18004, 6.3.8).
const QUIET_MODULES: usize = 4;

/// What a person typed where a code is asked for.
enum Typed {
    /// Six digits of the app.
    Digits(String),
    /// The SHA-256 of a recovery code, in hex.
    Recovery(String),
}

/// A new secret.
pub fn fresh_secret() -> std::io::Result<[u8; SECRET_BYTES]> {
    random::bytes()
}

/// What a person needs to put the secret into their app; `account` is what the app calls it.
pub fn enrolment(secret: &[u8], account: &str) -> AppResult<TotpEnrolment> {
    // A colon would end the issuer's name in the address.
    let account = account.replace(':', "_");
    let totp = builder(secret)
        .with_issuer(Some("Inhouse"))
        .with_account_name(account)
        .build()
        .map_err(AppError::internal)?;
    let url = totp.to_url().map_err(AppError::internal)?;
    let (qr_path, qr_size) = qr(&url)?;
    Ok(TotpEnrolment {
        secret: totp.secret().to_base32(),
        url,
        qr_path,
        qr_size,
    })
}

/// The time step that a code belongs to, if it is one of now, of the step before or of the one
/// after; spaces are left out.
pub fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let Typed::Digits(code) = typed(code) else {
        return None;
    };
    let seconds = u64::try_from(now.0 / 1000).ok()?;
    let step = totp(secret)?.check(&code, seconds)?;
    i64::try_from(step).ok()
}

/// New recovery codes of 118 bits each: with that much randomness their SHA-256 may be stored
/// (OWASP ASVS 5.0, 6.5.2, asks for 112).
pub fn fresh_recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES)
        .map(|_| random::readable(4, 6))
        .collect()
}

/// What is stored of a recovery code, whatever its case, spaces and hyphens.
pub fn recovery_hash(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    hex::encode(Sha256::digest(plain.as_bytes()))
}

impl App {
    /// Whether a person's code, of their app or for recovery, is right; a right one is used up
    /// with that. Whoever calls this sees to it that guessing is slowed down.
    pub(crate) async fn takes_code(&self, user: &User, code: &str) -> AppResult<bool> {
        match typed(code) {
            Typed::Recovery(hash) => Ok(self.store.use_recovery_code(&user.id, &hash).await?),
            Typed::Digits(code) => {
                let kept = self.store.totp_secret(&user.id).await?;
                let kept = kept.filter(|kept| kept.since.is_some());
                let step = kept.and_then(|kept| step_of(&kept.secret, &code, self.store.now()));
                match step {
                    Some(step) => Ok(self.store.use_totp_step(&user.id, step).await?),
                    None => Ok(false),
                }
            }
        }
    }
}

fn builder(secret: &[u8]) -> Builder {
    Builder::new().with_secret(secret.to_vec())
}

fn totp(secret: &[u8]) -> Option<Totp> {
    builder(secret).build().ok()
}

fn typed(code: &str) -> Typed {
    let plain: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if plain.len() == DIGITS && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        Typed::Digits(plain)
    } else {
        Typed::Recovery(recovery_hash(code))
    }
}

/// The dark modules of a QR code as the path of an SVG, and the units of its side.
fn qr(text: &str) -> AppResult<(String, u32)> {
    let code = QrCode::new(text).map_err(AppError::internal)?;
    let width = code.width();
    let mut path = String::new();
    for y in 0..width {
        for x in 0..width {
            if code[(x, y)] == Color::Dark {
                let (x, y) = (x + QUIET_MODULES, y + QUIET_MODULES);
                // Writing into a string can't fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
    }
    let size = u32::try_from(width + 2 * QUIET_MODULES).map_err(AppError::internal)?;
    Ok((path, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, its codes cut to six digits.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = step_of(secret, code, Timestamp(seconds * 1000));
            assert_eq!(step, Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_no_more() {
        let secret = b"12345678901234567890";
        // 287082 is the code of the seconds 30 to 59, the step 1.
        for (seconds, step) in [
            (0, Some(1)),
            (29, Some(1)),
            (89, Some(1)),
            (90, None),
            (120, None),
        ] {
            let found = step_of(secret, "287082", Timestamp(seconds * 1000));
            assert_eq!(found, step, "{seconds}");
        }
        assert_eq!(step_of(secret, " 287 082", Timestamp(59_000)), Some(1));
        for wrong in ["287083", "+28708", "28708", "2870820", "", "２８７０８２"] {
            assert_eq!(step_of(secret, wrong, Timestamp(59_000)), None, "{wrong}");
        }
    }

    #[test]
    fn an_enrolment_says_the_same_in_base32_and_in_its_address() {
        let made = enrolment(b"12345678901234567890", "ada:x@example.com").unwrap();
        assert_eq!(made.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            made.url,
            "otpauth://totp/Inhouse:ada_x%40example.com\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Inhouse"
        );
    }

    #[test]
    fn the_path_draws_every_dark_module_inside_the_quiet_zone() {
        let (path, size) = qr("otpauth://totp/x").unwrap();
        let code = QrCode::new("otpauth://totp/x").unwrap();
        let width = code.width();
        assert_eq!(size as usize, width + 8);
        let mut drawn = vec![Color::Light; width * width];
        for part in path.split_terminator("h1v1h-1z") {
            let (x, y) = part.strip_prefix('M').unwrap().split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            drawn[(y - 4) * width + x - 4] = Color::Dark;
        }
        assert_eq!(drawn, code.to_colors());
    }

    #[test]
    fn recovery_codes_differ_and_are_known_however_they_are_typed() {
        let codes = fresh_recovery_codes();
        let mut hashes: Vec<_> = codes.iter().map(|code| recovery_hash(code)).collect();
        let typed = format!(" {} ", codes[0].to_uppercase().replace('-', " "));
        assert_eq!(recovery_hash(&typed), hashes[0]);
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 8);
    }
}
