//! Ticket trackers, for admins: those there are, what waits, and adding one.

mod controls;
mod form;
mod lines;

use super::only_for;
use crate::api::{Api, path};
use crate::browser;
use crate::part::{
    ErrorNote, Icon, IntoWhole, IntoWholes, bodies, derive, live, loaded, modal, only, rows_to_come,
};
use crate::state::Ui;
use crate::text;
use form::TrackerForm;
use inhouse_protocol::{ApiError, Role, Tracker, Trackers};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct All {
    trackers: RwSignal<Vec<Tracker>>,
    /// The one that is about to be removed.
    removing: RwSignal<Option<Tracker>>,
    error: RwSignal<Option<ApiError>>,
}

impl All {
    /// Puts a saved tracker into the list.
    fn put(self, saved: Tracker) {
        self.trackers.try_update(|all| {
            match all.iter_mut().find(|tracker| tracker.id == saved.id) {
                Some(known) => *known = saved,
                None => all.push(saved),
            }
        });
    }
}

/// Only admins set trackers up.
#[component]
pub(crate) fn TrackersPage() -> impl IntoView {
    only_for(|role| role == Role::Admin, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let trackers = bodies(|| Some(vec![path::trackers()]));
    view! {
        <Title text=text::title(text::TRACKERS) />
        <div class="page">
            <header class="page-head">
                <h1 id="trackers" tabindex="-1">
                    {text::TRACKERS}
                </h1>
                <p class="lead">{text::TRACKERS_LEAD}</p>
            </header>
            {loaded(
                trackers,
                rows_to_come,
                |bodies| Ok(view! { <List found=only(&bodies)? /> }.whole()),
            )}
        </div>
    }
}

#[component]
fn List(found: Trackers) -> impl IntoView {
    let all = All {
        trackers: RwSignal::new(found.trackers),
        removing: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    let none = Memo::new(move |_| all.trackers.with(Vec::is_empty));
    let wrong = move || {
        let error = all.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    // A row is made anew when its tracker was saved.
    let rows = move || {
        let all_now = all.trackers.get();
        let rows = all_now.into_iter();
        rows.map(|tracker| view! { <Row tracker=tracker all=all /> })
            .wholes()
    };
    let configured = found.configured.map(|host| {
        let words = text::configured_tracker(&host);
        view! { <p class="note calm">{Icon::Lock.view()} <span>{words}</span></p> }
    });
    let unlisted = found.allow.is_empty().then(|| {
        view! { <p class="note">{Icon::Alert.view()} <span>{text::ALLOW_FIRST}</span></p> }
    });
    let waiting = (found.waiting > 0)
        .then(|| view! { <p class="quiet">{text::tickets_waiting(found.waiting)}</p> });
    view! {
        {configured}
        {unlisted}
        {waiting}
        <div role="alert">{live(wrong)}</div>
        <p class="quiet" hidden=derive(move || !none.get())>
            {text::NO_TRACKERS}
        </p>
        <ul class="things" hidden=derive(move || none.get())>
            {live(rows)}
        </ul>
        <details class="add">
            <summary>{Icon::Plus.view()} {text::ADD_TRACKER}</summary>
            <TrackerForm tracker=None all=all />
        </details>
        {given_up(found.given_up)}
        {confirm_removing(all)}
    }
}

#[component]
fn Row(tracker: Tracker, all: All) -> impl IntoView {
    let ui = Ui::of_page();
    let settings = &tracker.settings;
    let (name, address) = (settings.name.clone(), settings.address.clone());
    let kind = text::tracker_kind(settings.kind);
    let (class, state) = if tracker.enabled {
        ("tag tag-answered", text::SWITCHED_ON)
    } else {
        ("tag", text::SWITCHED_OFF)
    };
    let removed = tracker.clone();
    view! {
        <li>
            {Icon::Send.view()}
            <div class="thing">
                <p class="thing-name">{name.clone()} " " <span class=class>{state}</span></p>
                <p class="hint">{kind} ", " {address}</p>
                <details class="fold">
                    <summary>{Icon::Down.view()} {text::EDIT_TRACKER}</summary>
                    <TrackerForm tracker=Some(tracker) all=all />
                </details>
            </div>
            <button
                type="button"
                class="small"
                aria-label=text::remove_tracker(&name)
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| all.removing.set(Some(removed.clone()))
            >
                {text::REMOVE_TRACKER}
            </button>
        </li>
    }
}

/// Why tickets were given up.
fn given_up(reasons: Vec<String>) -> Option<AnyView> {
    if reasons.is_empty() {
        return None;
    }
    let rows = reasons
        .into_iter()
        .map(|reason| view! { <li>{reason}</li> })
        .wholes();
    let section = view! {
        <section class="panel" aria-labelledby="given-up">
            <h2 id="given-up">{text::GIVEN_UP}</h2>
            <p class="quiet">{text::GIVEN_UP_HINT}</p>
            <ul class="bullets">{rows}</ul>
        </section>
    };
    Some(section.whole())
}

/// Asks before a tracker goes.
fn confirm_removing(all: All) -> AnyView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let open = derive(move || all.removing.with(Option::is_some));
    let close = Callback::new(move |()| all.removing.set(None));
    let name = move || {
        all.removing.with(|tracker| {
            let tracker = tracker.as_ref()?;
            Some(tracker.settings.name.clone())
        })
    };
    let remove = move |_| {
        let Some(tracker) = all.removing.get_untracked() else {
            return;
        };
        let api = api.clone();
        close.run(());
        all.error.set(None);
        spawn_local(async move {
            match api.delete_tracker(&tracker.id).await {
                Ok(()) => {
                    all.trackers
                        .try_update(|all| all.retain(|other| other.id != tracker.id));
                    ui.say(text::TRACKER_REMOVED);
                    browser::focus("#trackers");
                }
                Err(error) => {
                    let _ = all.error.try_set(Some(error));
                }
            }
        });
    };
    let content = view! {
        <h2>{text::REMOVE_TRACKER_TITLE}</h2>
        <p>
            <strong>{live(name)}</strong>
        </p>
        <p>{text::REMOVE_TRACKER_TEXT}</p>
        <div class="buttons">
            <button type="button" class="danger" on:click=remove>
                {text::REMOVE_TRACKER}
            </button>
            <button type="button" class="plain" on:click=move |_| close.run(())>
                {text::CANCEL}
            </button>
        </div>
    };
    modal(open, close, text::REMOVE_TRACKER_TITLE, content.whole())
}
