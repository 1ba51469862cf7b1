//! An instance of `inhouse`: a folder, a process, an address.

use crate::output::{Log, Progress};
use crate::{Client, PASSWORD, unique};
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use tempfile::TempDir;

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

/// A process of an instance; it ends with the value, and with the thread that started it.
struct Process {
    child: Child,
    log: Log,
}

impl Process {
    /// Starts `inhouse --data FOLDER ARGUMENTS…` and waits until it says that it is ready.
    fn start(data: &Path, arguments: &[&str], log: &str, progress: &Progress) -> Self {
        let mut child = spawn(data, arguments, Stdio::piped());
        let log = Log::until_ready(&mut child, data.join(log), progress);
        Self { child, log }
    }
}

impl Process {
    fn end(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// A running instance; it ends with the value, and with the thread that started it.
pub struct Instance {
    address: SocketAddr,
    data: PathBuf,
    server: Process,
    worker: Option<Process>,
    folder: Option<TempDir>,
}

/// The folder of an instance that runs no more.
pub struct Stopped {
    data: PathBuf,
    log: String,
    _folder: Option<TempDir>,
}

impl Stopped {
    /// Runs `inhouse --data FOLDER ARGUMENTS…` with `input` as its standard input.
    pub fn run(&self, arguments: &[&str], input: &str) -> Output {
        run_in(&self.data, arguments, input)
    }

    /// The instance's folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// All that its processes wrote.
    pub fn log(&self) -> &str {
        &self.log
    }
}

impl Instance {
    /// Starts an instance of its own in a folder that goes away with it.
    pub fn start(settings: &Settings) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self::start_at(folder.path().to_owned(), settings, Some(folder))
    }

    /// The same as two processes over a new database of a server: `serve`, and `worker` beside it.
    pub fn start_with_worker(settings: &Settings) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        write_settings(folder.path(), settings);
        let migrated = run_in(folder.path(), &["migrate"], "");
        assert!(migrated.success, "{migrated:?}");
        let mut instance = Self::start_at(folder.path().to_owned(), settings, Some(folder));
        let progress = Progress::of(&instance.base());
        let worker = Process::start(&instance.data, &["worker"], "worker.log", &progress);
        instance.worker = Some(worker);
        instance
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

    /// Starts an instance in a folder that is there already and stays.
    pub fn start_on(data: &Path, settings: &Settings) -> Self {
        Self::start_at(data.to_owned(), settings, None)
    }

    fn start_at(data: PathBuf, settings: &Settings, folder: Option<TempDir>) -> Self {
        let address = free_address();
        write_settings(&data, settings);
        let progress = Progress::default();
        progress.belongs_to(format!("http://{address}"));
        let listen = address.to_string();
        let serve = ["serve", "--listen", &listen];
        let server = Process::start(&data, &serve, "server.log", &progress);
        Self {
            address,
            data,
            server,
            worker: None,
            folder,
        }
    }

    /// Ends its processes; the folder stays until the value goes.
    pub fn stop(mut self) -> Stopped {
        let mut log = String::new();
        for process in std::iter::once(&mut self.server).chain(&mut self.worker) {
            process.end();
            process.log.read_to_the_end();
            log += &process.log.text();
        }
        Stopped {
            data: self.data,
            log,
            _folder: self.folder,
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

    /// What its processes wrote up to now.
    pub fn log(&self) -> String {
        let worker = self.worker.as_ref().map(|worker| worker.log.text());
        self.server.log.text() + &worker.unwrap_or_default()
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

/// Runs `inhouse --data FOLDER ARGUMENTS…` and kills it, as a power cut would, when it has written
/// so many lines; gives whether it was still running then.
pub fn run_until_line(data: &Path, arguments: &[&str], lines: usize) -> bool {
    let mut child = spawn(data, arguments, Stdio::null());
    let stderr = child.stderr.take().expect("stderr is piped");
    let written = BufReader::new(stderr).lines().take(lines).count();
    child.kill().expect("a child can be killed");
    child.wait().expect("a child that was killed ends");
    written == lines
}

/// Starts `inhouse --data FOLDER ARGUMENTS…`, which ends with the thread that started it.
fn spawn(data: &Path, arguments: &[&str], stdout: Stdio) -> Child {
    Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--"])
        .arg(binary())
        .arg("--data")
        .arg(data)
        .args(arguments)
        .envs(models())
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            let binary = binary();
            panic!(
                "{} can't be started: {error}. `make` builds it",
                binary.display()
            )
        })
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
