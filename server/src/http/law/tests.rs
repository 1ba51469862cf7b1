//! What `assets/law.toml` says is there is there, and LAW.md says the same.

use super::entries;
use crate::cli::Cli;
use crate::http::endpoints;
use clap::CommandFactory;
use inhouse_guardrails::shipped_rules;
use inhouse_protocol::LawEntry;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The articles that the page has to speak of.
const ARTICLES: [(&str, &[&str]); 2] = [
    (
        "GDPR",
        &["5", "12", "15", "17", "20", "25", "30", "32", "35"],
    ),
    ("AI Act", &["12", "13", "14", "19", "26", "50"]),
];

fn law() -> Vec<LawEntry> {
    entries().expect("assets/law.toml can be read")
}

fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(place(path)).unwrap_or_default()
}

/// Whether `[section]` of the example configuration names the setting, with a default or without.
fn has_setting(name: &str) -> bool {
    let Some((section, name)) = name.rsplit_once('.') else {
        return false;
    };
    let example = read("inhouse.example.toml");
    let heading = format!("[{section}]");
    let lines = example.lines().skip_while(|line| *line != heading).skip(1);
    lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .any(|(setting, _)| setting.trim_start_matches('#').trim() == name)
}

fn has_command(names: &str) -> bool {
    let mut command = Cli::command();
    names
        .split(' ')
        .all(|name| match command.find_subcommand(name).cloned() {
            Some(found) => {
                command = found;
                true
            }
            None => false,
        })
}

fn has_endpoint(name: &str) -> bool {
    let (method, path) = name.split_once(' ').unwrap_or_default();
    let mut all = endpoints::all().into_iter();
    all.any(|endpoint| endpoint.method.as_str() == method && endpoint.path == path)
}

/// Whether a file has a test of this name: a function with the attribute of one, or one that the
/// macro `both!` runs on each database.
fn has_test(name: &str) -> bool {
    let (path, test) = name.rsplit_once("::").unwrap_or_default();
    let text = read(path);
    let Some((before, _)) = text.split_once(&format!("fn {test}(")) else {
        return false;
    };
    let before = before.trim_end().trim_end_matches("async").trim_end();
    let on_both = text.split_once("both!").map_or("", |(_, list)| list);
    before.ends_with("test]")
        || on_both
            .split([',', '{', '}', '(', ')'])
            .any(|one| one.trim() == test)
}

fn exists(reference: &str) -> bool {
    let (kind, name) = reference.split_once(' ').unwrap_or_default();
    match kind {
        "endpoint" => has_endpoint(name),
        "command" => has_command(name),
        "setting" => has_setting(name),
        "page" => read("app/src/lib.rs").contains(&format!("path!(\"{name}\")")),
        "rule" => shipped_rules(&["legal"])
            .unwrap()
            .contains(&format!("\nid = \"{name}\"\n")),
        "file" => place(name).is_file(),
        "test" => has_test(name),
        _ => false,
    }
}

/// The entries as LAW.md shows them.
fn as_markdown(entries: &[LawEntry]) -> String {
    let mut out = String::from(
        "# Which law is met by what\n\n\
         What the GDPR (Regulation (EU) 2016/679) and the AI Act (Regulation (EU) 2024/1689) ask \
         for, what\nInhouse does about it, and what only the company that runs it can do. The page \
         'Law' of the interface\nshows the same. It is no legal advice.\n\n\
         Made from [assets/law.toml](assets/law.toml), which a test checks against the code; \
         change that\nfile, then `UPDATE_LAW=1 cargo test --workspace law_md`.\n",
    );
    let mut law = "";
    for entry in entries {
        if entry.law != law {
            law = &entry.law;
            let _ = write!(out, "\n## {law}\n");
        }
        let _ = write!(out, "\n### Article {}: {}\n", entry.article, entry.title);
        for (what, text) in [
            ("Asks for", &entry.asks),
            ("Inhouse does", &entry.met_by),
            ("Left to your company", &entry.left_to_you),
        ] {
            let _ = write!(out, "\n**{what}.** {}\n", text.trim());
        }
        let _ = write!(out, "\n**Where to see it.**\n\n");
        for reference in &entry.evidence {
            let (kind, name) = reference.split_once(' ').unwrap_or_default();
            let _ = writeln!(out, "- {kind} `{name}`");
        }
        for part in &entry.prepared {
            let (heading, text) = (&part.heading, part.text.trim());
            let _ = write!(out, "\n#### Prepared text: {heading}\n\n{text}\n");
        }
    }
    out
}

#[test]
fn every_article_is_there_once_and_in_order() {
    let law = law();
    let listed: Vec<(&str, &str)> = law
        .iter()
        .map(|entry| (entry.law.as_str(), entry.article.as_str()))
        .collect();
    let wanted: Vec<(&str, &str)> = ARTICLES
        .iter()
        .flat_map(|(law, articles)| articles.iter().map(move |article| (*law, *article)))
        .collect();
    assert_eq!(listed, wanted);
}

#[test]
fn every_article_says_what_is_met_by_what_and_what_is_left() {
    for entry in law() {
        let name = format!("{} {}", entry.law, entry.article);
        for text in [&entry.title, &entry.asks, &entry.met_by, &entry.left_to_you] {
            assert!(!text.trim().is_empty(), "{name}");
        }
        assert!(!entry.evidence.is_empty(), "{name}");
        let written_by_the_company = ["30", "35"].contains(&entry.article.as_str());
        assert_eq!(!entry.prepared.is_empty(), written_by_the_company, "{name}");
    }
}

#[test]
fn every_reference_names_something_that_exists() {
    let wrong: Vec<String> = law()
        .iter()
        .flat_map(|entry| {
            let wrong = entry.evidence.iter().filter(|reference| !exists(reference));
            wrong.map(move |reference| format!("{} {}: {reference}", entry.law, entry.article))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_reference_to_what_does_not_exist_is_noticed() {
    for reference in [
        "endpoint GET /api/v1/nowhere",
        "endpoint POST /api/v1/law",
        "command audit",
        "command audit believe",
        "setting retention.log_weeks",
        "setting log.log_days",
        "page /nowhere",
        "rule no-such-rule",
        "file nowhere.md",
        "test server/src/http/law/tests.rs::nothing_of_the_kind",
        "rumour /log",
        "",
    ] {
        let expected = reference == "command audit";
        assert_eq!(exists(reference), expected, "{reference}");
    }
}

#[test]
fn law_md_says_the_same() {
    let wanted = as_markdown(&law());
    if std::env::var_os("UPDATE_LAW").is_some() {
        std::fs::write(place("LAW.md"), &wanted).expect("LAW.md can be written");
    }
    assert!(
        read("LAW.md") == wanted,
        "LAW.md differs from assets/law.toml: run this test with UPDATE_LAW=1"
    );
}
