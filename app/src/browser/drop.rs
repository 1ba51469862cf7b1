//! Files and whole folders that are dropped onto the page.

use super::upload::{LocalFile, files, folder_of, is_hidden};
use js_sys::{Array, Function, Promise};
use leptos::ev::DragEvent;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

/// Files taken from one drop at most.
const MOST: usize = 20_000;

/// Gives `take` the files of a drop, those of folders after they were looked through.
pub(crate) fn dropped(event: &DragEvent, mut take: impl FnMut(Vec<LocalFile>) + 'static) {
    let Some(data) = event.data_transfer() else {
        return;
    };
    let items = data.items();
    // What was dropped can only be asked for while the event lasts.
    let entries: Vec<FileSystemEntry> = (0..items.length())
        .filter_map(|at| items.get(at)?.webkit_get_as_entry().ok().flatten())
        .collect();
    if !entries.iter().any(FileSystemEntry::is_directory) {
        take(files(data.files()));
        return;
    }
    spawn_local(async move { take(all_of(entries).await) });
}

async fn all_of(mut waiting: Vec<FileSystemEntry>) -> Vec<LocalFile> {
    let mut found = Vec::new();
    while let Some(entry) = waiting.pop() {
        if is_hidden(&entry.name()) {
            continue;
        }
        if entry.is_directory() {
            waiting.extend(inside(entry.unchecked_ref()).await);
        } else if let Some(file) = file_of(entry.unchecked_ref()).await {
            found.push(LocalFile::new(file, folder_of(&entry.full_path())));
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// What lies in a folder: the browser gives it piece by piece, an empty one at the end.
async fn inside(folder: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut all = Vec::new();
    while let Some(some) = answer(|done, failed| {
        let _ = reader.read_entries_with_callback_and_callback(done, failed);
    })
    .await
    {
        let some: Array = some.unchecked_into();
        if some.length() == 0 {
            break;
        }
        all.extend(some.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
    }
    all
}

async fn file_of(entry: &FileSystemFileEntry) -> Option<File> {
    let file = answer(|done, failed| entry.file_with_callback_and_callback(done, failed)).await?;
    file.dyn_into().ok()
}

/// What a function that takes two callbacks gives to the first.
async fn answer(mut ask: impl FnMut(&Function, &Function)) -> Option<JsValue> {
    let promise = Promise::new(&mut |done: Function, failed: Function| ask(&done, &failed));
    JsFuture::from(promise).await.ok()
}
