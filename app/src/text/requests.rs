//! Texts of one's own requests, of what one is told, and of one's word on an answer.

use super::phrases::count;
use inhouse_protocol::{NoticeKind, NoticeSubject};

// Where a request stands
pub(crate) const ANSWERED_BY: &str = "Legal usually answers by";
pub(crate) const SETTLED_BY: &str = "Legal usually settles this by";
pub(crate) const LATE_SINCE: &str = "Legal is later than usual. An answer was due by";
pub(crate) const WAITS_FOR_YOU: &str =
    "Legal needs to know something from you first. Add a message to your request.";
pub(crate) const YOU_WITHDREW: &str = "You withdrew this question.";
pub(crate) const IS_RESOLVED: &str = "Legal has resolved this.";
pub(crate) const SOMETHING_OPEN: &str =
    "Legal has replied. If something is still open, add a message to your request.";

// What one does with it
pub(crate) const ADD_MESSAGE: &str = "Add a message";
pub(crate) const YOUR_MESSAGE: &str = "Your message to Legal";
pub(crate) const MESSAGE_SENT: &str = "Legal has your message";
pub(crate) const WITHDRAW_REQUEST: &str = "Withdraw the question";
pub(crate) const WITHDRAW_TEXT: &str =
    "Legal need not answer it any more. You can open it again within 30 days.";
pub(crate) const WITHDRAWN_NOW: &str = "The question was withdrawn";
pub(crate) const REOPEN_REQUEST: &str = "Open it again";
pub(crate) const REOPEN_TEXT: &str = "Within 30 days Legal looks at it again.";
pub(crate) const WHY_AGAIN: &str = "What is still open?";
pub(crate) const OPENED_AGAIN: &str = "Legal looks at it again";
pub(crate) const RATE_IT: &str = "How did it go?";
pub(crate) const RATING_COMMENT: &str = "What was good, what was missing?";
pub(crate) const SEND_RATING: &str = "Send the rating";
pub(crate) const RATING_SENT: &str = "Your rating was sent";

/// The ratings, from the lowest.
pub(crate) const RATINGS: [(u8, &str); 5] = [
    (1, "1, not at all well"),
    (2, "2, not well"),
    (3, "3, passably"),
    (4, "4, well"),
    (5, "5, very well"),
];

// One's word on an answer
pub(crate) const WAS_IT_HELPFUL: &str = "Did this answer help?";
pub(crate) const HELPFUL_YES: &str = "Yes";
pub(crate) const HELPFUL_NO: &str = "No";
pub(crate) const WAS_HELPFUL: &str = "You said that it helped.";
pub(crate) const NOT_HELPFUL: &str = "You said that it didn't help. Send it to Legal to have a \
     person answer, or say what was missing.";
pub(crate) const WHAT_WAS_MISSING: &str = "What was missing?";
pub(crate) const SAY_MISSING: &str = "Send";
pub(crate) const WORD_KEPT: &str = "Your word on the answer was kept";

// Notices
pub(crate) const NOTICES: &str = "Notices";
pub(crate) const NOTICES_LEAD: &str = "What became of your requests, and what waits for you.";
pub(crate) const NO_NOTICES: &str = "Nothing yet. When there is an answer to a question of yours, \
     it is told here.";
pub(crate) const READ_ALL: &str = "Mark all as read";
pub(crate) const ALL_READ: &str = "All notices are read";
pub(crate) const NEW_NOTICE: &str = "New";

// Mail
pub(crate) const YOUR_MAIL: &str = "Mail";
pub(crate) const YOUR_MAIL_LEAD: &str =
    "Notices are always in the interface. They can come by mail too.";
pub(crate) const MAIL_ON: &str = "Also tell me by mail";

pub(crate) fn unread(number: u64) -> String {
    count(number, "unread notice", "unread notices")
}

/// What happened.
pub(crate) fn notice(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Reply => "Legal has replied to your question",
        NoticeKind::NeedsAnswer => "Legal needs an answer from you",
        NoticeKind::Resolved => "Legal has resolved your question",
        NoticeKind::Reopened => "Legal looks at your question again",
        NoticeKind::Opened => "A new question in a queue of yours",
        NoticeKind::Assigned => "A question was assigned to you",
        NoticeKind::Warned => "A question is due soon",
        NoticeKind::Breached => "A question is overdue",
        NoticeKind::Woken => "A snoozed question is back",
        NoticeKind::Asker => "An asker added a message",
        NoticeKind::Withdrawn => "An asker withdrew a question",
        NoticeKind::Returned => "An asker opened a question again",
        NoticeKind::RulesProposed => "New rules wait for a second person",
        NoticeKind::AnswerProposed => "An approved answer waits for a second person",
        NoticeKind::AnswerReview => "An approved answer needs a review",
        NoticeKind::ReviewDue => "A document of yours is due for a review",
        NoticeKind::Other => "There is news for you",
    }
}

/// What it is about.
pub(crate) fn notice_about(subject: NoticeSubject, title: &str) -> String {
    match subject {
        NoticeSubject::RuleVersion => format!("Version {title}"),
        _ => title.to_owned(),
    }
}
