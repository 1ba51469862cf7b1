//! Mail: a notice goes to its reader's address too, where a mail server is configured and the
//! reader wants it. Without words of the question or the reply, unless configured; never with those
//! of a restricted queue.

mod letter;
mod sender;

pub use sender::MailSender;

use crate::app::{App, StartError};
use crate::config::{Config, MailTls};
use inhouse_store::Mail;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked whose documents are due for a review.
const LOOK: Duration = Duration::from_mins(10);

/// Why a mail did not go out. Holds no address: what a server answers often names one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MailError {
    /// No connection, or not now.
    #[error("the mail server can't take it now: {0}")]
    Later(String),
    /// It will never take this one.
    #[error("the mail server refuses it: {0}")]
    Refused(String),
}

/// The way to the mail server.
pub(crate) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    config: Config,
}

impl Mailer {
    /// None where no mail server is configured.
    pub(crate) fn new(config: &Config) -> Result<Option<Self>, StartError> {
        let settings = &config.mail;
        let Some(host) = &settings.host else {
            return Ok(None);
        };
        let tls = match settings.tls {
            MailTls::None => Tls::None,
            MailTls::Starttls => Tls::Required(parameters(config, host)?),
            MailTls::Tls => Tls::Wrapper(parameters(config, host)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.as_str())
            .port(settings.port.unwrap_or(settings.tls.port()))
            .tls(tls)
            .timeout(Some(Duration::from_secs(settings.timeout_s)));
        if let Some(password) = &settings.password {
            let password = password.expose().to_owned();
            builder = builder.credentials(Credentials::new(settings.user.clone(), password));
        }
        Ok(Some(Self {
            transport: builder.build(),
            from: settings
                .from
                .parse()
                .map_err(|_| StartError::Mail("mail.from is no address".into()))?,
            config: config.clone(),
        }))
    }

    /// Hands a mail to the server.
    pub(crate) async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = letter::message(&self.config, &self.from, mail)
            .map_err(|error| MailError::Refused(error.to_string()))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(refusal(&error)),
        }
    }

    /// Whether questions and replies may stand in a mail.
    pub(crate) const fn with_content(&self) -> bool {
        self.config.mail.include_content
    }
}

fn parameters(config: &Config, host: &str) -> Result<TlsParameters, StartError> {
    let wrong = |error: lettre::transport::smtp::Error| StartError::Mail(error.to_string());
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(file) = &config.mail.ca_file {
        let path = config.data.join(file);
        let pem = std::fs::read(&path).map_err(|error| StartError::File { path, error })?;
        parameters = parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(wrong)?);
    }
    parameters.build().map_err(wrong)
}

/// Replies that a mailbox gets and no other would: there is none, it is full, it takes nothing.
/// Whatever else a server says may be set right (RFC 5321, 4.2.2).
const FOR_GOOD: [&str; 6] = ["501", "550", "551", "552", "553", "554"];

fn refusal(error: &lettre::transport::smtp::Error) -> MailError {
    match error.status() {
        Some(code) if FOR_GOOD.contains(&code.to_string().as_str()) => {
            MailError::Refused(format!("reply {code}"))
        }
        Some(code) => MailError::Later(format!("reply {code}")),
        None => MailError::Later(error.to_string()),
    }
}

/// Tells people whose documents are due for a review, until `halt`.
pub(crate) async fn remind(app: App, halt: CancellationToken) {
    loop {
        match app.store.tell_due_reviews().await {
            Ok(0) => {}
            Ok(told) => tracing::info!(told, "owners were told that a review is due"),
            Err(error) => tracing::error!(%error, "due reviews could not be looked up"),
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
