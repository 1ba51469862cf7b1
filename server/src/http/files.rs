//! The interface's own files: style sheet, script, wasm, icons.

use crate::app::App;
use axum::Router;
use axum::http::{HeaderValue, header};
use tower::ServiceBuilder;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Serves `site/pkg` under `/pkg`, compressed where the build left compressed files. The
/// addresses carry a version, but a browser asks again each time: a wasm file of another build
/// than its page would not start.
pub(super) fn router(app: &App) -> Router {
    let files = ServeDir::new(app.config.site_dir().join("pkg"))
        .precompressed_br()
        .precompressed_gzip();
    let revalidate = SetResponseHeaderLayer::if_not_present(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache"),
    );
    Router::new().nest_service("/pkg", ServiceBuilder::new().layer(revalidate).service(files))
}
