//! Sign-in by the company's directory (LDAP): a service account finds the person, the person's own
//! bind proves the password, and groups are followed through the groups they lie in.

mod filter;
mod tls;

use super::arrival::{Mapping, Told};
use crate::config::{Config, Ldap as Settings, LdapTls, Secret};
use crate::error::AppError;
use inhouse_protocol::PersonSource;
use inhouse_store::Arrival;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions};
use rustls::ClientConfig;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The longest login and password that are sent, in bytes.
const LOGIN_BYTES: usize = 254;
const PASSWORD_BYTES: usize = 1_024;
/// The most groups that somebody may be in.
const MOST_GROUPS: usize = 1_000;
/// How many members' groups are asked for at once.
const AT_ONCE: usize = 20;

/// Result codes (RFC 4511, appendix A).
mod code {
    pub(super) const SUCCESS: u32 = 0;
    pub(super) const SIZE_LIMIT_EXCEEDED: u32 = 4;
    pub(super) const CONSTRAINT_VIOLATION: u32 = 19;
    pub(super) const NO_SUCH_OBJECT: u32 = 32;
    pub(super) const INAPPROPRIATE_AUTHENTICATION: u32 = 48;
    pub(super) const INVALID_CREDENTIALS: u32 = 49;
    pub(super) const UNWILLING_TO_PERFORM: u32 = 53;
}

/// Why the directory could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// No connection, no answer in time, or its own failure.
    #[error("the directory can't be reached: {0}")]
    Unavailable(String),
    /// The settings don't fit the directory.
    #[error("the directory refuses: {0}")]
    Settings(String),
    /// The person is there and the password right, but an account needs an e-mail address.
    #[error("the person's entry has no e-mail address")]
    NoEmail,
}

impl From<LdapError> for DirectoryError {
    fn from(error: LdapError) -> Self {
        match error {
            LdapError::FilterParsing => {
                Self::Settings("ldap.user_filter or ldap.group_filter is no filter".to_owned())
            }
            error => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<DirectoryError> for AppError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::NoEmail => Self::invalid(
                "Your entry in the company's directory has no e-mail address. Ask an administrator.",
            ),
            error => Self::Unavailable(error.to_string()),
        }
    }
}

/// The company's directory.
pub struct Directory {
    url: Url,
    settings: Settings,
    tls: Arc<ClientConfig>,
    mapping: Mapping,
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

impl Directory {
    /// The directory that `config` names; `None` if it names none. Nothing is called yet.
    pub fn new(config: &Config) -> Result<Option<Self>, DirectoryError> {
        let settings = config.ldap.clone();
        let Some(address) = &settings.url else {
            return Ok(None);
        };
        let url = Url::parse(address)
            .map_err(|error| DirectoryError::Settings(format!("setting ldap.url: {error}")))?;
        let tls = tls::config(config.ldap_ca_file().as_deref())
            .map_err(|why| DirectoryError::Settings(format!("setting ldap.ca_file: {why}")))?;
        Ok(Some(Self {
            url,
            mapping: Mapping::of_ldap(&settings),
            settings,
            tls: Arc::new(tls),
        }))
    }

    /// Who somebody is who typed `login` and `password`; none when there is no such person, when
    /// more than one fits, or when the password is wrong.
    pub async fn sign_in(
        &self,
        login: &str,
        password: &str,
    ) -> Result<Option<Arrival>, DirectoryError> {
        let login = login.trim();
        // Without a password a bind succeeds, as nobody (RFC 4513, section 5.1.2).
        if !(1..=LOGIN_BYTES).contains(&login.len())
            || !(1..=PASSWORD_BYTES).contains(&password.len())
        {
            return Ok(None);
        }
        let mut service = self.open().await?;
        let found = self.person(&mut service, login).await?;
        // Of nobody too, so that both take as long.
        let dn = match &found {
            Some(entry) => entry.dn.clone(),
            None => format!("cn={},{}", uuid::Uuid::new_v4(), self.settings.base),
        };
        let proved = self.proves(&dn, password).await?;
        let arrival = match found {
            Some(entry) if proved => {
                let groups = self.groups(&mut service, &entry.dn).await?;
                Some(self.arrival(&entry, &groups)?)
            }
            _ => None,
        };
        close(service).await;
        Ok(arrival)
    }

    /// Whether people can sign in with these settings; what was found, in words.
    pub async fn check(&self) -> Result<String, DirectoryError> {
        let mut ldap = self.open().await?;
        for base in [self.settings.base.as_str(), self.group_base()] {
            let answer = ldap
                .with_timeout(self.timeout())
                .search(base, Scope::Base, "(objectClass=*)", ["1.1"])
                .await?;
            if answer.1.rc != code::SUCCESS {
                return Err(DirectoryError::Settings(format!(
                    "'{base}' can't be read ({})",
                    answer.1
                )));
            }
        }
        // Finds nobody, and a filter that is none at once.
        self.person(&mut ldap, "inhouse-doctor").await?;
        if !self.settings.group_filter.is_empty() {
            self.groups(&mut ldap, &self.settings.base).await?;
        }
        close(ldap).await;
        let who = match self.settings.bind_dn.as_str() {
            "" => "anonymously",
            dn => dn,
        };
        Ok(format!("{}, searched as {who}", self.url))
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.settings.timeout_s)
    }

