//! Views that somebody saved: a name for the filters of the address.

use super::filter;
use crate::api::{Api, invalid};
use crate::browser;
use crate::part::{Field, FormError, Icon, IntoWhole, derive, live, typed};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, DeskFilter, DeskView, NewDeskView, ViewId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["name"];

/// The saved views as links, and a form to save what is shown now.
pub(super) fn views(saved: Vec<DeskView>, now: Memo<DeskFilter>) -> AnyView {
    let saved = RwSignal::new(saved);
    let none = derive(move || saved.with(Vec::is_empty));
    let chip = move |view: DeskView| chip(view, saved, now);
    view! {
        <div class="desk-views">
            <ul class="chips" aria-label=text::SAVED_VIEWS hidden=none>
                <For each=move || saved.get() key=|view| view.id.clone() children=chip />
            </ul>
            {save(saved, now)}
        </div>
    }
    .whole()
}

fn chip(view: DeskView, saved: RwSignal<Vec<DeskView>>, now: Memo<DeskFilter>) -> AnyView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let query = view.query.trim_start_matches('?').to_owned();
    let address = if query.is_empty() {
        "/desk".to_owned()
    } else {
        format!("/desk?{query}")
    };
    let current = {
        let address = address.clone();
        derive(move || {
            now.with(|now| filter::page(now) == address)
                .then_some("true")
        })
    };
    let label = text::delete_view(&view.name);
    let id: ViewId = view.id;
    let delete = move |_| {
        let (api, id) = (api.clone(), id.clone());
        spawn_local(async move {
            match api.delete_view(&id).await {
                Ok(()) => {
                    saved.try_update(|all| all.retain(|view| view.id != id));
                    ui.say(text::VIEW_DELETED);
                    browser::focus("#desk-search");
                }
                Err(error) => ui.say(error.message),
            }
        });
    };
    view! {
        <li>
            <a href=address aria-current=current>
                {view.name}
            </a>
            <button
                type="button"
                class="plain small"
                aria-label=label
                disabled=derive(move || !ui.ready.get())
                on:click=delete
            >
                {Icon::Close.view()}
            </button>
        </li>
    }
    .whole()
}

/// The form for a name; nothing while nothing is narrowed.
fn save(saved: RwSignal<Vec<DeskView>>, now: Memo<DeskFilter>) -> AnyView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let name = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let open = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let named = typed(name).trim().to_owned();
        if named.is_empty() {
            error.set(Some(invalid("name", text::NAME_THE_VIEW)));
            return;
        }
        let query = now.with_untracked(filter::query);
        let new = NewDeskView {
            name: named,
            query: query.trim_start_matches('?').to_owned(),
        };
        let api = api.clone();
        error.set(None);
        spawn_local(async move {
            match api.save_view(&new).await {
                Ok(view) => {
                    saved.try_update(|all| all.push(view));
                    let _ = open.try_set(false);
                    ui.say(text::SAVED);
                    browser::focus("#save-view");
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let form = move || {
        open.get().then(|| {
            view! {
                <form class="inline-form" method="post" on:submit=submit.clone()>
                    <FormError error=error fields=FIELDS />
                    <Field form="view" name="name" label=text::VIEW_NAME node=name error=error />
                    <button type="submit" class="primary">
                        {text::SAVE}
                    </button>
                    <button type="button" class="plain" on:click=move |_| open.set(false)>
                        {text::CANCEL}
                    </button>
                </form>
            }
        })
    };
    let begin = move |_| {
        open.set(true);
        request_animation_frame(|| browser::focus("#view-name"));
    };
    view! {
        <button
            id="save-view"
            type="button"
            class="plain small"
            hidden=derive(move || open.get() || now.with(|now| *now == DeskFilter::default()))
            disabled=derive(move || !ui.ready.get())
            on:click=begin
        >
            {Icon::Plus.view()}
            {text::SAVE_VIEW}
        </button>
        {live(form)}
    }
    .whole()
}
