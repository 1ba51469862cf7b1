//! What an admin can do with somebody's account beyond its role: where it is signed in, its second
//! factor, its data.

use super::people::People;
use super::sessions::session_list;
use crate::api::Api;
use crate::part::{ErrorNote, Icon, IntoWhole, derive, live, modal};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Person, SessionInfo};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The dialog, open while somebody's sheet is shown.
pub(super) fn person_sheet(people: People) -> AnyView {
    let open = derive(move || people.sheet_of.with(Option::is_some));
    let close = Callback::new(move |()| people.sheet_of.set(None));
    let sheet = move || {
        let person = people.sheet_of.get();
        person.map(|person| view! { <Sheet person=person people=people close=close /> })
    };
    modal(open, close, text::DETAILS, live(sheet).whole())
}

#[component]
fn Sheet(person: Person, people: People, close: Callback<()>) -> impl IntoView {
    let api: Api = expect_context();
    let error = RwSignal::new(None::<ApiError>);
    let sessions = RwSignal::new(Vec::<SessionInfo>::new());
    let known = RwSignal::new(false);
    let id = person.id.clone();
    spawn_local(async move {
        match api.sessions_of(&id).await {
            Ok(all) => {
                let _ = sessions.try_set(all);
                let _ = known.try_set(true);
            }
            Err(wrong) => {
                let _ = error.try_set(Some(wrong));
            }
        }
    });
    let wrong = move || error.get().map(|error| view! { <ErrorNote error=error /> });
    let list = move || {
        if known.get() {
            session_list(sessions, None)
        } else {
            view! { <p class="quiet">{text::LOADING}</p> }.whole()
        }
    };
    let privacy = format!("/privacy?person={}", person.id);
    view! {
        <header class="modal-head">
            <h2>{person.name.clone()}</h2>
            <button
                type="button"
                class="plain square"
                aria-label=text::CLOSE
                on:click=move |_| close.run(())
            >
                {Icon::Close.view()}
            </button>
        </header>
        <p class="row-about">
            <span>{person.email.clone()}</span>
            <span>{text::source(person.source)}</span>
        </p>
        <div role="alert">{live(wrong)}</div>
        <section class="sheet-part">
            <h3>{text::SESSIONS_OF}</h3>
            {live(list)}
            {sign_out_everywhere(&person, sessions, error)}
        </section>
        {person.totp.then(|| view! { <SecondFactorOf person=person people=people error=error /> })}
        <p>
            <a class="button small" href=privacy>
                {Icon::Shield.view()}
                {text::PRIVACY_ACTIONS}
            </a>
        </p>
    }
}

/// Ends all of a person's sessions.
fn sign_out_everywhere(
    person: &Person,
    sessions: RwSignal<Vec<SessionInfo>>,
    error: RwSignal<Option<ApiError>>,
) -> AnyView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let (id, name) = (person.id.clone(), person.name.clone());
    let end = move |_| {
        let (api, id, name) = (api.clone(), id.clone(), name.clone());
        error.set(None);
        spawn_local(async move {
            match api.end_sessions_of(&id).await {
                Ok(()) => {
                    let _ = sessions.try_set(Vec::new());
                    ui.say(text::signed_out(&name));
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    view! {
        <div class="buttons" hidden=derive(move || sessions.with(Vec::is_empty))>
            <button type="button" class="small danger" on:click=end>
                {text::SIGN_OUT_EVERYWHERE}
            </button>
        </div>
    }
    .whole()
}

/// Takes the second factor of somebody away who lost it.
#[component]
fn SecondFactorOf(
    person: Person,
    people: People,
    error: RwSignal<Option<ApiError>>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let gone = RwSignal::new(false);
    let remove = move |_| {
        let (api, id, name) = (api.clone(), person.id.clone(), person.name.clone());
        error.set(None);
        spawn_local(async move {
            match api.remove_totp_of(&id).await {
                Ok(()) => {
                    people.all.try_update(|all| {
                        if let Some(person) = all.iter_mut().find(|person| person.id == id) {
                            person.totp = false;
                        }
                    });
                    let _ = gone.try_set(true);
                    ui.say(text::second_factor_removed(&name));
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    view! {
        <section class="sheet-part" hidden=derive(move || gone.get())>
            <h3>{text::SECOND_FACTOR}</h3>
            <p class="hint">{text::REMOVE_SECOND_FACTOR_TEXT}</p>
            <div class="buttons">
                <button type="button" class="small danger" on:click=remove>
                    {text::REMOVE_SECOND_FACTOR}
                </button>
            </div>
        </section>
    }
}