    fn group_base(&self) -> &str {
        match self.settings.group_base.trim() {
            "" => &self.settings.base,
            base => base,
        }
    }

    async fn connect(&self) -> Result<Ldap, DirectoryError> {
        let settings = LdapConnSettings::new()
            .set_conn_timeout(Duration::from_secs(self.settings.connect_timeout_s))
            .set_starttls(self.settings.tls == LdapTls::Starttls)
            .set_config(self.tls.clone());
        let (driver, ldap) = LdapConnAsync::from_url_with_settings(settings, &self.url).await?;
        tokio::spawn(async move {
            if let Err(error) = driver.drive().await {
                tracing::debug!(%error, "a connection to the directory broke");
            }
        });
        Ok(ldap)
    }

    /// A connection as the service account.
    async fn open(&self) -> Result<Ldap, DirectoryError> {
        let mut ldap = self.connect().await?;
        if self.settings.bind_dn.is_empty() {
            return Ok(ldap);
        }
        let password = self.settings.bind_password.as_ref().map(Secret::expose);
        let answer = ldap
            .with_timeout(self.timeout())
            .simple_bind(&self.settings.bind_dn, password.unwrap_or_default())
            .await?;
        match answer.rc {
            code::SUCCESS => Ok(ldap),
            _ => Err(DirectoryError::Settings(format!(
                "ldap.bind_dn and ldap.bind_password aren't taken ({answer})"
            ))),
        }
    }

    /// Whether the person of this DN has this password. On a connection of its own: the service's
    /// rights must not depend on it.
    async fn proves(&self, dn: &str, password: &str) -> Result<bool, DirectoryError> {
        let mut ldap = self.connect().await?;
        let answer = ldap
            .with_timeout(self.timeout())
            .simple_bind(dn, password)
            .await?;
        close(ldap).await;
        match answer.rc {
            code::SUCCESS => Ok(true),
            // Wrong, expired, locked, or none at all: the person is told the same of each.
            code::INVALID_CREDENTIALS
            | code::INAPPROPRIATE_AUTHENTICATION
            | code::CONSTRAINT_VIOLATION
            | code::NO_SUCH_OBJECT
            | code::UNWILLING_TO_PERFORM => Ok(false),
            _ => Err(DirectoryError::Unavailable(format!(
                "it answers a bind with {answer}"
            ))),
        }
    }

    /// The one entry that fits the login.
    async fn person(
        &self,
        ldap: &mut Ldap,
        login: &str,
    ) -> Result<Option<SearchEntry>, DirectoryError> {
        let settings = &self.settings;
        let attributes: Vec<&str> = [
            &settings.mail_attribute,
            &settings.name_attribute,
            &settings.department_attribute,
            &settings.id_attribute,
        ]
        .into_iter()
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
        let filter = filter::of_login(&settings.user_filter, login);
        let options = SearchOptions::new().sizelimit(2);
        let answer = ldap
            .with_search_options(options)
            .with_timeout(self.timeout())
            .search(&settings.base, Scope::Subtree, &filter, attributes)
            .await?;
        let (entries, result) = (answer.0, answer.1);
        if entries.len() > 1 || result.rc == code::SIZE_LIMIT_EXCEEDED {
            tracing::warn!(
                "more than one person of the directory fits a login; none is let in. Correct \
                 ldap.user_filter"
            );
            return Ok(None);
        }
        result.success()?;
        Ok(entries.into_iter().next().map(SearchEntry::construct))
    }

    /// The groups that somebody is in, and those that these lie in.
    async fn groups(&self, ldap: &mut Ldap, dn: &str) -> Result<Vec<Told>, DirectoryError> {
        let mut found = Vec::new();
        if self.settings.group_filter.is_empty() {
            return Ok(found);
        }
        // Groups may lie in each other in a circle.
        let mut seen = HashSet::new();
        let mut level = vec![dn.to_owned()];
        for _ in 0..=self.settings.nested_depth {
            let mut next = Vec::new();
            for members in level.chunks(AT_ONCE) {
                for entry in self.groups_of(ldap, members).await? {
                    if !seen.insert(entry.dn.to_lowercase()) {
                        continue;
                    }
                    if found.len() >= MOST_GROUPS {
                        return Err(DirectoryError::Settings(format!(
                            "somebody is in more than {MOST_GROUPS} groups; narrow \
                             ldap.group_base or ldap.group_filter"
                        )));
                    }
                    let name = text(&entry, &self.settings.group_name_attribute);
                    found.push(Told {
                        name: name.unwrap_or_else(|| entry.dn.clone()),
                        full: Some(entry.dn.clone()),
                    });
                    next.push(entry.dn);
                }
            }
            if next.is_empty() {
                break;
            }
            level = next;
        }
        Ok(found)
    }

