//! Poppler's and tesseract's programs, where they are installed: each runs behind the same walls
//! as a parser, and what it prints is read in a further child.

use super::order::Order;
use super::walls;
use crate::failure::ParseFailure;
use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A program that a caged child can turn into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    /// Words of a PDF with their places.
    PdfToText,
    /// A page of a PDF as a picture.
    PdfToPpm,
    /// Text of a picture.
    Tesseract,
}

/// What they may read: themselves, their libraries and data, and fonts.
const READABLE: [&str; 6] = [
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/var/cache/fontconfig",
];

impl Program {
    const ALL: [Self; 3] = [Self::PdfToText, Self::PdfToPpm, Self::Tesseract];

    /// The name in an [`Order`].
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PdfToText => "pdftotext",
            Self::PdfToPpm => "pdftoppm",
            Self::Tesseract => "tesseract",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|program| program.name() == name)
    }

    const fn path(self) -> &'static str {
        match self {
            Self::PdfToText => "/usr/bin/pdftotext",
            Self::PdfToPpm => "/usr/bin/pdftoppm",
            Self::Tesseract => "/usr/bin/tesseract",
        }
    }

    pub(super) fn is_installed(self) -> bool {
        Path::new(self.path()).exists()
    }

    fn arguments(self, order: &Order) -> Vec<String> {
        let mut arguments = Vec::new();
        let mut add = |some: &[&str]| arguments.extend(some.iter().map(|a| (*a).to_owned()));
        let (first, last) = (order.first.to_string(), order.last.to_string());
        let pages = ["-f", first.as_str(), "-l", last.as_str()];
        match self {
            Self::PdfToText => {
                add(&["-bbox-layout", "-cropbox", "-enc", "UTF-8", "-eol", "unix"]);
                if order.first > 0 {
                    add(&pages);
                }
                add(&["-", "-"]);
            }
            Self::PdfToPpm => {
                add(&["-gray", "-cropbox", "-r", &order.dpi.to_string()]);
                add(&pages);
                add(&["-"]);
            }
            Self::Tesseract => {
                let languages = order.languages.as_str();
                let segmentation = order.segmentation.to_string();
                add(&["stdin", "stdout", "-l", languages, "--psm", &segmentation]);
                // A file that is a picture may know its own.
                if order.dpi > 0 {
                    add(&["--dpi", &order.dpi.to_string()]);
                }
                add(&["tsv"]);
            }
        }
        arguments
    }
}

/// Turns this caged process into the program; comes back only when that fails.
pub(super) fn become_it(program: Program, order: &Order) -> ParseFailure {
    let walls = walls::limits(order, 0)
        .and_then(|()| walls::paths(&READABLE))
        .and_then(|()| walls::system_calls_of_a_program());
    if let Err(e) = walls {
        return ParseFailure::cage(e);
    }
    let failed = Command::new(program.path())
        .args(program.arguments(order))
        .env_clear()
        // No thread can be started behind the walls.
        .env("OMP_THREAD_LIMIT", "1")
        .exec();
    ParseFailure::cage(format!("{}: {failed}", program.path()))
}

/// Languages by ISO 639-1 and by tesseract's names.
static LANGUAGES: [(&str, &str); 33] = [
    ("ar", "ara"),
    ("bg", "bul"),
    ("ca", "cat"),
    ("cs", "ces"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("es", "spa"),
    ("et", "est"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("ko", "kor"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("nl", "nld"),
    ("no", "nor"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("sv", "swe"),
    ("tr", "tur"),
    ("uk", "ukr"),
    ("zh", "chi_sim"),
];

/// The languages that this machine can read pictures of text in, as ISO 639-1, in the order of the
/// alphabet; none without tesseract.
pub fn ocr_languages() -> Vec<String> {
    let there = trained();
    let there = |name: &str| there.contains(name);
    let languages = LANGUAGES.iter().filter(|(_, name)| there(name));
    languages
        .map(|(language, _)| (*language).to_owned())
        .collect()
}

/// Tesseract's names of those of `wanted` (ISO 639-1) that are installed, joined as it takes them;
/// English where none of them is, and `None` where nothing can be read.
pub(super) fn tesseract_languages(wanted: &[String]) -> Option<String> {
    let there = trained();
    let mut names: Vec<&str> = Vec::new();
    for language in wanted {
        let known = LANGUAGES.iter().find(|(iso, _)| iso == language);
        if let Some((_, name)) = known.filter(|(_, name)| there.contains(*name))
            && !names.contains(name)
        {
            names.push(name);
        }
    }
    if names.is_empty() && there.contains("eng") {
        names.push("eng");
    }
    (!names.is_empty()).then(|| names.join("+"))
}

/// Whether tesseract can tell which way up a page is.
pub(super) fn can_turn() -> bool {
    trained().contains("osd")
}

/// The names of tesseract's trained data on this machine.
fn trained() -> BTreeSet<String> {
    if !Program::Tesseract.is_installed() {
        return BTreeSet::new();
    }
    let versions = std::fs::read_dir("/usr/share/tesseract-ocr")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("tessdata"));
    let folders = versions.chain(["/usr/share/tessdata".into()]);
    folders
        .flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten())
        .filter_map(|file| {
            let name = file.file_name().into_string().ok()?;
            name.strip_suffix(".traineddata").map(str::to_owned)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::CageConfig;
    use super::*;

    #[test]
    fn programs_are_asked_for_pages_and_languages() {
        let order = Order {
            first: 3,
            last: 5,
            dpi: 300,
            segmentation: 3,
            languages: "eng+deu".to_owned(),
            ..Order::new("tesseract", &CageConfig::default())
        };
        let line = |program: Program| program.arguments(&order).join(" ");
        assert!(line(Program::PdfToText).contains("-f 3 -l 5 - -"));
        assert_eq!(line(Program::PdfToPpm), "-gray -cropbox -r 300 -f 3 -l 5 -");
        assert_eq!(
            line(Program::Tesseract),
            "stdin stdout -l eng+deu --psm 3 --dpi 300 tsv"
        );
        assert_eq!(Program::named("pdftoppm"), Some(Program::PdfToPpm));
        assert_eq!(Program::named("sh"), None);
    }

    #[test]
    fn languages_that_are_not_installed_are_left_out() {
        let wanted = |languages: &[&str]| {
            let languages: Vec<String> = languages.iter().map(|l| (*l).to_owned()).collect();
            tesseract_languages(&languages)
        };
        assert_eq!(
            wanted(&["de", "xx", "en", "de"]).as_deref(),
            Some("deu+eng")
        );
        assert_eq!(wanted(&["xx"]).as_deref(), Some("eng"));
        assert!(ocr_languages().contains(&"de".to_owned()));
    }
}
