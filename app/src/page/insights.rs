//! What is missing: what the documents did not answer, and how everything else went.

mod charts;
mod missing;
mod requests;

use super::only_for;
use crate::api::path;
use crate::part::{IntoWhole, IntoWholes, bodies, derive, loaded, only, rows_to_come};
use crate::text;
use inhouse_protocol::{InsightFigure, InsightRow, Insights, Me, Outcome, Role};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The period without one in the address, in days.
const USUAL_DAYS: u32 = 30;

/// The legal team and admins.
pub(super) fn readers(role: Role) -> bool {
    matches!(role, Role::Legal | Role::Admin)
}

/// The page; the period stands in its address.
#[component]
pub(crate) fn InsightsPage() -> impl IntoView {
    only_for(readers, |me| view! { <Load me=me /> }.whole())
}

#[component]
fn Load(me: Me) -> impl IntoView {
    let query = use_query_map();
    let days = Memo::new(move |_| {
        let days = query.with(|query| query.get("days"));
        let known = |days: &u32| text::PERIODS.iter().any(|(period, _)| period == days);
        days.and_then(|days| days.parse().ok())
            .filter(known)
            .unwrap_or(USUAL_DAYS)
    });
    let data = bodies(move || Some(vec![path::insights(days.get()), path::document_requests()]));
    let works_the_desk = me.role == Role::Legal;
    let periods = text::PERIODS
        .into_iter()
        .map(|(period, name)| {
            let current = derive(move || (days.get() == period).then_some("true"));
            view! {
                <li>
                    <a href=format!("/insights?days={period}") aria-current=current>
                        {name}
                    </a>
                </li>
            }
        })
        .wholes();
    view! {
        <Title text=text::title(text::INSIGHTS) />
        <div class="page">
            <header class="page-head">
                <h1>{text::INSIGHTS}</h1>
                <p class="lead">{text::INSIGHTS_LEAD}</p>
            </header>
            <nav class="filters" aria-label=text::PERIOD>
                <ul>{periods}</ul>
                <a
                    class="button small"
                    href=derive(move || path::insights_table(days.get()))
                    download
                    rel="external"
                >
                    {text::DOWNLOAD_TABLE}
                </a>
            </nav>
            {loaded(
                data,
                rows_to_come,
                move |bodies| {
                    let insights = only(&bodies)?;
                    let requests = only(bodies.get(1..).unwrap_or_default())?;
                    Ok(content(insights, requests, works_the_desk))
                },
            )}
        </div>
    }
}

fn content(
    insights: Insights,
    requests: Vec<inhouse_protocol::DocumentRequest>,
    works_the_desk: bool,
) -> AnyView {
    let cut = insights
        .cut
        .then(|| view! { <p class="note">{text::INSIGHTS_CUT}</p> });
    let requests = RwSignal::new(requests);
    let figures = figures(&insights.figures);
    let missing = missing::section(&insights.missing, works_the_desk, requests);
    let charts = charts::section(insights.charts);
    let departments = rows("departments", text::BY_DEPARTMENT, &insights.departments);
    let topics = rows("topics", text::BY_TOPIC, &insights.topics);
    let requested = requests::section(requests);
    view! {
        {cut}
        {figures}
        {missing}
        {requested}
        {charts}
        {departments}
        {topics}
    }
    .whole()
}

/// Each figure beside that of the period before.
fn figures(all: &[InsightFigure]) -> AnyView {
    let figures = all
        .iter()
        .map(|figure| {
            let (name, means) = text::insight(figure.metric);
            let before = text::insight_value(figure.metric, figure.before);
            view! {
                <div>
                    <dt>{name} <span class="hint">{means}</span></dt>
                    <dd>
                        {text::insight_value(figure.metric, figure.value)}
                        <span class="hint">{text::PERIOD_BEFORE} ": " {before}</span>
                    </dd>
                </div>
            }
        })
        .wholes();
    view! { <dl class="insight-figures">{figures}</dl> }.whole()
}

/// How questions ended, by label.
fn rows(id: &'static str, heading: &'static str, all: &[InsightRow]) -> AnyView {
    if all.is_empty() {
        return ().whole();
    }
    let answered = text::outcome(Outcome::Answered);
    let declined = text::outcome(Outcome::Declined);
    let rows = all
        .iter()
        .map(|row| {
            let label = match row.label.as_str() {
                "" => text::WITHOUT_LABEL.to_owned(),
                label => label.to_owned(),
            };
            view! {
                <tr>
                    <th scope="row">{label}</th>
                    <td class="number" data-label=text::QUESTIONS_ASKED>
                        {row.questions}
                    </td>
                    <td class="number" data-label=answered>
                        {row.answered}
                    </td>
                    <td class="number" data-label=text::TO_A_PERSON>
                        {row.escalated}
                    </td>
                    <td class="number" data-label=declined>
                        {row.declined}
                    </td>
                </tr>
            }
        })
        .wholes();
    view! {
        <section class="panel" aria-labelledby=id>
            <h2 id=id>{heading}</h2>
            <div class="table-frame" tabindex="0" role="group" aria-label=heading>
                <table class="listing">
                    <caption class="visually-hidden">{heading}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text::NAME_COLUMN}</th>
                            <th scope="col" class="number">{text::QUESTIONS_ASKED}</th>
                            <th scope="col" class="number">{answered}</th>
                            <th scope="col" class="number">{text::TO_A_PERSON}</th>
                            <th scope="col" class="number">{declined}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .whole()
}
