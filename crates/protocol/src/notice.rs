//! Notices: what a person is told, in the interface and by mail.

use crate::{NoticeId, SetId, Timestamp};
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// To the asker: a reply is there.
    Reply,
    /// To the asker: the legal team wants to know something first.
    NeedsAnswer,
    /// To the asker: the request is closed.
    Resolved,
    /// To the asker: the legal team looks at it again.
    Reopened,
    /// To the desk: it came into a queue of yours.
    Opened,
    /// To the desk: it is yours now.
    Assigned,
    /// To the desk: a quarter of its time or less is left.
    Warned,
    /// To the desk: its time is over.
    Breached,
    /// To the desk: what was put aside is back.
    Woken,
    /// To the desk: the asker added something.
    Asker,
    /// To the desk: the asker withdrew it.
    Withdrawn,
    /// To the desk: the asker opened it again.
    Returned,
    /// To the desk: a version of the rules waits for a second person.
    RulesProposed,
    /// To the desk: an approved answer waits for a second person.
    AnswerProposed,
    /// To the desk: an approved answer is out of use until somebody has looked.
    AnswerReview,
    /// To a document's owner: its review is due.
    ReviewDue,
    /// Of a version that is newer than this program.
    #[serde(other)]
    Other,
}

impl NoticeKind {
    /// The kind's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::NeedsAnswer => "needs_answer",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
            Self::Opened => "opened",
            Self::Assigned => "assigned",
            Self::Warned => "warned",
            Self::Breached => "breached",
            Self::Woken => "woken",
            Self::Asker => "asker",
            Self::Withdrawn => "withdrawn",
            Self::Returned => "returned",
            Self::RulesProposed => "rules_proposed",
            Self::AnswerProposed => "answer_proposed",
            Self::AnswerReview => "answer_review",
            Self::ReviewDue => "review_due",
            Self::Other => "other",
        }
    }

    /// Whether it is for whoever asked; else for whoever works on it.
    pub const fn is_for_the_asker(self) -> bool {
        matches!(
            self,
            Self::Reply | Self::NeedsAnswer | Self::Resolved | Self::Reopened
        )
    }
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeSubject {
    Escalation,
    ApprovedAnswer,
    Document,
    RuleVersion,
    /// Of a version that is newer than this program.
    #[serde(other)]
    Other,
}

/// Something that a person is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub subject: NoticeSubject,
    /// The subject's id.
    pub about: String,
    /// The set of a document.
    #[serde(default)]
    pub set: Option<SetId>,
    /// What it is called: the beginning of a question, a document's title, a version's number.
    pub title: String,
    pub at: Timestamp,
    pub read: bool,
}

impl Notice {
    /// The page that shows what it is about, as a path.
    pub fn path(&self) -> String {
        let page = match self.subject {
            NoticeSubject::Escalation if self.kind.is_for_the_asker() => "/requests/",
            NoticeSubject::Escalation => "/desk/",
            NoticeSubject::ApprovedAnswer => "/approved/",
            NoticeSubject::Document => return self.document(),
            NoticeSubject::RuleVersion => "/rules/versions/",
            NoticeSubject::Other => return "/notices".to_owned(),
        };
        format!("{page}{}", self.about)
    }

    fn document(&self) -> String {
        match &self.set {
            Some(set) => format!("/documents/{set}/{}", self.about),
            None => "/documents".to_owned(),
        }
    }
}

/// `GET /api/v1/me/notices`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    /// How many are not read, at most 100.
    pub unread: u64,
    /// The newest first, at most 100.
    pub notices: Vec<Notice>,
}

/// `POST /api/v1/me/notices/read`: everything, unless it says which.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadNotices {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<NoticeId>,
    /// Those about the subject with this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// `PUT /api/v1/me/mail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetMail {
    /// `on` or `off`.
    pub mail: crate::MailChoice,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asker_is_led_to_the_request_and_the_desk_to_its_page() {
        let notice = |kind| Notice {
            id: "n-1".parse().expect("an id"),
            kind,
            subject: NoticeSubject::Escalation,
            about: "e-1".into(),
            set: None,
            title: String::new(),
            at: Timestamp(0),
            read: false,
        };
        assert_eq!(notice(NoticeKind::Reply).path(), "/requests/e-1");
        assert_eq!(notice(NoticeKind::Breached).path(), "/desk/e-1");
    }

    #[test]
    fn a_kind_of_a_newer_version_is_read_as_another_one() {
        let kind: NoticeKind = serde_json::from_str("\"sung\"").expect("a kind");
        assert_eq!(kind, NoticeKind::Other);
        let known: NoticeKind = serde_json::from_str("\"needs_answer\"").expect("a kind");
        assert_eq!(known.as_str(), "needs_answer");
    }
}
