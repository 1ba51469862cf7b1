//! What the viewer was told.

use super::{anyone, only_for};
use crate::api::{Api, path};
use crate::part::{
    Icon, IntoWhole, IntoWholes, bodies, derive, live, loaded, on_change, only, rows_to_come,
};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{Notice, Notices, ReadNotices};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

/// The list, the newest first.
#[component]
pub(crate) fn NoticesPage() -> impl IntoView {
    only_for(anyone, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let told = bodies(|| Some(vec![path::notices()]));
    view! {
        <Title text=text::title(text::NOTICES) />
        <div class="page narrow">
            <header class="page-head">
                <h1>{text::NOTICES}</h1>
                <p class="lead">{text::NOTICES_LEAD}</p>
            </header>
            {loaded(told, rows_to_come, |bodies| {
                let told: Notices = only(&bodies)?;
                Ok(view! { <List told=told /> }.whole())
            })}
        </div>
    }
}

#[component]
fn List(told: Notices) -> impl IntoView {
    let ui = Ui::of_page();
    let api = StoredValue::new(expect_context::<Api>());
    let told = RwSignal::new(told);
    let look = move || {
        let api = api.get_value();
        spawn_local(async move {
            if let Ok(now) = api.notices().await {
                let _ = ui.unread.try_set(now.unread);
                let _ = told.try_set(now);
            }
        });
    };
    // The bell looks for news; the page follows it.
    let unread = Memo::new(move |_| ui.unread.get());
    on_change(move || {
        let known = told.with_untracked(|told| told.unread);
        if unread.get() != known {
            look();
        }
    });
    let read_all = move |_| {
        let api = api.get_value();
        spawn_local(async move {
            match api.read_notices(&ReadNotices::default()).await {
                Ok(()) => {
                    ui.say(text::ALL_READ);
                    look();
                }
                Err(error) => ui.say(error.message),
            }
        });
    };
    let all_read = Memo::new(move |_| told.with(|told| told.unread == 0));
    let rows = move || told.with(|told| rows(&told.notices));
    view! {
        <div class="buttons">
            <button
                type="button"
                class="small"
                disabled=derive(move || !ui.ready.get() || all_read.get())
                on:click=read_all
            >
                {Icon::Check.view()}
                {text::READ_ALL}
            </button>
        </div>
        {live(rows)}
    }
}

fn rows(notices: &[Notice]) -> AnyView {
    if notices.is_empty() {
        return view! {
            <div class="empty">
                {Icon::Bell.view()} <p>{text::NO_NOTICES}</p>
            </div>
        }
        .whole();
    }
    let rows = notices
        .iter()
        .map(|notice| {
            let new = (!notice.read)
                .then(|| view! { <span class="tag tag-open">{Icon::Bell.view()} {text::NEW_NOTICE}</span> });
            let about = text::notice_about(notice.subject, &notice.title);
            view! {
                <li>
                    <a class="row" href=notice.path()>
                        <span class="row-title">{text::notice(notice.kind)}</span>
                        <span class="row-text">{about}</span>
                        <span class="row-about">
                            {new} <Moment at=notice.at />
                        </span>
                    </a>
                </li>
            }
        })
        .wholes();
    view! { <ul class="rows">{rows}</ul> }.whole()
}
