//! An old question answered again, over the passages of then, to see whether the same comes out.
//! Nothing is stored.

use super::confidence::{Confidence, Gate};
use super::finding::{self, Nearness, Sentences};
use super::report::Nobody;
use super::writing::{self, End, Task};
use super::{language, prompt, quotes, settings};
use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_inference::TaskProfile;
use inhouse_protocol::{
    AnswerMode, AnswerSentence, DocumentId, ModelCallInfo, Outcome, PassageId, PassageRef, RunId,
    Timestamp,
};
use inhouse_retrieval::Query;
use inhouse_store::{Principal, RecordedRun};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// An answer of then and the same question's answer now.
#[derive(Debug, Serialize)]
pub struct Replay {
    /// The run.
    pub run: RunId,
    /// As it was asked.
    pub question: String,
    /// When.
    pub asked_at: Timestamp,
    /// How it was answered; none where it didn't come to that: then there is nothing to repeat.
    pub mode: Option<AnswerMode>,
    /// How it ended then.
    pub outcome: Option<Outcome>,
    /// Id of the rule that decided then.
    pub rule: Option<String>,
    /// The answer of then.
    pub then: Vec<Said>,
    /// The answer over the same passages now.
    pub now: Vec<Said>,
    /// Whether they are the same, word for word, from the same places.
    pub same: bool,
    /// What the answer depends on, then and now: first what differs.
    pub settings: Vec<Compared>,
    /// Whether the operator's search finds the same passages today, in the same order.
    pub finds_the_same: bool,
    /// Passages of then that it doesn't find any more.
    pub missing: Vec<String>,
    /// Passages that it finds now and didn't then.
    pub new: Vec<String>,
}

/// A sentence and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Its words.
    pub text: String,
    /// Places of its citations, such as `handbook.md, version 2, characters 10-40`.
    pub places: Vec<String>,
}

/// Something that the answer depends on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// Its name.
    pub name: String,
    /// Null where it was not recorded.
    pub then: Value,
    /// Null where there is none now.
    pub now: Value,
    /// Whether they are the same.
    pub same: bool,
}

/// Answers a recorded question again; `principal` searches today. The engine failing is an error,
/// and so is none where it wrote then.
pub async fn replay(app: &App, principal: &Principal, recorded: RecordedRun) -> AppResult<Replay> {
    let confidence = Confidence::of(app);
    let mut compared = compare(&recorded.settings, &settings::settings(app));
    if let Some(call) = call_of(&recorded) {
        compared.extend(compare_call(app, &recorded, call));
    }
    compared.sort_by_key(|compared| compared.same);

    let then: Vec<Said> = recorded.sentences.iter().map(said_in(&recorded)).collect();
    let mode = mode_of(&recorded);
    let (found, nearness) = found_today(app, principal, &recorded).await?;
    let now = match mode {
        None => Vec::new(),
        Some(AnswerMode::Quotes) => {
            let most = recorded.settings["answers.quotes"].as_u64();
            let most = most.and_then(|most| usize::try_from(most).ok());
            let most = most.unwrap_or(app.config.answers.quotes);
            quotes::best(whole(&recorded), &recorded.passages, most)
        }
        Some(AnswerMode::Written) => write(app, &recorded, &confidence, &nearness).await?,
    };
    let now: Vec<Said> = now.iter().map(said_in(&recorded)).collect();
    let (before, today) = (places(&recorded.passages), places(&found));
    Ok(Replay {
        same: then == now,
        finds_the_same: before == today,
        missing: without(&before, &today),
        new: without(&today, &before),
        run: recorded.id,
        asked_at: recorded.asked_at,
        mode,
        outcome: recorded.outcome,
        rule: recorded.rule,
        question: recorded.question,
        then,
        now,
        settings: compared,
    })
}

/// The question as it was searched for and answered.
fn whole(recorded: &RecordedRun) -> &str {
    recorded.standalone.as_deref().unwrap_or(&recorded.question)
}

