//! Files and folders on their way into a set: chosen or dropped, sent two at a time, each with its
//! progress.

use crate::api::{parse, understand, unreachable_server};
use crate::browser::{self, LocalFile};
use crate::part::{Icon, IntoWhole, derive, live, on_change};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Upload, UploadOutcome};
use leptos::ev::DragEvent;
use leptos::html;
use leptos::prelude::*;
use std::collections::VecDeque;

/// Files sent at once.
const AT_ONCE: usize = 2;
/// With more files than this, those taken in are only counted, and no more of those to come listed.
const LISTED: usize = 30;

/// Where a file stands.
#[derive(Debug, Clone, PartialEq)]
enum Progress {
    Waiting,
    /// Percent sent; at 100 the server is taking it in.
    Sending(u8),
    Done(UploadOutcome),
    Failed(ApiError),
}

/// A file of this page's uploads.
#[derive(Clone)]
struct Item {
    key: usize,
    /// With its folder.
    name: String,
    /// Bytes.
    size: u64,
    /// The server has answered for it.
    answered: bool,
    progress: ArcRwSignal<Progress>,
}

/// The queue: what is on the page, and the files that are not sent yet.
#[derive(Clone, Copy)]
struct Queue {
    items: RwSignal<Vec<Item>>,
    waiting: StoredValue<VecDeque<(Item, LocalFile)>>,
    underway: RwSignal<usize>,
    /// Files chosen in all.
    total: RwSignal<usize>,
    /// Files that the server has answered for.
    answered: RwSignal<usize>,
    path: StoredValue<String>,
    /// Called when a file has been taken in.
    taken: Callback<()>,
}

impl Queue {
    fn add(self, files: Vec<LocalFile>) {
        if files.is_empty() {
            return;
        }
        let before = self.total.get_untracked();
        self.total.set(before + files.len());
        let new: Vec<_> = files
            .into_iter()
            .enumerate()
            .map(|(at, file)| (item(before + at, &file), file))
            .collect();
        self.items
            .update(|items| items.extend(new.iter().map(|(item, _)| item.clone())));
        self.waiting.update_value(|waiting| waiting.extend(new));
        self.send_next();
    }

    /// The server has answered for a file. What is told of it stays, unless there are many.
    fn answer(self, key: usize, taken: bool) {
        let many = self.total.try_get_untracked().unwrap_or_default() > LISTED;
        self.answered.try_update(|answered| *answered += 1);
        self.items.try_update(|items| {
            if taken && many {
                items.retain(|item| item.key != key);
            } else if let Some(item) = items.iter_mut().find(|item| item.key == key) {
                item.answered = true;
            }
        });
    }

    fn send_next(self) {
        while self
            .underway
            .try_get_untracked()
            .is_some_and(|now| now < AT_ONCE)
        {
            let next = self.waiting.try_update_value(VecDeque::pop_front);
            let Some((item, file)) = next.flatten() else {
                return;
            };
            self.underway.update(|now| *now += 1);
            let path = self.path.get_value();
            let progress = item.progress.clone();
            progress.set(Progress::Sending(0));
            let moved = progress.clone();
            browser::upload(
                &path,
                &file,
                move |percent| moved.set(Progress::Sending(percent)),
                move |response| {
                    let response = response
                        .map_err(|_| unreachable_server())
                        .and_then(|(status, body)| understand(status, body));
                    let outcome = outcome(response);
                    self.answer(item.key, is_taken(&outcome));
                    progress.set(outcome);
                    self.underway.try_update(|now| *now -= 1);
                    self.taken.try_run(());
                    self.send_next();
                },
            );
        }
    }
}

fn item(key: usize, file: &LocalFile) -> Item {
    let name = file.name();
    Item {
        key,
        name: match file.folder() {
            "" => name,
            folder => format!("{folder}/{name}"),
        },
        size: file.size(),
        answered: false,
        progress: ArcRwSignal::new(Progress::Waiting),
    }
}

/// What is listed of many: every file with something to be said of it, and some of those to come.
fn listed(items: &[Item]) -> Vec<Item> {
    let told = items.iter().filter(|item| item.answered);
    let to_come = items.iter().filter(|item| !item.answered);
    told.chain(to_come.take(LISTED)).cloned().collect()
}

/// Whether there is nothing more to be said of a file but that it was taken in.
fn is_taken(progress: &Progress) -> bool {
    matches!(
        progress,
        Progress::Done(UploadOutcome::Added { .. } | UploadOutcome::NewVersion { .. })
    )
}

/// What the response says of the one file sent.
fn outcome(response: Result<String, ApiError>) -> Progress {
    let uploads = response.and_then(|body| parse::<Vec<Upload>>(&body));
    match uploads.map(|uploads| uploads.into_iter().next()) {
        Ok(Some(upload)) => Progress::Done(upload.outcome),
        Ok(None) => Progress::Failed(unreachable_server()),
        Err(error) => Progress::Failed(error),
    }
}