    async fn groups_of(
        &self,
        ldap: &mut Ldap,
        members: &[String],
    ) -> Result<Vec<SearchEntry>, DirectoryError> {
        let filter = filter::of_members(&self.settings.group_filter, members);
        let attributes = [self.settings.group_name_attribute.as_str()];
        let answer = ldap
            .with_timeout(self.timeout())
            .search(self.group_base(), Scope::Subtree, &filter, attributes)
            .await?;
        let (entries, _) = answer.success()?;
        Ok(entries.into_iter().map(SearchEntry::construct).collect())
    }

    fn arrival(&self, entry: &SearchEntry, groups: &[Told]) -> Result<Arrival, DirectoryError> {
        let settings = &self.settings;
        Ok(Arrival {
            source: PersonSource::Ldap,
            provider: provider(settings),
            name: self.id(entry)?,
            email: text(entry, &settings.mail_attribute).ok_or(DirectoryError::NoEmail)?,
            display_name: text(entry, &settings.name_attribute).unwrap_or_default(),
            department: text(entry, &settings.department_attribute),
            role: self.mapping.role(groups),
            groups: self.mapping.groups(groups),
        })
    }

    /// What the directory calls the person for good.
    fn id(&self, entry: &SearchEntry) -> Result<String, DirectoryError> {
        let attribute = &self.settings.id_attribute;
        if attribute.is_empty() {
            return Ok(entry.dn.to_lowercase());
        }
        let bytes = entry
            .bin_attrs
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(attribute))
            .and_then(|(_, values)| values.first());
        text(entry, attribute)
            .or_else(|| bytes.map(hex::encode))
            .ok_or_else(|| {
                DirectoryError::Settings(format!(
                    "a person has no attribute '{attribute}'; check ldap.id_attribute"
                ))
            })
    }
}

/// Under which name identities of this directory are kept. Ids of another attribute are others.
fn provider(settings: &Settings) -> String {
    let base = settings.base.to_lowercase();
    match settings.id_attribute.to_lowercase().as_str() {
        "" => format!("ldap:{base}"),
        attribute => format!("ldap:{base}#{attribute}"),
    }
}

/// The first value of an attribute, whatever the case of its name.
fn text(entry: &SearchEntry, attribute: &str) -> Option<String> {
    let (_, values) = entry
        .attrs
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(attribute))?;
    let text = values.first()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Says goodbye; the connection ends either way.
async fn close(mut ldap: Ldap) {
    if let Err(error) = ldap.unbind().await {
        tracing::debug!(%error, "the directory was left without a goodbye");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn directory() -> Directory {
        let config = Config {
            ldap: Settings {
                url: Some("ldap://localhost:1".into()),
                base: "ou=People,dc=Example,dc=com".into(),
                id_attribute: "objectGUID".into(),
                ..Settings::default()
            },
            ..Config::default()
        };
        Directory::new(&config).unwrap().unwrap()
    }

    fn entry() -> SearchEntry {
        SearchEntry {
            dn: "uid=ada,ou=People,dc=Example,dc=com".into(),
            attrs: HashMap::from([
                ("Mail".into(), vec![" ada@example.com ".into()]),
                ("CN".into(), vec!["Ada".into()]),
            ]),
            bin_attrs: HashMap::from([("objectguid".into(), vec![vec![0xff, 0x01]])]),
        }
    }

    #[test]
    fn an_entry_becomes_an_arrival_whatever_the_case_of_its_attributes() {
        let ada = directory().arrival(&entry(), &[]).unwrap();
        assert_eq!(ada.email, "ada@example.com");
        assert_eq!(ada.display_name, "Ada");
        assert_eq!(ada.name, "ff01");
        assert_eq!(ada.provider, "ldap:ou=people,dc=example,dc=com#objectguid");
    }

    #[test]
    fn an_entry_without_an_address_or_an_id_is_refused() {
        let mut nameless = entry();
        nameless.attrs.clear();
        let refused = directory().arrival(&nameless, &[]);
        assert_eq!(refused, Err(DirectoryError::NoEmail));
        let mut unknown = entry();
        unknown.bin_attrs.clear();
        assert!(directory().arrival(&unknown, &[]).is_err());
    }

    #[tokio::test]
    async fn an_empty_password_is_refused_before_anyone_is_asked() {
        // Nothing listens there: asking would fail.
        let directory = directory();
        assert_eq!(directory.sign_in("ada", "").await, Ok(None));
        assert_eq!(directory.sign_in(" ", "secret").await, Ok(None));
        let long = "x".repeat(LOGIN_BYTES + 1);
        assert_eq!(directory.sign_in(&long, "secret").await, Ok(None));
        assert!(directory.sign_in("ada", "secret").await.is_err());
    }
}
