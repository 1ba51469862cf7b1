//! Approved answers: the list, what is brought in and out, and the editor.

mod answer;
mod form;
mod import;
mod places;
mod steps;

pub(crate) use answer::{AnswerPage, NewAnswerPage};

use super::only_for;
use crate::api::path;
use crate::part::{Icon, IntoWhole, IntoWholes, bodies, derive, live, loaded, only, rows_to_come};
use crate::text;
use crate::time::day_text;
use import::Import;
use inhouse_protocol::{ApprovalState, ApprovedAnswerSummary, Role};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Only the legal team stands for answers.
fn legal(role: Role) -> bool {
    role == Role::Legal
}

/// The list; the state that is shown stands in its address.
#[component]
pub(crate) fn ApprovedPage() -> impl IntoView {
    only_for(legal, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let query = use_query_map();
    let chosen = Memo::new(move |_| {
        let name = query.with(|query| query.get("state"));
        let mut states = ApprovalState::ALL.into_iter();
        states.find(|state| Some(state.as_str()) == name.as_deref())
    });
    let data = bodies(|| Some(vec![path::approved_answers()]));
    let content = loaded(data, rows_to_come, move |bodies| {
        let answers: Vec<ApprovedAnswerSummary> = only(&bodies)?;
        Ok(view! { <Answers answers=answers chosen=chosen /> }.whole())
    });
    view! {
        <Title text=text::title(text::APPROVED_ANSWERS) />
        <div class="page">
            <header class="page-head">
                <h1>{text::APPROVED_ANSWERS}</h1>
                <p class="lead">{text::APPROVED_LEAD}</p>
            </header>
            {content}
            <Import />
        </div>
    }
}

#[component]
fn Answers(
    answers: Vec<ApprovedAnswerSummary>,
    chosen: Memo<Option<ApprovalState>>,
) -> impl IntoView {
    let any = !answers.is_empty();
    let filters = filters(&answers, chosen);
    let answers = StoredValue::new(answers);
    let list = move || {
        let state = chosen.get();
        let rows = answers.with_value(|answers| {
            let answers = answers.iter();
            answers
                .filter(|answer| state.is_none_or(|state| answer.state == state))
                .map(row)
                .wholes()
        });
        if rows.is_empty() {
            let words = if any {
                text::NO_ANSWERS_THERE
            } else {
                text::NO_ANSWERS
            };
            return view! { <div class="empty">{Icon::Check.view()} <p>{words}</p></div> }.whole();
        }
        view! { <ul class="rows">{rows}</ul> }.whole()
    };
    view! {
        <div class="filters">
            <nav aria-label=text::BY_STATE>
                <ul>{filters}</ul>
            </nav>
            <a class="button primary small" href="/approved/new">
                {Icon::Plus.view()}
                {text::NEW_ANSWER}
            </a>
        </div>
        {live(list)}
        <p class="buttons">
            <a class="button small" href=path::approved_file("jsonl") download rel="external">
                {Icon::Download.view()}
                {text::EXPORT_JSON}
            </a>
            <a class="button small" href=path::approved_file("csv") download rel="external">
                {Icon::Download.view()}
                {text::EXPORT_CSV}
            </a>
        </p>
    }
}

/// Links to each state, with how many stand there.
fn filters(answers: &[ApprovedAnswerSummary], chosen: Memo<Option<ApprovalState>>) -> Vec<AnyView> {
    let states = ApprovalState::ALL.map(Some);
    [None]
        .into_iter()
        .chain(states)
        .map(|state| {
            let all = answers.iter();
            let here = all.filter(|answer| state.is_none_or(|state| answer.state == state));
            let count = here.count();
            let (name, page) = match state {
                Some(state) => (
                    text::approval(state),
                    format!("/approved?state={}", state.as_str()),
                ),
                None => (text::ANY_STATE, "/approved".to_owned()),
            };
            let current = derive(move || (chosen.get() == state).then_some("true"));
            view! {
                <li>
                    <a href=page aria-current=current>
                        {name} " " {count}
                    </a>
                </li>
            }
        })
        .wholes()
}

fn row(answer: &ApprovedAnswerSummary) -> AnyView {
    let audience = if answer.everyone {
        text::FOR_EVERYONE
    } else {
        text::FOR_GROUPS
    };
    let owner = answer
        .owner
        .as_ref()
        .map(|owner| text::owned_by(&owner.name));
    let until = answer
        .valid_until
        .map(|day| text::valid_until(&day_text(day)));
    let about = [
        Some(audience.to_owned()),
        owner,
        until,
        Some(text::given_times(answer.served)),
    ]
    .into_iter()
    .flatten()
    .map(|words| view! { <span>{words}</span> })
    .wholes();
    let why = answer
        .review_reason
        .clone()
        .map(|why| view! { <span class="row-text">{why}</span> });
    view! {
        <li>
            <a class="row" href=format!("/approved/{}", answer.id)>
                <span class="row-title">{answer.question.clone()}</span>
                {why}
                <span class="row-about">{approval_tag(answer.state)} {about}</span>
            </a>
        </li>
    }
    .whole()
}

/// Where an answer stands, in words and with an icon.
fn approval_tag(state: ApprovalState) -> AnyView {
    let (class, icon) = match state {
        ApprovalState::Draft => ("tag", Icon::Note),
        ApprovalState::Proposed => ("tag tag-open", Icon::Person),
        ApprovalState::Approved => ("tag tag-resolved", Icon::Check),
        ApprovalState::Review => ("tag tag-failed", Icon::Alert),
        ApprovalState::Retired => ("tag", Icon::Close),
    };
    view! { <span class=class>{icon.view()} {text::approval(state)}</span> }.whole()
}
