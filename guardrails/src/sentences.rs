//! Takes a text apart into sentences, also while it is still being written.
//!
//! Nothing is lost: the pieces put together again are the text, character for character. White
//! space after a sentence belongs to it, and so do the citation markers that follow its end.

/// Longest sentence; a longer one is cut at white space, so that a model that never ends its
/// sentence can't keep everything back.
const MAX_CHARS: usize = 1_200;

/// Abbreviations that end with a point and don't end a sentence.
#[rustfmt::skip]
const ABBREVIATIONS: &[&str] = &[
    "abs", "al", "ann", "appx", "art", "arts", "approx", "bzw", "c", "ca", "cf", "ch", "cl", "co", "corp", "d.h",
    "dept", "dr", "e.g", "eg", "est", "etc", "ff", "fig", "gem", "i.e", "ie", "incl", "jr", "lit", "max", "min",
    "mr", "mrs", "ms", "no", "nos", "nr", "p", "p.a", "para", "paras", "pp", "prof", "ref", "resp", "rev",
    "s", "sched", "sec", "sect", "sr", "st", "subpara", "u.a", "u.k", "u.s", "v", "viz", "vol", "vs", "z.b",
];

/// Abbreviations of company forms: they may end a sentence, so what follows decides.
const COMPANY_FORMS: &[&str] = &[
    "inc", "ltd", "llc", "plc", "bros", "gmbh", "a.s", "s.a", "n.v", "b.v",
];

/// Splits a stream of text into sentences.
#[derive(Debug, Default)]
pub struct Splitter {
    buffer: String,
}

/// Whether and where a sentence ends.
enum End {
    /// At this byte.
    At(usize),
    /// More text is needed to say.
    Unknown,
}

impl Splitter {
    /// An empty splitter.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece of the text; gives the sentences that are complete with it.
    pub fn push(&mut self, chunk: &str) -> Vec<String> {
        self.buffer.push_str(chunk);
        let mut done = Vec::new();
        while let End::At(end) = end_of_first(&self.buffer) {
            let rest = self.buffer.split_off(end);
            done.push(std::mem::replace(&mut self.buffer, rest));
        }
        done
    }

    /// Gives what is left when the text has ended; `None` when nothing is.
    pub fn finish(self) -> Option<String> {
        (!self.buffer.is_empty()).then_some(self.buffer)
    }
}

/// The sentences of a whole text.
pub fn split(text: &str) -> Vec<String> {
    let mut splitter = Splitter::new();
    let mut sentences = splitter.push(text);
    sentences.extend(splitter.finish());
    sentences
}

fn end_of_first(text: &str) -> End {
    let mut count = 0;
    let mut last_space = None;
    let mut started = false;
    for (at, c) in text.char_indices() {
        count += 1;
        if c.is_whitespace() {
            if started
                && c == '\n'
                && let Some(end) = line_end(text, at)
            {
                return end;
            }
            last_space = Some(at + c.len_utf8());
        } else {
            started = true;
        }
        if count >= MAX_CHARS {
            return End::At(last_space.unwrap_or(at + c.len_utf8()));
        }
        if matches!(c, '.' | '!' | '?' | '。' | '！' | '？')
            && let Some(end) = sentence_end(text, at, c)
        {
            return end;
        }
    }
    End::Unknown
}

/// A blank line ends a sentence, and so does a line break before a list item or heading.
fn line_end(text: &str, at: usize) -> Option<End> {
    let rest = &text[at..];
    let space = rest.len() - rest.trim_start().len();
    let (blank, next) = (&rest[..space], &rest[space..]);
    if next.is_empty() {
        return Some(End::Unknown);
    }
    let item = next.starts_with(['•', '#', '|'])
        || next.starts_with("- ")
        || next.starts_with("* ")
        || list_number(next);
    let maybe_item = next.len() < 5 && !next.contains(' ');
    if blank.matches('\n').count() >= 2 || item {
        return Some(End::At(at + space));
    }
    if maybe_item {
        return Some(End::Unknown);
    }
    None
}

/// '1. ', '12) ', '(a) '.
fn list_number(text: &str) -> bool {
    let bare = text.strip_prefix('(').unwrap_or(text);
    let length = bare.chars().take_while(char::is_ascii_alphanumeric).count();
    let number = length <= 2 && bare[..length].bytes().all(|b| b.is_ascii_digit());
    let letter = length == 1;
    let marked = bare[length..].starts_with(") ") || (number && bare[length..].starts_with(". "));
    length > 0 && (number || letter) && marked
}

