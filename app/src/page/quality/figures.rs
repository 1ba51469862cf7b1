//! Figures with their intervals, as a table and, of a list, the few that count most.

use crate::part::{IntoWhole, IntoWholes};
use crate::text;
use inhouse_protocol::{Evaluation, EvaluationKind, Figure, Metric};
use leptos::prelude::*;

/// What is told first of an evaluation of a kind.
fn keys(kind: EvaluationKind) -> [Metric; 3] {
    match kind {
        EvaluationKind::Retrieval => [Metric::Recall4000, Metric::Ndcg10, Metric::WrongDocument8],
        EvaluationKind::Rules => [
            Metric::AurocByCategory,
            Metric::AnsweredOfAnswerable,
            Metric::AnsweredOfUnanswerable,
        ],
        EvaluationKind::Quotes | EvaluationKind::Written => [
            Metric::AnsweredOfAnswerable,
            Metric::AnsweredOfUnanswerable,
            Metric::CitationTouchesGold,
        ],
    }
}

/// The figures that count most, those of them that there are.
pub(super) fn key_figures(evaluation: &Evaluation) -> AnyView {
    let figures = keys(evaluation.kind)
        .into_iter()
        .filter_map(|metric| {
            let mut all = evaluation.figures.iter();
            all.find(|figure| figure.metric == metric)
        })
        .map(|figure| {
            let (name, _) = text::metric(figure.metric);
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{text::measured(figure.metric, figure.value)}</dd>
                </div>
            }
        })
        .wholes();
    if figures.is_empty() {
        return ().whole();
    }
    view! { <dl class="key-figures">{figures}</dl> }.whole()
}

/// Every figure with its interval and the questions that it is over.
pub(super) fn table(figures: &[Figure]) -> AnyView {
    if figures.is_empty() {
        return ().whole();
    }
    let rows = figures.iter().map(row).wholes();
    view! {
        <section class="panel" aria-labelledby="figures">
            <h2 id="figures">{text::FIGURES}</h2>
            <div class="table-frame">
                <table class="listing">
                    <caption class="visually-hidden">{text::FIGURES}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text::FIGURE}</th>
                            <th scope="col" class="number">
                                {text::VALUE}
                            </th>
                            <th scope="col" class="number">
                                {text::INTERVAL}
                            </th>
                            <th scope="col" class="number">
                                {text::QUESTIONS}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .whole()
}

fn row(figure: &Figure) -> AnyView {
    let interval = text::interval(figure).unwrap_or_else(|| text::NO_INTERVAL.to_owned());
    view! {
        <tr>
            {metric_head(figure.metric)}
            <td class="number" data-label=text::VALUE>
                <strong>{text::measured(figure.metric, figure.value)}</strong>
            </td>
            <td class="number" data-label=text::INTERVAL>
                {interval}
            </td>
            <td class="number" data-label=text::QUESTIONS>
                {figure.questions}
            </td>
        </tr>
    }
    .whole()
}

/// The head of a figure's row: its name and what it measures.
pub(super) fn metric_head(metric: Metric) -> AnyView {
    let (name, measures) = text::metric(metric);
    view! {
        <th scope="row">
            <span class="file-title">{name}</span>
            <span class="quiet">{measures}</span>
        </th>
    }
    .whole()
}
