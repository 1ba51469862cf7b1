//! Texts with a number, a name or a choice in them.

use super::{LEGAL_HAS_IT, PRODUCT};
use crate::run::RunView;
use crate::shell::Theme;
use inhouse_protocol::{
    CheckKind, EscalationReason, EscalationState, Outcome, Role, RunEvent, Stage, UploadOutcome,
};

/// A number with its noun.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

pub(crate) fn title(page: &str) -> String {
    format!("{page} · {PRODUCT}")
}

pub(crate) fn reference(request_id: &str) -> String {
    format!("Reference {request_id}.")
}

pub(crate) fn greeting(name: &str) -> String {
    let first = name.split_whitespace().next().unwrap_or(name);
    format!("What do you need to know, {first}?")
}

pub(crate) fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::Light => "Light",
        Theme::Dark => "Dark",
        Theme::System => "As the system",
    }
}

pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Employee => "Employee",
        Role::Legal => "Legal",
        Role::Admin => "Admin",
    }
}

pub(crate) fn role_explained(role: Role) -> &'static str {
    match role {
        Role::Employee => "Asks questions and follows their own requests.",
        Role::Legal => "Also works the review desk and reads the documents.",
        Role::Admin => "Also manages documents, people, groups and the record.",
    }
}

pub(crate) fn version(number: u32) -> String {
    format!("version {number}")
}

pub(crate) fn page(number: u32) -> String {
    format!("page {number}")
}

/// A page as counted, and as it is printed on it where that is something else.
pub(crate) fn page_mark(number: u32, printed: Option<&str>) -> String {
    match printed {
        Some(printed) if printed != number.to_string() => {
            format!("Page {number}, printed {printed}")
        }
        _ => format!("Page {number}"),
    }
}

pub(crate) fn pages(number: u32) -> String {
    count(u64::from(number), "page", "pages")
}

/// `version 2, page 4`, as far as known.
pub(crate) fn place(version_number: Option<u32>, page_number: Option<u32>) -> String {
    let parts = [version_number.map(version), page_number.map(page)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A citation's accessible name.
pub(crate) fn citation(number: u32, title: &str, page_number: Option<u32>) -> String {
    match page_number {
        Some(page_number) => format!("Citation {number}: {title}, {}", page(page_number)),
        None => format!("Citation {number}: {title}"),
    }
}

pub(crate) fn check(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Citation => "cites a passage",
        CheckKind::Quote => "quotes word for word",
        CheckKind::Numbers => "numbers match",
        CheckKind::Dates => "dates match",
        CheckKind::Names => "names match",
        CheckKind::Modality => "'shall', 'may', 'not' agree",
        CheckKind::Support => "carried by the passage",
    }
}

pub(crate) fn checked(sentences: usize) -> String {
    if sentences == 1 {
        "The sentence was checked against its passage".to_owned()
    } else {
        format!("All {sentences} sentences were checked against their passages")
    }
}

pub(crate) fn state(state: EscalationState) -> &'static str {
    match state {
        EscalationState::Open => "Open",
        EscalationState::Answered => "Answered",
        EscalationState::Resolved => "Resolved",
    }
}

/// Why a question reached Legal, to its asker.
pub(crate) fn reason(reason: EscalationReason) -> &'static str {
    match reason {
        EscalationReason::NotInDocuments => "The documents don't say",
        EscalationReason::NotVerified => "The answer couldn't be checked",
        EscalationReason::Rule => "Legal answers such questions",
        EscalationReason::Asked => "You sent it",
        EscalationReason::Conflict => "The documents contradict each other",
        EscalationReason::Failure => "Answering failed",
    }
}

/// Why a question reached Legal, to Legal.
pub(crate) fn reason_for_desk(reason: EscalationReason) -> &'static str {
    match reason {
        EscalationReason::NotInDocuments => "The documents don't say.",
        EscalationReason::NotVerified => "What was written couldn't be checked.",
        EscalationReason::Rule => "A rule sends such questions to Legal.",
        EscalationReason::Asked => "The asker wants a person.",
        EscalationReason::Conflict => "Documents in force contradict each other.",
        EscalationReason::Failure => "Answering failed; the question was kept.",
    }
}

pub(crate) fn with_legal_title(reason: Option<EscalationReason>) -> &'static str {
    match reason {
        Some(EscalationReason::NotInDocuments) => {
            "Your documents don't say. Legal has your question."
        }
        Some(EscalationReason::Conflict) => {
            "Your documents contradict each other. Legal has your question."
        }
        _ => LEGAL_HAS_IT,
    }
}

pub(crate) fn with_legal_text(reason: Option<EscalationReason>) -> &'static str {
    match reason {
        Some(EscalationReason::NotInDocuments) => {
            "No passage that you may see answers it, and a guess would help nobody."
        }
        Some(EscalationReason::NotVerified) => {
            "An answer was written, but it couldn't be checked against the documents, so it isn't \
             shown."
        }
        Some(EscalationReason::Rule) => "Questions like this one are answered by a person.",
        Some(EscalationReason::Asked) => "You sent it to a person.",
        Some(EscalationReason::Conflict) => {
            "They say different things about this; which of them holds is for a person to say."
        }
        Some(EscalationReason::Failure) => {
            "Something failed while it was being answered. The question was kept."
        }
        None => "A person will answer it.",
    }
}

