//! Business hours.

use super::super::layers::Origins;
use super::super::{Config, ConfigError, Desk};

impl Config {
    pub(super) fn validate_desk(&self, origins: &Origins) -> Result<(), ConfigError> {
        let zone = Desk {
            time_zone: self.desk.time_zone.clone(),
            ..Desk::default()
        };
        // With the usual hours only the time zone can be wrong.
        for (name, desk) in [("desk.time_zone", &zone), ("desk.hours", &self.desk)] {
            if let Err(error) = desk.calendar() {
                return Err(origins.wrong(name, error.to_string()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Overrides;

    fn read(toml: &str) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("inhouse.toml"), toml).unwrap();
        let overrides = Overrides {
            data: Some(dir.path().to_owned()),
            ..Overrides::default()
        };
        Config::load_with(&overrides, []).map_err(|error| error.to_string())
    }

    #[test]
    fn business_hours_are_read() {
        let config = read(
            "[desk]\ntime_zone = 'Europe/Berlin'\n\
             hours = 'mon-thu 08:30-17:00; fri 08:30-14:00'\nholidays = ['2026-12-25']",
        )
        .unwrap();
        assert_eq!(config.desk.holidays[0].to_string(), "2026-12-25");
        let words = config.desk.calendar().unwrap().words();
        assert!(words.contains("Europe/Berlin"), "{words}");
    }

    #[test]
    fn what_is_wrong_with_business_hours_is_named() {
        for (setting, value) in [
            ("time_zone", "'Mars/Olympus'"),
            ("hours", "'monday to friday'"),
            ("hours", "'mon-fri 17:00-09:00'"),
        ] {
            let error = read(&format!("[desk]\n{setting} = {value}")).unwrap_err();
            assert!(error.contains(&format!("desk.{setting}")), "{error}");
        }
        assert!(read("[desk]\nholidays = ['25.12.2026']").is_err());
    }
}
