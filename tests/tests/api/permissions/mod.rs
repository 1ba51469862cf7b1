//! Who may call what: every endpoint and every page with every kind of caller, against the tables
//! in `tests/golden`. Who may not know an endpoint or an object gets the 404 of one that doesn't
//! exist.

mod callers;
mod measured;
pub(crate) mod table;
mod team;
mod world;

use callers::{KINDS, everybody};
use table::{ENDPOINTS, PAGES, Row, heading, rows, written};
use world::World;

fn compare(name: &str, table: &str, found: &str) {
    assert!(
        found == table,
        "tests/golden/{name} differs in these rows:\n{}\nfound:\n{found}",
        found
            .lines()
            .filter(|line| !table.lines().any(|row| row == *line))
            .fold(String::new(), |text, line| text + line + "\n")
    );
}

#[test]
fn the_tables_name_every_kind_of_caller() {
    for table in [ENDPOINTS, PAGES] {
        let columns = heading(table);
        let columns = columns.lines().last().expect("a line of columns");
        let named: Vec<_> = columns.split_whitespace().skip(3).collect();
        let kinds = &KINDS[..named.len()];
        assert_eq!(named, kinds);
    }
}

#[tokio::test]
async fn every_endpoint_answers_every_caller_as_the_table_says() {
    let all = everybody().await;
    let world = World::for_callers(&all).await;
    let mut found = heading(ENDPOINTS);
    for row in rows(ENDPOINTS) {
        let mut cells = Vec::new();
        for who in &all {
            let answer = world.call(who, &row).await;
            cells.push(answer.status.as_u16().to_string());
        }
        found += &written(&row, &cells);
    }
    compare("permissions.txt", ENDPOINTS, &found);
}

/// What signs in has no token yet; what SCIM changes needs a program's token instead, and what a
/// tracker tells is signed.
fn needs_no_token(row: &Row) -> bool {
    let elsewhere = ["/scim", "/hooks"];
    row.reads()
        || row.is("POST", "/api/v1/session")
        || elsewhere.iter().any(|path| row.path.starts_with(path))
}

#[tokio::test]
async fn every_changing_endpoint_refuses_a_request_without_the_token() {
    let all = everybody().await;
    let world = World::for_callers(&all).await;
    for row in rows(ENDPOINTS) {
        if needs_no_token(&row) {
            continue;
        }
        let mut refused = 0;
        for who in all.iter().filter(|who| who.has_session()) {
            let mut prepared = world.prepared(who, &row).await;
            prepared.client.token = None;
            let answer = prepared.send().await;
            match answer.status.as_u16() {
                403 => refused += 1,
                404 => {}
                _ => panic!("{} {row:?} without the token: {answer:?}", who.kind),
            }
        }
        assert!(refused > 0, "{row:?} is open to nobody");
    }
}

#[tokio::test]
async fn every_page_answers_every_caller_as_the_table_says() {
    let all = everybody().await;
    let world = World::for_callers(&all).await;
    let mut found = heading(PAGES);
    for row in rows(PAGES) {
        let mut cells = Vec::new();
        for who in all.iter().take(6) {
            let answer = who.client.get(&world.page(who, &row.path)).await;
            cells.push(answer.status.as_u16().to_string());
        }
        found += &written(&row, &cells);
    }
    compare("pages.txt", PAGES, &found);
}
