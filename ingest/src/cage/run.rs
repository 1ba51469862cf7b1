//! The parent's side: starting a child, feeding it, and ending it in time.

use super::order::Order;
use super::{CageConfig, Progressed};
use crate::failure::ParseFailure;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// What is kept of the child's complaints, in bytes: the last.
const MOST_STDERR: usize = 16 << 10;
/// Longest line on standard error that can be a report of progress.
const LONGEST_REPORT: usize = 64;

/// What the child reads.
pub(super) enum Input {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// A child that has ended.
pub(super) struct Ended {
    status: Option<ExitStatus>,
    pub(super) output: Vec<u8>,
    pub(super) output_overran: bool,
    stderr: String,
    timed_out: bool,
    order: Order,
}

/// A file as a child's standard input.
pub(super) async fn open(path: &Path) -> Result<Stdio, ParseFailure> {
    match tokio::fs::File::open(path).await {
        Ok(file) => Ok(Stdio::from(file.into_std().await)),
        Err(e) => Err(ParseFailure::cage(format!(
            "the original could not be opened: {e}"
        ))),
    }
}

/// Starts a child with nothing but its order; it dies with the value that is given back.
pub(super) fn spawn(
    config: &CageConfig,
    order: &Order,
    stdin: Stdio,
) -> Result<Child, ParseFailure> {
    Command::new(&config.program)
        .arg0("inhouse")
        .arg("parse-child")
        .arg(order.to_string())
        .env_clear()
        .current_dir("/")
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| ParseFailure::cage(format!("the parser's process could not be started: {e}")))
}

/// Runs one child to its end.
pub(super) async fn child(
    config: &CageConfig,
    order: &Order,
    input: Input,
    progress: &dyn Progressed,
) -> Result<Ended, ParseFailure> {
    let (stdin, bytes) = match input {
        Input::File(path) => (open(&path).await?, None),
        Input::Bytes(bytes) => (Stdio::piped(), Some(bytes)),
    };
    let mut child = spawn(config, order, stdin)?;
    let limit = Duration::from_secs(order.wall_s.max(1));
    let talk = converse(&mut child, bytes, order.output_bytes, progress);
    let talked = timeout(limit, talk).await;
    let timed_out = talked.is_err();
    let (output, stderr, output_overran) = talked.unwrap_or_default();
    if output_overran {
        // It may have ended by itself in between.
        let _ = child.start_kill();
    }
    let ended = end(child, order, stderr, timed_out).await;
    Ok(Ended {
        output,
        output_overran,
        ..ended
    })
}

/// Sees a child to its end, whose output is read already or wanted no more; kills it where its
/// time is up.
pub(super) async fn end(mut child: Child, order: &Order, stderr: String, timed_out: bool) -> Ended {
    if timed_out {
        // It may have ended by itself in between.
        let _ = child.start_kill();
    }
    // After a kill or its end of output a child has nothing left to do, but it may be stuck.
    let status = if let Ok(status) = timeout(Duration::from_secs(5), child.wait()).await {
        status.ok()
    } else {
        let _ = child.start_kill();
        child.wait().await.ok()
    };
    Ended {
        status,
        output: Vec::new(),
        output_overran: false,
        stderr,
        timed_out,
        order: order.clone(),
    }
}

async fn converse(
    child: &mut Child,
    bytes: Option<Vec<u8>>,
    output_bytes: u64,
    progress: &dyn Progressed,
) -> (Vec<u8>, String, bool) {
    let stdin = child.stdin.take();
    let write = async move {
        if let (Some(mut stdin), Some(bytes)) = (stdin, bytes) {
            // A child that ends early closes its input; its reply says why.
            let _ = stdin.write_all(&bytes).await;
        }
    };
    let output = read(child.stdout.take(), output_bytes + 1);
    let stderr = listen(child.stderr.take(), progress);
    let ((), output, stderr) = tokio::join!(write, output, stderr);
    let overran = output.len() as u64 > output_bytes;
    (output, stderr, overran)
}

/// Reads up to `limit` bytes; then stops.
async fn read(source: Option<impl AsyncRead + Unpin>, limit: u64) -> Vec<u8> {
    let mut kept = Vec::new();
    if let Some(source) = source {
        // An error ends the reading as the end does; what is missing shows in the reply.
        let _ = source.take(limit).read_to_end(&mut kept).await;
    }
    kept
}