/// How it was answered; earlier versions kept no mode, but only the model answered.
fn mode_of(recorded: &RecordedRun) -> Option<AnswerMode> {
    let call = call_of(recorded).map(|_| AnswerMode::Written);
    recorded.mode.or(call)
}

/// The call that wrote the answer.
fn call_of(recorded: &RecordedRun) -> Option<&ModelCallInfo> {
    recorded
        .model_calls
        .iter()
        .find(|call| call.task == "answer")
}

fn task<'a>(
    recorded: &'a RecordedRun,
    profile: TaskProfile,
    gate: Gate,
    distrusted: &'a [PassageId],
    nearness: &'a Nearness,
) -> Task<'a> {
    Task {
        profile,
        question: whole(recorded),
        passages: &recorded.passages,
        distrusted,
        nearness,
        caution: None,
        language: language::to_answer_in(&recorded.question),
        gate,
    }
}

/// The passages that read like instructions then.
fn distrusted(recorded: &RecordedRun) -> Vec<PassageId> {
    serde_json::from_value(recorded.trace["distrusted"].clone()).unwrap_or_default()
}

/// The model writes again, with the parameters of then and as sure as it had to be then.
async fn write(
    app: &App,
    recorded: &RecordedRun,
    confidence: &Confidence,
    nearness: &Nearness,
) -> AppResult<Vec<AnswerSentence>> {
    let Some(engine) = app.engine.as_deref() else {
        return Err(AppError::Unavailable(
            "the model wrote this answer, and none is configured now".into(),
        ));
    };
    let profile = call_of(recorded)
        .and_then(|call| serde_json::from_value(call.parameters.clone()).ok())
        .unwrap_or_else(|| app.config.inference.tasks.answer.clone());
    let before = recorded.trace["signals"]["answerability_before"].as_f64();
    let from = match recorded.settings.get("answer_after") {
        // From before this was recorded: nothing was held back.
        None => 0.0,
        // JSON has no word for 'never'.
        Some(from) => from.as_f64().unwrap_or(f64::INFINITY),
    };
    let gate = Gate {
        from,
        ..confidence.gate(before.unwrap_or(1.0))
    };
    let distrusted = distrusted(recorded);
    let task = task(recorded, profile, gate, &distrusted, nearness);
    let written = writing::write(engine, task, &Nobody).await;
    match written.end {
        End::Failed(failure) => Err(AppError::Unavailable(failure.to_string())),
        End::Complete | End::Unsure | End::Stopped => Ok(written.kept),
    }
}

/// The prompt and the parameters of the call that wrote.
fn compare_call(app: &App, recorded: &RecordedRun, call: &ModelCallInfo) -> Vec<Compared> {
    let language = language::to_answer_in(&recorded.question);
    let (passages, distrusted) = (&recorded.passages, distrusted(recorded));
    let messages = prompt::messages(whole(recorded), passages, &distrusted, language);
    let named = recorded.settings["profile"].as_str().unwrap_or("answer");
    let profile = app.config.inference.profile(named);
    let parameters = serde_json::to_value(profile).unwrap_or_default();
    vec![
        compared(
            "prompt_sha256",
            call.prompt_sha256.clone().into(),
            prompt::sha256(&messages).into(),
        ),
        compared("parameters", call.parameters.clone(), parameters),
    ]
}

/// Every setting of either, by name.
fn compare(then: &Value, now: &Value) -> Vec<Compared> {
    let names = |settings: &Value| -> BTreeSet<String> {
        let settings = settings.as_object().into_iter().flatten();
        settings.map(|(name, _)| name.clone()).collect()
    };
    let mut all = names(then);
    all.extend(names(now));
    // Which document was asked is of the question, not of the instance.
    all.remove("document");
    // And this is what a rule chose for it.
    all.remove("profile");
    all.iter()
        .map(|name| compared(name, then[name].clone(), now[name].clone()))
        .collect()
}

