//! Identifiers: one newtype a kind, so that none is passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A text that is no identifier: empty, longer than 64 bytes, or with characters other than
/// ASCII letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseIdError;

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an identifier")
    }
}

impl std::error::Error for ParseIdError {}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as text: a UUID, lower case with hyphens, for those the server made.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                is_id(text).then(|| Self(text.to_owned())).ok_or(ParseIdError)
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseIdError;
            fn try_from(text: String) -> Result<Self, ParseIdError> {
                if is_id(&text) { Ok(Self(text)) } else { Err(ParseIdError) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A reply that stands and is given again.
    ApprovedAnswerId
    /// A draft of a reply by the model.
    DraftId
    /// A document that somebody asks for.
    DocumentRequestId
    /// Something that a person is told.
    NoticeId
    /// A queue of the desk.
    QueueId
    /// A version of the rules.
    RuleVersionId
    /// A prepared reply.
    TemplateId
    /// A ticket tracker, or another system that is told of escalations.
    TrackerId
    /// A saved view of the desk.
    ViewId
    /// A set of labelled questions.
    QuestionSetId
    /// A run over a set of labelled questions.
    EvaluationId
    /// Coefficients of the answerability, fitted on labelled questions.
    CalibrationId
    /// A program's token.
    TokenId
    /// A group of people.
    GroupId
    /// A legal hold.
    HoldId
    /// A conversation of one person.
    ConversationId
    /// A document, over all its versions.
    DocumentId
    /// A question handed to a person.
    EscalationId
    /// A unit of the worker's queue.
    JobId
    /// A passage of one document version.
    PassageId
    /// A reply to an escalation.
    ReplyId
    /// One question and what became of it.
    RunId
    /// A signed-in browser.
    SessionId
    /// A document set.
    SetId
    /// An account.
    UserId
    /// One version of a document.
    VersionId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_a_path_in_it_is_refused() {
        assert_eq!("../etc".parse::<RunId>(), Err(ParseIdError));
        assert_eq!("".parse::<RunId>(), Err(ParseIdError));
        assert!(
            "0192c5f4-0000-7000-8000-000000000000"
                .parse::<RunId>()
                .is_ok()
        );
    }
}
