//! Several children for one file, with one clock.

use super::order::Order;
use super::run::{self, Ended, Input};
use super::{CageConfig, Progressed, Reply};
use crate::failure::{Cause, ParseFailure};
use crate::parse::Parsed;
use crate::parse::pdf::RawDocument;
use inhouse_protocol::PageInfo;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;

/// The shares of a child's time on the clock that each page read as a picture adds.
const SHARES: u64 = 9;

/// A file that is being read.
pub(super) struct Session<'a> {
    pub(super) config: &'a CageConfig,
    pub(super) path: &'a Path,
    pub(super) progress: &'a dyn Progressed,
    begun: Instant,
    /// For all children together.
    limit_s: u64,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        config: &'a CageConfig,
        path: &'a Path,
        progress: &'a dyn Progressed,
    ) -> Self {
        Self {
            config,
            path,
            progress,
            begun: Instant::now(),
            limit_s: config.wall_s.max(1),
        }
    }

    /// Allows for so many pages that are read as pictures.
    pub(super) fn allow_pictures(&mut self, pages: u64) {
        let each = (self.config.wall_s / SHARES).max(1);
        self.limit_s = self.limit_s.saturating_add(each.saturating_mul(pages));
    }

    /// The time that all children have together, in seconds.
    pub(super) fn limit_s(&self) -> u64 {
        self.limit_s
    }

    /// An order within what is left of the time.
    pub(super) fn order(&self, name: &str) -> Result<Order, ParseFailure> {
        let left = Duration::from_secs(self.limit_s).saturating_sub(self.begun.elapsed());
        if left.is_zero() {
            return Err(ParseFailure::time(self.limit_s, "all children together"));
        }
        let order = Order::new(name, self.config);
        let wall_s = order.wall_s.min(left.as_secs() + 1);
        Ok(Order { wall_s, ..order })
    }

    /// Whether the time for all children is over.
    pub(super) fn is_over(&self) -> bool {
        self.begun.elapsed().as_secs() >= self.limit_s
    }

    /// Runs a child on the file, or on `bytes`, and reads its reply.
    pub(super) async fn ask<T: DeserializeOwned + Send + 'static>(
        &self,
        order: &Order,
        bytes: Option<Vec<u8>>,
    ) -> Result<T, ParseFailure> {
        let input = self.input(bytes);
        let asked = ask(self.config, order, input, self.progress).await;
        asked.map_err(|failure| self.in_time(failure))
    }

    /// Runs a program on the file, or on `bytes`; gives what it prints.
    pub(super) async fn run(
        &self,
        order: &Order,
        bytes: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, ParseFailure> {
        let ended = run::child(self.config, order, self.input(bytes), &()).await?;
        if ended.is_success() && !ended.output_overran {
            return Ok(ended.output);
        }
        // A program that could not be started still answers as a child does.
        let failure = match serde_json::from_slice::<Reply<()>>(&ended.output) {
            Ok(Reply::Failed(failure)) => failure,
            _ => ended.failure(),
        };
        Err(self.in_time(failure))
    }

    fn input(&self, bytes: Option<Vec<u8>>) -> Input {
        match bytes {
            Some(bytes) => Input::Bytes(bytes),
            None => Input::File(self.path.to_owned()),
        }
    }

    /// Names the limit that was in force: a child's own, or that of all together.
    fn in_time(&self, failure: ParseFailure) -> ParseFailure {
        if failure.cause == Cause::Time && self.is_over() {
            return ParseFailure::time(self.limit_s, failure.detail);
        }
        failure
    }

    /// Has blocks made of pages.
    pub(super) async fn assemble(&self, raw: RawDocument) -> Result<Parsed, ParseFailure> {
        let pages = spawn_blocking(move || serde_json::to_vec(&raw))
            .await
            .map_err(|e| e.to_string())
            .and_then(|pages| pages.map_err(|e| e.to_string()))
            .map_err(|e| ParseFailure::crashed(format!("the pages: {e}")))?;
        let order = self.order("assemble")?;
        parsed(self.ask(&order, Some(pages)).await?)
    }
}

/// Runs a child and reads its reply, off the asynchronous runtime: a reply may be long.
pub(super) async fn ask<T: DeserializeOwned + Send + 'static>(
    config: &CageConfig,
    order: &Order,
    input: Input,
    progress: &dyn Progressed,
) -> Result<T, ParseFailure> {
    let ended = run::child(config, order, input, progress).await?;
    spawn_blocking(move || read_reply(&ended))
        .await
        .unwrap_or_else(|e| Err(ParseFailure::crashed(format!("reading the reply: {e}"))))
}

