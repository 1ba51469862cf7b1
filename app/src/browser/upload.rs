//! Files on their way to the server, each with its progress.

use super::fetch::csrf_token;
use crate::api::TransportError;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileList, FormData, HtmlInputElement, ProgressEvent, XmlHttpRequest};

/// A file that the reader chose.
#[derive(Clone)]
pub(crate) struct LocalFile {
    // The browser has one thread; the wrapper only says so to the compiler.
    file: SendWrapper<web_sys::File>,
    folder: String,
}

impl LocalFile {
    pub(super) fn new(file: web_sys::File, folder: String) -> Self {
        Self {
            file: SendWrapper::new(file),
            folder,
        }
    }

    pub(crate) fn name(&self) -> String {
        self.file.name()
    }

    /// The folders that it was chosen with, outermost first, joined by `/`; empty where it was
    /// chosen by itself.
    pub(crate) fn folder(&self) -> &str {
        &self.folder
    }

    /// Whether it, or a folder that it is in, is hidden.
    fn is_hidden(&self) -> bool {
        self.folder.split('/').any(is_hidden) || is_hidden(&self.name())
    }

    /// Bytes.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size is a whole number"
    )]
    pub(crate) fn size(&self) -> u64 {
        self.file.size() as u64
    }
}

/// Whether a file is one that systems keep for themselves, which nobody means to upload with its
/// folder.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

/// The folders of a path, without the file at its end.
pub(super) fn folder_of(path: &str) -> String {
    let path = path.trim_matches('/');
    path.rsplit_once('/')
        .map(|(folder, _)| folder.to_owned())
        .unwrap_or_default()
}

pub(super) fn files(list: Option<FileList>) -> Vec<LocalFile> {
    let Some(list) = list else {
        return Vec::new();
    };
    let all = (0..list.length()).filter_map(|at| list.get(at));
    all.map(|file| {
        let path = js_sys::Reflect::get(&file, &"webkitRelativePath".into());
        let path = path.ok().and_then(|path| path.as_string());
        let folder = folder_of(&path.unwrap_or_default());
        LocalFile::new(file, folder)
    })
    .filter(|file| file.folder.is_empty() || !file.is_hidden())
    .collect()
}

/// Takes the files out of a picker, so that the same ones can be chosen again.
pub(crate) fn chosen(picker: &HtmlInputElement) -> Vec<LocalFile> {
    let chosen = files(picker.files());
    picker.set_value("");
    chosen
}

/// What stands in a file of text; nothing where it can't be read.
pub(crate) async fn read(file: &LocalFile) -> Option<String> {
    let text = JsFuture::from(file.file.text()).await.ok()?;
    text.as_string()
}

/// Sends `file` to `path`. `on_progress` gets whole percents, `on_done` the response.
pub(crate) fn upload(
    path: &str,
    file: &LocalFile,
    mut on_progress: impl FnMut(u8) + 'static,
    on_done: impl FnOnce(Result<(u16, String), TransportError>) + 'static,
) {
    let (Ok(request), Ok(form)) = (XmlHttpRequest::new(), FormData::new()) else {
        on_done(Err(TransportError));
        return;
    };
    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            on_progress(percent(event.loaded() / event.total()));
        }
    });
    let done = Closure::once_into_js({
        let request = request.clone();
        move || {
            let status = request.status().unwrap_or(0);
            let body = request.response_text().ok().flatten().unwrap_or_default();
            on_done(if status == 0 {
                Err(TransportError)
            } else {
                Ok((status, body))
            });
        }
    });
    if let Ok(sending) = request.upload() {
        sending.set_onprogress(Some(progress.into_js_value().unchecked_ref()));
    }
    request.set_onloadend(Some(done.unchecked_ref()));
    // Whatever fails here ends in `loadend` with status 0. The folder is said before its file.
    if !file.folder.is_empty() {
        let _ = form.append_with_str("folder", &file.folder);
    }
    let _ = form.append_with_blob_and_filename("file", &file.file, &file.name());
    let _ = request.open("POST", path);
    let _ = request.set_request_header("x-csrf-token", &csrf_token());
    let _ = request.send_with_opt_form_data(Some(&form));
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a hundred"
)]
fn percent(share: f64) -> u8 {
    (share * 100.0).clamp(0.0, 100.0) as u8
}
