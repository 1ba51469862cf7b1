//! Where the rules come from, and what they may choose.

use super::super::layers::Origins;
use super::super::{Config, ConfigError};
use inhouse_guardrails::DEPARTMENTS;
use std::collections::BTreeSet;

impl Config {
    pub(super) fn validate_rules(&self, origins: &Origins) -> Result<(), ConfigError> {
        if let Some(path) = &self.rules.path
            && !self.in_data(path).is_file()
        {
            return Err(origins.wrong(
                "rules.path",
                format!("there is no file {}", self.in_data(path).display()),
            ));
        }
        let wrong = |reason: String| Err(origins.wrong("rules.departments", reason));
        let mut seen = BTreeSet::new();
        for department in &self.rules.departments {
            if DEPARTMENTS.iter().all(|(key, ..)| key != department) {
                let keys: Vec<&str> = DEPARTMENTS.iter().map(|(key, ..)| *key).collect();
                return wrong(format!(
                    "no rules ship for '{department}': name some of {}",
                    keys.join(", ")
                ));
            }
            if !seen.insert(department) {
                return wrong(format!("{department} is named twice"));
            }
        }
        Ok(())
    }

    pub(super) fn validate_profiles(&self, origins: &Origins) -> Result<(), ConfigError> {
        let wrong = |reason: String| Err(origins.wrong("inference.profiles", reason));
        let names = self.inference.profile_names();
        for (place, name) in names.iter().enumerate() {
            if name.trim().is_empty() {
                return wrong("a profile has a name, by which rules choose it".into());
            }
            if names.iter().take(place).any(|other| other == name) {
                return wrong(format!(
                    "two profiles are named {name}; 'answer' is the one of [inference.tasks.answer]"
                ));
            }
            if let Some(problem) = self.inference.profile(name).and_then(|p| p.problem()) {
                return wrong(format!("{name}: {problem}"));
            }
        }
        Ok(())
    }
}
