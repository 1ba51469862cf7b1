//! How documents come in.

use super::super::layers::Origins;
use super::super::{Config, ConfigError};
use super::within;
use std::path::PathBuf;

/// Languages that pictures of text are read in at once.
const MOST_LANGUAGES: usize = 8;

impl Config {
    pub(super) fn validate_intake(&self, origins: &Origins) -> Result<(), ConfigError> {
        let ingest = &self.ingest;
        for (name, value, least, most) in [
            ("ingest.workers", ingest.workers as u64, 1, 256),
            ("ingest.memory_mb", ingest.memory_mb, 128, 1_000_000),
            ("ingest.cpu_s", ingest.cpu_s, 1, 86_400),
            ("ingest.wall_s", ingest.wall_s, 1, 86_400),
            ("ingest.output_mb", ingest.output_mb, 1, 4_000),
            ("ingest.ocr_dpi", ingest.ocr_dpi.into(), 70, 600),
        ] {
            within(origins, name, value, least, most)?;
        }
        let code = |language: &String| {
            language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase())
        };
        let languages = &ingest.ocr_languages;
        if languages.is_empty() || languages.len() > MOST_LANGUAGES || !languages.iter().all(code) {
            return Err(origins.wrong(
                "ingest.ocr_languages",
                format!(
                    "name 1 to {MOST_LANGUAGES} languages, each by its two letters (ISO 639-1), \
                     such as de"
                ),
            ));
        }
        self.validate_watch(origins)
    }

    fn validate_watch(&self, origins: &Origins) -> Result<(), ConfigError> {
        let wrong = |reason: String| Err(origins.wrong("ingest.watch", reason));
        let mut folders: Vec<PathBuf> = Vec::new();
        for watch in &self.ingest.watch {
            let root = watch.root();
            let folder = self.watched_path(watch);
            if root.trim().is_empty() {
                return wrong("a watched folder has a path".into());
            }
            if watch.set.trim().is_empty() {
                return wrong(format!("{root} needs the name of a document set"));
            }
            if !(1..=86_400).contains(&watch.every_s) {
                return wrong(format!(
                    "{root}: {} seconds from look to look are out of range: use 1 to 86400",
                    watch.every_s
                ));
            }
            if self.data.starts_with(&folder) {
                return wrong(format!(
                    "{root} holds this instance itself; watch a folder beside it or in it"
                ));
            }
            if folders.contains(&folder) {
                return wrong(format!("{root} is there twice"));
            }
            folders.push(folder);
        }
        Ok(())
    }
}
