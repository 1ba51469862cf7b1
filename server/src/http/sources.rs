//! The source of a citation: a window of the text, and the original file.

use super::access::Caller;
use crate::app::App;
use crate::error::{AppError, AppResult};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{DocumentId, Source, VersionId};
use serde::Deserialize;
use std::fmt::Write as _;
use tokio_util::io::ReaderStream;

/// Characters shown before and after the cited span.
const MARGIN_CHARS: usize = 6_000;

#[derive(Deserialize)]
pub(super) struct Span {
    #[serde(default)]
    start: usize,
    #[serde(default)]
    end: usize,
}

/// The text around a span, in the version that was cited.
pub(super) async fn source(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(span): Query<Span>,
) -> AppResult<Json<Source>> {
    let id: VersionId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    Ok(Json(
        app.store
            .source(&scope, &id, span.start, span.end, MARGIN_CHARS)
            .await?,
    ))
}

#[derive(Deserialize)]
pub(super) struct Of {
    version: Option<String>,
}

/// The file as it was uploaded, always as a download: of the version in force today, else of the
/// newest, or with `?version=` of that one.
pub(super) async fn original(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(Of { version }): Query<Of>,
) -> AppResult<Response> {
    let id: DocumentId = id.parse()?;
    let scope = app.store.scope(&caller.principal).await?;
    let original = match version {
        Some(version) => {
            let version: VersionId = version.parse()?;
            app.store.original_of_version(&scope, &id, &version).await?
        }
        None => app.store.original_of(&scope, &id).await?,
    };
    let path = app
        .originals
        .path(&original.sha256)
        .map_err(AppError::internal)?;
    let file = tokio::fs::File::open(path)
        .await
        .map_err(AppError::internal)?;
    let body = Body::from_stream(ReaderStream::new(file));
    let disposition =
        HeaderValue::from_str(&attachment(&original.name)).map_err(AppError::internal)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, body).into_response())
}

/// `Content-Disposition` with the name in ASCII and in full (RFC 6266, RFC 8187).
fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._- ".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut full = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            full.push(char::from(byte));
        } else {
            let _ = write!(full, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_with_quotes_and_umlauts_makes_a_safe_header() {
        assert_eq!(
            super::attachment("Größe\"\r\n.pdf"),
            "attachment; filename=\"Gr__e___.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%22%0D%0A.pdf"
        );
    }
}
