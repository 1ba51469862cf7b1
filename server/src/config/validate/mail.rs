//! The mail server.

use super::super::layers::Origins;
use super::super::{Config, ConfigError, MailTls};
use super::within;
use lettre::message::Mailbox;

impl Config {
    pub(super) fn validate_mail(&self, origins: &Origins) -> Result<(), ConfigError> {
        let mail = &self.mail;
        let Some(host) = &mail.host else {
            return Ok(());
        };
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || "/:@".contains(c)) {
            return Err(origins.wrong(
                "mail.host",
                "this is the mail server's name alone, such as smtp.example.com",
            ));
        }
        if mail.from.parse::<Mailbox>().is_err() {
            return Err(origins.wrong(
                "mail.from",
                "mail.host is set, so this is needed: an address such as \
                 \"Inhouse <legal@example.com>\"",
            ));
        }
        if mail.user.is_empty() != mail.password.is_none() {
            return Err(origins.wrong(
                "mail.user",
                "mail.user and mail.password (or mail.password_file) go together",
            ));
        }
        let here = ["localhost", "127.0.0.1"].contains(&host.as_str());
        if mail.tls == MailTls::None && mail.password.is_some() && !here {
            return Err(origins.wrong(
                "mail.tls",
                "with \"none\" the password would cross the network in the open; use \"starttls\" \
                 or \"tls\"",
            ));
        }
        within(origins, "mail.timeout_s", mail.timeout_s, 1, 300)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Overrides;

    fn read(mail: &str) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("inhouse.toml"), format!("[mail]\n{mail}")).unwrap();
        let overrides = Overrides {
            data: Some(dir.path().to_owned()),
            ..Overrides::default()
        };
        Config::load_with(&overrides, []).map_err(|error| error.to_string())
    }

    #[test]
    fn a_mail_server_is_read_with_its_usual_port() {
        let config = read("host = 'smtp.example.com'\nfrom = 'Inhouse <legal@example.com>'");
        let mail = config.unwrap().mail;
        assert_eq!((mail.tls, mail.tls.port()), (MailTls::Starttls, 587));
        assert!(!mail.include_content);
    }

    #[test]
    fn what_is_wrong_with_a_mail_server_is_named() {
        let from = "from = 'legal@example.com'";
        for (settings, name) in [
            ("host = 'smtp.example.com'".to_owned(), "mail.from"),
            (format!("host = 'smtp://example.com'\n{from}"), "mail.host"),
            (format!("host = 'h'\n{from}\nuser = 'u'"), "mail.user"),
            (
                format!("host = 'h'\n{from}\nuser = 'u'\npassword = 'p'\ntls = 'none'"),
                "mail.tls",
            ),
            (
                format!("host = 'h'\n{from}\ntimeout_s = 0"),
                "mail.timeout_s",
            ),
        ] {
            let error = read(&settings).unwrap_err();
            assert!(error.contains(name), "{error}");
            assert!(!error.contains("'p'"), "{error}");
        }
    }
}
