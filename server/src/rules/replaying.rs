//! What other rules would have done to the last real questions.

use super::{RulesInUse, given};
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::pipeline;
use inhouse_guardrails::{Action, Signals, Stage, Verdict};
use inhouse_protocol::{ReplayRules, ReplayedQuestion, Role, RulesReplay};
use inhouse_store::{Calendar, PastQuestion, Principal};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most questions that are judged again.
const MOST: u64 = 1_000;

/// Most changed questions that are told one by one.
const TOLD: usize = 200;

/// How a question ends, and by which rule: its title.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    outcome: &'static str,
    rule: Option<String>,
}

/// Judges the last questions by the rules in force and by others.
///
/// Not every signal of then is kept, so both sets judge anew: the question stage over the question's
/// words, and, where that lets it go on and something was searched then, the stage after the search
/// over the answerability, the number of passages and the contradiction that are kept. What the
/// model wrote is not judged, the asker's groups aren't known, and each question counts as the first
/// of its week. Questions in restricted queues are left out. The words of a question are shown where
/// it reached the desk; of all others their topic.
pub(crate) async fn replay(
    app: &App,
    by: &Principal,
    wanted: &ReplayRules,
) -> AppResult<RulesReplay> {
    if !(1..=MOST).contains(&wanted.questions) {
        return Err(AppError::field("questions", "Choose 1 to 1,000 questions."));
    }
    let search = app.search();
    let today = app.rules_for(&search).await?;
    let other = given(app, &search, &wanted.content).await?;
    let past = app.store.last_questions(by, wanted.questions).await?;
    let texts = past.iter().map(|past| asked(past).to_owned()).collect();
    let vectors = search
        .retriever
        .embedder()
        .queries(texts)
        .await
        .map_err(AppError::internal)?;
    let calendar = Arc::clone(app.store.calendar());
    let needed = pipeline::settings(app)["answer_before"].as_f64();
    let judge = move || {
        let court = Court {
            calendar: &calendar,
            needed,
        };
        let ends = past.iter().zip(vectors).map(|(past, vector)| {
            let before = court.end(&today, past, &vector);
            (before, court.end(&other, past, &vector))
        });
        let ends: Vec<(End, End)> = ends.collect();
        told(&past, &ends)
    };
    tokio::task::spawn_blocking(judge)
        .await
        .map_err(AppError::internal)
}

/// The question as it was searched for.
fn asked(past: &PastQuestion) -> &str {
    past.standalone.as_deref().unwrap_or(&past.question)
}

/// What questions are judged with besides the rules.
struct Court<'a> {
    calendar: &'a Calendar,
    /// The answerability from which on a question is answered here.
    needed: Option<f64>,
}

impl Court<'_> {
    fn end(&self, rules: &RulesInUse, past: &PastQuestion, vector: &[f32]) -> End {
        let day = self.calendar.day(past.asked_at).to_string();
        let mut signals = self.signals(rules, past, vector);
        let verdict = rules.set.judge(Stage::Question, &signals, &day);
        if let Some(end) = ended(&verdict) {
            return end;
        }
        let Some(answerability) = past.answerability else {
            return End {
                outcome: "goes on to the documents, which were not searched then",
                rule: verdict.rule.map(|rule| rule.title),
            };
        };
        signals.answerability = Some(answerability);
        signals.answerable_from = self.needed;
        signals.passages = past.passages;
        signals.conflict = past.conflict;
        let verdict = rules.set.judge(Stage::Found, &signals, &day);
        ended(&verdict).unwrap_or_else(|| End {
            outcome: "answered",
            rule: verdict.rule.map(|rule| rule.title),
        })
    }

    fn signals(&self, rules: &RulesInUse, past: &PastQuestion, vector: &[f32]) -> Signals {
        let at = past.asked_at;
        Signals {
            role: past.role.map_or("operator", Role::as_str).to_owned(),
            department: past.department.clone().unwrap_or_default(),
            hour: usize::try_from(self.calendar.hour(at)).unwrap_or_default(),
            weekday: self.calendar.weekday(at).to_owned(),
            working_hours: self.calendar.is_open(at),
            asked_this_week: 1,
            ..pipeline::signals_of(asked(past), vector, rules)
        }
    }
}

