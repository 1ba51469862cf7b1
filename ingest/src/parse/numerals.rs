//! Numbers as letters and as Roman numerals, as Word and PDF count lists and pages.

/// More than so many letters are no number that anybody reads.
const MOST_LETTERS: u32 = 10;

/// 1 is `A`, 26 is `Z`, 27 is `AA`, 28 is `BB`; numbers that have no letters stay as they are.
pub(super) fn letters(number: u32) -> String {
    let Some(index) = number.checked_sub(1) else {
        return number.to_string();
    };
    let times = index / 26 + 1;
    if times > MOST_LETTERS {
        return number.to_string();
    }
    let letter = u8::try_from(index % 26).map_or('A', |place| char::from(b'A' + place));
    (0..times).map(|_| letter).collect()
}

/// 4 is `IV`; numbers that have no numeral stay as they are.
pub(super) fn roman(number: u32) -> String {
    const NUMERALS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if number == 0 || number > 3999 {
        return number.to_string();
    }
    let mut left = number;
    let mut out = String::new();
    for (value, numeral) in NUMERALS {
        while left >= value {
            out.push_str(numeral);
            left -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_either_kind() {
        assert_eq!(
            (letters(1), letters(26), letters(28)),
            ("A".into(), "Z".into(), "BB".into())
        );
        assert_eq!((roman(4), roman(1994)), ("IV".into(), "MCMXCIV".into()));
    }

    #[test]
    fn what_has_no_numeral_stays_a_number() {
        assert_eq!(
            (letters(0), letters(100_000)),
            ("0".into(), "100000".into())
        );
        assert_eq!((roman(0), roman(4000)), ("0".into(), "4000".into()));
    }
}
