//! Files on their way to the server, each with its progress.

use super::fetch::csrf_token;
use crate::api::TransportError;
use leptos::ev::DragEvent;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{FileList, FormData, HtmlInputElement, ProgressEvent, XmlHttpRequest};

/// A file that the reader chose.
#[derive(Clone)]
pub(crate) struct LocalFile(SendWrapper<web_sys::File>);

impl LocalFile {
    pub(crate) fn name(&self) -> String {
        self.0.name()
    }

    /// Bytes.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size is a whole number"
    )]
    pub(crate) fn size(&self) -> u64 {
        self.0.size() as u64
    }
}

fn files(list: Option<FileList>) -> Vec<LocalFile> {
    let Some(list) = list else {
        return Vec::new();
    };
    let all = (0..list.length()).filter_map(|at| list.get(at));
    all.map(SendWrapper::new).map(LocalFile).collect()
}

/// Takes the files out of a picker, so that the same ones can be chosen again.
pub(crate) fn chosen(picker: &HtmlInputElement) -> Vec<LocalFile> {
    let chosen = files(picker.files());
    picker.set_value("");
    chosen
}

/// The files of a drop.
pub(crate) fn dropped(event: &DragEvent) -> Vec<LocalFile> {
    files(event.data_transfer().and_then(|data| data.files()))
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
    // Whatever fails here ends in `loadend` with status 0.
    let _ = form.append_with_blob_and_filename("file", &file.0, &file.name());
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
