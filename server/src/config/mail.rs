//! The mail server that notices go out by.

use super::Secret;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// From within a plain connection; without it nothing is sent.
    Starttls,
    /// From the first byte on.
    Tls,
    /// Not at all.
    None,
}

impl MailTls {
    /// The port that mail is handed in at (RFC 8314, RFC 5321).
    pub const fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// `[mail]`: where mail is handed in; without `host`, none is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    pub host: Option<String>,
    /// Default: 587, 465 or 25 by `tls`.
    pub port: Option<u16>,
    pub tls: MailTls,
    /// Certificates of an own authority (PEM), besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Such as `Inhouse <legal@example.com>`.
    pub from: String,
    pub user: String,
    pub password: Option<Secret>,
    pub password_file: Option<PathBuf>,
    /// Questions and replies stand in the mail; never those of restricted queues.
    pub include_content: bool,
    pub timeout_s: u64,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            host: None,
            port: None,
            tls: MailTls::Starttls,
            ca_file: None,
            from: String::new(),
            user: String::new(),
            password: None,
            password_file: None,
            include_content: false,
            timeout_s: 30,
        }
    }
}
