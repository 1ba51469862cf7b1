//! Texts of documents: their sets, their way in, their versions, and what could not be read.

use super::phrases::count;
use crate::time::day_text;
use inhouse_protocol::{
    ChangeKind, Day, Fact, FailureCause, ParserChoice, Proposal, ReadSettings, References,
    Validity, VersionDetail,
};

// The list of sets
pub(crate) const DOCUMENTS_LEAD: &str =
    "Answers come from these sets. Who may see a set decides whose answers it serves.";
pub(crate) const NO_SETS: &str = "There are no document sets. Create the first one below.";
pub(crate) const NO_SETS_READER: &str = "There are no document sets yet.";
pub(crate) const NEW_SET: &str = "New document set";
pub(crate) const NAME: &str = "Name";
pub(crate) const DESCRIPTION: &str = "Description";
pub(crate) const WHO_MAY_SEE: &str = "Who may see it";
pub(crate) const CREATE_SET: &str = "Create set";
pub(crate) const REVIEWS: &str = "Yours to review";
pub(crate) const WATCHED: &str = "Watched folders";
pub(crate) const WATCHED_LEAD: &str = "Files that lie in these folders of the server are kept in a \
     set: new ones are added, changed ones become new versions, removed ones are deleted.";
pub(crate) const LOOKED_AT: &str = "last looked at";
pub(crate) const EMBEDDING_TITLE: &str = "New embedding model";
pub(crate) const PAUSE: &str = "Pause";
pub(crate) const RESUME: &str = "Go on";
pub(crate) const PAUSED: &str = "Paused";

// Files on their way in
pub(crate) const UPLOAD: &str = "Upload";
pub(crate) const DROP_HERE: &str = "Drop files or folders here, or";
pub(crate) const CHOOSE_FILES: &str = "Choose files";
pub(crate) const CHOOSE_FOLDER: &str = "Choose a folder";
pub(crate) const FORMATS: &str = "PDF, Word, Excel, PowerPoint, OpenDocument text, RTF, HTML, \
     Markdown, text, e-mails (.eml, .msg), pictures of text, and ZIP files of any of these.";
pub(crate) const WAITING: &str = "Waiting";
pub(crate) const TAKING_IN: &str = "Sent, being stored…";
pub(crate) const FILES: &str = "Files";
pub(crate) const FILE: &str = "File";
pub(crate) const STATE: &str = "State";
pub(crate) const PAGES_COLUMN: &str = "Pages";
pub(crate) const PASSAGES_COLUMN: &str = "Passages";
pub(crate) const SIZE: &str = "Size";
pub(crate) const ACTIONS: &str = "Actions";
pub(crate) const NO_FILES: &str = "There are no files in this set yet.";
pub(crate) const NO_FILE_FITS: &str = "No file fits.";
pub(crate) const FIND_FILE: &str = "Find a file";
pub(crate) const SHOW_ALL: &str = "Show all";
pub(crate) const QUEUED: &str = "Waiting";
pub(crate) const READING: &str = "Reading";
pub(crate) const EMBEDDING: &str = "Indexing";
pub(crate) const READY: &str = "Ready";
pub(crate) const FAILED: &str = "Not readable";
pub(crate) const CANCELLED: &str = "Stopped";
pub(crate) const ON_THEIR_WAY: &str = "On their way";
pub(crate) const ATTENTION: &str = "Needs a look";
pub(crate) const RETRY: &str = "Retry";
pub(crate) const RETRY_ALL: &str = "Retry all";
pub(crate) const CANCEL_ALL: &str = "Stop all";
pub(crate) const DELETE: &str = "Delete";
pub(crate) const DELETE_TITLE: &str = "Delete this file?";
pub(crate) const DELETE_TEXT: &str = "It can't be found anymore, and no new answer will cite it. \
     Answers already given keep their words.";
pub(crate) const NOTHING_REFERS: &str = "Nothing else refers to it.";

// One document
pub(crate) const DELETE_DOCUMENT: &str = "Delete this document";
pub(crate) const SUPERSEDES: &str = "It takes the place of";
pub(crate) const SUPERSEDED_BY: &str = "Its place is taken by";
pub(crate) const PART_OF: &str = "It came out of";
pub(crate) const PARTS: &str = "Files that came out of it";
pub(crate) const HOW_READ: &str = "How it was read";
pub(crate) const PROPOSALS: &str = "Read from the document";
pub(crate) const PROPOSALS_LEAD: &str =
    "What the document says of itself. It counts once you have confirmed it.";
