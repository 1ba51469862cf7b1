use super::clusters::{Unanswered, groups, is_unanswered};
use super::*;
use inhouse_protocol::{EscalationReason, InsightMetric};
use inhouse_store::{AskedEscalation, Calendar};
use std::sync::Arc;

const HOUR_MS: i64 = 3_600_000;
/// 2026-03-02, a Monday, 09:00 UTC.
const MONDAY: i64 = 1_772_442_000_000;

fn asked(user: &str, question: &str, at: i64, outcome: Outcome) -> AskedQuestion {
    AskedQuestion {
        user: Some(user.parse().unwrap()),
        department: Some("Purchasing".into()),
        question: question.into(),
        topic: Some("gifts".into()),
        outcome,
        asked_at: Timestamp(at),
        approved: false,
        helpful: None,
        escalation: None,
    }
}

fn escalated(user: &str, question: &str, reply_after_ms: Option<i64>) -> AskedQuestion {
    AskedQuestion {
        escalation: Some(AskedEscalation {
            id: "e".parse().unwrap(),
            reason: EscalationReason::NotInDocuments,
            created_at: Timestamp(MONDAY),
            first_reply_at: reply_after_ms.map(|after| Timestamp(MONDAY + after)),
            resolved_at: None,
        }),
        ..asked(user, question, MONDAY, Outcome::Escalated)
    }
}

fn figure(asked: &[AskedQuestion], metric: InsightMetric) -> Option<f64> {
    let asked: Vec<&AskedQuestion> = asked.iter().collect();
    let figures = figures::figures(&asked, &[], &Calendar::default());
    let figure = figures.into_iter().find(|figure| figure.metric == metric);
    figure.and_then(|figure| figure.value)
}

fn unanswered(questions: &[AskedQuestion], directions: &[[f32; 2]]) -> Vec<MissingTopic> {
    let all: Vec<Unanswered<'_>> = questions
        .iter()
        .zip(directions)
        .map(|(question, direction)| Unanswered {
            now: true,
            question,
            vector: Arc::from(direction.to_vec()),
        })
        .collect();
    groups(&all, false, &Calendar::default())
}

#[test]
fn what_was_sent_to_a_person_afterwards_is_overturned_and_not_deflected() {
    let answered = asked("a", "May I?", MONDAY, Outcome::Answered);
    let over = AskedQuestion {
        outcome: Outcome::Answered,
        ..escalated("b", "How long?", None)
    };
    let all = [answered, over];
    assert_eq!(figure(&all, InsightMetric::Deflected), Some(0.5));
    assert_eq!(figure(&all, InsightMetric::Overturned), Some(0.5));
    assert_eq!(figure(&[], InsightMetric::Overturned), None);
}

#[test]
fn the_same_words_by_the_same_person_within_two_weeks_are_asked_again() {
    let question =
        |user, text, day: i64| asked(user, text, MONDAY + day * 24 * HOUR_MS, Outcome::Answered);
    // The newest first.
    let all = [
        question("a", "May I accept a gift", 40),
        question("b", "may I accept a gift?", 3),
        question("a", "may i accept a gift?", 2),
        question("a", "May I accept a gift?", 1),
    ];
    assert_eq!(figure(&all, InsightMetric::ReAsked), Some(0.25));
}

#[test]
fn waiting_is_counted_in_business_hours() {
    // Until Tuesday 10:00: eight hours of Monday and one of Tuesday.
    let waited = [escalated("a", "How long?", Some(25 * HOUR_MS))];
    assert_eq!(figure(&waited, InsightMetric::FirstReplyHours), Some(9.0));
}

#[test]
fn like_questions_are_one_group_and_a_small_one_names_nobody() {
    let questions = [
        escalated("a", "What about drones?", None),
        escalated("b", "Are drones allowed?", None),
        escalated("c", "Rules for drones", None),
        escalated("a", "Who signs leases?", None),
    ];
    let told = unanswered(
        &questions,
        &[[1.0, 0.0], [0.9, 0.436], [1.0, 0.0], [0.0, 1.0]],
    );
    assert_eq!(told.len(), 2);
    assert_eq!((told[0].questions, told[0].people), (3, Some(3)));
    assert!(told[0].label.is_some());
    assert_eq!(told[0].departments, ["Purchasing"]);
    assert_eq!((told[1].questions, told[1].people), (1, None));
    assert_eq!(told[1].label, None);
    assert!(told[1].departments.is_empty());
}

#[test]
fn what_a_rule_sends_to_a_person_is_not_missing() {
    let mut question = escalated("a", "We are sued", None);
    assert!(is_unanswered(&question));
    if let Some(escalation) = &mut question.escalation {
        escalation.reason = EscalationReason::Rule;
    }
    assert!(!is_unanswered(&question));
}

#[test]
fn a_week_without_questions_stands_there_too() {
    let first = asked("a", "May I?", MONDAY, Outcome::Answered);
    let last = asked("a", "May I?", MONDAY + 15 * 24 * HOUR_MS, Outcome::Declined);
    let calendar = Calendar::default();
    let weeks = weeks(&[&last, &first], |at| calendar.day(at));
    let counts: Vec<u64> = weeks.iter().map(|week| week.row.questions).collect();
    assert_eq!(counts, [1, 0, 1]);
    assert_eq!(weeks[0].monday.to_string(), "2026-03-02");
}

#[test]
fn no_cell_of_the_table_is_a_formula() {
    let row = InsightRow {
        label: "=SUM(A1)".into(),
        questions: 1,
        ..InsightRow::default()
    };
    let table = csv(&Insights {
        days: 30,
        figures: Vec::new(),
        departments: vec![row],
        topics: Vec::new(),
        weeks: Vec::new(),
        missing: Vec::new(),
        charts: Vec::new(),
        cut: false,
    })
    .unwrap();
    assert!(
        table.contains("department,'=SUM(A1),questions,1,\r\n"),
        "{table}"
    );
}
