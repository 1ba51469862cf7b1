//! Reads files through the cage, `parallel` at a time, and writes one line of JSON for each: what
//! became of it and how long it took. `read [--parallel N] [--texts DIR] FILE…`; with `--texts`
//! each text is kept in that folder. Start it with the same program's `parse-child`.

use inhouse_ingest::cage::{self, CageConfig};
use inhouse_ingest::{Format, detect};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use tokio::task::JoinSet;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut parallel = 2;
    let mut texts = None;
    let mut files = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "parse-child" => return cage::child_main(&arguments.next().unwrap_or_default()),
            "--parallel" => {
                parallel = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(2);
            }
            "--texts" => texts = arguments.next().map(PathBuf::from),
            _ => files.push(PathBuf::from(argument)),
        }
    }
    match read_all(files, parallel, texts.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[tokio::main]
async fn read_all(files: Vec<PathBuf>, parallel: usize, texts: Option<&Path>) -> io::Result<()> {
    let mut waiting = files.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < parallel
            && let Some(file) = waiting.next()
        {
            running.spawn(read_one(file, texts.map(Path::to_owned)));
        }
        let Some(ended) = running.join_next().await else {
            return Ok(());
        };
        let line = ended.unwrap_or_else(|e| json!({ "lost": e.to_string() }));
        writeln!(io::stdout().lock(), "{line}")?;
    }
}

async fn read_one(file: PathBuf, texts: Option<PathBuf>) -> Value {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let start = Instant::now();
    let format = match format_of(&file, &name) {
        Ok(format) => format,
        Err(reason) => return json!({ "file": name, "outcome": "refused", "reason": reason }),
    };
    let outcome = cage::parse(&CageConfig::default(), format, &file).await;
    let seconds = start.elapsed().as_secs_f64();
    match outcome {
        Ok(parsed) => {
            if let Some(texts) = texts {
                // A text that can't be kept is missed by whoever looks for it.
                let _ = std::fs::write(texts.join(format!("{name}.txt")), &parsed.text);
            }
            json!({
                "file": name, "outcome": "read", "format": format, "parser": parsed.parser,
                "seconds": seconds, "pages": parsed.pages, "title": parsed.title,
                "characters": parsed.text.chars().count(), "blocks": parsed.blocks.len(),
                "legible": parsed.legible,
            })
        }
        Err(failure) => json!({
            "file": name, "outcome": "failed", "format": format, "seconds": seconds,
            "cause": failure.cause, "reason": failure.reason, "detail": failure.detail,
        }),
    }
}

fn format_of(file: &Path, name: &str) -> Result<Format, String> {
    let mut head = Vec::new();
    File::open(file)
        .and_then(|file| file.take(64 << 10).read_to_end(&mut head))
        .map_err(|e| e.to_string())?;
    detect(&head, name).map_err(|unsupported| unsupported.reason)
}
