//! `inhouse doctor`: what an instance needs, whether it is there, and what to do where it isn't.
//! Changes nothing but the note of checked checksums.

mod checks;
mod desk;
mod identity;
mod reading;
mod report;
mod rules;

pub use report::{Check, Condition, Report};

use crate::config::{Config, ConfigError};
use std::io::Write;
use std::process::ExitCode;

/// Checks everything and prints it, as a table or as JSON; the exit code is 1 if anything failed.
pub async fn doctor(config: &Config, json: bool, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let report = examine(config).await;
    report.print(json, out)?;
    Ok(report.exit_code())
}

/// What can be said when the configuration itself is wrong.
pub fn without_configuration(
    error: &ConfigError,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let report = Report::from_iter([Check::fail(
        "configuration",
        error.to_string(),
        "Correct it; inhouse.example.toml explains every setting. Then run this again.",
    )]);
    report.print(json, out)?;
    Ok(report.exit_code())
}

/// Every check in its order; one that fails doesn't stop the others.
pub async fn examine(config: &Config) -> Report {
    let mut report = Report::default();
    report.add(checks::configuration(config));
    report.add(checks::public_url(config));
    report.add(checks::data_folder(config));
    report.extend(checks::database(config).await);
    report.add(rules::configured(config));
    report.add(checks::site(config));
    report.add(checks::onnx_runtime(config).await);
    report.add(checks::embedding(config).await);
    report.add(checks::inference(config).await);
    report.add(checks::vectors(config).await);
    report.add(reading::cage(config).await);
    report.add(reading::poppler());
    report.add(reading::ocr(config).await);
    report.extend(reading::watched(config));
    report.add(checks::tickets(config).await);
    report.add(identity::provider(config).await);
    report.add(identity::directory(config).await);
    report
}
