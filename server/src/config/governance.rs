//! What the record is made with, and how long things are kept.

use super::Secret;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `[record]`: signed checkpoints of the log, and what wraps the keys of people.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Record {
    /// How often the newest record is signed.
    pub checkpoint_minutes: u32,
    /// A file that checkpoints are appended to.
    pub checkpoint_file: Option<PathBuf>,
    /// `udp://host:514`, `tcp://host:514` or `unix:///dev/log`.
    pub syslog: Option<String>,
    /// Master keys in base64, the newest first; default: a file in `DIR/secrets`.
    pub master_key: Option<Secret>,
    pub master_key_file: Option<PathBuf>,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            checkpoint_minutes: 60,
            checkpoint_file: None,
            syslog: None,
            master_key: None,
            master_key_file: None,
        }
    }
}

/// `[retention]`: how many days each class of record is kept; 0: for good.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    pub conversations_days: u32,
    pub requests_days: u32,
    pub sessions_days: u32,
    /// At least 183 where not 0 (AI Act, Article 26(6)).
    pub log_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            conversations_days: 730,
            requests_days: 1095,
            sessions_days: 90,
            log_days: 1095,
        }
    }
}
