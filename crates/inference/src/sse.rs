//! Reading server-sent events out of a byte stream, wherever it is split.
//!
//! The format: <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>.
//! Only `data` matters here; other fields and comments are skipped.

use crate::{InferenceError, Result};

/// An event may hold this much before its end: a single token with log probabilities stays far
/// below.
const MAX_EVENT_BYTES: usize = 1 << 20;

/// Puts events together from pieces.
#[derive(Default)]
pub(crate) struct EventReader {
    line: Vec<u8>,
    data: Option<String>,
    after_carriage_return: bool,
}

impl EventReader {
    /// The data of every event that `piece` completes, in order.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<Vec<String>> {
        let mut events = Vec::new();
        for &byte in piece {
            let after_carriage_return = std::mem::take(&mut self.after_carriage_return);
            match byte {
                b'\n' if after_carriage_return => {}
                b'\n' | b'\r' => {
                    self.after_carriage_return = byte == b'\r';
                    events.extend(self.end_line()?);
                }
                _ => self.line.push(byte),
            }
            let held = self.line.len() + self.data.as_ref().map_or(0, String::len);
            if held > MAX_EVENT_BYTES {
                return Err(InferenceError::Protocol(
                    "an event is longer than 1 MiB".to_owned(),
                ));
            }
        }
        Ok(events)
    }

    fn end_line(&mut self) -> Result<Option<String>> {
        let line = String::from_utf8(std::mem::take(&mut self.line))
            .map_err(|_| InferenceError::Protocol("an event is not UTF-8".to_owned()))?;
        if line.is_empty() {
            return Ok(self.data.take());
        }
        let (field, value) = line.split_once(':').unwrap_or((line.as_str(), ""));
        if field == "data" {
            let value = value.strip_prefix(' ').unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let mut reader = EventReader::default();
        pieces
            .iter()
            .flat_map(|piece| reader.push(piece).unwrap())
            .collect()
    }

    #[test]
    fn an_event_is_the_same_however_it_is_split() {
        let stream = "data: {\"a\":\"§\"}\r\n\r\n: ping\n\ndata:b\n\n".as_bytes();
        let whole = read(&[stream]);
        assert_eq!(whole, ["{\"a\":\"§\"}", "b"]);
        for position in 0..stream.len() {
            let (left, right) = stream.split_at(position);
            assert_eq!(read(&[left, right]), whole, "split at {position}");
        }
    }

    #[test]
    fn several_data_lines_make_one_event() {
        assert_eq!(read(&[b"event: x\ndata: 1\ndata: 2\n\n"]), ["1\n2"]);
    }

    #[test]
    fn an_event_without_its_blank_line_is_not_complete() {
        assert!(read(&[b"data: 1\n"]).is_empty());
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut reader = EventReader::default();
        let piece = vec![b'x'; MAX_EVENT_BYTES + 1];
        assert!(reader.push(&piece).is_err());
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert!(EventReader::default().push(b"data: \xff\n").is_err());
    }
}
