//! The OpenAI-compatible engine against a server that speaks the documented format, well and badly.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use futures::stream;
use inhouse_inference::{
    ApiKey, Chunk, Endpoint, Engine, FinishReason, InferenceError, Message, OpenAiCompatible,
    Request, TaskProfile, Usage,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_stream::StreamExt;

/// How the server answers the next chat request.
#[derive(Clone)]
enum Script {
    /// These pieces of a body, then the end.
    Pieces(Vec<Vec<u8>>),
    /// This piece and, once the test has it, a broken connection.
    Broken(Vec<u8>),
    /// This piece, then nothing until the client leaves.
    Endless(Vec<u8>),
    Status(u16, &'static str),
}

struct Server {
    script: Script,
    seen: Mutex<Vec<(HeaderMap, Value)>>,
    left: Notify,
    received: Arc<Notify>,
}

/// Tells when the response is dropped.
struct Leaving(Arc<Server>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.left.notify_one();
    }
}

async fn chat(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Response {
    server
        .seen
        .lock()
        .expect("no test panicked with it")
        .push((headers, body));
    let pieces = |pieces: Vec<Vec<u8>>| {
        pieces
            .into_iter()
            .map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)))
    };
    let body = match server.script.clone() {
        Script::Pieces(list) => Body::from_stream(stream::iter(pieces(list))),
        Script::Broken(piece) => {
            let received = Arc::clone(&server.received);
            let rest = stream::once(async move {
                received.notified().await;
                Err(std::io::Error::other("broken"))
            });
            Body::from_stream(futures::StreamExt::chain(
                stream::iter(pieces(vec![piece])),
                rest,
            ))
        }
        Script::Endless(piece) => {
            let leaving = Leaving(Arc::clone(&server));
            let rest = stream::once(async move {
                let _leaving = leaving;
                std::future::pending().await
            });
            Body::from_stream(futures::StreamExt::chain(
                stream::iter(pieces(vec![piece])),
                rest,
            ))
        }
        Script::Status(status, body) => {
            return (StatusCode::from_u16(status).expect("a status"), body).into_response();
        }
    };
    ([("content-type", "text/event-stream")], body).into_response()
}

async fn models() -> axum::Json<Value> {
    axum::Json(json!({"object": "list", "data": [{"id": "small", "object": "model"}]}))
}

async fn serve(script: Script) -> (Arc<Server>, String) {
    let server = Arc::new(Server {
        script,
        seen: Mutex::default(),
        left: Notify::new(),
        received: Arc::default(),
    });
    let routes = Router::new()
        .route("/v1/chat/completions", post(chat))
        .route("/v1/models", get(models))
        .with_state(Arc::clone(&server));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}/v1", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (server, base)
}

fn engine(base: &str) -> OpenAiCompatible {
    OpenAiCompatible::new(Endpoint {
        base_url: base.parse().expect("an address"),
        api_key: Some(ApiKey::new("secret-key")),
        model: "small".to_owned(),
        connect_timeout: Duration::from_secs(2),
        idle_timeout: Duration::from_secs(20),
    })
    .expect("the endpoint is valid")
}

fn request() -> Request {
    Request {
        messages: vec![Message::system("Be short."), Message::user("Hello?")],
        profile: TaskProfile {
            seed: Some(7),
            ..TaskProfile::answer()
        },
    }
}

fn delta(text: &str) -> String {
    let event =
        json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]});
    format!("data: {event}\n\n")
}

fn finish(reason: &str) -> String {
    let event = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]});
    format!("data: {event}\n\n")
}

const USAGE: &str = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":21,\"completion_tokens\":5,\"total_tokens\":26}}\n\n";
const DONE: &str = "data: [DONE]\n\n";

async fn answer(script: Script) -> inhouse_inference::Result<(String, Usage)> {
    let (_server, base) = serve(script).await;
    engine(&base).generate(request()).await?.text().await
}

fn whole() -> String {
    [
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"},\"finish_reason\":null}]}\n\n",
        &delta("Sec. § "),
        &delta("4.2 applies."),
        &finish("stop"),
        USAGE,
        DONE,
    ]
    .concat()
}

#[tokio::test]
async fn an_answer_is_read_however_its_bytes_are_split() {
    let expected = (
        "Sec. § 4.2 applies.".to_owned(),
        Usage {
            prompt_tokens: 21,
            completion_tokens: 5,
            finish: FinishReason::Stop,
        },
    );
    let whole = whole().into_bytes();
    for size in [1, 7, 64, whole.len()] {
        let pieces = whole.chunks(size).map(<[u8]>::to_vec).collect();
        let answer = answer(Script::Pieces(pieces)).await.unwrap();
        assert_eq!(answer, expected, "pieces of {size} bytes");
    }
}

#[tokio::test]
async fn the_request_has_the_documented_shape() {
    let (server, base) = serve(Script::Pieces(vec![whole().into_bytes()])).await;
    engine(&base)
        .generate(request())
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let (headers, body) = server.seen.lock().unwrap().remove(0);
    assert_eq!(headers["authorization"], "Bearer secret-key");
    assert_eq!(
        body,
        json!({
            "model": "small",
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": "Hello?"}
            ],
            "stream": true,
            "stream_options": {"include_usage": true},
            "temperature": 0.0,
            "top_p": 0.9,
            "max_tokens": 320,
            "top_k": 40,
            "seed": 7
        })
    );
}

