//! Measuring on labelled questions: the sets, and when a question is answered.

mod calibration;
mod charts;
mod comparison;
mod evaluation;
mod figures;
mod new_set;
mod question_set;
mod results;
mod shared;
mod start;

pub(crate) use comparison::ComparisonPage;
pub(crate) use evaluation::EvaluationPage;
pub(crate) use question_set::QuestionSetPage;

use super::log::admin;
use super::only_for;
use crate::api::path;
use crate::part::{Icon, IntoWhole, IntoWholes, bodies, loaded, only, rows_to_come};
use crate::text;
use inhouse_protocol::QuestionSet;
use leptos::prelude::*;
use leptos_meta::Title;
use new_set::NewSet;
use shared::set_page;

/// Only admins measure.
#[component]
pub(crate) fn QualityPage() -> impl IntoView {
    only_for(admin, |_| view! { <Sets /> }.whole())
}

#[component]
fn Sets() -> impl IntoView {
    let data = bodies(|| Some(vec![path::question_sets(), path::calibrations()]));
    let content = |bodies: Vec<String>| {
        let sets: Vec<QuestionSet> = only(&bodies)?;
        let calibrations = only(bodies.get(1..).unwrap_or_default())?;
        let rows = rows(sets);
        let calibration = calibration::section(calibrations);
        Ok(view! {
            {rows}
            <NewSet />
            {calibration}
        }
        .whole())
    };
    view! {
        <Title text=text::title(text::QUALITY) />
        <div class="page">
            <header class="page-head">
                <h1>{text::QUALITY}</h1>
                <p class="lead">{text::QUALITY_LEAD}</p>
            </header>
            {loaded(data, rows_to_come, content)}
        </div>
    }
}

fn rows(sets: Vec<QuestionSet>) -> AnyView {
    if sets.is_empty() {
        return view! { <div class="empty">{Icon::Quality.view()} <p>{text::NO_QUESTION_SETS}</p></div> }
            .whole();
    }
    let rows = sets
        .into_iter()
        .map(|set| {
            let page = set_page(&set.id);
            let about = about(&set);
            view! {
                <li>
                    <a class="row" href=page>
                        <span class="row-title">{set.name}</span>
                        {(!set.description.is_empty())
                            .then(|| view! { <span class="row-text">{set.description}</span> })}
                        <span class="row-about">{about}</span>
                    </a>
                </li>
            }
        })
        .wholes();
    view! { <ul class="rows">{rows}</ul> }.whole()
}

/// How many questions a set has, and what is known of them.
fn about(set: &QuestionSet) -> Vec<AnyView> {
    let count = text::questions(set.questions);
    std::iter::once(count)
        .chain(text::labels(set))
        .map(|words| view! { <span>{words}</span> })
        .wholes()
}
