//! How documents come in.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `[ingest]`: the limits of the cage that reads documents, how many read at once, how pictures of
/// text are read, and the folders that files come from by themselves.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ingest {
    pub workers: usize,
    pub memory_mb: u64,
    pub cpu_s: u64,
    pub wall_s: u64,
    pub output_mb: u64,
    /// ISO 639-1, such as `de`.
    pub ocr_languages: Vec<String>,
    /// Pixels an inch that pages are drawn with for that.
    pub ocr_dpi: u32,
    pub watch: Vec<Watch>,
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            workers: 1,
            memory_mb: 1024,
            cpu_s: 60,
            wall_s: 90,
            output_mb: 64,
            ocr_languages: vec!["en".into(), "de".into()],
            ocr_dpi: 300,
            watch: Vec::new(),
        }
    }
}

/// A folder of the server whose files are kept in a set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    pub folder: PathBuf,
    /// The set's name.
    pub set: String,
    /// Seconds from one look to the next.
    #[serde(default = "every_s")]
    pub every_s: u64,
}

impl Watch {
    /// The folder as it is named: what the database and people know it by.
    pub fn root(&self) -> String {
        self.folder.display().to_string()
    }
}

const fn every_s() -> u64 {
    30
}
