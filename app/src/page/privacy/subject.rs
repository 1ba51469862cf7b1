//! One person's data: who it is about, and what can be done with it.

use super::erasure::Erasure;
use crate::api::{invalid, path};
use crate::part::{
    Field, FormError, Icon, IntoWhole, derive, find_person, live, on_change, people_list,
};
use crate::state::Ui;
use crate::text;
use crate::time::Day;
use inhouse_protocol::{ApiError, Person, UserId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

/// Id of the list of suggestions for a person.
const PEOPLE: &str = "privacy-people";
/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["person"];

/// The section: the person stands in the address, so that other pages can lead here.
#[component]
pub(super) fn SubjectSection(people: RwSignal<Vec<Person>>) -> impl IntoView {
    let ui = Ui::of_page();
    let navigate = use_navigate();
    let query = use_query_map();
    let field = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let wanted = Memo::new(move |_| {
        query.with(|query| query.get("person").and_then(|id| id.parse::<UserId>().ok()))
    });
    // Whom it is about doesn't change when the list does, which an erasure makes it do.
    let chosen = Memo::new(move |_| {
        let id = wanted.get()?;
        people.with_untracked(|all| all.iter().find(|person| person.id == id).cloned())
    });
    on_change(move || {
        let email = chosen.with(|person| {
            let there = person.as_ref().filter(|person| !person.erased);
            there.map(|person| person.email.clone())
        });
        if let (Some(field), Some(email)) = (field.get(), email) {
            field.set_value(&email);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = field.get_untracked().map(|field| field.value());
        let typed = typed.unwrap_or_default();
        match people.with_untracked(|all| find_person(all, &typed)) {
            Ok(id) => {
                error.set(None);
                navigate(&format!("/privacy?person={id}"), NavigateOptions::default());
            }
            Err(message) => error.set(Some(invalid("person", message))),
        }
    };
    let subject = move || {
        chosen
            .get()
            .map(|person| view! { <Subject person=person people=people /> })
    };
    view! {
        <section class="panel" aria-labelledby="subject">
            <h2 id="subject">{text::SUBJECT}</h2>
            <p class="quiet">{text::SUBJECT_LEAD}</p>
            <form class="inline-form" method="get" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field
                    form="subject"
                    name="person"
                    label=text::PERSON_LABEL
                    hint=text::MEMBER_EMAIL
                    list=PEOPLE
                    node=field
                    error=error
                />
                <button type="submit" disabled=derive(move || !ui.ready.get())>
                    {text::SHOW_PERSON}
                </button>
            </form>
            {people.with_untracked(|all| people_list(PEOPLE, all))}
            {live(subject)}
        </section>
    }
}

#[component]
fn Subject(person: Person, people: RwSignal<Vec<Person>>) -> impl IntoView {
    if person.erased {
        return view! {
            <p class="note calm">{Icon::Shield.view()} <span>{text::SOMEBODY}</span></p>
        }
        .whole();
    }
    let seen = person
        .last_seen_at
        .map_or_else(|| text::NEVER.whole(), |at| view! { <Day at=at /> }.whole());
    let disabled = person
        .disabled
        .then(|| view! { <span class="tag">{text::DISABLED}</span> });
    view! {
        <article class="subject" aria-labelledby="subject-name">
            <header>
                <h3 id="subject-name">{person.name.clone()}</h3>
                <p class="row-about">
                    <span>{person.email.clone()}</span>
                    <span class="tag">{text::role(person.role)}</span>
                    {disabled}
                    <span>
                        {text::LAST_SEEN} ": " {seen}
                    </span>
                </p>
            </header>
            <div>
                <a class="button" href=path::export_of(&person.id) download rel="external">
                    {Icon::Download.view()}
                    {text::EXPORT_PERSON}
                </a>
                <p class="hint">{text::EXPORT_PERSON_HINT}</p>
            </div>
            <Erasure person=person people=people />
        </article>
    }
    .whole()
}
