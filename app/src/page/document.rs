//! One document: when its versions are in force, what is known of it, how it was read.

mod dates;
mod facts;
mod proposals;
mod reading;
mod review;
mod timeline;
mod versions;

use super::compare::choice;
use super::delete_document::confirm_delete;
use super::file_state::{has_failed, is_moving, state_view};
use super::progress::follow;
use super::{anyone, document_page, id_in_path, not_found, only_for, readers};
use crate::api::{Api, path};
use crate::part::{
    ErrorNote, Icon, IntoWhole, IntoWholes, bodies, derive, live, loaded, only, rows_to_come,
};
use crate::state::Ui;
use crate::text;
use dates::edit_dates;
use facts::Facts;
use inhouse_protocol::{
    ApiError, DocumentDetail, DocumentId, DocumentName, DocumentSummary, Me, Progress, SetId,
    VersionDetail, VersionState,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use proposals::proposals;
use review::review;
use std::time::Duration;
use versions::versions;

/// How long the page waits before it asks for the document anew, so that many changes ask once.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The document in the path: for whoever may see it, as its owner may have any role.
#[component]
pub(crate) fn DocumentPage() -> impl IntoView {
    only_for(anyone, |me| view! { <Load me=me /> }.whole())
}

#[component]
fn Load(me: Me) -> impl IntoView {
    let set = id_in_path::<SetId>("set");
    let id = id_in_path::<DocumentId>("document");
    let detail = bodies(move || {
        set.with(Option::is_some)
            .then(|| id.get())
            .flatten()
            .map(|id| vec![path::document(&id)])
    });
    loaded(detail, rows_to_come, move |bodies| {
        let detail: DocumentDetail = only(&bodies)?;
        if set.get_untracked().as_ref() != Some(&detail.summary.set) {
            return Err(not_found());
        }
        Ok(view! { <Document detail=detail me=me.clone() /> }.whole())
    })
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Shown {
    detail: RwSignal<DocumentDetail>,
    error: RwSignal<Option<ApiError>>,
    /// The version of which it is being said when it is in force.
    dating: RwSignal<Option<VersionDetail>>,
    deleting: RwSignal<Option<DocumentSummary>>,
    api: StoredValue<Api>,
    /// The document was asked for and hasn't come yet.
    looking: StoredValue<bool>,
}

impl Shown {
    fn id(self) -> DocumentId {
        self.detail
            .with_untracked(|detail| detail.summary.id.clone())
    }

    /// Asks for the document as it is now.
    async fn look(self) -> Result<(), ApiError> {
        let Some(api) = self.api.try_get_value() else {
            return Ok(());
        };
        let detail = api.document(&self.id()).await?;
        let _ = self.detail.try_set(detail);
        Ok(())
    }

    /// The same a moment later, unless that is underway.
    fn look_soon(self) {
        let before = self
            .looking
            .try_update_value(|looking| std::mem::replace(looking, true));
        if before != Some(false) {
            return;
        }
        let look = move || {
            if self.api.try_get_value().is_none() {
                return;
            }
            spawn_local(async move {
                // What can't be had now comes with the next change.
                let _ = self.look().await;
                let _ = self.looking.try_set_value(false);
            });
        };
        set_timeout(look, LOOK_AGAIN);
    }

    /// Waits for a change, asks for the document as it is then, and says what was done.
    async fn done(
        self,
        ui: Ui,
        change: impl Future<Output = Result<(), ApiError>>,
        said: &str,
    ) -> Result<(), ApiError> {
        change.await?;
        self.look().await?;
        ui.say(said);
        Ok(())
    }

    /// Looks again when the document, or something that came out of it, has moved.
    fn take(self, progress: &Progress) -> bool {
        let known = self.detail.try_with_untracked(|detail| {
            let mine = |file: &DocumentSummary| {
                file.id == detail.summary.id || file.part_of.as_ref() == Some(&detail.summary.id)
            };
            let moving = is_moving(&detail.summary.state)
                || detail.parts.iter().any(|part| is_moving(&part.state));
            // With nothing on its way any more, what moved may have ended unseen.
            progress.moved.iter().any(mine) || (moving && progress.in_progress == 0)
        });
        if known == Some(true) {
            self.look_soon();
        }
        known.is_some()
    }
}

#[component]
fn Document(detail: DocumentDetail, me: Me) -> impl IntoView {
    let set = detail.summary.set.clone();
    let manages = detail.manages;
    let shown = Shown {
        detail: RwSignal::new(detail),
        error: RwSignal::new(None),
        dating: RwSignal::new(None),
        deleting: RwSignal::new(None),
        api: StoredValue::new(expect_context()),
        looking: StoredValue::new(false),
    };
    follow(path::progress(&set), move |progress| shown.take(&progress));
    let title = move || shown.detail.with(|detail| detail.summary.title.clone());
    let wrong = move || {
        shown
            .error
            .get()
            .map(|error| view! { <ErrorNote error=error /> })
    };
    view! {
        <Title text=move || text::title(&title()) />
        <div class="page">
            <header class="page-head">
                {crumbs(shown, readers(&me))}
                <h1 id="document" tabindex="-1">
                    {live(title)}
                </h1>
                {live(move || shown.detail.with(about))}
            </header>
            <div role="alert">{live(wrong)}</div>
            {live(move || shown.detail.with(notes))}
            {review(shown, me.id)}
            {manages.then(|| proposals(shown))}
            {versions(shown)}
            {live(move || shown.detail.with(compare))}
            <Facts shown=shown />
            {live(move || shown.detail.with(parts))}
            {live(move || shown.detail.with(reading::reading))}
            {manages.then(|| view! { <Delete shown=shown /> })}
            {manages.then(|| edit_dates(shown))}
        </div>
    }
}

/// The way back to the set, for those who may list sets.
fn crumbs(shown: Shown, reads: bool) -> Option<AnyView> {
    if !reads {
        return None;
    }
    let (set, name) = shown
        .detail
        .with_untracked(|detail| (detail.summary.set.clone(), detail.set_name.clone()));
    let crumbs = view! {
        <p class="crumbs">
            <a href="/documents">{text::DOCUMENTS}</a>
            <a href=format!("/documents/{set}")>{name}</a>
        </p>
    };
    Some(crumbs.whole())
}

/// What the document is: its file, its version, its state and its tags.
fn about(detail: &DocumentDetail) -> AnyView {
    let file = &detail.summary;
    let path = if file.folder.is_empty() {
        file.name.clone()
    } else {
        format!("{}/{}", file.folder, file.name)
    };
    let tags = detail
        .facts
        .tags
        .iter()
        .map(|tag| view! { <span class="tag">{tag.clone()}</span> })
        .wholes();
    view! {
        <p class="row-about">
            <span>{path}</span>
            <span>{text::version(file.version_number)}</span>
            <span>{text::size(file.size_bytes)}</span>
            {(!has_failed(&file.state)).then(|| state_view(&file.state))}
            {file
                .narrowed
                .then(|| view! { <span class="tag">{Icon::Lock.view()} {text::NARROWED}</span> })}
            {tags}
        </p>
        <p>
            <a class="button small" href=path::original(&file.id) download rel="external">
                {Icon::Download.view()}
                {text::DOWNLOAD_ORIGINAL}
            </a>
        </p>
    }
    .whole()
}

/// What a reader should know first: that it couldn't be read, what it belongs to, what takes its
/// place.
fn notes(detail: &DocumentDetail) -> AnyView {
    let set = &detail.summary.set;
    let failed = match &detail.summary.state {
        VersionState::Failed { cause, reason } => {
            let quarantine = detail
                .manages
                .then(|| view! { <a href="/quarantine">{text::TO_QUARANTINE}</a> });
            let title = text::cause(*cause);
            let reason = reason.clone();
            Some(view! {
                <p class="error note">
                    {Icon::Alert.view()}
                    <span>
                        <strong>{title}</strong>
                        " "
                        {reason}
                        " "
                        {quarantine}
                    </span>
                </p>
            })
        }
        _ => None,
    };
    view! {
        <div class="notes">
            {failed}
            {other(text::SUPERSEDED_BY, set, detail.superseded_by.as_ref())}
            {other(text::SUPERSEDES, set, detail.supersedes.as_ref())}
            {other(text::PART_OF, set, detail.part_of.as_ref())}
        </div>
    }
    .whole()
}

/// Another document of the set, and what it is to this one.
fn other(what: &'static str, set: &SetId, document: Option<&DocumentName>) -> Option<AnyView> {
    let document = document?;
    let page = document_page(set, &document.id);
    let title = document.title.clone();
    let note = view! {
        <p class="note calm">
            {Icon::Document.view()} <span>{what} " " <a href=page>{title}</a></span>
        </p>
    };
    Some(note.whole())
}

/// The choice of two versions to compare, where there are two that were read.
fn compare(detail: &DocumentDetail) -> Option<AnyView> {
    let read = detail
        .versions
        .iter()
        .filter(|version| version.state == VersionState::Ready);
    let read: Vec<_> = read.cloned().collect();
    if read.len() < 2 {
        return None;
    }
    let form = choice(&detail.summary.set, &detail.summary.id, &read, None);
    let section = view! {
        <section class="panel" aria-labelledby="compare">
            <h2 id="compare">{text::COMPARE_VERSIONS}</h2>
            {form}
        </section>
    };
    Some(section.whole())
}

/// The files that came out of it.
fn parts(detail: &DocumentDetail) -> Option<AnyView> {
    if detail.parts.is_empty() {
        return None;
    }
    let rows = detail
        .parts
        .iter()
        .map(|part| {
            let page = document_page(&part.set, &part.id);
            let title = part.title.clone();
            let path = format!("{}/{}", part.folder, part.name);
            view! {
                <li>
                    {Icon::Document.view()}
                    <div class="thing">
                        <p class="thing-name">
                            <a href=page>{title}</a>
                        </p>
                        <p class="hint">{path}</p>
                    </div>
                    <div>{state_view(&part.state)}</div>
                </li>
            }
        })
        .wholes();
    let section = view! {
        <section class="panel" aria-labelledby="parts">
            <h2 id="parts">
                {text::PARTS} " " <span class="count">{detail.parts.len()}</span>
            </h2>
            <ul class="things">{rows}</ul>
        </section>
    };
    Some(section.whole())
}

#[component]
fn Delete(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let navigate = use_navigate();
    let gone = Callback::new(move |gone: DocumentSummary| {
        navigate(
            &format!("/documents/{}", gone.set),
            NavigateOptions::default(),
        );
    });
    let ask = move |_| {
        let summary = shown.detail.with_untracked(|detail| detail.summary.clone());
        shown.deleting.set(Some(summary));
    };
    view! {
        <div class="buttons end">
            <button
                type="button"
                class="danger"
                disabled=derive(move || !ui.ready.get())
                on:click=ask
            >
                {text::DELETE_DOCUMENT}
            </button>
        </div>
        {confirm_delete(shown.deleting, shown.error, gone)}
    }
}
