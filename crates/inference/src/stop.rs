//! Cutting a stream of text before a stop text, wherever the pieces are split.

/// Holds back what may be the beginning of a stop text.
pub(crate) struct StopFilter {
    stops: Vec<String>,
    held: String,
    stopped: bool,
}

impl StopFilter {
    pub(crate) fn new(stops: Vec<String>) -> Self {
        Self {
            stops,
            held: String::new(),
            stopped: false,
        }
    }

    /// The part of the stream that is certain to come before any stop text.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        if self.stopped {
            return String::new();
        }
        if self.stops.is_empty() {
            return piece.to_owned();
        }
        self.held.push_str(piece);
        let found = self
            .stops
            .iter()
            .filter_map(|stop| self.held.find(stop.as_str()))
            .min();
        if let Some(position) = found {
            self.stopped = true;
            self.held.truncate(position);
            return std::mem::take(&mut self.held);
        }
        let keep_from = self.held.len() - self.longest_beginning();
        let rest = self.held.split_off(keep_from);
        std::mem::replace(&mut self.held, rest)
    }

    /// What was held back and turned out to be text.
    pub(crate) fn finish(&mut self) -> String {
        if self.stopped {
            return String::new();
        }
        std::mem::take(&mut self.held)
    }

    /// Whether a stop text was met.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Bytes at the end of what is held that begin a stop text.
    fn longest_beginning(&self) -> usize {
        self.stops
            .iter()
            .filter_map(|stop| {
                (1..stop.len().min(self.held.len() + 1))
                    .rev()
                    .find(|&length| {
                        stop.is_char_boundary(length) && self.held.ends_with(&stop[..length])
                    })
            })
            .max()
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let mut filter = StopFilter::new(stops.iter().map(|&stop| stop.to_owned()).collect());
        let mut text: String = pieces.iter().map(|piece| filter.push(piece)).collect();
        text.push_str(&filter.finish());
        (text, filter.stopped())
    }

    #[test]
    fn a_stop_text_split_over_pieces_is_cut() {
        let (text, stopped) = filtered(&["\nQuestion:"], &["Yes [1].", "\nQue", "stion", ": and"]);
        assert_eq!((text.as_str(), stopped), ("Yes [1].", true));
    }

    #[test]
    fn the_beginning_of_a_stop_text_that_goes_on_otherwise_is_kept() {
        let (text, stopped) = filtered(&["\n\n"], &["One\n", "two\n"]);
        assert_eq!((text.as_str(), stopped), ("One\ntwo\n", false));
    }

    #[test]
    fn the_earliest_of_several_stop_texts_wins() {
        let (text, _) = filtered(&["###", "END"], &["a END b ###"]);
        assert_eq!(text, "a ");
    }

    #[test]
    fn text_of_more_than_one_byte_a_character_is_not_torn() {
        let (text, _) = filtered(&["§§"], &["nach § ", "4 §", "§ 5"]);
        assert_eq!(text, "nach § 4 ");
    }
}
