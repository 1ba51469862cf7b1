//! Files on their way into a set: chosen or dropped, sent two at a time, each with its progress.

use crate::api::{parse, understand, unreachable_server};
use crate::browser::{self, LocalFile};
use crate::part::{Icon, IntoWhole, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Upload, UploadOutcome};
use leptos::ev::DragEvent;
use leptos::html;
use leptos::prelude::*;
use std::collections::VecDeque;

/// Files sent at once.
const AT_ONCE: usize = 2;

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
    name: String,
    /// Bytes.
    size: u64,
    progress: ArcRwSignal<Progress>,
}

/// The queue: what is shown, and the files that are not sent yet.
#[derive(Clone, Copy)]
struct Queue {
    items: RwSignal<Vec<Item>>,
    waiting: StoredValue<VecDeque<(Item, LocalFile)>>,
    underway: RwSignal<usize>,
    path: StoredValue<String>,
    /// Called when a file has been taken in.
    taken: Callback<()>,
}

impl Queue {
    fn add(self, files: Vec<LocalFile>) {
        for file in files {
            let item = Item {
                key: self.items.with_untracked(Vec::len),
                name: file.name(),
                size: file.size(),
                progress: ArcRwSignal::new(Progress::Waiting),
            };
            self.items.update(|items| items.push(item.clone()));
            self.waiting
                .update_value(|waiting| waiting.push_back((item, file)));
        }
        self.send_next();
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
                    progress.set(outcome(response));
                    self.underway.try_update(|now| *now -= 1);
                    self.taken.try_run(());
                    self.send_next();
                },
            );
        }
    }
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
    let ui = Ui::of_page();
    let queue = Queue {
        items: RwSignal::new(Vec::new()),
        waiting: StoredValue::new(VecDeque::new()),
        underway: RwSignal::new(0),
        path: StoredValue::new(path),
        taken,
    };
    let picker = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let drop_files = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        queue.add(browser::dropped(&event));
    };
    let hover = move |event: DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let choose = move |_| {
        if let Some(picker) = picker.get_untracked() {
            queue.add(browser::chosen(&picker));
        }
    };
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
                <p>
                    {text::DROP_HERE} " " <label class="button small" for="files">
                        {text::CHOOSE_FILES}
                    </label>
                    <input
                        id="files"
                        class="visually-hidden"
                        type="file"
                        name="file"
                        multiple
                        accept=".txt,.md,.markdown,.html,.htm,.docx,.pdf"
                        node_ref=picker
                        disabled=derive(move || !ui.ready.get())
                        on:change=choose
                    />
                </p>
                <p class="hint">{text::FORMATS}</p>
            </div>
            <ul class="upload-list">
                <For each=move || queue.items.get() key=|item| item.key let(item)>
                    <UploadRow item=item />
                </For>
            </ul>
        </section>
    }
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
    fn a_response_without_the_file_is_a_failure() {
        assert!(matches!(outcome(Ok("[]".to_owned())), Progress::Failed(_)));
    }
}
