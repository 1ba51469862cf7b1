//! Every text of the interface, in English. Another language is another module with these names.
//!
//! Words that stand alone are here; those with a number or a name in them are in `phrases`. Texts of
//! answers' details are in `answers`, those of the desk in `desk` and `queues`, those of documents in
//! `documents`, `versions` and `quarantine`, those of people, groups and rights in `access`, those of
//! the log, of people's data and of the law in `record`, those of the rules in `rules`, those of
//! measuring in `quality` and `figures`.

mod access;
mod actions;
mod answers;
mod approved;
mod desk;
mod documents;
mod figures;
mod insights;
mod phrases;
mod quality;
mod quarantine;
mod queues;
mod record;
mod requests;
mod rules;
mod trackers;
mod versions;

pub(crate) use access::*;
pub(crate) use actions::{KINDS, action, kind};
pub(crate) use answers::*;
pub(crate) use approved::*;
pub(crate) use desk::*;
pub(crate) use documents::*;
pub(crate) use figures::*;
pub(crate) use insights::*;
pub(crate) use phrases::*;
pub(crate) use quality::*;
pub(crate) use quarantine::*;
pub(crate) use queues::*;
pub(crate) use record::*;
pub(crate) use requests::*;
pub(crate) use rules::*;
pub(crate) use trackers::*;
pub(crate) use versions::*;

use inhouse_protocol::Stage;

/// The language of the texts, for the document.
pub(crate) const LANGUAGE: &str = "en";
pub(crate) const PRODUCT: &str = "Inhouse";

// The frame
pub(crate) const SKIP: &str = "Skip to the content";
pub(crate) const PAGES: &str = "Pages";
pub(crate) const MENU: &str = "Menu";
pub(crate) const ASK: &str = "Ask";
pub(crate) const MY_REQUESTS: &str = "My requests";
pub(crate) const DESK: &str = "Review desk";
pub(crate) const DOCUMENTS: &str = "Documents";
pub(crate) const PEOPLE: &str = "People";
pub(crate) const RECENT: &str = "Recent questions";
pub(crate) const NO_CONVERSATIONS: &str = "Your questions will be listed here.";
pub(crate) const UNTITLED: &str = "New question";
pub(crate) const THEME: &str = "Colors";
pub(crate) const SIGN_OUT: &str = "Sign out";
pub(crate) const KEYBOARD: &str = "Keyboard shortcuts";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const OPTIONAL: &str = "(optional)";
pub(crate) const TRY_AGAIN: &str = "Try again";

/// Each part of the interface with its shortcuts: keys, parted by spaces, and what they do.
pub(crate) const SHORTCUTS: [(&str, &[(&str, &str)]); 5] = [
    (
        "Everywhere",
        &[
            ("?", "Show these shortcuts"),
            ("Esc", "Close what is open, or stop the answer"),
        ],
    ),
    (
        ASK,
        &[
            ("/", "Go to the question box"),
            ("Enter", "Ask the question"),
            ("Shift Enter", "Start a new line"),
        ],
    ),
    (
        DESK,
        &[
            ("J", "Next question"),
            ("K", "Previous question"),
            ("A", "Assign to me"),
            ("P", "Set the priority"),
            ("Q", "Move to another queue"),
            ("S", "Snooze"),
            ("E", "Resolve, and on to the next"),
            ("R", "Write a reply"),
            ("Ctrl Enter", "Send the reply"),
            ("N", "Write an internal note"),
            ("M", "Merge duplicates"),
        ],
    ),
    (
        DESK_LIST,
        &[
            ("Enter", "Open the question in focus"),
            ("X", "Select the question in focus"),
            ("Z", "Take the last change back"),
            ("/", "Search the list"),
        ],
    ),
    (
        TWO_VERSIONS,
        &[("N", "Next change"), ("P", "Previous change")],
    ),
];

// Errors
pub(crate) const NOT_FOUND: &str = "There is nothing here";
pub(crate) const NOT_FOUND_TEXT: &str =
    "The page may have been removed, or it isn't for your account.";
pub(crate) const TO_START: &str = "Ask a question";
pub(crate) const LOAD_FAILED: &str = "This page couldn't be loaded";
pub(crate) const UNREACHABLE: &str =
    "The server can't be reached. Check your connection and try again.";
pub(crate) const UNREADABLE_RESPONSE: &str =
    "The server's response couldn't be read. Reload the page and try again.";
pub(crate) const SIGN_IN_AGAIN: &str = "You have been signed out. Sign in again.";
pub(crate) const TOO_LARGE: &str = "The file is larger than the server takes.";
pub(crate) const TOO_MANY: &str = "Too many requests. Wait a moment and try again.";

// Signing in
pub(crate) const SIGN_IN: &str = "Sign in";
pub(crate) const SIGNING_IN: &str = "Signing in…";
pub(crate) const EMAIL: &str = "E-mail";
pub(crate) const PASSWORD: &str = "Password";
pub(crate) const SIGN_IN_HELP: &str =
    "No account, or no password at hand? Ask the person who runs Inhouse in your company.";

