//! Two evaluations of a set: whether the change may go live, which figures moved, and which questions
//! came out differently.

use super::figures::metric_head;
use super::results::{asked, expected};
use super::shared::{choice, evaluation_page, set_page};
use crate::api::path;
use crate::page::log::admin;
use crate::page::{id_in_path, only_for};
use crate::part::{Icon, IntoWhole, IntoWholes, bodies, loaded, only, rows_to_come};
use crate::text;
use inhouse_protocol::{
    ChangedQuestion, Evaluation, EvaluationComparison, EvaluationId, FigureChange, GateVerdict,
    QuestionSetDetail, QuestionSetId,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Below this a figure has not moved.
const NOTHING: f64 = 1e-9;

/// The two evaluations of the address.
#[component]
pub(crate) fn ComparisonPage() -> impl IntoView {
    only_for(admin, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let set = id_in_path::<QuestionSetId>("set");
    let query = use_query_map();
    let chosen = Memo::new(move |_| {
        query.with(|query| {
            let id = |name| query.get(name)?.parse::<EvaluationId>().ok();
            id("before").zip(id("after"))
        })
    });
    let data = bodies(move || {
        let set = path::question_set(&set.get()?);
        let comparison = chosen
            .get()
            .map(|(before, after)| path::evaluation_comparison(&before, &after));
        Some([set].into_iter().chain(comparison).collect())
    });
    loaded(data, rows_to_come, |bodies| {
        let set: QuestionSetDetail = only(&bodies)?;
        let comparison = match bodies.get(1..) {
            Some(rest) if !rest.is_empty() => Some(only::<EvaluationComparison>(rest)?),
            _ => None,
        };
        Ok(page(&set, comparison.as_ref()))
    })
}

fn page(set: &QuestionSetDetail, comparison: Option<&EvaluationComparison>) -> AnyView {
    let form = choice(
        &set.set.id,
        &set.evaluations,
        comparison.map_or(set.set.baseline.as_ref(), |both| Some(&both.before.id)),
        comparison.map(|both| &both.after.id),
    );
    let content = comparison.map_or_else(
        || view! { <p class="quiet">{text::CHOOSE_TWO}</p> }.whole(),
        compared,
    );
    view! {
        <Title text=text::title(text::COMPARE_EVALUATIONS) />
        <div class="page">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/quality">{text::QUALITY}</a>
                    <a href=set_page(&set.set.id)>{set.set.name.clone()}</a>
                </p>
                <h1>{text::COMPARE_EVALUATIONS}</h1>
                {form}
            </header>
            {content}
        </div>
    }
    .whole()
}

fn compared(both: &EvaluationComparison) -> AnyView {
    view! {
        {verdict(&both.gate)}
        <p class="row-about">
            {link(text::BEFORE, &both.before)}
            {link(text::AFTER, &both.after)}
        </p>
        {figures(&both.changes)}
        {settings(&both.settings)}
        {questions(&both.questions)}
    }
    .whole()
}

fn link(what: &'static str, evaluation: &Evaluation) -> AnyView {
    let page = evaluation_page(&evaluation.set, &evaluation.id);
    let name = text::evaluation_choice(evaluation);
    view! {
        <span>
            {what} ": " <a href=page>{name}</a>
        </span>
    }
    .whole()
}

/// Whether the change may go live, and why.
fn verdict(gate: &GateVerdict) -> AnyView {
    let (class, icon, title) = if gate.passed {
        ("state gate gate-passed", Icon::Check, text::GATE_PASSED)
    } else {
        ("state gate gate-failed", Icon::Alert, text::GATE_FAILED)
    };
    let reasons = gate
        .reasons
        .iter()
        .map(|reason| view! { <li>{reason.clone()}</li> })
        .wholes();
    view! {
        <section class=class aria-labelledby="gate">
            {icon.view()}
            <div>
                <h2 id="gate">{title}</h2>
                <ul class="bullets">{reasons}</ul>
            </div>
        </section>
    }
    .whole()
}

fn figures(changes: &[FigureChange]) -> AnyView {
    let rows = changes.iter().map(change).wholes();
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
                                {text::BEFORE}
                            </th>
                            <th scope="col" class="number">
                                {text::AFTER}
                            </th>
                            <th scope="col" class="number">
                                {text::DIFFERENCE}
                            </th>
                            <th scope="col" class="number">
                                {text::INTERVAL}
                            </th>
                            <th scope="col">{text::STATE}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .whole()
}

fn change(change: &FigureChange) -> AnyView {
    let metric = change.metric;
    let interval = text::moved_between(change).unwrap_or_else(|| text::NO_INTERVAL.to_owned());
    view! {
        <tr>
            {metric_head(metric)}
            <td class="number" data-label=text::BEFORE>
                {text::measured(metric, change.before)}
            </td>
            <td class="number" data-label=text::AFTER>
                {text::measured(metric, change.after)}
            </td>
            <td class="number" data-label=text::DIFFERENCE>
                <strong>{text::moved(metric, change.after - change.before)}</strong>
            </td>
            <td class="number" data-label=text::INTERVAL>
                {interval}
            </td>
            <td data-label=text::STATE>{tag(clearly_better(change), text::NO_CLEAR_DIFFERENCE)}</td>
        </tr>
    }
    .whole()
}

/// Whether a figure is better than before; nothing where its interval holds zero, where it has not
/// moved, or where it is neither good nor bad.
fn clearly_better(change: &FigureChange) -> Option<bool> {
    let more_is_better = change.metric.more_is_better()?;
    let by = change.after - change.before;
    let unclear = change
        .low
        .zip(change.high)
        .is_some_and(|(low, high)| low <= 0.0 && high >= 0.0);
    (by.abs() > NOTHING && !unclear).then_some((by > 0.0) == more_is_better)
}

/// Better or worse, in words and with an icon; where that can't be said, `otherwise`.
fn tag(better: Option<bool>, otherwise: &'static str) -> AnyView {
    let (class, icon, words) = match better {
        Some(true) => ("tag tag-resolved", Some(Icon::Check), text::BETTER),
        Some(false) => ("tag tag-failed", Some(Icon::Alert), text::WORSE),
        None => ("tag", None, otherwise),
    };
    view! { <span class=class>{icon.map(Icon::view)} {words}</span> }.whole()
}

fn settings(changed: &[(String, String, String)]) -> AnyView {
    if changed.is_empty() {
        return view! { <p class="quiet">{text::SAME_SETTINGS}</p> }.whole();
    }
    let rows = changed
        .iter()
        .map(|(name, before, after)| {
            view! {
                <tr>
                    <th scope="row">{name.clone()}</th>
                    <td data-label=text::BEFORE>{before.clone()}</td>
                    <td data-label=text::AFTER>{after.clone()}</td>
                </tr>
            }
        })
        .wholes();
    view! {
        <section class="panel" aria-labelledby="settings">
            <h2 id="settings">{text::SETTINGS_CHANGED}</h2>
            <div class="table-frame">
                <table class="listing">
                    <caption class="visually-hidden">{text::SETTINGS_CHANGED}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text::SETTING}</th>
                            <th scope="col">{text::BEFORE}</th>
                            <th scope="col">{text::AFTER}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .whole()
}

fn questions(changed: &[ChangedQuestion]) -> AnyView {
    let rows = changed.iter().map(question).wholes();
    let none = rows
        .is_empty()
        .then(|| view! { <p class="quiet">{text::NO_QUESTION_CHANGED}</p> });
    view! {
        <section class="panel" aria-labelledby="results">
            <h2 id="results">{text::QUESTIONS_CHANGED}</h2>
            {none}
            <ol class="results">{rows}</ol>
        </section>
    }
    .whole()
}

fn question(changed: &ChangedQuestion) -> AnyView {
    view! {
        <li>
            {asked(&changed.after)}
            <p>{tag(changed.better, text::DIFFERENT)}</p>
            <dl class="facts">
                {expected(&changed.after)}
                <dt>{text::BEFORE}</dt>
                <dd>{text::came(&changed.before)}</dd>
                <dt>{text::AFTER}</dt>
                <dd>{text::came(&changed.after)}</dd>
            </dl>
        </li>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Metric;

    fn change(metric: Metric, by: f64, interval: Option<(f64, f64)>) -> FigureChange {
        let (low, high) = interval.unzip();
        FigureChange {
            metric,
            before: 0.5,
            after: 0.5 + by,
            low,
            high,
        }
    }

    #[test]
    fn more_of_a_bad_figure_is_worse() {
        let wrong = change(Metric::WrongDocument8, 0.1, Some((0.02, 0.18)));
        assert_eq!(clearly_better(&wrong), Some(false));
        let recall = change(Metric::Recall4000, 0.1, Some((0.02, 0.18)));
        assert_eq!(clearly_better(&recall), Some(true));
    }

    #[test]
    fn a_difference_whose_interval_holds_zero_is_not_clear() {
        let recall = change(Metric::Recall4000, 0.1, Some((-0.02, 0.18)));
        assert_eq!(clearly_better(&recall), None);
        assert_eq!(clearly_better(&change(Metric::Auroc, 0.0, None)), None);
        assert_eq!(clearly_better(&change(Metric::Answered, 0.2, None)), None);
        assert_eq!(
            clearly_better(&change(Metric::Auroc, 0.1, None)),
            Some(true)
        );
    }
}