fn compared(name: &str, then: Value, now: Value) -> Compared {
    Compared {
        name: name.to_owned(),
        same: equal(&then, &now),
        then,
        now,
    }
}

/// Decimal numbers may lose their last digit on the way to the database and back.
fn equal(then: &Value, now: &Value) -> bool {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            then.len() == now.len()
                && then
                    .iter()
                    .all(|(name, value)| now.get(name).is_some_and(|other| equal(value, other)))
        }
        _ => match (then.as_f64(), now.as_f64()) {
            (Some(then), Some(now)) => (then - now).abs() < 1e-9,
            _ => then == now,
        },
    }
}

/// What the same search finds today, within what the principal may see, and how near the sentences
/// come to what is asked.
async fn found_today(
    app: &App,
    principal: &Principal,
    recorded: &RecordedRun,
) -> AppResult<(Vec<PassageRef>, Nearness)> {
    let mut scope = app.store.scope(principal).await?;
    if let Some(day) = recorded.as_of {
        scope = scope.as_of(day);
    }
    let document = recorded.settings["document"].as_str();
    let query = Query {
        text: whole(recorded).to_owned(),
        vector: None,
        document: document.and_then(|id| id.parse::<DocumentId>().ok()),
        limit: app.config.retrieval.passages_for_answer,
    };
    let found = finding::passages(app, &app.search(), &scope, &query, Sentences::Judge).await?;
    let budget = app.config.retrieval.answer_characters;
    let passages = finding::fitting(found.passages, budget);
    Ok((passages, found.nearness))
}

fn places(passages: &[PassageRef]) -> Vec<String> {
    passages
        .iter()
        .map(|passage| {
            let (start, end) = (passage.start, passage.end);
            place(&passage.name, passage.version_number, start, end)
        })
        .collect()
}

fn place(name: &str, version: u32, start: usize, end: usize) -> String {
    format!("{name}, version {version}, characters {start}-{end}")
}

fn without(these: &[String], those: &[String]) -> Vec<String> {
    these
        .iter()
        .filter(|place| !those.contains(place))
        .cloned()
        .collect()
}

/// A sentence with its places, whose versions are those of the run's passages.
fn said_in(recorded: &RecordedRun) -> impl Fn(&AnswerSentence) -> Said {
    move |sentence: &AnswerSentence| {
        let citations = sentence.citations.iter().map(|citation| {
            let passage = recorded.passages.iter();
            let version = passage
                .filter(|passage| passage.version == citation.version)
                .map(|passage| passage.version_number)
                .next();
            let (start, end) = (citation.start, citation.end);
            place(&citation.name, version.unwrap_or_default(), start, end)
        });
        Said {
            text: sentence.text.clone(),
            places: citations.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_compared_name_by_name() {
        let then = json!({"model": "a", "rules": "1", "document": "d"});
        let now = json!({"model": "b", "rules": "1", "prompt": "p"});
        let compared: Vec<_> = compare(&then, &now)
            .into_iter()
            .map(|one| (one.name, one.same))
            .collect();
        assert_eq!(
            compared,
            [
                ("model".to_owned(), false),
                ("prompt".to_owned(), false),
                ("rules".to_owned(), true)
            ]
        );
        assert!(compare(&Value::Null, &now).iter().all(|one| !one.same));
    }

    #[test]
    fn the_last_digit_of_a_number_makes_no_difference() {
        let then = json!({"top_p": 0.1 + 0.2, "stop": ["a"]});
        assert!(equal(&then, &json!({"top_p": 0.3, "stop": ["a"]})));
        assert!(!equal(&then, &json!({"top_p": 0.3, "stop": ["b"]})));
        assert!(!equal(&then, &json!({"top_p": 0.3})));
    }

    #[test]
    fn what_one_search_finds_and_the_other_does_not_is_told() {
        let (one, other) = (["a".to_owned(), "b".to_owned()], ["b".to_owned()]);
        assert_eq!(without(&one, &other), ["a"]);
        assert!(without(&other, &one).is_empty());
    }
}
