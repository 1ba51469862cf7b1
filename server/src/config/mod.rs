//! The configuration: defaults, then a TOML file, then the environment, then flags, each setting
//! remembered with where it came from. An unknown or invalid setting stops the start by its name.

mod approved;
mod desk;
mod governance;
mod identity;
mod intake;
mod layers;
mod mail;
mod network;
mod places;
mod secret;
mod sections;
mod shown;
#[cfg(test)]
mod tests;
mod validate;

pub use approved::Approved;
pub use desk::Desk;
pub use governance::{Record, Retention};
pub use identity::{GroupRule, Ldap, LdapTls, Oidc, RoleRule, SignIn};
pub use intake::{Ingest, Watch};
pub use mail::{Mail, MailTls};
pub use network::Network;
pub use secret::Secret;
pub use sections::{
    Answers, Database, Embedding, Endpoint, EngineKind, Inference, Interface, Jira, JiraDeployment,
    Log, LogFormat, Models, NamedProfile, Qdrant, Quota, Retrieval, Rules, Server, Storage, Tasks,
};

use layers::Layers;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Everything an instance is told from outside.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The instance's folder, absolute.
    #[serde(skip)]
    pub data: PathBuf,
    /// The file that was read, where there was one.
    #[serde(skip)]
    pub file: Option<PathBuf>,
    pub server: Server,
    pub interface: Interface,
    pub database: Database,
    pub storage: Storage,
    pub models: Models,
    pub embedding: Embedding,
    pub qdrant: Qdrant,
    pub retrieval: Retrieval,
    pub inference: Inference,
    pub answers: Answers,
    pub rules: Rules,
    pub ingest: Ingest,
    pub quota: Quota,
    pub desk: Desk,
    pub mail: Mail,
    pub approved: Approved,
    pub jira: Jira,
    pub sign_in: SignIn,
    pub oidc: Oidc,
    pub ldap: Ldap,
    pub record: Record,
    pub retention: Retention,
    pub log: Log,
}

/// What the command line says about the configuration.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--data DIR`; default `./data`.
    pub data: Option<PathBuf>,
    /// `--config FILE`; default `DIR/inhouse.toml` where it exists.
    pub config: Option<PathBuf>,
    /// Flags that stand for a setting: the flag as typed, the setting, its value.
    pub settings: Vec<Flag>,
}

/// A flag of the command line that stands for a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// As typed, such as `--listen`.
    pub flag: String,
    /// Such as `server.listen`.
    pub setting: String,
    /// Its value as typed.
    pub value: String,
}

/// Why the configuration can't be used. Never holds a secret's value.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file can't be read.
    #[error("{path}: {reason}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A setting is unknown or its value invalid.
    #[error("setting {name} ({origin}): {reason}")]
    Setting {
        /// The setting, such as `server.listen`.
        name: String,
        /// Where it was set.
        origin: String,
        /// What is wrong and what to do.
        reason: String,
    },
}

impl Config {
    /// Reads the configuration of the instance that `overrides` names, from its file, this
    /// process's environment and the flags, and checks it.
    pub fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            Some((name, value.to_string_lossy().into_owned()))
        });
        Self::load_with(overrides, environment)
    }

    /// [`Self::load`] with an environment given.
    pub fn load_with(
        overrides: &Overrides,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let data = overrides.data.clone().unwrap_or_else(|| "data".into());
        let data = std::path::absolute(&data).map_err(|error| ConfigError::File {
            path: data.clone(),
            reason: format!("this is no usable folder name ({error})"),
        })?;
        let mut layers = Layers::default();
        let file = match &overrides.config {
            Some(file) => Some(file.clone()),
            None => Some(data.join("inhouse.toml")).filter(|file| file.exists()),
        };
        if let Some(file) = &file {
            layers.add_file(file)?;
        }
        layers.add_environment(environment)?;
        layers.add_flags(&overrides.settings)?;
        let (mut config, origins) = layers.finish();
        config.server.site = config.server.site.map(|site| data.join(site));
        config.data = data;
        config.file = file;
        config.read_secret_files(&origins)?;
        config.validate(&origins)?;
        Ok(config)
    }

    /// A path of a setting: as it is when absolute, else counted from the instance's folder.
    fn in_data(&self, path: &Path) -> PathBuf {
        self.data.join(path)
    }
}