pub(crate) const CONFIRM: &str = "Confirm";
pub(crate) const DISMISS: &str = "Dismiss";
pub(crate) const FACTS: &str = "What is known of it";
pub(crate) const EDIT_FACTS: &str = "Change it";
pub(crate) const OWNER: &str = "Owner";
pub(crate) const OWNER_HINT: &str = "Is told when the review is due.";
pub(crate) const NOBODY: &str = "Nobody";
pub(crate) const NONE: &str = "None";
pub(crate) const REVIEW_ON: &str = "Review on";
pub(crate) const DUE: &str = "Due";
pub(crate) const JURISDICTION: &str = "Jurisdiction";
pub(crate) const JURISDICTION_HINT: &str = "Such as Germany, or State of Delaware.";
pub(crate) const TAGS: &str = "Tags";
pub(crate) const TAGS_HINT: &str = "Up to 20, parted by commas.";
pub(crate) const SUPERSEDES_LABEL: &str = "Takes the place of";
pub(crate) const SUPERSEDES_HINT: &str =
    "The other document stops being in force on the day on which this one begins to be.";
pub(crate) const NEXT_REVIEW: &str = "Review it again on";
pub(crate) const MARK_REVIEWED: &str = "Mark as reviewed";
pub(crate) const REVIEWED: &str = "The review was noted";

// Versions
pub(crate) const VERSIONS: &str = "Versions";
pub(crate) const VERSION: &str = "Version";
pub(crate) const IN_FORCE: &str = "In force";
pub(crate) const READ_BY: &str = "Read by";
pub(crate) const TODAY: &str = "Today";
pub(crate) const TODAY_LINE: &str = "today, the line";
pub(crate) const ALWAYS: &str = "always";
pub(crate) const ON_NO_DAY: &str = "in force on no day";
pub(crate) const ON_NO_DAY_SHORT: &str = "on no day";
pub(crate) const EDIT_DATES: &str = "When it is in force";
pub(crate) const FIRST_DAY: &str = "First day in force";
pub(crate) const FIRST_DAY_HINT: &str =
    "Empty: a first version since ever, a later one from the day on which it was read.";
pub(crate) const LAST_DAY: &str = "Last day in force";
pub(crate) const LAST_DAY_HINT: &str = "Empty: until another version takes its place.";
pub(crate) const SUPERSEDED: &str = "This text isn't in force today. It is the one that was cited.";

// Comparing
pub(crate) const COMPARE_VERSIONS: &str = "Compare two versions";
pub(crate) const COMPARE: &str = "Compare";
pub(crate) const BEFORE: &str = "Before";
pub(crate) const AFTER: &str = "After";
pub(crate) const NOT_THERE: &str = "Not in this version";
pub(crate) const REMOVED_WORDS: &str = "removed words";
pub(crate) const ADDED_WORDS: &str = "added words";
pub(crate) const NEXT_CHANGE: &str = "Next change";
pub(crate) const PREVIOUS_CHANGE: &str = "Previous change";

// What could not be read
pub(crate) const QUARANTINE: &str = "Not readable";
pub(crate) const QUARANTINE_LEAD: &str = "Files that could not be read, with the reason. Nothing \
     of them is found until they are.";
pub(crate) const QUARANTINE_EMPTY: &str = "Every file was read.";
pub(crate) const TO_QUARANTINE: &str = "See all that could not be read";
pub(crate) const EARLIER_IN_FORCE: &str = "Answers use an earlier version of it meanwhile.";
pub(crate) const DOWNLOAD: &str = "Download";
pub(crate) const READ_OTHERWISE: &str = "In another way";
pub(crate) const PARSER: &str = "Read by";
pub(crate) const OCR_LANGUAGES: &str = "Languages of the pictures";
pub(crate) const OCR_LANGUAGES_HINT: &str = "None: those that the server is set to.";
pub(crate) const NO_OCR: &str = "This server can't read pictures of text. Tesseract isn't \
     installed on it.";
