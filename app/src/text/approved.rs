//! Texts of approved answers.

use super::phrases::count;
use inhouse_protocol::{ApprovalState, ImportReport};

// The list
pub(crate) const APPROVED_ANSWERS: &str = "Approved answers";
pub(crate) const APPROVED_LEAD: &str = "Answers that Legal stands by. Who asks the same is given one \
     before any document is searched, and no model is asked.";
pub(crate) const NEW_ANSWER: &str = "New approved answer";
pub(crate) const NO_ANSWERS: &str =
    "There is none yet. Publish a reply from the desk, or write one here.";
pub(crate) const NO_ANSWERS_THERE: &str = "None stands there. Choose another state to see others.";
pub(crate) const ANY_STATE: &str = "All";
pub(crate) const BY_STATE: &str = "State";
pub(crate) const FOR_EVERYONE: &str = "For everyone";
pub(crate) const FOR_GROUPS: &str = "For certain groups";
pub(crate) const EXPORT_JSON: &str = "Export as JSON Lines";
pub(crate) const EXPORT_CSV: &str = "Export as CSV";

// Bringing in
pub(crate) const IMPORT_ANSWERS: &str = "Import answers";
pub(crate) const IMPORT_FIELD: &str = "CSV with a first line of names, or JSON Lines";
pub(crate) const IMPORT_HINT: &str = "The columns question and body are enough; an export shows the \
     others. Every answer comes in as a draft of yours. Larger files: inhouse approved import.";
pub(crate) const IMPORT: &str = "Import";
pub(crate) const IMPORT_EMPTY: &str = "Paste the lines of a file first.";

// One answer
pub(crate) const ANSWER_QUESTION: &str = "Question";
pub(crate) const ANSWER_QUESTION_HINT: &str =
    "As people ask it. Leave out names and what only one case is about.";
pub(crate) const PHRASINGS: &str = "Other ways to ask the same";
pub(crate) const PHRASINGS_HINT: &str =
    "One a line, at most 20. The more ways are here, the more often the answer is found.";
pub(crate) const ANSWER_BODY: &str = "Answer";
pub(crate) const ANSWER_BODY_HINT: &str = "Plain text. A blank line starts a new paragraph.";
pub(crate) const ANSWER_OWNER_HINT: &str = "Stands for it, and is told when it is up for review.";
pub(crate) const VALID_UNTIL: &str = "Last day";
pub(crate) const VALID_UNTIL_HINT: &str =
    "The last day on which it is given. Empty: until somebody takes it out of use.";
pub(crate) const ANSWER_AUDIENCE: &str = "Who is given it";
pub(crate) const EVERYONE_SIGNED_IN: &str = "Everyone who is signed in";
pub(crate) const ONLY_GROUPS: &str = "Only people of these groups";
pub(crate) const ANSWER_AUDIENCE_HINT: &str =
    "Of these, only who may see every document that it cites.";
pub(crate) const GROUPS_UNKNOWN: &str =
    "The groups couldn't be loaded. Reload the page to see them.";
pub(crate) const STANDS_ON: &str = "What it stands on";
pub(crate) const STANDS_ON_HINT: &str = "A new version of a document that is cited takes the answer \
     out of use until somebody has looked.";
pub(crate) const NOTHING_TO_CITE: &str =
    "No passage is at hand. Publish a reply from the desk to cite what was found for its question.";
pub(crate) const SAVE_ANSWER: &str = "Save";
pub(crate) const CHANGES_MAKE_A_DRAFT: &str =
    "A change makes it a draft: it is out of use until it is approved again.";
pub(crate) const SAVE_FIRST: &str = "Save your changes first.";
pub(crate) const FROM_REQUEST: &str = "See the request that it comes from";
pub(crate) const OUT_OF_USE: &str = "Out of use";
pub(crate) const APPROVAL_STANDS: &str = "Where it stands";

// An answer that was given
pub(crate) const APPROVED_ON: &str = "Approved by Legal on";
pub(crate) const A_NOTE_FIRST: &str = "Please note:";

/// A state's name.
pub(crate) const fn approval(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Draft => "Draft",
        ApprovalState::Proposed => "Waits for a second person",
        ApprovalState::Approved => "In use",
        ApprovalState::Review => "Up for review",
        ApprovalState::Retired => "Retired",
    }
}

/// What moving it on is called, from where it stands.
pub(crate) const fn approval_step(from: ApprovalState, to: ApprovalState) -> &'static str {
    match (from, to) {
        (ApprovalState::Approved, ApprovalState::Draft) => "Take out of use",
        (_, ApprovalState::Draft) => "Back to draft",
        (_, ApprovalState::Proposed) => "Propose",
        (ApprovalState::Review, ApprovalState::Approved) => "Approve again",
        (_, ApprovalState::Approved) => "Approve",
        (_, ApprovalState::Retired) => "Retire",
        (_, ApprovalState::Review) => "Review",
    }
}

/// What was done with it.
pub(crate) const fn approval_moved(to: ApprovalState) -> &'static str {
    match to {
        ApprovalState::Draft => "It is a draft now",
        ApprovalState::Proposed => "It waits for a second person",
        ApprovalState::Approved => "It is in use now",
        ApprovalState::Review => "It is up for review",
        ApprovalState::Retired => "It was retired",
    }
}

pub(crate) fn given_times(served: u64) -> String {
    match served {
        0 => "Never given".to_owned(),
        1 => "Given once".to_owned(),
        _ => format!("Given {served} times"),
    }
}

pub(crate) fn valid_until(day: &str) -> String {
    format!("Until {day}")
}

pub(crate) fn answered_for_by(owner: &str) -> String {
    format!("Answered for by {owner}")
}

pub(crate) fn written_by(author: &str) -> String {
    format!("Written by {author}")
}

pub(crate) fn approved_by(approver: &str) -> String {
    format!("Approved by {approver}")
}

/// What an import did.
pub(crate) fn imported(report: &ImportReport) -> String {
    let added = count(report.added, "draft was added", "drafts were added");
    let known = count(report.known, "was here already", "were here already");
    format!("{added}, {known}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_says_what_it_did() {
        let report = ImportReport {
            added: 1,
            known: 2,
            faults: Vec::new(),
        };
        assert_eq!(imported(&report), "1 draft was added, 2 were here already.");
        assert_eq!(given_times(3), "Given 3 times");
    }
}
