//! An answer in the documents' own words: no model, nothing to check but that they stand there.

use super::cite;
use inhouse_guardrails::extract::{Source, best_of};
use inhouse_protocol::{AnswerSentence, PassageRef};

/// The sentences of the passages that answer the question best, at most so many, best first, each
/// with its citation.
pub(super) fn best(question: &str, passages: &[PassageRef], most: usize) -> Vec<AnswerSentence> {
    let headers: Vec<String> = passages.iter().map(cite::header).collect();
    let sources: Vec<Source<'_>> = passages
        .iter()
        .zip(&headers)
        .map(|(passage, header)| Source {
            header,
            text: &passage.text,
        })
        .collect();
    best_of(question, &sources, most)
        .into_iter()
        .filter_map(|extract| {
            let passage = passages.get(extract.passage)?;
            let part = (extract.start, extract.end);
            Some(cite::verbatim(extract.passage, passage, part))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::passage_of;
    use super::*;

    #[test]
    fn the_sentence_that_answers_comes_with_its_place() {
        let passages = [
            passage_of("yard", "Bicycles are parked in the yard."),
            passage_of(
                "gifts",
                "Every gift is recorded. Employees may accept gifts up to a value of EUR 50.",
            ),
        ];
        let answer = best(
            "Up to which value may employees accept gifts?",
            &passages,
            1,
        );
        assert_eq!(answer.len(), 1);
        assert_eq!(
            answer[0].text,
            "Employees may accept gifts up to a value of EUR 50."
        );
        assert_eq!(answer[0].citations[0].number, 2);
        assert!(answer[0].verbatim && answer[0].replaces.is_empty());
    }

    #[test]
    fn without_passages_there_is_nothing_to_quote() {
        assert!(best("How much?", &[], 3).is_empty());
    }
}
