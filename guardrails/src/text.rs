//! Words: what the other modules mean by a word, its stem, and which words say nothing.

/// A word of a text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// As written.
    pub(crate) text: &'a str,
    /// In small letters, with straight apostrophes.
    pub(crate) lower: String,
    /// Byte offsets in the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What stands between the word before and this one.
    pub(crate) gap: &'a str,
}

/// The words of a text: runs of letters and digits, with apostrophes, and with the points,
/// commas and hyphens that stand inside (`4.2`, `1,000`, `30-day`, `e.g`, `AT&T`).
pub(crate) fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut last_end = 0;
    while let Some((start, c)) = chars.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        let mut end = start + c.len_utf8();
        let mut previous = c;
        while let Some(&(at, c)) = chars.peek() {
            let joins = if c.is_alphanumeric() {
                true
            } else if matches!(
                c,
                '.' | ',' | '-' | '\u{2010}' | '\u{2011}' | '\'' | '’' | '&'
            ) {
                let next = text[at + c.len_utf8()..].chars().next();
                next.is_some_and(|n| joins(previous, c, n))
            } else {
                false
            };
            if !joins {
                break;
            }
            chars.next();
            end = at + c.len_utf8();
            previous = c;
        }
        let word = &text[start..end];
        found.push(Word {
            text: word,
            lower: word
                .to_lowercase()
                .replace('’', "'")
                .replace(['\u{2010}', '\u{2011}'], "-"),
            start,
            end,
            gap: &text[last_end..start],
        });
        last_end = end;
    }
    found
}

/// Whether a mark between two characters is part of a word.
fn joins(before: char, mark: char, after: char) -> bool {
    match mark {
        '.' | ',' => before.is_ascii_digit() && after.is_ascii_digit(),
        '&' => before.is_uppercase() && after.is_uppercase(),
        _ => before.is_alphanumeric() && after.is_alphanumeric(),
    }
}

/// Words that carry no subject of their own.
#[rustfmt::skip]
const EMPTY: &[&str] = &[
    "a", "about", "above", "according", "after", "again", "all", "also", "am", "an", "and", "any",
    "are", "as", "at", "be", "because", "been", "before", "being", "below", "between", "both",
    "but", "by", "can", "can't", "cannot", "consider", "could", "did", "do", "does", "doesn't",
    "doing", "don't", "down", "during", "each", "either", "for", "from", "further", "given", "had",
    "has", "have", "having", "he", "her", "here", "hers", "him", "his", "how", "i", "if", "in",
    "include", "includes", "including", "into", "is", "isn't", "it", "its", "just", "let", "like", "many",
    "may", "me", "might", "more", "most", "much", "must", "my", "no", "nor", "not", "of", "off",
    "on", "once", "only", "or", "other", "our", "out", "over", "own", "per", "please", "same",
    "say", "says", "shall", "she", "should", "so", "some", "such", "tell", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "through", "to", "too",
    "under", "until", "up", "upon", "us", "very", "was", "we", "were", "what", "what's", "when",
    "where", "which", "while", "who", "whom", "whose", "why", "will", "with", "within", "would",
    "yes", "you", "your",
];

/// The same in German, but for words that mean something in English.
#[rustfmt::skip]
const EMPTY_GERMAN: &[&str] = &[
    "aber", "als", "auch", "auf", "aus", "bei", "bis", "darf", "das", "dass", "dem", "den", "der",
    "des", "die", "diese", "diesem", "diesen", "dieser", "dieses", "durch", "dürfen", "ein", "eine",
    "einem", "einen", "einer", "eines", "er", "es", "für", "gegen", "haben", "hat", "hatte", "ich",
    "ihr", "ihre", "ihrer", "im", "ist", "jede", "jeder", "jedes", "kann", "kein", "keine", "keinen",
    "keiner", "können", "mehr", "mein", "meine", "mit", "muss", "muß", "müssen", "nach", "nicht",
    "noch", "nur", "ob", "oder", "sich", "sie", "sind", "soll", "sollen", "sowie", "um", "und", "uns",
    "unser", "unsere", "unter", "vom", "von", "vor", "wann", "warum", "welche", "welcher", "welches",
    "wenn", "wer", "werden", "wie", "wir", "wird", "wo", "wurde", "wurden", "zu", "zum", "zur",
    "zwischen", "über",
];

