//! The tables in `tests/golden`: for people to read, and to be driven row by row.

use std::fmt::Write as _;

/// Every endpoint, with the status that each kind of caller gets.
pub(crate) const ENDPOINTS: &str = include_str!("../../../golden/permissions.txt");

/// Every page, with the status that each kind of caller gets.
pub(crate) const PAGES: &str = include_str!("../../../golden/pages.txt");

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) method: String,
    pub(crate) path: String,
}

impl Row {
    /// It changes nothing.
    pub(crate) fn reads(&self) -> bool {
        self.method == "GET"
    }

    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }
}

/// The rows of a table.
pub(crate) fn rows(table: &str) -> Vec<Row> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            Row {
                method: words.next().expect("a method"),
                path: words.next().expect("a path"),
            }
        })
        .collect()
}

/// What stands above a table's rows.
pub(crate) fn heading(table: &str) -> String {
    table
        .lines()
        .take_while(|line| line.starts_with('#'))
        .fold(String::new(), |text, line| text + line + "\n")
}

/// A row as it stands in a table.
pub(crate) fn written(row: &Row, cells: &[String]) -> String {
    let mut text = format!("{:<7}{:<43}", row.method, row.path);
    for cell in cells {
        let _ = write!(text, "{cell:<10}");
    }
    text.trim_end().to_owned() + "\n"
}