pub(crate) fn searched(passages: usize) -> &'static str {
    if passages == 0 {
        "All documents you may see were searched; no passage came close."
    } else {
        "All documents you may see were searched."
    }
}

/// `Emil Berg, Sales`
pub(crate) fn person(name: &str, department: Option<&str>) -> String {
    department.map_or_else(
        || name.to_owned(),
        |department| format!("{name}, {department}"),
    )
}

pub(crate) fn rule(title: &str) -> String {
    format!("The rule '{title}' decided.")
}

/// Bytes in the unit that reads best.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            let tenths = bytes / (unit / 10).max(1);
            return if tenths < 100 {
                format!("{}.{} {name}", tenths / 10, tenths % 10)
            } else {
                format!("{} {name}", bytes / unit)
            };
        }
    }
    format!("{bytes} B")
}

pub(crate) fn percent(share: u8) -> String {
    format!("{share} %")
}

pub(crate) fn sending(file: &str) -> String {
    format!("Sending {file}")
}

pub(crate) fn upload_outcome(outcome: &UploadOutcome) -> String {
    match outcome {
        UploadOutcome::Added { .. } => "Added".to_owned(),
        UploadOutcome::NewVersion { .. } => "Added as a new version".to_owned(),
        UploadOutcome::Duplicate { name, .. } => format!("Already here as {name}"),
        UploadOutcome::Refused { reason } => reason.clone(),
    }
}

pub(crate) fn retry_file(name: &str) -> String {
    format!("Retry {name}")
}

pub(crate) fn delete_file(name: &str) -> String {
    format!("Delete {name}")
}

pub(crate) fn download_file(name: &str) -> String {
    format!("Download {name}")
}

pub(crate) fn deleted(name: &str) -> String {
    format!("{name} was deleted")
}

pub(crate) fn added(name: &str) -> String {
    format!("{name} was added")
}

pub(crate) fn changed(name: &str) -> String {
    format!("{name} was changed")
}

pub(crate) fn role_of(name: &str) -> String {
    format!("Role of {name}")
}

pub(crate) fn new_password_for(name: &str) -> String {
    format!("New password for {name}")
}

/// What the live region says of an event; not every sentence.
pub(crate) fn news(event: &RunEvent, run: &RunView) -> Option<String> {
    match event {
        RunEvent::Stage {
            stage: Stage::Searching,
        } => Some("Searching".to_owned()),
        RunEvent::Stage { .. }
        | RunEvent::Sentence { .. }
        | RunEvent::Caution { .. }
        | RunEvent::Approved { .. } => None,
        RunEvent::Passages { passages, .. } => {
            Some(count(passages.len() as u64, "passage", "passages") + " found")
        }
        RunEvent::Conflict { .. } => Some(super::CONTRADICTION_FOUND.to_owned()),
        RunEvent::Done { outcome, .. } => Some(match outcome {
            Outcome::Answered if run.approved.is_some() => "Approved answer".to_owned(),
            Outcome::Answered => {
                let sources = count(run.cited().len() as u64, "source", "sources");
                format!("Answer ready, {sources}")
            }
            Outcome::Escalated => LEGAL_HAS_IT.to_owned(),
            Outcome::Declined => super::DECLINED.to_owned(),
            Outcome::Refused => super::REFUSED.to_owned(),
            Outcome::Stopped => super::STOPPED.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_citation_is_named_by_number_title_and_page() {
        assert_eq!(citation(2, "Lease", Some(7)), "Citation 2: Lease, page 7");
        assert_eq!(citation(2, "Lease", None), "Citation 2: Lease");
    }

    #[test]
    fn a_page_with_another_number_printed_on_it_shows_both() {
        assert_eq!(page_mark(4, None), "Page 4");
        assert_eq!(page_mark(4, Some("4")), "Page 4");
        assert_eq!(page_mark(4, Some("iv")), "Page 4, printed iv");
    }

    #[test]
    fn sizes_read_in_their_best_unit() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1536), "1.5 KB");
        assert_eq!(size(25 * 1024 * 1024), "25 MB");
    }

    #[test]
    fn the_live_region_tells_the_end_and_how_many_sources() {
        let mut run = RunView::started();
        run.sentences
            .push(sample::sentence("Notice is thirty days.", 1));
        let done = RunEvent::Done {
            outcome: Outcome::Answered,
            message: String::new(),
            escalation: None,
        };
        assert_eq!(news(&done, &run).as_deref(), Some("Answer ready, 1 source"));
    }

    #[test]
    fn single_sentences_are_not_read_out() {
        let event = RunEvent::Sentence {
            sentence: sample::sentence("Notice is thirty days.", 1),
        };
        assert_eq!(news(&event, &RunView::started()), None);
    }
}
