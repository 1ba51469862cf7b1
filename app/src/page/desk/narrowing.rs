//! The desk's filters: states as links, the others and the order as a form. All of it stands in
//! the address and works without a script too.

use super::filter::{self, SORTS};
use crate::part::{Icon, IntoWhole, IntoWholes, derive, typed};
use crate::text;
use inhouse_protocol::{DeskFilter, EscalationState, Priority, Queues};
use leptos::ev::{Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

const STATES: [Option<EscalationState>; 4] = [
    Some(EscalationState::Open),
    Some(EscalationState::Answered),
    Some(EscalationState::Resolved),
    None,
];

/// Where the value of a choice stands in the filter.
type Part = fn(&mut DeskFilter) -> &mut Option<String>;

/// Links for the states.
pub(super) fn states(now: Memo<DeskFilter>) -> AnyView {
    let links = STATES
        .into_iter()
        .map(|state| {
            let there = move || now.with(|now| filter::with_state(now, state));
            let current = derive(move || (there() == now.get()).then_some("true"));
            view! {
                <li>
                    <a href=derive(move || filter::page(&there())) aria-current=current>
                        {state.map_or(text::ALL, text::state)}
                    </a>
                </li>
            }
        })
        .wholes();
    view! { <ul>{links}</ul> }.whole()
}

/// The form for everything else. A choice counts at once, words with Enter.
pub(super) fn form(now: Memo<DeskFilter>, all: &Queues) -> AnyView {
    let navigate = use_navigate();
    let words = NodeRef::<html::Input>::new();
    let go = Callback::new(move |filter: DeskFilter| {
        navigate(&filter::page(&filter), NavigateOptions::default());
    });
    let search = move |event: SubmitEvent| {
        event.prevent_default();
        let written = typed(words).trim().to_owned();
        go.run(DeskFilter {
            q: (!written.is_empty()).then_some(written),
            ..now.get_untracked()
        });
    };
    let queues = all.queues.iter();
    let queues = queues.map(|queue| (queue.name.key.clone(), queue.name.name.clone()));
    let queues = anything(text::ANY_QUEUE).chain(queues).collect();
    let people = all.people.iter();
    let people = people.map(|person| (person.id.to_string(), person.name.clone()));
    let assignees = anything(text::ANY_ASSIGNEE)
        .chain([choice("me", text::ME), choice("nobody", text::NOBODY)])
        .chain(people)
        .collect();
    let priorities = Priority::ALL.map(|one| choice(one.as_str(), text::priority(one)));
    let priorities = anything(text::ANY_PRIORITY).chain(priorities).collect();
    let languages = text::LANGUAGES.map(|(code, name)| choice(code, name));
    let languages = anything(text::ANY_LANGUAGE).chain(languages).collect();
    let sorts = SORTS.map(|sort| {
        choice(
            if sort == SORTS[0] { "" } else { sort },
            text::sort_name(sort),
        )
    });
    let snoozed = move |event: Event| {
        go.run(DeskFilter {
            snoozed: event_target_checked(&event).then(|| "yes".to_owned()),
            ..now.get_untracked()
        });
    };
    let with_snoozed = move || now.with(|now| now.snoozed.is_some());
    view! {
        <form class="desk-filters" method="get" action="/desk" role="search" on:submit=search>
            <input
                type="hidden"
                name="state"
                value=derive(move || now.with(|now| now.state.clone().unwrap_or_default()))
            />
            <div class="field desk-search">
                <label class="visually-hidden" for="desk-search">
                    {text::SEARCH_DESK}
                </label>
                <input
                    id="desk-search"
                    name="q"
                    type="search"
                    autocomplete="off"
                    placeholder=text::SEARCH_DESK
                    value=now.with_untracked(|now| now.q.clone())
                    prop:value=derive(move || now.with(|now| now.q.clone().unwrap_or_default()))
                    node_ref=words
                />
            </div>
            {select("queue", text::DESK_QUEUE, queues, |f| &mut f.queue, now, go)}
            {select("assignee", text::ASSIGNEE, assignees, |f| &mut f.assignee, now, go)}
            {select("priority", text::DESK_PRIORITY, priorities, |f| &mut f.priority, now, go)}
            {select("language", text::ASKED_IN, languages, |f| &mut f.language, now, go)}
            {select("sort", text::SORTED_BY, sorts.into(), |f| &mut f.sort, now, go)}
            <label class="choice">
                <input
                    type="checkbox"
                    name="snoozed"
                    value="yes"
                    checked=now.with_untracked(|now| now.snoozed.is_some())
                    prop:checked=derive(with_snoozed)
                    on:change=snoozed
                />
                <span>{text::WITH_SNOOZED}</span>
            </label>
            <button type="submit" class="small">
                {Icon::Search.view()}
                {text::APPLY}
            </button>
            <a
                class="clear"
                href=derive(move || now.with(|now| filter::page(&only_state(now))))
                hidden=derive(move || now.with(filter::is_plain))
            >
                {text::CLEAR_FILTER}
            </a>
        </form>
    }
    .whole()
}

fn only_state(filter: &DeskFilter) -> DeskFilter {
    DeskFilter {
        state: filter.state.clone(),
        ..DeskFilter::default()
    }
}

fn choice(value: &str, name: &str) -> (String, String) {
    (value.to_owned(), name.to_owned())
}

fn anything(name: &'static str) -> impl Iterator<Item = (String, String)> {
    std::iter::once((String::new(), name.to_owned()))
}

/// A list to choose one part of the filter from.
fn select(
    name: &'static str,
    label: &'static str,
    choices: Vec<(String, String)>,
    part: Part,
    now: Memo<DeskFilter>,
    go: Callback<DeskFilter>,
) -> AnyView {
    let value = move || {
        let mut filter = now.get();
        part(&mut filter).take().unwrap_or_default()
    };
    let first = untrack(value);
    let options = choices
        .into_iter()
        .map(|(value, name)| {
            let selected = value == first;
            view! {
                <option value=value selected=selected>
                    {name}
                </option>
            }
        })
        .wholes();
    let change = move |event: Event| {
        let mut filter = now.get_untracked();
        let chosen = event_target_value(&event);
        *part(&mut filter) = (!chosen.is_empty()).then_some(chosen);
        go.run(filter);
    };
    view! {
        <label class="desk-choice">
            <span class="visually-hidden">{label}</span>
            <select name=name prop:value=derive(value) on:change=change>
                {options}
            </select>
        </label>
    }
    .whole()
}
