//! What documents are read with, and where they come from by themselves.

use super::Check;
use crate::config::Config;
use inhouse_ingest::cage as caged;
use std::path::Path;

pub(super) async fn cage(config: &Config) -> Check {
    const NAME: &str = "document cage";
    match caged::check(&config.cage()).await {
        Ok(()) => Check::ok(NAME, "reads a text behind its walls"),
        Err(failure) => Check::fail(
            NAME,
            failure.detail.clone(),
            "Documents can't be read safely here, so none will be. The kernel must allow seccomp \
             filters and resource limits.",
        ),
    }
}

/// The programs of poppler: one reads PDFs, the other draws their pages for tesseract.
pub(super) fn poppler() -> Check {
    const NAME: &str = "poppler";
    let programs = ["/usr/bin/pdftotext", "/usr/bin/pdftoppm"];
    let missing: Vec<_> = programs
        .into_iter()
        .filter(|program| !Path::new(program).is_file())
        .collect();
    if missing.is_empty() {
        return Check::ok(NAME, programs.join(", "));
    }
    Check::warn(
        NAME,
        format!("missing: {}", missing.join(", ")),
        "Some PDFs can't be read well without them, and scanned ones not at all. Install \
         poppler-utils.",
    )
}

pub(super) async fn ocr(config: &Config) -> Check {
    match tokio::task::spawn_blocking(caged::ocr_languages).await {
        Ok(there) => languages(&config.ingest.ocr_languages, &there),
        Err(error) => Check::fail("tesseract", error.to_string(), "Run this again."),
    }
}

/// Whether tesseract has the languages that are wanted.
fn languages(wanted: &[String], there: &[String]) -> Check {
    const NAME: &str = "tesseract";
    if there.is_empty() {
        return Check::warn(
            NAME,
            "it is missing, or has no language",
            "Scanned pages and pictures can't be read without it. Install tesseract-ocr, and a \
             package for each language, such as tesseract-ocr-deu.",
        );
    }
    let found = format!("reads {}", there.join(", "));
    let missing: Vec<_> = wanted
        .iter()
        .filter(|language| !there.contains(language))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        return Check::ok(NAME, found);
    }
    Check::warn(
        NAME,
        format!("{found}, but not {}", missing.join(", ")),
        "Pages in that language are read badly. Install its package, such as tesseract-ocr-deu, or \
         correct ingest.ocr_languages.",
    )
}

/// Whether each watched folder can be read from here.
pub(super) fn watched(config: &Config) -> Vec<Check> {
    const NAME: &str = "watched folder";
    let folders = config.ingest.watch.iter();
    let checked = folders.map(|watch| {
        let path = config.watched_path(watch);
        match std::fs::read_dir(&path) {
            Ok(_) => Check::ok(NAME, format!("{} for {}", path.display(), watch.set)),
            Err(error) => Check::fail(
                NAME,
                format!("{}: {error}", path.display()),
                "Make it, give this account the right to read it, or correct ingest.watch.",
            ),
        }
    });
    checked.collect()
}

#[cfg(test)]
mod tests {
    use super::super::Condition;
    use super::languages;

    #[test]
    fn a_language_that_is_wanted_and_not_there_is_named() {
        let of =
            |codes: &[&str]| -> Vec<String> { codes.iter().map(|&code| code.to_owned()).collect() };
        let wanted = of(&["en", "de"]);
        assert_eq!(
            languages(&wanted, &of(&["de", "en", "fr"])).condition,
            Condition::Ok
        );
        let lacking = languages(&wanted, &of(&["en"]));
        assert_eq!(lacking.condition, Condition::Warn);
        assert!(lacking.found.ends_with("not de"), "{lacking:?}");
        assert_eq!(languages(&wanted, &[]).condition, Condition::Warn);
    }
}
