//! Texts of what could not be read, and of reading it in another way.

use super::CANCELLED;
use super::documents::language;
use inhouse_protocol::{FailureCause, ParserChoice, ReadSettings};

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

#[cfg(test)]
mod tests {
    use super::*;

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
