//! The two sides of a contract: who owes and who is owed must not change places.

use crate::text::{Word, stem};
use std::collections::BTreeSet;

/// Sides that stand against each other.
const SIDES: &[(&str, &str)] = &[
    ("buyer", "seller"),
    ("client", "provider"),
    ("controller", "processor"),
    ("customer", "provider"),
    ("customer", "supplier"),
    ("discloser", "recipient"),
    ("distributor", "manufacturer"),
    ("employee", "employer"),
    ("franchisee", "franchisor"),
    ("landlord", "tenant"),
    ("lender", "borrower"),
    ("lessor", "lessee"),
    ("licensor", "licensee"),
    ("principal", "agent"),
    ("purchaser", "vendor"),
];

/// The side that a statement at a word speaks of: the nearest one before it in its clause.
pub(super) fn before(words: &[Word<'_>], at: usize) -> Option<&'static str> {
    let mut back = at;
    for _ in 0..8 {
        if back == 0 || words[back].gap.contains([';', '.', ':', ',']) {
            return None;
        }
        back -= 1;
        if let Some(side) = side(&words[back].lower) {
            return Some(side);
        }
    }
    None
}

/// The side that acts in a sentence: the one behind 'by', else the first that is named and that
/// nothing is only done to ('paid to the Supplier').
pub(super) fn actor(words: &[Word<'_>]) -> Option<&'static str> {
    let named = || {
        words.iter().enumerate().filter_map(|(at, word)| {
            let article = usize::from(at > 0 && words[at - 1].lower == "the");
            let before = at
                .checked_sub(1 + article)
                .map_or("", |i| words[i].lower.as_str());
            side(&word.lower).map(|side| (side, before))
        })
    };
    let is_object = |before: &str| {
        matches!(
            before,
            "to" | "from" | "for" | "of" | "with" | "on" | "against" | "upon" | "at" | "between"
        )
    };
    named()
        .find(|(_, before)| *before == "by")
        .or_else(|| named().find(|(_, before)| !is_object(before)))
        .map(|(side, _)| side)
}

/// The stems of all sides.
pub(super) fn stems() -> BTreeSet<String> {
    SIDES.iter().flat_map(|(a, b)| [stem(a), stem(b)]).collect()
}

fn side(lower: &str) -> Option<&'static str> {
    let bare = lower.strip_suffix('s').unwrap_or(lower);
    SIDES
        .iter()
        .flat_map(|(a, b)| [*a, *b])
        .find(|side| *side == bare)
}

/// Whether two statements speak of opposite sides.
pub(super) fn opposite(a: &str, b: &str) -> bool {
    SIDES.contains(&(a, b)) || SIDES.contains(&(b, a))
}
