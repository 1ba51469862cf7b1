//! One's own account: sessions, tokens of programs, the second factor.

use crate::{SessionId, Timestamp, TokenId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// A password that we keep a hash of.
    Password,
    /// The same with a code of the second factor.
    PasswordTotp,
    /// The company's directory.
    Ldap,
    /// The company's OpenID provider.
    Oidc,
}

impl SignInMethod {
    /// The method's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordTotp => "password_totp",
            Self::Ldap => "ldap",
            Self::Oidc => "oidc",
        }
    }
}

/// `GET /api/v1/sign-in`: the ways in that are configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInOptions {
    /// E-mail and password, of a local account or of the directory.
    pub password: bool,
    /// The name on the button for the OpenID provider, where there is one.
    pub oidc: Option<String>,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    pub id: SessionId,
    /// What signed in, such as the browser's name.
    pub client: String,
    pub method: SignInMethod,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    /// It is the one that asks.
    pub current: bool,
}

/// What a program's token may be used for, within what its owner may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Ask, and read one's own conversations, requests and sources.
    Ask,
    /// Read and manage document sets and documents.
    Documents,
    /// Work the review desk.
    Desk,
    /// Manage people and groups.
    People,
    /// Read and export the log.
    Log,
    /// Provision people and groups by SCIM.
    Scim,
}

impl TokenScope {
    /// Every scope, in the order the interface lists them.
    pub const ALL: [Self; 6] = [
        Self::Ask,
        Self::Documents,
        Self::Desk,
        Self::People,
        Self::Log,
        Self::Scim,
    ];

    /// The scope's name in the database, the API and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Documents => "documents",
            Self::Desk => "desk",
            Self::People => "people",
            Self::Log => "log",
            Self::Scim => "scim",
        }
    }
}

impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for TokenScope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| {
                format!("'{text}' is no scope; use ask, documents, desk, people, log or scim")
            })
    }
}

/// A program's token, without the token itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    pub id: TokenId,
    pub name: String,
    pub scopes: Vec<TokenScope>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// `POST /api/v1/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiToken {
    /// 1 to 120 characters: what it is for.
    pub name: String,
    /// At least one; those that the role gives nothing to do with are refused.
    pub scopes: Vec<TokenScope>,
    /// 1 to 365.
    pub days: u32,
}

/// The answer: the only time that the token is shown.
#[derive(Clone, Serialize, Deserialize)]
pub struct MadeApiToken {
    #[serde(flatten)]
    pub info: ApiToken,
    /// Sent as `Authorization: Bearer …`.
    pub token: String,
}

impl fmt::Debug for MadeApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeApiToken")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

/// `GET /api/v1/me/totp`: the second factor of a local account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpState {
    /// The account has a password here; others have their second factor where they sign in.
    pub available: bool,
    /// Since when a code is asked for.
    pub since: Option<Timestamp>,
    /// Recovery codes that were not used.
    pub recovery_codes_left: u32,
    /// The configuration asks this role for a second factor.
    pub required: bool,
}

/// The answer to `POST /api/v1/me/totp`: a new secret, in force once a code of it was given.
#[derive(Clone, Serialize, Deserialize)]
pub struct TotpEnrolment {
    /// In base32, for typing.
    pub secret: String,
    /// `otpauth://…`.
    pub url: String,
    /// The same as a QR code: the path of its dark modules in an SVG with `size` units a side.
    pub qr_path: String,
    pub qr_size: u32,
}

impl fmt::Debug for TotpEnrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotpEnrolment").finish_non_exhaustive()
    }
}

/// `POST /api/v1/me/totp/confirm` (a code of the new secret) and `POST /api/v1/me/totp/remove` (a
/// code of the one in force, or a recovery code).
#[derive(Clone, Serialize, Deserialize)]
pub struct TotpCode {
    /// Six digits, spaces allowed.
    pub code: String,
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotpCode").finish_non_exhaustive()
    }
}

/// The answer to the confirmation: each signs in once in place of a code; shown once.
#[derive(Clone, Serialize, Deserialize)]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryCodes").finish_non_exhaustive()
    }
}
