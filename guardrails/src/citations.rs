//! Citation markers in what a model writes: `[1]`, `[2][3]`, `[1, 2]`, `[1-3]`.

/// Highest number a marker may hold; anything above is text, such as a year.
const MAX_NUMBER: u32 = 99;

/// A sentence and the passages that it cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// The sentence without its markers, trimmed.
    pub text: String,
    /// The numbers of the markers, each once, in order of appearance.
    pub numbers: Vec<u32>,
}

/// Takes the citation markers out of a sentence.
pub fn extract(sentence: &str) -> Cited {
    let mut text = String::with_capacity(sentence.len());
    let mut numbers: Vec<u32> = Vec::new();
    let mut rest = sentence;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let Some((found, length)) = marker(from) else {
            text.push('[');
            rest = &from[1..];
            continue;
        };
        for number in found {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        rest = &from[length..];
        // The space before the marker goes with it, unless a word follows.
        let closes = rest.is_empty() || rest.starts_with(|c: char| !c.is_alphanumeric());
        if closes && text.ends_with(' ') {
            text.truncate(text.trim_end_matches(' ').len());
        }
    }
    text.push_str(rest);
    Cited {
        text: text.trim().to_owned(),
        numbers,
    }
}

/// The numbers of the marker at the head of `text`, and its length in bytes.
fn marker(text: &str) -> Option<(Vec<u32>, usize)> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(']')?;
    let mut numbers = Vec::new();
    for part in inner[..end].split([',', ';']) {
        let part = part.trim();
        let (first, last) = part.split_once(['-', '–']).unwrap_or((part, part));
        let first: u32 = first.trim().parse().ok()?;
        let last: u32 = last.trim().parse().ok()?;
        if first == 0 || last > MAX_NUMBER || last < first {
            return None;
        }
        numbers.extend(first..=last);
    }
    (!numbers.is_empty()).then_some((numbers, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cited(sentence: &str) -> (String, Vec<u32>) {
        let cited = extract(sentence);
        (cited.text, cited.numbers)
    }

    #[test]
    fn markers_are_taken_out_with_their_space() {
        assert_eq!(cited("It is so [2]."), ("It is so.".to_owned(), vec![2]));
        assert_eq!(cited("It is so. [1] "), ("It is so.".to_owned(), vec![1]));
        assert_eq!(
            cited("So [2][3], and [1, 2] so."),
            ("So, and so.".to_owned(), vec![2, 3, 1])
        );
        assert_eq!(cited("[1-3] So."), ("So.".to_owned(), vec![1, 2, 3]));
        assert_eq!(
            cited("According to [1] it is."),
            ("According to it is.".to_owned(), vec![1])
        );
    }

    #[test]
    fn other_brackets_stay() {
        for text in [
            "[sic] it is",
            "in [2024] alone",
            "a [0] b",
            "open [1",
            "[] x",
            "[3-1]",
        ] {
            assert_eq!(cited(text), (text.to_owned(), vec![]));
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "(\\PC|[\\[\\]0-9, -]){0,60}") {
            let cited = extract(&text);
            prop_assert!(cited.text.len() <= text.len());
        }
    }
}
