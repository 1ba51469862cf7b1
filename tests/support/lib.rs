//! What the black-box tests share: an instance of `inhouse` as its own process, people signed in
//! to it over HTTP, an inference server whose answers are known, and files to upload.
//!
//! Nothing here knows the product's code: only its binary, its command line and its API.

mod asking;
mod client;
mod desk;
mod engine;
pub mod files;
mod instance;
mod measuring;
mod output;
mod rights;
pub mod totp;

pub use asking::{Event, EventStream, names};
pub use client::{Answer, Client, status};
pub use desk::queue;
pub use engine::ScriptedEngine;
pub use instance::{Instance, Output, Settings, Stopped, run_in, run_until_line, write_settings};
pub use rights::Enrolled;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

/// A password that is long enough and not a common one.
pub const PASSWORD: &str = "granite-lantern-orbit-42";

static NAMES: AtomicU32 = AtomicU32::new(0);

/// A text that no other test of this run uses, such as `emil-7`.
pub fn unique(name: &str) -> String {
    format!("{name}-{}", NAMES.fetch_add(1, Ordering::Relaxed))
}

/// The settings of an instance that writes its answers with [`engine`], and believes the proxy
/// that every client here pretends to be, so that the limits on one test's address don't reach
/// another's. It answers readily: how sure an answer has to be is another matter.
pub fn settings() -> Settings {
    Settings::new()
        .with("inference.engine", "openai")
        .with("inference.endpoint.base_url", &engine().base_url())
        .with("inference.endpoint.model", "scripted")
        .with("answers.highest_wrong_rate", "0.5")
        .with("quota.questions_per_hour", "1000")
        .with("server.max_upload_bytes", "3000000")
        .with("server.trusted_proxies", r#"["127.0.0.1/32"]"#)
}

/// The instance that tests share, with [`settings`]: each test makes its own people,
/// conversations and sets in it.
pub fn shared() -> &'static Instance {
    static SHARED: OnceLock<Instance> = OnceLock::new();
    SHARED.get_or_init(|| {
        on_a_lasting_thread(|| {
            let instance = Instance::start_in("shared", &settings());
            files::put_handbook(&instance);
            instance
        })
    })
}

/// The inference server behind [`shared`].
pub fn engine() -> &'static ScriptedEngine {
    static ENGINE: OnceLock<ScriptedEngine> = OnceLock::new();
    ENGINE.get_or_init(|| on_a_lasting_thread(ScriptedEngine::start))
}

/// Runs `make` on a thread that never ends: a child process may be told to end with the thread
/// that started it, and a test's own thread ends with the test.
pub fn on_a_lasting_thread<T: Send + 'static>(make: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let sent = sender.send(make());
        while sent.is_ok() {
            thread::park();
        }
    });
    receiver.recv().expect("the shared part starts")
}
