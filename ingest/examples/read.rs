//! Reads files through the cage, `parallel` at a time, and writes one line of JSON for each: what
//! became of it and how long it took. `read [--parallel N] [--texts DIR] [--parser NAME] FILE…`;
//! with `--texts` each text is kept in that folder, with `--parser` (`auto`, `pdf_extract`,
//! `poppler`, `ocr`) PDFs are read by that one alone. Start it with the same program's
//! `parse-child`.

use inhouse_ingest::cage::{self, CageConfig};
use inhouse_ingest::{Format, detect};
use inhouse_protocol::{PageInfo, ReadSettings};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
    let mut settings = ReadSettings::default();
    let mut files = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "parse-child" => return cage::child_main(&arguments.next().unwrap_or_default()),
            "--parallel" => {
                parallel = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(2);
            }
            "--texts" => texts = arguments.next().map(PathBuf::from),
            "--parser" => {
                let Ok(parser) = serde_json::from_value(json!(arguments.next())) else {
                    return ExitCode::FAILURE;
                };
                settings.parser = parser;
            }
            _ => files.push(PathBuf::from(argument)),
        }
    }
    match read_all(files, parallel, texts.as_deref(), &settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[tokio::main]
async fn read_all(
    files: Vec<PathBuf>,
    parallel: usize,
    texts: Option<&Path>,
    settings: &ReadSettings,
) -> io::Result<()> {
    let mut waiting = files.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < parallel
            && let Some(file) = waiting.next()
        {
            let texts = texts.map(Path::to_owned);
            running.spawn(read_one(file, texts, settings.clone()));
        }
        let Some(ended) = running.join_next().await else {
            return Ok(());
        };
        let line = ended.unwrap_or_else(|e| json!({ "lost": e.to_string() }));
        writeln!(io::stdout().lock(), "{line}")?;
    }
}

async fn read_one(file: PathBuf, texts: Option<PathBuf>, settings: ReadSettings) -> Value {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let start = Instant::now();
    let format = match format_of(&file, &name) {
        Ok(format) => format,
        Err(reason) => return json!({ "file": name, "outcome": "refused", "reason": reason }),
    };
    let outcome = cage::read(&CageConfig::default(), format, &file, &settings, &()).await;
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
                "readers": readers(&parsed.page_info), "boxes": parsed.boxes.len(),
                "warnings": parsed.warnings,
            })
        }
        Err(failure) => json!({
            "file": name, "outcome": "failed", "format": format, "seconds": seconds,
            "cause": failure.cause, "reason": failure.reason, "detail": failure.detail,
        }),
    }
}

/// How many pages each reader read.
fn readers(pages: &[PageInfo]) -> BTreeMap<&str, usize> {
    let mut readers = BTreeMap::new();
    for page in pages {
        *readers.entry(page.parser.as_str()).or_default() += 1;
    }
    readers
}

fn format_of(file: &Path, name: &str) -> Result<Format, String> {
    let mut head = Vec::new();
    File::open(file)
        .and_then(|file| file.take(64 << 10).read_to_end(&mut head))
        .map_err(|e| e.to_string())?;
    detect(&head, name).map_err(|unsupported| unsupported.reason)
}
