//! Where a password comes from: a file, a prompt that shows nothing, standard input, or made here.

use super::PasswordArgs;
use crate::auth::random;
use anyhow::{Context as _, bail};
use std::io::{BufRead, IsTerminal, Write};
use std::process::{Command, Stdio};

/// A password and whether it was made here, to be shown.
pub(super) struct Password {
    pub(super) text: String,
    pub(super) made: bool,
}

/// Gets the password as the arguments say.
pub(super) fn get(arguments: &PasswordArgs) -> anyhow::Result<Password> {
    if arguments.generate {
        return Ok(Password {
            text: generate(),
            made: true,
        });
    }
    let text = match &arguments.password_file {
        Some(file) => first_line(
            std::fs::File::open(file)
                .map(std::io::BufReader::new)
                .with_context(|| format!("{} can't be read", file.display()))?,
        )?,
        None if std::io::stdin().is_terminal() => prompt_twice()?,
        None => first_line(std::io::stdin().lock())?,
    };
    if text.is_empty() {
        bail!(
            "there is no password; give one on standard input, with --password-file, or use --generate"
        );
    }
    Ok(Password { text, made: false })
}

/// Twenty characters in groups of five: 99 bits.
pub(super) fn generate() -> String {
    random::readable(4, 5)
}

fn first_line(mut reader: impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    reader
        .read_line(&mut line)
        .context("the password can't be read")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn prompt_twice() -> anyhow::Result<String> {
    let _silent = Silent::start();
    let first = prompt("Password: ")?;
    let second = prompt("Again: ")?;
    if first != second {
        bail!("the two passwords differ; nothing was changed");
    }
    Ok(first)
}

fn prompt(what: &str) -> anyhow::Result<String> {
    let mut terminal = std::io::stderr().lock();
    terminal.write_all(what.as_bytes())?;
    terminal.flush()?;
    let line = first_line(std::io::stdin().lock())?;
    terminal.write_all(b"\n")?;
    Ok(line)
}

/// Keeps the terminal from showing what is typed, until dropped.
struct Silent;

impl Silent {
    fn start() -> Self {
        Self::stty("-echo");
        Self
    }

    fn stty(mode: &str) {
        // Without stty the password shows as it is typed; that is no reason to refuse it.
        let _ = Command::new("stty")
            .arg(mode)
            .stdin(Stdio::inherit())
            .status();
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        Self::stty("echo");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_password_is_long_and_another_each_time() {
        let (first, second) = (generate(), generate());
        assert_eq!(first.len(), 23);
        assert_ne!(first, second);
    }

    #[test]
    fn a_password_file_counts_up_to_its_line_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), " with spaces \r\nsecond line").unwrap();
        let arguments = PasswordArgs {
            password_file: Some(file.path().to_owned()),
            generate: false,
        };
        assert_eq!(get(&arguments).unwrap().text, " with spaces ");
    }
}
