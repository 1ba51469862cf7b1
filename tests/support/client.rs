//! A person's browser, as far as HTTP goes: it keeps the cookie and the cross-site token.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(90);

/// A status to compare with, from its number.
pub fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).expect("a status")
}

/// A response, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    async fn read(response: Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.expect("the body arrives"),
        }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The body as JSON, of a response that has to have this status.
    #[track_caller]
    pub fn expect(&self, number: u16) -> Value {
        assert_eq!(self.status, status(number), "{}", self.text);
        if self.text.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }
}

/// An event of a run's stream: its id and its data.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: u64,
    pub data: Value,
}

/// Somebody at a browser.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// The address that this client claims to come from, by the proxy that it plays.
    address: String,
    pub cookie: Option<String>,
    pub token: Option<String>,
}

impl Client {
    /// Somebody not signed in, at an address of their own.
    pub fn new(base: &str) -> Self {
        static ADDRESSES: AtomicU32 = AtomicU32::new(1);
        let number = ADDRESSES.fetch_add(1, Ordering::Relaxed);
        Self {
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(PATIENCE)
                .build()
                .expect("an HTTP client"),
            base: base.to_owned(),
            address: format!("10.1.{}.{}", number / 250, number % 250 + 1),
            cookie: None,
            token: None,
        }
    }

    /// Signs in and keeps what the browser and its pages would keep.
    pub async fn sign_in(&mut self, email: &str, password: &str) {
        let answer = self.try_sign_in(email, password).await;
        let me = answer.expect(200);
        let cookie = answer.headers["set-cookie"]
            .to_str()
            .expect("a cookie is text");
        self.cookie = cookie.split(';').next().map(str::to_owned);
        self.token = me["csrf_token"].as_str().map(str::to_owned);
    }

    /// Tries to sign in; keeps nothing.
    pub async fn try_sign_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        let request = self.request(&Method::POST, "/api/v1/session").json(&body);
        Self::send(request).await
    }

    /// A request with everything a page's own request carries.
    pub fn request(&self, method: &Method, path: &str) -> RequestBuilder {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.base))
            .header("x-forwarded-for", &self.address);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let (Some(token), true) = (&self.token, *method != Method::GET) {
            request = request.header("x-csrf-token", token);
        }
        request
    }

    /// Sends a request and reads the answer.
    pub async fn send(request: RequestBuilder) -> Answer {
        Answer::read(request.send().await.expect("the server answers")).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        Self::send(self.request(&Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.request(&Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.request(&Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Self::send(self.request(&Method::DELETE, path)).await
    }

    /// Uploads files, each a name and its content, in one form.
    pub async fn upload(&self, set: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut form = Form::new();
        for (name, content) in files {
            form = form.part(
                "file",
                Part::bytes(content.to_vec()).file_name((*name).to_owned()),
            );
        }
        let path = format!("/api/v1/document-sets/{set}/documents");
        Self::send(self.request(&Method::POST, &path).multipart(form)).await
    }

    /// Makes a document set for `audience` and gives its id.
    pub async fn new_set(&self, name: &str, audience: &str) -> String {
        let body = json!({"name": name, "audience": audience});
        let set = self.post("/api/v1/document-sets", &body).await.expect(201);
        text(&set["id"])
    }

    /// Waits until no document of the set is on its way in; gives the documents.
    pub async fn settled(&self, set: &str) -> Vec<Value> {
        let path = format!("/api/v1/document-sets/{set}/documents");
        eventually(async || {
            let documents = self.get(&path).await.expect(200);
            let documents = documents.as_array().expect("a list").clone();
            let settled =
                |document: &Value| matches!(document["state"].as_str(), Some("ready" | "failed"));
            documents.iter().all(settled).then_some(documents)
        })
        .await
    }

    /// Asks until a passage of the document `name` is found: the indexes follow the database.
    pub async fn until_found(&self, question: &str, name: &str) {
        eventually(async || {
            let (_, _, events) = self.ask(question).await;
            names(&events)
                .iter()
                .any(|found| found == name)
                .then_some(())
        })
        .await;
    }

    /// Starts a conversation and gives its id.
    pub async fn new_conversation(&self) -> String {
        text(
            &self
                .post("/api/v1/conversations", &json!({}))
                .await
                .expect(201)["id"],
        )
    }

    /// Asks in a conversation and gives the run's id.
    pub async fn ask_in(&self, conversation: &str, question: &str) -> String {
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let run = self
            .post(&path, &json!({"question": question}))
            .await
            .expect(202);
        text(&run["id"])
    }

    /// Asks in a new conversation and reads to the end: conversation, run, events.
    pub async fn ask(&self, question: &str) -> (String, String, Vec<Event>) {
        let conversation = self.new_conversation().await;
        let run = self.ask_in(&conversation, question).await;
        let events = self.events(&run, None).await;
        (conversation, run, events)
    }

    /// The run's events after `last`, to the end of the stream.
    pub async fn events(&self, run: &str, last: Option<u64>) -> Vec<Event> {
        let mut stream = self.event_stream(run, last).await;
        let mut events = Vec::new();
        while let Some(event) = stream.next().await {
            events.push(event);
        }
        events
    }

    /// The run's events after `last`, one by one.
    pub async fn event_stream(&self, run: &str, last: Option<u64>) -> EventStream {
        let mut request = self.request(&Method::GET, &format!("/api/v1/runs/{run}/events"));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = request.send().await.expect("the server answers");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        EventStream {
            response,
            buffer: String::new(),
        }
    }
}

/// Server-sent events as they come.
pub struct EventStream {
    response: Response,
    buffer: String,
}

impl EventStream {
    /// The next event; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.buffer.find("\n\n") {
                let event = parse(&self.buffer[..end]);
                self.buffer.drain(..end + 2);
                if event.is_some() {
                    return event;
                }
            }
            let piece = self.response.chunk().await.expect("the stream goes on")?;
            self.buffer
                .push_str(std::str::from_utf8(&piece).expect("events are text"));
        }
    }
}

fn parse(frame: &str) -> Option<Event> {
    let field = |name: &str| {
        frame
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim_start)
    };
    Some(Event {
        id: field("id")?.parse().expect("an event's id is a number"),
        data: serde_json::from_str(field("data")?).expect("an event's data is JSON"),
    })
}

/// The names of the documents whose passages a run found.
pub fn names(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .filter_map(|event| event.data["passages"].as_array())
        .flatten()
        .map(|passage| text(&passage["name"]))
        .collect()
}

/// Asks again and again until there is an answer, without waiting longer than a test may.
pub(crate) async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "it did not come to pass");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
