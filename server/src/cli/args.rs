//! The command line's grammar.

use super::approved::ApprovedCommand;
use super::audit::AuditCommand;
use super::embedding::EmbeddingCommand;
use super::eval::EvalCommand;
use super::groups::{GroupCommand, NamedGrant, SetCommand};
use super::index::ReindexArgs;
use super::keys::KeysCommand;
use super::queue::QueueCommand;
use super::rules::RulesCommand;
use super::subject::{HoldCommand, SubjectCommand};
use super::tokens::TokenCommand;
use crate::config::{Flag, Overrides};
use clap::{Args, Parser, Subcommand};
use inhouse_protocol::{Audience, Day, Role};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Answers legal and compliance questions out of the company's own documents, on its own
/// machines, with every sentence's source.
#[derive(Debug, Parser)]
#[command(
    name = "inhouse",
    version,
    max_term_width = 100,
    propagate_version = true
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The instance's folder; several instances stand side by side in folders of their own
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        default_value = "data",
        env = "INHOUSE_DATA"
    )]
    pub data: PathBuf,
    /// The configuration file, instead of DIR/inhouse.toml
    #[arg(long, global = true, value_name = "FILE", env = "INHOUSE_CONFIG")]
    pub config: Option<PathBuf>,
    /// Act as this person instead of the operator, who sees everything
    #[arg(long = "as", global = true, value_name = "EMAIL")]
    pub acting: Option<String>,
    /// Change a setting, such as `--setting log.format=json`; may be repeated
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = parse_setting)]
    pub setting: Vec<(String, String)>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the interface and the API; with the embedded stores, read documents too
    Serve {
        /// Where to listen, instead of server.listen
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// Read documents and send tickets, beside one or more `serve`
    Worker,
    /// Bring the database to this version's schema
    Migrate,
    /// Accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Groups of people
    #[command(subcommand)]
    Group(GroupCommand),
    /// Who may see which document set
    #[command(subcommand)]
    Set(SetCommand),
    /// Queues of the desk: service levels, members, who is away
    #[command(subcommand)]
    Queue(QueueCommand),
    /// Approved answers: list, export, import
    #[command(subcommand)]
    Approved(ApprovedCommand),
    /// The rules: check, test, compare, publish
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Tokens for programs
    #[command(subcommand)]
    Token(TokenCommand),
    /// The audit log: verify, export, sign
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Requests of people about their own data: export, erase
    #[command(subcommand)]
    Subject(SubjectCommand),
    /// Legal holds: what they cover is neither erased nor removed by age
    #[command(subcommand)]
    Hold(HoldCommand),
    /// Remove now what is older than the configuration keeps it
    Retention {
        /// Only say what would be removed
        #[arg(long)]
        dry_run: bool,
    },
    /// The instance's keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Put files and folders into a document set and wait until they can be found
    Ingest(IngestArgs),
    /// List the files that could not be read, with the reason
    Quarantine {
        /// Of this document set only
        #[arg(long, value_name = "NAME")]
        set: Option<String>,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Read files once more that could not be read
    Retry(RetryArgs),
    /// Search the documents: words on the command line, or with --json a query a line on stdin
    Search {
        #[command(flatten)]
        lines: LineArgs,
        /// Most passages per query
        #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
    },
    /// Ask a question: on the command line, or with --json a question a line on stdin
    Ask {
        #[command(flatten)]
        lines: LineArgs,
        /// Do everything but let the model write
        #[arg(long)]
        dry_run: bool,
    },
    /// Answer a recorded question again over the passages of then, and compare
    Replay {
        /// The question's id, as the log, the desk and `inhouse ask` show it
        id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Measure on labelled questions: retrieval, answerability, citations, cost
    #[command(subcommand)]
    Eval(EvalCommand),
    /// Build the search indexes again from the database
    Reindex(ReindexArgs),
    /// How far the change to another embedding model is
    Embedding {
        #[command(subcommand)]
        command: Option<EmbeddingCommand>,
    },
    /// Check configuration, models, stores and what else is needed, and say what is wrong
    Doctor {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Load the sample company: documents and three people
    Demo {
        /// The folder of the sample company, instead of the one that ships
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
    },
    /// Read one document on stdin inside the cage (started by the worker, never by hand)
    #[command(name = super::PARSE_CHILD, hide = true)]
    ParseChild {
        /// The format to read it as
        format: String,
    },
}

/// `inhouse user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add an account
    Add {
        /// The e-mail it signs in with
        email: String,
        /// The person's name; default: what stands before the @
        #[arg(long)]
        name: Option<String>,
        /// employee, legal or admin
        #[arg(long, default_value_t = Role::Employee)]
        role: Role,
        /// The department its questions are counted under
        #[arg(long)]
        department: Option<String>,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// List the accounts
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Disable an account; its sessions end at once
    Disable {
        /// The account's e-mail
        email: String,
    },
    /// Set an account's password; its sessions end at once
    Password {
        /// The account's e-mail
        email: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Remove an account's second factor, when its device is lost; its sessions end at once
    RemoveTotp {
        /// The account's e-mail
        email: String,
    },
}

/// Where a password comes from; by default it is asked for, or read from stdin when that is no
/// terminal.
#[derive(Debug, Args)]
pub struct PasswordArgs {
    /// Read the password from this file
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    pub password_file: Option<PathBuf>,
    /// Make a password and print it
    #[arg(long)]
    pub generate: bool,
}

/// `inhouse ingest …`
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// Files, and folders with everything in them
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The document set; made if it is not there
    #[arg(long, default_value = "Documents", value_name = "NAME")]
    pub set: String,
    /// Who may see a set that is made: everyone, groups or restricted
    #[arg(long, default_value = "everyone", value_name = "WHO")]
    pub audience: Audience,
    /// A right of a group on a set that is made: read or manage; may be repeated
    #[arg(long = "grant", value_name = "GROUP=RIGHT")]
    pub grants: Vec<NamedGrant>,
    /// Queue the files and don't wait
    #[arg(long)]
    pub no_wait: bool,
}

/// `inhouse retry …`
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct RetryArgs {
    /// Those of this document set
    #[arg(long, value_name = "NAME")]
    pub set: Option<String>,
    /// Those of every document set
    #[arg(long)]
    pub all: bool,
}

/// Input and output of `search` and `ask`.
#[derive(Debug, Args)]
pub struct LineArgs {
    /// The words; with --json they are read from stdin, one JSON object a line
    #[arg(
        value_name = "WORDS",
        required_unless_present = "json",
        conflicts_with = "json"
    )]
    pub words: Vec<String>,
    /// Read JSON lines on stdin and write JSON lines
    #[arg(long)]
    pub json: bool,
    /// Look into this document only
    #[arg(long, value_name = "NAME", conflicts_with = "json")]
    pub document: Option<String>,
    /// What was in force on this day, such as 2026-03-15, instead of today
    #[arg(long, value_name = "DAY", conflicts_with = "json")]
    pub as_of: Option<Day>,
}

impl Cli {
    /// What these arguments say about the configuration.
    pub fn overrides(&self) -> Overrides {
        let mut settings: Vec<Flag> = self
            .global
            .setting
            .iter()
            .map(|(setting, value)| Flag {
                flag: format!("--setting {setting}"),
                setting: setting.clone(),
                value: value.clone(),
            })
            .collect();
        if let Command::Serve {
            listen: Some(listen),
        } = &self.command
        {
            settings.push(Flag {
                flag: "--listen".into(),
                setting: "server.listen".into(),
                value: listen.to_string(),
            });
        }
        Overrides {
            data: Some(self.global.data.clone()),
            config: self.global.config.clone(),
            settings,
        }
    }
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if name.contains('.') => Ok((name.trim().into(), value.into())),
        _ => Err(format!("'{text}' is not like section.setting=value")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_grammar_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn listen_is_a_flag_that_stands_for_a_setting() {
        let cli = Cli::try_parse_from(["inhouse", "serve", "--listen", "0.0.0.0:9000"]).unwrap();
        assert_eq!(
            cli.overrides().settings,
            [Flag {
                flag: "--listen".into(),
                setting: "server.listen".into(),
                value: "0.0.0.0:9000".into()
            }]
        );
    }

    #[test]
    fn data_and_as_stand_before_or_after_the_command() {
        for line in [
            "inhouse --data d --as a@b.c search x",
            "inhouse search x --as a@b.c --data d",
        ] {
            let cli = Cli::try_parse_from(line.split(' ')).unwrap();
            assert_eq!(cli.global.data, PathBuf::from("d"));
            assert_eq!(cli.global.acting.as_deref(), Some("a@b.c"));
        }
    }

    #[test]
    fn retry_needs_a_set_or_all_and_not_both() {
        let parses = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        assert!(parses("inhouse retry --set Policies"));
        assert!(parses("inhouse retry --all"));
        assert!(!parses("inhouse retry"));
        assert!(!parses("inhouse retry --all --set Policies"));
    }

    #[test]
    fn a_day_is_asked_about_as_it_is_written() {
        let day = |day: &str| {
            let cli = Cli::try_parse_from(["inhouse", "ask", "notice", "--as-of", day]);
            cli.map(|cli| match cli.command {
                Command::Ask { lines, .. } => lines.as_of.map(|day| day.to_string()),
                other => panic!("{other:?}"),
            })
        };
        assert_eq!(day("2026-03-15").unwrap().unwrap(), "2026-03-15");
        assert!(day("15.3.2026").is_err());
    }

    #[test]
    fn search_needs_words_or_json_and_not_both() {
        let parses = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        assert!(parses("inhouse search notice period"));
        assert!(parses("inhouse search --json --limit 64"));
        assert!(!parses("inhouse search"));
        assert!(!parses("inhouse search --json words"));
    }
}
