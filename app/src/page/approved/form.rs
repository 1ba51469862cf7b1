//! The form of an answer.

use super::answer::{Shown, Start};
use super::places;
use crate::part::{Field, IntoWhole, IntoWholes, derive, live, on_change, typed};
use crate::state::Ui;
use crate::text;
use crate::time::day_in_field;
use inhouse_protocol::{ApprovalState, ApprovedAnswerChange, GroupId, PersonName};
use leptos::ev::{Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The fields on the page.
#[derive(Clone, Copy)]
struct Fields {
    question: NodeRef<html::Input>,
    phrasings: NodeRef<html::Textarea>,
    body: NodeRef<html::Textarea>,
    owner: NodeRef<html::Select>,
    valid_until: NodeRef<html::Input>,
}

impl Fields {
    /// What is written in them.
    fn written(self, shown: Shown) -> ApprovedAnswerChange {
        let lines = |node: NodeRef<html::Textarea>| {
            let field = node.get_untracked();
            field.map(|field| field.value()).unwrap_or_default()
        };
        let owner = self.owner.get_untracked().map(|owner| owner.value());
        let everyone = shown.everyone.get_untracked();
        ApprovedAnswerChange {
            question: typed(self.question).trim().to_owned(),
            phrasings: lines(self.phrasings)
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
            body: lines(self.body),
            owner: owner.and_then(|owner| owner.parse().ok()),
            valid_until: day_in_field(&typed(self.valid_until)),
            everyone,
            groups: if everyone {
                Vec::new()
            } else {
                shown.chosen.get_untracked()
            },
            citations: shown.places.with_untracked(|all| places::chosen(all)),
            escalation: shown.escalation.get_value(),
            revision: shown
                .answer
                .with_untracked(|answer| answer.as_ref().map(|answer| answer.revision)),
        }
    }
}

/// Puts text into a field in the browser: text inside a field is written into the page without
/// escapes.
fn fill(field: NodeRef<html::Textarea>, text: String) {
    on_change(move || {
        if let Some(field) = field.get() {
            field.set_value(&text);
        }
    });
}

#[component]
pub(super) fn Form(shown: Shown, start: Start, people: Vec<PersonName>) -> impl IntoView {
    let ui = Ui::of_page();
    let navigate = use_navigate();
    let fields = Fields {
        question: NodeRef::new(),
        phrasings: NodeRef::new(),
        body: NodeRef::new(),
        owner: NodeRef::new(),
        valid_until: NodeRef::new(),
    };
    fill(fields.phrasings, start.phrasings);
    fill(fields.body, start.body);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (api, change, navigate) = (
            shown.api.get_value(),
            fields.written(shown),
            navigate.clone(),
        );
        let id = shown
            .answer
            .with_untracked(|answer| answer.as_ref().map(|answer| answer.summary.id.clone()));
        shown.begin();
        spawn_local(async move {
            let saved = api.save_answer(id.as_ref(), &change).await;
            let made = saved.as_ref().ok().filter(|_| id.is_none());
            let made = made.map(|answer| format!("/approved/{}", answer.summary.id));
            shown.settle(ui, saved, text::SAVED);
            if let Some(page) = made {
                navigate(&page, NavigateOptions::default());
            }
        });
    };
    let warns = move || {
        let state = shown
            .answer
            .with(|answer| answer.as_ref().map(|one| one.summary.state));
        (state == Some(ApprovalState::Approved)).then_some(text::CHANGES_MAKE_A_DRAFT)
    };
    let retired = move || {
        let state = shown
            .answer
            .with(|answer| answer.as_ref().map(|one| one.summary.state));
        state == Some(ApprovalState::Retired)
    };
    let off = move || !ui.ready.get() || shown.busy.get() || !shown.unsaved.get() || retired();
    view! {
        <form
            class="answer-form"
            method="post"
            on:submit=submit
            on:input=move |_| shown.unsaved.set(true)
        >
            <Field
                form="answer"
                name="question"
                label=text::ANSWER_QUESTION
                hint=text::ANSWER_QUESTION_HINT
                value=start.question
                node=fields.question
                error=shown.error
            />
            {lines("answer-phrasings", text::PHRASINGS, text::PHRASINGS_HINT, 3, fields.phrasings)}
            {lines("answer-body", text::ANSWER_BODY, text::ANSWER_BODY_HINT, 10, fields.body)}
            {places::choices(shown)}
            {audience(shown)}
            {owner(fields.owner, people, start.owner.as_ref())}
            <Field
                form="answer"
                name="valid_until"
                kind="date"
                label=text::VALID_UNTIL
                hint=text::VALID_UNTIL_HINT
                value=start.valid_until
                node=fields.valid_until
                error=shown.error
                required=false
            />
            <p class="hint" id="answer-warning">
                {live(warns)}
            </p>
            <button
                type="submit"
                class="primary"
                disabled=derive(off)
                aria-describedby="answer-warning"
            >
                {text::SAVE_ANSWER}
            </button>
        </form>
    }
}

