//! Layer over layer: each setting of each layer is laid over what is there and tried at once, so
//! that an error can name the setting and the layer it came from.

use super::{Config, ConfigError, Flag};
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Table, Value};

/// Where each setting that is not a default was set.
#[derive(Debug, Default)]
pub(super) struct Origins(BTreeMap<String, String>);

impl Origins {
    /// Where `setting` was set, in words.
    pub(super) fn of(&self, setting: &str) -> String {
        self.0
            .get(setting)
            .cloned()
            .unwrap_or_else(|| "default".to_owned())
    }

    /// An error about a section, which came from where the last of its settings did.
    pub(super) fn wrong_in(&self, section: &str, reason: impl Into<String>) -> ConfigError {
        let inside = |name: &&String| name.starts_with(&format!("{section}."));
        let origins: Vec<_> = self
            .0
            .keys()
            .filter(inside)
            .map(|name| self.of(name))
            .collect();
        ConfigError::Setting {
            name: section.to_owned(),
            origin: origins.join(", "),
            reason: reason.into(),
        }
    }

    /// An error about `setting`.
    pub(super) fn wrong(&self, setting: &str, reason: impl Into<String>) -> ConfigError {
        ConfigError::Setting {
            name: setting.to_owned(),
            origin: self.of(setting),
            reason: reason.into(),
        }
    }
}

/// The settings so far.
#[derive(Debug, Default)]
pub(super) struct Layers {
    table: Table,
    config: Config,
    origins: Origins,
}

impl Layers {
    /// Lays a TOML file over it.
    pub(super) fn add_file(&mut self, file: &Path) -> Result<(), ConfigError> {
        let wrong = |reason: String| ConfigError::File {
            path: file.to_owned(),
            reason,
        };
        let text = std::fs::read_to_string(file)
            .map_err(|error| wrong(format!("the configuration can't be read ({error})")))?;
        let table = text
            .parse::<Table>()
            .map_err(|error| wrong(format!("this is not valid TOML: {error}")))?;
        let origin = format!("in {}", file.display());
        let mut settings = Vec::new();
        leaves(&table, &mut Vec::new(), &mut settings);
        for (path, value) in settings {
            self.try_values(&path, &origin, vec![value])?;
        }
        Ok(())
    }

    /// Lays the variables `INHOUSE_SECTION__SETTING` over it; leaves all others alone.
    pub(super) fn add_environment(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        let mut settings: Vec<_> = variables
            .into_iter()
            .filter_map(|(name, value)| {
                let rest = name.strip_prefix("INHOUSE_")?;
                let path = rest.contains("__").then(|| {
                    rest.split("__")
                        .map(str::to_ascii_lowercase)
                        .collect::<Vec<_>>()
                })?;
                Some((name, path, value))
            })
            .collect();
        settings.sort();
        for (name, path, value) in settings {
            let origin = format!("from the environment variable {name}");
            self.try_values(&path, &origin, readings(&value))?;
        }
        Ok(())
    }

    /// Lays flags over it.
    pub(super) fn add_flags(&mut self, flags: &[Flag]) -> Result<(), ConfigError> {
        for flag in flags {
            let path: Vec<_> = flag.setting.split('.').map(str::to_owned).collect();
            let origin = format!("from the flag {}", flag.flag);
            self.try_values(&path, &origin, readings(&flag.value))?;
        }
        Ok(())
    }

    /// The configuration and where its settings came from.
    pub(super) fn finish(self) -> (Config, Origins) {
        (self.config, self.origins)
    }

    /// Sets `path` to the first of `candidates` that the configuration takes.
    fn try_values(
        &mut self,
        path: &[String],
        origin: &str,
        candidates: Vec<Value>,
    ) -> Result<(), ConfigError> {
        let name = path.join(".");
        let mut reason = None;
        for value in candidates {
            let mut table = self.table.clone();
            let result = insert(&mut table, path, value).and_then(|()| {
                Value::Table(table.clone())
                    .try_into::<Config>()
                    .map_err(|error| in_words(&error))
            });
            match result {
                Ok(config) => {
                    self.table = table;
                    self.config = config;
                    self.origins.0.insert(name, origin.to_owned());
                    return Ok(());
                }
                Err(why) => reason = reason.or(Some(why)),
            }
        }
        Err(ConfigError::Setting {
            name,
            origin: origin.to_owned(),
            reason: reason.unwrap_or_else(|| "it has no value".to_owned()),
        })
    }
}

/// What a text from the environment or a flag may mean: the text itself, else a TOML value, else
/// a list with commas.
fn readings(text: &str) -> Vec<Value> {
    let mut readings = vec![Value::String(text.to_owned())];
    if let Ok(mut table) = format!("value = {text}").parse::<Table>()
        && table.len() == 1
        && let Some(value) = table.remove("value")
    {
        readings.push(value);
    }
    let list = text
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    readings.push(Value::Array(
        list.map(|item| Value::String(item.to_owned())).collect(),
    ));
    readings
}

/// All settings of a table with their paths; an empty section counts as one.
fn leaves(table: &Table, above: &mut Vec<String>, found: &mut Vec<(Vec<String>, Value)>) {
    for (key, value) in table {
        above.push(key.clone());
        match value {
            Value::Table(inner) if !inner.is_empty() => leaves(inner, above, found),
            leaf => found.push((above.clone(), leaf.clone())),
        }
        above.pop();
    }
}

fn insert(table: &mut Table, path: &[String], value: Value) -> Result<(), String> {
    let (last, sections) = path.split_last().ok_or("a setting has a name")?;
    let mut here = table;
    for section in sections {
        let inner = here
            .entry(section.clone())
            .or_insert_with(|| Value::Table(Table::new()));
        here = inner
            .as_table_mut()
            .ok_or_else(|| format!("'{section}' is a setting, not a section"))?;
    }
    match (here.get_mut(last), value) {
        // An empty section says nothing about what it may already hold.
        (Some(Value::Table(_)), Value::Table(new)) if new.is_empty() => {}
        (_, value) => {
            here.insert(last.clone(), value);
        }
    }
    Ok(())
}

/// The deserializer's message on one line.
fn in_words(error: &toml::de::Error) -> String {
    let message = error.message();
    let message = message
        .replace("unknown field", "there is no setting")
        .replace("unknown variant", "there is no choice")
        .replace("expected one of", "there are")
        .replace("expected", "expected:");
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
