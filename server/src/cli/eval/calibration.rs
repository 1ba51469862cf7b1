//! `inhouse eval calibrate` and what belongs to it.

use super::super::table;
use super::{not_there, write_json};
use crate::config::Config;
use crate::evaluation;
use anyhow::Context as _;
use inhouse_evaluation::words::percent;
use inhouse_guardrails::answerability::{Calibration, FEATURES, WRITTEN_FEATURES};
use inhouse_protocol::{CalibrationId, CalibrationSummary, EvaluationId};
use inhouse_store::{Principal, Store};
use std::io::Write;
use std::path::PathBuf;

/// Rates of wrong answers of which the table says what they leave answered.
const RATES: [f64; 6] = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2];

/// Fits a calibration and prints it with what follows at `rate`, the highest rate of wrong answers;
/// gives its id.
pub(super) async fn calibrate(
    store: &Store,
    by: &Principal,
    id: &EvaluationId,
    rate: f64,
    out: &mut dyn Write,
) -> anyhow::Result<CalibrationId> {
    let fitted = evaluation::fit(store, by, id)
        .await
        .with_context(|| format!("nothing could be fitted on {id}"))?;
    writeln!(out, "Calibration {}", fitted.id)?;
    write(&fitted.calibration, rate, out)?;
    Ok(fitted.id)
}

fn write(calibration: &Calibration, rate: f64, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "Fitted on {}; judged by fits that hadn't seen a question's document.",
        calibration.data
    )?;
    let auroc = percent(calibration.auroc);
    match calibration.auroc_after {
        Some(after) => writeln!(
            out,
            "AUROC {auroc}, with the model's word {}.",
            percent(after)
        )?,
        None => writeln!(out, "AUROC {auroc}.")?,
    }
    let coefficients = FEATURES.iter().zip(&calibration.before.weights);
    let rows: Vec<Vec<String>> = coefficients
        .map(|(name, weight)| vec![(*name).to_owned(), format!("{weight:.3}")])
        .collect();
    writeln!(out)?;
    table::write(out, &["feature", "log-odds a unit"], &rows)?;
    if calibration.after.is_some() {
        writeln!(
            out,
            "With the model's word also: {}.",
            WRITTEN_FEATURES.join(", ")
        )?;
    }
    writeln!(out)?;
    let rows: Vec<Vec<String>> = RATES
        .iter()
        .map(|rate| {
            let (threshold, answered) = evaluation::operating_point(calibration, *rate);
            vec![percent(*rate), format!("{threshold:.3}"), percent(answered)]
        })
        .collect();
    let headings = ["answered wrongly, at most", "threshold", "answered"];
    table::write(out, &headings, &rows)?;
    let (threshold, answered) = evaluation::operating_point(calibration, rate);
    writeln!(
        out,
        "\nAt the configured {}, a question is answered from {threshold:.3} on: {} of the answerable \
         ones.",
        percent(rate),
        percent(answered)
    )?;
    Ok(())
}

pub(super) async fn list(
    store: &Store,
    config: &Config,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let rate = config.answers.highest_wrong_rate;
    let fits = |calibration: &Calibration| {
        calibration.embedding == config.embedding.id
            && calibration.reranker.as_deref() == config.retrieval.reranker()
    };
    let all = evaluation::calibrations(store, rate, &fits).await?;
    if json {
        return write_json(&all, out);
    }
    let rows: Vec<Vec<String>> = all.calibrations.iter().map(row).collect();
    let headings = ["id", "fitted", "auroc", "use", "on"];
    table::write(out, &headings, &rows)?;
    writeln!(
        out,
        "At most {} answered wrongly: from {:.3} on, {} of the answerable.",
        percent(all.highest_wrong_rate),
        all.threshold,
        percent(all.answered)
    )?;
    Ok(())
}

/// Fits on lines of features and prints what was fitted.
pub(super) fn fit_files(
    files: &[PathBuf],
    data: &str,
    today: &str,
    config: &Config,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} can't be read", file.display()))?;
        for (number, line) in text.lines().enumerate() {
            let line = serde_json::from_str(line)
                .with_context(|| format!("{}, line {}", file.display(), number + 1))?;
            lines.push(line);
        }
    }
    let models = (config.embedding.id.as_str(), config.retrieval.reranker());
    let content = evaluation::fit_lines(&lines, data, today, models)?;
    serde_json::to_writer_pretty(&mut *out, &content)?;
    writeln!(out)?;
    Ok(())
}

fn row(calibration: &CalibrationSummary) -> Vec<String> {
    let id = calibration.id.as_ref();
    let is_used = match (calibration.in_use, calibration.fits) {
        (true, _) => "in use",
        (false, true) => "",
        (false, false) => "other models",
    };
    vec![
        id.map_or_else(|| "shipped".to_owned(), ToString::to_string),
        calibration.fitted.clone(),
        percent(calibration.auroc),
        is_used.to_owned(),
        calibration.data.clone(),
    ]
}

pub(super) async fn adopt(
    store: &Store,
    by: &Principal,
    named: &str,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if named == "shipped" {
        store.adopt_calibration(by, None).await?;
        writeln!(out, "The calibration that ships is in use.")?;
        return Ok(());
    }
    let unknown =
        || format!("there is no calibration '{named}'; `inhouse eval calibrations` shows them");
    let id: CalibrationId = named.parse().ok().with_context(unknown)?;
    not_there(store.adopt_calibration(by, Some(&id)).await, unknown)?;
    writeln!(out, "{id} is in use.")?;
    Ok(())
}

pub(super) async fn features(
    store: &Store,
    id: &EvaluationId,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let lines = evaluation::features(store, id)
        .await
        .with_context(|| format!("{id} can't be read; `inhouse eval list` shows all there are"))?;
    for line in lines {
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}
