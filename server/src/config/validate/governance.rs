//! The record and how long things are kept.

use super::super::layers::Origins;
use super::super::{Config, ConfigError};
use super::within;
use url::Url;

/// AI Act, Article 26(6): deployers keep the logs at least six months; 183 days are never fewer.
const LEAST_LOG_DAYS: u32 = 183;
/// A century: longer is 0, which is for good.
const MOST_DAYS: u32 = 36_525;

impl Config {
    pub(super) fn validate_governance(&self, origins: &Origins) -> Result<(), ConfigError> {
        let minutes = u64::from(self.record.checkpoint_minutes);
        within(origins, "record.checkpoint_minutes", minutes, 1, 10_080)?;
        if let Some(target) = &self.record.syslog
            && !is_syslog(target)
        {
            return Err(origins.wrong(
                "record.syslog",
                format!(
                    "'{target}' names no syslog; use udp://host:514, tcp://host:514 or \
                     unix:///dev/log"
                ),
            ));
        }
        let kept = &self.retention;
        for (name, days) in [
            ("retention.conversations_days", kept.conversations_days),
            ("retention.requests_days", kept.requests_days),
            ("retention.sessions_days", kept.sessions_days),
            ("retention.log_days", kept.log_days),
        ] {
            if days > MOST_DAYS {
                return Err(origins.wrong(
                    name,
                    format!("{days} is out of range: use 1 to {MOST_DAYS}, or 0 to keep for good"),
                ));
            }
        }
        if (1..LEAST_LOG_DAYS).contains(&kept.log_days) {
            return Err(origins.wrong(
                "retention.log_days",
                format!(
                    "{} is too short: Article 26(6) of the AI Act asks for at least six months \
                     ({LEAST_LOG_DAYS} days); 0 keeps the log for good",
                    kept.log_days
                ),
            ));
        }
        Ok(())
    }
}

fn is_syslog(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    match url.scheme() {
        "udp" | "tcp" => {
            url.host_str().is_some_and(|host| !host.is_empty()) && url.port().is_some()
        }
        "unix" => url.path().len() > 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_syslog;

    #[test]
    fn a_syslog_is_an_address_with_a_port_or_a_socket() {
        for good in [
            "udp://logs.example.com:514",
            "tcp://10.0.0.9:6514",
            "unix:///dev/log",
        ] {
            assert!(is_syslog(good), "{good}");
        }
        for bad in [
            "logs.example.com",
            "udp://logs.example.com",
            "unix://",
            "http://a:1",
        ] {
            assert!(!is_syslog(bad), "{bad}");
        }
    }
}
