//! What stays while pages change: navigation, the source panel, the live region.

use super::{
    CitationCard, IntoWhole, Rail, SourcePanel, derive, key_sheet, live, on_change, on_key, typing,
};
use crate::browser;
use crate::state::{Ui, viewer};
use crate::text;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The page around the `routes`.
pub(crate) fn frame(routes: AnyView) -> AnyView {
    let ui = Ui::of_page();
    let me = viewer();
    let signed_in = me.is_some();
    follow_navigation(ui);
    on_key(move |event| match event.key().as_str() {
        "Escape" if ui.card.with_untracked(Option::is_some) => {
            event.prevent_default();
            ui.card.set(None);
        }
        "Escape" if browser::present("dialog[open]") => {}
        "Escape" if ui.menu_open.get_untracked() => {
            event.prevent_default();
            ui.menu_open.set(false);
            browser::focus("#menu-button");
        }
        "Escape" => {
            if let Some(place) = ui.source.get_untracked() {
                event.prevent_default();
                ui.source.set(None);
                browser::focus(&place.opener);
            }
        }
        "?" if signed_in && !typing(event) => {
            event.prevent_default();
            ui.keys_open.set(true);
        }
        "/" if !typing(event) && browser::present("#question") => {
            event.prevent_default();
            browser::focus("#question");
        }
        _ => {}
    });
    view! {
        <a class="skip" href="#main" rel="external">
            {text::SKIP}
        </a>
        <div
            class="frame"
            class:signed-in=signed_in
            class:with-source=derive(move || ui.source.with(Option::is_some))
        >
            {me.map(|me| view! { <Rail me=me /> })}
            <main id="main" tabindex="-1">
                {routes}
            </main>
            <SourcePanel />
        </div>
        <CitationCard />
        {key_sheet()}
        <div class="visually-hidden" role="status" aria-live="polite">
            {live(move || ui.said.get())}
        </div>
    }
    .whole()
}

/// Going to another page closes what belonged to the last one and moves the focus to the new.
fn follow_navigation(ui: Ui) {
    let path = use_location().pathname;
    let mut before = None;
    on_change(move || {
        let here = path.get();
        if before
            .replace(here.clone())
            .is_some_and(|before| before != here)
        {
            ui.source.set(None);
            ui.card.set(None);
            ui.menu_open.set(false);
            request_animation_frame(|| {
                if !browser::focus_within("textarea") {
                    browser::focus("#main");
                }
            });
        }
    });
}
