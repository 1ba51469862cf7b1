//! One document set: its files, where each stands, and what can be done with all of them.

mod arrange;
mod row;
mod table;

use super::access::Groups;
use super::delete_document::confirm_delete;
use super::document_access::document_access;
use super::documents::{AudienceTag, readers};
use super::file_state::{has_failed, is_moving};
use super::progress::follow;
use super::set_access::SetAccessForm;
use super::uploads::Uploads;
use super::{id_in_path, not_found, only_if};
use crate::api::{Api, path};
use crate::part::{
    ErrorNote, IntoWhole, bodies, derive, live, loaded, on_change, only, rows_to_come,
};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, DocumentId, DocumentSet, DocumentSummary, Progress, SetId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use std::collections::BTreeMap;
use std::time::Duration;
use table::Table;

/// How long the list waits before it is asked for anew, so that many changes ask once.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

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

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Files {
    pub(super) all: RwSignal<Vec<DocumentSummary>>,
    /// Where in `all` each one is.
    places: Memo<BTreeMap<DocumentId, usize>>,
    /// The file of which it is being chosen who may see it.
    pub(super) narrowing: RwSignal<Option<DocumentSummary>>,
    /// The file that is about to be deleted.
    deleting: RwSignal<Option<DocumentSummary>>,
    error: RwSignal<Option<ApiError>>,
    set: StoredValue<SetId>,
    api: StoredValue<Api>,
    /// The list was asked for and hasn't come yet.
    looking: StoredValue<bool>,
}

/// How many documents there are, how many of them move, and how many have failed.
fn counted(all: &[DocumentSummary]) -> (u64, u64, u64) {
    let moving = all.iter().filter(|file| is_moving(&file.state)).count();
    let failed = all.iter().filter(|file| has_failed(&file.state)).count();
    (all.len() as u64, moving as u64, failed as u64)
}

/// Puts documents as they are now in the place of what was known of them.
fn renew(all: &mut Vec<DocumentSummary>, moved: Vec<DocumentSummary>) {
    for now in moved {
        match all.iter_mut().find(|file| file.id == now.id) {
            Some(file) => *file = now,
            None => all.push(now),
        }
    }
}

impl Files {
    fn new(set: SetId, documents: Vec<DocumentSummary>) -> Self {
        let all = RwSignal::new(documents);
        let places = Memo::new(move |_| {
            all.with(|all| {
                let ids = all.iter().map(|file| file.id.clone());
                ids.zip(0..).collect()
            })
        });
        Self {
            all,
            places,
            narrowing: RwSignal::new(None),
            deleting: RwSignal::new(None),
            error: RwSignal::new(None),
            set: StoredValue::new(set),
            api: StoredValue::new(expect_context()),
            looking: StoredValue::new(false),
        }
    }

    /// One of them; nothing once it is gone.
    fn file(self, id: &DocumentId) -> Option<DocumentSummary> {
        let at = self.places.with(|places| places.get(id).copied())?;
        self.all.with(|all| all.get(at).cloned())
    }

    /// Asks for the list a moment later, unless that is underway.
    fn look_soon(self) {
        let before = self
            .looking
            .try_update_value(|looking| std::mem::replace(looking, true));
        if before != Some(false) {
            return;
        }
        set_timeout(
            move || {
                let (Some(api), Some(set)) = (self.api.try_get_value(), self.set.try_get_value())
                else {
                    return;
                };
                spawn_local(async move {
                    let found = api.documents(&set).await;
                    let _ = self.looking.try_set_value(false);
                    if let Ok(documents) = found {
                        let _ = self.all.try_set(documents);
                    }
                });
            },
            LOOK_AGAIN,
        );
    }

    /// Takes what has moved. What that doesn't explain, such as a file that another person
    /// deleted, is looked for in the whole list.
    fn take(self, progress: Progress) -> bool {
        let told = (progress.documents, progress.in_progress, progress.failed);
        if !progress.moved.is_empty() {
            self.all.try_update(|all| renew(all, progress.moved));
        }
        let Some(known) = self.all.try_with_untracked(|all| counted(all)) else {
            return false;
        };
        if known != told {
            self.look_soon();
        }
        true
    }

    /// Waits for what was asked of the server and shows what went wrong.
    fn act<F>(self, what: impl FnOnce(Api) -> F)
    where
        F: Future<Output = Result<(), ApiError>> + 'static,
    {
        let doing = what(self.api.get_value());
        self.error.set(None);
        spawn_local(async move {
            match doing.await {
                Ok(()) => self.look_soon(),
                Err(wrong) => {
                    let _ = self.error.try_set(Some(wrong));
                }
            }
        });
    }
}

