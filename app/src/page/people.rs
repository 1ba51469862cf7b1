//! The accounts, and adding one.

use super::only_for;
use super::person_row::{PersonRow, new_password};
use super::person_sheet::person_sheet;
use crate::api::{Api, path};
use crate::part::{
    Field, FormError, Icon, IntoWhole, IntoWholes, bodies, derive, loaded, only, rows_to_come,
    typed,
};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Me, NewPerson, Person, Role};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["name", "email", "department", "password"];

/// What the rows of the list share.
#[derive(Clone, Copy)]
pub(super) struct People {
    pub(super) all: RwSignal<Vec<Person>>,
    /// Who gets a new password.
    pub(super) password_of: RwSignal<Option<Person>>,
    /// Whose sessions and second factor are shown.
    pub(super) sheet_of: RwSignal<Option<Person>>,
    pub(super) error: RwSignal<Option<ApiError>>,
}

/// Only admins manage people.
#[component]
pub(crate) fn PeoplePage() -> impl IntoView {
    only_for(
        |role| role == Role::Admin,
        |me| view! { <Load me=me /> }.whole(),
    )
}

#[component]
fn Load(me: Me) -> impl IntoView {
    let people = bodies(|| Some(vec![path::people()]));
    view! {
        <Title text=text::title(text::PEOPLE) />
        <div class="page">
            <header class="page-head">
                <h1>{text::PEOPLE}</h1>
                <p class="lead">{text::PEOPLE_LEAD}</p>
            </header>
            {loaded(
                people,
                rows_to_come,
                move |bodies| {
                    let people = only(&bodies)?;
                    Ok(view! { <List me=me.clone() people=people /> }.whole())
                },
            )}
        </div>
    }
}

#[component]
fn List(me: Me, people: Vec<Person>) -> impl IntoView {
    let people = People {
        all: RwSignal::new(people),
        password_of: RwSignal::new(None),
        sheet_of: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    let ids = move || {
        people.all.with(|all| {
            all.iter()
                .map(|person| person.id.clone())
                .collect::<Vec<_>>()
        })
    };
    let own = me.id;
    view! {
        <FormError error=people.error />
        <div class="table-frame">
            <table class="people">
                <caption class="visually-hidden">{text::PEOPLE}</caption>
                <thead>
                    <tr>
                        <th scope="col">{text::NAME}</th>
                        <th scope="col">{text::ROLE}</th>
                        <th scope="col">{text::DEPARTMENT}</th>
                        <th scope="col">{text::SIGNS_IN}</th>
                        <th scope="col">{text::LAST_SEEN}</th>
                        <th scope="col">
                            <span class="visually-hidden">{text::ACTIONS}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=ids
                        key=Clone::clone
                        children=move |id| {
                            let own = id == own;
                            view! { <PersonRow id=id people=people own=own /> }
                        }
                    />
                </tbody>
            </table>
        </div>
        <Add people=people />
        {new_password(people)}
        {person_sheet(people)}
    }
}

/// The form for a new account.
#[component]
fn Add(people: People) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let form = NodeRef::<html::Form>::new();
    let name = NodeRef::<html::Input>::new();
    let email = NodeRef::<html::Input>::new();
    let department = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let role = RwSignal::new(Role::Employee);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let department = typed(department).trim().to_owned();
        let person = NewPerson {
            email: typed(email).trim().to_owned(),
            name: typed(name).trim().to_owned(),
            role: role.get_untracked(),
            department: (!department.is_empty()).then_some(department),
            password: typed(password),
        };
        let api = api.clone();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let added = api.new_person(&person).await;
            let _ = busy.try_set(false);
            match added {
                Ok(person) => {
                    ui.say(text::added(&person.name));
                    people.all.try_update(|all| all.push(person));
                    if let Some(form) = form.try_get_untracked().flatten() {
                        form.reset();
                    }
                    let _ = role.try_set(Role::Employee);
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let roles = Role::ALL
        .into_iter()
        .map(|choice| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="role"
                        value=choice.as_str()
                        checked={choice == Role::Employee}
                        on:change=move |_| role.set(choice)
                    />
                    <span>
                        {text::role(choice)} <span class="hint">{text::role_explained(choice)}</span>
                    </span>
                </label>
            }
        })
        .wholes();
    view! {
        <details class="add">
            <summary>{Icon::Plus.view()} {text::ADD_PERSON}</summary>
            <form method="post" node_ref=form on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field form="person" name="name" label=text::NAME node=name error=error />
                <Field
                    form="person"
                    name="email"
                    label=text::EMAIL
                    kind="email"
                    node=email
                    error=error
                />
                <Field
                    form="person"
                    name="department"
                    label=text::DEPARTMENT
                    hint=text::DEPARTMENT_HINT
                    node=department
                    error=error
                    required=false
                />
                <Field
                    form="person"
                    name="password"
                    label=text::FIRST_PASSWORD
                    hint=text::PASSWORD_HINT
                    kind="password"
                    autocomplete="new-password"
                    node=password
                    error=error
                />
                <fieldset class="field">
                    <legend>{text::ROLE}</legend>
                    {roles}
                </fieldset>
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::ADD_PERSON}
                </button>
            </form>
        </details>
    }
}
