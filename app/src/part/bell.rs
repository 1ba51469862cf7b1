//! The bell: how many notices are not read, live, and away once one has seen what they are about.

use super::{Icon, IntoWhole, derive, live, on_change};
use crate::api::Api;
use crate::browser;
use crate::state::Ui;
use crate::text;
use inhouse_protocol::ReadNotices;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// The page that the bell leads to.
const NOTICES: &str = "/notices";

/// How often it is looked for news.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// The link, with the number of unread notices.
pub(super) fn bell() -> AnyView {
    let ui = Ui::of_page();
    follow(ui);
    let here = use_location().pathname;
    let badge = move || {
        let unread = ui.unread.get();
        (unread > 0).then(|| {
            view! {
                <span class="badge" aria-hidden="true">
                    {unread}
                </span>
                <span class="visually-hidden">": " {text::unread(unread)}</span>
            }
        })
    };
    view! {
        <a
            class="button plain square bell"
            href=NOTICES
            title=text::NOTICES
            aria-current=derive(move || here.with(|here| (here == NOTICES).then_some("page")))
        >
            {Icon::Bell.view()}
            <span class="visually-hidden">{text::NOTICES}</span>
            {live(badge)}
        </a>
    }
    .whole()
}

/// Looks for news now and again, and takes those as read whose subject's page is open.
fn follow(ui: Ui) {
    let api = StoredValue::new(expect_context::<Api>());
    let here = use_location().pathname;
    let look = move || {
        let api = api.get_value();
        spawn_local(async move {
            let Ok(me) = api.who().await else { return };
            let known = ui.unread.try_get_untracked().unwrap_or_default();
            if me.unread > known {
                ui.say(text::unread(me.unread));
            }
            let _ = ui.unread.try_set(me.unread);
        });
    };
    on_change(move || {
        let look_if_seen = move || {
            if browser::visible() {
                look();
            }
        };
        if let Ok(handle) = set_interval_with_handle(look_if_seen, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
    // Only another number counts, also where the same one was set again.
    let unread = Memo::new(move |_| ui.unread.get());
    on_change(move || {
        let about = here.with(|here| subject_of(here).map(str::to_owned));
        let (true, Some(about)) = (unread.get() > 0, about) else {
            return;
        };
        let api = api.get_value();
        spawn_local(async move {
            let read = ReadNotices {
                about: Some(about),
                ..ReadNotices::default()
            };
            if api.read_notices(&read).await.is_ok() {
                look();
            }
        });
    });
}

/// The id of what a page shows, where notices may be about it.
fn subject_of(path: &str) -> Option<&str> {
    if let Some(document) = path.strip_prefix("/documents/") {
        return document.split('/').nth(1).filter(|id| !id.is_empty());
    }
    ["/requests/", "/desk/", "/approved/", "/rules/versions/"]
        .iter()
        .find_map(|page| path.strip_prefix(page))
        .filter(|id| !id.is_empty() && !id.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::subject_of;

    #[test]
    fn what_a_page_shows_is_in_its_path() {
        assert_eq!(subject_of("/requests/e-1"), Some("e-1"));
        assert_eq!(subject_of("/rules/versions/v-1"), Some("v-1"));
        assert_eq!(subject_of("/documents/s-1/d-1"), Some("d-1"));
        assert_eq!(subject_of("/documents/s-1/d-1/compare"), Some("d-1"));
        for path in ["/", "/desk", "/documents/s-1", "/c/c-1", "/requests/"] {
            assert_eq!(subject_of(path), None, "{path}");
        }
    }
}
