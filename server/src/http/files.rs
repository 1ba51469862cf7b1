//! The interface's own files: style sheet, script, wasm, icons.

use crate::app::App;
use axum::Router;
use axum::http::{HeaderValue, header};
use tower::ServiceBuilder;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Serves the site's folders, compressed where the build left compressed files. A browser asks
/// each time whether they changed: a wasm file of another build than its page would not start.
pub(super) fn router(app: &App) -> Router {
    let site = app.config.site_dir();
    ["pkg", "icons"]
        .into_iter()
        .fold(Router::new(), |router, folder| {
            let files = ServeDir::new(site.join(folder))
                .precompressed_br()
                .precompressed_gzip();
            let revalidate = SetResponseHeaderLayer::if_not_present(
                header::CACHE_CONTROL,
                HeaderValue::from_static("no-cache"),
            );
            let service = ServiceBuilder::new().layer(revalidate).service(files);
            router.nest_service(&format!("/{folder}"), service)
        })
}
