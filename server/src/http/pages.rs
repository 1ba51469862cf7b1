//! The pages: rendered here, by the interface's own code, over the same API that the browser
//! calls, so that a page can never show what the API would refuse.

use super::{access, session};
use crate::app::App;
use crate::auth::cookie;
use crate::error::AppResult;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use inhouse_app::api::{Transport, TransportError};
use inhouse_app::{PageReply, PageRequest};
use leptos::config::LeptosOptions;
use leptos::context::{provide_context, use_context};
use leptos::nonce::Nonce;
use leptos_axum::ResponseOptions;
use std::sync::Arc;
use tower::ServiceExt as _;

/// The largest answer of the API that a page is rendered from, in bytes.
const ANSWER_LIMIT_BYTES: usize = 32 * 1024 * 1024;

#[derive(Clone)]
struct Pages {
    app: App,
    api: Router,
    options: LeptosOptions,
}

/// Answers every path that no endpoint and no file has; an unknown one with the page that says so.
pub(super) fn router(app: &App, api: Router) -> Router {
    // Leptos starts tasks of its own while it renders. An executor that is set already stays.
    let _ = any_spawner::Executor::init_tokio();
    let options = LeptosOptions::builder()
        .output_name("inhouse")
        .site_pkg_dir("pkg")
        .site_root(app.config.site_dir().display().to_string())
        .build();
    Router::new().fallback(get(render)).with_state(Pages {
        app: app.clone(),
        api,
        options,
    })
}

/// Reaches the API in the process, as the browser that asked for the page.
struct InProcess {
    api: Router,
    cookie: Option<HeaderValue>,
}

impl Transport for InProcess {
    fn call(
        &self,
        method: &'static str,
        path: String,
        body: Option<String>,
    ) -> inhouse_app::api::Response {
        let api = self.api.clone();
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from));
        Box::pin(async move {
            let request = request.map_err(|_| TransportError)?;
            let Ok(response) = api.oneshot(request).await;
            let status = response.status().as_u16();
            let body = axum::body::to_bytes(response.into_body(), ANSWER_LIMIT_BYTES)
                .await
                .map_err(|_| TransportError)?;
            String::from_utf8(body.into())
                .map(|text| (status, text))
                .map_err(|_| TransportError)
        })
    }
}

async fn render(
    State(pages): State<Pages>,
    Extension(nonce): Extension<Nonce>,
    request: Request,
) -> AppResult<Response> {
    let cookie = request.headers().get(header::COOKIE).cloned();
    let theme = cookie::named(request.headers(), "theme").and_then(|name| name.parse().ok());
    let me = match access::browser(&pages.app, request.headers()).await? {
        Some(caller) => Some(session::me_of(&pages.app, &caller).await?),
        None => None,
    };
    let transport: Arc<dyn Transport> = Arc::new(InProcess {
        api: pages.api,
        cookie,
    });
    let contexts = move || {
        provide_context(nonce.clone());
        provide_context(transport.clone());
        let response = use_context::<ResponseOptions>();
        provide_context(PageRequest {
            me: me.clone(),
            theme: theme.unwrap_or_default(),
            reply: Arc::new(move |reply| {
                if let Some(response) = &response {
                    take(response, reply);
                }
            }),
        });
    };
    let options = pages.options;
    let shell = move || inhouse_app::shell(options.clone());
    let render = leptos_axum::render_app_async_with_context(contexts, shell);
    let mut response = render(request).await.into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What a page says of its response.
fn take(response: &ResponseOptions, reply: PageReply) {
    match reply {
        PageReply::Status(status) => {
            if let Ok(status) = StatusCode::from_u16(status) {
                response.set_status(status);
            }
        }
        PageReply::RedirectTo(path) => {
            if let Ok(location) = HeaderValue::from_str(&path) {
                response.set_status(StatusCode::FOUND);
                response.insert_header(header::LOCATION, location);
            }
        }
    }
}
