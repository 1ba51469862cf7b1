//! The binary `inhouse`: one program, its subcommands in [`inhouse_server::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    inhouse_server::cli::main()
}