/// Reads standard error to its end: passes reports of progress on and keeps the last of the rest.
pub(super) async fn listen(
    source: Option<impl AsyncRead + Unpin>,
    progress: &dyn Progressed,
) -> String {
    let mut ear = Ear::default();
    if let Some(mut source) = source {
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = source.read(&mut buffer).await {
            ear.hear(&buffer[..n], progress);
        }
    }
    ear.finish()
}

#[derive(Default)]
struct Ear {
    kept: Vec<u8>,
    /// The line that has not come to its end.
    line: Vec<u8>,
    /// The furthest page that was reported, so that each is passed on once.
    page: u32,
}

impl Ear {
    fn hear(&mut self, bytes: &[u8], progress: &dyn Progressed) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                if let Some((page, of)) = report(&self.line) {
                    if page > self.page {
                        self.page = page;
                        progress.at_page(page, of);
                    }
                    self.line.clear();
                } else {
                    self.keep();
                }
            } else if self.line.len() > MOST_STDERR {
                self.keep();
            }
        }
    }

    fn keep(&mut self) {
        self.kept.append(&mut self.line);
        let over = self.kept.len().saturating_sub(MOST_STDERR);
        self.kept.drain(..over);
    }

    fn finish(mut self) -> String {
        self.keep();
        String::from_utf8_lossy(&self.kept).into_owned()
    }
}

/// `progress PAGE OF`, as a child reports it.
fn report(line: &[u8]) -> Option<(u32, u32)> {
    if line.len() > LONGEST_REPORT {
        return None;
    }
    let line = std::str::from_utf8(line).ok()?;
    let (page, of) = line.trim_end().strip_prefix("progress ")?.split_once(' ')?;
    let (page, of) = (page.parse().ok()?, of.parse().ok()?);
    (page >= 1 && page <= of).then_some((page, of))
}

impl Ended {
    /// Whether it ended by itself and in order.
    pub(super) fn is_success(&self) -> bool {
        !self.timed_out && self.status.is_some_and(|status| status.success())
    }

    /// Why there is no reply, from how the child ended.
    pub(super) fn failure(&self) -> ParseFailure {
        let last = self.stderr.trim();
        let order = &self.order;
        let status = self
            .status
            .map_or("not ended".to_owned(), |s| s.to_string());
        let detail = format!("{status}; {last}");
        if self.output_overran {
            return ParseFailure::too_much_text(order.output_bytes);
        }
        if self.timed_out {
            return ParseFailure::time(order.wall_s, detail);
        }
        if last.contains("memory allocation")
            || last.contains("Out of memory")
            || last.contains("bad_alloc")
        {
            return ParseFailure::memory(order.memory_bytes, detail);
        }
        if last.contains("overflowed its stack") {
            return ParseFailure::depth(detail);
        }
        match self.status.and_then(|status| status.signal()) {
            Some(libc::SIGXCPU) => ParseFailure::time(order.cpu_s, detail),
            // The kernel's own memory killer, or the hard limit of CPU time.
            Some(libc::SIGKILL) => ParseFailure::memory(order.memory_bytes, detail),
            _ => ParseFailure::crashed(detail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Heard(Mutex<Vec<(u32, u32)>>);

    impl Progressed for Heard {
        fn at_page(&self, page: u32, of: u32) {
            self.0.lock().unwrap().push((page, of));
        }
    }

    #[test]
    fn reports_are_passed_on_and_complaints_kept() {
        let heard = Heard::default();
        let mut ear = Ear::default();
        ear.hear(b"progress 1 3\nodd font\nprog", &heard);
        ear.hear(
            b"ress 2 3\nprogress 2 3\nprogress 9 3\nprogress x y\n",
            &heard,
        );
        ear.hear(b"the end", &heard);
        assert_eq!(*heard.0.lock().unwrap(), [(1, 3), (2, 3)]);
        assert_eq!(
            ear.finish(),
            "odd font\nprogress 9 3\nprogress x y\nthe end"
        );
    }

    #[test]
    fn the_last_of_endless_complaints_is_kept() {
        let mut ear = Ear::default();
        for _ in 0..100 {
            ear.hear(&[b'x'; 1000], &());
        }
        ear.hear(b"\noverflowed its stack\n", &());
        let kept = ear.finish();
        assert!(kept.len() <= MOST_STDERR && kept.ends_with("its stack\n"));
    }
}
