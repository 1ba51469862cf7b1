//! Which approved answer is one to a question.

use crate::app::App;
use crate::desk::vectors;
use crate::error::AppResult;
use inhouse_guardrails::asked::same_subject;
use inhouse_protocol::{ApprovalState, ApprovedAnswerSummary, GivenAnswer};
use inhouse_retrieval::cosine;
use inhouse_store::{ApprovedText, Principal, Scope};
use std::sync::Arc;

/// Cosine similarity from which on two questions may ask the same. Alone it would not do: 'How much
/// leave do employees get?' and '… do contractors get?' lie far above it, and differ in a word that
/// changes the answer. So the subjects have to agree too.
const SAME: f32 = 0.80;

/// Cosine similarity from which on an answer is shown to a person as one that may help.
const NEAR: f32 = 0.6;

/// The approved answer to a question, where there is one that the principal may be given now.
///
/// `question` stands alone, and `vector` is its embedding, of length 1. The likest of the answers
/// whose question, or another way to ask it, has a similarity of 0.80 or more, and in whose words
/// everything stands that the question is about.
pub(crate) async fn find(
    app: &App,
    principal: &Principal,
    scope: &Scope,
    question: &str,
    vector: &[f32],
) -> AppResult<Option<GivenAnswer>> {
    let answers = app.store.approved_texts(principal, scope).await?;
    if answers.is_empty() {
        return Ok(None);
    }
    let texts: Vec<&str> = answers.iter().flat_map(ways_to_ask).collect();
    let vectors = vectors(&app.questions, &app.search(), &texts).await?;
    for answer in likest(question, vector, &answers, &vectors) {
        // Looked at once more: it may have been taken out of use since.
        if let Some(given) = app.store.given_answer(&answer.id, principal).await? {
            return Ok(Some(given));
        }
    }
    Ok(None)
}

/// Approved answers, also those that are up for review, to questions like the one of this vector,
/// the likest first, at most `limit`; of those that the principal may see at the desk.
pub(crate) async fn near(
    app: &App,
    principal: &Principal,
    vector: &[f32],
    limit: usize,
) -> AppResult<Vec<ApprovedAnswerSummary>> {
    let mut answers = app.store.approved_answers(principal).await?;
    answers.retain(|answer| {
        matches!(
            answer.state,
            ApprovalState::Approved | ApprovalState::Review
        )
    });
    let texts: Vec<&str> = answers.iter().map(|one| one.question.as_str()).collect();
    let vectors = vectors(&app.questions, &app.search(), &texts).await?;
    let mut scored: Vec<(f32, ApprovedAnswerSummary)> = vectors
        .iter()
        .map(|other| cosine(vector, other))
        .zip(answers)
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    scored.truncate(limit);
    Ok(scored.into_iter().map(|(_, answer)| answer).collect())
}

/// The question and its other wordings.
fn ways_to_ask(answer: &ApprovedText) -> impl Iterator<Item = &str> {
    std::iter::once(answer.question.as_str()).chain(answer.phrasings.iter().map(String::as_str))
}

/// The answers to the question, the likest first. `vectors` are those of every way to ask for
/// every answer, in their order.
fn likest<'a>(
    question: &str,
    vector: &[f32],
    answers: &'a [ApprovedText],
    vectors: &[Arc<[f32]>],
) -> Vec<&'a ApprovedText> {
    let mut vectors = vectors.iter();
    let mut scored = Vec::new();
    for answer in answers {
        let own = vectors.by_ref().take(1 + answer.phrasings.len());
        let score = own
            .map(|way| cosine(vector, way))
            .fold(f32::NEG_INFINITY, f32::max);
        if score >= SAME && same_subject(question, &words(answer)) {
            scored.push((score, answer));
        }
    }
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    scored.into_iter().map(|(_, answer)| answer).collect()
}

/// Everything that an answer says of its subject, one text a line.
fn words(answer: &ApprovedText) -> String {
    let mut words = String::new();
    for text in ways_to_ask(answer).chain([answer.body.as_str()]) {
        words.push_str(text);
        words.push('\n');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(id: &str, question: &str, phrasings: &[&str], body: &str) -> ApprovedText {
        ApprovedText {
            id: id.parse().unwrap(),
            question: question.into(),
            phrasings: phrasings.iter().map(|&one| one.to_owned()).collect(),
            body: body.into(),
        }
    }

    fn vectors(all: &[[f32; 2]]) -> Vec<Arc<[f32]>> {
        all.iter().map(|one| Arc::from(one.as_slice())).collect()
    }

    fn found(question: &str, answers: &[ApprovedText], each: &[[f32; 2]]) -> Vec<String> {
        let likest = likest(question, &[1.0, 0.0], answers, &vectors(each));
        likest.iter().map(|one| one.id.to_string()).collect()
    }

    fn leave() -> ApprovedText {
        answer(
            "leave",
            "How many days of parental leave do employees get?",
            &["How long is parental leave for employees?"],
            "Employees get 90 days.",
        )
    }

    #[test]
    fn the_same_question_in_other_words_is_answered() {
        let question = "How long is parental leave for employees?";
        let answers = [leave()];
        // Only the other way to ask is like it.
        assert_eq!(
            found(question, &answers, &[[0.6, 0.8], [0.96, 0.28]]),
            ["leave"]
        );
        assert!(found(question, &answers, &[[0.6, 0.8], [0.79, 0.61]]).is_empty());
    }

    #[test]
    fn a_near_miss_is_not_answered_however_like_it_is() {
        let answers = [leave()];
        let same = [[1.0, 0.0], [1.0, 0.0]];
        for question in [
            "How many days of parental leave do contractors get?",
            "How many days of sick leave do employees get?",
            "How many days of parental leave do employees in Brazil get?",
        ] {
            assert!(found(question, &answers, &same).is_empty(), "{question}");
        }
    }

    #[test]
    fn the_likest_of_several_comes_first() {
        let answers = [
            leave(),
            answer(
                "newer",
                "How many days of parental leave do employees get now?",
                &[],
                "90 days.",
            ),
        ];
        let each = [[0.9, 0.43], [0.8, 0.6], [1.0, 0.0]];
        let question = "How many days of parental leave do employees get?";
        assert_eq!(found(question, &answers, &each), ["newer", "leave"]);
    }
}
