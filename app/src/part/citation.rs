//! A citation: its numbered button in a sentence, and the card that shows what it cites.

use super::{derive, live, on_change};
use crate::browser;
use crate::reading::as_read;
use crate::state::{Card, Place, Ui};
use crate::text;
use inhouse_protocol::Citation;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// How long the card stays after the pointer has left, so that it can be reached.
const LINGER: Duration = Duration::from_millis(200);
const CARD: &str = "citation-card";

/// The number after a claim. Hover and focus show the words cited, a click opens their source.
#[component]
pub(crate) fn CitationButton(
    citation: Citation,
    version_number: Option<u32>,
    /// Unique on the page.
    id: String,
) -> impl IntoView {
    let ui = Ui::of_page();
    let anchor = format!("#{id}");
    let name = text::citation(citation.number, &citation.title, citation.page);
    let number = citation.number;
    let show = {
        let (citation, anchor) = (citation.clone(), anchor.clone());
        move || {
            ui.card_held.set(true);
            ui.card.set(Some(Card {
                citation: citation.clone(),
                version_number,
                anchor: anchor.clone(),
            }));
        }
    };
    let shown = {
        let anchor = anchor.clone();
        Memo::new(move |_| {
            ui.card
                .with(|card| card.as_ref().is_some_and(|card| card.anchor == anchor))
        })
    };
    let open = move |_| {
        ui.card.set(None);
        ui.source
            .set(Some(Place::of_citation(&citation, anchor.clone())));
    };
    let hover = show.clone();
    view! {
        <button
            type="button"
            class="cite"
            id=id
            aria-label=name
            aria-describedby=derive(move || shown.get().then_some(CARD))
            on:mouseenter=move |_| hover()
            on:mouseleave=move |_| let_go(ui)
            on:focus=move |_| show()
            on:blur=move |_| let_go(ui)
            on:click=open
        >
            {number}
        </button>
    }
}

fn let_go(ui: Ui) {
    ui.card_held.set(false);
    set_timeout(
        move || {
            if !ui.card_held.get_untracked() {
                ui.card.set(None);
            }
        },
        LINGER,
    );
}

/// The one card of the page, beside whichever citation is looked at.
#[component]
pub(crate) fn CitationCard() -> impl IntoView {
    let ui = Ui::of_page();
    let node = NodeRef::<html::Div>::new();
    on_change(move || {
        if let (Some(card), Some(element)) = (ui.card.get(), node.get()) {
            request_animation_frame(move || browser::place(&element, &card.anchor));
        }
    });
    let content = move || {
        ui.card.get().map(|card| {
            let quote = as_read(&card.citation.name, &card.citation.quote);
            let place = text::place(card.version_number, card.citation.page);
            view! {
                <p class="card-title">{card.citation.title}</p>
                <p class="quiet">{place}</p>
                <blockquote>{quote}</blockquote>
            }
        })
    };
    view! {
        <div
            id=CARD
            class="card"
            class:shown=derive(move || ui.card.with(Option::is_some))
            role="tooltip"
            node_ref=node
            on:mouseenter=move |_| ui.card_held.set(true)
            on:mouseleave=move |_| let_go(ui)
        >
            {live(content)}
        </div>
    }
}
