//! The parent's side: starting a child, feeding it, and ending it in time.

use super::CageConfig;
use super::order::Order;
use crate::failure::ParseFailure;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// What is kept of the child's complaints, in bytes.
const MOST_STDERR: u64 = 16 << 10;

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
}

/// Runs one child to its end.
pub(super) async fn child(
    config: &CageConfig,
    parser: &str,
    input: Input,
) -> Result<Ended, ParseFailure> {
    let cage = |what: &str, e: std::io::Error| ParseFailure::cage(format!("{what}: {e}"));
    let (stdin, bytes) = match input {
        Input::File(path) => {
            let file = tokio::fs::File::open(&path)
                .await
                .map_err(|e| cage("the original could not be opened", e))?;
            (Stdio::from(file.into_std().await), None)
        }
        Input::Bytes(bytes) => (Stdio::piped(), Some(bytes)),
    };
    let mut child = Command::new(&config.program)
        .arg0("inhouse")
        .arg("parse-child")
        .arg(Order::new(parser, config).to_string())
        .env_clear()
        .current_dir("/")
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| cage("the parser's process could not be started", e))?;

    let limit = Duration::from_secs(config.wall_s.max(1));
    let talk = converse(&mut child, bytes, config.output_bytes);
    let talked = timeout(limit, talk).await;
    let timed_out = talked.is_err();
    let (output, stderr, output_overran) = talked.unwrap_or_default();
    if timed_out || output_overran {
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
    Ok(Ended {
        status,
        output,
        output_overran,
        stderr,
        timed_out,
    })
}

async fn converse(
    child: &mut Child,
    bytes: Option<Vec<u8>>,
    output_bytes: u64,
) -> (Vec<u8>, String, bool) {
    let stdin = child.stdin.take();
    let write = async move {
        if let (Some(mut stdin), Some(bytes)) = (stdin, bytes) {
            // A child that ends early closes its input; its reply says why.
            let _ = stdin.write_all(&bytes).await;
        }
    };
    let output = read(child.stdout.take(), output_bytes + 1, false);
    let stderr = read(child.stderr.take(), MOST_STDERR, true);
    let ((), output, stderr) = tokio::join!(write, output, stderr);
    let overran = output.len() as u64 > output_bytes;
    (
        output,
        String::from_utf8_lossy(&stderr).into_owned(),
        overran,
    )
}

/// Reads up to `limit` bytes; then stops, or reads on and forgets, so that the writer isn't held
/// up.
async fn read(source: Option<impl AsyncRead + Unpin>, limit: u64, drain: bool) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(source) = source else { return kept };
    let mut limited = source.take(limit);
    // An error ends the reading as the end does; what is missing shows in the reply.
    let _ = limited.read_to_end(&mut kept).await;
    if drain {
        let _ = tokio::io::copy(&mut limited.into_inner(), &mut tokio::io::sink()).await;
    }
    kept
}

impl Ended {
    /// Whether it ended by itself and in order.
    pub(super) fn is_success(&self) -> bool {
        !self.timed_out && self.status.is_some_and(|status| status.success())
    }

    /// Why there is no reply, from how the child ended.
    pub(super) fn failure(&self, config: &CageConfig) -> ParseFailure {
        let last = self.stderr.trim();
        let status = self
            .status
            .map_or("not ended".to_owned(), |s| s.to_string());
        let detail = format!("{status}; {last}");
        if self.timed_out {
            return ParseFailure::time(config.wall_s, detail);
        }
        if last.contains("memory allocation")
            || last.contains("Out of memory")
            || last.contains("bad_alloc")
        {
            return ParseFailure::memory(config.memory_bytes, detail);
        }
        if last.contains("overflowed its stack") {
            return ParseFailure::depth(detail);
        }
        match self.status.and_then(|status| status.signal()) {
            Some(libc::SIGXCPU) => ParseFailure::time(config.cpu_s, detail),
            // The kernel's own memory killer, or the hard limit of CPU time.
            Some(libc::SIGKILL) => ParseFailure::memory(config.memory_bytes, detail),
            _ => ParseFailure::crashed(detail),
        }
    }
}