pub(crate) const PATIENT: &str = "Take more time";
pub(crate) const PATIENT_HINT: &str = "Four times the time and memory.";

/// `1 Jan 2025 – 31 Mar 2026`, as far as it has ends: people name the last day.
pub(crate) fn period(validity: Validity) -> Option<String> {
    let from = validity.from.map(day_text);
    let last = validity.until.map(|until| day_text(until.plus(-1)));
    match (from, last) {
        (Some(from), Some(last)) => Some(format!("{from} – {last}")),
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(last)) => Some(format!("until {last}")),
        (None, None) => None,
    }
}

/// `in force 1 Jan 2025 – 31 Mar 2026`, with what [`period`] says.
pub(crate) fn in_force(period: &str) -> String {
    format!("in force {period}").trim_end().to_owned()
}

/// How an answer about an earlier day begins.
pub(crate) fn as_of(day: Day) -> String {
    format!("As of {}", day_text(day))
}

pub(crate) fn as_of_explained(day: Day) -> String {
    format!(
        "{}: only what was in force on that day was searched.",
        as_of(day)
    )
}

/// `Version 2`
pub(crate) fn version_name(number: u32) -> String {
    format!("Version {number}")
}

/// A version in a list to choose from.
pub(crate) fn version_choice(number: u32, validity: Option<Validity>) -> String {
    let name = version_name(number);
    match validity.map(period) {
        Some(Some(period)) => format!("{name}, in force {period}"),
        Some(None) => name,
        None => format!("{name}, {ON_NO_DAY}"),
    }
}

/// When each version is in force, in words in place of the picture.
pub(crate) fn times(versions: &[VersionDetail]) -> String {
    let times = versions
        .iter()
        .map(|version| version_choice(version.number, version.validity));
    times.collect::<Vec<_>>().join("; ")
}

pub(crate) fn dates_of(number: u32) -> String {
    format!("When version {number} is in force")
}

pub(crate) fn documents(number: u64) -> String {
    count(number, "document", "documents")
}

pub(crate) fn in_progress(number: u64) -> String {
    format!("{number} in progress")
}

pub(crate) fn failed(number: u64) -> String {
    format!("{number} not readable")
}

pub(crate) fn all_read(failed_ones: u64) -> String {
    if failed_ones == 0 {
        "All files are ready".to_owned()
    } else {
        format!("Reading has ended, {}", failed(failed_ones))
    }
}

/// Of files that are read once more.
pub(crate) fn documents_begun(number: u64) -> String {
    format!("{} read again", count(number, "file is", "files are"))
}

pub(crate) fn documents_stopped(number: u64) -> String {
    format!("{} stopped", count(number, "file was", "files were"))
}

pub(crate) fn first_of(shown: usize, all: usize) -> String {
    format!("The first {shown} of {all} files are shown.")
}

pub(crate) fn sent_of(sent: usize, all: usize) -> String {
    format!("{sent} of {all} files were sent.")
}

/// A page being read.
pub(crate) fn reading(page: u64, of: u64) -> String {
    if of == 0 {
        READING.to_owned()
    } else {
        format!("Reading page {page} of {of}")
    }
}

pub(crate) fn stop_file(name: &str) -> String {
    format!("Stop {name}")
}

pub(crate) fn read_again(name: &str) -> String {
    format!("{name} is read again")
}

/// What still refers to a document, a sentence each.
pub(crate) fn references(references: &References) -> Vec<String> {
    let mut told = Vec::new();
    if references.answers > 0 {
        let answers = count(references.answers, "answer cites", "answers cite");
        told.push(format!(
            "{answers} it. They keep its words, but no longer open it."
        ));
    }
    if references.open_requests > 0 {
        let requests = count(
            references.open_requests,
            "open question at the desk",
            "open questions at the desk",
        );
        told.push(format!("{requests} found it."));
    }
    if references.parts > 0 {
        let parts = count(references.parts, "file", "files");
        told.push(format!("{parts} that came out of it will be deleted too."));
    }
    for other in &references.superseded_by {
        told.push(format!("'{}' takes its place.", other.title));
    }
    if let Some(folder) = &references.watched {
        told.push(format!(
            "It lies in the watched folder {folder}. Remove it there too, or it comes back."
        ));
    }
    told
}

