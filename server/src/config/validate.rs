//! What the types can't say: values that must be in range or go together, and secrets kept in
//! files of their own.

mod desk;
mod governance;
mod identity;
mod intake;
mod mail;
mod rules;

use super::layers::Origins;
use super::{Config, ConfigError, EngineKind, JiraDeployment, Secret};
use std::path::{Path, PathBuf};
use tracing_subscriber::EnvFilter;

impl Config {
    /// Reads each secret whose `_file` is set.
    pub(super) fn read_secret_files(&mut self, origins: &Origins) -> Result<(), ConfigError> {
        let data = self.data.clone();
        for (name, secret, file) in [
            (
                "database.url",
                &mut self.database.url,
                &self.database.url_file,
            ),
            (
                "qdrant.api_key",
                &mut self.qdrant.api_key,
                &self.qdrant.api_key_file,
            ),
            (
                "inference.endpoint.api_key",
                &mut self.inference.endpoint.api_key,
                &self.inference.endpoint.api_key_file,
            ),
            ("jira.token", &mut self.jira.token, &self.jira.token_file),
            (
                "mail.password",
                &mut self.mail.password,
                &self.mail.password_file,
            ),
            (
                "oidc.client_secret",
                &mut self.oidc.client_secret,
                &self.oidc.client_secret_file,
            ),
            (
                "ldap.bind_password",
                &mut self.ldap.bind_password,
                &self.ldap.bind_password_file,
            ),
            (
                "record.master_key",
                &mut self.record.master_key,
                &self.record.master_key_file,
            ),
        ] {
            read_secret(name, secret, file.as_ref(), &data, origins)?;
        }
        Ok(())
    }

    /// Checks what the types don't.
    pub(super) fn validate(&self, origins: &Origins) -> Result<(), ConfigError> {
        self.validate_server(origins)?;
        self.validate_models(origins)?;
        self.validate_answers(origins)?;
        self.validate_jira(origins)?;
        self.validate_intake(origins)?;
        self.validate_identity(origins)?;
        self.validate_governance(origins)?;
        self.validate_desk(origins)?;
        self.validate_mail(origins)?;
        let url = self.database_url();
        if !["sqlite:", "postgres:", "postgresql:"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(origins.wrong(
                "database.url",
                "this must start with sqlite:// or postgres://",
            ));
        }
        self.validate_rules(origins)?;
        if let Err(error) = EnvFilter::try_new(&self.log.level) {
            return Err(origins.wrong("log.level", format!("this is no log level ({error})")));
        }
        Ok(())
    }

    fn validate_server(&self, origins: &Origins) -> Result<(), ConfigError> {
        for (name, value, least, most) in [
            (
                "server.max_upload_bytes",
                self.server.max_upload_bytes,
                1_000,
                10_000_000_000,
            ),
            (
                "server.request_timeout_s",
                self.server.request_timeout_s,
                1,
                3_600,
            ),
            (
                "server.upload_timeout_s",
                self.server.upload_timeout_s,
                1,
                86_400,
            ),
            (
                "server.session_hours",
                count(self.server.session_hours),
                1,
                24 * 365,
            ),
            (
                "server.idle_minutes",
                count(self.server.idle_minutes),
                1,
                60 * 24 * 365,
            ),
            (
                "quota.questions_per_hour",
                self.quota.questions_per_hour.into(),
                1,
                100_000,
            ),
        ] {
            within(origins, name, value, least, most)?;
        }
        Ok(())
    }

