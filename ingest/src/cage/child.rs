//! The child's side: the walls go up, then the file is read.

use super::Reply;
use super::order::Order;
use super::walls;
use crate::detect::Format;
use crate::failure::ParseFailure;
use crate::parse::{self, Parsed};
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
    child_with(order, |name, bytes| {
        if name == "pages" {
            return parse::parse_pages(bytes);
        }
        let format: Format = name.parse()?;
        parse::parse(format, bytes)
    })
}

/// [`child_main`] with a parser of the caller's; the product has only the one.
pub fn child_with(
    order: &str,
    parser: fn(&str, &[u8]) -> Result<Parsed, ParseFailure>,
) -> ExitCode {
    let order: Order = match order.parse() {
        Ok(order) => order,
        Err(e) => return reply(Reply::Failed(ParseFailure::cage(e)), u64::MAX),
    };
    if order.parser == "poppler" {
        let failure = super::poppler::become_it(&order);
        return reply(Reply::Failed(failure), order.output_bytes);
    }
    let outcome = caged(&order, parser);
    reply(
        match outcome {
            Ok(parsed) => Reply::Read(parsed),
            Err(failure) => Reply::Failed(failure),
        },
        order.output_bytes,
    )
}

fn caged(
    order: &Order,
    parser: fn(&str, &[u8]) -> Result<Parsed, ParseFailure>,
) -> Result<Parsed, ParseFailure> {
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
    let wall = Duration::from_secs(order.wall_s + 5);
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
    let name = order.parser.clone();
    let worker = std::thread::Builder::new()
        .name("parser".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let _ = ready.send(());
            may_go.recv().ok()?;
            Some(parse_stdin(&name, parser))
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

fn parse_stdin(
    name: &str,
    parser: fn(&str, &[u8]) -> Result<Parsed, ParseFailure>,
) -> Result<Parsed, ParseFailure> {
    let mut bytes = Vec::new();
    io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|e| ParseFailure::cage(format!("reading the file: {e}")))?;
    catch_unwind(AssertUnwindSafe(|| parser(name, &bytes)))
        .unwrap_or_else(|_| Err(ParseFailure::crashed(last_panic())))
}

fn last_panic() -> String {
    let last = LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner);
    last.chars().take(2000).collect()
}

/// Writes the reply; one that is too long becomes a failure that says so.
fn reply(reply: Reply, most_bytes: u64) -> ExitCode {
    let mut line = Capped {
        bytes: Vec::new(),
        most: usize::try_from(most_bytes).unwrap_or(usize::MAX),
    };
    if serde_json::to_writer(&mut line, &reply).is_err() {
        drop(reply);
        line.bytes.clear();
        line.most = usize::MAX;
        let failure = Reply::Failed(ParseFailure::too_much_text(most_bytes));
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
