//! Taking apart what holds other files: archives and mails. A caged child opens the container and
//! sends each file as a frame on its standard output; this side writes them into a folder, under
//! numbers, and takes none of the child's words: not the names, not the sizes.
//!
//! A frame is the length of its head (four bytes, big-endian), the head as JSON, and for a file its
//! bytes.

use super::order::Order;
use super::{CageConfig, child, run};
use crate::detect::Format;
use crate::failure::ParseFailure;
use crate::names;
use crate::parse::{mail, msg, zip_list};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use zip_list::{MOST_BYTES, MOST_BYTES_OF_A_FILE, MOST_FILES};

/// Longest head of a frame, in bytes.
const MOST_HEAD: u32 = 256 << 10;
/// Remarks that are passed on, and the characters of each.
const MOST_REMARKS: usize = 200;
const REMARK_CHARS: usize = 300;

/// What came out of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// In the container's order; no two have the same folder and name.
    pub files: Vec<UnpackedFile>,
    /// What was left out and why, in plain words.
    pub left_out: Vec<String>,
}

/// A file of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpackedFile {
    /// Where it lay in the container, harmless; empty for none.
    pub folder: String,
    pub name: String,
    /// Where it lies now.
    pub path: PathBuf,
    pub size_bytes: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "frame", rename_all = "snake_case")]
enum Frame {
    /// `size` bytes follow.
    File {
        folder: String,
        name: String,
        size: u64,
    },
    /// That was all.
    End { left_out: Vec<String> },
    /// It could not be taken apart.
    Failed { failure: ParseFailure },
}

/// Why there is nothing to show for.
#[derive(Debug)]
enum Stopped {
    /// The child's own words, or a limit of ours; nothing more is wanted of it.
    For(ParseFailure),
    /// It ended in the middle of its words.
    Early,
}

/// Takes the container at `path` apart into the folder `into`, which should be empty and is the
/// caller's to remove. At most 10,000 files of 200 MB, 1 GB in all.
pub async fn unpack(
    config: &CageConfig,
    format: Format,
    path: &Path,
    into: &Path,
) -> Result<Unpacked, ParseFailure> {
    let order = Order::new(&format!("unpack-{format}"), config);
    let stdin = run::open(path).await?;
    let mut child = run::spawn(config, &order, stdin)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let Some(stdout) = stdout else {
        return Err(ParseFailure::cage("the child has no output"));
    };
    let limit = Duration::from_secs(order.wall_s.max(1));
    let (received, said) = {
        let mut receiving = pin!(timeout(limit, receive(stdout, into)));
        let mut listening = pin!(run::listen(stderr, &()));
        let mut said = None;
        let received = loop {
            tokio::select! {
                received = &mut receiving => break received,
                all = &mut listening, if said.is_none() => said = Some(all),
            }
        };
        if !matches!(received, Ok(Ok(_) | Err(Stopped::Early))) {
            // It may have ended by itself in between.
            let _ = child.start_kill();
        }
        let said = match said {
            Some(said) => said,
            None => timeout(Duration::from_secs(5), listening)
                .await
                .unwrap_or_default(),
        };
        (received, said)
    };
    let ended = run::end(child, &order, said, received.is_err()).await;
    match received {
        Ok(Ok(unpacked)) => Ok(unpacked),
        Ok(Err(Stopped::For(failure))) => Err(failure),
        Ok(Err(Stopped::Early)) | Err(_) => Err(ended.failure()),
    }
}

/// Writes the files that come in frames into a folder.
async fn receive(mut from: impl AsyncRead + Unpin, into: &Path) -> Result<Unpacked, Stopped> {
    let mut unpacked = Unpacked::default();
    let mut taken = HashSet::new();
    let mut total = 0_u64;
    loop {
        let (folder, name, size) = match head(&mut from).await? {
            Frame::File { folder, name, size } => (folder, name, size),
            Frame::End { left_out } => {
                unpacked.left_out = left_out.iter().map(|words| remark(words)).collect();
                unpacked.left_out.truncate(MOST_REMARKS);
                return Ok(unpacked);
            }
            Frame::Failed { failure } => return Err(Stopped::For(failure)),
        };
        total = total.saturating_add(size);
        let count = unpacked.files.len();
        limits(size, total, count + 1).map_err(Stopped::For)?;
        let path = into.join(count.to_string());
        write(&mut from, size, &path).await?;
        let folder = names::folder(&folder);
        let name = unlike(&mut taken, &folder, &names::file_name(&name));
        unpacked.files.push(UnpackedFile {
            folder,
            name,
            path,
            size_bytes: size,
        });
    }
}

