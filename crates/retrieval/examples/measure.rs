//! Measures the search by itself: cuts a folder of texts into plain passages, embeds and indexes
//! them in a temporary folder, answers questions, and writes what `score.py retrieval` reads.
//!
//! ```text
//! measure CORPUS_DIR QUESTIONS.jsonl OUT.jsonl [--document] [--header title|none]
//!         [--lexical W] [--dense W] [--k K] [--vectors FILE]
//! ```
//!
//! `--document` narrows each question to its file; `--vectors` keeps the passages' vectors for
//! the next time. Models come from `INHOUSE_MODELS`.

use inhouse_protocol::{Day, DocumentId};
use inhouse_retrieval::{
    EdgeIndex, Embedder, EmbeddingModel, LexicalIndex, Query, RetrievalSettings, Retriever,
    VectorIndex, VectorPoint,
};
use inhouse_store::{IndexRow, MasterKeys, Principal, Scope, Store, SystemClock, embedded_text};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

/// Characters of a plain passage.
const SIZE: usize = 600;

type Anything<T> = Result<T, Box<dyn Error>>;

struct Options {
    paths: Vec<PathBuf>,
    within_document: bool,
    header: bool,
    settings: RetrievalSettings,
    vectors: Option<PathBuf>,
}

fn options() -> Anything<Options> {
    let mut options = Options {
        paths: Vec::new(),
        within_document: false,
        header: true,
        settings: RetrievalSettings::default(),
        vectors: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let value = arguments.next();
            value.ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--document" => options.within_document = true,
            "--header" => options.header = value()? != "none",
            "--lexical" => options.settings.lexical_weight = value()?.parse()?,
            "--dense" => options.settings.dense_weight = value()?.parse()?,
            "--k" => options.settings.rrf_k = value()?.parse()?,
            "--vectors" => options.vectors = Some(value()?.into()),
            path => options.paths.push(path.into()),
        }
    }
    if options.paths.len() == 3 {
        Ok(options)
    } else {
        Err("usage: measure CORPUS_DIR QUESTIONS.jsonl OUT.jsonl [options]".into())
    }
}

#[tokio::main]
async fn main() -> Anything<()> {
    let options = options()?;
    let models = PathBuf::from(std::env::var("INHOUSE_MODELS")?);
    let embedder = Embedder::load(
        &EmbeddingModel::mini_lm(&models),
        &models.join("onnxruntime/libonnxruntime.so"),
    )?;
    let mut say = std::io::stdout();
    writeln!(say, "model loaded: {} MB resident", resident_mb())?;

    let mut rows = corpus(&options.paths[0])?;
    embed(&embedder, &mut rows, &options, &mut say)?;
    let dir = tempfile::tempdir()?;
    let edge = EdgeIndex::open(&dir.path().join("vectors"), embedder.dimensions())?;
    let started = Instant::now();
    let points: Vec<VectorPoint> = rows.iter().map(Into::into).collect();
    edge.upsert(&points).await?;
    edge.flush().await?;
    drop(points);
    let lexical = LexicalIndex::open(&dir.path().join("lexical"))?;
    lexical.apply(&rows, &[])?;
    let took = started.elapsed().as_secs_f64();
    writeln!(say, "{} passages indexed in {took:.1} s", rows.len())?;

    let retriever = Retriever::new(
        embedder,
        Arc::new(lexical),
        Arc::new(edge),
        options.settings,
    );
    // Everything: what a real database says the operator sees.
    let url = format!("sqlite://{}", dir.path().join("inhouse.db").display());
    let store = Store::open(&url, Arc::new(SystemClock), MasterKeys::ephemeral()).await?;
    let scope = store.scope(&Principal::operator()).await?;
    answer(&retriever, &scope, &rows, &options).await?;
    writeln!(say, "done: {} MB resident", resident_mb())?;
    Ok(())
}

