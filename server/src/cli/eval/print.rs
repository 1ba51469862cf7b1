//! Figures, evaluations and comparisons as tables.

use super::super::table;
use inhouse_evaluation::words;
use inhouse_protocol::{
    Evaluation, EvaluationComparison, EvaluationDetail, EvaluationId, EvaluationKind,
    EvaluationState, Figure, FigureChange, Metric, QuestionSetDetail,
};
use std::io::{self, Write};

pub(super) fn sets(sets: &[QuestionSetDetail], out: &mut dyn Write) -> io::Result<()> {
    if sets.is_empty() {
        return writeln!(
            out,
            "There is no set of questions yet; `inhouse eval run FILE` keeps one."
        );
    }
    for (place, QuestionSetDetail { set, evaluations }) in sets.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        writeln!(
            out,
            "{} ({} questions: {} answerable, {} not)",
            set.name, set.questions, set.answerable, set.unanswerable
        )?;
        if evaluations.is_empty() {
            continue;
        }
        let rows: Vec<Vec<String>> = evaluations
            .iter()
            .map(|evaluation| row(evaluation, set.baseline.as_ref()))
            .collect();
        table::write(out, &["id", "started", "kind", "state", "label"], &rows)?;
    }
    Ok(())
}

fn row(evaluation: &Evaluation, baseline: Option<&EvaluationId>) -> Vec<String> {
    let baseline = if baseline == Some(&evaluation.id) {
        " (baseline)"
    } else {
        ""
    };
    vec![
        evaluation.id.to_string(),
        evaluation.started_at.day().to_string(),
        kind(evaluation.kind).to_owned(),
        state(evaluation),
        format!("{}{baseline}", evaluation.label),
    ]
}

const fn kind(kind: EvaluationKind) -> &'static str {
    match kind {
        EvaluationKind::Retrieval => "retrieval",
        EvaluationKind::Rules => "rules",
        EvaluationKind::Quotes => "quotes",
        EvaluationKind::Written => "written",
    }
}

fn state(evaluation: &Evaluation) -> String {
    let Evaluation {
        done, questions, ..
    } = evaluation;
    match evaluation.state {
        EvaluationState::Running => format!("running, {done} of {questions}"),
        EvaluationState::Done => "done".to_owned(),
        EvaluationState::Stopped => format!("stopped after {done} of {questions}"),
        EvaluationState::Failed => format!("failed after {done} of {questions}"),
    }
}

pub(super) fn evaluation(detail: &EvaluationDetail, out: &mut dyn Write) -> io::Result<()> {
    let evaluation = &detail.evaluation;
    writeln!(
        out,
        "{} of '{}', {}: {}",
        evaluation.id,
        detail.set_name,
        kind(evaluation.kind),
        state(evaluation)
    )?;
    if let Some(error) = &evaluation.error {
        writeln!(out, "{error}")?;
    }
    let failed = detail.results.iter().filter(|r| r.error.is_some()).count();
    if failed > 0 {
        writeln!(
            out,
            "{failed} questions could not be run; --json says why of each."
        )?;
    }
    let rows: Vec<Vec<String>> = evaluation.figures.iter().map(figure).collect();
    if !rows.is_empty() {
        writeln!(out)?;
        table::write(out, &["figure", "value", "95 %", "questions"], &rows)?;
    }
    Ok(())
}

fn figure(figure: &Figure) -> Vec<String> {
    let Figure { metric, value, .. } = *figure;
    vec![
        words::name(metric).to_owned(),
        words::value(metric, value),
        interval(metric, figure.low, figure.high),
        figure.questions.to_string(),
    ]
}

fn interval(metric: Metric, low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!(
            "{} to {}",
            words::value(metric, low),
            words::value(metric, high)
        ),
        _ => String::new(),
    }
}

pub(super) fn comparison(compared: &EvaluationComparison, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<Vec<String>> = compared.changes.iter().map(change).collect();
    let headings = ["figure", "before", "after", "difference, 95 %"];
    table::write(out, &headings, &rows)?;
    writeln!(out)?;
    for (name, before, after) in &compared.settings {
        writeln!(out, "{name}: {before} -> {after}")?;
    }
    let of = |wanted: Option<bool>| {
        let questions = compared.questions.iter();
        questions.filter(|q| q.better == wanted).count()
    };
    writeln!(
        out,
        "{} questions came out differently: {} better, {} worse, {} neither.",
        compared.questions.len(),
        of(Some(true)),
        of(Some(false)),
        of(None)
    )?;
    let verdict = if compared.gate.passed {
        "The gate passed."
    } else {
        "The gate failed."
    };
    writeln!(out, "{verdict}")?;
    for reason in &compared.gate.reasons {
        writeln!(out, "  {reason}")?;
    }
    Ok(())
}

fn change(change: &FigureChange) -> Vec<String> {
    let metric = change.metric;
    vec![
        words::name(metric).to_owned(),
        words::value(metric, change.before),
        words::value(metric, change.after),
        interval(metric, change.low, change.high),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::{GateVerdict, Timestamp};

    fn an_evaluation() -> Evaluation {
        Evaluation {
            id: "e1".parse().unwrap(),
            set: "s1".parse().unwrap(),
            label: "with the reranker".into(),
            kind: EvaluationKind::Rules,
            within_document: false,
            state: EvaluationState::Done,
            questions: 60,
            done: 60,
            error: None,
            started_by: None,
            mine: true,
            started_at: Timestamp(0),
            finished_at: Some(Timestamp(1)),
            settings: Vec::new(),
            figures: vec![Figure {
                metric: Metric::Recall4000,
                value: 0.5,
                low: Some(0.4),
                high: Some(0.6),
                questions: 40,
            }],
        }
    }

    fn said(write: impl Fn(&mut dyn Write) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_figure_is_printed_with_its_interval_and_its_questions() {
        let detail = EvaluationDetail {
            evaluation: an_evaluation(),
            set_name: "Sample".into(),
            results: Vec::new(),
            charts: Vec::new(),
        };
        let said = said(|out| evaluation(&detail, out));
        assert!(said.starts_with("e1 of 'Sample', rules: done\n"), "{said}");
        let line = said.lines().last().unwrap();
        let cells: Vec<&str> = line.split("  ").filter(|cell| !cell.is_empty()).collect();
        assert_eq!(
            cells,
            [
                "Recall in 4,000 characters",
                "50.0 %",
                "40.0 % to 60.0 %",
                "40"
            ]
        );
    }

    #[test]
    fn a_comparison_ends_with_what_the_gate_says() {
        let compared = EvaluationComparison {
            before: an_evaluation(),
            after: an_evaluation(),
            changes: vec![FigureChange {
                metric: Metric::Ndcg10,
                before: 0.4,
                after: 0.3,
                low: Some(-0.2),
                high: Some(-0.05),
            }],
            settings: vec![("model".into(), "a".into(), "b".into())],
            questions: Vec::new(),
            gate: GateVerdict {
                passed: false,
                reasons: vec!["It fell.".into()],
            },
        };
        let said = said(|out| comparison(&compared, out));
        assert!(said.contains("-20.0 % to -5.0 %"), "{said}");
        assert!(said.contains("model: a -> b\n"), "{said}");
        assert!(said.ends_with("The gate failed.\n  It fell.\n"), "{said}");
    }
}
