//! What a running instance writes: kept in its folder, and watched. Tests wait for what it says
//! it has done; none of them sleeps.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::PathBuf;
use std::process::Child;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::watch;

/// How long a test waits for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// How long an instance may take to answer; loading the models is the longest part of it.
const START: Duration = Duration::from_mins(2);

/// What an instance writes when the state of a document, what can be found, or the state of an
/// evaluation or of a draft has changed.
const PROGRESS: [&str; 5] = [
    " ingested",
    "the indexes have followed",
    "an evaluation has ended",
    "the draft of a reply has ended",
    "ticket made",
];

/// What it writes once it answers or works.
const READY: [&str; 2] = ["Inhouse is ready at", "The worker is ready"];

/// The progress of each instance of this process, by its address.
static PROGRESSES: LazyLock<Mutex<HashMap<String, Progress>>> = LazyLock::new(Mutex::default);

/// How often an instance has told of progress.
#[derive(Clone, Default)]
pub(crate) struct Progress(Arc<watch::Sender<u64>>);

impl Progress {
    /// The progress of the instance at this address; one that stands still where there is none.
    pub(crate) fn of(base: &str) -> Self {
        let all = PROGRESSES.lock().expect("no test panicked with it");
        all.get(base).cloned().unwrap_or_default()
    }

    /// Clients of this address wait for this progress from now on.
    pub(crate) fn belongs_to(&self, base: String) {
        let mut all = PROGRESSES.lock().expect("no test panicked with it");
        all.insert(base, self.clone());
    }

    fn told(&self) {
        self.0.send_modify(|times| *times += 1);
    }

    /// Looks now, and again each time the instance has told of progress, until there is an answer.
    pub(crate) async fn until<T>(&self, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let mut news = self.0.subscribe();
        let looking = async {
            loop {
                news.mark_unchanged();
                if let Some(found) = look().await {
                    return found;
                }
                news.changed().await.expect("the instance is watched");
            }
        };
        tokio::time::timeout(PATIENCE, looking)
            .await
            .expect("it did not come to pass")
    }
}

/// The output of a process, line by line in a file.
pub(crate) struct Log {
    file: PathBuf,
    readers: Vec<JoinHandle<()>>,
}

impl Log {
    /// Keeps both outputs of a process in `file`, and waits until it says that it is ready; tells
    /// what it said where it ends before.
    pub(crate) fn until_ready(child: &mut Child, file: PathBuf, progress: &Progress) -> Self {
        let kept = Arc::new(Mutex::new(File::create(&file).expect("a log file")));
        let (sender, ready) = channel();
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = child.stderr.take().expect("stderr is piped");
        let readers = vec![
            keep(stdout, Arc::clone(&kept), progress.clone(), Some(sender)),
            keep(stderr, kept, progress.clone(), None),
        ];
        let mut log = Self { file, readers };
        match ready.recv_timeout(START) {
            Ok(()) => log,
            Err(RecvTimeoutError::Timeout) => {
                panic!("inhouse does not get ready:\n{}", log.text())
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = child.wait().expect("the process can be waited for");
                log.read_to_the_end();
                panic!("inhouse ended with {status}:\n{}", log.text());
            }
        }
    }

    /// Waits until all that a process wrote before it ended is kept.
    pub(crate) fn read_to_the_end(&mut self) {
        for reader in self.readers.drain(..) {
            reader.join().expect("the output can be read");
        }
    }

    /// All that was written up to now.
    pub(crate) fn text(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap_or_default()
    }
}

/// Copies lines as they come, on a thread that ends with the process.
fn keep(
    from: impl Read + Send + 'static,
    log: Arc<Mutex<File>>,
    progress: Progress,
    ready: Option<Sender<()>>,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut lines = BufReader::new(from);
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            {
                let mut log = log.lock().expect("no reader panicked with it");
                log.write_all(&line).expect("the log can be written");
            }
            let text = String::from_utf8_lossy(&line);
            let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
            if has(&PROGRESS) {
                progress.told();
            }
            if let (Some(ready), true) = (&ready, has(&READY)) {
                // Nobody waits any more once it was ready.
                let _ = ready.send(());
            }
            line.clear();
        }
    })
}
