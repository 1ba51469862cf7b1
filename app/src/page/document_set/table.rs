//! The table of a set's files, and what narrows it.

use super::Files;
use super::arrange::{Arranged, Row, Standing, arranged};
use super::row::FileRow;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use leptos::ev::Event;
use leptos::prelude::*;

/// With more files than this there are fields to look for one.
const SEARCHED: usize = 20;
/// Files shown until all are asked for.
const FIRST: usize = 200;

#[component]
pub(super) fn Table(files: Files, manages: bool) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let standing = RwSignal::new(Standing::Any);
    let everything = RwSignal::new(false);
    let shown = Memo::new(move |_| {
        let most = if everything.get() { usize::MAX } else { FIRST };
        let (words, standing) = (words.get(), standing.get());
        files.all.with(|all| arranged(all, &words, standing, most))
    });
    let row = move |row: Row| match row {
        Row::Folder(folder) => view! {
            <tr class="folder">
                <th colspan="7" scope="colgroup">
                    {Icon::Folder.view()}
                    {folder}
                </th>
            </tr>
        }
        .whole(),
        Row::File { id, depth } => {
            view! { <FileRow id=id depth=depth files=files manages=manages /> }.whole()
        }
    };
    view! {
        {search(files, words, standing)}
        <p class="quiet" role="status">
            {live(move || shown.with(|shown| (shown.found == 0).then_some(text::NO_FILE_FITS)))}
        </p>
        <div class="table-frame" hidden=derive(move || shown.with(|shown| shown.found == 0))>
            <table class="files">
                <caption class="visually-hidden">{text::FILES}</caption>
                {head()}
                <tbody>
                    <For
                        each=move || shown.with(|shown| shown.rows.clone())
                        key=Clone::clone
                        children=row
                    />
                </tbody>
            </table>
        </div>
        {rest(shown, everything)}
    }
}

fn head() -> AnyView {
    view! {
        <thead>
            <tr>
                <th scope="col">{text::FILE}</th>
                <th scope="col">{text::STATE}</th>
                <th scope="col" class="number">
                    {text::PAGES_COLUMN}
                </th>
                <th scope="col" class="number">
                    {text::PASSAGES_COLUMN}
                </th>
                <th scope="col" class="number">
                    {text::SIZE}
                </th>
                <th scope="col">{text::ADDED}</th>
                <th scope="col">
                    <span class="visually-hidden">{text::ACTIONS}</span>
                </th>
            </tr>
        </thead>
    }
    .whole()
}

/// The fields that narrow the table.
fn search(files: Files, words: RwSignal<String>, standing: RwSignal<Standing>) -> AnyView {
    let ui = Ui::of_page();
    let choose = move |event: Event| {
        let chosen: usize = event_target_value(&event).parse().unwrap_or_default();
        standing.set(Standing::ALL.get(chosen).copied().unwrap_or_default());
    };
    let choices = Standing::ALL
        .into_iter()
        .enumerate()
        .map(|(at, choice)| {
            view! { <option value=at.to_string()>{standing_name(choice)}</option> }
        })
        .wholes();
    view! {
        <div
            class="file-search"
            role="search"
            hidden=derive(move || files.all.with(Vec::len) <= SEARCHED)
        >
            <div class="field">
                <label for="file-words">{text::FIND_FILE}</label>
                <input
                    id="file-words"
                    type="search"
                    autocomplete="off"
                    disabled=derive(move || !ui.ready.get())
                    on:input=move |event| words.set(event_target_value(&event))
                />
            </div>
            <div class="field">
                <label for="file-standing">{text::STATE}</label>
                <select
                    id="file-standing"
                    disabled=derive(move || !ui.ready.get())
                    on:change=choose
                >
                    {choices}
                </select>
            </div>
        </div>
    }
    .whole()
}

fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Any => text::ALL,
        Standing::Moving => text::ON_THEIR_WAY,
        Standing::Ready => text::READY,
        Standing::Failed => text::FAILED,
        Standing::Attention => text::ATTENTION,
    }
}

/// The way to the files that aren't shown yet.
fn rest(shown: Memo<Arranged>, everything: RwSignal<bool>) -> AnyView {
    let found = move || shown.with(|shown| shown.found);
    view! {
        <div class="buttons" hidden=derive(move || everything.get() || found() <= FIRST)>
            <p class="quiet">{live(move || text::first_of(FIRST, found()))}</p>
            <button type="button" class="small" on:click=move |_| everything.set(true)>
                {text::SHOW_ALL}
            </button>
        </div>
    }
    .whole()
}
