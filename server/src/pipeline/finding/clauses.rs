//! From passages to clauses: neighbours that were found too become one.

use crate::error::AppResult;
use inhouse_protocol::PassageRef;
use inhouse_store::{Scope, Store};

/// Only passages among the first so many are joined.
pub(super) const WITHIN: usize = 16;

/// Characters that part two passages of a text at most: line breaks and indentation.
const GAP: usize = 16;

/// Joins passages among the first that follow one another in the same section, up to so many
/// characters together, at the place of the better one; 0 joins none.
pub(super) async fn grow(
    store: &Store,
    scope: &Scope,
    passages: Vec<PassageRef>,
    most_characters: usize,
) -> AppResult<Vec<PassageRef>> {
    let mut grown = Vec::with_capacity(passages.len());
    for (first, (start, end)) in joined(passages, most_characters) {
        if (start, end) == (first.start, first.end) {
            grown.push(first);
            continue;
        }
        let text = store.text(scope, &first.version, start, end).await?;
        grown.push(PassageRef {
            start,
            end,
            text,
            ..first
        });
    }
    Ok(grown)
}

/// Each passage that stays, with the characters that it covers then.
fn joined(passages: Vec<PassageRef>, most_characters: usize) -> Vec<(PassageRef, (usize, usize))> {
    let mut left: Vec<Option<PassageRef>> = passages.into_iter().map(Some).collect();
    let mut joined = Vec::with_capacity(left.len());
    for at in 0..left.len() {
        let Some(first) = left[at].take() else {
            continue;
        };
        let mut covers = (first.start, first.end);
        if at < WITHIN {
            while let Some((next, wider)) = neighbour(&left, &first, covers, most_characters) {
                left[next] = None;
                covers = wider;
            }
        }
        joined.push((first, covers));
    }
    joined
}

/// A passage right behind or before what is covered, and what is covered with it.
fn neighbour(
    left: &[Option<PassageRef>],
    first: &PassageRef,
    (start, end): (usize, usize),
    most_characters: usize,
) -> Option<(usize, (usize, usize))> {
    let candidates = left.iter().take(WITHIN).enumerate();
    candidates
        .filter_map(|(at, passage)| Some((at, passage.as_ref()?)))
        .filter(|(_, next)| {
            next.version == first.version && next.heading_path == first.heading_path
        })
        .find_map(|(at, next)| {
            let follows = next.start >= end && next.start - end <= GAP;
            let precedes = next.end <= start && start - next.end <= GAP;
            let wider = (start.min(next.start), end.max(next.end));
            let fits = wider.1 - wider.0 <= most_characters;
            ((follows || precedes) && fits).then_some((at, wider))
        })
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::passage_of;
    use super::*;

    fn passage(section: &str, start: usize, end: usize) -> PassageRef {
        PassageRef {
            start,
            end,
            heading_path: vec![section.to_owned()],
            ..passage_of("contract", "")
        }
    }

    fn covered(passages: Vec<PassageRef>, most: usize) -> Vec<(usize, usize)> {
        let joined = joined(passages, most);
        joined.into_iter().map(|(_, covers)| covers).collect()
    }

    #[test]
    fn neighbours_in_one_section_become_one_at_the_place_of_the_better() {
        let found = vec![
            passage("8", 100, 190),
            passage("2", 10, 50),
            passage("8", 192, 250),
            passage("8", 40, 99),
        ];
        assert_eq!(covered(found, 500), [(40, 250), (10, 50)]);
    }

    #[test]
    fn no_clause_grows_beyond_its_limit_nor_over_a_heading() {
        let found = || {
            vec![
                passage("8", 0, 90),
                passage("8", 91, 180),
                passage("9", 182, 200),
            ]
        };
        assert_eq!(covered(found(), 100), [(0, 90), (91, 180), (182, 200)]);
        assert_eq!(covered(found(), 500), [(0, 180), (182, 200)]);
        assert_eq!(covered(found(), 0).len(), 3);
    }

    #[test]
    fn passages_of_other_versions_or_far_apart_stay_by_themselves() {
        let mut other = passage("8", 92, 120);
        other.version = "another".parse().unwrap();
        let found = vec![passage("8", 0, 90), other, passage("8", 200, 220)];
        assert_eq!(covered(found, 500).len(), 3);
    }
}
