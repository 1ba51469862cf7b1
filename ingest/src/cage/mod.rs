//! The cage: a file is parsed in a child process that can do nothing but compute.
//!
//! The child is this program again (`inhouse parse-child ORDER`): the file on its standard input,
//! a reply in JSON on its standard output, no environment. Before it reads the first byte it gives
//! up, for good: root (it becomes nobody), memory, CPU time, open files, processes and file sizes
//! beyond small limits, every path (Landlock, where the kernel has it), and every system call but
//! the few that computing needs (seccomp). A panic, a stack overflow, an endless loop or a memory
//! bomb costs that file alone. What comes back is checked like any other foreign input.

mod child;
mod order;
mod poppler;
mod run;
mod walls;

pub use child::{child_main, child_with};

use crate::detect::Format;
use crate::failure::ParseFailure;
use crate::parse::Parsed;
use run::{Ended, Input};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tokio::task::spawn_blocking;

/// Limits of one child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CageConfig {
    /// Memory beyond what the program needs to start, in bytes.
    pub memory_bytes: u64,
    /// CPU time in seconds.
    pub cpu_s: u64,
    /// Time on the clock in seconds; then the parent kills the child.
    pub wall_s: u64,
    /// Longest reply in bytes.
    pub output_bytes: u64,
    /// The program to start with `parse-child ORDER`.
    pub program: PathBuf,
}

impl Default for CageConfig {
    /// 1 GiB, 60 s of CPU, 90 s on the clock, 64 MiB of reply, this very program (also after its
    /// file was replaced by a newer one).
    fn default() -> Self {
        Self {
            memory_bytes: 1 << 30,
            cpu_s: 60,
            wall_s: 90,
            output_bytes: 64 << 20,
            program: PathBuf::from("/proc/self/exe"),
        }
    }
}

/// What a child answers.
#[derive(Debug, Serialize, Deserialize)]
enum Reply {
    Read(Parsed),
    Failed(ParseFailure),
}

/// Parses the file at `path` in a child. Safe to call many times at once; each call is a process
/// or, for a PDF that pdf-extract can't read well, up to three in turn.
pub async fn parse(
    config: &CageConfig,
    format: Format,
    path: &Path,
) -> Result<Parsed, ParseFailure> {
    let first = parse_as(config, format.as_str(), path).await;
    if format == Format::Pdf {
        poppler::second_opinion(config, path, first).await
    } else {
        first
    }
}

/// Parses the file at `path` with the child's parser called `name`.
pub async fn parse_as(
    config: &CageConfig,
    name: &str,
    path: &Path,
) -> Result<Parsed, ParseFailure> {
    let ended = run::child(config, name, Input::File(path.to_owned())).await?;
    judge(config, ended).await
}

/// Checks that a child can be caged on this machine, with a small text.
pub async fn check(config: &CageConfig) -> Result<(), ParseFailure> {
    let input = Input::Bytes(b"A text to try the cage with.".to_vec());
    let ended = run::child(config, Format::Text.as_str(), input).await?;
    judge(config, ended).await.map(|_| ())
}

/// [`read_reply`], off the asynchronous runtime: a reply may be long.
async fn judge(config: &CageConfig, ended: Ended) -> Result<Parsed, ParseFailure> {
    let config = config.clone();
    spawn_blocking(move || read_reply(&config, &ended))
        .await
        .unwrap_or_else(|e| Err(ParseFailure::crashed(format!("reading the reply: {e}"))))
}

fn read_reply(config: &CageConfig, ended: &Ended) -> Result<Parsed, ParseFailure> {
    if ended.output_overran {
        return Err(ParseFailure::too_much_text(config.output_bytes));
    }
    match serde_json::from_slice(&ended.output) {
        Ok(Reply::Read(parsed)) => {
            sound(&parsed)
                .map_err(|what| ParseFailure::crashed(format!("unsound reply: {what}")))?;
            Ok(parsed)
        }
        Ok(Reply::Failed(failure)) => Err(failure),
        Err(_) => Err(ended.failure(config)),
    }
}

/// Holds a reply against what the rest of the program relies on: the child read foreign bytes,
/// so its word is not taken.
fn sound(parsed: &Parsed) -> Result<(), String> {
    let total = parsed.text.chars().count();
    let mut end = 0;
    for block in &parsed.blocks {
        if block.start < end || block.start >= block.end || block.end > total {
            return Err(format!("block {}..{} of {total}", block.start, block.end));
        }
        if block.page.is_some_and(|page| Some(page) > parsed.pages) {
            return Err("a page beyond the last".to_owned());
        }
        end = block.end;
    }
    if parsed.blocks.is_empty() {
        return Err("no blocks".to_owned());
    }
    if parsed.text.contains('\0') || parsed.parser.len() > 40 {
        return Err("characters that can't be stored".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::{Block, BlockKind};

    #[test]
    fn a_reply_with_blocks_outside_its_text_is_refused() {
        let block = |start, end| Block {
            kind: BlockKind::Paragraph,
            start,
            end,
            page: None,
        };
        let parsed = |blocks| Parsed {
            title: None,
            text: "four".to_owned(),
            blocks,
            pages: None,
            parser: "text".to_owned(),
            legible: 1.0,
        };
        assert!(sound(&parsed(vec![block(0, 2), block(2, 4)])).is_ok());
        assert!(sound(&parsed(vec![block(0, 5)])).is_err());
        assert!(sound(&parsed(vec![block(0, 3), block(2, 4)])).is_err());
        assert!(sound(&parsed(vec![block(2, 2)])).is_err());
        assert!(sound(&parsed(vec![])).is_err());
        let mut paged = parsed(vec![block(0, 4)]);
        paged.blocks[0].page = Some(1);
        assert!(sound(&paged).is_err());
    }
}
