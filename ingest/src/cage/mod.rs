//! The cage: a file is parsed in a child process that can do nothing but compute.
//!
//! The child is this program again (`inhouse parse-child ORDER`): the file on its standard input,
//! a reply in JSON on its standard output, no environment. Before it reads the first byte it gives
//! up, for good: root (it becomes nobody), memory, CPU time, open files, processes and file sizes
//! beyond small limits, every path (Landlock, where the kernel has it), and every system call but
//! the few that computing needs (seccomp). A panic, a stack overflow, an endless loop or a memory
//! bomb costs that file alone. What comes back is checked like any other foreign input.
//!
//! A PDF takes several children in turn: `chain.rs` says which, page by page; `ocr.rs` reads pages
//! that are pictures.

mod chain;
mod child;
mod ocr;
mod order;
mod programs;
mod run;
mod session;
mod unpack;
mod walls;

pub use child::{child_main, child_with};
pub use programs::ocr_languages;
pub use unpack::{Unpacked, UnpackedFile, unpack};

use crate::detect::Format;
use crate::failure::ParseFailure;
use crate::parse::Parsed;
use inhouse_protocol::ReadSettings;
use order::Order;
use run::Input;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Limits of one child, and how pictures are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CageConfig {
    /// Memory beyond what the program needs to start, in bytes.
    pub memory_bytes: u64,
    /// CPU time in seconds.
    pub cpu_s: u64,
    /// Time on the clock in seconds; then the parent kills the child. A file whose pages are read
    /// as pictures has a ninth of it more for each of them.
    pub wall_s: u64,
    /// Longest reply in bytes.
    pub output_bytes: u64,
    /// The program to start with `parse-child ORDER`.
    pub program: PathBuf,
    /// The languages of text in pictures, as ISO 639-1; those that are not installed are left out.
    pub ocr_languages: Vec<String>,
    /// The resolution that pages are painted in to be read as pictures, in dots per inch.
    pub ocr_dpi: u32,
    /// Pages of one file that are read as pictures; further ones are left as they are.
    pub most_pages: u32,
    /// Pixels of a page that is a picture.
    pub most_pixels: u64,
}

impl Default for CageConfig {
    /// 1 GiB, 60 s of CPU, 90 s on the clock, 64 MiB of reply, this very program (also after its
    /// file was replaced by a newer one); pictures in English and German, painted at 300 dots per
    /// inch, 500 pages of a file, 100 million pixels of a page.
    fn default() -> Self {
        Self {
            memory_bytes: 1 << 30,
            cpu_s: 60,
            wall_s: 90,
            output_bytes: 64 << 20,
            program: PathBuf::from("/proc/self/exe"),
            ocr_languages: vec!["en".to_owned(), "de".to_owned()],
            ocr_dpi: 300,
            most_pages: 500,
            most_pixels: 100_000_000,
        }
    }
}

impl CageConfig {
    /// The limits and languages for a file that is to be read in this way.
    #[must_use]
    pub(crate) fn as_wanted(&self, settings: &ReadSettings) -> Self {
        let mut config = if settings.patient {
            self.patient()
        } else {
            self.clone()
        };
        if !settings.languages.is_empty() {
            config.ocr_languages.clone_from(&settings.languages);
        }
        config
    }

    /// Four times the time and memory.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self {
            memory_bytes: self.memory_bytes.saturating_mul(4),
            cpu_s: self.cpu_s.saturating_mul(4),
            wall_s: self.wall_s.saturating_mul(4),
            ..self.clone()
        }
    }
}

/// Is told how far a file is read.
pub trait Progressed: Send + Sync {
    /// The page that is being read, from 1, and how many there are. Pages may come again when
    /// another reader looks at them.
    fn at_page(&self, page: u32, of: u32);
}

/// Nobody wants to know.
impl Progressed for () {
    fn at_page(&self, _: u32, _: u32) {}
}

/// What a child answers.
#[derive(Debug, Serialize, Deserialize)]
enum Reply<T> {
    Read(T),
    Failed(ParseFailure),
}

/// Reads the file at `path` in children. Safe to call many times at once; each call is a process,
/// or for PDFs and pictures several in turn. Dropping it ends them.
pub async fn read(
    config: &CageConfig,
    format: Format,
    path: &Path,
    settings: &ReadSettings,
    progress: &dyn Progressed,
) -> Result<Parsed, ParseFailure> {
    let config = config.as_wanted(settings);
    match format {
        Format::Pdf => chain::read(&config, path, settings.parser, progress).await,
        Format::Image => ocr::read_picture(&config, path, progress).await,
        _ => parse_as(&config, format.as_str(), path).await,
    }
}

/// Parses the file at `path` with the child's parser called `name`.
pub async fn parse_as(
    config: &CageConfig,
    name: &str,
    path: &Path,
) -> Result<Parsed, ParseFailure> {
    let order = Order::new(name, config);
    let input = Input::File(path.to_owned());
    session::parsed(session::ask(config, &order, input, &()).await?)
}

/// Checks that a child can be caged on this machine, with a small text.
pub async fn check(config: &CageConfig) -> Result<(), ParseFailure> {
    let input = Input::Bytes(b"A text to try the cage with.".to_vec());
    let order = Order::new(Format::Text.as_str(), config);
    session::ask::<Parsed>(config, &order, input, &())
        .await
        .map(|_| ())
}
