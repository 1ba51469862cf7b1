//! The source of a citation: the document's own text, at the place cited.

use super::{ErrorNote, Icon, IntoWhole, IntoWholes, live, on_change};
use crate::api::{Api, path};
use crate::browser::{self, Align};
use crate::reading::{Part, Piece, lay_out, merge};
use crate::state::{Place, Ui};
use crate::text;
use crate::time::Day;
use inhouse_protocol::{ApiError, PageInfo, Source};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::ops::Range;

/// What the panel shows.
#[derive(Clone)]
enum Shown {
    Loading,
    Text(Box<Source>),
    Failed(ApiError),
}

/// The side panel; on a phone a sheet. Shown while a place is chosen.
#[component]
pub(crate) fn SourcePanel() -> impl IntoView {
    let ui = Ui::of_page();
    let panel = move || {
        ui.source
            .get()
            .map(|place| view! { <OpenPanel place=place /> })
    };
    view! { {live(panel)} }
}

#[component]
fn OpenPanel(place: Place) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let shown = RwSignal::new(Shown::Loading);
    let span = place.start..place.end;
    on_change({
        let (place, api) = (place.clone(), api.clone());
        move || {
            browser::focus("#source-title");
            // The page is narrower now; what was clicked may have moved away.
            browser::scroll_to(&place.opener, Align::Nearest);
            let (place, api) = (place.clone(), api.clone());
            spawn_local(async move {
                let source = api.source(&place.version, place.start, place.end).await;
                // The panel may have gone on to another place, or away, in the meantime.
                let there = shown.try_set(match source {
                    Ok(source) => Shown::Text(Box::new(source)),
                    Err(error) => Shown::Failed(error),
                });
                if there.is_none() {
                    request_animation_frame(|| {
                        browser::center(".source-text", "mark");
                    });
                }
            });
        }
    });
    let more = Callback::new({
        let (version, api) = (place.version.clone(), api);
        move |at: usize| {
            let (version, api) = (version.clone(), api.clone());
            spawn_local(async move {
                let found = api.source(&version, at, at).await;
                let Some(Shown::Text(now)) = shown.try_get_untracked() else {
                    return;
                };
                match found {
                    Ok(other) if other.from < now.from => {
                        shown.set(Shown::Text(Box::new(merge(&other, &now))));
                    }
                    Ok(other) => shown.set(Shown::Text(Box::new(merge(&now, &other)))),
                    Err(error) => ui.say(error.message),
                }
            });
        }
    });
    let close = {
        let opener = place.opener.clone();
        move |_| {
            ui.source.set(None);
            browser::focus(&opener);
        }
    };
    let body = move || match shown.get() {
        Shown::Loading => loading().whole(),
        Shown::Failed(error) => {
            view! { <div class="source-text"><ErrorNote error=error /></div> }.whole()
        }
        Shown::Text(source) => {
            view! { <SourceText source=*source span=span.clone() more=more /> }.whole()
        }
    };
    view! {
        <aside class="source" role="complementary" aria-label=text::SOURCE>
            <header class="source-head">
                <div class="source-name">
                    <p class="eyebrow">{text::SOURCE}</p>
                    <h2 id="source-title" tabindex="-1">
                        {place.title}
                    </h2>
                </div>
                <button
                    type="button"
                    class="plain square"
                    aria-label=text::CLOSE_SOURCE
                    on:click=close
                >
                    {Icon::Close.view()}
                </button>
            </header>
            {live(body)}
        </aside>
    }
}

fn loading() -> impl IntoView {
    view! {
        <div class="source-text skeleton" aria-hidden="true">
            <div class="skeleton-title"></div>
            <div class="skeleton-lines"></div>
            <div class="skeleton-lines"></div>
        </div>
    }
}

#[component]
fn SourceText(source: Source, span: Range<usize>, more: Callback<usize>) -> impl IntoView {
    let from = source.from;
    let to = from + source.text.chars().count();
    let total = source.total;
    let parts = lay_out(&source, &span)
        .into_iter()
        .map(|shown| part(shown, &source.page_info))
        .wholes();
    let when = source.validity.map_or_else(
        || text::ON_NO_DAY.to_owned(),
        |validity| text::in_force(&text::period(validity).unwrap_or_default()),
    );
    view! {
        <div class="source-about">
            <p class="quiet">
                <span>{text::version(source.version_number)}</span>
                <span>{when}</span>
                <span>{source.set_name}</span>
                <span>
                    {text::ADDED} " " <Day at=source.added_at />
                </span>
                {source.pages.map(|pages| view! { <span>{text::pages(pages)}</span> })}
            </p>
            {source
                .superseded
                .then(|| view! { <p class="note">{Icon::Alert.view()} {text::SUPERSEDED}</p> })}
            <a class="button small" href=path::original_of(&source.document, &source.version) download rel="external">
                {Icon::Download.view()}
                {text::DOWNLOAD_ORIGINAL}
            </a>
        </div>
        <div class="source-text" tabindex="0" role="region" aria-label=source.name>
            {(from > 0)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="more small"
                            on:click=move |_| more.run(from - 1)
                        >
                            {text::EARLIER}
                        </button>
                    }
                })} {parts}
            {(to < total)
                .then(|| {
                    view! {
                        <button type="button" class="more small" on:click=move |_| more.run(to)>
                            {text::LATER}
                        </button>
                    }
                })}
        </div>
    }
}

fn part(part: Part, pages: &[PageInfo]) -> AnyView {
    match part {
        Part::Page(page) => {
            let info = pages.iter().find(|info| info.page == page);
            let printed = info.and_then(|info| info.label.as_deref());
            view! { <p class="page-mark">{text::page_mark(page, printed)}</p> }.whole()
        }
        Part::Footnote(words) => view! { <p class="footnote">{pieces(words)}</p> }.whole(),
        Part::Heading(depth, words) => heading(depth, pieces(words)),
        Part::Paragraph(words) => view! { <p>{pieces(words)}</p> }.whole(),
        Part::Preformatted(words) => view! { <pre>{pieces(words)}</pre> }.whole(),
        Part::List(items) => {
            let items = items
                .into_iter()
                .map(|item| view! { <li>{pieces(item)}</li> });
            view! { <ul>{items.wholes()}</ul> }.whole()
        }
        Part::Table(rows) => {
            let rows = rows.into_iter().map(|cells| {
                let cells = cells
                    .into_iter()
                    .map(|cell| view! { <td>{pieces(cell)}</td> })
                    .wholes();
                view! { <tr>{cells}</tr> }
            });
            view! {
                <table>
                    <tbody>{rows.wholes()}</tbody>
                </table>
            }
            .whole()
        }
    }
}

/// A heading of the document, below the panel's own, which is of level 2.
fn heading(depth: usize, words: AnyView) -> AnyView {
    match depth {
        0 | 1 => view! { <h3>{words}</h3> }.whole(),
        2 => view! { <h4>{words}</h4> }.whole(),
        3 => view! { <h5>{words}</h5> }.whole(),
        _ => view! { <h6>{words}</h6> }.whole(),
    }
}

fn pieces(pieces: Vec<Piece>) -> AnyView {
    let views = pieces.into_iter().map(|piece| {
        if piece.marked {
            view! { <mark>{piece.text}</mark> }.whole()
        } else {
            piece.text.whole()
        }
    });
    views.wholes().whole()
}
