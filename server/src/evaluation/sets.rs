//! Sets of labelled questions: read out of a file's text, checked, kept.

use crate::error::{AppError, AppResult};
use inhouse_protocol::{LabelledQuestion, NewQuestionSet, QuestionSet, QuestionSetId};
use inhouse_store::{Principal, Store};
use sha2::{Digest as _, Sha256};

const NAME_CHARS: usize = 120;
const DESCRIPTION_CHARS: usize = 1_000;

/// A new set, checked.
struct Read {
    name: String,
    description: String,
    questions: Vec<LabelledQuestion>,
    /// Of the questions, in their order.
    sha256: String,
}

/// Keeps a new set under its name. `Conflict` where another has that name.
pub(crate) async fn add(
    store: &Store,
    by: &Principal,
    new: &NewQuestionSet,
) -> AppResult<QuestionSet> {
    let read = read(new).await?;
    let id = keep(store, by, &read.name, &read).await?;
    Ok(store.question_set(&id).await?)
}

/// The set of a file: the one that has the same questions already, else a new one, with a number
/// after its name where another has it.
pub(crate) async fn take_in(
    store: &Store,
    by: &Principal,
    new: &NewQuestionSet,
) -> AppResult<QuestionSetId> {
    let read = read(new).await?;
    if let Some(known) = store.question_set_of(&read.sha256).await? {
        return Ok(known);
    }
    let sets = store.question_sets(by).await?;
    let name = free_name(&read.name, |name| sets.iter().any(|set| set.name == name));
    keep(store, by, &name, &read).await
}

async fn keep(store: &Store, by: &Principal, name: &str, read: &Read) -> AppResult<QuestionSetId> {
    let id = store
        .create_question_set(by, name, &read.description, &read.sha256, &read.questions)
        .await?;
    Ok(id)
}

async fn read(new: &NewQuestionSet) -> AppResult<Read> {
    let name = new.name.trim().to_owned();
    if !(1..=NAME_CHARS).contains(&name.chars().count()) {
        return Err(AppError::field(
            "name",
            format!("Give a name of 1 to {NAME_CHARS} characters."),
        ));
    }
    let description = new.description.trim().chars();
    let description = description.take(DESCRIPTION_CHARS).collect();
    let text = new.questions.clone();
    let (questions, sha256) = tokio::task::spawn_blocking(move || parsed(&text))
        .await
        .map_err(AppError::internal)??;
    Ok(Read {
        name,
        description,
        questions,
        sha256,
    })
}

fn parsed(text: &str) -> AppResult<(Vec<LabelledQuestion>, String)> {
    let questions = inhouse_evaluation::question::parse(text)
        .map_err(|error| AppError::field("questions", error.to_string()))?;
    let canonical = serde_json::to_vec(&questions).map_err(AppError::internal)?;
    Ok((questions, hex::encode(Sha256::digest(canonical))))
}

/// `name`, or `name (2)` and so on, the first that isn't taken; never longer than a name may be.
fn free_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let short: String = name.chars().take(NAME_CHARS - 8).collect();
    let mut free = short.clone();
    let mut number = 2;
    while is_taken(&free) {
        free = format!("{short} ({number})");
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_the_next_number() {
        let taken = ["q.jsonl", "q.jsonl (2)"];
        let free = |name: &str| free_name(name, |name| taken.contains(&name));
        assert_eq!(free("q.jsonl"), "q.jsonl (3)");
        assert_eq!(free("other.csv"), "other.csv");
        assert!(free(&"x".repeat(500)).chars().count() <= NAME_CHARS);
    }

    #[test]
    fn the_same_questions_have_the_same_hash_in_either_format() {
        let of = |text: &str| parsed(text).unwrap().1;
        let lines = of("{\"question\": \"How long?\", \"answerable\": true}\n");
        assert_eq!(lines, of("question,answerable\nHow long?,yes\n"));
        assert_ne!(lines, of("question,answerable\nHow long?,no\n"));
    }

    #[tokio::test]
    async fn a_text_without_questions_and_a_set_without_a_name_are_refused_by_their_fields() {
        let refused = async |name: &str, questions: &str| {
            let new = NewQuestionSet {
                name: name.to_owned(),
                description: String::new(),
                questions: questions.to_owned(),
            };
            match read(&new).await {
                Err(AppError::Invalid { field, .. }) => field,
                Err(other) => panic!("{other}"),
                Ok(_) => None,
            }
        };
        assert_eq!(refused("Set", "").await, Some("questions"));
        assert_eq!(refused("  ", "question\nHow long?\n").await, Some("name"));
        assert_eq!(refused("Set", "question\nHow long?\n").await, None);
    }
}