/// How many documents the reader should look at again, after the number.
pub(crate) fn reviews_due(number: u64) -> &'static str {
    if number == 1 {
        "document to review"
    } else {
        "documents to review"
    }
}

pub(crate) fn due_since(day: &str) -> String {
    format!("review due since {day}")
}

pub(crate) fn review_due(day: &str, mine: bool) -> String {
    if mine {
        format!("Your review has been due since {day}")
    } else {
        format!("Its review has been due since {day}")
    }
}

pub(crate) fn files_taken(number: u64) -> String {
    format!("{} taken in", count(number, "file", "files"))
}

pub(crate) fn refused(number: usize) -> String {
    format!(
        "{} not taken",
        count(number as u64, "file was", "files were")
    )
}

pub(crate) fn embedding_underway(active: &str, next: &str) -> String {
    format!("{next} is embedding all passages. {active} answers until it has.")
}

pub(crate) fn embedding_switched(active: &str) -> String {
    format!("Every passage is embedded; {active} answers now.")
}

pub(crate) fn passages_of(done: u64, total: u64) -> String {
    format!("{done} of {}", count(total, "passage", "passages"))
}

/// Why a file could not be read, in a few words.
pub(crate) fn cause(cause: FailureCause) -> &'static str {
    match cause {
        FailureCause::Unsupported => "Not of a kind that is read",
        FailureCause::Encrypted => "Needs a password",
        FailureCause::NoText => "No text in it",
        FailureCause::Broken => "Damaged",
        FailureCause::TooLarge => "Too large",
        FailureCause::TooMuchText => "Too much text",
        FailureCause::Memory => "Needs too much memory",
        FailureCause::Time => "Takes too long",
        FailureCause::Depth => "Nested too deep",
        FailureCause::Crashed => "Reading it broke off",
        FailureCause::Cage => "Couldn't be read safely",
        FailureCause::GivenUp => "Given up",
        FailureCause::Cancelled => CANCELLED,
    }
}

/// What reads a file, to choose from.
pub(crate) fn parser_choice(choice: ParserChoice) -> &'static str {
    match choice {
        ParserChoice::Auto => "Each page by what reads it best",
        ParserChoice::PdfExtract => "pdf-extract",
        ParserChoice::Poppler => "Poppler",
        ParserChoice::Ocr => "Every page as a picture (OCR)",
    }
}

/// How a file was read the last time, where that isn't the usual way.
pub(crate) fn read_settings(settings: &ReadSettings) -> Option<String> {
    if *settings == ReadSettings::default() {
        return None;
    }
    let mut how = Vec::new();
    if settings.parser != ParserChoice::Auto {
        how.push(parser_choice(settings.parser).to_owned());
    }
    how.extend(settings.languages.iter().map(|code| language(code)));
    if settings.patient {
        how.push(PATIENT.to_lowercase());
    }
    Some(format!("last read with: {}", how.join(", ")))
}

/// What read some pages.
pub(crate) fn parser(name: &str) -> String {
    match name {
        "" => "no text".to_owned(),
        "tesseract" => "recognized from the picture (tesseract)".to_owned(),
        name => format!("its own text ({name})"),
    }
}

/// `Pages 3–7`
pub(crate) fn page_range(first: u32, last: u32) -> String {
    if first == last {
        format!("Page {first}")
    } else {
        format!("Pages {first}–{last}")
    }
}

/// A language by its ISO 639-1 code; one without a name here keeps its code.
pub(crate) fn language(code: &str) -> String {
    let known = match code {
        "en" => "English",
        "de" => "German",
        "fr" => "French",
        "es" => "Spanish",
        "it" => "Italian",
        "nl" => "Dutch",
        "pt" => "Portuguese",
        "pl" => "Polish",
        "sv" => "Swedish",
        "da" => "Danish",
        code => code,
    };
    known.to_owned()
}

pub(crate) fn fact(fact: Fact) -> &'static str {
    match fact {
        Fact::EffectiveFrom => FIRST_DAY,
        Fact::EffectiveUntil => LAST_DAY,
        Fact::ReviewOn => REVIEW_ON,
        Fact::Jurisdiction => JURISDICTION,
    }
}

