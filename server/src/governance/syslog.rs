//! Checkpoints and alarms to a syslog (RFC 5424), where whoever holds the database holds nothing.

use inhouse_record::{Checkpoint, Fault};
use std::collections::BTreeMap;
use std::io::BufWriter;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _, UdpSocket};
use std::time::Duration;
use syslog::{Facility, Formatter5424, Logger, LoggerBackend};
use url::Url;

/// Longest wait for the connection and for what is sent over it.
const PATIENCE: Duration = Duration::from_secs(5);
/// The enterprise number that RFC 5612 sets aside for examples: we have none.
const ENTERPRISE: u32 = 32473;

/// What is told.
#[derive(Debug, Clone)]
pub(super) enum Message {
    /// A checkpoint was made.
    Checkpoint(Checkpoint),
    /// The log doesn't verify.
    Fault(Fault),
}

/// Why it could not be told.
#[derive(Debug, thiserror::Error)]
pub(super) enum SyslogError {
    /// The setting is no address.
    #[error("record.syslog: '{0}' is no address of a syslog")]
    Address(String),
    /// It can't be reached.
    #[error("the syslog can't be reached: {0}")]
    Unreachable(#[from] std::io::Error),
    /// It didn't take the message.
    #[error("the syslog didn't take the message: {0}")]
    Refused(#[from] syslog::Error),
}

/// Sends one message. Blocks: for a few seconds at most, but for looking up the host's name.
pub(super) fn send(target: &str, message: &Message) -> Result<(), SyslogError> {
    let wrong = || SyslogError::Address(target.to_owned());
    let url = Url::parse(target).map_err(|_| wrong())?;
    let formatter = Formatter5424 {
        facility: Facility::LOG_AUTHPRIV,
        process: "inhouse".into(),
        ..Formatter5424::default()
    };
    // Over a stream nothing else tells where a message ends (RFC 6587, section 3.4.2).
    let end = if url.scheme() == "tcp" { "\n" } else { "" };
    let backend = match url.scheme() {
        "unix" => syslog::unix_custom(formatter.clone(), url.path())?.backend,
        scheme => {
            let address = address(&url).ok_or_else(wrong)??;
            connect(scheme, address)?.ok_or_else(wrong)?
        }
    };
    let mut logger = Logger::new(backend, formatter);
    match message {
        Message::Checkpoint(checkpoint) => {
            let text = format!("checkpoint of record {} of the log{end}", checkpoint.seq);
            logger.notice((1, checkpoint_data(checkpoint), text))?;
        }
        Message::Fault(fault) => {
            let text = format!("the log doesn't verify: {fault}{end}");
            let record = [("record", fault.seq.to_string())];
            logger.alert((2, data("fault", record), text))?;
        }
    }
    Ok(())
}

type Data = BTreeMap<String, BTreeMap<String, String>>;

/// Everything that makes a line of a file of checkpoints.
fn checkpoint_data(checkpoint: &Checkpoint) -> Data {
    data(
        "checkpoint",
        [
            ("seq", checkpoint.seq.to_string()),
            ("hash", checkpoint.hash.clone()),
            ("at", checkpoint.at.to_string()),
            ("key_id", checkpoint.key_id.clone()),
            ("signature", checkpoint.signature.clone()),
        ],
    )
}

fn data<const N: usize>(name: &str, values: [(&str, String); N]) -> Data {
    let values = values.map(|(name, value)| (name.to_owned(), value));
    BTreeMap::from([(format!("{name}@{ENTERPRISE}"), BTreeMap::from(values))])
}

fn address(url: &Url) -> Option<std::io::Result<SocketAddr>> {
    let (host, port) = (url.host_str()?, url.port()?);
    let found = format!("{host}:{port}").to_socket_addrs();
    match found.map(|mut addresses| addresses.next()) {
        Ok(None) => None,
        Ok(Some(address)) => Some(Ok(address)),
        Err(error) => Some(Err(error)),
    }
}

fn connect(scheme: &str, address: SocketAddr) -> std::io::Result<Option<LoggerBackend>> {
    match scheme {
        "udp" => {
            let any: SocketAddr = if address.is_ipv4() {
                (Ipv4Addr::UNSPECIFIED, 0).into()
            } else {
                (Ipv6Addr::UNSPECIFIED, 0).into()
            };
            let socket = UdpSocket::bind(any)?;
            Ok(Some(LoggerBackend::Udp(socket, address)))
        }
        "tcp" => {
            let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(Some(LoggerBackend::Tcp(BufWriter::new(stream))))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_record::FaultKind;
    use std::io::Read as _;
    use std::net::TcpListener;
    use std::os::unix::net::UnixDatagram;

    fn checkpoint() -> Message {
        Message::Checkpoint(Checkpoint {
            seq: 12,
            hash: "ab".into(),
            at: 5,
            key_id: "cd".into(),
            signature: "c2ln".into(),
        })
    }

    fn assert_tells_the_checkpoint(text: &str) {
        // 10 is authpriv, 5 notice: 10 * 8 + 5.
        assert!(text.starts_with("<85>1 "), "{text}");
        let data = r#"[checkpoint@32473 at="5" hash="ab" key_id="cd" seq="12" signature="c2ln"]"#;
        assert!(text.contains(data), "{text}");
        assert!(
            text.trim_end()
                .ends_with("checkpoint of record 12 of the log")
        );
    }

    #[test]
    fn a_checkpoint_goes_over_udp() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let target = format!("udp://{}", server.local_addr().unwrap());
        send(&target, &checkpoint()).unwrap();
        let mut buffer = [0; 2_048];
        let read = server.recv(&mut buffer).unwrap();
        assert_tells_the_checkpoint(std::str::from_utf8(&buffer[..read]).unwrap());
    }

    #[test]
    fn over_tcp_a_message_ends_with_a_line_feed() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("tcp://{}", server.local_addr().unwrap());
        send(&target, &checkpoint()).unwrap();
        let mut text = String::new();
        let (mut stream, _) = server.accept().unwrap();
        stream.read_to_string(&mut text).unwrap();
        assert!(text.ends_with('\n'));
        assert_tells_the_checkpoint(&text);
    }

    #[test]
    fn an_alarm_goes_to_a_socket_of_this_machine() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let server = UnixDatagram::bind(&path).unwrap();
        let fault = Fault {
            seq: 7,
            kind: FaultKind::Removed(1),
        };
        send(
            &format!("unix://{}", path.display()),
            &Message::Fault(fault),
        )
        .unwrap();
        let mut buffer = [0; 2_048];
        let read = server.recv(&mut buffer).unwrap();
        let text = std::str::from_utf8(&buffer[..read]).unwrap();
        assert!(text.starts_with("<81>1 "), "{text}");
        assert!(text.ends_with("Record 7 was removed."), "{text}");
    }

    #[test]
    fn nobody_there_is_an_error_and_no_panic() {
        let gone = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        assert!(send(&format!("tcp://{gone}"), &checkpoint()).is_err());
        assert!(send("logs.example.com", &checkpoint()).is_err());
        assert!(send("ftp://127.0.0.1:1", &checkpoint()).is_err());
    }
}
