//! Texts of document sets, of files on their way in, and of what refers to a document.

use super::phrases::count;
use inhouse_protocol::References;

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

/// Languages of documents and questions: ISO 639-1 code and name.
pub(crate) const LANGUAGES: [(&str, &str); 21] = [
    ("en", "English"),
    ("de", "German"),
    ("fr", "French"),
    ("es", "Spanish"),
    ("it", "Italian"),
    ("pt", "Portuguese"),
    ("nl", "Dutch"),
    ("ca", "Catalan"),
    ("ro", "Romanian"),
    ("da", "Danish"),
    ("sv", "Swedish"),
    ("nb", "Norwegian"),
    ("fi", "Finnish"),
    ("pl", "Polish"),
    ("cs", "Czech"),
    ("sk", "Slovak"),
    ("hu", "Hungarian"),
    ("tr", "Turkish"),
    ("el", "Greek"),
    ("ru", "Russian"),
    ("uk", "Ukrainian"),
];

/// A language by its ISO 639-1 code; one without a name here keeps its code.
pub(crate) fn language(code: &str) -> String {
    let mut known = LANGUAGES.iter();
    let name = known.find(|(one, _)| *one == code).map(|(_, name)| *name);
    name.unwrap_or(code).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