fn lines(
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    rows: u32,
    node: NodeRef<html::Textarea>,
) -> AnyView {
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <textarea
                id=id
                rows=rows.to_string()
                maxlength="21000"
                autocomplete="off"
                node_ref=node
                aria-describedby=hint_id.clone()
            ></textarea>
            <p class="hint" id=hint_id>
                {hint}
            </p>
        </div>
    }
    .whole()
}

fn owner(
    node: NodeRef<html::Select>,
    people: Vec<PersonName>,
    now: Option<&PersonName>,
) -> AnyView {
    let options = people
        .into_iter()
        .map(|person| {
            let selected = now.is_some_and(|now| now.id == person.id);
            view! {
                <option value=person.id.to_string() selected=selected>
                    {person.name}
                </option>
            }
        })
        .wholes();
    view! {
        <div class="field">
            <label for="answer-owner">{text::OWNER}</label>
            <select id="answer-owner" node_ref=node aria-describedby="answer-owner-hint">
                {options}
            </select>
            <p class="hint" id="answer-owner-hint">
                {text::ANSWER_OWNER_HINT}
            </p>
        </div>
    }
    .whole()
}

/// To whom it is given: everyone, or the people of groups.
fn audience(shown: Shown) -> AnyView {
    let everyone = shown.everyone.get_untracked();
    let radio = |label: &'static str, value: bool| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="everyone"
                    value=if value { "yes" } else { "no" }
                    checked={everyone == value}
                    on:change=move |_| shown.everyone.set(value)
                />
                <span>{label}</span>
            </label>
        }
        .whole()
    };
    let groups = move || {
        if shown.everyone.get() {
            return ().whole();
        }
        let Some(all) = shown.groups.get() else {
            return view! { <p class="quiet">{text::GROUPS_UNKNOWN}</p> }.whole();
        };
        let rows = all
            .into_iter()
            .map(|(id, name)| group(shown, id, name))
            .wholes();
        view! { <ul class="group-choices">{rows}</ul> }.whole()
    };
    view! {
        <fieldset class="field" aria-describedby="audience-hint">
            <legend>{text::ANSWER_AUDIENCE}</legend>
            {radio(text::EVERYONE_SIGNED_IN, true)}
            {radio(text::ONLY_GROUPS, false)}
            {live(groups)}
            <p class="hint" id="audience-hint">
                {text::ANSWER_AUDIENCE_HINT}
            </p>
        </fieldset>
    }
    .whole()
}

fn group(shown: Shown, id: GroupId, name: String) -> AnyView {
    let chosen = shown.chosen.with_untracked(|chosen| chosen.contains(&id));
    let choose = move |event: Event| {
        let chosen = event_target_checked(&event);
        shown.chosen.update(|all| {
            all.retain(|one| *one != id);
            if chosen {
                all.push(id.clone());
            }
        });
    };
    view! {
        <li>
            <label class="choice">
                <input type="checkbox" checked=chosen on:change=choose />
                <span>{name}</span>
            </label>
        </li>
    }
    .whole()
}