#[tokio::test]
async fn a_server_is_told_when_nothing_is_to_be_kept() {
    let (server, base) = serve(Script::Pieces(vec![whole().into_bytes()])).await;
    let mut request = request();
    request.profile.cache = false;
    let generation = engine(&base).generate(request).await.unwrap();
    generation.text().await.unwrap();
    let (_, body) = server.seen.lock().unwrap().remove(0);
    assert_eq!(body["cache_prompt"], json!(false));
}

#[tokio::test]
async fn a_server_that_reports_no_usage_is_counted_by_its_pieces() {
    let body = [
        delta("One"),
        delta(" two"),
        finish("length"),
        DONE.to_owned(),
    ]
    .concat();
    let (text, usage) = answer(Script::Pieces(vec![body.into_bytes()]))
        .await
        .unwrap();
    assert_eq!(text, "One two");
    assert_eq!((usage.prompt_tokens, usage.completion_tokens), (0, 2));
    assert_eq!(usage.finish, FinishReason::Length);
}

#[tokio::test]
async fn a_stop_text_is_cut_where_the_server_lets_it_through() {
    let (_server, base) = serve(Script::Pieces(vec![whole().into_bytes()])).await;
    let mut request = request();
    request.profile.stop = vec!["4.2".to_owned()];
    let (text, usage) = engine(&base)
        .generate(request)
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(
        (text.as_str(), usage.finish),
        ("Sec. § ", FinishReason::Stop)
    );
}

#[tokio::test]
async fn too_many_requests_means_busy() {
    let refused = answer(Script::Status(429, "slow down")).await;
    assert!(matches!(refused, Err(InferenceError::Busy)), "{refused:?}");
}

#[tokio::test]
async fn a_servers_error_is_passed_on_with_its_status_and_words() {
    let body = r#"{"error": {"message": "CUDA out of memory", "type": "server_error"}}"#;
    let error = answer(Script::Status(500, body)).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("500") && text.contains("CUDA out of memory"),
        "{text}"
    );
    assert!(!text.contains("secret-key"), "{text}");
}

#[tokio::test]
async fn an_error_in_the_middle_of_an_answer_ends_it() {
    let body = [
        delta("One"),
        "data: {\"error\": {\"message\": \"engine died\", \"code\": 500}}\n\n".to_owned(),
    ]
    .concat();
    let error = answer(Script::Pieces(vec![body.into_bytes()]))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, InferenceError::Failed(text) if text == "engine died"),
        "{error}"
    );
}

#[tokio::test]
async fn a_malformed_frame_is_a_protocol_error() {
    let body = format!("{}data: {{\"choices\": [\n\n", delta("One"));
    let error = answer(Script::Pieces(vec![body.into_bytes()]))
        .await
        .unwrap_err();
    assert!(matches!(error, InferenceError::Protocol(_)), "{error}");
}

#[tokio::test]
async fn a_lost_connection_is_not_taken_for_the_end() {
    let (server, base) = serve(Script::Broken(delta("One").into_bytes())).await;
    let mut generation = engine(&base).generate(request()).await.unwrap();
    let first = generation.next().await.unwrap().unwrap();
    assert_eq!(first, Chunk::Text("One".to_owned()));
    server.received.notify_one();
    let error = generation.next().await.unwrap().unwrap_err();
    assert!(matches!(error, InferenceError::Interrupted(_)), "{error}");
    assert!(generation.next().await.is_none());
    assert_eq!(generation.usage().completion_tokens, 1);
}

#[tokio::test]
async fn a_body_that_ends_before_the_answer_is_no_end() {
    let error = answer(Script::Pieces(vec![delta("One").into_bytes()]))
        .await
        .unwrap_err();
    assert!(matches!(error, InferenceError::Interrupted(_)), "{error}");
}

#[tokio::test]
async fn dropping_the_generation_closes_the_connection() {
    let (server, base) = serve(Script::Endless(delta("One").into_bytes())).await;
    let mut generation = engine(&base).generate(request()).await.unwrap();
    assert_eq!(
        generation.next().await.unwrap().unwrap(),
        Chunk::Text("One".to_owned())
    );
    drop(generation);
    tokio::time::timeout(Duration::from_secs(10), server.left.notified())
        .await
        .expect("the server sees the client leave");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let error = engine(&base).generate(request()).await.unwrap_err();
    assert!(
        matches!(error, InferenceError::Unreachable { .. }),
        "{error}"
    );
    assert!(error.to_string().contains(&base), "{error}");
}

#[tokio::test]
async fn the_check_asks_whether_the_model_is_there() {
    let (_server, base) = serve(Script::Pieces(Vec::new())).await;
    engine(&base).check().await.unwrap();
    let other = OpenAiCompatible::new(Endpoint {
        base_url: base.parse().unwrap(),
        api_key: None,
        model: "large".to_owned(),
        connect_timeout: Duration::from_secs(2),
        idle_timeout: Duration::from_secs(20),
    })
    .unwrap();
    let error = other.check().await.unwrap_err().to_string();
    assert!(
        error.contains("'large'") && error.contains("small"),
        "{error}"
    );
}

#[tokio::test]
async fn a_key_does_not_show_in_debug_output() {
    assert!(!format!("{:?}", ApiKey::new("secret-key")).contains("secret-key"));
}
