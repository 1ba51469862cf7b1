//! An inference server whose answers are known: it speaks the OpenAI chat protocol, and what it
//! writes follows from words in the question.

use crate::output::PATIENCE;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use tokio::sync::watch;

/// What was asked of it, newest last.
#[derive(Default)]
struct Record {
    asked: Mutex<Vec<Asked>>,
    left: watch::Sender<Vec<String>>,
}

struct Asked {
    /// All that the model was given.
    prompt: String,
    question: String,
}

/// The server. Unless the question has one of these words, it copies the first sentence of the
/// first passage and cites it:
/// - `slowly`: after that sentence it writes nothing more until the client leaves;
/// - `invent`: it cites the first passage for a number that stands nowhere;
/// - `misquote`: it copies that sentence with 99 in place of each number;
/// - `breakdown`: it answers with status 500.
pub struct ScriptedEngine {
    address: SocketAddr,
    record: Arc<Record>,
}

impl ScriptedEngine {
    /// Starts it on a thread of its own, which never ends.
    pub fn start() -> Self {
        let record = Arc::new(Record::default());
        let routes = Router::new()
            .route("/v1/models", get(models))
            .route("/v1/chat/completions", post(complete))
            .with_state(Arc::clone(&record));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        listener
            .set_nonblocking(true)
            .expect("it can be non-blocking");
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                axum::serve(listener, routes).await
            })
        });
        Self { address, record }
    }

    /// Its address up to the version.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// How often it was asked something with these words.
    pub fn asked(&self, words: &str) -> usize {
        let asked = self.record.asked.lock().expect("no test panicked with it");
        asked
            .iter()
            .filter(|asked| asked.question.contains(words))
            .count()
    }

    /// Whether `text` stood before the model when it was asked something with these words.
    pub fn was_given(&self, words: &str, text: &str) -> bool {
        let asked = self.record.asked.lock().expect("no test panicked with it");
        asked
            .iter()
            .any(|asked| asked.question.contains(words) && asked.prompt.contains(text))
    }

    /// Waits until a client that asked something with these words has gone before the end.
    pub async fn left(&self, words: &str) {
        let mut left = self.record.left.subscribe();
        let gone = left.wait_for(|left| left.iter().any(|question| question.contains(words)));
        tokio::time::timeout(PATIENCE, gone)
            .await
            .expect("the client goes")
            .expect("the server lives");
    }
}

async fn models() -> axum::Json<Value> {
    axum::Json(json!({"object": "list", "data": [{"id": "scripted", "object": "model"}]}))
}

async fn complete(State(record): State<Arc<Record>>, body: axum::Json<Value>) -> Response {
    let prompt = body["messages"]
        .as_array()
        .and_then(|messages| messages.last())
        .and_then(|message| message["content"].as_str())
        .unwrap_or_default();
    let question = prompt
        .rsplit("Question: ")
        .next()
        .unwrap_or_default()
        .to_owned();
    record
        .asked
        .lock()
        .expect("no test panicked with it")
        .push(Asked {
            prompt: body["messages"].to_string(),
            question: question.clone(),
        });
    if question.contains("breakdown") {
        let error = json!({"error": {"message": "out of memory"}});
        return (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(error)).into_response();
    }
    let answer = if question.contains("invent") {
        "The limit is 987,654 dollars [1].".to_owned()
    } else if question.contains("misquote") {
        with_wrong_numbers(&first_sentence(prompt))
    } else {
        first_sentence(prompt)
    };
    let slow = question.contains("slowly");
    let mut frames = vec![frame(&json!({"delta": {"role": "assistant"}}))];
    frames.extend(
        answer
            .split_inclusive(' ')
            .map(|word| frame(&json!({"delta": {"content": word}}))),
    );
    // The space lets the sentence be seen as complete.
    frames.push(frame(&json!({"delta": {"content": " Then "}})));
    if !slow {
        frames.pop();
        frames.push(frame(&json!({"delta": {}, "finish_reason": "stop"})));
        frames.push(
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20}}\n\n"
                .to_owned(),
        );
        frames.push("data: [DONE]\n\n".to_owned());
    }
    let frames = stream::iter(frames).map(Ok::<_, std::io::Error>);
    let body = if slow {
        let leaving = Leaving { question, record };
        Body::from_stream(frames.chain(stream::once(async move {
            let _leaving = leaving;
            futures::future::pending().await
        })))
    } else {
        Body::from_stream(frames)
    };
    ([("content-type", "text/event-stream")], body).into_response()
}

/// Dropped with the response, when the client has gone.
struct Leaving {
    question: String,
    record: Arc<Record>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let question = std::mem::take(&mut self.question);
        self.record.left.send_modify(|left| left.push(question));
    }
}

fn frame(choice: &Value) -> String {
    format!("data: {}\n\n", json!({"choices": [choice]}))
}

/// The sentence with 99 in place of each number, but for its citation.
fn with_wrong_numbers(sentence: &str) -> String {
    let (words, citation) = sentence.rsplit_once(" [").unwrap_or((sentence, "1]."));
    let words = words.split(' ').map(|word| {
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        if number { "99" } else { word }
    });
    format!("{} [{citation}", words.collect::<Vec<_>>().join(" "))
}

/// The first sentence of the passage numbered 1, with its number.
fn first_sentence(prompt: &str) -> String {
    let passage = prompt
        .lines()
        .find_map(|line| line.strip_prefix("[1] "))
        .and_then(|line| line.split_once(") "))
        .map_or("", |(_, text)| text)
        // Marks around the passage's own words.
        .trim_start_matches('<')
        .trim_end_matches('>');
    let end = passage
        .find(". ")
        .unwrap_or_else(|| passage.trim_end_matches('.').len());
    format!("{} [1].", &passage[..end])
}
