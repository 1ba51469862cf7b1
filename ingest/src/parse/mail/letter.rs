//! A mail as one text, whatever it was kept in: its subject, who wrote to whom and when, what came
//! with it, and what it says.

use crate::failure::ParseFailure;
use crate::parse::{Draft, Parsed, html, rtf, text};
use crate::passages::Chars;
use inhouse_protocol::BlockKind;

/// What a mail says, in one of the ways in which it says it.
pub(crate) enum Body {
    Text(String),
    Html(String),
    /// Rich text, as bytes.
    Rtf(Vec<u8>),
}

/// The lines of a mail's head, each empty where it has none.
#[derive(Default)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) cc: String,
    /// As RFC 3339.
    pub(crate) date: String,
    /// The names of the files that came with it.
    pub(crate) attachments: Vec<String>,
    /// What it says, all of it together.
    pub(crate) bodies: Vec<Body>,
}

impl Letter {
    /// The letter as a document.
    pub(crate) fn parse(self, parser: &str) -> Result<Parsed, ParseFailure> {
        let mut draft = Draft::default();
        let heading = BlockKind::Heading { level: 1 };
        draft.push(heading, &self.subject, None);
        let attachments = self.attachments.join(", ");
        for (label, words) in [
            ("From", &self.from),
            ("To", &self.to),
            ("Cc", &self.cc),
            ("Date", &self.date),
            ("Attachments", &attachments),
        ] {
            if !words.trim().is_empty() {
                let line = format!("{label}: {}", words.trim());
                draft.push(BlockKind::Paragraph, &line, None);
            }
        }
        let mut warnings = Vec::new();
        for body in &self.bodies {
            match body.parse() {
                Ok(body) => append(&mut draft, &body),
                Err(failure) if failure.cause == crate::Cause::NoText => {}
                Err(_) => warnings.push(
                    "A part of this mail's text is damaged and could not be read.".to_owned(),
                ),
            }
        }
        let (text, blocks) = draft.finish();
        let mut parsed = Parsed::new(parser, Some(self.subject), text, blocks)?;
        parsed.warnings = warnings;
        Ok(parsed)
    }
}

impl Body {
    fn parse(&self) -> Result<Parsed, ParseFailure> {
        match self {
            Self::Text(words) => text::parse(words.as_bytes()),
            // The mark says that it is decoded already, whatever its head names.
            Self::Html(source) => html::parse(format!("\u{FEFF}{source}").as_bytes()),
            Self::Rtf(source) => rtf::parse(source),
        }
    }

    /// Letters that it says.
    fn letters(&self) -> usize {
        self.parse().map_or(0, |parsed| {
            parsed.text.chars().filter(|c| c.is_alphabetic()).count()
        })
    }
}

/// The plain text of a mail, or its HTML where the plain text is but a remark that there is HTML.
pub(crate) fn better(plain: Vec<Body>, rich: Vec<Body>) -> Vec<Body> {
    let letters = |bodies: &[Body]| bodies.iter().map(Body::letters).sum::<usize>();
    if rich.is_empty() || letters(&plain) * 5 >= letters(&rich) && !plain.is_empty() {
        plain
    } else {
        rich
    }
}

/// Adds the blocks of a body, its headings below the mail's own.
fn append(draft: &mut Draft, body: &Parsed) {
    let text = Chars::new(&body.text);
    for block in &body.blocks {
        let kind = match block.kind {
            BlockKind::Heading { level } => BlockKind::Heading {
                level: level.max(2),
            },
            kind => kind,
        };
        draft.push(kind, text.slice(block.start, block.end), None);
    }
}
