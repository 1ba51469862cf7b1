//! The passages that were found: shown before a word is written, then telling cited from found.

use super::{Icon, IntoWhole, derive, live};
use crate::reading::as_read;
use crate::state::{Place, Ui};
use crate::text;
use inhouse_protocol::PassageRef;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Passages as a numbered list. Each opens its source.
#[component]
pub(crate) fn Passages(
    /// Makes ids unique on the page.
    #[prop(into)]
    owner: String,
    #[prop(into)] title: Signal<&'static str>,
    #[prop(into)] passages: Signal<Vec<PassageRef>>,
    /// Numbers of those that a sentence cites; nothing where no answer was written.
    #[prop(into)]
    cited: Signal<Option<BTreeSet<u32>>>,
) -> impl IntoView {
    let heading = format!("passages-{owner}");
    let labelled = heading.clone();
    let each = move || {
        let numbered = passages.get().into_iter().zip(1_u32..);
        numbered.collect::<Vec<_>>()
    };
    let row = move |(passage, number): (PassageRef, u32)| {
        let id = format!("passage-{owner}-{number}");
        view! { <Passage id=id passage=passage number=number cited=cited /> }.whole()
    };
    view! {
        <section
            class="passages"
            aria-labelledby=labelled
            hidden=derive(move || passages.with(Vec::is_empty))
        >
            <h3 id=heading>
                {live(move || title.get())} " " <span class="count">{live(move || passages.with(Vec::len))}</span>
            </h3>
            <ol>
                <For each=each key=|(passage, _)| passage.id.clone() children=row />
            </ol>
        </section>
    }
}

#[component]
fn Passage(
    id: String,
    passage: PassageRef,
    number: u32,
    cited: Signal<Option<BTreeSet<u32>>>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let opener = format!("#{id}");
    let place = Place::of_passage(&passage, opener);
    let is_cited = Memo::new(move |_| cited.with(|all| all.as_ref().map(|c| c.contains(&number))));
    let is_open = {
        let place = place.clone();
        Memo::new(move |_| ui.source.with(|open| open.as_ref() == Some(&place)))
    };
    let tag = move || {
        is_cited.get().map(|cited| {
            let (icon, word) = if cited {
                (Icon::Check, text::CITED)
            } else {
                (Icon::Search, text::FOUND)
            };
            view! {
                <span class="tag" class:tag-cited=cited>
                    {icon.view()}
                    {word}
                </span>
            }
        })
    };
    let text_as_read = as_read(&passage.name, &passage.text);
    let heading = passage.heading_path.join(" › ");
    let where_it_is = text::place(Some(passage.version_number), passage.page);
    let when = text::period(passage.validity).map(|period| text::in_force(&period));
    view! {
        <li class="passage" class:cited=derive(move || is_cited.get() == Some(true))>
            <button
                type="button"
                id=id
                aria-pressed=derive(move || if is_open.get() { "true" } else { "false" })
                on:click=move |_| ui.source.set(Some(place.clone()))
            >
                <span class="passage-number" aria-hidden="true">
                    {number}
                </span>
                <span class="passage-head">
                    <span class="passage-title">{passage.title}</span>
                    {live(tag)}
                </span>
                <span class="passage-place">
                    {(!heading.is_empty()).then(|| view! { <span>{heading}</span> })}
                    <span>{where_it_is}</span>
                    {when.map(|when| view! { <span>{when}</span> })}
                </span>
                <span class="passage-text">{text_as_read}</span>
            </button>
        </li>
    }
}
