//! Numbers as digits and as words.

/// Values a run of digits may have: `1,000` is 1000; `1.000` may be 1 or 1000.
pub(super) fn digits(text: &str) -> Option<Vec<f64>> {
    let ordinal = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| text.strip_suffix(ending));
    let (text, scale) = match ordinal {
        Some(bare) => (bare, 1.0),
        None => scaled(text),
    };
    let valid = text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    if !valid {
        return None;
    }
    let mut values: Vec<f64> = Vec::new();
    for (group, point) in [(',', '.'), ('.', ',')] {
        if let Some(value) = read(text, group, point)
            && !values.contains(&(value * scale))
        {
            values.push(value * scale);
        }
    }
    (!values.is_empty()).then_some(values)
}

/// '5k', '2m', '3bn'.
fn scaled(text: &str) -> (&str, f64) {
    for (ending, scale) in [("bn", 1e9), ("mn", 1e6), ("m", 1e6), ("k", 1e3)] {
        if let Some(bare) = text.strip_suffix(ending)
            && bare.ends_with(|c: char| c.is_ascii_digit())
        {
            return (bare, scale);
        }
    }
    (text, 1.0)
}

/// Reads digits with `group` between thousands and `point` before the fraction.
fn read(text: &str, group: char, point: char) -> Option<f64> {
    let (whole, fraction) = text.split_once(point).unwrap_or((text, ""));
    if fraction.contains([group, point]) {
        return None;
    }
    let groups: Vec<&str> = whole.split(group).collect();
    let grouped = groups.len() == 1
        || (groups[0].len() <= 3
            && !groups[0].is_empty()
            && groups[1..].iter().all(|g| g.len() == 3));
    if !grouped {
        return None;
    }
    format!(
        "{}.{}",
        groups.concat(),
        if fraction.is_empty() { "0" } else { fraction }
    )
    .parse()
    .ok()
}

/// Value of a number word below a hundred.
fn small(word: &str) -> Option<f64> {
    const WORDS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    let place = |list: &[&str]| list.iter().position(|w| *w == word);
    if let Some(at) = place(&WORDS) {
        return u32::try_from(at).ok().map(f64::from);
    }
    match word {
        "twice" | "zweimal" => return Some(2.0),
        "thrice" | "dreimal" => return Some(3.0),
        _ => {}
    }
    place(&TENS)
        .and_then(|at| u32::try_from(at).ok())
        .map(|at| f64::from(at) * 10.0 + 20.0)
        .or_else(|| german(word))
}

/// Value of a German number word: 'zwei', 'fünfundvierzig', 'zweihundert', 'dreitausend'.
fn german(word: &str) -> Option<f64> {
    const UNITS: [&str; 18] = [
        "ein",
        "zwei",
        "drei",
        "vier",
        "fünf",
        "sechs",
        "sieben",
        "acht",
        "neun",
        "zehn",
        "elf",
        "zwölf",
        "dreizehn",
        "vierzehn",
        "fünfzehn",
        "sechzehn",
        "siebzehn",
        "achtzehn",
    ];
    const TENS: [&str; 8] = [
        "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig",
    ];
    let place = |list: &[&str], word: &str| {
        let at = list.iter().position(|w| *w == word)?;
        u32::try_from(at).ok().map(f64::from)
    };
    match word {
        "eins" | "eine" | "einem" | "einen" | "einer" | "eines" => return Some(1.0),
        "neunzehn" => return Some(19.0),
        "dreissig" => return Some(30.0),
        _ => {}
    }
    if let Some(at) = place(&UNITS, word) {
        return Some(at + 1.0);
    }
    if let Some(at) = place(&TENS, word) {
        return Some(at * 10.0 + 20.0);
    }
    for (name, factor) in [("tausend", 1000.0), ("hundert", 100.0)] {
        if let Some((before, after)) = word.split_once(name) {
            let times = if before.is_empty() {
                1.0
            } else {
                german(before)?
            };
            let after = after.strip_prefix("und").unwrap_or(after);
            let rest = if after.is_empty() {
                0.0
            } else {
                german(after)?
            };
            return Some(times * factor + rest);
        }
    }
    let (one, ten) = word.split_once("und")?;
    Some(place(&UNITS[..9], one)? + 1.0 + place(&TENS, ten)? * 10.0 + 20.0)
}

/// Whether a word is the number one, which is mostly an article.
pub(super) fn is_one(word: &str) -> bool {
    matches!(
        word,
        "one" | "ein" | "eine" | "einem" | "einen" | "einer" | "eines"
    )
}

/// Value of an ordinal word from the second to the thirtieth, as in 'the fourteenth day'.
pub(super) fn ordinal(word: &str) -> Option<f64> {
    let value = match word {
        "second" => 2.0,
        "third" => 3.0,
        "fifth" => 5.0,
        "eighth" => 8.0,
        "ninth" => 9.0,
        "twelfth" => 12.0,
        "twentieth" => 20.0,
        "thirtieth" => 30.0,
        _ => return small(word.strip_suffix("th")?).filter(|value| *value >= 4.0),
    };
    Some(value)
}

