//! What was found, for people and for programs.

use crate::cli::table;
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;

/// How a checked thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    Ok,
    /// It works, but not as it should.
    Warn,
    /// It doesn't work.
    Fail,
}

impl Condition {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    pub condition: Condition,
    /// What was checked.
    pub name: &'static str,
    /// What was found.
    pub found: String,
    /// What to do; empty where there is nothing to do.
    pub advice: String,
}

impl Check {
    /// All is well.
    pub fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            condition: Condition::Ok,
            name,
            found: found.into(),
            advice: String::new(),
        }
    }

    /// It works, with something to do.
    pub fn warn(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            condition: Condition::Warn,
            name,
            found: found.into(),
            advice: advice.into(),
        }
    }

    /// It doesn't work.
    pub fn fail(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            condition: Condition::Fail,
            name,
            found: found.into(),
            advice: advice.into(),
        }
    }
}

/// Everything that was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// In the order of checking.
    pub checks: Vec<Check>,
}

impl FromIterator<Check> for Report {
    fn from_iter<I: IntoIterator<Item = Check>>(checks: I) -> Self {
        Self {
            checks: checks.into_iter().collect(),
        }
    }
}

impl Report {
    pub(super) fn add(&mut self, check: Check) {
        self.checks.push(check);
    }

    pub(super) fn extend(&mut self, checks: Vec<Check>) {
        self.checks.extend(checks);
    }

    /// The worst condition of all.
    pub fn worst(&self) -> Condition {
        self.checks
            .iter()
            .map(|check| check.condition)
            .max()
            .unwrap_or(Condition::Ok)
    }

    /// 1 if anything failed, else 0.
    pub fn exit_code(&self) -> ExitCode {
        match self.worst() {
            Condition::Ok | Condition::Warn => ExitCode::SUCCESS,
            Condition::Fail => ExitCode::FAILURE,
        }
    }

    /// As JSON, or as a table with what to do below it.
    pub fn print(&self, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
        if json {
            serde_json::to_writer_pretty(&mut *out, self)?;
            writeln!(out)?;
            return Ok(());
        }
        let rows: Vec<_> = self
            .checks
            .iter()
            .map(|check| {
                vec![
                    check.condition.as_str().into(),
                    check.name.into(),
                    check.found.clone(),
                ]
            })
            .collect();
        table::write(out, &["", "what", "found"], &rows)?;
        let to_do: Vec<_> = self
            .checks
            .iter()
            .filter(|check| !check.advice.is_empty())
            .collect();
        if to_do.is_empty() {
            writeln!(out, "\nAll is well.")?;
            return Ok(());
        }
        writeln!(out, "\nWhat to do:")?;
        for check in to_do {
            writeln!(
                out,
                "- {} ({}): {}",
                check.name,
                check.condition.as_str(),
                check.advice
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(report: &Report, json: bool) -> String {
        let mut out = Vec::new();
        report.print(json, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_failure_decides_over_warnings() {
        let report = Report::from_iter([
            Check::fail("database", "no answer", "Start it."),
            Check::warn("poppler", "missing", "Install it."),
        ]);
        assert_eq!(report.worst(), Condition::Fail);
        let text = printed(&report, false);
        assert!(
            text.contains("fail  database  no answer") && text.contains("Start it."),
            "{text}"
        );
        let json: serde_json::Value = serde_json::from_str(&printed(&report, true)).unwrap();
        assert_eq!(json["checks"][0]["condition"], "fail");
    }

    #[test]
    fn a_warning_alone_is_no_failure() {
        let report = Report::from_iter([Check::warn("poppler", "missing", "Install it.")]);
        assert_eq!(report.worst(), Condition::Warn);
        assert_eq!(
            format!("{:?}", report.exit_code()),
            format!("{:?}", ExitCode::SUCCESS)
        );
    }
}
