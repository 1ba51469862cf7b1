//! What signed in, from the name that a browser gives itself (`User-Agent`), in words people use.

use crate::text;

/// Marks of programs, the telling ones first: each browser also names those it descends from.
const PROGRAMS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Marks of systems, the telling ones first: Android calls itself Linux, an iPad like a Mac.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// The longest name of a program that isn't a browser, in characters.
const LONGEST: usize = 40;

/// `Firefox on Windows`; for what isn't a browser the name that comes before its version.
pub(crate) fn device(client: &str) -> String {
    let among = |marks: &[(&str, &'static str)]| {
        let mut marks = marks.iter();
        marks
            .find(|(mark, _)| client.contains(mark))
            .map(|(_, name)| *name)
    };
    if let Some(program) = among(&PROGRAMS) {
        return text::device(program, among(&SYSTEMS));
    }
    let own = client.split(['/', ' ']).next().unwrap_or_default();
    if own.is_empty() {
        text::UNKNOWN_DEVICE.to_owned()
    } else {
        own.chars().take(LONGEST).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_browser_is_told_from_those_it_descends_from() {
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                      Gecko) Chrome/141.0.0.0 Safari/537.36";
        assert_eq!(device(chrome), "Chrome on Windows");
        assert_eq!(
            device(&format!("{chrome} Edg/141.0.0.0")),
            "Edge on Windows"
        );
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
        assert_eq!(device(firefox), "Firefox on Linux");
    }

    #[test]
    fn a_phone_is_told_from_the_system_it_runs_on() {
        let android = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like \
                       Gecko) Chrome/141.0.0.0 Mobile Safari/537.36";
        assert_eq!(device(android), "Chrome on Android");
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
        assert_eq!(device(iphone), "Safari on iPhone");
    }

    #[test]
    fn a_program_is_named_without_its_version() {
        assert_eq!(device("curl/8.16.0"), "curl");
        assert_eq!(device(""), "Unknown program");
    }
}
