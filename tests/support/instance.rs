//! An instance of `inhouse`: a folder, a process, an address.

use crate::{Client, PASSWORD, unique};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long an instance may take to answer; loading the models is the longest part of it.
const START: Duration = Duration::from_mins(2);

/// Settings of an instance, as `section.setting` and the value's TOML.
#[derive(Clone, Default)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `name`; a value that is no TOML by itself is taken as text.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    fn toml(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            let plain = value.parse::<f64>().is_ok()
                || value == "true"
                || value == "false"
                || value.starts_with('[');
            let value = if plain {
                value.clone()
            } else {
                format!("{value:?}")
            };
            let _ = writeln!(text, "{name} = {value}");
        }
        text
    }
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Output {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

/// A running instance; it ends with the value, and with the thread that started it.
pub struct Instance {
    address: SocketAddr,
    data: PathBuf,
    server: Child,
    _folder: Option<TempDir>,
}

impl Instance {
    /// Starts an instance of its own in a folder that goes away with it.
    pub fn start(settings: &Settings) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self::start_at(folder.path().to_owned(), settings, Some(folder))
    }

    /// Starts an instance in the folder `name` of the build's scratch folder, which is emptied
    /// first and stays afterwards, to be looked into.
    pub fn start_in(name: &str, settings: &Settings) -> Self {
        let data = build_folder().join("tmp/inhouse-tests").join(name);
        if data.exists() {
            fs::remove_dir_all(&data).expect("the scratch folder can be emptied");
        }
        fs::create_dir_all(&data).expect("the scratch folder can be made");
        Self::start_at(data, settings, None)
    }

    fn start_at(data: PathBuf, settings: &Settings, folder: Option<TempDir>) -> Self {
        let address = free_address();
        write_settings(&data, settings);
        let log = File::create(data.join("server.log")).expect("a log file");
        let mut server = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .arg(binary())
            .arg("--data")
            .arg(&data)
            .args(["serve", "--listen", &address.to_string()])
            .envs(models())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle of the log"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} can't be started: {error}. `make` builds it",
                    binary().display()
                )
            });
        await_life(&mut server, address, &data);
        Self {
            address,
            data,
            server,
            _folder: folder,
        }
    }

    /// Where it answers, such as `http://127.0.0.1:40123`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The instance's folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What it wrote to its log up to now.
    pub fn log(&self) -> String {
        fs::read_to_string(self.data.join("server.log")).unwrap_or_default()
    }

    /// Runs `inhouse --data FOLDER ARGUMENTS…` with `input` as its standard input.
    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        run_in(&self.data, arguments, input)
    }

    /// Makes an account with [`PASSWORD`] and gives its e-mail.
    pub fn person(&self, role: &str) -> String {
        let email = format!("{}@example.com", unique(role));
        let arguments = [
            "user",
            "add",
            &email,
            "--name",
            "Test Person",
            "--role",
            role,
            "--department",
            "Sales",
        ];
        let output = self.run(&arguments, &format!("{PASSWORD}\n"));
        assert!(output.success, "{output:?}");
        email
    }

    /// Somebody new with this role, signed in.
    pub async fn signed_in(&self, role: &str) -> Client {
        let mut client = Client::new(&self.base());
        client.sign_in(&self.person(role), PASSWORD).await;
        client
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Runs `inhouse --data FOLDER ARGUMENTS…` in any folder.
pub fn run_in(data: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(binary())
        .arg("--data")
        .arg(data)
        .args(arguments)
        .envs(models())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("inhouse can be started");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_owned();
    let writing = thread::spawn(move || {
        // A command that reads nothing closes its end.
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().expect("inhouse ends");
    writing.join().expect("the input is written");
    Output {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Writes `DIR/inhouse.toml`.
pub fn write_settings(data: &Path, settings: &Settings) {
    fs::write(data.join("inhouse.toml"), settings.toml()).expect("the settings can be written");
}

/// The binary under test: `INHOUSE_BIN`, else the one built beside this test.
fn binary() -> PathBuf {
    std::env::var_os("INHOUSE_BIN")
        .map_or_else(|| build_folder().join("release/inhouse"), PathBuf::from)
}

/// The folder that cargo builds into: this test lies in `…/release/deps`.
fn build_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    test.ancestors()
        .nth(3)
        .expect("a test lies three folders deep")
        .to_owned()
}

/// `INHOUSE_MODELS` in the words of the configuration.
fn models() -> Option<(&'static str, PathBuf)> {
    std::env::var_os("INHOUSE_MODELS").map(|folder| ("INHOUSE_MODELS__DIR", PathBuf::from(folder)))
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

/// Waits until the instance answers, or tells what it said before it ended.
fn await_life(server: &mut Child, address: SocketAddr, data: &Path) {
    let started = Instant::now();
    let log = || fs::read_to_string(data.join("server.log")).unwrap_or_default();
    while !lives(address) {
        if let Some(status) = server.try_wait().expect("the process can be asked") {
            panic!("inhouse ended with {status} before it answered:\n{}", log());
        }
        assert!(
            started.elapsed() < START,
            "inhouse does not answer:\n{}",
            log()
        );
        thread::sleep(Duration::from_millis(20));
    }
}

fn lives(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
