//! Dates in the ways that people write them.

use super::reading::Atom;

/// A date, as exact as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: Option<u32>,
    pub(crate) month: u32,
    pub(crate) day: Option<u32>,
}

impl Date {
    /// Whether everything that this date says, `other` says too.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        let agrees = |mine: Option<u32>, theirs: Option<u32>| mine.is_none() || mine == theirs;
        self.month == other.month && agrees(self.year, other.year) && agrees(self.day, other.day)
    }
}

/// A month by its name; short forms need their capital, since 'mar' and 'may' are words.
fn month(atom: &Atom<'_>) -> Option<u32> {
    const MONTHS: [(&str, &str); 12] = [
        ("january", "januar"),
        ("february", "februar"),
        ("march", "märz"),
        ("april", "april"),
        ("may", "mai"),
        ("june", "juni"),
        ("july", "juli"),
        ("august", "augusti"),
        ("september", "september"),
        ("october", "oktober"),
        ("november", "november"),
        ("december", "dezember"),
    ];
    if !atom.text.starts_with(char::is_uppercase) {
        return None;
    }
    let lower = atom.lower.as_str();
    let place = MONTHS.iter().position(|(english, other)| {
        lower == *english
            || lower == *other
            || (lower.len() == 3 && english.starts_with(lower))
            || (lower == "sept" && *english == "september")
    })?;
    u32::try_from(place + 1).ok()
}

fn whole(text: &str, low: u32, high: u32) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (low..=high).contains(&number).then_some(number)
}

fn year(atom: &Atom<'_>) -> Option<u32> {
    (atom.lower.len() == 4).then(|| whole(&atom.lower, 1900, 2100))?
}

fn day(atom: &Atom<'_>) -> Option<u32> {
    let bare = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| atom.lower.strip_suffix(ending))
        .unwrap_or(&atom.lower);
    (bare.len() <= 2).then(|| whole(bare, 1, 31))?
}

/// Reads a date from the head of `atoms`: what it may mean and how many atoms it takes.
pub(super) fn read(atoms: &[Atom<'_>]) -> Option<(Vec<Date>, usize)> {
    written_out(atoms)
        .or_else(|| in_figures(atoms))
        .or_else(|| dotted(atoms))
}

/// '1 January 2024', 'the 1st day of January, 2024', 'January 1, 2024', 'January 2024'.
fn written_out(atoms: &[Atom<'_>]) -> Option<(Vec<Date>, usize)> {
    let near = |at: usize| {
        atoms
            .get(at)
            .filter(|atom| !atom.gap.contains(['.', ';', '(', '\n']) || atom.gap.starts_with(". "))
    };
    let with_year = |date: Date, taken: usize| match near(taken).and_then(year) {
        Some(year) => (
            vec![Date {
                year: Some(year),
                ..date
            }],
            taken + 1,
        ),
        None => (vec![date], taken),
    };
    if let Some(day) = atoms.first().and_then(day) {
        let mut at = 1;
        for filler in ["day", "of"] {
            if near(at).is_some_and(|atom| atom.lower == filler) {
                at += 1;
            }
        }
        let month = near(at).and_then(month)?;
        return Some(with_year(
            Date {
                year: None,
                month,
                day: Some(day),
            },
            at + 1,
        ));
    }
    let month = month(atoms.first()?)?;
    let bare = Date {
        year: None,
        month,
        day: None,
    };
    if let Some(year) = near(1).and_then(year) {
        return Some((
            vec![Date {
                year: Some(year),
                ..bare
            }],
            2,
        ));
    }
    let day = near(1).and_then(day)?;
    Some(with_year(
        Date {
            day: Some(day),
            ..bare
        },
        2,
    ))
}

/// '2024-01-31', '31/01/2024', '01/31/2024'.
fn in_figures(atoms: &[Atom<'_>]) -> Option<(Vec<Date>, usize)> {
    let [first, second, third, ..] = atoms else {
        return None;
    };
    let gaps = (second.gap, third.gap);
    if gaps == ("-", "-") || gaps == ("/", "/") {
        if let Some(year) = year(first) {
            let date = Date {
                year: Some(year),
                month: whole(&second.lower, 1, 12)?,
                day: Some(whole(&third.lower, 1, 31)?),
            };
            return Some((vec![date], 3));
        }
        let meanings = either_order(&first.lower, &second.lower, year(third)?);
        return (!meanings.is_empty()).then_some((meanings, 3));
    }
    None
}

/// '31.01.2024', which is one atom.
fn dotted(atoms: &[Atom<'_>]) -> Option<(Vec<Date>, usize)> {
    let parts: Vec<&str> = atoms.first()?.lower.split('.').collect();
    let [day, month, year] = parts.as_slice() else {
        return None;
    };
    if year.len() != 4 {
        return None;
    }
    let date = Date {
        year: Some(whole(year, 1900, 2100)?),
        month: whole(month, 1, 12)?,
        day: Some(whole(day, 1, 31)?),
    };
    Some((vec![date], 1))
}

/// Day and month in either order, as far as both make a date.
fn either_order(first: &str, second: &str, year: u32) -> Vec<Date> {
    [(first, second), (second, first)]
        .into_iter()
        .filter_map(|(day, month)| {
            Some(Date {
                year: Some(year),
                month: whole(month, 1, 12)?,
                day: Some(whole(day, 1, 31)?),
            })
        })
        .collect()
}
