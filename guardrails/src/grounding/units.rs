//! Units of time and money, and how often something is.

use super::facts::Measure;
use super::reading::{Atom, Side};

/// A unit of time. Weeks are counted as seven days and years as twelve months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Minute,
    Hour,
    Day,
    BusinessDay,
    Month,
    Quarter,
}

/// A unit of time by its word, and the factor to the unit that is counted in.
pub(super) fn unit(word: &str) -> Option<(Unit, f64)> {
    // 'One month's notice'.
    Some(match word.strip_suffix("'s").unwrap_or(word) {
        "minute" | "minutes" | "minuten" => (Unit::Minute, 1.0),
        "hour" | "hours" | "stunde" | "stunden" => (Unit::Hour, 1.0),
        "day" | "days" | "tag" | "tage" | "tagen" | "tages" | "kalendertag" | "kalendertage"
        | "kalendertagen" => (Unit::Day, 1.0),
        "workday" | "workdays" | "werktag" | "werktage" | "werktagen" | "arbeitstag"
        | "arbeitstage" | "arbeitstagen" | "bankarbeitstage" | "bankarbeitstagen" => {
            (Unit::BusinessDay, 1.0)
        }
        "week" | "weeks" | "woche" | "wochen" => (Unit::Day, 7.0),
        "fortnight" | "fortnights" => (Unit::Day, 14.0),
        "month" | "months" | "monat" | "monate" | "monaten" | "monats" => (Unit::Month, 1.0),
        "quarter" | "quarters" | "quartal" | "quartale" | "quartalen" => (Unit::Quarter, 1.0),
        "year" | "years" | "jahr" | "jahre" | "jahren" | "jahres" => (Unit::Month, 12.0),
        "decade" | "decades" => (Unit::Month, 120.0),
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
        "chf" | "francs" | "franken" => "chf",
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
        "daily" | "täglich" | "tägliche" => return of(Unit::Day, 1, 1),
        "weekly" | "wöchentlich" => return of(Unit::Day, 7, 1),
        "fortnightly" => return of(Unit::Day, 14, 1),
        "monthly" | "monatlich" | "monatliche" => return of(Unit::Month, 1, 1),
        "quarterly" | "vierteljährlich" => return of(Unit::Quarter, 1, 1),
        "yearly" | "annually" | "annual" | "jährlich" | "jährliche" => {
            return of(Unit::Month, 12, 1);
        }
        "per" | "each" | "every" | "pro" | "je" | "jede" | "jeden" | "jedes" => {}
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
        "hour" | "stunde" => (Unit::Hour, 1),
        "day" | "tag" => (Unit::Day, 1),
        "week" | "woche" => (Unit::Day, 7),
        "fortnight" => (Unit::Day, 14),
        "month" | "monat" => (Unit::Month, 1),
        "quarter" | "quartal" => (Unit::Quarter, 1),
        "year" | "jahr" | "kalenderjahr" => (Unit::Month, 12),
        _ => return None,
    })
}
