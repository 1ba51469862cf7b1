//! The child's side: the walls go up, then the file is read.

use super::order::Order;
use super::programs::{self, Program};
use super::walls;
use super::{Reply, unpack};
use crate::detect::Format;
use crate::failure::ParseFailure;
use crate::parse::{self, Parsed, image, pdf};
use serde::Serialize;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

/// The parser's stack. pdf-extract recurses as deep as the file says.
const STACK_BYTES: usize = 64 << 20;

/// What the last panic said; its text goes into the failure's detail.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// `inhouse parse-child ORDER`: cages this process, parses standard input, replies on standard
/// output. Call it first thing in `main`, before any thread is started.
pub fn child_main(order: &str) -> ExitCode {
    match order.parse() {
        Ok(order) => obey(&order),
        Err(e) => reply::<()>(Err(ParseFailure::cage(e)), u64::MAX),
    }
}

/// [`child_main`] with a parser of the caller's; the product has only its own.
pub fn child_with(
    order: &str,
    parser: fn(&str, &[u8]) -> Result<Parsed, ParseFailure>,
) -> ExitCode {
    match order.parse::<Order>() {
        Ok(order) => {
            let name = order.parser.clone();
            answer(&order, move |bytes| parser(&name, bytes))
        }
        Err(e) => reply::<()>(Err(ParseFailure::cage(e)), u64::MAX),
    }
}

fn obey(order: &Order) -> ExitCode {
    let name = order.parser.as_str();
    if let Some(program) = Program::named(name) {
        let failure = programs::become_it(program, order);
        return reply::<()>(Err(failure), order.output_bytes);
    }
    let dpi = order.dpi;
    match name {
        "pdf" => answer(order, |bytes| pdf::read(bytes, report)),
        "pdf-pages" => answer(order, |bytes| pdf::read_pages(bytes, report)),
        "bbox" => answer(order, |bytes| Ok(pdf::bbox::parse(bytes))),
        "tsv" => answer(order, move |bytes| Ok(pdf::tsv::parse(bytes, dpi))),
        "image" => answer(order, image::sizes),
        "assemble" => answer(order, |bytes| {
            let pages = serde_json::from_slice(bytes)
                .map_err(|e| ParseFailure::crashed(format!("the pages: {e}")))?;
            pdf::assemble(pages)
        }),
        _ => parse_or_unpack(order, name),
    }
}

fn parse_or_unpack(order: &Order, name: &str) -> ExitCode {
    let (packed, name) = match name.strip_prefix("unpack-") {
        Some(name) => (true, name),
        None => (false, name),
    };
    match name.parse::<Format>() {
        Ok(format) if packed => unpack::in_child(format, order),
        Ok(format) => answer(order, move |bytes| parse::parse(format, bytes)),
        Err(e) => reply::<()>(Err(e.into()), order.output_bytes),
    }
}

/// Tells the parent which page is begun.
fn report(page: u32, of: u32) {
    // Nobody may be listening.
    let _ = writeln!(io::stderr().lock(), "progress {page} {of}");
}

/// Does the work behind the walls and replies with what came of it.
fn answer<T: Serialize + Send + 'static>(
    order: &Order,
    work: impl FnOnce(&[u8]) -> Result<T, ParseFailure> + Send + 'static,
) -> ExitCode {
    let outcome = walled(order, work).and_then(|outcome| outcome);
    reply(outcome, order.output_bytes)
}

/// Puts the walls up around this process, for good, and gives `work` what standard input holds, on
/// a thread with a large stack. A panic in it is a failure.
pub(super) fn walled<T: Send + 'static>(
    order: &Order,
    work: impl FnOnce(&[u8]) -> T + Send + 'static,
) -> Result<T, ParseFailure> {
    let cage = |e: io::Error| ParseFailure::cage(e.to_string());
    std::panic::set_hook(Box::new(|panic| {
        let mut last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        *last = panic.to_string();
    }));
    walls::limits(order, STACK_BYTES as u64).map_err(ParseFailure::cage)?;
    walls::paths(&[]).map_err(ParseFailure::cage)?;

    // Both threads stand before the last wall goes up, since none can be started behind it.
    let (ready, is_ready) = mpsc::channel();
    let (go, may_go) = mpsc::channel::<()>();
    let wall = Duration::from_secs(order.wall_s.saturating_add(5));
    let watch_ready = ready.clone();
    // In case the parent is gone and nobody else ends this process.
    std::thread::Builder::new()
        .name("watch".to_owned())
        .stack_size(128 << 10)
        .spawn(move || {
            let _ = watch_ready.send(());
            std::thread::sleep(wall);
            std::process::exit(1);
        })
        .map_err(cage)?;
    let worker = std::thread::Builder::new()
        .name("parser".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let _ = ready.send(());
            may_go.recv().ok()?;
            Some(on_stdin(work))
        })
        .map_err(cage)?;
    for _ in 0..2 {
        is_ready
            .recv()
            .map_err(|e| ParseFailure::cage(e.to_string()))?;
    }
    walls::system_calls().map_err(ParseFailure::cage)?;
    let _ = go.send(());
    match worker.join() {
        Ok(Some(outcome)) => outcome,
        Ok(None) | Err(_) => Err(ParseFailure::crashed(last_panic())),
    }
}

fn on_stdin<T>(work: impl FnOnce(&[u8]) -> T) -> Result<T, ParseFailure> {
    let mut bytes = Vec::new();
    io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|e| ParseFailure::cage(format!("reading the file: {e}")))?;
    catch_unwind(AssertUnwindSafe(|| work(&bytes))).map_err(|_| ParseFailure::crashed(last_panic()))
}

fn last_panic() -> String {
    let last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
    last.chars().take(2000).collect()
}

/// Writes the reply; one that is too long becomes a failure that says so.
pub(super) fn reply<T: Serialize>(outcome: Result<T, ParseFailure>, most_bytes: u64) -> ExitCode {
    let reply = match outcome {
        Ok(read) => Reply::Read(read),
        Err(failure) => Reply::Failed(failure),
    };
    let mut line = Capped {
        bytes: Vec::new(),
        most: usize::try_from(most_bytes).unwrap_or(usize::MAX),
    };
    if serde_json::to_writer(&mut line, &reply).is_err() {
        drop(reply);
        line.bytes.clear();
        line.most = usize::MAX;
        let failure = Reply::<()>::Failed(ParseFailure::too_much_text(most_bytes));
        if serde_json::to_writer(&mut line, &failure).is_err() {
            return ExitCode::FAILURE;
        }
    }
    let mut out = io::stdout().lock();
    match out.write_all(&line.bytes).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

struct Capped {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.most {
            return Err(io::Error::other("too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