/// How a verdict ends a question; none where it goes on.
fn ended(verdict: &Verdict) -> Option<End> {
    let outcome = match verdict.action? {
        Action::Decline => "declined",
        Action::Refuse => "refused",
        Action::Escalate | Action::Ticket => "sent to a person",
        _ => return None,
    };
    let rule = verdict.rule.as_ref().map(|rule| rule.title.clone());
    Some(End { outcome, rule })
}

fn told(past: &[PastQuestion], ends: &[(End, End)]) -> RulesReplay {
    let mut outcomes: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (before, after) in ends {
        outcomes.entry(before.outcome).or_default().0 += 1;
        outcomes.entry(after.outcome).or_default().1 += 1;
    }
    let changed = past
        .iter()
        .zip(ends)
        .filter(|(_, (before, after))| before != after);
    RulesReplay {
        questions: u64::try_from(past.len()).unwrap_or(u64::MAX),
        outcomes: outcomes
            .into_iter()
            .map(|(outcome, (before, after))| (outcome.to_owned(), before, after))
            .collect(),
        changed: changed
            .take(TOLD)
            .map(|(past, (before, after))| ReplayedQuestion {
                run: past.run.clone(),
                question: shown(past),
                before: in_words(before),
                after: in_words(after),
            })
            .collect(),
    }
}

/// The question's words where the desk read them.
fn shown(past: &PastQuestion) -> String {
    match (past.reached_desk, past.topic.as_deref()) {
        (true, _) => past.question.clone(),
        (false, None | Some("")) => "(a question that did not reach the desk)".to_owned(),
        (false, Some(topic)) => format!("(a question on {topic} that did not reach the desk)"),
    }
}

fn in_words(end: &End) -> String {
    match &end.rule {
        None => end.outcome.to_owned(),
        Some(rule) => format!("{}: {rule}", end.outcome),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Timestamp;

    fn past(topic: Option<&str>, reached_desk: bool) -> PastQuestion {
        PastQuestion {
            run: "0190-run".parse().unwrap(),
            question: "May I accept a watch?".into(),
            standalone: None,
            topic: topic.map(str::to_owned),
            role: Some(Role::Employee),
            department: None,
            answerability: None,
            passages: 0,
            conflict: false,
            reached_desk,
            asked_at: Timestamp(0),
        }
    }

    fn end(outcome: &'static str, rule: Option<&str>) -> End {
        End {
            outcome,
            rule: rule.map(str::to_owned),
        }
    }

    #[test]
    fn the_words_of_a_question_are_shown_where_the_desk_read_them() {
        assert_eq!(shown(&past(Some("gifts"), true)), "May I accept a watch?");
        for topic in [None, Some(""), Some("gifts")] {
            let shown = shown(&past(topic, false));
            assert!(!shown.contains("watch"), "{shown}");
        }
        assert!(shown(&past(Some("gifts"), false)).contains("gifts"));
    }

    #[test]
    fn what_changes_is_told_and_everything_is_counted() {
        let questions = [past(None, true), past(None, true)];
        let same = end("declined", Some("Off topic"));
        let ends = [
            (same.clone(), same.clone()),
            (same, end("sent to a person", Some("Gifts"))),
        ];
        let replay = told(&questions, &ends);
        assert_eq!(replay.questions, 2);
        assert_eq!(
            replay.outcomes,
            [
                ("declined".to_owned(), 2, 1),
                ("sent to a person".to_owned(), 0, 1)
            ]
        );
        assert_eq!(replay.changed.len(), 1);
        assert_eq!(replay.changed[0].before, "declined: Off topic");
        assert_eq!(replay.changed[0].after, "sent to a person: Gifts");
    }

    #[test]
    fn another_rule_with_the_same_end_is_a_change_too() {
        let questions = [past(None, true)];
        let ends = [(end("declined", Some("A")), end("declined", Some("B")))];
        assert_eq!(told(&questions, &ends).changed.len(), 1);
    }
}
