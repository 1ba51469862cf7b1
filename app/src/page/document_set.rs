//! One document set: its files and where each stands.

use super::access::Groups;
use super::document_access::document_access;
use super::documents::{AudienceTag, readers};
use super::set_access::SetAccessForm;
use super::uploads::Uploads;
use super::{id_in_path, not_found, only_if};
use crate::api::{Api, path};
use crate::browser;
use crate::part::{
    ErrorNote, Icon, IntoWhole, bodies, derive, live, loaded, modal, on_change, only, rows_to_come,
};
use crate::state::Ui;
use crate::text;
use crate::time::Day;
use inhouse_protocol::{ApiError, DocumentId, DocumentSet, DocumentSummary, SetId, VersionState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use std::time::Duration;

/// How often the table asks where the files stand while one is on its way.
const LOOK_AGAIN: Duration = Duration::from_millis(1500);

/// The set in the path.
#[component]
pub(crate) fn SetPage() -> impl IntoView {
    only_if(readers, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let id = id_in_path::<SetId>("set");
    let set = bodies(move || {
        let documents = path::documents(&id.get()?);
        Some(vec![path::sets(), documents])
    });
    loaded(set, rows_to_come, move |bodies| {
        let sets: Vec<DocumentSet> = only(&bodies)?;
        let id = id.get_untracked();
        let set = sets.into_iter().find(|set| Some(&set.id) == id.as_ref());
        let set = set.ok_or_else(not_found)?;
        let documents = only(bodies.get(1..).unwrap_or_default())?;
        Ok(view! { <Set set=set documents=documents /> }.whole())
    })
}

/// What the rows of the table share.
#[derive(Clone, Copy)]
pub(super) struct Files {
    pub(super) all: RwSignal<Vec<DocumentSummary>>,
    /// The file of which it is being chosen who may see it.
    pub(super) narrowing: RwSignal<Option<DocumentSummary>>,
    /// The file that is about to be deleted.
    deleting: RwSignal<Option<DocumentSummary>>,
    error: RwSignal<Option<ApiError>>,
}

#[component]
fn Set(set: DocumentSet, documents: Vec<DocumentSummary>) -> impl IntoView {
    let api: Api = expect_context();
    let files = Files {
        all: RwSignal::new(documents),
        narrowing: RwSignal::new(None),
        deleting: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    let look = {
        let (api, id) = (api.clone(), set.id.clone());
        move || {
            let (api, id) = (api.clone(), id.clone());
            spawn_local(async move {
                if let Ok(documents) = api.documents(&id).await {
                    let _ = files.all.try_set(documents);
                }
            });
        }
    };
    look_while_moving(files, look.clone());
    let empty = Memo::new(move |_| files.all.with(Vec::is_empty));
    let taken = Callback::new(move |()| look());
    let manages = set.manages;
    let groups = Groups::new();
    let access = RwSignal::new(set.clone());
    let audience = move || {
        let audience = access.with(|set| set.audience);
        view! { <AudienceTag audience=audience /> }
    };
    view! {
        <Title text=text::title(&set.name) />
        <div class="page">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/documents">{text::DOCUMENTS}</a>
                </p>
                <h1>{set.name}</h1>
                {(!set.description.is_empty()).then(|| view! { <p class="lead">{set.description}</p> })}
                <p class="row-about">
                    {live(audience)}
                    <span>{live(move || text::documents(files.all.with(|all| all.len() as u64)))}</span>
                </p>
            </header>
            {manages.then(|| view! { <SetAccessForm set=access groups=groups /> })}
            {manages.then(|| view! { <Uploads path=path::documents(&set.id) taken=taken /> })}
            {live(move || files.error.get().map(|error| view! { <ErrorNote error=error /> }))}
            <div class="empty" hidden=derive(move || !empty.get())>
                <p>{text::NO_FILES}</p>
            </div>
            <div class="table-frame" hidden=derive(move || empty.get())>
                <Table files=files manages=manages />
            </div>
            {manages.then(|| view! { <ConfirmDelete files=files /> })}
            {manages.then(|| document_access(files, access, groups))}
        </div>
    }
}

/// Asks again and again while a file waits or is being read.
fn look_while_moving(files: Files, look: impl Fn() + Clone + 'static) {
    let moving = Memo::new(move |_| {
        files.all.with(|all| {
            all.iter().any(|file| {
                !matches!(
                    file.state,
                    VersionState::Ready | VersionState::Failed { .. }
                )
            })
        })
    });
    on_change(move || {
        if !moving.get() {
            return;
        }
        let look = look.clone();
        let look_if_seen = move || {
            if browser::visible() {
                look();
            }
        };
        if let Ok(handle) = set_interval_with_handle(look_if_seen, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
}

#[component]
fn Table(files: Files, manages: bool) -> impl IntoView {
    let ids = move || {
        files
            .all
            .with(|all| all.iter().map(|file| file.id.clone()).collect::<Vec<_>>())
    };
    view! {
            <table class="files">
                <caption class="visually-hidden">{text::FILES}</caption>
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
                <tbody>
                    <For each=ids key=Clone::clone let(id)>
                        <FileRow id=id files=files manages=manages />
                    </For>
                </tbody>
            </table>
    }
}

#[component]
fn FileRow(id: DocumentId, files: Files, manages: bool) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let wanted = id.clone();
    let file = Memo::new(move |_| {
        files
            .all
            .with(|all| all.iter().find(|file| file.id == wanted).cloned())
    });
    let of = move |read: fn(&DocumentSummary) -> String| {
        live(move || file.with(|file| file.as_ref().map(read).unwrap_or_default()))
    };
    let name = move || {
        file.with(|file| file.as_ref().map(|file| file.name.clone()))
            .unwrap_or_default()
    };
    let narrowed = move || file.with(|file| file.as_ref().is_some_and(|file| file.narrowed));
    let failed = move || {
        file.with(|file| {
            let state = file.as_ref().map(|file| &file.state);
            matches!(state, Some(VersionState::Failed { .. }))
        })
    };
    let retry = {
        let id = id.clone();
        Callback::new(move |()| {
            let (api, id) = (api.clone(), id.clone());
            files.error.set(None);
            spawn_local(async move {
                match api.retry(&id).await {
                    Ok(changed) => {
                        files.all.try_update(|all| {
                            if let Some(file) = all.iter_mut().find(|file| file.id == id) {
                                *file = changed;
                            }
                        });
                    }
                    Err(error) => {
                        let _ = files.error.try_set(Some(error));
                    }
                }
            });
        })
    };
    let manage = manages.then(move || {
        view! {
            <button
                type="button"
                class="small plain"
                aria-label=derive(move || text::access_of(&name()))
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| files.narrowing.set(file.get_untracked())
            >
                {text::ACCESS}
            </button>
            <button
                type="button"
                class="small plain"
                hidden=derive(move || !failed())
                aria-label=derive(move || text::retry_file(&name()))
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| retry.run(())
            >
                {text::RETRY}
            </button>
            <button
                type="button"
                class="small plain danger"
                aria-label=derive(move || text::delete_file(&name()))
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| files.deleting.set(file.get_untracked())
            >
                {text::DELETE}
            </button>
        }
    });
    view! {
        <tr>
            <th scope="row" data-label=text::FILE>
                <span class="file-title">
                    {of(|file| file.title.clone())}
                    {live(move || {
                        narrowed()
                            .then(|| {
                                view! {
                                    <span class="tag">{Icon::Lock.view()} {text::NARROWED}</span>
                                }
                            })
                    })}
                </span>
                <span class="quiet">
                    {of(|file| {
                        let version = text::version(file.version_number);
                        if file.title == file.name {
                            version
                        } else {
                            format!("{} · {version}", file.name)
                        }
                    })}
                </span>
            </th>
            <td data-label=text::STATE>
                {live(move || file.with(|file| file.as_ref().map(|file| state_view(&file.state))))}
            </td>
            <td data-label=text::PAGES_COLUMN class="number">
                {of(|file| file.pages.map_or_else(|| "–".to_owned(), |pages| pages.to_string()))}
            </td>
            <td data-label=text::PASSAGES_COLUMN class="number">
                {of(|file| file.passages.to_string())}
            </td>
            <td data-label=text::SIZE class="number">
                {of(|file| text::size(file.size_bytes))}
            </td>
            <td data-label=text::ADDED>
                {live(move || {
                    file.with(|file| {
                        file.as_ref().map(|file| view! { <Day at=file.added_at /> })
                    })
                })}
            </td>
            <td class="row-actions">
                <a
                    class="button small plain"
                    href=path::original(&id)
                    download
                    rel="external"
                    aria-label=derive(move || text::download_file(&name()))
                >
                    {Icon::Download.view()}
                </a>
                {manage}
            </td>
        </tr>
    }
}

/// Where a file stands, in words, with its progress or its reason.
fn state_view(state: &VersionState) -> AnyView {
    match state {
        VersionState::Queued => view! { <span class="tag">{text::QUEUED}</span> }.whole(),
        VersionState::Reading => {
            view! { <span class="tag tag-open">{text::READING}</span> }.whole()
        }
        VersionState::Embedding { done, total } => view! {
            <span class="tag tag-open">{text::EMBEDDING}</span>
            <progress
                max=total.to_string()
                value=done.to_string()
                aria-label=text::EMBEDDING
            ></progress>
        }
        .whole(),
        VersionState::Ready => {
            view! { <span class="tag tag-resolved">{Icon::Check.view()} {text::READY}</span> }
                .whole()
        }
        VersionState::Failed { reason } => view! {
            <span class="tag tag-failed">{Icon::Alert.view()} {text::FAILED}</span>
            <span class="reason">{reason.clone()}</span>
        }
        .whole(),
    }
}

/// Asks before a file goes.
#[component]
fn ConfirmDelete(files: Files) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let open = derive(move || files.deleting.with(Option::is_some));
    let close = Callback::new(move |()| files.deleting.set(None));
    let name = move || {
        let name = files
            .deleting
            .with(|file| file.as_ref().map(|file| file.name.clone()));
        name.unwrap_or_default()
    };
    let delete = move |_| {
        let Some(file) = files.deleting.get_untracked() else {
            return;
        };
        let api = api.clone();
        close.run(());
        files.error.set(None);
        spawn_local(async move {
            match api.delete_document(&file.id).await {
                Ok(()) => {
                    files
                        .all
                        .try_update(|all| all.retain(|other| other.id != file.id));
                    ui.say(text::deleted(&file.name));
                }
                Err(error) => {
                    let _ = files.error.try_set(Some(error));
                }
            }
        });
    };
    let content = view! {
        <h2>{text::DELETE_TITLE}</h2>
        <p>
            <strong>{live(name)}</strong>
        </p>
        <p>{text::DELETE_TEXT}</p>
        <div class="buttons">
            <button type="button" class="danger" on:click=delete>
                {text::DELETE}
            </button>
            <button type="button" class="plain" on:click=move |_| close.run(())>
                {text::CANCEL}
            </button>
        </div>
    };
    modal(open, close, text::DELETE_TITLE, content.whole())
}
