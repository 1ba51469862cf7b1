//! The caged child for this crate's tests: the product's parsers, and probes that misbehave.

use inhouse_ingest::cage;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("parse-child"), Some(order)) if order.starts_with("probe-") => {
            cage::child_with(&order, probes::run)
        }
        (Some("parse-child"), Some(order)) => cage::child_main(&order),
        _ => ExitCode::FAILURE,
    }
}

mod probes {
    //! What an attacker would do with a hole in a parser.

    use inhouse_ingest::{Cause, ParseFailure, Parsed};
    use inhouse_protocol::{Block, BlockKind};
    use std::fs::{File, OpenOptions};
    use std::hint::black_box;
    use std::io::{Read, Write};
    use std::net::{TcpStream, UdpSocket};
    use std::os::unix::net::UnixStream;
    use std::process::Command;

    pub(super) fn run(name: &str, bytes: &[u8]) -> Result<Parsed, ParseFailure> {
        let target = String::from_utf8_lossy(bytes).into_owned();
        match name {
            "probe-panic" => panic!("the probe panics"),
            "probe-loop" => loop {
                black_box(());
            },
            "probe-sleep" => std::thread::sleep(std::time::Duration::from_hours(1)),
            "probe-memory" => {
                let mut kept: Vec<Vec<u8>> = Vec::new();
                loop {
                    kept.push(vec![1; 16 << 20]);
                    black_box(&kept);
                }
            }
            "probe-stack" => {
                black_box(recurse(1));
            }
            "probe-output" => return said("x".repeat(8 << 20)),
            _ => {}
        }
        let outcome = match name {
            "probe-tcp" => TcpStream::connect(&target).map(|_| ()),
            "probe-udp" => UdpSocket::bind("127.0.0.1:0").map(|_| ()),
            "probe-unix" => UnixStream::pair().map(|_| ()),
            "probe-read" => {
                File::open(&target).and_then(|mut f| f.read_to_end(&mut Vec::new()).map(|_| ()))
            }
            "probe-write" => File::create(&target).and_then(|mut f| f.write_all(b"x")),
            "probe-append" => OpenOptions::new().append(true).open(&target).map(|_| ()),
            "probe-remove" => std::fs::remove_file(&target),
            "probe-list" => std::fs::read_dir(&target).map(|_| ()),
            "probe-exec" => Command::new("/bin/true").status().map(|_| ()),
            "probe-thread" => std::thread::Builder::new().spawn(|| ()).map(|_| ()),
            "probe-environment" => {
                let names: Vec<String> = std::env::vars().map(|(name, _)| name).collect();
                return said(format!("environment: {}", names.join(",")));
            }
            "probe-user" => {
                let uid = rustix::process::geteuid().as_raw();
                return said(format!("user {uid}"));
            }
            _ => Ok(()),
        };
        said(match outcome {
            Ok(()) => "done".to_owned(),
            Err(e) => format!("refused: {e}"),
        })
    }

    fn recurse(depth: u64) -> u64 {
        let space = [depth; 128];
        black_box(&space);
        if black_box(depth) == 0 {
            return 0;
        }
        recurse(depth + 1) + black_box(space[7])
    }

    fn said(text: String) -> Result<Parsed, ParseFailure> {
        let end = text.chars().count();
        if end == 0 {
            return Err(ParseFailure {
                cause: Cause::NoText,
                reason: String::new(),
                detail: String::new(),
            });
        }
        Ok(Parsed {
            title: None,
            text,
            blocks: vec![Block {
                kind: BlockKind::Paragraph,
                start: 0,
                end,
                page: None,
            }],
            pages: None,
            parser: "probe".to_owned(),
            boxes: Vec::new(),
            page_info: Vec::new(),
            warnings: Vec::new(),
        })
    }
}
