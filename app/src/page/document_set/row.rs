//! A file of the set: what it is, where it stands, what can be done with it.

use super::Files;
use crate::api::path;
use crate::page::document_page;
use crate::page::file_state::{has_failed, is_moving, state_view};
use crate::part::{Icon, IntoWhole, derive, live};
use crate::state::Ui;
use crate::text;
use crate::time::Day;
use inhouse_protocol::{DocumentId, DocumentSummary, ReadSettings};
use leptos::prelude::*;

/// Deeper than this a row isn't moved further in.
const DEEPEST: usize = 3;

#[component]
pub(super) fn FileRow(id: DocumentId, depth: usize, files: Files, manages: bool) -> impl IntoView {
    let page = document_page(&files.set.get_value(), &id);
    let original = path::original(&id);
    let file = Memo::new(move |_| files.file(&id));
    let of = move |read: fn(&DocumentSummary) -> String| {
        live(move || file.with(|file| file.as_ref().map(read).unwrap_or_default()))
    };
    let state = move || file.with(|file| file.as_ref().map(|file| state_view(&file.state)));
    let added =
        move || file.with(|file| file.as_ref().map(|file| view! { <Day at=file.added_at /> }));
    let name = move || {
        let name = file.with(|file| file.as_ref().map(|file| file.name.clone()));
        text::download_file(&name.unwrap_or_default())
    };
    view! {
        <tr class=format!("depth-{}", depth.min(DEEPEST))>
            <th scope="row" data-label=text::FILE>
                <span class="file-title">
                    <a href=page>{of(|file| file.title.clone())}</a>
                    {live(move || marks(file))}
                </span>
                <span class="quiet">{of(about)}</span>
            </th>
            <td data-label=text::STATE>{live(state)}</td>
            <td data-label=text::PAGES_COLUMN class="number">
                {of(|file| file.pages.map_or_else(|| "–".to_owned(), |pages| pages.to_string()))}
            </td>
            <td data-label=text::PASSAGES_COLUMN class="number">
                {of(|file| file.passages.to_string())}
            </td>
            <td data-label=text::SIZE class="number">
                {of(|file| text::size(file.size_bytes))}
            </td>
            <td data-label=text::ADDED>{live(added)}</td>
            <td class="row-actions">
                <a
                    class="button small plain"
                    href=original
                    download
                    rel="external"
                    aria-label=derive(name)
                >
                    {Icon::Download.view()}
                </a>
                {manages.then(|| actions(file, files))}
            </td>
        </tr>
    }
}

/// The file's name where the title is another, its version, and when that is in force.
fn about(file: &DocumentSummary) -> String {
    let mut about = Vec::new();
    if file.title != file.name {
        about.push(file.name.clone());
    }
    about.push(text::version(file.version_number));
    if let Some(period) = file.validity.and_then(text::period) {
        about.push(text::in_force(&period));
    }
    about.join(" · ")
}

/// That only some may see it, and that a person should look at it.
fn marks(file: Memo<Option<DocumentSummary>>) -> Option<AnyView> {
    let (narrowed, attention) = file.with(|file| {
        let file = file.as_ref()?;
        Some((file.narrowed, file.attention))
    })?;
    let marks = view! {
        {narrowed.then(|| view! { <span class="tag">{Icon::Lock.view()} {text::NARROWED}</span> })}
        {attention
            .then(|| {
                view! { <span class="tag tag-open">{Icon::Alert.view()} {text::ATTENTION}</span> }
            })}
    };
    Some(marks.whole())
}

/// What only those who manage the set can do.
fn actions(file: Memo<Option<DocumentSummary>>, files: Files) -> AnyView {
    let is = move |test: fn(&DocumentSummary) -> bool| {
        derive(move || file.with(|file| file.as_ref().is_some_and(test)))
    };
    let moving = is(|file| is_moving(&file.state));
    let failed = is(|file| has_failed(&file.state));
    let act = move |what: Act| {
        move || {
            let Some(file) = file.get_untracked() else {
                return;
            };
            match what {
                Act::Narrow => files.narrowing.set(Some(file)),
                Act::Delete => files.deleting.set(Some(file)),
                Act::Cancel => {
                    files.act(|api| async move { api.cancel_document(&file.id).await });
                }
                Act::Retry => files
                    .act(|api| async move { api.retry(&file.id, &ReadSettings::default()).await }),
            }
        }
    };
    let always = derive(|| true);
    let named = move |name: fn(&str) -> String| {
        derive(move || {
            let now = file.with(|file| file.as_ref().map(|file| name(&file.name)));
            now.unwrap_or_default()
        })
    };
    view! {
        {button("small plain", text::ACCESS, named(text::access_of), always, act(Act::Narrow))}
        {button("small plain", text::STOP, named(text::stop_file), moving, act(Act::Cancel))}
        {button("small plain", text::RETRY, named(text::retry_file), failed, act(Act::Retry))}
        {button(
            "small plain danger",
            text::DELETE,
            named(text::delete_file),
            always,
            act(Act::Delete),
        )}
    }
    .whole()
}

/// What a row's buttons do.
#[derive(Clone, Copy)]
enum Act {
    Narrow,
    Cancel,
    Retry,
    Delete,
}

fn button(
    class: &'static str,
    label: &'static str,
    name: Signal<String>,
    shown: Signal<bool>,
    act: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let ui = Ui::of_page();
    view! {
        <button
            type="button"
            class=class
            hidden=derive(move || !shown.get())
            aria-label=name
            disabled=derive(move || !ui.ready.get())
            on:click=move |_| act()
        >
            {label}
        </button>
    }
    .whole()
}