async fn head(from: &mut (impl AsyncRead + Unpin)) -> Result<Frame, Stopped> {
    let length = from.read_u32().await.map_err(|_| Stopped::Early)?;
    if length > MOST_HEAD {
        return Err(nonsense("a head of its own length"));
    }
    let mut head = Vec::new();
    let read = from.take(u64::from(length)).read_to_end(&mut head).await;
    if read.ok() != Some(length as usize) {
        return Err(Stopped::Early);
    }
    serde_json::from_slice(&head).map_err(|e| nonsense(&e.to_string()))
}

fn nonsense(what: &str) -> Stopped {
    Stopped::For(ParseFailure::crashed(format!("unsound frame: {what}")))
}

async fn write(from: &mut (impl AsyncRead + Unpin), size: u64, path: &Path) -> Result<(), Stopped> {
    let ours = |e: io::Error| Stopped::For(ParseFailure::cage(format!("writing a part: {e}")));
    let mut file = tokio::fs::File::create(path).await.map_err(ours)?;
    let written = tokio::io::copy(&mut from.take(size), &mut file).await;
    let written = written.map_err(ours)?;
    file.flush().await.map_err(ours)?;
    if written == size {
        Ok(())
    } else {
        Err(Stopped::Early)
    }
}

fn limits(size: u64, total: u64, count: usize) -> Result<(), ParseFailure> {
    if size > MOST_BYTES_OF_A_FILE {
        return Err(ParseFailure::too_large(
            MOST_BYTES_OF_A_FILE,
            format!("a file of {size} bytes"),
        ));
    }
    if total > MOST_BYTES {
        let detail = format!("{total} bytes unpacked");
        return Err(ParseFailure::too_large(MOST_BYTES, detail));
    }
    if count > MOST_FILES {
        return Err(zip_list::too_many_files(count));
    }
    Ok(())
}

/// The name, with a number where the folder has one of that name already.
fn unlike(taken: &mut HashSet<(String, String)>, folder: &str, name: &str) -> String {
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    };
    let mut unlike = name.to_owned();
    let mut number = 1;
    while !taken.insert((folder.to_owned(), unlike.clone())) {
        number += 1;
        unlike = format!("{stem} ({number}){extension}");
    }
    unlike
}

/// A remark as one line of at most 300 characters.
fn remark(words: &str) -> String {
    words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(REMARK_CHARS)
        .collect()
}

