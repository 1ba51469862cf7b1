//! The API over `fetch`.

use crate::api::{Response, Transport, TransportError};
use leptos::prelude::{document, window};
use send_wrapper::SendWrapper;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestCredentials, RequestInit};

struct Fetch;

/// `fetch` as a transport.
pub(crate) fn transport() -> Arc<dyn Transport> {
    Arc::new(Fetch)
}

impl Transport for Fetch {
    fn call(&self, method: &'static str, path: String, body: Option<String>) -> Response {
        // The browser has one thread; the wrapper only says so to the compiler.
        Box::pin(SendWrapper::new(async move {
            let (status, text) = send(method, &path, body).await.ok_or(TransportError)?;
            let signed_out = status == 401 && text.contains("\"sign_in_required\"");
            if signed_out && !super::here().starts_with("/sign-in") {
                super::go(&crate::page::sign_in_path(&super::here()));
            }
            let unenrolled = status == 403 && text.contains("\"enrolment_required\"");
            if unenrolled && !super::here().starts_with(crate::page::ACCOUNT) {
                super::go(crate::page::ACCOUNT);
            }
            Ok((status, text))
        }))
    }
}

/// The token that proves that a change came from our page.
pub(super) fn csrf_token() -> String {
    let meta = document().query_selector("meta[name='csrf-token']");
    meta.ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"))
        .unwrap_or_default()
}

async fn send(method: &str, path: &str, body: Option<String>) -> Option<(u16, String)> {
    let headers = Headers::new().ok()?;
    headers.set("accept", "application/json").ok()?;
    if method != "GET" {
        headers.set("x-csrf-token", &csrf_token()).ok()?;
    }
    let options = RequestInit::new();
    options.set_method(method);
    options.set_credentials(RequestCredentials::SameOrigin);
    if let Some(body) = body {
        headers.set("content-type", "application/json").ok()?;
        options.set_body(&body.into());
    }
    options.set_headers(&headers);
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &options)).await;
    let response: web_sys::Response = response.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    Some((response.status(), text.as_string()?))
}
