//! A notice as a mail, in plain text.

use crate::config::Config;
use inhouse_protocol::NoticeKind;
use inhouse_store::{Mail, MailContent};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};

/// Words of a question or a reply in a mail, in characters at most.
const CONTENT: usize = 10_000;

/// Why a notice can't be a mail.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetterError {
    #[error("its address is none")]
    Address,
    #[error("it can't be put together")]
    Message,
}

/// The mail of a notice, with a name of its own so that one that is sent twice is known by it.
pub(super) fn message(
    config: &Config,
    from: &Mailbox,
    mail: &Mail,
) -> Result<Message, LetterError> {
    let address = mail.email.parse().map_err(|_| LetterError::Address)?;
    let (subject, sentence) = words(mail.notice.kind);
    let host = config
        .public_url()
        .host_str()
        .unwrap_or("inhouse")
        .to_owned();
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(one_line(&mail.name)), address))
        .subject(subject)
        .message_id(Some(format!("<{}@{host}>", mail.notice.id)))
        .date_now()
        // RFC 3834: no machine is to reply to it.
        .raw_header(HeaderValue::new(name, "auto-generated".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(body(config, mail, sentence))
        .map_err(|_| LetterError::Message)
}

fn body(config: &Config, mail: &Mail, sentence: &str) -> String {
    let mut paragraphs = vec![
        format!("Hello {},", one_line(&mail.name)),
        sentence.to_owned(),
    ];
    if let Some(content) = &mail.content {
        paragraphs.extend(said(content));
    }
    paragraphs.push(config.link(&mail.notice.path()));
    paragraphs.push(format!(
        "-- \nYou get this because you are told by mail too. Change that here: {}",
        config.link("/account")
    ));
    let mut text = paragraphs.join("\n\n");
    text.push('\n');
    text
}

fn said(content: &MailContent) -> Vec<String> {
    let cut = |text: &str| -> String { text.chars().take(CONTENT).collect() };
    let mut paragraphs = vec![quoted(&cut(&content.about))];
    if let Some(reply) = &content.reply {
        paragraphs.push(cut(reply));
    }
    paragraphs
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Each line after a mark, as mail programs show what somebody else said.
fn quoted(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|line| format!("> {line}")).collect();
    lines.join("\n")
}

/// The subject and what happened; without a word of what it is about.
const fn words(kind: NoticeKind) -> (&'static str, &'static str) {
    match kind {
        NoticeKind::Reply => (
            "An answer from Legal is there",
            "Legal has replied to your question.",
        ),
        NoticeKind::NeedsAnswer => (
            "Legal needs an answer from you",
            "Legal has replied to your question and needs to know something from you first.",
        ),
        NoticeKind::Resolved => (
            "Your question to Legal is resolved",
            "Legal has closed your question. If something is still open, you can open it again.",
        ),
        NoticeKind::Reopened => (
            "Legal looks at your question again",
            "Legal has opened your question again.",
        ),
        NoticeKind::Opened => (
            "A new question is in a queue of yours",
            "A new question has come into a queue that you work on.",
        ),
        NoticeKind::Assigned => (
            "A question at the desk is yours now",
            "A question at the desk was given to you.",
        ),
        NoticeKind::Warned => (
            "A question at the desk is due soon",
            "A question at the desk is due soon: a quarter of its time or less is left.",
        ),
        NoticeKind::Breached => (
            "A question at the desk is overdue",
            "A question at the desk is overdue.",
        ),
        NoticeKind::Woken => (
            "A question is back at the desk",
            "A question that was put aside is back at the desk.",
        ),
        NoticeKind::Asker => (
            "An asker added something",
            "The asker of a question at the desk has added a message.",
        ),
        NoticeKind::Withdrawn => (
            "A question was withdrawn",
            "The asker has withdrawn a question at the desk.",
        ),
        NoticeKind::Returned => (
            "A question was opened again",
            "The asker has opened a question at the desk again.",
        ),
        NoticeKind::RulesProposed => (
            "New rules wait for a second person",
            "A version of the rules waits for somebody who approves it.",
        ),
        NoticeKind::AnswerProposed => (
            "An approved answer waits for a second person",
            "An answer waits for somebody who approves it.",
        ),
        NoticeKind::AnswerReview => (
            "An approved answer needs a review",
            "An approved answer is out of use until somebody has looked at it.",
        ),
        NoticeKind::ReviewDue => (
            "A document of yours is due for a review",
            "The review of a document that you own is due.",
        ),
        NoticeKind::Other => ("There is news for you", "There is news for you."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::{Notice, NoticeSubject, Timestamp};

    fn mail(content: Option<MailContent>) -> Mail {
        Mail {
            notice: Notice {
                id: "n-7".parse().unwrap(),
                kind: NoticeKind::Reply,
                subject: NoticeSubject::Escalation,
                about: "e-7".into(),
                set: None,
                title: "May I give the wombat a present?".into(),
                at: Timestamp(0),
                read: false,
            },
            email: "emil@example.com".into(),
            name: "Emil Huber".into(),
            content,
        }
    }

    fn text(mail: &Mail) -> String {
        let from = "Inhouse <legal@example.com>".parse().unwrap();
        let message = message(&Config::default(), &from, mail).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn a_mail_leads_to_the_request_and_holds_no_word_of_it() {
        let text = text(&mail(None));
        assert!(
            text.contains("Subject: An answer from Legal is there\r\n"),
            "{text}"
        );
        assert!(text.contains("/requests/e-7"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated"), "{text}");
        assert!(text.contains("Message-ID: <n-7@127.0.0.1>"), "{text}");
        assert!(!text.contains("wombat"), "{text}");
    }

    #[test]
    fn with_words_a_mail_quotes_the_question_above_the_reply() {
        let text = text(&mail(Some(MailContent {
            about: "May I give\nthe wombat a present?".into(),
            reply: Some("Up to 50 euro.".into()),
        })));
        let question = text.find("> the wombat a present?").unwrap();
        assert!(question < text.find("Up to 50 euro.").unwrap());
    }

    #[test]
    fn no_header_can_be_slipped_in_by_a_name() {
        let mut mail = mail(None);
        mail.name = "Emil\r\nBcc: eve@example.com".into();
        assert!(!text(&mail).contains("\r\nBcc:"));
        mail.email = "emil@example.com\r\nBcc: eve@example.com".into();
        let from = "legal@example.com".parse().unwrap();
        assert!(message(&Config::default(), &from, &mail).is_err());
    }
}
