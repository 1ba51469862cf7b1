//! Logging: text for people or JSON for collectors, on standard error. One event is one line
//! whatever a request puts into it, so that nobody can forge a line, and personal data in it is
//! masked: nothing logs what people ask, but causes of failures may quote it.

use crate::config::{Config, Log, LogFormat};
use inhouse_guardrails::personal;
use std::borrow::Cow;
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
        let length = event.len();
        let event = String::from_utf8_lossy(event);
        self.0.write_all(one_line(&masked(&event)).as_bytes())?;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The event with personal data masked. Ids, times and figures stay, also where their digits look
/// like it.
fn masked(event: &str) -> Cow<'_, str> {
    let found = personal::find(event);
    if found.is_empty() {
        return Cow::Borrowed(event);
    }
    let chars: Vec<char> = event.chars().collect();
    let mut masked = String::with_capacity(event.len());
    let mut at = 0;
    for found in found {
        if is_technical(&chars, (found.start, found.end)) {
            continue;
        }
        masked.extend(&chars[at..found.start]);
        masked.extend(["[", found.kind.as_str(), "]"]);
        at = found.end;
    }
    masked.extend(&chars[at..]);
    Cow::Owned(masked)
}

/// Whether the characters are part of a UUID or a time, or the number that is a field's value.
fn is_technical(chars: &[char], (start, end): (usize, usize)) -> bool {
    let parts = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '=' | '(' | ')');
    let before = chars[..start].iter().rev().take_while(|c| !parts(**c));
    let from = start - before.count();
    let after = chars[end..].iter().take_while(|c| !parts(**c));
    let token: String = chars[from..end + after.count()].iter().collect();
    let in_field = from > 0 && matches!(chars[from - 1], '=' | '"');
    let number = token.trim_start_matches(':').trim_end_matches('}');
    let is_figure = in_field && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    let is_time = token.as_bytes().get(4) == Some(&b'-') && token.contains('T');
    let is_uuid = uuid::Uuid::try_parse(token.trim_end_matches(['.', ':', ';'])).is_ok();
    is_figure || is_time || is_uuid
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
    fn personal_data_is_masked_and_ids_times_and_figures_are_not() {
        let id = "019b5f4e-4111-7111-8111-111111111111";
        let log = logged(|| {
            tracing::info!(
                run = id,
                bytes = 123_456_782_u64,
                "sam@example.com failed at {id}"
            );
            tracing::info!("of DE89 3704 0044 0532 0130 00");
        });
        assert!(!log.contains("sam@") && !log.contains("3704 0044"), "{log}");
        assert!(
            log.contains("[email] failed") && log.contains("[iban]"),
            "{log}"
        );
        assert_eq!(log.matches(id).count(), 2, "{log}");
        assert!(log.contains("123456782"), "{log}");
        let times = log
            .lines()
            .filter(|line| line.contains('T') && line.contains("Z "));
        assert_eq!(times.count(), 2, "{log}");
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
