//! Which language a text is in: by the small words that every sentence of English, German, French
//! and Spanish holds, else by whatlang's letters and trigrams.

use inhouse_store::NewPassage;
use std::collections::HashMap;
use std::sync::LazyLock;
use whatlang::{Detector, Lang};

/// Letters that whatlang needs for a word of any worth.
const LEAST_LETTERS: usize = 40;
/// Letters from which on whatlang is seldom wrong.
const ENOUGH_LETTERS: usize = 300;
/// Bytes looked at, of a longer text.
const SAMPLE: usize = 20_000;

/// The languages whose words are stemmed, as ISO 639-1, in the order of [`WORDS`].
const STEMMED: [&str; 4] = ["en", "de", "fr", "es"];

/// Words that are frequent in one of these languages and no words of the others.
const WORDS: [&str; 4] = [
    "the and of shall with this that which any from have has not are been will be is by or for to \
     its such may upon their under other it if these would we you your they at were who there when \
     must each between our can does how what",
    "der die das und ist nicht mit von dem den ein eine einer eines einem einen auf für sich im \
     zu zur zum auch als wird werden sind bei nach oder über aus wenn durch kann nur wir sie ihr \
     ihre unter dieser diese dieses muss müssen vor wie bis haben hat sein vom am dass gemäß kein \
     keine ich",
    "le les et est une dans pour par sur qui avec sont au aux ce cette ces il elle ils pas ou du \
     être tout sous dont leur leurs nous vous ainsi conformément toute chaque lorsque sans où doit \
     peut ne",
    "el los las y una por para como con más su sus del al lo esta este estos sin también cuando \
     será ser cada donde deberá puede según toda todo pero muy ha han",
];

static LANGUAGE_OF: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for (language, words) in WORDS.iter().enumerate() {
        for word in words.split_whitespace() {
            known.insert(word, language);
        }
    }
    known
});

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::with_allowlist(CODES.iter().map(|(lang, _)| *lang).collect()));

/// The languages of whatlang that are told apart, with their ISO 639-1 codes.
const CODES: [(Lang, &str); 40] = [
    (Lang::Eng, "en"),
    (Lang::Deu, "de"),
    (Lang::Fra, "fr"),
    (Lang::Spa, "es"),
    (Lang::Ita, "it"),
    (Lang::Por, "pt"),
    (Lang::Nld, "nl"),
    (Lang::Cat, "ca"),
    (Lang::Ron, "ro"),
    (Lang::Dan, "da"),
    (Lang::Swe, "sv"),
    (Lang::Nob, "nb"),
    (Lang::Fin, "fi"),
    (Lang::Est, "et"),
    (Lang::Lav, "lv"),
    (Lang::Lit, "lt"),
    (Lang::Pol, "pl"),
    (Lang::Ces, "cs"),
    (Lang::Slk, "sk"),
    (Lang::Slv, "sl"),
    (Lang::Hrv, "hr"),
    (Lang::Srp, "sr"),
    (Lang::Bul, "bg"),
    (Lang::Mkd, "mk"),
    (Lang::Rus, "ru"),
    (Lang::Ukr, "uk"),
    (Lang::Bel, "be"),
    (Lang::Hun, "hu"),
    (Lang::Tur, "tr"),
    (Lang::Ell, "el"),
    (Lang::Heb, "he"),
    (Lang::Ara, "ar"),
    (Lang::Pes, "fa"),
    (Lang::Hin, "hi"),
    (Lang::Tha, "th"),
    (Lang::Vie, "vi"),
    (Lang::Ind, "id"),
    (Lang::Cmn, "zh"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
];

/// The language of a text as ISO 639-1; none where it is too short or too mixed to tell.
pub fn detect(text: &str) -> Option<&'static str> {
    let sample = sample(text);
    let words = by_words(&sample, 2, 3);
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    if letters < LEAST_LETTERS {
        return words;
    }
    // Short, small words say more than trigrams do; at length, they may be of a relative.
    if letters < ENOUGH_LETTERS && words.is_some() {
        return words;
    }
    let found = DETECTOR.detect(&sample).filter(whatlang::Info::is_reliable);
    let known = |lang| CODES.iter().find(|(known, _)| *known == lang);
    match found.and_then(|found| known(found.lang())) {
        Some((_, code)) => Some(code),
        None => words,
    }
}

