//! The people of a group: who is in it by whose doing, adding and removing them.

use super::group::Shown;
use crate::api::invalid;
use crate::browser;
use crate::part::{ErrorNote, Field, FormError, Icon, derive, find_person, live, people_list};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Member, MemberSource};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["person"];
/// Id of the list of those who could be added.
const SUGGESTIONS: &str = "people-to-add";

/// Who is in it, and by whose doing.
#[component]
pub(super) fn Members(shown: Shown) -> impl IntoView {
    let none = Memo::new(move |_| shown.group.with(|group| group.people.is_empty()));
    let members = move || shown.group.with(|group| group.people.clone());
    let error = move || {
        let error = shown.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    view! {
        <div role="alert" class="alert-place">
            {live(error)}
        </div>
        <p class="quiet" hidden=derive(move || !none.get())>
            {text::NO_MEMBERS}
        </p>
        <div class="table-frame" hidden=derive(move || none.get())>
            <table class="listing">
                <caption class="visually-hidden">{text::MEMBERS}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text::NAME}</th>
                        <th scope="col">{text::MEMBER_BY}</th>
                        <th scope="col">
                            <span class="visually-hidden">{text::ACTIONS}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=members
                        key=|member| (member.id.clone(), member.source)
                        let(member)
                    >
                        <MemberRow member=member shown=shown />
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn MemberRow(member: Member, shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let remove = (member.source == MemberSource::Local).then(|| {
        let (id, name) = (member.id.clone(), member.name.clone());
        let label = text::remove_member(&name);
        let remove = move |_| {
            let (id, name) = (id.clone(), name.clone());
            let api = shown.api.get_value();
            shown.error.set(None);
            spawn_local(async move {
                let removed = api.remove_member(&shown.id(), &id).await;
                let seen = match removed {
                    Ok(()) => shown.done(ui, text::removed(&name)).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = seen {
                    let _ = shown.error.try_set(Some(error));
                }
                browser::focus("#members");
            });
        };
        view! {
            <button
                type="button"
                class="small plain danger"
                aria-label=label
                disabled=derive(move || !ui.ready.get())
                on:click=remove
            >
                {text::REMOVE}
            </button>
        }
    });
    view! {
        <tr>
            <th scope="row" data-label=text::NAME>
                <span class="file-title">{member.name}</span>
                <span class="quiet">{member.email}</span>
            </th>
            <td data-label=text::MEMBER_BY>{text::member_source(member.source)}</td>
            <td class="row-actions">{remove}</td>
        </tr>
    }
}

/// The field that takes a name, with those who aren't in the group as suggestions.
#[component]
pub(super) fn AddMember(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let person = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = person.get_untracked() else {
            return;
        };
        let chosen = shown.people.with_value(|people| {
            let id = find_person(people, &field.value())?;
            let person = people.iter().find(|person| person.id == id);
            let name = person.map(|person| person.name.clone());
            Ok::<_, &'static str>((id, name.unwrap_or_default()))
        });
        let (id, name) = match chosen {
            Ok(chosen) => chosen,
            Err(message) => {
                error.set(Some(invalid("person", message)));
                return;
            }
        };
        let api = shown.api.get_value();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let added = match api.add_member(&shown.id(), &id).await {
                Ok(()) => shown.done(ui, text::added(&name)).await,
                Err(wrong) => Err(wrong),
            };
            let _ = busy.try_set(false);
            match added {
                Ok(()) => field.set_value(""),
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
            browser::focus("#member-person");
        });
    };
    let others = move || {
        let mut people = shown.people.get_value();
        shown.group.with(|group| {
            people.retain(|person| {
                !person.disabled && group.people.iter().all(|member| member.id != person.id)
            });
        });
        people_list(SUGGESTIONS, &people)
    };
    view! {
        <form method="post" class="inline-form" on:submit=submit>
            <FormError error=error fields=FIELDS />
            <Field
                form="member"
                name="person"
                label=text::ADD_MEMBER
                hint=text::MEMBER_EMAIL
                list=SUGGESTIONS
                node=person
                error=error
            />
            {live(others)}
            <button type="submit" disabled=derive(move || !ui.ready.get() || busy.get())>
                {Icon::Plus.view()}
                {text::ADD}
            </button>
        </form>
    }
}