/// The child's side: puts up the walls, opens the container and sends what is in it.
pub(super) fn in_child(format: Format, order: &Order) -> ExitCode {
    let sent = child::walled(order, move |bytes| send_all(format, bytes));
    let failure = match sent {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(failure)) | Err(failure) => failure,
    };
    match send(&Frame::Failed { failure }, &[]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn send_all(format: Format, bytes: &[u8]) -> Result<(), ParseFailure> {
    let (mut total, mut count) = (0, 0);
    let mut file = |folder: &str, name: &str, bytes: &[u8]| {
        let size = bytes.len() as u64;
        total += size;
        count += 1;
        limits(size, total, count)?;
        let frame = Frame::File {
            folder: folder.to_owned(),
            name: name.to_owned(),
            size,
        };
        send(&frame, bytes).map_err(|e| unsent(&e))
    };
    let mut left_out = match format {
        Format::Zip => zip_files(bytes, &mut file)?,
        Format::Eml => {
            for part in mail::attachments(bytes)? {
                file("", &part.name, &part.bytes)?;
            }
            Vec::new()
        }
        Format::Msg => {
            let found = msg::attachments(bytes)?;
            for part in found.files {
                file("", &part.name, &part.bytes)?;
            }
            found.left_out
        }
        _ => return Err(ParseFailure::cage(format!("{format} holds no files"))),
    };
    left_out.truncate(MOST_REMARKS);
    let left_out = left_out.iter().map(|words| remark(words)).collect();
    send(&Frame::End { left_out }, &[]).map_err(|e| unsent(&e))
}

/// Sends every file; gives what can't be had.
fn zip_files(
    bytes: &[u8],
    mut file: impl FnMut(&str, &str, &[u8]) -> Result<(), ParseFailure>,
) -> Result<Vec<String>, ParseFailure> {
    let mut contents = zip_list::Contents::open(bytes)?;
    let mut left_out = std::mem::take(&mut contents.left_out);
    for entry in std::mem::take(&mut contents.files) {
        match contents.unpack(&entry)? {
            Ok(bytes) => file(&entry.folder, &entry.name, &bytes)?,
            Err(why) => left_out.push(why),
        }
    }
    Ok(left_out)
}

/// Nobody listens any more: the reason is known there.
fn unsent(error: &io::Error) -> ParseFailure {
    ParseFailure::crashed(format!("sending a part: {error}"))
}

fn send(frame: &Frame, bytes: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(frame)?;
    let length = u32::try_from(head.len()).map_err(io::Error::other)?;
    let mut out = io::stdout().lock();
    out.write_all(&length.to_be_bytes())?;
    out.write_all(&head)?;
    out.write_all(bytes)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cause;

    fn frame(head: &str, bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(head.len()).unwrap();
        [&length.to_be_bytes()[..], head.as_bytes(), bytes].concat()
    }

    fn file(folder: &str, name: &str, size: u64, bytes: &[u8]) -> Vec<u8> {
        let head = Frame::File {
            folder: folder.to_owned(),
            name: name.to_owned(),
            size,
        };
        frame(&serde_json::to_string(&head).unwrap(), bytes)
    }

    const END: &str = r#"{"frame":"end","left_out":["a\nb"]}"#;

    async fn received(frames: &[Vec<u8>]) -> (tempfile::TempDir, Result<Unpacked, Stopped>) {
        let into = tempfile::tempdir().unwrap();
        let stream = frames.concat();
        let received = receive(stream.as_slice(), into.path()).await;
        (into, received)
    }

    fn cause(received: Result<Unpacked, Stopped>) -> Option<Cause> {
        match received.unwrap_err() {
            Stopped::For(failure) => Some(failure.cause),
            Stopped::Early => None,
        }
    }

    #[tokio::test]
    async fn files_arrive_under_numbers_with_names_that_lead_nowhere() {
        let (into, received) = received(&[
            file("../up", "../../evil.txt", 3, b"one"),
            file("up", "evil.txt", 3, b"two"),
            frame(END, b""),
        ])
        .await;
        let unpacked = received.unwrap();
        let places: Vec<(&str, &str)> = unpacked
            .files
            .iter()
            .map(|file| (file.folder.as_str(), file.name.as_str()))
            .collect();
        assert_eq!(places, [("up", "evil.txt"), ("up", "evil (2).txt")]);
        assert_eq!(unpacked.left_out, ["a b"]);
        for (file, content) in unpacked.files.iter().zip(["one", "two"]) {
            assert_eq!(std::fs::read_to_string(&file.path).unwrap(), content);
            assert_eq!(file.path.parent(), Some(into.path()));
        }
    }

    #[tokio::test]
    async fn a_child_is_not_believed() {
        let (_into, huge) = received(&[file("", "a", u64::MAX, b"")]).await;
        assert_eq!(cause(huge), Some(Cause::TooLarge));
        let (_into, early) = received(&[file("", "a", 10, b"five!")]).await;
        assert_eq!(cause(early), None);
        let (_into, cut) = received(&[file("", "a", 1, b"x")]).await;
        assert_eq!(cause(cut), None);
        let (_into, long) = received(&[vec![0xFF; 64]]).await;
        assert_eq!(cause(long), Some(Cause::Crashed));
        let (_into, other) = received(&[frame("{\"frame\":\"?\"}", b"")]).await;
        assert_eq!(cause(other), Some(Cause::Crashed));
    }

    #[test]
    fn names_that_are_taken_get_a_number() {
        let mut taken = HashSet::new();
        let mut unlike = |name| unlike(&mut taken, "", name);
        assert_eq!(unlike("scan.pdf"), "scan.pdf");
        assert_eq!(unlike("scan.pdf"), "scan (2).pdf");
        assert_eq!(unlike("scan.pdf"), "scan (3).pdf");
        assert_eq!(unlike("README"), "README");
        assert_eq!(unlike("README"), "README (2)");
    }
}
