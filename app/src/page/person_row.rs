//! One account in the list: its role, whether it may sign in, a new password.

use super::people::People;
use crate::api::Api;
use crate::part::{Field, FormError, Icon, IntoWhole, IntoWholes, derive, live, modal};
use crate::state::Ui;
use crate::text;
use crate::time::Day;
use inhouse_protocol::{ApiError, Person, PersonChange, PersonSource, Role, UserId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["password"];

/// A row of the list. One's own role can't be changed, nor oneself disabled: an admin could lock
/// everyone out.
#[component]
pub(super) fn PersonRow(id: UserId, people: People, own: bool) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let wanted = id.clone();
    let person = Memo::new(move |_| {
        people
            .all
            .with(|all| all.iter().find(|person| person.id == wanted).cloned())
    });
    let of = move |read: fn(&Person) -> String| {
        live(move || person.with(|person| person.as_ref().map(read).unwrap_or_default()))
    };
    let name = move || {
        person
            .with(|person| person.as_ref().map(|person| person.name.clone()))
            .unwrap_or_default()
    };
    let disabled = move || person.with(|person| person.as_ref().is_some_and(|p| p.disabled));
    let erased = move || person.with(|person| person.as_ref().is_some_and(|p| p.erased));
    // What an admin can set a password for: others prove who they are elsewhere.
    let local = move || {
        person.with(|person| {
            let person = person.as_ref();
            person.is_some_and(|person| person.source == PersonSource::Local && !person.erased)
        })
    };
    let has_role =
        move |role| person.with(|person| person.as_ref().is_some_and(|p| p.role == role));
    let change = Callback::new(move |change: PersonChange| {
        let (api, id) = (api.clone(), id.clone());
        people.error.set(None);
        spawn_local(async move {
            match api.change_person(&id, &change).await {
                Ok(changed) => {
                    ui.say(text::changed(&changed.name));
                    people.all.try_update(|all| {
                        if let Some(person) = all.iter_mut().find(|person| person.id == id) {
                            *person = changed;
                        }
                    });
                }
                Err(error) => {
                    // The list shows again what is true.
                    people.all.try_update(|_| ());
                    let _ = people.error.try_set(Some(error));
                }
            }
        });
    });
    let choose = move |event| {
        if let Ok(role) = event_target_value::<leptos::ev::Event>(&event).parse::<Role>() {
            change.run(PersonChange {
                role: Some(role),
                disabled: None,
            });
        }
    };
    let roles = Role::ALL
        .into_iter()
        .map(|role| {
            view! {
                <option
                    value=role.as_str()
                    selected=derive(move || has_role(role))
                    prop:selected=derive(move || has_role(role))
                >
                    {text::role(role)}
                </option>
            }
        })
        .wholes();
    let toggle = move |_| {
        change.run(PersonChange {
            role: None,
            disabled: Some(!disabled()),
        });
    };
    view! {
        <tr class:disabled=derive(disabled)>
            <th scope="row" data-label=text::NAME>
                <span class="file-title">
                    {live(name)}
                    {own.then(|| view! { <span class="quiet">" " {text::YOU}</span> })}
                    {live(move || {
                        let state = match (erased(), disabled()) {
                            (true, _) => text::ERASED,
                            (false, true) => text::DISABLED,
                            (false, false) => return None,
                        };
                        Some(view! { <span class="tag">{state}</span> })
                    })}
                </span>
                <span class="quiet">{of(|person| person.email.clone())}</span>
            </th>
            <td data-label=text::ROLE>
                <select
                    aria-label=derive(move || text::role_of(&name()))
                    disabled=derive(move || own || erased() || !ui.ready.get())
                    on:change=choose
                >
                    {roles}
                </select>
            </td>
            <td data-label=text::DEPARTMENT>
                {of(|person| person.department.clone().unwrap_or_else(|| "–".to_owned()))}
            </td>
            <td data-label=text::SIGNS_IN>
                {live(move || person.with(|person| person.as_ref().map(signs_in)))}
            </td>
            <td data-label=text::LAST_SEEN>
                {live(move || {
                    person
                        .with(|person| person.as_ref().and_then(|person| person.last_seen_at))
                        .map_or_else(
                            || text::NEVER.whole(),
                            |at| view! { <Day at=at /> }.whole(),
                        )
                })}
            </td>
            <td class="row-actions">
                <button
                    type="button"
                    class="small plain"
                    hidden=derive(move || !local())
                    aria-label=derive(move || text::new_password_for(&name()))
                    disabled=derive(move || !ui.ready.get())
                    on:click=move |_| people.password_of.set(person.get_untracked())
                >
                    {text::NEW_PASSWORD}
                </button>
                {(!own)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="small plain"
                                hidden=derive(erased)
                                disabled=derive(move || !ui.ready.get())
                                on:click=toggle
                            >
                                {live(move || if disabled() { text::ENABLE } else { text::DISABLE })}
                            </button>
                        }
                    })}
                <button
                    type="button"
                    class="small plain"
                    hidden=derive(erased)
                    aria-label=derive(move || text::more_of(&name()))
                    disabled=derive(move || !ui.ready.get())
                    on:click=move |_| people.sheet_of.set(person.get_untracked())
                >
                    {text::MORE}
                </button>
            </td>
        </tr>
    }
}

/// Where a person proves who they are, and whether a second factor stands before it.
fn signs_in(person: &Person) -> AnyView {
    if person.erased {
        return "–".whole();
    }
    let factor = person.totp.then(|| {
        view! { <span class="tag tag-resolved">{Icon::Shield.view()} {text::WITH_SECOND_FACTOR}</span> }
    });
    view! {
        <span class="signs-in">{text::source(person.source)} {factor}</span>
    }
    .whole()
}

/// The dialog in which an admin sets a password; it ends the person's sessions.
pub(super) fn new_password(people: People) -> AnyView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let password = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let open = derive(move || people.password_of.with(Option::is_some));
    let close = Callback::new(move |()| {
        people.password_of.set(None);
        error.set(None);
        if let Some(password) = password.get_untracked() {
            password.set_value("");
        }
    });
    let name = move || {
        people
            .password_of
            .with(|person| person.as_ref().map(|person| person.name.clone()))
            .unwrap_or_default()
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(person), Some(field)) =
            (people.password_of.get_untracked(), password.get_untracked())
        else {
            return;
        };
        let api = api.clone();
        error.set(None);
        spawn_local(async move {
            match api.set_password(&person.id, field.value()).await {
                Ok(()) => {
                    ui.say(text::changed(&person.name));
                    close.try_run(());
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let content = view! {
            <h2>{text::NEW_PASSWORD}</h2>
            <p>
                <strong>{live(name)}</strong>
            </p>
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field
                    form="password"
                    name="password"
                    label=text::NEW_PASSWORD
                    hint=text::NEW_PASSWORD_HINT
                    kind="password"
                    autocomplete="new-password"
                    node=password
                    error=error
                />
                <div class="buttons">
                    <button type="submit" class="primary">
                        {text::SET_PASSWORD}
                    </button>
                    <button type="button" class="plain" on:click=move |_| close.run(())>
                        {text::CANCEL}
                    </button>
                </div>
            </form>
    };
    modal(open, close, text::NEW_PASSWORD, content.whole())
}
