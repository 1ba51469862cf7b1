//! The line below all others that says what is being read, where somebody looks.

use std::io::{self, IsTerminal as _, Write};
use std::time::{Duration, Instant};

/// How often it changes at most.
const EVERY: Duration = Duration::from_secs(1);
/// What fits on a line of most terminals.
const CHARS: usize = 78;

pub(in crate::cli) struct LiveLine {
    terminal: bool,
    shown: bool,
    changed: Option<Instant>,
}

impl LiveLine {
    /// On standard output, if that is a terminal.
    pub(in crate::cli) fn on_terminal() -> Self {
        Self::on(io::stdout().is_terminal())
    }

    /// On standard error, if that is a terminal.
    pub(in crate::cli) fn on_standard_error() -> Self {
        Self::on(io::stderr().is_terminal())
    }

    /// Says nothing.
    pub(in crate::cli) const fn silent() -> Self {
        Self::on(false)
    }

    const fn on(terminal: bool) -> Self {
        Self {
            terminal,
            shown: false,
            changed: None,
        }
    }

    /// Shows `text` in place of what stood there.
    pub(in crate::cli) fn show(&mut self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let early = self
            .changed
            .is_some_and(|changed| changed.elapsed() < EVERY);
        if !self.terminal || early {
            return Ok(());
        }
        self.clear(out)?;
        // A name that people gave must not steer the terminal.
        let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let line: String = plain.take(CHARS).collect();
        write!(out, "{line}")?;
        out.flush()?;
        (self.shown, self.changed) = (true, Some(Instant::now()));
        Ok(())
    }

    /// Takes it away, before another line is written.
    pub(in crate::cli) fn clear(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.shown {
            // To the line's start, and everything after it erased.
            write!(out, "\r\x1b[K")?;
            self.shown = false;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_at_most_each_second_and_taken_away() {
        let (mut line, mut out) = (LiveLine::on(true), Vec::new());
        line.show("reading  a\u{1b}.pdf: page 1 of 9", &mut out)
            .unwrap();
        line.show("reading  a.pdf: page 2 of 9", &mut out).unwrap();
        line.clear(&mut out).unwrap();
        line.clear(&mut out).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert_eq!(written, "reading  a .pdf: page 1 of 9\r\u{1b}[K");
    }

    #[test]
    fn nothing_is_shown_to_a_program() {
        let (mut line, mut out) = (LiveLine::silent(), Vec::new());
        line.show("reading  a.pdf: page 1 of 9", &mut out).unwrap();
        line.clear(&mut out).unwrap();
        assert!(out.is_empty());
    }
}
