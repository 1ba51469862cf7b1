//! The command line: what it refuses, what it prints.

use inhouse_tests::{Settings, files, run_in, write_settings};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

fn folder(settings: &Settings) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_settings(folder.path(), settings);
    folder
}

fn ingest(data: &Path, name: &str, content: &str) {
    let files = tempfile::tempdir().expect("a temporary folder");
    let file = files.path().join(name);
    std::fs::write(&file, content).expect("the file can be written");
    let output = run_in(
        data,
        &["ingest", file.to_str().expect("a temporary path is UTF-8")],
        "",
    );
    assert!(output.success, "{output:?}");
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect()
}

#[test]
fn an_unknown_setting_stops_the_start_with_its_name() {
    let folder = folder(&Settings::new().with("server.lissten", "127.0.0.1:1"));
    let output = run_in(folder.path(), &["serve"], "");
    assert!(!output.success);
    assert!(output.stderr.contains("lissten"), "{output:?}");
}

#[test]
fn an_invalid_setting_stops_the_start_with_its_name() {
    let folder = folder(&Settings::new().with("inference.parallel", "many"));
    let output = run_in(folder.path(), &["serve"], "");
    assert!(!output.success);
    assert!(output.stderr.contains("inference.parallel"), "{output:?}");
}

#[test]
fn a_missing_model_is_named_with_how_to_get_it() {
    let folder = folder(&Settings::new().with("inference.path", "answer/absent.gguf"));
    let output = run_in(folder.path(), &["serve", "--listen", "127.0.0.1:0"], "");
    assert!(!output.success);
    assert!(output.stderr.contains("absent.gguf"), "{output:?}");
    assert!(output.stderr.contains("make models"), "{output:?}");
}

#[test]
fn the_doctor_says_what_is_wrong() {
    let folder = folder(&Settings::new().with("inference.path", "answer/absent.gguf"));
    let output = run_in(folder.path(), &["doctor"], "");
    assert!(!output.success, "{output:?}");
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(said.contains("absent.gguf"), "{said}");
}

#[test]
fn accounts_are_made_and_listed() {
    let folder = folder(&Settings::new());
    let add = |email: &str, password: &str| {
        run_in(
            folder.path(),
            &["user", "add", email, "--role", "admin"],
            password,
        )
    };
    assert!(add("ada@example.com", "granite-lantern-orbit\n").success);
    let weak = add("bob@example.com", "short\n");
    assert!(!weak.success);
    assert!(weak.stderr.contains("12"), "{weak:?}");
    let twice = add("ADA@example.com", "granite-lantern-orbit\n");
    assert!(!twice.success, "{twice:?}");
    let list = run_in(folder.path(), &["user", "list"], "");
    assert!(list.stdout.contains("ada@example.com"), "{list:?}");
    assert!(!list.stdout.contains("bob@example.com"), "{list:?}");
}

#[test]
fn search_and_ask_answer_lines_and_keep_to_what_a_person_may_see() {
    let folder = folder(&Settings::new().with("inference.engine", "none"));
    let data = folder.path();
    ingest(data, "handbook.md", files::HANDBOOK);
    let secret = tempfile::tempdir().unwrap();
    let file = secret.path().join("secret.md");
    std::fs::write(
        &file,
        "# Gifts to the board\n\nThe board may accept gifts from a supplier up to 999 dollars.\n",
    )
    .unwrap();
    let arguments = [
        "ingest",
        file.to_str().unwrap(),
        "--set",
        "Secret",
        "--audience",
        "groups",
        "--grant",
        "Legal team=read",
    ];
    let output = run_in(data, &arguments, "");
    assert!(output.success, "{output:?}");
    let person = ["user", "add", "emil@example.com"];
    assert!(run_in(data, &person, "granite-lantern-orbit\n").success);

    let query = json!({"query": "gifts from a supplier"});
    let search = |arguments: &[&str]| {
        let output = run_in(data, arguments, &format!("{query}\n"));
        assert!(output.success, "{output:?}");
        lines(&output.stdout).remove(0)
    };
    let all = search(&["search", "--json", "--limit", "4"]);
    assert!(
        all.to_string().contains("secret.md"),
        "the operator sees everything"
    );
    let seen = search(&[
        "search",
        "--json",
        "--limit",
        "4",
        "--as",
        "emil@example.com",
    ]);
    assert!(seen.to_string().contains("handbook.md"), "{seen:#}");
    assert!(!seen.to_string().contains("secret.md"), "{seen:#}");

    let questions = [
        json!({"question": files::GIFTS}),
        json!({"question": "Where can I order pizza?"}),
    ];
    let input = format!("{}\n{}\n", questions[0], questions[1]);
    let output = run_in(
        data,
        &["ask", "--json", "--dry-run", "--as", "emil@example.com"],
        &input,
    );
    assert!(output.success, "{output:?}");
    let answers = lines(&output.stdout);
    assert_eq!(answers[0]["outcome"], json!("answered"), "{answers:#?}");
    assert_eq!(answers[1]["outcome"], json!("declined"), "{answers:#?}");
}