/// Whether a word (in small letters) carries no subject of its own.
pub(crate) fn is_empty_word(lower: &str) -> bool {
    EMPTY.binary_search(&lower).is_ok() || EMPTY_GERMAN.binary_search(&lower).is_ok()
}

/// Irregular words and what they are counted as.
const IRREGULAR: &[(&str, &str)] = &[
    ("given", "give"),
    ("gave", "give"),
    ("kept", "keep"),
    ("held", "hold"),
    ("made", "make"),
    ("paid", "pay"),
    ("sent", "send"),
    ("sold", "sell"),
    ("sought", "seek"),
    ("bought", "buy"),
    ("taken", "take"),
    ("took", "take"),
    ("told", "tell"),
    ("written", "write"),
    ("wrote", "write"),
    ("borne", "bear"),
    ("begun", "begin"),
    ("began", "begin"),
    ("people", "person"),
    ("children", "child"),
];

/// A word's stem: small letters, without possessive and the commonest English endings. Both
/// sides of a comparison go through it, so it need not be a word, only the same.
pub(crate) fn stem(lower: &str) -> String {
    let word = lower.strip_suffix("'s").unwrap_or(lower).trim_matches('\'');
    if let Some((_, to)) = IRREGULAR.iter().find(|(from, _)| *from == word) {
        return (*to).to_owned();
    }
    if !word.is_ascii() || word.len() < 4 || word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    let mut stem = word.to_owned();
    if let Some(base) = stem.strip_suffix("ies").filter(|b| b.len() > 2) {
        stem = format!("{base}y");
    } else if let Some(base) = stem
        .strip_suffix("es")
        .filter(|b| b.ends_with("ss") || b.ends_with('x') || b.ends_with("ch") || b.ends_with("sh"))
    {
        stem = base.to_owned();
    } else if stem.ends_with('s')
        && !stem.ends_with("ss")
        && !stem.ends_with("us")
        && !stem.ends_with("is")
    {
        stem.pop();
    }
    for ending in [
        "ations", "ation", "ments", "ment", "ings", "ing", "ied", "ed", "al", "ly",
    ] {
        let Some(base) = stem.strip_suffix(ending) else {
            continue;
        };
        let vowel = base.bytes().any(|b| b"aeiouy".contains(&b));
        if base.len() < 3 || !vowel {
            continue;
        }
        stem = if ending == "ied" {
            format!("{base}y")
        } else {
            base.to_owned()
        };
        break;
    }
    let bytes = stem.as_bytes();
    let n = bytes.len();
    // terminat(e), terminat(ing); submit, submitt(ed)
    let doubled = n > 3 && bytes[n - 1] == bytes[n - 2] && !b"lsze".contains(&bytes[n - 1]);
    if doubled || (n > 3 && bytes[n - 1] == b'e') {
        stem.pop();
    }
    if n > 4 && stem.ends_with("at") {
        stem.truncate(stem.len() - 2);
    }
    stem
}

/// Stems of the words that carry a subject, without numbers, each once, in order.
pub(crate) fn subject_stems(text: &str) -> Vec<String> {
    let mut stems: Vec<String> = Vec::new();
    for word in words(text) {
        if is_empty_word(&word.lower) || !word.lower.starts_with(char::is_alphabetic) {
            continue;
        }
        for part in word.lower.split('-') {
            if is_empty_word(part) || part.chars().count() < 2 {
                continue;
            }
            let stem = stem(part);
            if !stems.contains(&stem) {
                stems.push(stem);
            }
        }
    }
    stems
}