/// The value of a proposal as it is read: of an end, the last day.
pub(crate) fn proposed(proposal: &Proposal) -> String {
    let Ok(day) = proposal.value.parse::<Day>() else {
        return proposal.value.clone();
    };
    day_text(match proposal.fact {
        Fact::EffectiveUntil => day.plus(-1),
        _ => day,
    })
}

pub(crate) fn confirm_fact(name: &str) -> String {
    format!("Confirm: {name}")
}

pub(crate) fn dismiss_fact(name: &str) -> String {
    format!("Dismiss: {name}")
}

/// How a clause differs, in a word.
pub(crate) fn change(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Same => "Unchanged",
        ChangeKind::Changed => "Changed",
        ChangeKind::Added => "Added",
        ChangeKind::Removed => "Removed",
        ChangeKind::Moved => "Moved",
    }
}

pub(crate) fn unchanged(clauses: usize) -> String {
    count(clauses as u64, "unchanged clause", "unchanged clauses")
}

/// What a comparison found.
pub(crate) fn tally(
    changed: usize,
    added: usize,
    removed: usize,
    moved: usize,
    same: usize,
) -> String {
    if changed + added + removed + moved == 0 {
        return "The two versions say the same.".to_owned();
    }
    let parts = [
        (changed, "changed"),
        (added, "added"),
        (removed, "removed"),
        (moved, "moved"),
        (same, "unchanged"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = parts
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    format!("Clauses: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i64, month: u32, of_month: u32) -> Option<Day> {
        Day::of(year, month, of_month)
    }

    #[test]
    fn a_period_names_the_last_day_and_not_the_first_no_more() {
        let time = |from, until| period(Validity { from, until });
        assert_eq!(
            time(day(2025, 1, 1), day(2026, 4, 1)).as_deref(),
            Some("1 Jan 2025 – 31 Mar 2026")
        );
        assert_eq!(
            time(day(2025, 1, 1), None).as_deref(),
            Some("from 1 Jan 2025")
        );
        assert_eq!(
            time(None, day(2026, 1, 1)).as_deref(),
            Some("until 31 Dec 2025")
        );
        assert_eq!(time(None, None), None);
        assert_eq!(in_force(""), "in force");
    }

    #[test]
    fn a_version_in_force_on_no_day_says_so() {
        assert_eq!(version_choice(2, None), "Version 2, in force on no day");
        assert_eq!(version_choice(1, Some(Validity::default())), "Version 1");
    }

    #[test]
    fn a_proposed_end_is_told_as_the_last_day() {
        let mut proposal = Proposal {
            fact: Fact::EffectiveUntil,
            value: "2026-01-01".to_owned(),
            quote: String::new(),
            page: None,
        };
        assert_eq!(proposed(&proposal), "31 Dec 2025");
        proposal.fact = Fact::EffectiveFrom;
        assert_eq!(proposed(&proposal), "1 Jan 2026");
        proposal.fact = Fact::Jurisdiction;
        proposal.value = "Germany".to_owned();
        assert_eq!(proposed(&proposal), "Germany");
    }

    #[test]
    fn what_refers_to_a_document_is_told_and_nothing_else() {
        assert!(references(&References::default()).is_empty());
        let some = References {
            answers: 1,
            parts: 2,
            ..References::default()
        };
        let told = references(&some);
        assert_eq!(told.len(), 2);
        assert!(told[0].starts_with("1 answer cites it."));
        assert!(told[1].starts_with("2 files that came out of it"));
    }

    #[test]
    fn versions_that_say_the_same_have_no_tally() {
        assert_eq!(tally(0, 0, 0, 0, 9), "The two versions say the same.");
        assert_eq!(
            tally(2, 0, 1, 0, 9),
            "Clauses: 2 changed, 1 removed, 9 unchanged"
        );
    }

    #[test]
    fn the_usual_way_of_reading_needs_no_words() {
        assert_eq!(read_settings(&ReadSettings::default()), None);
        let settings = ReadSettings {
            languages: vec!["de".to_owned()],
            patient: true,
            ..ReadSettings::default()
        };
        assert_eq!(
            read_settings(&settings).as_deref(),
            Some("last read with: German, take more time")
        );
    }
}