/// Whether the mark at `at` ends a sentence. `None`: it doesn't.
fn sentence_end(text: &str, at: usize, mark: char) -> Option<End> {
    let mut end = at + mark.len_utf8();
    // Further marks, closing quotes and brackets belong to the sentence.
    loop {
        let next = text[end..].chars().next();
        match next {
            None => return Some(End::Unknown),
            Some(c)
                if matches!(
                    c,
                    '.' | '!' | '?' | '"' | '”' | '’' | '\'' | ')' | '»' | '*' | '。'
                ) =>
            {
                end += c.len_utf8();
            }
            Some(_) => break,
        }
    }
    // So do citation markers, with or without a space before them.
    while let Some(marker) = citation_marker(&text[end..]) {
        match marker {
            Marker::Complete(length) => end += length,
            Marker::Cut => return Some(End::Unknown),
        }
    }
    let rest = &text[end..];
    let space = rest.len() - rest.trim_start().len();
    let wide = matches!(mark, '。' | '！' | '？');
    if space == 0 && !wide {
        return if rest.is_empty() {
            Some(End::Unknown)
        } else {
            None
        };
    }
    let next = rest[space..].chars().next();
    let Some(next) = next else {
        // What comes next is not known yet: a marker, a small letter?
        return Some(End::Unknown);
    };
    if mark == '.' && !point_ends(text, at, next) {
        return None;
    }
    if next.is_lowercase() && !rest[..space].contains('\n') && mark == '.' {
        return None;
    }
    Some(End::At(end + space))
}

enum Marker {
    /// Length in bytes, white space before it included.
    Complete(usize),
    /// It may be one, but the text ends inside.
    Cut,
}

/// A citation marker such as '[1]' or ' [2, 3]' at the head of the text.
fn citation_marker(text: &str) -> Option<Marker> {
    let trimmed = text.trim_start_matches(' ');
    let space = text.len() - trimmed.len();
    let inner = trimmed.strip_prefix('[')?;
    let length = inner
        .bytes()
        .take_while(|b| b.is_ascii_digit() || matches!(b, b',' | b' ' | b'-'))
        .count();
    match inner[length..].chars().next() {
        None if length <= 24 => Some(Marker::Cut),
        Some(']') if inner[..length].bytes().any(|b| b.is_ascii_digit()) => {
            let mut end = space + 1 + length + 1;
            // A point after the marker: 'thirty days [1].'
            if text[end..].starts_with('.') {
                end += 1;
            }
            Some(Marker::Complete(end))
        }
        _ => None,
    }
}

/// Whether a point ends a sentence, by the word before it and the letter after it.
fn point_ends(text: &str, at: usize, next: char) -> bool {
    let before = &text[..at];
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || matches!(c, '.' | '&'))
        .last()
        .map_or(at, |(start, _)| start);
    let word = before[start..].trim_start_matches('.');
    let lower = word.to_lowercase();
    let head_of_line = before[..start].trim_end_matches([' ', '(', '*']);
    let opens = head_of_line.is_empty() || head_of_line.ends_with('\n');
    // '1. The …' and 'a. The …' at the head of a line number a list.
    if opens
        && (word.bytes().all(|b| b.is_ascii_digit()) && word.len() <= 2
            || word.chars().count() == 1)
    {
        return false;
    }
    if COMPANY_FORMS.contains(&lower.as_str()) {
        return next.is_uppercase() && starts_sentence(&text[at + 1..]);
    }
    if ABBREVIATIONS.contains(&lower.as_str()) {
        return false;
    }
    // An initial: 'J. Smith'. A single letter or digit after a word such as 'Annex' ends one.
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    !(initial && next.is_uppercase() && !starts_sentence(&text[at + 1..]))
}