/// Stems of the words of the law, of contracts and of company policy.
#[rustfmt::skip]
const LEGAL: &[&str] = &[
    "addendum", "agreement", "amendment", "antitrust", "approval", "arbitration", "assignment", "audit",
    "auditor", "bid", "breach", "bribe", "bribery", "cartel", "clause", "clauses", "competition", "compliance",
    "complaint", "confidential", "confidentiality", "conflict", "consent", "contract", "contractor", "contracts",
    "controller", "copyright", "corruption", "counterparty", "covenant", "customs", "damages",
    "dataset", "defamation", "disclose", "disclosure", "discrimination", "dispute", "dpa", "embargo",
    "employment", "exclusivity", "export", "facilitation", "fraud", "gdpr", "gift", "gifts", "governing",
    "harassment", "hospitality", "indemnification", "indemnify", "indemnity", "infringement",
    "injunction", "insider", "insurance", "invoice", "jurisdiction", "laundering", "law", "lawful",
    "lawsuit", "lawyer", "lease", "legal", "legally", "liability", "liable", "licence", "license",
    "licensee", "licensor", "litigation", "misconduct", "nda", "non-compete", "non-disclosure",
    "non-solicitation", "obligation", "official", "patent", "penalty", "personal-data", "policies", "policy", "privacy",
    "processor", "procurement", "prohibited", "reimbursement", "regulation", "regulator", "retention",
    "royalty", "sanctions", "settlement", "severability", "signatory", "signature", "sla",
    "statute", "statutory", "subcontractor", "subpoena", "subprocessor", "sub-processor", "supplier", "tenant",
    "tender", "termination", "terminate", "terminated", "tort", "trademark", "tribunal", "unlawful", "vendor", "waiver",
    "warranties", "warranty", "whistleblower", "whistleblowing",
    // German, French, Swedish: the words that name the document or the field
    "avtal", "contrat", "datenschutz", "gesetz", "haftung", "kündigungsfrist", "richtlinie", "vertrag",
];

/// Words of the law, of contracts and of company policy in a text, each word counted once.
pub(crate) fn legal_terms(text: &str) -> usize {
    let mut found: Vec<String> = words(text)
        .into_iter()
        .map(|word| word.lower)
        .filter(|lower| {
            let bare = lower.strip_suffix("'s").unwrap_or(lower);
            LEGAL.contains(&bare)
                || bare
                    .strip_suffix('s')
                    .is_some_and(|one| LEGAL.contains(&one))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.len()
}

/// How many names stand in a question; see [`named`].
pub(crate) fn names(text: &str) -> usize {
    named(text).len()
}

/// Names in a question, in small letters: capitalised words that don't open a sentence, and words
/// with digits such as 'HP-9'. Days, months and bare abbreviations are none.
pub(crate) fn named(text: &str) -> Vec<String> {
    #[rustfmt::skip]
    const CALENDAR: &[&str] = &[
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ];
    words(text)
        .iter()
        .enumerate()
        .filter(|(at, word)| {
            let opens = *at == 0 || word.gap.contains(['.', '!', '?', ':', '"', '\n']);
            let small = word.text.contains(char::is_lowercase);
            let digit = word.text.contains(|c: char| c.is_ascii_digit());
            let bare = without_genitive(&word.lower);
            word.text.starts_with(char::is_uppercase)
                && ((small && !opens) || digit)
                && !is_empty_word(&word.lower)
                && !CALENDAR.contains(&bare)
        })
        .map(|(_, word)| without_genitive(&word.lower).to_owned())
        .collect()
}

fn without_genitive(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word)
}

/// Whether any of these names, in small letters, is a word of the text.
pub(crate) fn mentions(text: &str, names: &[String]) -> bool {
    words(text).iter().any(|word| {
        let bare = without_genitive(&word.lower);
        names.iter().any(|name| name == bare)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_words_are_sorted_for_the_search() {
        assert!(EMPTY.is_sorted());
        assert!(EMPTY_GERMAN.is_sorted());
    }

    #[test]
    fn words_keep_numbers_clauses_and_names_whole() {
        let found: Vec<&str> = words("Under 4.2, AT&T's 30-day term (EUR 1,000.50).")
            .into_iter()
            .map(|w| w.text)
            .collect();
        assert_eq!(
            found,
            [
                "Under", "4.2", "AT&T's", "30-day", "term", "EUR", "1,000.50"
            ]
        );
    }

    #[test]
    fn names_are_counted_and_sentence_heads_are_not() {
        assert_eq!(
            names("Which insurance does Borealis have to maintain in May?"),
            1
        );
        assert_eq!(names("Which HP-9 pumps went to Kestrel Marine?"), 3);
        assert_eq!(names("How many PTO days do I have left? Tell me."), 0);
    }

    #[test]
    fn forms_of_one_word_share_a_stem() {
        for (a, b) in [
            ("terminate", "termination"),
            ("terminated", "terminating"),
            ("employees", "employee"),
            ("submitted", "submit"),
            ("policies", "policy"),
            ("approval", "approved"),
            ("payments", "payment"),
            ("disclosed", "disclose"),
            ("processing", "process"),
            ("supplier's", "suppliers"),
            ("notified", "notify"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        assert_ne!(stem("policy"), stem("police"));
    }
}
