use super::*;
use crate::figures::tests::{asked, evaluation, with_place};
use inhouse_protocol::{Metric, Outcome};

fn change(metric: Metric, before: f64, after: f64, half: f64) -> FigureChange {
    FigureChange {
        metric,
        before,
        after,
        low: Some(after - before - half),
        high: Some(after - before + half),
    }
}

fn find(changes: &[FigureChange], metric: Metric) -> FigureChange {
    *changes
        .iter()
        .find(|change| change.metric == metric)
        .unwrap()
}

fn verdict(changes: &[FigureChange]) -> (bool, String) {
    let verdict = gate(changes, &Gate::default());
    (verdict.passed, verdict.reasons.join("\n"))
}

#[test]
fn an_evaluation_compared_with_itself_differs_in_nothing_and_passes() {
    let rows = evaluation();
    let (changes, questions) = compare(&rows, &rows);
    assert!(changes.len() > 8 && questions.is_empty());
    for change in &changes {
        assert!((change.after - change.before).abs() < 1e-12);
        assert_eq!((change.low, change.high), (Some(0.0), Some(0.0)));
    }
    assert!(verdict(&changes).0);
}

#[test]
fn the_interval_of_a_difference_is_over_the_same_questions_on_both_sides() {
    let before = evaluation();
    let mut after = before.clone();
    for row in after.iter_mut().filter(|row| row.0.recall.is_some()) {
        let percent = if row.0.number % 4 == 0 { 30 } else { 80 };
        with_place(row, percent);
    }
    let (changes, questions) = compare(&before, &after);
    let recall = find(&changes, Metric::Recall4000);
    assert!((recall.after - recall.before + 0.2).abs() < 1e-9);
    assert!(
        (recall.low.unwrap() + 0.2).abs() < 1e-9,
        "each fell by the same"
    );
    assert!((recall.high.unwrap() + 0.2).abs() < 1e-9);
    assert_eq!(questions.len(), 20);
    assert!(
        questions
            .iter()
            .all(|question| question.better == Some(false))
    );
}

#[test]
fn only_questions_of_both_evaluations_that_could_be_run_are_compared() {
    let before = evaluation();
    let mut after = before[10..].to_vec();
    after.reverse();
    after[0].0.error = Some("No document '0.txt' that you may see.".to_owned());
    let (changes, questions) = compare(&before, &after);
    let answered = find(&changes, Metric::Answered);
    assert!((answered.before - 15.0 / 29.0).abs() < 1e-9);
    assert!((answered.before - answered.after).abs() < 1e-12);
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].better, Some(false));
}

#[test]
fn a_question_is_better_when_it_comes_out_as_its_label_says() {
    let before = vec![
        asked(1, "a", false, true),
        asked(2, "a", true, false),
        asked(3, "a", true, true),
        asked(4, "a", false, false),
        asked(5, "a", true, true),
    ];
    let mut after = vec![
        asked(1, "a", false, false),
        asked(2, "a", true, true),
        asked(3, "a", true, false),
        asked(4, "a", false, false),
        asked(5, "a", true, true),
    ];
    after[3].0.rule = Some("another".to_owned());
    after[4].0.first_gold = Some(2);
    let (_, questions) = compare(&before, &after);
    let told: Vec<(usize, Option<bool>)> = questions
        .iter()
        .map(|q| (q.after.number, q.better))
        .collect();
    assert_eq!(
        told,
        [
            (3, Some(false)),
            (1, Some(true)),
            (2, Some(true)),
            (5, Some(true)),
            (4, None)
        ]
    );
    assert_eq!(questions[0].after.outcome, Some(Outcome::Escalated));
}

#[test]
fn a_share_that_falls_by_more_than_two_points_fails_with_both_figures() {
    let (passed, words) = verdict(&[change(Metric::Recall4000, 0.583, 0.52, 0.1)]);
    assert!(!passed);
    assert_eq!(
        words,
        "Recall in 4,000 characters fell from 58.3 % to 52.0 %, by 6.3 points; at most 2.0 points are allowed."
    );
    let (passed, words) = verdict(&[change(Metric::AnsweredOfUnanswerable, 0.02, 0.05, 0.1)]);
    assert!(!passed && words.contains("rose from 2.0 % to 5.0 %"));
}

#[test]
fn a_share_may_fall_a_little_unless_that_is_sure() {
    assert!(verdict(&[change(Metric::Ndcg10, 0.52, 0.50, 0.03)]).0);
    let (passed, words) = verdict(&[change(Metric::Ndcg10, 0.51, 0.50, 0.005)]);
    assert!(!passed && words.contains("more than chance explains"));
    assert!(!verdict(&[change(Metric::WrongDocument8, 0.05, 0.06, 0.005)]).0);
    assert!(verdict(&[change(Metric::Ndcg10, 0.502, 0.50, 0.001)]).0);
}

#[test]
fn better_figures_and_those_that_are_neither_pass() {
    let (passed, words) = verdict(&[
        change(Metric::Recall4000, 0.5, 0.6, 0.01),
        change(Metric::WrongDocument8, 0.2, 0.1, 0.01),
        change(Metric::Answered, 0.9, 0.5, 0.01),
    ]);
    assert!(passed);
    assert!(words.contains("None of the 2 figures"));
}

#[test]
fn durations_and_tokens_may_grow_by_a_quarter() {
    assert!(verdict(&[change(Metric::DurationP95Ms, 1000.0, 1240.0, 1.0)]).0);
    assert!(verdict(&[change(Metric::SearchP50Ms, 3.0, 6.0, 1.0)]).0);
    let (passed, words) = verdict(&[change(Metric::TokensPerQuestion, 800.0, 1200.0, 1.0)]);
    assert!(!passed);
    assert_eq!(
        words,
        "Tokens a question rose from 800 to 1200, by 50 %; at most 25 % are allowed."
    );
}

#[test]
fn limits_are_kept_or_the_gate_fails() {
    let changes = [
        change(Metric::Recall4000, 0.5, 0.55, 0.0),
        change(Metric::AnsweredOfUnanswerable, 0.06, 0.055, 0.0),
    ];
    let limits = |lowest| Gate {
        lowest,
        ..Gate::default()
    };
    let kept = limits(vec![
        (Metric::Recall4000, 0.55),
        (Metric::AnsweredOfUnanswerable, 0.06),
    ]);
    assert!(gate(&changes, &kept).passed);
    let broken = limits(vec![
        (Metric::Recall4000, 0.58),
        (Metric::AnsweredOfUnanswerable, 0.05),
        (Metric::Ndcg10, 0.4),
    ]);
    let verdict = gate(&changes, &broken);
    assert!(!verdict.passed);
    assert_eq!(
        verdict.reasons,
        [
            "Recall in 4,000 characters: 55.0 %; the limit is at least 58.0 %.",
            "Answered of what the documents don't say: 5.5 %; the limit is at most 5.0 %.",
            "nDCG at 10: not measured, so its limit can't be checked."
        ]
    );
}

#[test]
fn nothing_in_common_is_no_pass() {
    let (passed, words) = verdict(&[]);
    assert!(!passed && words.contains("no figure in common"));
}