fn read_reply<T: DeserializeOwned>(ended: &Ended) -> Result<T, ParseFailure> {
    if ended.output_overran {
        return Err(ended.failure());
    }
    match serde_json::from_slice(&ended.output) {
        Ok(Reply::Read(read)) => Ok(read),
        Ok(Reply::Failed(failure)) => Err(failure),
        Err(_) => Err(ended.failure()),
    }
}

/// A document that a child gave, once it is found sound.
pub(super) fn parsed(parsed: Parsed) -> Result<Parsed, ParseFailure> {
    match sound(&parsed) {
        Ok(()) => Ok(parsed),
        Err(what) => Err(ParseFailure::crashed(format!("unsound reply: {what}"))),
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
    let mut end = 0;
    for line in &parsed.boxes {
        if line.start < end || line.start >= line.end || line.end > total {
            return Err(format!("line {}..{} of {total}", line.start, line.end));
        }
        if Some(line.page) > parsed.pages {
            return Err("a line beyond the last page".to_owned());
        }
        end = line.end;
    }
    let pages = parsed.pages.unwrap_or(0) as usize;
    let is_off = |(info, number): (&PageInfo, u32)| {
        info.page != number || info.parser.len() > 40 || !is_short(info.label.as_deref())
    };
    if parsed.page_info.len() > pages || parsed.page_info.iter().zip(1..).any(is_off) {
        return Err("pages out of order".to_owned());
    }
    if parsed.warnings.len() > 20 || !parsed.warnings.iter().all(|w| w.chars().count() <= 300) {
        return Err("too many warnings".to_owned());
    }
    let words = parsed.warnings.iter().chain(&parsed.title);
    if parsed.parser.len() > 40 || words.chain([&parsed.text]).any(|text| text.contains('\0')) {
        return Err("characters that can't be stored".to_owned());
    }
    Ok(())
}

fn is_short(label: Option<&str>) -> bool {
    label.is_none_or(|label| label.len() <= 100 && !label.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::{Block, BlockKind, LineBox};

    fn block(start: usize, end: usize) -> Block {
        Block {
            kind: BlockKind::Paragraph,
            start,
            end,
            page: None,
        }
    }

    fn four(blocks: Vec<Block>) -> Parsed {
        Parsed {
            title: None,
            text: "four".to_owned(),
            blocks,
            pages: None,
            parser: "text".to_owned(),
            boxes: Vec::new(),
            page_info: Vec::new(),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn a_reply_with_blocks_outside_its_text_is_refused() {
        assert!(sound(&four(vec![block(0, 2), block(2, 4)])).is_ok());
        assert!(sound(&four(vec![block(0, 5)])).is_err());
        assert!(sound(&four(vec![block(0, 3), block(2, 4)])).is_err());
        assert!(sound(&four(vec![block(2, 2)])).is_err());
        assert!(sound(&four(vec![])).is_err());
        let mut paged = four(vec![block(0, 4)]);
        paged.blocks[0].page = Some(1);
        assert!(sound(&paged).is_err());
    }

    #[test]
    fn a_reply_with_lines_or_pages_that_are_not_there_is_refused() {
        let line = |start, end, page| LineBox {
            start,
            end,
            page,
            left: 0,
            top: 0,
            width: 1,
            height: 1,
        };
        let info = |page| PageInfo {
            page,
            label: None,
            parser: "poppler".to_owned(),
            width: 0,
            height: 0,
        };
        let with = |boxes, page_info| Parsed {
            pages: Some(1),
            boxes,
            page_info,
            ..four(vec![block(0, 4)])
        };
        assert!(sound(&with(vec![line(0, 2, 1), line(2, 4, 1)], vec![info(1)])).is_ok());
        assert!(sound(&with(vec![line(0, 5, 1)], vec![])).is_err());
        assert!(sound(&with(vec![line(0, 2, 2)], vec![])).is_err());
        assert!(sound(&with(vec![line(2, 4, 1), line(0, 2, 1)], vec![])).is_err());
        assert!(sound(&with(vec![], vec![info(2)])).is_err());
        assert!(sound(&with(vec![], vec![info(1), info(2)])).is_err());
    }

    #[test]
    fn the_time_of_all_children_is_bounded() {
        let config = CageConfig {
            wall_s: 90,
            ..CageConfig::default()
        };
        let mut session = Session::new(&config, Path::new("/nowhere"), &());
        session.allow_pictures(3);
        assert_eq!(session.limit_s(), 120);
        assert_eq!(session.order("pdf").unwrap().wall_s, 90);
        session.begun = Instant::now()
            .checked_sub(Duration::from_secs(100))
            .unwrap();
        assert!(session.order("pdf").unwrap().wall_s <= 21);
        session.begun = Instant::now()
            .checked_sub(Duration::from_secs(121))
            .unwrap();
        let failure = session.order("pdf").unwrap_err();
        assert!(failure.reason.contains("120 seconds"), "{failure}");
    }
}
