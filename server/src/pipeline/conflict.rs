//! Documents in force that say different things of what is asked, side by side.

use super::cite::{self, citation, parts};
use inhouse_guardrails::conflict::{self, Side};
use inhouse_protocol::{Conflict, ConflictSide, PassageRef};

/// Passages that are compared: further down they are about something else.
const NEAR_THE_TOP: usize = 8;

/// Passages of one more document that are compared with those of an answer.
const OF_EACH: usize = 2;

/// The passages of an answer and those beside them of other documents: a question that names one
/// document is answered out of it, and what another says of the same comes further down.
pub(super) fn compared(passages: &[PassageRef], beside: Vec<PassageRef>) -> Vec<PassageRef> {
    let mut compared = passages.to_vec();
    for passage in beside {
        let there = compared.iter();
        let of_its_document = there
            .filter(|other| other.document == passage.document)
            .count();
        let answers = passages
            .iter()
            .any(|other| other.document == passage.document);
        if !answers && of_its_document < OF_EACH {
            compared.push(passage);
        }
    }
    compared.truncate(NEAR_THE_TOP);
    compared
}

/// What the passages say differently about the question; none where they agree, or say nothing.
pub(super) fn find(question: &str, passages: &[PassageRef]) -> Option<Conflict> {
    let near = passages;
    let headers: Vec<String> = near.iter().map(cite::header).collect();
    let sides: Vec<Side<'_>> = near
        .iter()
        .zip(&headers)
        .map(|(passage, header)| Side {
            document: passage.document.as_str(),
            header,
            text: &passage.text,
        })
        .collect();
    let found = conflict::find(question, &sides)?;
    let sides = found.sides.into_iter().filter_map(|side| {
        let passage = near.get(side.passage)?;
        let part = around(passage, (side.start, side.end));
        Some(ConflictSide {
            value: side.value,
            citation: citation(side.passage, passage, part),
        })
    });
    let sides: Vec<ConflictSide> = sides.collect();
    (sides.len() > 1).then_some(Conflict {
        about: found.about,
        sides,
    })
}

/// The sentences of the passage that hold these characters.
fn around(passage: &PassageRef, (start, end): (usize, usize)) -> (usize, usize) {
    parts(&passage.text)
        .into_iter()
        .filter(|(from, to, _)| *from < end && start < *to)
        .fold((start, end), |(first, last), (from, to, _)| {
            (first.min(from), last.max(to))
        })
}

#[cfg(test)]
mod tests {
    use super::super::sample::passage_of;
    use super::*;

    const ONE: &str =
        "Travel is booked early. Expense claims must be submitted within 30 days of the expense.";
    const OTHER: &str = "Expense claims must be submitted within 60 days of the expense.";
    const QUESTION: &str = "Within how many days must expense claims be submitted?";

    #[test]
    fn what_other_documents_say_is_compared_too_but_not_all_of_it() {
        let answers = [passage_of("travel", ONE)];
        let beside = vec![
            passage_of("travel", "Trains are booked early."),
            passage_of("handbook", OTHER),
            passage_of("handbook", "A"),
            passage_of("handbook", "B"),
        ];
        let compared = compared(&answers, beside);
        let texts: Vec<_> = compared
            .iter()
            .map(|passage| passage.text.as_str())
            .collect();
        assert_eq!(texts, [ONE, OTHER, "A"]);
    }

    #[test]
    fn both_sides_are_cited_with_the_sentence_that_holds_the_value() {
        let conflict = find(
            QUESTION,
            &[passage_of("handbook", ONE), passage_of("travel", OTHER)],
        )
        .expect("30 days are not 60");
        assert_eq!(conflict.sides.len(), 2);
        for side in &conflict.sides {
            assert!(side.citation.quote.contains(&side.value), "{side:?}");
            assert!(
                side.citation.quote.starts_with("Expense claims"),
                "{side:?}"
            );
        }
        let first = &conflict.sides[0].citation;
        assert_eq!(first.start, 100 + ONE.find("Expense").unwrap());
        assert_eq!((first.number, first.name.as_str()), (1, "handbook.txt"));
    }

    #[test]
    fn a_document_does_not_contradict_itself() {
        let passages = [passage_of("handbook", ONE), passage_of("handbook", OTHER)];
        assert_eq!(find(QUESTION, &passages), None);
    }
}
