//! No browser: each function does nothing, as its namesake would in a page nobody looks at.
#![expect(
    clippy::unused_self,
    clippy::unused_async,
    reason = "the shapes are those of the real ones"
)]

use super::Align;
use crate::api::{Response, Transport, TransportError};
use crate::time::Civil;
use inhouse_protocol::Timestamp;
use leptos::ev::DragEvent;
use leptos::web_sys::{HtmlElement, HtmlInputElement};
use std::sync::Arc;

struct Nowhere;

impl Transport for Nowhere {
    fn call(&self, _: &'static str, _: String, _: Option<String>) -> Response {
        Box::pin(std::future::ready(Err(TransportError)))
    }
}

pub(crate) fn transport() -> Arc<dyn Transport> {
    Arc::new(Nowhere)
}

pub(crate) fn local(_: Timestamp) -> Option<Civil> {
    None
}

pub(crate) fn midnight(_: i64, _: u32, _: u32) -> Option<Timestamp> {
    None
}

pub(crate) fn now() -> Timestamp {
    Timestamp::default()
}

pub(crate) fn load(_: &str) -> Option<String> {
    None
}

pub(crate) fn save(_: &str, _: &str) {}

pub(crate) fn set_theme(_: &str) {}

pub(crate) fn mark_ready() {}

pub(crate) fn go(_: &str) {}

pub(crate) fn reload() {}

pub(crate) async fn copy(_: String) -> bool {
    false
}

pub(crate) fn scroll_to(_: &str, _: Align) {}

pub(crate) fn center(_: &str, _: &str) {}

pub(crate) fn in_view(_: &str, _: f64) -> bool {
    true
}

pub(crate) fn focus(_: &str) {}

pub(crate) fn focus_within(_: &str) -> bool {
    false
}

pub(crate) fn present(_: &str) -> bool {
    false
}

pub(crate) fn precise_pointer() -> bool {
    false
}

pub(crate) fn visible() -> bool {
    false
}

pub(crate) fn place(_: &HtmlElement, _: &str) {}

pub(crate) struct EventStream;

pub(crate) fn listen(
    _: &str,
    _: impl FnMut(&str) -> bool + 'static,
    _: impl FnMut() + 'static,
) -> Option<EventStream> {
    None
}

#[derive(Clone)]
pub(crate) struct LocalFile;

impl LocalFile {
    pub(crate) fn name(&self) -> String {
        String::new()
    }

    pub(crate) fn folder(&self) -> &'static str {
        ""
    }

    pub(crate) fn size(&self) -> u64 {
        0
    }
}

pub(crate) async fn read(_: &LocalFile) -> Option<String> {
    None
}

pub(crate) fn chosen(_: &HtmlInputElement) -> Vec<LocalFile> {
    Vec::new()
}

pub(crate) fn dropped(_: &DragEvent, _: impl FnMut(Vec<LocalFile>) + 'static) {}

pub(crate) fn upload(
    _: &str,
    _: &LocalFile,
    _: impl FnMut(u8) + 'static,
    _: impl FnOnce(Result<(u16, String), TransportError>) + 'static,
) {
}

pub(crate) fn step_focus(_: &str, _: bool) {}

pub(crate) fn click(_: &str) {}