/// Whether the text goes on with a word that commonly opens a sentence.
fn starts_sentence(rest: &str) -> bool {
    const OPENERS: &[&str] = &[
        "A",
        "An",
        "All",
        "Any",
        "As",
        "At",
        "Both",
        "By",
        "Each",
        "Either",
        "Employees",
        "Every",
        "For",
        "He",
        "If",
        "In",
        "It",
        "No",
        "Nothing",
        "On",
        "Our",
        "She",
        "The",
        "Their",
        "There",
        "These",
        "They",
        "This",
        "Under",
        "We",
        "When",
        "Where",
        "You",
    ];
    let word: String = rest
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric())
        .collect();
    OPENERS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trimmed(text: &str) -> Vec<String> {
        split(text).iter().map(|s| s.trim().to_owned()).collect()
    }

    #[test]
    fn sentences_end_at_their_points() {
        assert_eq!(
            trimmed("Gifts are limited. Is cash allowed? No! Ask first."),
            [
                "Gifts are limited.",
                "Is cash allowed?",
                "No!",
                "Ask first."
            ]
        );
    }

    #[test]
    fn abbreviations_numbers_and_clauses_end_nothing() {
        for text in [
            "Under Sec. 4.2 the term is 2.5 years, e.g. for Acme Inc. and its affiliates.",
            "See Art. 28(3) GDPR and para. 7 of the Annex.",
            "The fee is approx. EUR 1.000.50 p.a. plus VAT.",
            "Mr. J. Smith signs for Norrland Components Ltd. with Dr. Berg.",
        ] {
            assert_eq!(split(text), [text]);
        }
    }

    #[test]
    fn a_company_form_may_end_a_sentence() {
        assert_eq!(
            trimmed("The customer is Acme Inc. The term is two years."),
            ["The customer is Acme Inc.", "The term is two years."]
        );
    }

    #[test]
    fn citation_markers_stay_with_their_sentence() {
        assert_eq!(
            trimmed("Notice is 30 days. [1] It is in writing [2]. Ok.[3][4] Done [1, 2]."),
            [
                "Notice is 30 days. [1]",
                "It is in writing [2].",
                "Ok.[3][4]",
                "Done [1, 2]."
            ]
        );
    }

    #[test]
    fn list_items_and_paragraphs_are_apart() {
        assert_eq!(
            trimmed("You need:\n- an approval\n- a receipt\n\nThen:\n1. Ask Legal.\n2. Wait"),
            [
                "You need:",
                "- an approval",
                "- a receipt",
                "Then:",
                "1. Ask Legal.",
                "2. Wait"
            ]
        );
    }

    #[test]
    fn a_quote_closes_with_its_sentence() {
        assert_eq!(
            trimmed("It says \"No gifts.\" That is all."),
            ["It says \"No gifts.\"", "That is all."]
        );
    }

    #[test]
    fn a_sentence_is_given_out_as_soon_as_the_next_begins() {
        let mut splitter = Splitter::new();
        assert!(splitter.push("The term is two years").is_empty());
        assert!(splitter.push(". ").is_empty());
        assert!(splitter.push("[1").is_empty());
        assert_eq!(splitter.push("] It"), ["The term is two years. [1] "]);
        assert_eq!(splitter.finish().as_deref(), Some("It"));
    }

    #[test]
    fn a_text_without_end_is_cut() {
        let text = "word ".repeat(1_000);
        let pieces = split(&text);
        assert!(pieces.len() > 3);
        assert_eq!(pieces.concat(), text);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_however_the_text_arrives(
            pieces in prop::collection::vec("(\\PC|[.!?\\[\\]0-9 \n\"'A-Za-z]){0,40}", 0..20)
        ) {
            let whole = pieces.concat();
            let mut splitter = Splitter::new();
            let mut out = String::new();
            for piece in &pieces {
                out.extend(splitter.push(piece));
            }
            out.extend(splitter.finish());
            prop_assert_eq!(&out, &whole);
        }

        #[test]
        fn the_cuts_do_not_depend_on_how_the_text_arrives(
            text in "([A-Z][a-z]{1,8} (is|may|shall) [a-z]{1,9}( 4\\.2| Inc\\.| e\\.g\\. x)?[.!?]( \\[[1-9]\\])? ?){0,8}",
            cut in 1usize..7,
        ) {
            let chars: Vec<char> = text.chars().collect();
            let mut splitter = Splitter::new();
            let mut streamed = Vec::new();
            for piece in chars.chunks(cut) {
                streamed.extend(splitter.push(&piece.iter().collect::<String>()));
            }
            streamed.extend(splitter.finish());
            prop_assert_eq!(streamed, split(&text));
        }
    }
}
