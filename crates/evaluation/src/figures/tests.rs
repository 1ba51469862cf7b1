use super::*;
use inhouse_protocol::{FoundPlace, LabelledQuestion, Outcome};

/// A question about `document` with its label and whether it was answered.
pub(crate) fn asked(
    number: usize,
    document: &str,
    answerable: bool,
    answered: bool,
) -> (EvaluationResult, Measured) {
    let result = EvaluationResult {
        number,
        question: LabelledQuestion {
            question: format!("Question {number}?"),
            document: Some(document.to_owned()),
            answerable: Some(answerable),
            category: Some(format!("category {}", number % 2)),
            ..LabelledQuestion::default()
        },
        error: None,
        outcome: Some(if answered {
            Outcome::Answered
        } else {
            Outcome::Escalated
        }),
        rule: None,
        answerability: Some(if answered { 0.8 } else { 0.3 }),
        recall: None,
        first_gold: None,
        cites_gold: None,
        took_ms: 100.0,
        found: Vec::new(),
        sentences: Vec::new(),
    };
    let measured = Measured {
        gold_document: Some(document.to_owned()),
        search_ms: 10.0,
        ..Measured::default()
    };
    (result, measured)
}

/// Gives a question a place of its answer, of which the search shows the first `share` percent.
pub(crate) fn with_place(row: &mut (EvaluationResult, Measured), percent: usize) {
    let document = row.1.gold_document.clone().unwrap();
    row.1.gold = vec![(0, 100)];
    row.1.hits = vec![FoundPlace {
        document,
        start: 0,
        end: percent,
    }];
    row.0.recall = row.1.recall();
    row.0.first_gold = row.1.first_gold();
}

/// 40 questions about 10 documents: the answerable half answered but for four of them, two of
/// the others answered.
pub(crate) fn evaluation() -> Vec<(EvaluationResult, Measured)> {
    (1..=40)
        .map(|number| {
            let answerable = number > 20;
            let answered = if answerable { number > 24 } else { number <= 2 };
            let document = format!("{}.txt", number % 10);
            let mut row = asked(number, &document, answerable, answered);
            if answerable {
                with_place(&mut row, if number % 4 == 0 { 50 } else { 100 });
            }
            row
        })
        .collect()
}

fn all(kind: EvaluationKind, rows: &[(EvaluationResult, Measured)]) -> Vec<Figure> {
    let (results, measured): (Vec<_>, Vec<_>) = rows.iter().cloned().unzip();
    figures(kind, &results, &measured)
}

fn find(figures: &[Figure], metric: Metric) -> Figure {
    *figures
        .iter()
        .find(|figure| figure.metric == metric)
        .unwrap()
}

fn near(value: f64, wanted: f64) {
    assert!((value - wanted).abs() < 1e-9, "{value}, not {wanted}");
}

#[test]
fn each_figure_is_over_the_questions_that_have_what_it_takes() {
    let figures = all(EvaluationKind::Rules, &evaluation());
    let recall = find(&figures, Metric::Recall4000);
    near(recall.value, 0.875);
    assert_eq!(recall.questions, 20);
    near(find(&figures, Metric::HitAt5).value, 1.0);
    near(find(&figures, Metric::AnsweredOfAnswerable).value, 0.8);
    near(find(&figures, Metric::AnsweredOfUnanswerable).value, 0.1);
    near(find(&figures, Metric::Answered).value, 18.0 / 40.0);
    assert_eq!(find(&figures, Metric::Answered).questions, 40);
    near(find(&figures, Metric::SearchP95Ms).value, 10.0);
    assert!(find(&figures, Metric::Auroc).value > 0.8);
    assert!(figures.iter().all(|figure| figure.metric != Metric::Cited));
    for figure in &figures {
        assert!(figure.low.unwrap() <= figure.value + 1e-9, "{figure:?}");
        assert!(figure.high.unwrap() >= figure.value - 1e-9, "{figure:?}");
    }
}

#[test]
fn a_share_of_nothing_or_all_still_has_an_interval() {
    let rows: Vec<_> = (1..=20)
        .map(|n| asked(n, &format!("{n}.txt"), false, false))
        .collect();
    let figure = find(
        &all(EvaluationKind::Rules, &rows),
        Metric::AnsweredOfUnanswerable,
    );
    near(figure.value, 0.0);
    near(figure.low.unwrap(), 0.0);
    assert!(figure.high.unwrap() > 0.1);
}

#[test]
fn questions_that_couldn_t_be_run_count_nowhere() {
    let mut rows = evaluation();
    rows[30].0.error = Some("No document '0.txt' that you may see.".to_owned());
    let figures = all(EvaluationKind::Rules, &rows);
    assert_eq!(find(&figures, Metric::Answered).questions, 39);
    assert_eq!(find(&figures, Metric::Recall4000).questions, 19);
    assert_eq!(find(&figures, Metric::Auroc).questions, 39);
}

#[test]
fn sentences_are_counted_over_all_answers_together() {
    let mut rows = evaluation();
    for row in rows
        .iter_mut()
        .filter(|row| row.0.outcome == Some(Outcome::Answered))
    {
        row.1.tokens = 600;
        (row.1.sentences, row.1.cited, row.1.replaced, row.1.dropped) = (3, 3, 1, 1);
        row.0.cites_gold = row.1.cites_gold(&[]);
    }
    let figures = all(EvaluationKind::Written, &rows);
    near(find(&figures, Metric::Cited).value, 1.0);
    near(find(&figures, Metric::DroppedSentences).value, 0.5);
    near(
        find(&figures, Metric::TokensPerQuestion).value,
        600.0 * 18.0 / 40.0,
    );
    let touches = find(&figures, Metric::CitationTouchesGold);
    near(touches.value, 0.0);
    assert_eq!(touches.questions, 16, "those with a place");
}

#[test]
fn an_evaluation_of_the_search_alone_has_no_answers() {
    let mut rows = evaluation();
    for row in &mut rows {
        row.0.outcome = None;
    }
    let figures = all(EvaluationKind::Retrieval, &rows);
    assert!(
        figures
            .iter()
            .all(|figure| figure.metric != Metric::Answered)
    );
    assert!(figures.iter().any(|figure| figure.metric == Metric::Ndcg10));
    assert!(all(EvaluationKind::Retrieval, &[]).is_empty());
}