/// The place to drop files, the button to choose them, and the list of those on their way.
#[component]
pub(super) fn Uploads(path: String, taken: Callback<()>) -> impl IntoView {
    let queue = Queue {
        items: RwSignal::new(Vec::new()),
        waiting: StoredValue::new(VecDeque::new()),
        underway: RwSignal::new(0),
        total: RwSignal::new(0),
        answered: RwSignal::new(0),
        path: StoredValue::new(path),
        taken,
    };
    let over = RwSignal::new(false);
    let drop_files = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        browser::dropped(&event, move |files| {
            // Looking through folders takes time; the page may have gone meanwhile.
            if queue.items.try_get_untracked().is_some() {
                queue.add(files);
            }
        });
    };
    let hover = move |event: DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let few = Memo::new(move |_| queue.total.get() <= LISTED);
    let shown = move || {
        if few.get() {
            queue.items.get()
        } else {
            queue.items.with(|items| listed(items))
        }
    };
    let sent = move || text::sent_of(queue.answered.get(), queue.total.get());
    view! {
        <section class="uploads" aria-label=text::UPLOAD>
            <div
                class="drop"
                class:over=derive(move || over.get())
                on:dragover=hover
                on:dragenter=hover
                on:dragleave=move |_| over.set(false)
                on:drop=drop_files
            >
                {Icon::Upload.view()}
                <p class="choices">
                    <span>{text::DROP_HERE}</span>
                    {picker("files", text::CHOOSE_FILES, false, queue)}
                    {picker("folder", text::CHOOSE_FOLDER, true, queue)}
                </p>
                <p class="hint">{text::FORMATS}</p>
            </div>
            <p class="sent" role="status" hidden=derive(move || few.get())>
                {live(sent)}
            </p>
            <ul class="upload-list">
                <For each=shown key=|item| item.key let(item)>
                    <UploadRow item=item />
                </For>
            </ul>
        </section>
    }
}

/// A button that opens the browser's choice of files, or of a folder with all that is in it.
fn picker(id: &'static str, label: &'static str, folders: bool, queue: Queue) -> AnyView {
    let ui = Ui::of_page();
    let picker = NodeRef::<html::Input>::new();
    on_change(move || {
        if let Some(picker) = picker.get() {
            picker.set_webkitdirectory(folders);
        }
    });
    let choose = move |_| {
        if let Some(picker) = picker.get_untracked() {
            queue.add(browser::chosen(&picker));
        }
    };
    view! {
        <span class="picker">
            <input
                id=id
                class="visually-hidden"
                type="file"
                name="file"
                multiple
                node_ref=picker
                disabled=derive(move || !ui.ready.get())
                on:change=choose
            />
            <label class="button small" for=id>
                {label}
            </label>
        </span>
    }
    .whole()
}

#[component]
fn UploadRow(item: Item) -> impl IntoView {
    let progress: RwSignal<Progress> = item.progress.clone().into();
    let name = item.name.clone();
    let state = move || match progress.get() {
        Progress::Waiting => view! { <span class="quiet">{text::WAITING}</span> }.whole(),
        Progress::Sending(percent) => {
            let words = if percent == 100 {
                text::TAKING_IN.to_owned()
            } else {
                text::percent(percent)
            };
            view! {
                <progress max="100" value=percent.to_string() aria-label=text::sending(&name)></progress>
                <span class="quiet">{words}</span>
            }
            .whole()
        }
        Progress::Done(outcome) => {
            let (class, icon) = match outcome {
                UploadOutcome::Refused { .. } => ("error", Icon::Alert),
                UploadOutcome::Duplicate { .. } => ("quiet", Icon::Document),
                _ => ("good", Icon::Check),
            };
            view! { <span class=class>{icon.view()} {text::upload_outcome(&outcome)}</span> }
                .whole()
        }
        Progress::Failed(error) => {
            view! { <span class="error">{Icon::Alert.view()} {error.message}</span> }.whole()
        }
    };
    view! {
        <li>
            <span class="upload-name">{item.name.clone()}</span>
            <span class="quiet">{text::size(item.size)}</span>
            <span class="upload-state">{live(state)}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_to_one_file_is_its_outcome() {
        let body = r#"[{"name":"a.pdf","result":"refused","reason":"Encrypted."}]"#;
        assert_eq!(
            outcome(Ok(body.to_owned())),
            Progress::Done(UploadOutcome::Refused {
                reason: "Encrypted.".to_owned()
            })
        );
    }

    #[test]
    fn a_file_that_was_refused_or_is_there_already_stays_listed() {
        let refused = UploadOutcome::Refused {
            reason: "Empty.".to_owned(),
        };
        let added = UploadOutcome::Added {
            document: crate::sample::id("document-1"),
            version: crate::sample::id("version-1"),
        };
        assert!(!is_taken(&Progress::Done(refused)));
        assert!(!is_taken(&Progress::Sending(100)));
        assert!(is_taken(&Progress::Done(added)));
    }

    #[test]
    fn a_response_without_the_file_is_a_failure() {
        assert!(matches!(outcome(Ok("[]".to_owned())), Progress::Failed(_)));
    }
}