async fn answer(
    retriever: &Retriever,
    scope: &Scope,
    rows: &[IndexRow],
    options: &Options,
) -> Anything<()> {
    let by_passage: HashMap<_, _> = rows.iter().map(|row| (&row.passage, row)).collect();
    let by_name: HashMap<_, _> = rows.iter().map(|row| (&row.name, &row.document)).collect();
    let mut out = std::io::BufWriter::new(std::fs::File::create(&options.paths[2])?);
    for line in std::fs::read_to_string(&options.paths[1])?.lines() {
        let question: Value = serde_json::from_str(line)?;
        let text = question.get("query").or_else(|| question.get("question"));
        let text = text.and_then(Value::as_str).unwrap_or_default();
        let file = question["file"].as_str().unwrap_or_default().to_owned();
        let document: Option<DocumentId> = options
            .within_document
            .then(|| by_name.get(&file).map(|id| (*id).clone()))
            .flatten();
        let query = Query {
            text: text.to_owned(),
            vector: None,
            document,
            limit: 64,
        };
        let found = retriever.search(scope, &query).await?;
        let hits: Vec<Value> = found
            .hits
            .iter()
            .filter_map(|hit| by_passage.get(&hit.passage).map(|row| (hit, row)))
            .map(|(hit, row)| {
                json!({"document": row.name, "start": row.start, "end": row.end, "score": hit.score,
                       "dense": hit.dense, "lexical": hit.lexical})
            })
            .collect();
        let line = json!({"hits": hits, "took_ms": found.timings.total_ms,
                          "timings": found.timings, "features": found.features});
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Embeds the rows, or takes the vectors that were kept.
fn embed(
    embedder: &Embedder,
    rows: &mut [IndexRow],
    options: &Options,
    say: &mut std::io::Stdout,
) -> Anything<()> {
    let length = embedder.dimensions();
    if let Some(bytes) = options
        .vectors
        .as_ref()
        .and_then(|path| std::fs::read(path).ok())
    {
        let floats = bytes
            .chunks_exact(4)
            .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let floats: Vec<f32> = floats.collect();
        if floats.len() == rows.len() * length {
            for (row, vector) in rows.iter_mut().zip(floats.chunks_exact(length)) {
                row.vector = vector.to_vec();
            }
            return Ok(());
        }
    }
    let texts: Vec<String> = rows
        .iter()
        .map(|row| {
            if options.header {
                embedded_text(&row.header, &row.text)
            } else {
                row.text.clone()
            }
        })
        .collect();
    let (started, before) = (Instant::now(), embedder.seconds_in_runtime());
    let vectors = embedder.embed(&texts, |_| {})?;
    let took = started.elapsed().as_secs_f64();
    let inside = embedder.seconds_in_runtime() - before;
    writeln!(
        say,
        "{} passages embedded in {took:.1} s, {:.1} % in the model; {} MB resident",
        texts.len(),
        100.0 * inside / took,
        resident_mb()
    )?;
    if let Some(path) = &options.vectors {
        let bytes = vectors.iter().flatten().flat_map(|f| f.to_le_bytes());
        std::fs::write(path, bytes.collect::<Vec<u8>>())?;
    }
    for (row, vector) in rows.iter_mut().zip(vectors) {
        row.vector = vector;
    }
    Ok(())
}

fn corpus(folder: &Path) -> Anything<Vec<IndexRow>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut rows = Vec::new();
    for (number, file) in (0..).zip(files) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let title = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
        let text: Vec<char> = std::fs::read_to_string(&file)?.chars().collect();
        for (ordinal, (start, end)) in (0..).zip(passages(&text)) {
            rows.push(IndexRow {
                passage: id(1_000_000 + rows.len())?,
                version: id(number)?,
                document: id(number)?,
                set: id(0)?,
                folder: String::new(),
                name: name.clone().into_owned(),
                title: title.to_owned(),
                set_name: String::new(),
                heading_path: Vec::new(),
                page: None,
                ordinal,
                start,
                end,
                text: text[start..end].iter().collect(),
                header: title.to_owned(),
                language: "en".to_owned(),
                valid_from: Day::FIRST.number(),
                valid_until: Day::LAST.number() + 1,
                vector: Vec::new(),
            });
        }
    }
    Ok(rows)
}

/// Paragraphs joined up to `SIZE` characters, long ones cut at the end of a sentence or word.
fn passages(text: &[char]) -> Vec<(usize, usize)> {
    let mut passages: Vec<(usize, usize)> = Vec::new();
    for (mut start, end) in paragraphs(text) {
        while start < end {
            let mut stop = end;
            if end - start > SIZE {
                let cut = |ends: fn(char) -> bool| {
                    let places = start + SIZE / 3..start + SIZE;
                    places
                        .rev()
                        .find(|&at| ends(text[at]) && text[at + 1].is_whitespace())
                };
                let sentence = cut(|c| matches!(c, '.' | ';' | ':'));
                let word = || cut(|c| !c.is_whitespace());
                stop = sentence.or_else(word).map_or(start + SIZE, |at| at + 1);
            }
            match passages.last_mut() {
                Some(last) if stop - last.0 <= SIZE => last.1 = stop,
                _ => passages.push((start, stop)),
            }
            start = stop;
            while start < end && text[start].is_whitespace() {
                start += 1;
            }
        }
    }
    passages
}

/// Spans between blank lines, without the white space around them.
fn paragraphs(text: &[char]) -> Vec<(usize, usize)> {
    let mut paragraphs = Vec::new();
    let mut start = None;
    let (mut end, mut newlines) = (0, 0);
    for (at, &character) in text.iter().enumerate() {
        if character.is_whitespace() {
            newlines += usize::from(character == '\n');
            continue;
        }
        if newlines > 1
            && let Some(start) = start.take()
        {
            paragraphs.push((start, end));
        }
        start = start.or(Some(at));
        (end, newlines) = (at + 1, 0);
    }
    paragraphs.extend(start.map(|start| (start, end)));
    paragraphs
}

fn id<T: FromStr>(number: usize) -> Anything<T>
where
    T::Err: Error + 'static,
{
    Ok(format!("0192c5f4-0000-7000-8000-{number:012x}").parse()?)
}

/// Memory of this process in MB, where the system tells.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
