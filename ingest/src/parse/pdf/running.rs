//! Running headers, footers and page numbers: what stands at the edge of page after page.

use super::raw::{Line, RawPage};
use std::collections::{HashMap, HashSet};

/// Lines at the top and at the bottom of a page that may be running ones.
const EDGE: usize = 3;

/// A running line of at least so many characters says something: a notice of confidentiality.
const TELLING: usize = 40;

/// Removes the lines that repeat at the pages' edges; gives the number that stood on each page.
pub(super) fn remove(pages: &mut [RawPage]) -> Vec<Option<String>> {
    let mut printed = vec![None; pages.len()];
    if pages.len() < 2 {
        return printed;
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut numbered = 0;
    for page in pages.iter() {
        let lines = &page.lines;
        let edges = edges(lines);
        let keys: HashSet<String> = edges.iter().map(|(i, _)| key(&lines[*i].text)).collect();
        for key in keys {
            *seen.entry(key).or_default() += 1;
        }
        let number = |(i, outermost): &(usize, bool)| *outermost && is_number(&lines[*i].text);
        numbered += usize::from(edges.iter().any(number));
    }
    let written = pages.iter().filter(|page| !page.lines.is_empty()).count();
    let often = (written * 2).div_ceil(5).max(3);
    let has_numbers = numbered >= 2 && numbered * 2 >= written;
    let mut kept = HashSet::new();
    let mut gone: Vec<HashSet<usize>> = Vec::new();
    for (page, printed) in pages.iter().zip(&mut printed) {
        let mut of_page = HashSet::new();
        for (i, outermost) in edges(&page.lines) {
            let text = &page.lines[i].text;
            let key = key(text);
            let is_one = has_numbers && outermost && is_number(text);
            let repeats = seen.get(&key).is_some_and(|count| *count >= often);
            if (is_one || repeats) && printed.is_none() {
                *printed = number_in(text);
            }
            // What says something is kept once.
            if is_one || (repeats && (key.chars().count() < TELLING || !kept.insert(key))) {
                of_page.insert(i);
            }
        }
        gone.push(of_page);
    }
    // Pages of nothing else are about that.
    let is_all = |(page, gone): (&RawPage, &HashSet<usize>)| page.lines.len() == gone.len();
    if pages.iter().zip(&gone).all(is_all) {
        return printed;
    }
    for (page, gone) in pages.iter_mut().zip(gone) {
        let mut index = 0;
        page.lines.retain(|_| {
            index += 1;
            !gone.contains(&(index - 1))
        });
    }
    printed
}

/// The page's number in a running line: '7' of 'Page 7 of 9' and of '- 7 -'.
fn number_in(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let after = ["page", "seite"]
        .iter()
        .find_map(|word| Some(lower.find(word)? + word.len()));
    let rest = match after {
        Some(after) => &text[after..],
        None if is_number(text) => text,
        None => return None,
    };
    let number: String = rest
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '-')
        .collect();
    let number = number.trim_end_matches('-');
    let roman = |c: char| matches!(c.to_ascii_lowercase(), 'i' | 'v' | 'x' | 'l' | 'c');
    let is_sound = (1..=8).contains(&number.len())
        && (number.chars().any(|c| c.is_ascii_digit()) || number.chars().all(roman));
    is_sound.then(|| number.to_owned())
}

/// The lines nearest the top and the bottom, and whether each is the outermost or next to it.
fn edges(page: &[Line]) -> Vec<(usize, bool)> {
    let mut order: Vec<usize> = (0..page.len()).collect();
    order.sort_by(|a, b| page[*a].y.total_cmp(&page[*b].y));
    let last = order.len();
    order
        .into_iter()
        .enumerate()
        .filter(|(rank, _)| *rank < EDGE || rank + EDGE >= last)
        .map(|(rank, i)| (i, rank < 2 || rank + 2 >= last))
        .collect()
}

/// The text with its numbers masked, so that 'Page 3 of 9' is 'Page 4 of 9'.
fn key(text: &str) -> String {
    let mut key = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_digit() {
            if !key.ends_with('#') {
                key.push('#');
            }
        } else {
            key.extend(c.to_lowercase());
        }
    }
    key
}

/// Whether a line is a page number and nothing else: '7', '- 7 -', 'Page 7 of 9', 'iv', 'A-3'.
fn is_number(text: &str) -> bool {
    let key = key(text);
    let bare = key.trim_matches(['-', '–', '—', '[', ']', '(', ')', '.', '|']);
    let roman = (1..=5).contains(&bare.len()) && bare.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    let lettered = bare.len() == 3 && bare.as_bytes()[1] == b'-' && bare.ends_with('#');
    roman
        || lettered
        || matches!(
            bare,
            "#" | "#/#" | "page#" | "page#of#" | "#of#" | "p.#" | "seite#" | "seite#von#" | "#von#"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_at_the_edges_goes_and_the_rest_stays() {
        let page = |n: usize| {
            RawPage::of_plain_text(&format!(
                "Supply Agreement\n\nClause {n} says {0}.\nMore of {0}.\nAnd more.\nNo more {0}.\n\n\
                 Confidential\n\nPage {n} of 4\n",
                ["one", "two", "three", "four"][n - 1]
            ))
        };
        let mut pages: Vec<_> = (1..=4).map(page).collect();
        let printed: Vec<String> = remove(&mut pages).into_iter().flatten().collect();
        assert_eq!(printed, ["1", "2", "3", "4"]);
        let texts: Vec<&str> = pages[2]
            .lines
            .iter()
            .map(|line| line.text.as_str())
            .collect();
        assert_eq!(
            texts,
            [
                "Clause 3 says three.",
                "More of three.",
                "And more.",
                "No more three."
            ]
        );
    }

    #[test]
    fn pages_of_running_lines_alone_keep_them() {
        let mut pages: Vec<_> = (1..=3)
            .map(|n| RawPage::of_plain_text(&format!("Annex {n}")))
            .collect();
        remove(&mut pages);
        assert!(pages.iter().all(|page| page.lines.len() == 1));
    }

    #[test]
    fn page_numbers_of_many_shapes_are_known() {
        for (text, number) in [
            ("- 12 -", Some("12")),
            ("Page 3 of 9", Some("3")),
            ("Supply Agreement – Seite 4 von 9", Some("4")),
            ("iv", Some("iv")),
            ("A-3", Some("A-3")),
            ("3/9", Some("3")),
            ("Confidential", None),
        ] {
            assert_eq!(number_in(text).as_deref(), number, "{text}");
        }
        for text in ["7", "- 12 -", "Page 3 of 9", "iv", "3/9", "A-3", "[2]"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["7 days", "1.2 Term", "Section 4", "$ 5"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