/// A share such as 'one half', 'two thirds', '3/4' or '½' at the head of `words`: in percent, and
/// how many words it takes. A bare 'half' is one where 'of' or 'the' follows, a 'quarter' and a
/// 'third' where 'of' does: there are quarters of a year and third parties.
pub(super) fn share(words: &[&str]) -> Option<(f64, usize)> {
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let percent = match word(0) {
        "½" | "hälfte" => Some(50.0),
        "¼" => Some(25.0),
        "¾" => Some(75.0),
        "⅓" => Some(100.0 / 3.0),
        "⅔" => Some(200.0 / 3.0),
        "half" if matches!(word(1), "of" | "the") => Some(50.0),
        _ => None,
    };
    if let Some(percent) = percent {
        return Some((percent, 1));
    }
    let count = match word(0) {
        "a" => 1.0,
        other => small(other).filter(|count| (1.0..=9.0).contains(count))?,
    };
    let parts = match word(1) {
        "half" if word(0) != "a" => 2.0,
        "third" | "quarter" | "fifth" if word(2) == "of" => match word(1) {
            "third" => 3.0,
            "quarter" => 4.0,
            _ => 5.0,
        },
        "thirds" | "drittel" => 3.0,
        "quarters" if word(2) == "of" => 4.0,
        "viertel" => 4.0,
        "fifths" | "fünftel" => 5.0,
        _ => return None,
    };
    (count < parts).then_some((100.0 * count / parts, 2))
}

/// The factor that a word stands for.
pub(super) fn scale(word: &str) -> Option<f64> {
    match word {
        "hundred" => Some(100.0),
        "thousand" | "tausend" | "tsd" => Some(1e3),
        "million" | "millions" | "mio" | "millionen" => Some(1e6),
        "billion" | "billions" | "milliarde" | "milliarden" | "mrd" => Some(1e9),
        _ => None,
    }
}

/// Reads number words from the head of `words`: the value and how many words it takes.
pub(super) fn spelled(words: &[&str]) -> Option<(f64, usize)> {
    let mut total = 0.0;
    let mut current = small(words.first()?)?;
    let mut taken = 1;
    let mut after_scale = false;
    while taken < words.len() {
        let word = words[taken];
        if let Some(factor) = scale(word) {
            if factor < 1e3 {
                current *= factor;
            } else {
                total += current * factor;
                current = 0.0;
            }
            after_scale = true;
            taken += 1;
            continue;
        }
        let joined = usize::from(after_scale && word == "and");
        let Some(next) = words.get(taken + joined).and_then(|w| small(w)) else {
            break;
        };
        let tens_and_unit = !after_scale && current >= 20.0 && current % 10.0 == 0.0 && next < 10.0;
        if !after_scale && !tens_and_unit {
            break;
        }
        current += next;
        taken += joined + 1;
        after_scale = after_scale && next >= 20.0;
        let scale_follows = words.get(taken).is_some_and(|w| scale(w).is_some());
        if !(after_scale || scale_follows) {
            break;
        }
    }
    Some((total + current, taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_in_both_conventions() {
        assert_eq!(digits("30"), Some(vec![30.0]));
        assert_eq!(digits("1,000,000.50"), Some(vec![1_000_000.5]));
        assert_eq!(digits("1.000,50"), Some(vec![1000.5]));
        assert_eq!(digits("1,500"), Some(vec![1500.0, 1.5]));
        assert_eq!(digits("4.2"), Some(vec![4.2]));
        assert_eq!(digits("4.2.1"), None);
        assert_eq!(digits("30th"), Some(vec![30.0]));
        assert_eq!(digits("5k"), Some(vec![5000.0]));
        assert_eq!(digits("b2b"), None);
    }

    #[test]
    fn number_words_are_read() {
        for (text, value, taken) in [
            ("thirty days", 30.0, 1),
            ("twenty four hours", 24.0, 2),
            ("one hundred and twenty days", 120.0, 4),
            ("two million euros", 2e6, 2),
            ("one hundred thousand", 1e5, 3),
            ("five thousand two hundred", 5200.0, 4),
            ("two three", 2.0, 1),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(spelled(&words), Some((value, taken)), "{text}");
        }
        assert_eq!(spelled(&["days"]), None);
    }

    #[test]
    fn german_number_words_are_read() {
        for (word, value) in [
            ("zwei", 2.0),
            ("vierzehn", 14.0),
            ("neunzehn", 19.0),
            ("dreißig", 30.0),
            ("fünfundvierzig", 45.0),
            ("einundzwanzig", 21.0),
            ("hundert", 100.0),
            ("zweihundertfünfzig", 250.0),
            ("dreitausend", 3000.0),
        ] {
            assert_eq!(small(word), Some(value), "{word}");
        }
        for word in ["und", "tage", "grund", "hunderte", "null"] {
            assert_eq!(small(word), None, "{word}");
        }
    }

    #[test]
    fn shares_are_read_and_third_parties_are_not() {
        for (text, percent, taken) in [
            ("one half", 50.0, 2),
            ("half of the fee", 50.0, 1),
            ("a quarter of the price", 25.0, 2),
            ("three quarters of it", 75.0, 2),
            ("½ of it", 50.0, 1),
            ("zwei fünftel", 40.0, 2),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(share(&words), Some((percent, taken)), "{text}");
        }
        for text in [
            "a third party",
            "two quarters",
            "half year",
            "a half",
            "five thirds",
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(share(&words), None, "{text}");
        }
    }

    #[test]
    fn ordinal_words_are_read() {
        assert_eq!(ordinal("fourteenth"), Some(14.0));
        assert_eq!(ordinal("second"), Some(2.0));
        assert_eq!(ordinal("month"), None);
        assert_eq!(ordinal("first"), None);
    }
}
