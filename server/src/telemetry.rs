//! Logging: text for people or JSON for collectors, on standard error. One event is one line
//! whatever a request puts into it, so that nobody can forge a line.

use crate::config::{Config, Log, LogFormat};
use std::io::{self, Write};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging as `config` says. A second call in one process changes nothing.
pub fn init(config: &Config) {
    start(config, &config.log.level);
}

/// [`init`] for a command that a person waits for: unless `[log]` is configured, failures only.
pub fn init_quietly(config: &Config) {
    let is_default = config.log == Log::default();
    start(
        config,
        if is_default {
            "error"
        } else {
            &config.log.level
        },
    );
}

fn start(config: &Config, level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(OneLine(io::stderr));
    let registry = tracing_subscriber::registry().with(filter);
    let result = match config.log.format {
        LogFormat::Text => registry.with(lines).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    if result.is_err() {
        tracing::debug!("logging had been started before");
    }
}

/// Makes writers that keep an event on one line.
#[derive(Debug, Clone)]
struct OneLine<M>(M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for OneLine<M> {
    type Writer = OneLineWriter<M::Writer>;
    fn make_writer(&'a self) -> Self::Writer {
        OneLineWriter(self.0.make_writer())
    }
}

/// Writes each buffer, an event as the formatter hands it over, as one line.
#[derive(Debug)]
struct OneLineWriter<W>(W);

impl<W: Write> Write for OneLineWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0
            .write_all(one_line(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The event with everything escaped that could start a line or steer a terminal: control
/// characters, the Unicode line and paragraph separators and the bidirectional controls
/// (OWASP ASVS 5.0, 16.4.1).
fn one_line(event: &str) -> String {
    let (text, end) = event
        .strip_suffix('\n')
        .map_or((event, ""), |text| (text, "\n"));
    let mut line = String::with_capacity(event.len());
    for c in text.chars() {
        let steers = matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || steers {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line.push_str(end);
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(write: impl FnOnce()) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = tracing_subscriber::registry().with(
            tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .with_writer(OneLine(move || writer.clone())),
        );
        tracing::subscriber::with_default(subscriber, write);
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_a_caller_writes_can_not_start_a_second_line() {
        let forged = "x\n2026-11-21T00:00:00Z ERROR forged \u{1b}[31m\u{2028}also";
        let log = logged(|| {
            tracing::info!("asked {forged}");
            tracing::info!(value = forged, other = %forged, "asked");
        });
        assert_eq!(log.lines().count(), 2);
        assert_eq!(log.matches('\n').count(), 2);
        assert!(!log.contains('\u{1b}') && !log.contains('\u{2028}'));
    }
}
