//! How well a page was read: measured on its characters and its words.
//!
//! On the pages of commercial contracts a third to two thirds of the words are among the commonest
//! of their language, and on 99 of 100 pages at least 30 %; where a font's letters are mapped
//! wrongly or a scan was read badly, it is less than a tenth.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::LazyLock;

/// A page with a larger share of characters without a meaning is read badly.
const MOST_BAD: f32 = 0.05;
/// A page with a smaller share of common words is read badly…
const LEAST_KNOWN: f32 = 0.2;
/// …if it has so many words that the share says something.
const ENOUGH_WORDS: u32 = 40;
/// A page with a picture and fewer letters is taken for a scan with a stamp or a heading on it.
const STAMP: u32 = 200;

/// The commonest words of English, German, French and Spanish, those of contracts among them, and
/// the very commonest of others, so that those are not taken for nonsense.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    [
        include_str!("../../../assets/words/en.txt"),
        include_str!("../../../assets/words/de.txt"),
        include_str!("../../../assets/words/fr.txt"),
        include_str!("../../../assets/words/es.txt"),
        include_str!("../../../assets/words/others.txt"),
    ]
    .into_iter()
    .flat_map(str::split_whitespace)
    .collect()
});

/// What is known of a page's text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quality {
    /// Letters and digits.
    letters: u32,
    /// Share of the characters that mean nothing: without a mapping, replaced, of a font's own.
    bad: f32,
    /// Share of the characters that are painted outside the page.
    outside: f32,
    /// Words in the Latin script, of two letters or more.
    words: u32,
    /// Share of them that are common.
    known: f32,
    /// The reader failed before the page's end.
    cut_short: bool,
}

/// Characters as a reader counts them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) all: u32,
    pub(crate) bad: u32,
    pub(crate) outside: u32,
    /// The reader failed before the page's end.
    pub(crate) cut_short: bool,
}

impl Tally {
    /// Counts what is printed of a text that brings no counts of its own.
    pub(crate) fn add(&mut self, text: &str) {
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            self.all += 1;
            self.bad += u32::from(!is_legible(c));
        }
    }
}

/// Whether a character means something outside its font.
pub(crate) fn is_legible(c: char) -> bool {
    !matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}')
        && (!c.is_control() || matches!(c, '\t' | '\n' | '\r'))
}

impl Quality {
    /// Measures a page of these lines.
    pub(crate) fn of<'a>(lines: impl Iterator<Item = &'a str>, tally: Tally) -> Self {
        let (mut letters, mut words, mut known) = (0, 0, 0);
        for line in lines {
            letters += count(line.chars().filter(|c| c.is_alphanumeric()).count());
            for word in line.split(|c: char| !c.is_alphabetic()) {
                if word.chars().nth(1).is_none() || !word.chars().all(is_latin) {
                    continue;
                }
                words += 1;
                known += u32::from(COMMON.contains(word.to_lowercase().as_str()));
            }
        }
        Self {
            letters,
            bad: share(tally.bad, tally.all),
            outside: share(tally.outside, tally.all),
            words,
            known: share(known, words),
            cut_short: tally.cut_short,
        }
    }

    pub(crate) fn has_letters(&self) -> bool {
        self.letters > 0
    }

    /// Whether nothing suggests that another reader would do better.
    pub(crate) fn is_good(&self, has_picture: bool) -> bool {
        self.letters >= if has_picture { STAMP } else { 1 }
            && self.is_sound()
            && !self.is_gibberish()
    }

    /// Whether its words, and they alone, speak against it. A language that isn't known looks so
    /// too.
    pub(crate) fn is_gibberish_only(&self) -> bool {
        self.letters >= STAMP && self.is_sound() && self.is_gibberish()
    }

    /// Whether there are characters that could not be made out, be it that they were left out.
    pub(crate) fn is_unsure(&self) -> bool {
        self.bad > MOST_BAD
    }

    /// Whether some of it may be wrong or missing.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.letters > 0 && !self.is_sound()
    }

    fn is_sound(&self) -> bool {
        self.bad <= MOST_BAD && self.outside <= 0.5 && !self.cut_short
    }

    /// Whether it is worth `margin` times as much as `other`.
    pub(crate) fn beats(&self, other: &Self, margin: f32) -> bool {
        self.letters > 0 && (other.letters == 0 || self.worth() > other.worth() * margin)
    }

    fn is_gibberish(&self) -> bool {
        self.words >= ENOUGH_WORDS && self.known < LEAST_KNOWN
    }

    /// Letters, weighed by how much they can be trusted.
    #[expect(clippy::cast_precision_loss, reason = "for comparing")]
    fn worth(&self) -> f32 {
        let words = if self.words < ENOUGH_WORDS {
            1.0
        } else {
            0.1 + 0.9 * (self.known / LEAST_KNOWN).min(1.0)
        };
        let seen = if self.outside > 0.5 { 0.5 } else { 1.0 };
        self.letters as f32 * (1.0 - self.bad).powi(2) * words * seen
    }
}