#[component]
fn Set(set: DocumentSet, documents: Vec<DocumentSummary>) -> impl IntoView {
    let files = Files::new(set.id.clone(), documents);
    follow(path::progress(&set.id), move |progress| {
        files.take(progress)
    });
    let counts = Memo::new(move |_| files.all.with(|all| counted(all)));
    tell_the_end(counts);
    let taken = Callback::new(move |()| files.look_soon());
    let gone = Callback::new(move |gone: DocumentSummary| {
        files
            .all
            .try_update(|all| all.retain(|file| file.id != gone.id));
        files.look_soon();
    });
    let manages = set.manages;
    let groups = Groups::new();
    let access = RwSignal::new(set.clone());
    let audience = move || {
        let audience = access.with(|set| set.audience);
        view! { <AudienceTag audience=audience /> }
    };
    let empty = Memo::new(move |_| files.all.with(Vec::is_empty));
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
            <div role="alert">
                {live(move || files.error.get().map(|error| view! { <ErrorNote error=error /> }))}
            </div>
            <div class="empty" hidden=derive(move || !empty.get())>
                <p>{text::NO_FILES}</p>
            </div>
            {manages.then(|| of_all(files, counts))}
            <div hidden=derive(move || empty.get())>
                <Table files=files manages=manages />
            </div>
            {manages.then(|| confirm_delete(files.deleting, files.error, gone))}
            {manages.then(|| document_access(files, access, groups))}
        </div>
    }
}

/// Says once nothing moves anymore.
fn tell_the_end(counts: Memo<(u64, u64, u64)>) {
    let ui = Ui::of_page();
    let mut before = 0;
    on_change(move || {
        let (_, moving, failed) = counts.get();
        if std::mem::replace(&mut before, moving) > 0 && moving == 0 {
            ui.say(text::all_read(failed));
        }
    });
}

/// What can be done with all that wait, and with all that failed.
fn of_all(files: Files, counts: Memo<(u64, u64, u64)>) -> AnyView {
    let ui = Ui::of_page();
    let moving = move || counts.with(|(_, moving, _)| *moving);
    let failed = move || counts.with(|(_, _, failed)| *failed);
    let retry = move |_| {
        let set = files.set.get_value();
        files.act(|api| async move {
            let begun = api.retry_failed(&set).await?;
            ui.say(text::documents_begun(begun.documents));
            Ok(())
        });
    };
    let cancel = move |_| {
        let set = files.set.get_value();
        files.act(|api| async move {
            let stopped = api.cancel_all(&set).await?;
            ui.say(text::documents_stopped(stopped.documents));
            Ok(())
        });
    };
    view! {
        <div class="of-all" hidden=derive(move || moving() == 0 && failed() == 0)>
            <p class="quiet" hidden=derive(move || moving() == 0)>
                {live(move || text::in_progress(moving()))}
            </p>
            <button
                type="button"
                class="small"
                hidden=derive(move || moving() == 0)
                disabled=derive(move || !ui.ready.get())
                on:click=cancel
            >
                {text::CANCEL_ALL}
            </button>
            <p class="quiet" hidden=derive(move || failed() == 0)>
                {live(move || text::failed(failed()))}
            </p>
            <button
                type="button"
                class="small"
                hidden=derive(move || failed() == 0)
                disabled=derive(move || !ui.ready.get())
                on:click=retry
            >
                {text::RETRY_ALL}
            </button>
            <a class="quiet" href="/quarantine" hidden=derive(move || failed() == 0)>
                {text::TO_QUARANTINE}
            </a>
        </div>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::{FailureCause, VersionState};

    #[test]
    fn what_moved_takes_the_place_of_what_was_known_and_what_is_new_comes_last() {
        let mut all = vec![
            sample::document("a", "", "a.pdf"),
            sample::document("b", "", "b.pdf"),
        ];
        let mut moved = sample::document("a", "", "a.pdf");
        moved.state = VersionState::Reading { done: 3, total: 8 };
        renew(&mut all, vec![moved, sample::document("c", "", "c.pdf")]);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].state, VersionState::Reading { done: 3, total: 8 });
        assert_eq!(all[2].name, "c.pdf");
    }

    #[test]
    fn files_on_their_way_and_failed_ones_are_counted_apart() {
        let mut all = vec![sample::document("a", "", "a.pdf"); 3];
        all[0].state = VersionState::Queued;
        all[1].state = VersionState::Failed {
            cause: FailureCause::Encrypted,
            reason: String::new(),
        };
        assert_eq!(counted(&all), (3, 1, 1));
    }
}
