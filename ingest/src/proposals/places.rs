//! Whose law a contract is under: 'the laws of the State of Delaware', 'deutsches Recht'.

/// What introduces the name of a place, in lower case.
const BEFORE: [&str; 10] = [
    "laws of the ",
    "laws of ",
    "law of the ",
    "law of ",
    "recht der ",
    "recht des ",
    "recht von ",
    "rechts der ",
    "rechtsordnung der ",
    "gesetzen der ",
];

/// What has to stand before it in the same sentence, in lower case.
const CUES: [&str; 10] = [
    "governed by",
    "governing law",
    "construed in accordance with",
    "construed and enforced in accordance",
    "applicable law",
    "subject to the law",
    "unterliegt",
    "unterliegen",
    "anwendbares recht",
    "es gilt",
];

/// Laws that are named by an adjective, and whose they are.
const ADJECTIVES: [(&str, &str); 18] = [
    ("deutsches recht", "Germany"),
    ("deutschem recht", "Germany"),
    ("deutschen recht", "Germany"),
    ("deutschen rechts", "Germany"),
    ("österreichisches recht", "Austria"),
    ("österreichischem recht", "Austria"),
    ("österreichischen recht", "Austria"),
    ("schweizerisches recht", "Switzerland"),
    ("schweizerischem recht", "Switzerland"),
    ("schweizer recht", "Switzerland"),
    ("german law", "Germany"),
    ("austrian law", "Austria"),
    ("swiss law", "Switzerland"),
    ("french law", "France"),
    ("english law", "England and Wales"),
    ("dutch law", "Netherlands"),
    ("italian law", "Italy"),
    ("spanish law", "Spain"),
];

/// Names that are written in several ways.
const SAME: [(&str, &str); 8] = [
    ("federal republic of germany", "Germany"),
    ("bundesrepublik deutschland", "Germany"),
    ("republik österreich", "Austria"),
    ("republic of austria", "Austria"),
    ("schweizerischen eidgenossenschaft", "Switzerland"),
    ("swiss confederation", "Switzerland"),
    ("schweiz", "Switzerland"),
    ("netherlands", "Netherlands"),
];

/// Words inside a name, which starts its other words with capitals.
const INSIDE: [&str; 4] = ["of", "and", "the", "von"];

/// Words that follow a name and are none of it.
const BEHIND: [&str; 8] = [
    "without",
    "excluding",
    "exclusive",
    "except",
    "applicable",
    "regardless",
    "shall",
    "govern",
];

/// The place whose law governs, by what a sentence says, and where in it that was read: first
/// character and one past the last. `lower` is `text` in lower case, character for character.
pub(super) fn governing(text: &[char], lower: &[char]) -> Option<(String, usize, usize)> {
    let cue = CUES.iter().filter_map(|cue| find(lower, cue, 0)).min()?;
    for (words, place) in ADJECTIVES {
        if let Some(at) = find(lower, words, cue).filter(|at| at - cue < 160) {
            return Some((place.to_owned(), cue, at + words.chars().count()));
        }
    }
    let mut best: Option<(usize, usize)> = None;
    for words in BEFORE {
        if let Some(at) = find(lower, words, cue).filter(|at| at - cue < 160) {
            let end = at + words.chars().count();
            // Of two that begin at one place, the longer.
            if best.is_none_or(|(known, until)| at < known || at == known && end > until) {
                best = Some((at, end));
            }
        }
    }
    let (_, start) = best?;
    let (name, end) = name(text, start)?;
    let known = SAME.iter().find(|(same, _)| *same == name.to_lowercase());
    let name = known.map_or(name, |(_, place)| (*place).to_owned());
    Some((name, cue, end))
}

/// The name that starts at a character: words with capitals, and few small ones between them.
fn name(text: &[char], start: usize) -> Option<(String, usize)> {
    let mut words: Vec<String> = Vec::new();
    let (mut at, mut end, mut sure) = (start, start, 0);
    while at < text.len() && words.len() < 8 {
        let from = at;
        while at < text.len() && (text[at].is_alphabetic() || matches!(text[at], '’' | '\'')) {
            at += 1;
        }
        let word: String = text[from..at].iter().collect();
        let capital = word.starts_with(char::is_uppercase);
        // In a clause that is all in capitals, what follows has them too.
        if BEHIND.contains(&word.to_lowercase().as_str()) {
            break;
        }
        if !capital && !INSIDE.contains(&word.as_str()) {
            break;
        }
        words.push(word);
        if capital {
            (sure, end) = (words.len(), at);
        }
        if text.get(at) != Some(&' ') {
            break;
        }
        at += 1;
    }
    words.truncate(sure);
    let name = recased(&words.join(" "));
    // 'the Parties', 'this Agreement', 'Law': no places.
    let is_place = ![
        "Part",
        "Agreement",
        "Contract",
        "Law",
        "Court",
        "Jurisdiction",
    ]
    .iter()
    .any(|not| name.starts_with(not));
    (name.chars().count() >= 4 && is_place).then_some((name, end))
}

/// 'STATE OF TEXAS' as 'State of Texas'; a name with small letters stays as it is.
fn recased(name: &str) -> String {
    if name.contains(char::is_lowercase) {
        return name.to_owned();
    }
    let word = |word: &str| {
        let lower = word.to_lowercase();
        if INSIDE.contains(&lower.as_str()) {
            return lower;
        }
        let mut chars = word.chars();
        let first: String = chars.next().into_iter().collect();
        first + &chars.as_str().to_lowercase()
    };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Where `words` stand in `text`, from character `from` on, at the start of a word.
pub(super) fn find(text: &[char], words: &str, from: usize) -> Option<usize> {
    let words: Vec<char> = words.chars().collect();
    let starts = |at: usize| at == 0 || !text[at - 1].is_alphanumeric();
    (from..text.len().saturating_sub(words.len() - 1))
        .find(|at| text[*at] == words[0] && text[*at..].starts_with(&words) && starts(*at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        let lower: Vec<char> = text.to_lowercase().chars().collect();
        governing(&chars, &lower).map(|(name, _, _)| name)
    }

    #[test]
    fn governing_law_is_read_in_two_languages() {
        for (text, place) in [
            (
                "This Agreement shall be governed by and construed in accordance with the laws of \
                 the State of Delaware, without regard to its conflict of laws provisions.",
                "State of Delaware",
            ),
            (
                "Governing Law: the laws of England and Wales apply.",
                "England and Wales",
            ),
            (
                "GOVERNED BY THE INTERNAL LAWS OF THE STATE OF TEXAS WITHOUT GIVING EFFECT TO ANY",
                "State of Texas",
            ),
            (
                "It is governed by the law of the Federal Republic of Germany.",
                "Germany",
            ),
            ("This contract is governed by Swiss law.", "Switzerland"),
            (
                "Dieser Vertrag unterliegt dem Recht der Bundesrepublik Deutschland.",
                "Germany",
            ),
            (
                "Es gilt deutsches Recht unter Ausschluss des UN-Kaufrechts.",
                "Germany",
            ),
            (
                "This Lease is governed by the internal laws of New York and the parties agree.",
                "New York",
            ),
        ] {
            assert_eq!(read(text).as_deref(), Some(place), "{text}");
        }
    }

    #[test]
    fn other_law_is_not_governing_law() {
        for text in [
            "The laws of Delaware are strict.",
            "It is governed by the laws of the jurisdiction in which it is signed.",
            "This is governed by the terms below.",
            "The company complies with German law.",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
