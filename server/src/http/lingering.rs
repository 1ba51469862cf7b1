//! What is left of a request's body when it was answered early is read and thrown away for a
//! while, as nginx's `lingering_close` does. A connection closed with unread bytes is reset, and
//! the sender then sees a broken connection instead of the answer, such as 'this file is too
//! large'.

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures::StreamExt as _;
use http_body::{Body as _, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;

/// How long the rest may take in all, and how long the sender may be silent.
const IN_ALL: Duration = Duration::from_secs(30);
const SILENT: Duration = Duration::from_secs(5);

/// Lets the body of each request be read to its end, whoever stops reading it early.
pub(super) async fn layer(request: Request, next: Next) -> Response {
    next.run(request.map(|body| Body::new(Lingering(body))))
        .await
}

/// A body whose rest is read when it is dropped.
struct Lingering(Body);

impl http_body::Body for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if self.0.is_end_stream() {
            return;
        }
        let rest = std::mem::take(&mut self.0);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(timeout(IN_ALL, drain(rest)));
        }
    }
}

async fn drain(body: Body) {
    let mut rest = body.into_data_stream();
    while let Ok(Some(Ok(_))) = timeout(SILENT, rest.next()).await {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// Far more than the buffers of both sides of a connection hold.
    const LARGE: usize = 64 << 20;

    #[tokio::test]
    async fn who_sends_much_too_much_still_gets_the_answer() {
        let router = Router::new()
            .route("/", post(|| async { StatusCode::PAYLOAD_TOO_LARGE }))
            .layer(from_fn(layer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let mut sender = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {LARGE}\r\n\r\n"
        );
        sender.write_all(head.as_bytes()).await.unwrap();
        // All of it first, and only then the answer, as some clients do.
        sender.write_all(&vec![b'x'; LARGE]).await.unwrap();
        let mut answer = String::new();
        sender.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        server.abort();
    }
}
