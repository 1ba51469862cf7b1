//! The places found, in their order, against the places of the answer.

use crate::real;
use inhouse_protocol::FoundPlace;

/// Where the answer stands.
#[derive(Debug, Clone, Copy)]
pub struct Gold<'a> {
    /// The document, by the name that found places have.
    pub document: &'a str,
    /// Characters of its text: start, and one past the end.
    pub spans: &'a [(usize, usize)],
}

impl Gold<'_> {
    /// Characters of the answer.
    fn chars(&self) -> usize {
        self.spans
            .iter()
            .map(|(start, end)| end.saturating_sub(*start))
            .sum()
    }

    /// Characters of the answer within `start..end`.
    fn within(&self, start: usize, end: usize) -> usize {
        self.spans
            .iter()
            .map(|(from, to)| end.min(*to).saturating_sub(start.max(*from)))
            .sum()
    }

    /// Characters of the answer within any of the places, each counted once.
    fn within_all(&self, places: &[(usize, usize)]) -> usize {
        merged(places)
            .iter()
            .map(|(start, end)| self.within(*start, *end))
            .sum()
    }

    /// Whether a place shows any of the answer.
    pub fn touches(&self, place: &FoundPlace) -> bool {
        place.document == self.document && self.within(place.start, place.end) > 0
    }
}

/// Share of the answer's characters within the first `budget` characters found; the place that
/// crosses the budget is cut. None without an answer's place.
pub fn recall(hits: &[FoundPlace], gold: &Gold<'_>, budget: usize) -> Option<f64> {
    let chars = gold.chars();
    if chars == 0 {
        return None;
    }
    let mine: Vec<(usize, usize)> = within_budget(hits, budget)
        .filter(|(hit, _)| hit.document == gold.document)
        .map(|(hit, end)| (hit.start, end))
        .collect();
    Some(real(gold.within_all(&mine)) / real(chars))
}

/// Share of the first `budget` characters found that is the answer. None without an answer's
/// place; 0 where nothing was found.
pub fn precision(hits: &[FoundPlace], gold: &Gold<'_>, budget: usize) -> Option<f64> {
    if gold.chars() == 0 {
        return None;
    }
    let (mut read, mut right) = (0, 0);
    for (hit, end) in within_budget(hits, budget) {
        read += end - hit.start;
        if hit.document == gold.document {
            right += gold.within(hit.start, end);
        }
    }
    Some(if read == 0 {
        0.0
    } else {
        real(right) / real(read)
    })
}

/// Normalized discounted cumulative gain of the first `most` places: each gains the share of the
/// answer that it is the first to show. None without an answer's place.
///
/// Source: K. Järvelin, J. Kekäläinen, 'Cumulated gain-based evaluation of IR techniques', ACM
/// TOIS 20 (2002). The ideal is the whole answer at the first place.
pub fn ndcg(hits: &[FoundPlace], gold: &Gold<'_>, most: usize) -> Option<f64> {
    let chars = gold.chars();
    if chars == 0 {
        return None;
    }
    let (mut seen, mut shown, mut sum) = (Vec::new(), 0, 0.0);
    for (at, hit) in hits.iter().take(most).enumerate() {
        if hit.document != gold.document {
            continue;
        }
        seen.push((hit.start, hit.end));
        let now = gold.within_all(&seen);
        sum += real(now - shown) / real(chars) / real(at + 2).log2();
        shown = now;
    }
    Some(sum)
}

/// Share of the first `most` places that are of another document; 0 where nothing was found.
pub fn wrong_document(hits: &[FoundPlace], document: &str, most: usize) -> f64 {
    let first = &hits[..hits.len().min(most)];
    let wrong = first.iter().filter(|hit| hit.document != document).count();
    real(wrong) / real(first.len().max(1))
}

/// The first place that shows any of the answer, from 1.
pub fn first_gold(hits: &[FoundPlace], gold: &Gold<'_>) -> Option<usize> {
    hits.iter()
        .position(|hit| gold.touches(hit))
        .map(|at| at + 1)
}

/// The places in order until `budget` characters are read, each with the end it is read to.
fn within_budget(hits: &[FoundPlace], budget: usize) -> impl Iterator<Item = (&FoundPlace, usize)> {
    let mut left = budget;
    hits.iter().map_while(move |hit| {
        if left == 0 {
            return None;
        }
        let end = hit.end.max(hit.start).min(hit.start + left);
        left -= end - hit.start;
        Some((hit, end))
    })
}

fn merged(places: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::with_capacity(sorted.len());
    for (start, end) in sorted {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLD: Gold<'static> = Gold {
        document: "a.txt",
        spans: &[(100, 200), (500, 600)],
    };

    fn found(places: &[(&str, usize, usize)]) -> Vec<FoundPlace> {
        places
            .iter()
            .map(|(document, start, end)| FoundPlace {
                document: (*document).to_owned(),
                start: *start,
                end: *end,
            })
            .collect()
    }

    fn near(value: Option<f64>, wanted: f64) {
        assert!(
            value.is_some_and(|value| (value - wanted).abs() < 1e-9),
            "{value:?}, not {wanted}"
        );
    }

    #[test]
    fn recall_counts_what_is_read_within_the_budget_and_nothing_twice() {
        let hits = found(&[
            ("a.txt", 150, 250),
            ("b.txt", 100, 200),
            ("a.txt", 100, 180),
            ("a.txt", 450, 650),
        ]);
        near(recall(&hits, &GOLD, 100), 0.25);
        near(recall(&hits, &GOLD, 280), 0.5);
        near(recall(&hits, &GOLD, 280 + 100), 0.75);
        near(recall(&hits, &GOLD, 4000), 1.0);
        near(recall(&[], &GOLD, 4000), 0.0);
        let nowhere = Gold { spans: &[], ..GOLD };
        assert_eq!(recall(&hits, &nowhere, 4000), None);
    }

    #[test]
    fn precision_is_the_share_of_what_was_read() {
        let hits = found(&[("b.txt", 0, 100), ("a.txt", 150, 350)]);
        near(precision(&hits, &GOLD, 100), 0.0);
        near(precision(&hits, &GOLD, 200), 0.25);
        near(precision(&hits, &GOLD, 500), 50.0 / 300.0);
        near(precision(&[], &GOLD, 500), 0.0);
    }

    #[test]
    fn a_place_gains_what_it_is_the_first_to_show() {
        near(ndcg(&found(&[("a.txt", 0, 700)]), &GOLD, 10), 1.0);
        let hits = found(&[
            ("b.txt", 0, 700),
            ("a.txt", 100, 200),
            ("a.txt", 150, 300),
            ("a.txt", 500, 600),
        ]);
        near(
            ndcg(&hits, &GOLD, 10),
            0.5 / 3.0_f64.log2() + 0.5 / 5.0_f64.log2(),
        );
        near(ndcg(&hits, &GOLD, 1), 0.0);
    }

    #[test]
    fn other_documents_and_the_first_right_place_are_counted_in_order() {
        let hits = found(&[("b.txt", 0, 10), ("a.txt", 0, 10), ("a.txt", 199, 300)]);
        assert!((wrong_document(&hits, "a.txt", 8) - 1.0 / 3.0).abs() < 1e-9);
        assert!((wrong_document(&hits, "a.txt", 1) - 1.0).abs() < 1e-9);
        assert!(wrong_document(&[], "a.txt", 8).abs() < 1e-9);
        assert_eq!(first_gold(&hits, &GOLD), Some(3));
        assert_eq!(first_gold(&hits[..2], &GOLD), None);
    }
}