/// Letters of the Latin script, with their accents.
fn is_latin(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share needs no more digits than these"
)]
fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 {
        0.0
    } else {
        part as f32 / whole as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quality(text: &str) -> Quality {
        let mut tally = Tally::default();
        tally.add(text);
        Quality::of(text.lines(), tally)
    }

    const ENGLISH: &str = "The tenant shall keep the premises in good repair and may not undertake \
        any building work without the prior written consent of the landlord, which shall not be \
        unreasonably withheld. The landlord may inspect the premises at any reasonable time after \
        notice of two days has been given in writing to the tenant.";
    const GERMAN: &str = "Der Mieter hält die Räume in gutem Zustand und darf ohne vorherige \
        schriftliche Zustimmung des Vermieters keine baulichen Veränderungen vornehmen. Der \
        Vermieter ist berechtigt, die Räume nach einer Ankündigung von zwei Tagen zu besichtigen, \
        soweit dies für die Erhaltung der Sache oder im Interesse einer Partei erforderlich ist.";

    #[test]
    fn good_text_is_good_in_several_languages() {
        for text in [ENGLISH, GERMAN] {
            let quality = quality(text);
            assert!(quality.is_good(true), "{quality:?}");
            assert!(quality.known > 0.3, "{quality:?}");
        }
    }

    #[test]
    fn letters_mapped_wrongly_are_found_by_the_words() {
        let shifted: String = ENGLISH
            .chars()
            .map(|c| match c {
                'a'..='y' => char::from_u32(c as u32 + 1).unwrap(),
                c => c,
            })
            .collect();
        let garbled = quality(&shifted);
        assert!(!garbled.is_good(false), "{garbled:?}");
        assert!(garbled.is_gibberish_only());
        assert!(quality(ENGLISH).beats(&garbled, 1.2));
        assert!(!garbled.beats(&quality(ENGLISH), 1.0));
    }

    #[test]
    fn characters_without_a_meaning_are_counted() {
        let half: String = ENGLISH
            .chars()
            .enumerate()
            .map(|(i, c)| if i % 4 == 0 { '\u{E012}' } else { c })
            .collect();
        let quality = quality(&half);
        assert!(quality.bad > 0.2 && !quality.is_good(false), "{quality:?}");
    }

    #[test]
    fn few_letters_on_a_picture_are_a_stamp_and_without_one_a_short_page() {
        let stamp = quality("DocuSign Envelope ID: 7DE4C0B5-8E1B-4B0C-9B3C-0F1E2D3C4B5A");
        assert!(!stamp.is_good(true));
        assert!(stamp.is_good(false));
        assert!(!quality("").is_good(false));
        assert!(quality(ENGLISH).beats(&stamp, 1.2));
    }

    #[test]
    fn other_scripts_are_not_judged_by_words() {
        let quality = quality(
            &"契約の当事者は次のとおり合意する。Стороны договорились о следующем. ".repeat(9),
        );
        assert_eq!(quality.words, 0);
        assert!(quality.is_good(true));
    }
}
