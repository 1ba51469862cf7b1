//! Reads the figures of a text: '30 days', 'thirty (30) days', 'EUR 1,000', 'a fortnight', 'zehn
//! Prozent', '1 March 2024', 'one half', 'per month'.

use super::dates;
use super::facts::{Fact, Measure, same};
use super::numbers;
use super::units::{Unit, currency, rate, unit};
use crate::text::{Word, words};

/// A word, or the part of one between hyphens.
#[derive(Debug, Clone)]
pub(super) struct Atom<'a> {
    pub(super) text: &'a str,
    pub(super) lower: String,
    pub(super) start: usize,
    pub(super) end: usize,
    /// What stands before it since the atom before.
    pub(super) gap: &'a str,
}

/// Which text figures are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The sentence that is checked.
    Claim,
    /// The passages, where 'a month' is read as one month too.
    Source,
}

/// The figures of `text`.
pub(crate) fn facts_of(text: &str, side: Side) -> Vec<Fact> {
    let words = words(text);
    let atoms: Vec<Atom<'_>> = words.iter().flat_map(|w| split(text, w)).collect();
    let mut facts: Vec<Fact> = Vec::new();
    let mut at = 0;
    while at < atoms.len() {
        let (fact, taken) = read(text, &atoms, at, side);
        facts.extend(fact);
        at += taken;
    }
    share_units(text, &mut facts);
    facts
}

/// A word's parts between hyphens, and a currency code apart from its number ('EUR50').
fn split<'a>(text: &'a str, word: &Word<'a>) -> Vec<Atom<'a>> {
    let mut atoms = Vec::new();
    let mut start = word.start;
    let mut gap = word.gap;
    let is_hyphen = |c: char| matches!(c, '-' | '\u{2010}' | '\u{2011}');
    for part in word.text.split(is_hyphen) {
        let letters = part
            .find(|c: char| c.is_ascii_digit())
            .filter(|at| *at == 3 && currency(&part[..3].to_lowercase()).is_some())
            .unwrap_or(0);
        let cuts = if letters > 0 {
            vec![&part[..letters], &part[letters..]]
        } else {
            vec![part]
        };
        for cut in cuts {
            let end = start + cut.len();
            atoms.push(Atom {
                text: cut,
                lower: cut.to_lowercase(),
                start,
                end,
                gap,
            });
            gap = "";
            start = end;
        }
        let hyphen = text[start..].chars().next().map_or(0, char::len_utf8);
        gap = &text[start..start + hyphen];
        start += hyphen;
    }
    atoms
}

