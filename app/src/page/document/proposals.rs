//! What was read from the document itself and waits for a person's word.

use super::Shown;
use crate::browser;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{Proposal, ProposalsDecided, VersionDetail, VersionId};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The proposals of all versions; nothing where there are none.
pub(super) fn proposals(shown: Shown) -> AnyView {
    let busy = RwSignal::new(false);
    let cards = move || {
        let open: Vec<VersionDetail> = shown.detail.with(|detail| {
            let open = detail.versions.iter();
            open.filter(|version| !version.proposals.is_empty())
                .cloned()
                .collect()
        });
        if open.is_empty() {
            return None;
        }
        let several = open.len() > 1;
        let cards = open
            .into_iter()
            .flat_map(|version| {
                let number = several.then_some(version.number);
                let all = version.proposals.into_iter();
                all.map(move |proposal| card(shown, busy, version.id.clone(), number, proposal))
            })
            .wholes();
        Some(view! {
            <section class="panel" aria-labelledby="proposals">
                <h2 id="proposals">{text::PROPOSALS}</h2>
                <p class="quiet">{text::PROPOSALS_LEAD}</p>
                <ul class="things">{cards}</ul>
            </section>
        })
    };
    live(cards).whole()
}

/// One of them, with the words that it was read from.
fn card(
    shown: Shown,
    busy: RwSignal<bool>,
    version: VersionId,
    number: Option<u32>,
    proposal: Proposal,
) -> AnyView {
    let fact = proposal.fact;
    let name = text::fact(fact);
    let ui = Ui::of_page();
    let decide = move |decided: ProposalsDecided| {
        let (api, version) = (shown.api.get_value(), version.clone());
        busy.set(true);
        shown.error.set(None);
        spawn_local(async move {
            let change = api.decide(&version, &decided);
            let done = shown.done(ui, change, text::SAVED).await;
            let _ = busy.try_set(false);
            // The button that was pressed is gone.
            browser::focus("#document");
            let _ = shown.error.try_set(done.err());
        });
    };
    let dismiss = decide.clone();
    let place = number.map(text::version);
    let place = place.into_iter().chain(proposal.page.map(text::page));
    let place = place.collect::<Vec<_>>().join(", ");
    let value = text::proposed(&proposal);
    view! {
        <li>
            {Icon::Search.view()}
            <div class="thing">
                <p class="thing-name">{name} ": " {value}</p>
                <blockquote class="proposal-quote">{proposal.quote}</blockquote>
                {(!place.is_empty()).then(|| view! { <p class="hint">{place}</p> })}
            </div>
            {choose(
                text::CONFIRM,
                text::confirm_fact(name),
                busy,
                move || {
                    decide(ProposalsDecided {
                        accept: vec![fact],
                        ..ProposalsDecided::default()
                    });
                },
            )}
            {choose(
                text::DISMISS,
                text::dismiss_fact(name),
                busy,
                move || {
                    dismiss(ProposalsDecided {
                        dismiss: vec![fact],
                        ..ProposalsDecided::default()
                    });
                },
            )}
        </li>
    }
    .whole()
}

fn choose(
    label: &'static str,
    name: String,
    busy: RwSignal<bool>,
    act: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let ui = Ui::of_page();
    view! {
        <button
            type="button"
            class="small"
            aria-label=name
            disabled=derive(move || !ui.ready.get() || busy.get())
            on:click=move |_| act()
        >
            {label}
        </button>
    }
    .whole()
}