/// Notes each passage's language: its own where its words leave no doubt that it is another one of
/// those that are stemmed, else the document's.
pub(crate) fn mark(passages: &mut [NewPassage], document: &str) {
    for passage in passages {
        let own = by_words(&passage.text, 4, 4).unwrap_or(document);
        passage.language = own.to_owned();
    }
}

/// The stemmed language that at least `least` words of the text belong to, `times` as many as to
/// any other.
fn by_words(text: &str, least: usize, times: usize) -> Option<&'static str> {
    let mut counts = [0_usize; STEMMED.len()];
    for word in text.split(|c: char| !c.is_alphabetic()) {
        // None of them is longer.
        if word.is_empty() || word.len() > 16 {
            continue;
        }
        if let Some(language) = LANGUAGE_OF.get(word.to_lowercase().as_str()) {
            counts[*language] += 1;
        }
    }
    let (best, most) = counts
        .into_iter()
        .enumerate()
        .max_by_key(|(_, count)| *count)?;
    let next = counts
        .into_iter()
        .enumerate()
        .filter(|(language, _)| *language != best)
        .map(|(_, count)| count)
        .max()?;
    // A text of another language may use a few of these words too; then most of its words are
    // none of them.
    let words = text.split_whitespace().count();
    (most >= least && most >= next * times && most * 7 >= words).then_some(STEMMED[best])
}

/// The text, or its beginning and its middle where it is long.
fn sample(text: &str) -> String {
    if text.len() <= SAMPLE {
        return text.to_owned();
    }
    let middle = text.floor_char_boundary(text.len() / 2);
    let half = |from: &str| from.chars().take(SAMPLE / 2).collect::<String>();
    format!("{} {}", half(text), half(&text[middle..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_of_four_languages_are_told_apart() {
        for (text, language) in [
            ("The fee is five euros.", "en"),
            (
                "Either party may terminate this Agreement upon notice.",
                "en",
            ),
            (
                "Die Kündigungsfrist beträgt drei Monate zum Quartalsende.",
                "de",
            ),
            ("§ 3 Vergütung: Der Mieter zahlt die Miete im Voraus.", "de"),
            ("Le locataire paie le loyer au début de chaque mois.", "fr"),
            (
                "El arrendatario pagará la renta por adelantado y los gastos.",
                "es",
            ),
        ] {
            assert_eq!(detect(text), Some(language), "{text}");
        }
    }

    #[test]
    fn other_languages_are_known_by_their_letters() {
        let dutch = "De huurder betaalt de huur vooruit en houdt het gehuurde in goede staat, \
                     tenzij schriftelijk anders is overeengekomen met de verhuurder. Het is hem \
                     niet toegestaan de woning onder te verhuren zonder schriftelijke toestemming.";
        assert_eq!(detect(dutch), Some("nl"));
        let polish = "Najemca zobowiązuje się płacić czynsz z góry do dziesiątego dnia każdego \
                      miesiąca na rachunek bankowy wynajmującego.";
        assert_eq!(detect(polish), Some("pl"));
        let russian = "Арендатор обязуется вносить арендную плату ежемесячно не позднее десятого \
                       числа на расчётный счёт арендодателя.";
        assert_eq!(detect(russian), Some("ru"));
    }

    #[test]
    fn figures_and_names_have_no_language() {
        for text in ["", "4711", "GmbH & Co. KG | 12 | 400", "Müller"] {
            assert_eq!(detect(text), None, "{text}");
        }
    }

    #[test]
    fn a_passage_is_of_another_language_only_beyond_doubt() {
        let passage = |text: &str| NewPassage {
            heading_path: Vec::new(),
            page: None,
            start: 0,
            end: 1,
            text: text.to_owned(),
            language: String::new(),
        };
        let mut passages = [
            passage(
                "Das Arbeitsverhältnis endet mit dem Ablauf der Frist, und die Kündigung ist \
                     nicht nötig.",
            ),
            passage("Die Frist."),
            passage("The salary is paid at the end of the month."),
        ];
        mark(&mut passages, "en");
        assert_eq!(passages.map(|p| p.language), ["de", "en", "en"]);
    }
}
