//! The configuration as the record may hold it: what differs from the defaults, by name, without
//! secrets and without what may be personal.

use super::Config;
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

/// Stands for a value that the record doesn't hold.
const SET: &str = "[set]";

impl Config {
    /// The settings that are not the default, by name such as `server.listen`.
    pub fn changed_settings(&self) -> BTreeMap<String, Value> {
        let defaults = flat(&Self::default());
        let mut settings = flat(self);
        settings.retain(|name, value| defaults.get(name) != Some(value));
        settings
    }
}

fn flat(config: &Config) -> BTreeMap<String, Value> {
    let mut settings = BTreeMap::new();
    // A configuration is made of maps with text as keys, which JSON can hold.
    let all = serde_json::to_value(config).unwrap_or_default();
    flatten(&all, "", &mut settings);
    settings
}

fn flatten(value: &Value, name: &str, settings: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(inner) => {
            for (key, value) in inner {
                let name = match name {
                    "" => key.clone(),
                    above => format!("{above}.{key}"),
                };
                flatten(value, &name, settings);
            }
        }
        leaf => {
            settings.insert(name.to_owned(), fit_to_show(leaf));
        }
    }
}

fn fit_to_show(value: &Value) -> Value {
    match value {
        Value::String(text) => without_people(text).into(),
        Value::Array(items) => items.iter().map(fit_to_show).collect(),
        Value::Object(inner) => inner
            .iter()
            .map(|(key, value)| (key.clone(), fit_to_show(value)))
            .collect(),
        other => other.clone(),
    }
}

/// An address without its user and password; instead of an e-mail address, that one is set.
fn without_people(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    match Url::parse(text) {
        Ok(mut url) if url.has_host() => {
            // Both fail only for addresses without a host.
            let stripped = url.set_username("").and_then(|()| url.set_password(None));
            stripped.map_or_else(|()| SET.to_owned(), |()| url.into())
        }
        _ => SET.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn the_defaults_have_nothing_to_tell() {
        assert!(Config::default().changed_settings().is_empty());
    }

    #[test]
    fn a_changed_setting_is_told_by_its_name() {
        let mut config = Config::default();
        config.quota.questions_per_hour = 7;
        config.inference.tasks.answer.max_tokens = 100;
        let told = config.changed_settings();
        let names: Vec<_> = told.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "inference.tasks.answer.max_tokens",
                "quota.questions_per_hour"
            ]
        );
        assert_eq!(told["quota.questions_per_hour"], 7);
    }

    #[test]
    fn secrets_and_names_of_people_stay_out() {
        let mut config = Config::default();
        config.database.url = Some(Secret::new("postgres://inhouse:hunter2@db/inhouse"));
        config.jira.token = Some(Secret::new("hunter2"));
        config.jira.email = "ada@example.com".into();
        config.jira.base_url = Url::parse("https://ada:hunter2@jira.example.com/").ok();
        let told = format!("{:?}", config.changed_settings());
        assert!(!told.contains("hunter2") && !told.contains("ada"), "{told}");
        assert!(told.contains("jira.example.com"), "{told}");
        assert_eq!(told.matches(SET).count(), 3, "{told}");
    }
}
