//! The figures of a text: numbers, percentages, amounts, periods and dates, with their units.

use super::dates::{self, Date};
use super::numbers;
use super::units::{Unit, currency, rate, symbols, unit};
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

/// What a number measures.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Measure {
    Plain,
    Percent,
    /// Currency code in small letters.
    Money(&'static str),
    Period(Unit),
    /// What the date may mean.
    Date(Vec<Date>),
    /// How often: 'per month', 'yearly'. The unit and its factor.
    Rate(Unit, u32),
    /// Something with digits that is no number, such as the clause 4.2.1 or the form DP7.
    Literal,
}

/// A figure with its unit, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact {
    /// As written.
    pub(super) text: String,
    /// The values it may have, in the unit of `measure`; empty for dates and clauses.
    pub(super) values: Vec<f64>,
    /// The values as written, before a unit was changed.
    pub(super) written: Vec<f64>,
    pub(super) measure: Measure,
    /// Byte offsets in the text.
    pub(super) start: usize,
    end: usize,
}

impl Fact {
    /// Whether the passages say this figure, with its unit.
    pub(super) fn stands_in(&self, theirs: &[Self], source: &str) -> bool {
        match &self.measure {
            Measure::Literal => theirs.iter().any(|f| {
                f.measure == Measure::Literal && f.text.to_lowercase() == self.text.to_lowercase()
            }),
            Measure::Date(mine) => theirs.iter().any(|f| match &f.measure {
                Measure::Date(other) => mine
                    .iter()
                    .any(|date| other.iter().any(|o| date.is_within(o))),
                _ => false,
            }),
            Measure::Rate(..) => {
                theirs.iter().any(|f| f.measure == self.measure) || self.is_period_of_one(theirs)
            }
            Measure::Plain => {
                theirs.iter().any(|f| same(&self.written, &f.written)) || self.is_year_of(theirs)
            }
            measure => {
                theirs
                    .iter()
                    .any(|f| f.measure == *measure && same(&self.values, &f.values))
                    || self.stands_in_table(theirs, source)
            }
        }
    }

    /// A year may stand in the passage as a part of a date.
    fn is_year_of(&self, theirs: &[Self]) -> bool {
        theirs.iter().any(|f| match &f.measure {
            Measure::Date(dates) => dates
                .iter()
                .any(|d| d.year.is_some_and(|y| same(&self.written, &[f64::from(y)]))),
            _ => false,
        })
    }

    /// 'Once a year' stands in a passage as one year.
    fn is_period_of_one(&self, theirs: &[Self]) -> bool {
        let Measure::Rate(unit, factor) = self.measure else {
            return false;
        };
        theirs
            .iter()
            .any(|f| f.measure == Measure::Period(unit) && same(&f.values, &[f64::from(factor)]))
    }

    /// In a table the unit stands in the head and the bare number in the row.
    fn stands_in_table(&self, theirs: &[Self], source: &str) -> bool {
        let bare = theirs
            .iter()
            .any(|f| f.measure == Measure::Plain && same(&self.written, &f.written));
        let says_word =
            |is_unit: &dyn Fn(&str) -> bool| words(source).iter().any(|word| is_unit(&word.lower));
        bare && match &self.measure {
            Measure::Percent => {
                source.contains("(%)")
                    || source.contains("in %")
                    || says_word(&|word| word.starts_with("percent"))
            }
            Measure::Money(code) => {
                symbols(code).iter().any(|s| source.contains(*s))
                    || says_word(&|word| currency(word) == Some(code))
            }
            Measure::Period(own) => {
                says_word(&|word| unit(word).is_some_and(|(found, _)| found == *own))
            }
            Measure::Plain | Measure::Date(_) | Measure::Rate(..) | Measure::Literal => false,
        }
    }
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter()
        .any(|x| b.iter().any(|y| (x - y).abs() <= 1e-9 * x.abs().max(1.0)))
}

/// Which text figures are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The sentence that is checked.
    Claim,
    /// The passages, where 'a month' is read as one month too.
    Source,
}

/// The figures of `text`.
pub(super) fn facts_of(text: &str, side: Side) -> Vec<Fact> {
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
    let span = |taken: usize| {
        let (start, end) = (rest[0].start, rest[taken - 1].end);
        (text[start..end].to_owned(), start, end)
    };
    if let Some((dates, taken)) = dates::read(rest) {
        let (written, start, end) = span(taken);
        let fact = Fact {
            text: written,
            values: Vec::new(),
            written: Vec::new(),
            measure: Measure::Date(dates),
            start,
            end,
        };
        return (Some(fact), taken);
    }
    if is_literal(&rest[0].lower) {
        let (written, start, end) = span(1);
        let fact = Fact {
            text: written,
            values: Vec::new(),
            written: Vec::new(),
            measure: Measure::Literal,
            start,
            end,
        };
        return (Some(fact), 1);
    }
    if let Some((measure, taken)) = rate(rest, side) {
        let (written, start, end) = span(taken);
        let fact = Fact {
            text: written,
            values: Vec::new(),
            written: Vec::new(),
            measure,
            start,
            end,
        };
        return (Some(fact), taken);
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
    taken += extra;
    let (written_as, start, end) = span(taken);
    let fact = Fact {
        text: written_as,
        values: values.iter().map(|v| v * factor).collect(),
        written: values,
        measure,
        start,
        end,
    };
    (Some(fact), taken)
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
    let lowers: Vec<&str> = atoms
        .iter()
        .take(8)
        .enumerate()
        .take_while(|(i, atom)| *i == 0 || matches!(atom.gap.trim(), "" | "-"))
        .map(|(_, atom)| atom.lower.as_str())
        .collect();
    let (value, taken) = numbers::spelled(&lowers)?;
    Some((vec![value], taken, taken == 1 && first.lower == "one"))
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
        "percent" | "percentage" | "pct" => return (Measure::Percent, 1.0, 1),
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
        if !matches!(between.as_str(), "to" | "or" | "and" | "–" | "-" | "and/or") {
            continue;
        }
        let has_unit =
            |m: &Measure| matches!(m, Measure::Percent | Measure::Money(_) | Measure::Period(_));
        if before.measure == Measure::Plain && has_unit(&after.measure) {
            let factor = after.values[0] / after.written[0].max(f64::MIN_POSITIVE);
            before.values = before.written.iter().map(|v| v * factor).collect();
            before.measure = after.measure.clone();
        } else if after.measure == Measure::Plain && matches!(before.measure, Measure::Money(_)) {
            after.measure = before.measure.clone();
        }
    }
}
