//! Names of files and folders that came from outside: made harmless, never trusted as paths.

use sha2::{Digest, Sha256};

/// Characters of a file's name.
const NAME_CHARS: usize = 200;
/// Characters of one part of a folder.
const PART_CHARS: usize = 120;
/// Characters of a folder in all.
const FOLDER_CHARS: usize = 400;

/// A file's own name: no folders, no control characters, no dot in front, at most 200 characters.
pub fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = printable(last).chars().take(NAME_CHARS).collect();
    let name = name.trim_end().trim_start_matches(['.', ' ']);
    if name.is_empty() {
        "unnamed".to_owned()
    } else {
        name.to_owned()
    }
}

/// A folder as a relative path: its parts joined by `/`, without `.` and `..`, drives, control
/// characters and slashes at its ends; each part of at most 120 characters, at most 400 in all.
/// What is cut ends with a mark of its own, so that two folders never become one.
pub fn folder(given: &str) -> String {
    let parts: Vec<String> = given.split(['/', '\\']).filter_map(part).collect();
    shortened(&parts.join("/"), FOLDER_CHARS)
}

/// The folder of a file that lies in `inner` of the archive or mail `name`, which itself lies in
/// `outer`.
pub fn inside(outer: &str, name: &str, inner: &str) -> String {
    let name = part(name).unwrap_or_else(|| "unnamed".to_owned());
    folder(&format!("{outer}/{name}/{inner}"))
}

/// One part of a path; none for what leads elsewhere or nowhere.
fn part(given: &str) -> Option<String> {
    let part = printable(given);
    let mut part = part.trim();
    let mut chars = part.chars();
    if chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':') {
        part = part[2..].trim();
    }
    if part.is_empty() || part.chars().all(|c| c == '.') {
        return None;
    }
    Some(shortened(part, PART_CHARS))
}

/// Without control characters and those that turn the direction of what follows.
fn printable(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .collect()
}

/// At most `most` characters; cut, it ends with a piece of its hash.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mark = hex::encode(&Sha256::digest(text.as_bytes())[..4]);
    let start: String = text.chars().take(most - mark.len() - 1).collect();
    format!("{}~{mark}", start.trim_end_matches(['/', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_carries_a_path() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\docs\\nda.pdf"), "nda.pdf");
        assert_eq!(file_name(".."), "unnamed");
        assert_eq!(file_name(" . .hidden "), "hidden");
        assert_eq!(file_name("a\u{0}b\n.txt"), "ab.txt");
        assert_eq!(file_name("bill\u{202E}fdp.exe"), "billfdp.exe");
        assert_eq!(file_name(&"x".repeat(999)).len(), NAME_CHARS);
    }

    #[test]
    fn a_folder_leads_nowhere_but_down() {
        assert_eq!(folder("/etc/../../root/./a\u{7}b/"), "etc/root/ab");
        assert_eq!(folder("C:\\Users\\me"), "Users/me");
        assert_eq!(folder("C:"), "");
        assert_eq!(folder("..."), "");
        assert_eq!(folder(" 2026 / contracts "), "2026/contracts");
        assert_eq!(folder("v1.2/a.b"), "v1.2/a.b");
    }

    #[test]
    fn what_is_cut_stays_apart() {
        let (one, other) = (format!("{}1", "x".repeat(300)), "x".repeat(301));
        assert_ne!(folder(&one), folder(&other));
        assert_eq!(folder(&one).chars().count(), PART_CHARS);
        let deep = "part/".repeat(200);
        assert!(folder(&deep).chars().count() <= FOLDER_CHARS);
        assert!(!folder(&deep).contains("//"));
    }

    #[test]
    fn a_part_lies_below_its_archive() {
        assert_eq!(inside("2026", "all.zip", "a/b"), "2026/all.zip/a/b");
        assert_eq!(inside("", "letter.eml", ""), "letter.eml");
        assert_eq!(inside("", "..", "x"), "unnamed/x");
    }
}