// Asking
pub(crate) const ASK_LEAD: &str = "Answers come from your company's own contracts and policies. \
     Each claim shows the passage it stands on; what the documents don't say goes to Legal.";
pub(crate) const YOUR_QUESTION: &str = "Your question";
pub(crate) const ASK_PLACEHOLDER: &str = "Ask about a contract or a policy";
pub(crate) const AI_NOTICE: &str =
    "Answers are written by an AI system. Check the cited passage before you rely on one.";
pub(crate) const TOO_LONG: &str = "A question can have up to 4,000 characters. Shorten it.";
pub(crate) const EXAMPLES: &str = "Questions these documents can answer";
pub(crate) const STOP: &str = "Stop";
pub(crate) const STOPPING: &str = "Stopping…";
pub(crate) const JUMP_TO_LATEST: &str = "Jump to the latest";

/// The stages of a run, in their order.
pub(crate) const STAGES: [(Stage, &str); 4] = [
    (Stage::Judging, "Checking the question"),
    (Stage::Searching, "Searching"),
    (Stage::Reading, "Reading"),
    (Stage::Checking, "Writing and checking"),
];

// The answer
pub(crate) const SOURCES: &str = "Sources";
pub(crate) const CITED: &str = "Cited";
pub(crate) const FOUND: &str = "Found";
pub(crate) const PASSAGES_FOUND: &str = "Passages found";
pub(crate) const COPY: &str = "Copy with citations";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const COPY_FAILED: &str = "The browser didn't allow copying.";
pub(crate) const DECLINED: &str = "Not a question for Inhouse";
pub(crate) const DECLINED_TEXT: &str =
    "It answers questions about your company's contracts and policies.";
pub(crate) const REFUSED: &str = "This question was refused";
pub(crate) const REFUSED_TEXT: &str =
    "A rule of your company refuses it. Ask again in other words, or send it to Legal.";
pub(crate) const STOPPED: &str = "Stopped";
pub(crate) const STOPPED_TEXT: &str = "You stopped this answer; it may be incomplete.";
pub(crate) const LOST: &str = "The connection was lost";
pub(crate) const LOST_TEXT: &str = "Your question is still being worked on. Connect again to see how \
     far it is.";

// The source
pub(crate) const SOURCE: &str = "Source";
pub(crate) const CLOSE_SOURCE: &str = "Close the source";
pub(crate) const ADDED: &str = "Added";
pub(crate) const DOWNLOAD_ORIGINAL: &str = "Download the original";
pub(crate) const EARLIER: &str = "Show earlier text";
pub(crate) const LATER: &str = "Show later text";

// Requests
pub(crate) const LEGAL: &str = "Legal";
pub(crate) const SEND_TO_LEGAL: &str = "Send to Legal";
pub(crate) const SENDING: &str = "Sending…";
pub(crate) const NOTE_TO_LEGAL: &str = "What should Legal know?";
pub(crate) const LEGAL_HAS_IT: &str = "Legal has your question";
pub(crate) const LEGAL_REPLIED: &str = "Legal has replied";
pub(crate) const WHAT_NEXT: &str =
    "Someone from Legal will reply. You'll see the reply here and under My requests.";
pub(crate) const OPEN_REQUEST: &str = "Open the request";
pub(crate) const OPEN_CONVERSATION: &str = "Open the conversation";
pub(crate) const MY_REQUESTS_LEAD: &str = "Questions of yours that went to Legal.";
pub(crate) const NO_REQUESTS: &str = "None of your questions has gone to Legal. When the documents \
     don't answer one, it appears here.";
pub(crate) const ASK_SOMETHING: &str = "Ask a question";
pub(crate) const REQUEST: &str = "Request";
pub(crate) const YOUR_NOTE: &str = "Your note";
pub(crate) const REPLIES: &str = "Replies";
pub(crate) const ASKED: &str = "Asked";
pub(crate) const REPLIED: &str = "Replied";

// People
pub(crate) const PEOPLE_LEAD: &str =
    "Who may sign in, and what they may do. Changes take effect at once.";
pub(crate) const ROLE: &str = "Role";
pub(crate) const DEPARTMENT: &str = "Department";
pub(crate) const DEPARTMENT_HINT: &str = "Questions are counted under it.";
pub(crate) const LAST_SEEN: &str = "Last seen";
pub(crate) const NEVER: &str = "Never";
pub(crate) const YOU: &str = "(you)";
pub(crate) const DISABLED: &str = "Disabled";
pub(crate) const DISABLE: &str = "Disable";
pub(crate) const ENABLE: &str = "Enable";
pub(crate) const NEW_PASSWORD: &str = "New password";
pub(crate) const NEW_PASSWORD_HINT: &str =
    "At least 12 characters. The person is signed out everywhere.";
pub(crate) const SET_PASSWORD: &str = "Set password";
pub(crate) const ADD_PERSON: &str = "Add a person";
pub(crate) const FIRST_PASSWORD: &str = "First password";
pub(crate) const PASSWORD_HINT: &str = "At least 12 characters. Tell them yourself.";
