//! What could not be read: why, the file itself, and reading it once more in another way.

mod retry;

use super::delete_document::confirm_delete;
use super::{document_page, only_if};
use crate::api::{Api, path};
use crate::part::{ErrorNote, Icon, IntoWhole, bodies, derive, live, only, rows_to_come, tried};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{
    ApiError, DocumentSummary, ErrorCode, FailureCause, Quarantine, Quarantined, Role, SetId,
    VersionState,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use retry::Retry;
use std::collections::BTreeSet;

/// For those who manage a set, and for admins.
#[component]
pub(crate) fn QuarantinePage() -> impl IntoView {
    only_if(
        |me| me.manages_sets || me.role == Role::Admin,
        |_| view! { <Load /> }.whole(),
    )
}

#[component]
fn Load() -> impl IntoView {
    let quarantine = bodies(|| Some(vec![path::quarantine()]));
    view! {
        <Title text=text::title(text::QUARANTINE) />
        <div class="page">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/documents">{text::DOCUMENTS}</a>
                </p>
                <h1 id="quarantine" tabindex="-1">
                    {text::QUARANTINE}
                </h1>
                <p class="lead">{text::QUARANTINE_LEAD}</p>
            </header>
            {tried(
                quarantine,
                rows_to_come,
                |bodies| {
                    let quarantine = match bodies {
                        // Nobody manages a set before there is one.
                        Err(error) if error.code == ErrorCode::NotFound => nothing(),
                        bodies => only(&bodies?)?,
                    };
                    Ok(view! { <Files quarantine=quarantine /> }.whole())
                },
            )}
        </div>
    }
}

fn nothing() -> Quarantine {
    Quarantine {
        files: Vec::new(),
        ocr_languages: Vec::new(),
    }
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Shown {
    files: RwSignal<Vec<Quarantined>>,
    deleting: RwSignal<Option<DocumentSummary>>,
    error: RwSignal<Option<ApiError>>,
    api: StoredValue<Api>,
    /// Languages that pictures of text can be read in.
    languages: StoredValue<Vec<String>>,
}

impl Shown {
    /// Takes files off the list: they were retried or deleted.
    fn take_off(self, gone: impl Fn(&DocumentSummary) -> bool) {
        self.files
            .try_update(|files| files.retain(|file| !gone(&file.document)));
    }
}

#[component]
fn Files(quarantine: Quarantine) -> impl IntoView {
    let shown = Shown {
        files: RwSignal::new(quarantine.files),
        deleting: RwSignal::new(None),
        error: RwSignal::new(None),
        api: StoredValue::new(expect_context()),
        languages: StoredValue::new(quarantine.ocr_languages),
    };
    let empty = Memo::new(move |_| shown.files.with(Vec::is_empty));
    let wrong = move || {
        shown
            .error
            .get()
            .map(|error| view! { <ErrorNote error=error /> })
    };
    let counts = move || shown.files.with(|files| counts(files));
    let gone = Callback::new(move |gone: DocumentSummary| {
        // What came out of it goes with it.
        shown.take_off(|file| file.id == gone.id || file.part_of.as_ref() == Some(&gone.id));
    });
    view! {
        <div role="alert">{live(wrong)}</div>
        <div class="empty" hidden=derive(move || !empty.get())>
            {Icon::Check.view()}
            <p>{text::QUARANTINE_EMPTY}</p>
        </div>
        <div class="of-all" hidden=derive(move || empty.get())>
            <p class="quiet">{live(counts)}</p>
            {retry_all(shown)}
        </div>
        <ul class="quarantine" hidden=derive(move || empty.get())>
            <For each=move || shown.files.get() key=|file| file.document.version.clone() let(file)>
                <File file=file shown=shown />
            </For>
        </ul>
        {confirm_delete(shown.deleting, shown.error, gone)}
    }
}

fn cause_of(file: &DocumentSummary) -> Option<FailureCause> {
    match file.state {
        VersionState::Failed { cause, .. } => Some(cause),
        _ => None,
    }
}

/// How many there are of each cause, most first: `3 damaged, 1 needs a password`.
fn counts(files: &[Quarantined]) -> String {
    let mut counts: Vec<(usize, FailureCause)> = FailureCause::ALL
        .into_iter()
        .map(|cause| {
            let files = files.iter();
            let of_it = files.filter(|file| cause_of(&file.document) == Some(cause));
            (of_it.count(), cause)
        })
        .filter(|(number, _)| *number > 0)
        .collect();
    counts.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    let counts = counts
        .into_iter()
        .map(|(number, cause)| format!("{number} × {}", text::cause(cause)));
    counts.collect::<Vec<_>>().join(", ")
}

/// Has all of them read once more, set by set.
fn retry_all(shown: Shown) -> AnyView {
    let ui = Ui::of_page();
    let busy = RwSignal::new(false);
    let retry = move |_| {
        let sets: BTreeSet<SetId> = shown.files.with_untracked(|files| {
            let sets = files.iter().map(|file| file.document.set.clone());
            sets.collect()
        });
        let api = shown.api.get_value();
        busy.set(true);
        shown.error.set(None);
        spawn_local(async move {
            let mut begun = 0;
            for set in sets {
                match api.retry_failed(&set).await {
                    Ok(affected) => {
                        begun += affected.documents;
                        shown.take_off(|file| file.set == set);
                    }
                    Err(wrong) => {
                        let _ = shown.error.try_set(Some(wrong));
                    }
                }
            }
            let _ = busy.try_set(false);
            ui.say(text::documents_begun(begun));
        });
    };
    view! {
        <button
            type="button"
            class="small"
            disabled=derive(move || !ui.ready.get() || busy.get())
            on:click=retry
        >
            {text::RETRY_ALL}
        </button>
    }
    .whole()
}

#[component]
fn File(file: Quarantined, shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let document = file.document.clone();
    let page = document_page(&document.set, &document.id);
    let (cause, reason) = match &document.state {
        VersionState::Failed { cause, reason } => (text::cause(*cause), reason.clone()),
        _ => (text::FAILED, String::new()),
    };
    let place = if document.folder.is_empty() {
        file.set_name.clone()
    } else {
        format!("{} · {}", file.set_name, document.folder)
    };
    let read_how = text::read_settings(&file.settings);
    let deleted = document.clone();
    view! {
        <li>
            <div class="thing">
                <p class="file-title">
                    <a href=page>{document.name.clone()}</a>
                    <span class="tag tag-failed">{Icon::Alert.view()} {cause}</span>
                </p>
                <p>{reason}</p>
                <p class="row-about">
                    <span>{place}</span>
                    <span>{text::version(document.version_number)}</span>
                    <span>{text::size(document.size_bytes)}</span>
                    <Moment at=file.failed_at />
                    {read_how.map(|how| view! { <span>{how}</span> })}
                </p>
                {file
                    .earlier_in_force
                    .then(|| view! { <p class="hint">{text::EARLIER_IN_FORCE}</p> })}
            </div>
            <div class="buttons">
                <a
                    class="button small"
                    href=path::original_of(&document.id, &document.version)
                    download
                    rel="external"
                    aria-label=text::download_file(&document.name)
                >
                    {Icon::Download.view()}
                    {text::DOWNLOAD}
                </a>
                <button
                    type="button"
                    class="small danger"
                    aria-label=text::delete_file(&document.name)
                    disabled=derive(move || !ui.ready.get())
                    on:click=move |_| shown.deleting.set(Some(deleted.clone()))
                >
                    {text::DELETE}
                </button>
            </div>
            <Retry file=file shown=shown />
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::{ReadSettings, Timestamp};

    #[test]
    fn the_most_frequent_cause_is_told_first() {
        let failed = |cause| {
            let mut document = sample::document("a", "", "a.pdf");
            document.state = VersionState::Failed {
                cause,
                reason: String::new(),
            };
            Quarantined {
                document,
                set_name: "Contracts".to_owned(),
                failed_at: Timestamp(0),
                settings: ReadSettings::default(),
                earlier_in_force: false,
            }
        };
        let files = [
            FailureCause::Encrypted,
            FailureCause::Broken,
            FailureCause::Broken,
        ];
        let files = files.map(failed);
        assert_eq!(
            counts(&files),
            format!(
                "2 × {}, 1 × {}",
                text::cause(FailureCause::Broken),
                text::cause(FailureCause::Encrypted)
            )
        );
    }
}