    fn validate_models(&self, origins: &Origins) -> Result<(), ConfigError> {
        for (name, value, least, most) in [
            ("embedding.dimensions", self.embedding.dimensions, 1, 8_192),
            (
                "embedding.max_tokens",
                self.embedding.max_tokens,
                16,
                32_768,
            ),
            ("embedding.batch", self.embedding.batch, 1, 1_024),
            ("embedding.threads", self.embedding.threads, 0, 1_024),
            ("retrieval.candidates", self.retrieval.candidates, 1, 10_000),
            (
                "retrieval.passages_for_answer",
                self.retrieval.passages_for_answer,
                1,
                50,
            ),
            ("inference.parallel", self.inference.parallel, 1, 1_024),
            ("inference.waiting", self.inference.waiting, 0, 100_000),
        ] {
            within(origins, name, value as u64, least, most)?;
        }
        for (name, weight) in [
            ("retrieval.lexical_weight", self.retrieval.lexical_weight),
            ("retrieval.dense_weight", self.retrieval.dense_weight),
            ("retrieval.wording_weight", self.retrieval.wording_weight),
        ] {
            if !(0.0..=1_000.0).contains(&weight) {
                return Err(origins.wrong(name, "a weight is 0 or more"));
            }
        }
        if self.retrieval.lexical_weight + self.retrieval.dense_weight <= 0.0 {
            return Err(origins.wrong(
                "retrieval.dense_weight",
                "one of retrieval.lexical_weight and retrieval.dense_weight must be above 0",
            ));
        }
        if !(self.retrieval.rrf_k.is_finite() && self.retrieval.rrf_k > 0.0) {
            return Err(origins.wrong("retrieval.rrf_k", "this must be above 0"));
        }
        for (name, sum) in [
            ("embedding.sha256", &self.embedding.sha256),
            ("inference.sha256", &self.inference.sha256),
        ] {
            if let Some(sum) = sum
                && !(sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit()))
            {
                return Err(origins.wrong(name, "a SHA-256 is 64 hexadecimal digits"));
            }
        }
        if let Some(problem) = self.inference.tasks.answer.problem() {
            return Err(origins.wrong_in("inference.tasks.answer", problem));
        }
        self.validate_profiles(origins)?;
        if self.inference.engine == EngineKind::OpenAi {
            let endpoint = &self.inference.endpoint;
            if endpoint.base_url.is_none() {
                return Err(origins.wrong(
                    "inference.endpoint.base_url",
                    "inference.engine = \"openai\" needs the server's address, such as \
                     http://127.0.0.1:8000/v1",
                ));
            }
            if endpoint.model.is_empty() {
                return Err(origins.wrong(
                    "inference.endpoint.model",
                    "inference.engine = \"openai\" needs the model's name as the server knows it",
                ));
            }
        }
        Ok(())
    }

    fn validate_answers(&self, origins: &Origins) -> Result<(), ConfigError> {
        if !(0.0..=1.0).contains(&self.answers.highest_wrong_rate) {
            return Err(origins.wrong(
                "answers.highest_wrong_rate",
                "this is a share from 0 to 1, such as 0.05 for 5 %",
            ));
        }
        within(origins, "answers.quotes", self.answers.quotes as u64, 1, 10)
    }

    fn validate_jira(&self, origins: &Origins) -> Result<(), ConfigError> {
        let jira = &self.jira;
        if jira.base_url.is_none() {
            return Ok(());
        }
        for (name, value) in [
            ("jira.project", &jira.project),
            ("jira.issue_type", &jira.issue_type),
        ] {
            if value.trim().is_empty() {
                return Err(origins.wrong(name, "jira.base_url is set, so this is needed too"));
            }
        }
        // https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format
        if !jira
            .project
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_')
        {
            return Err(origins.wrong("jira.project", "this is the project's key, such as LEGAL"));
        }
        if jira.token.is_none() {
            return Err(origins.wrong(
                "jira.token",
                "jira.base_url is set, so jira.token or jira.token_file is needed",
            ));
        }
        if jira.deployment == JiraDeployment::Cloud && !jira.email.contains('@') {
            return Err(origins.wrong(
                "jira.email",
                "Jira Cloud signs in with an e-mail and an API token: this is the e-mail",
            ));
        }
        for label in &jira.labels {
            if label.is_empty() || label.contains(char::is_whitespace) || label.len() > 255 {
                return Err(origins.wrong(
                    "jira.labels",
                    format!("'{label}' is no label: labels have no spaces, at most 255 characters"),
                ));
            }
        }
        for (name, value) in [
            ("jira.connect_timeout_s", jira.connect_timeout_s),
            ("jira.timeout_s", jira.timeout_s),
        ] {
            within(origins, name, value, 1, 300)?;
        }
        within(origins, "jira.settle_s", jira.settle_s, 0, 3_600)
    }
}

/// 0, which is out of every range here, for what is below 0.
fn count(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn within(
    origins: &Origins,
    name: &str,
    value: u64,
    least: u64,
    most: u64,
) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(origins.wrong(
        name,
        format!("{value} is out of range: use {least} to {most}"),
    ))
}

fn read_secret(
    name: &str,
    secret: &mut Option<Secret>,
    file: Option<&PathBuf>,
    data: &Path,
    origins: &Origins,
) -> Result<(), ConfigError> {
    let Some(file) = file else { return Ok(()) };
    let setting = format!("{name}_file");
    if secret.is_some() {
        return Err(origins.wrong(&setting, format!("{name} is set too; remove one of them")));
    }
    let path = data.join(file);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        origins.wrong(
            &setting,
            format!("{} can't be read ({error})", path.display()),
        )
    })?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(origins.wrong(&setting, format!("{} is empty", path.display())));
    }
    *secret = Some(Secret::new(text));
    Ok(())
}
