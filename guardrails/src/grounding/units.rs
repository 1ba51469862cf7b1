//! Units of time and money, and how often something is.

use super::facts::{Atom, Measure, Side};

/// A unit of time. Weeks are counted as seven days and years as twelve months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    BusinessDay,
    Month,
    Quarter,
}

/// A unit of time by its word, and the factor to the unit that is counted in.
pub(super) fn unit(word: &str) -> Option<(Unit, f64)> {
    Some(match word {
        "minute" | "minutes" => (Unit::Minute, 1.0),
        "hour" | "hours" => (Unit::Hour, 1.0),
        "day" | "days" | "tage" | "tagen" => (Unit::Day, 1.0),
        "week" | "weeks" => (Unit::Day, 7.0),
        "month" | "months" | "monate" | "monaten" => (Unit::Month, 1.0),
        "quarter" | "quarters" => (Unit::Quarter, 1.0),
        "year" | "years" | "jahre" | "jahren" => (Unit::Month, 12.0),
        _ => return None,
    })
}

/// A currency's code by its word.
pub(super) fn currency(word: &str) -> Option<&'static str> {
    Some(match word {
        "eur" | "euro" | "euros" => "eur",
        "usd" | "dollar" | "dollars" => "usd",
        "gbp" | "pounds" | "sterling" => "gbp",
        "sek" | "kronor" | "kr" => "sek",
        "nok" => "nok",
        "dkk" => "dkk",
        "chf" | "francs" => "chf",
        "jpy" | "yen" => "jpy",
        _ => return None,
    })
}

/// The signs of a currency.
pub(super) fn symbols(code: &str) -> &'static [&'static str] {
    match code {
        "eur" => &["€"],
        "usd" => &["$"],
        "gbp" => &["£"],
        _ => &[],
    }
}

/// How often something is: 'per month', 'each calendar year', 'monthly'. In passages a bare 'year'
/// is enough, as in 'once a year' and 'in a contract year'.
pub(super) fn rate(atoms: &[Atom<'_>], side: Side) -> Option<(Measure, usize)> {
    let of = |unit: Unit, factor: u32, taken| Some((Measure::Rate(unit, factor), taken));
    match atoms[0].lower.as_str() {
        "hourly" => return of(Unit::Hour, 1, 1),
        "daily" => return of(Unit::Day, 1, 1),
        "weekly" => return of(Unit::Day, 7, 1),
        "monthly" => return of(Unit::Month, 1, 1),
        "quarterly" => return of(Unit::Quarter, 1, 1),
        "yearly" | "annually" | "annual" => return of(Unit::Month, 12, 1),
        "per" | "each" | "every" => {}
        singular if side == Side::Source => {
            return per(singular).and_then(|(unit, factor)| of(unit, factor, 1));
        }
        _ => return None,
    }
    let near = |at: usize| {
        atoms
            .get(at)
            .filter(|atom| atom.gap == " ")
            .map_or("", |atom| atom.lower.as_str())
    };
    if atoms[0].lower == "per" && near(1) == "annum" {
        return of(Unit::Month, 12, 2);
    }
    // Words may stand between: 'per calendar year', 'per partner and month'.
    let (found, taken) = if let Some(found) = per(near(1)) {
        (found, 2)
    } else if let Some(found) = per(near(2)) {
        (found, 3)
    } else if near(2) == "and" {
        (per(near(3))?, 4)
    } else {
        return None;
    };
    of(found.0, found.1, taken)
}

/// A unit of time as it stands after 'per'.
fn per(word: &str) -> Option<(Unit, u32)> {
    Some(match word {
        "hour" => (Unit::Hour, 1),
        "day" => (Unit::Day, 1),
        "week" => (Unit::Day, 7),
        "month" => (Unit::Month, 1),
        "quarter" => (Unit::Quarter, 1),
        "year" => (Unit::Month, 12),
        _ => return None,
    })
}
