//! What an answer depends on besides the question and its passages, by name: kept with each run
//! and each evaluation, so that two can be compared.

use super::confidence::Confidence;
use super::prompt;
use super::way::Asked;
use crate::app::App;
use crate::config::EngineKind;
use crate::rules::RulesInUse;
use serde_json::{Map, Value, json};

/// What this instance answers with now: one object of plain values, by names such as
/// `retrieval.rrf_k`.
pub fn settings(app: &App) -> Value {
    Value::Object(of(app, &Confidence::of(app), &app.rules()))
}

/// The same for one question, with what it needed to be answered.
pub(super) fn of_run(
    app: &App,
    asked: &Asked,
    confidence: &Confidence,
    rules: &RulesInUse,
) -> Value {
    let mut settings = of(app, confidence, rules);
    if let Some(document) = &asked.document {
        settings.insert("document".into(), json!(document));
    }
    Value::Object(settings)
}

fn of(app: &App, confidence: &Confidence, rules: &RulesInUse) -> Map<String, Value> {
    let search = app.search();
    let (config, thresholds) = (&app.config, &confidence.thresholds);
    let inference = &config.inference;
    // As configured: a command that writes nothing loads none.
    let model = match inference.engine {
        EngineKind::None => None,
        EngineKind::MistralRs => Some(&inference.model),
        EngineKind::OpenAi => Some(&inference.endpoint.model),
    };
    let calibration = &confidence.in_use;
    let mut settings = Map::new();
    let mut set = |name: &str, value: Value| settings.insert(name.to_owned(), value);
    set("version", json!(env!("CARGO_PKG_VERSION")));
    set("embedding", json!(search.model()));
    set("reranker", json!(search.reranker()));
    set("engine", json!(inference.engine));
    set("model", json!(model));
    set("prompt", json!(prompt::version()));
    set("rules", json!(rules.sha256));
    set("calibration", json!(calibration.name()));
    set("calibration.fitted", json!(calibration.calibration.fitted));
    set("answers.mode", json!(config.answers.mode));
    set("answers.quotes", json!(config.answers.quotes));
    set(
        "answers.highest_wrong_rate",
        json!(config.answers.highest_wrong_rate),
    );
    set("answer_before", json!(thresholds.answer_before));
    set("ask_model", json!(thresholds.ask_model));
    set("answer_after", json!(thresholds.answer_after));
    flatten("retrieval", &json!(config.retrieval), &mut settings);
    flatten("answer", &json!(inference.tasks.answer), &mut settings);
    settings
}

/// Adds each setting of a section under its name.
fn flatten(section: &str, values: &Value, settings: &mut Map<String, Value>) {
    for (name, value) in values.as_object().into_iter().flatten() {
        settings.insert(format!("{section}.{name}"), readable(value));
    }
}

/// A decimal number without the digits that come of its 32 bits.
fn readable(value: &Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() => json!((number * 1e6).round() / 1e6),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_told_setting_by_setting() {
        let mut settings = Map::new();
        let section = json!({"top_p": 0.7_f32, "seed": 7, "stop": []});
        flatten("answer", &section, &mut settings);
        assert_eq!(
            Value::Object(settings),
            json!({"answer.top_p": 0.7, "answer.seed": 7, "answer.stop": []})
        );
    }
}