/// Reads the figure that begins at an atom, if one does, and how many atoms it takes.
fn read(text: &str, atoms: &[Atom<'_>], at: usize, side: Side) -> (Option<Fact>, usize) {
    let rest = &atoms[at..];
    let fact = |measure: Measure, values: Vec<f64>, written: Vec<f64>, taken: usize| {
        let (start, end) = (rest[0].start, rest[taken - 1].end);
        let fact = Fact {
            text: text[start..end].to_owned(),
            values,
            written,
            measure,
            start,
            end,
        };
        (Some(fact), taken)
    };
    if let Some((dates, taken)) = dates::read(rest) {
        return fact(Measure::Date(dates), Vec::new(), Vec::new(), taken);
    }
    if let Some((share, taken)) = numbers::share(&lowers(rest)) {
        return fact(Measure::Percent, vec![share], vec![share], taken);
    }
    if is_literal(&rest[0].lower) {
        return fact(Measure::Literal, Vec::new(), Vec::new(), 1);
    }
    if let Some((measure, taken)) = rate(rest, side) {
        return fact(measure, Vec::new(), Vec::new(), taken);
    }
    if let Some((unit, days, taken)) = period_by_name(rest) {
        return fact(Measure::Period(unit), vec![days], vec![1.0], taken);
    }
    let Some((values, mut taken, is_one)) = number(rest, side) else {
        return (None, 1);
    };
    // 'thirty (30)': the same number twice.
    if let Some(next) = rest.get(taken)
        && next.gap.trim() == "("
        && let Some((again, more, _)) = number(&rest[taken..], side)
        && same(&values, &again)
    {
        taken += more;
    }
    let (measure, factor, extra) = measure(text, atoms, at, taken);
    if is_one && measure == Measure::Plain {
        return (None, taken);
    }
    let scaled = values.iter().map(|v| v * factor).collect();
    fact(measure, scaled, values, taken + extra)
}

/// The words at the head that nothing but a space or a hyphen parts, in small letters.
fn lowers<'a>(atoms: &'a [Atom<'_>]) -> Vec<&'a str> {
    atoms
        .iter()
        .take(8)
        .enumerate()
        .take_while(|(i, atom)| *i == 0 || matches!(atom.gap.trim(), "" | "-"))
        .map(|(_, atom)| atom.lower.as_str())
        .collect()
}

/// 'A fortnight', 'half a year', 'half an hour': the unit, the value in it and the atoms it takes.
fn period_by_name(atoms: &[Atom<'_>]) -> Option<(Unit, f64, usize)> {
    let words = lowers(atoms);
    if matches!(words[0], "fortnight" | "fortnights") {
        return unit(words[0]).map(|(unit, days)| (unit, days, 1));
    }
    if words[0] != "half" {
        return None;
    }
    let article = usize::from(matches!(words.get(1), Some(&("a" | "an"))));
    let (unit, factor) = unit(words.get(1 + article)?)?;
    Some((unit, factor / 2.0, 2 + article))
}

/// A number at the head: its values, the atoms it takes, and whether it is the word 'one', which
/// mostly is no number.
fn number(atoms: &[Atom<'_>], side: Side) -> Option<(Vec<f64>, usize, bool)> {
    let first = &atoms[0];
    if let Some(values) = numbers::digits(&first.lower) {
        let scale = atoms
            .get(1)
            .filter(|next| next.gap.trim().is_empty())
            .and_then(|next| numbers::scale(&next.lower));
        return Some(match scale {
            Some(factor) => (values.iter().map(|v| v * factor).collect(), 2, false),
            None => (values, 1, false),
        });
    }
    if side == Side::Source && matches!(first.lower.as_str(), "a" | "an") {
        let next = atoms.get(1)?;
        return unit(&next.lower).map(|_| (vec![1.0], 1, true));
    }
    if side == Side::Source
        && let Some(value) = numbers::ordinal(&first.lower)
    {
        return unit(&atoms.get(1)?.lower).map(|_| (vec![value], 1, false));
    }
    let words = lowers(atoms);
    let (value, taken) = numbers::spelled(&words)?;
    if words[taken..].starts_with(&["and", "a", "half"]) {
        return Some((vec![value + 0.5], taken + 3, false));
    }
    let is_one = taken == 1 && numbers::is_one(&first.lower);
    Some((vec![value], taken, is_one))
}

/// What the number measures, the factor to its unit, and how many atoms the unit takes.
fn measure(text: &str, atoms: &[Atom<'_>], at: usize, taken: usize) -> (Measure, f64, usize) {
    let first = &atoms[at];
    let after = text[atoms[at + taken - 1].end..].trim_start_matches([')', ' ']);
    let following = |offset: usize| {
        atoms
            .get(at + taken + offset)
            .filter(|atom| matches!(atom.gap.trim(), "" | ")" | "-" | "."))
    };
    let next = following(0).map_or("", |atom| atom.lower.as_str());
    if after.starts_with('%') {
        return (Measure::Percent, 1.0, 0);
    }
    match next {
        "percent" | "percentage" | "pct" | "prozent" => return (Measure::Percent, 1.0, 1),
        "per" if following(1).is_some_and(|atom| atom.lower == "cent") => {
            return (Measure::Percent, 1.0, 2);
        }
        _ => {}
    }
    let symbol = |c: char| match c {
        '€' => Some("eur"),
        '$' => Some("usd"),
        '£' => Some("gbp"),
        '¥' => Some("jpy"),
        _ => None,
    };
    if let Some(code) = first.gap.trim_end().chars().next_back().and_then(symbol) {
        return (Measure::Money(code), 1.0, 0);
    }
    if let Some(code) = after.chars().next().and_then(symbol) {
        return (Measure::Money(code), 1.0, 0);
    }
    if let Some(code) = currency(next) {
        return (Measure::Money(code), 1.0, 1);
    }
    if at > 0
        && matches!(first.gap.trim(), "" | ".")
        && let Some(code) = currency(&atoms[at - 1].lower)
    {
        return (Measure::Money(code), 1.0, 0);
    }
    let qualified = matches!(
        next,
        "business"
            | "working"
            | "banking"
            | "calendar"
            | "consecutive"
            | "full"
            | "additional"
            | "clear"
            | "annual"
            | "extra"
            | "further"
            | "holiday"
            | "leave"
            | "paid"
            | "sick"
            | "training"
            | "unpaid"
            | "vacation"
            | "aufeinanderfolgende"
            | "volle"
    );
    let unit_word = following(usize::from(qualified)).map_or("", |atom| atom.lower.as_str());
    if let Some((found, factor)) = unit(unit_word) {
        let business = matches!(next, "business" | "working" | "banking") && found == Unit::Day;
        let found = if business { Unit::BusinessDay } else { found };
        return (Measure::Period(found), factor, 1 + usize::from(qualified));
    }
    (Measure::Plain, 1.0, 0)
}

/// '4.2.1', 'B2B' and 'Q4' are no numbers, yet their digits have to be right.
fn is_literal(lower: &str) -> bool {
    lower.bytes().any(|b| b.is_ascii_digit()) && numbers::digits(lower).is_none()
}

/// '30 to 60 days', '5 or 10 %', 'EUR 50 to 100': the unit belongs to both.
fn share_units(text: &str, facts: &mut [Fact]) {
    for i in 1..facts.len() {
        let (left, right) = facts.split_at_mut(i);
        let (Some(before), Some(after)) = (left.last_mut(), right.first_mut()) else {
            continue;
        };
        let between = text[before.end..after.start.max(before.end)]
            .trim_matches([' ', '%', '€', '$', '£'])
            .to_lowercase();
        if !matches!(
            between.as_str(),
            "to" | "or" | "and" | "–" | "-" | "and/or" | "bis" | "oder" | "und"
        ) {
            continue;
        }
        let has_unit =
            |m: &Measure| matches!(m, Measure::Percent | Measure::Money(_) | Measure::Period(_));
        if before.measure == Measure::Plain && has_unit(&after.measure) {
            let factor = after.factor();
            before.values = before.written.iter().map(|v| v * factor).collect();
            before.measure = after.measure.clone();
        } else if after.measure == Measure::Plain && matches!(before.measure, Measure::Money(_)) {
            after.measure = before.measure.clone();
        }
    }
}
