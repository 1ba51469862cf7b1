//! A person's browser, as far as HTTP goes: it keeps the cookie and the cross-site token. Or a
//! person's program, with a token of its own.

use crate::output::{PATIENCE, Progress};
use crate::totp;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// A status to compare with, from its number.
pub fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).expect("a status")
}

/// A response, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
    /// The body as text; what is no UTF-8 in it is replaced.
    pub text: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

impl Answer {
    async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("the body arrives").to_vec();
        Self {
            status,
            headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
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

/// Somebody at a browser, or their program.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// The address that this client claims to come from, by the proxy that it plays.
    address: String,
    pub cookie: Option<String>,
    /// The cross-site token, which a browser's pages send along.
    pub token: Option<String>,
    /// The token of a program.
    pub bearer: Option<String>,
    pub(crate) progress: Progress,
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
            bearer: None,
            progress: Progress::of(base),
        }
    }

    /// A program with this token, at an address of its own.
    pub fn program(base: &str, token: &str) -> Self {
        Self {
            bearer: Some(token.to_owned()),
            ..Self::new(base)
        }
    }

    /// Signs in and keeps what the browser and its pages would keep.
    pub async fn sign_in(&mut self, email: &str, password: &str) {
        let answer = self.try_sign_in(email, password).await;
        self.keep(&answer);
    }

    /// The same with the code that an authenticator shows now for this secret.
    pub async fn sign_in_with_totp(&mut self, email: &str, password: &str, secret: &str) {
        let code = totp::code(secret);
        let answer = self.try_sign_in_with_code(email, password, &code).await;
        self.keep(&answer);
    }

    /// Keeps the session that a sign-in has opened.
    #[track_caller]
    pub fn keep(&mut self, answer: &Answer) {
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
        self.post("/api/v1/session", &body).await
    }

    /// Tries to sign in with a second factor; keeps nothing.
    pub async fn try_sign_in_with_code(&self, email: &str, password: &str, code: &str) -> Answer {
        let body = json!({"email": email, "password": password, "code": code});
        self.post("/api/v1/session", &body).await
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
        if let Some(bearer) = &self.bearer {
            request = request.bearer_auth(bearer);
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

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.request(&Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        Self::send(self.request(&Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Self::send(self.request(&Method::DELETE, path)).await
    }

    /// What a SCIM client sends: JSON of SCIM's own media type.
    pub async fn scim(&self, method: &Method, path: &str, body: &Value) -> Answer {
        let request = self
            .request(method, path)
            .header("content-type", "application/scim+json")
            .body(body.to_string());
        Self::send(request).await
    }

    /// Uploads files, each a name and its content, in one form.
    pub async fn upload(&self, set: &str, files: &[(&str, &[u8])]) -> Answer {
        self.upload_folder(set, "", files).await
    }

    /// The same with the folder that they lie in.
    pub async fn upload_folder(&self, set: &str, folder: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut form = Form::new().text("folder", folder.to_owned());
        for (name, content) in files {
            form = form.part(
                "file",
                Part::bytes(content.to_vec()).file_name((*name).to_owned()),
            );
        }
        let path = format!("/api/v1/document-sets/{set}/documents");
        Self::send(self.request(&Method::POST, &path).multipart(form)).await
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
