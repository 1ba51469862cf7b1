//! `inhouse replay`: an old question answered again over the passages of then.

use super::context::{Context, catch_up, open_app};
use crate::app::Answers;
use crate::pipeline::{Compared, Replay, Said, replay as answer_again};
use anyhow::Context as _;
use inhouse_protocol::{AnswerMode, Outcome, RunId};
use inhouse_store::StoreError;
use serde_json::Value;
use std::io::Write;
use std::process::ExitCode;

/// Longest value of a setting that is printed, in characters.
const VALUE_CHARS: usize = 60;

/// Fails where the answer isn't the same.
pub(super) async fn replay(id: &str, json: bool, context: Context<'_>) -> anyhow::Result<ExitCode> {
    let run: RunId = id
        .parse()
        .ok()
        .with_context(|| format!("'{id}' is no id of a question; the log and the desk show it"))?;
    let store = context.store().await?;
    let principal = context.principal(&store).await?;
    let recorded = match store.recorded_run(&principal, &run).await {
        Err(StoreError::NotFound) => anyhow::bail!(
            "there is no question {run}, or it isn't yours to see; this command is the operator's, \
             without --as"
        ),
        recorded => recorded?,
    };
    store.close().await;
    // A model takes seconds to load: only where it wrote.
    let answers = if recorded.model_calls.is_empty() {
        Answers::NotWritten
    } else {
        Answers::Written
    };
    let app = open_app(&context.config, answers).await?;
    catch_up(&app).await;
    let replay = answer_again(&app, &principal, recorded).await?;
    if json {
        serde_json::to_writer_pretty(&mut *context.out, &replay)?;
        writeln!(context.out)?;
    } else {
        print(&replay, context.out)?;
    }
    Ok(if replay.same {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn print(replay: &Replay, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "Question: {}", replay.question)?;
    let ended = replay.outcome.map_or("unfinished", Outcome::as_str);
    let rule = replay.rule.as_deref();
    let rule = rule
        .map(|rule| format!(", rule {rule}"))
        .unwrap_or_default();
    let mode = replay.mode.map_or("not answered", AnswerMode::as_str);
    writeln!(out, "Then: {mode} ({ended}{rule})")?;
    print_answer(&replay.then, out)?;
    if replay.mode.is_none() {
        writeln!(
            out,
            "No answer was made then, so there is none to make again."
        )?;
    } else {
        writeln!(out, "Now, over the same passages:")?;
        print_answer(&replay.now, out)?;
        let verdict = if replay.same {
            "The answer is the same, word for word."
        } else {
            "The answer is not the same."
        };
        writeln!(out, "{verdict}")?;
    }
    print_settings(&replay.settings, out)?;
    if replay.finds_the_same {
        writeln!(out, "Today's search finds the same passages.")?;
    } else {
        writeln!(
            out,
            "Today's search, of all documents, finds other passages:"
        )?;
        for place in &replay.missing {
            writeln!(out, "  no longer: {place}")?;
        }
        for place in &replay.new {
            writeln!(out, "  new:       {place}")?;
        }
        if replay.missing.is_empty() && replay.new.is_empty() {
            writeln!(out, "  the same ones in another order")?;
        }
    }
    Ok(())
}

fn print_answer(answer: &[Said], out: &mut dyn Write) -> anyhow::Result<()> {
    if answer.is_empty() {
        writeln!(out, "  (no sentence)")?;
    }
    for said in answer {
        writeln!(out, "  {}", said.text)?;
        for place in &said.places {
            writeln!(out, "      [{place}]")?;
        }
    }
    Ok(())
}

fn print_settings(settings: &[Compared], out: &mut dyn Write) -> anyhow::Result<()> {
    let differ: Vec<&Compared> = settings.iter().filter(|one| !one.same).collect();
    if differ.is_empty() {
        writeln!(
            out,
            "Prompt, model, rules, calibration and settings are the same as then."
        )?;
        return Ok(());
    }
    writeln!(out, "Not the same as then:")?;
    for one in differ {
        let (then, now) = (shown(&one.then), shown(&one.now));
        writeln!(out, "  {}: {then} -> {now}", one.name)?;
    }
    let same: Vec<&str> = settings
        .iter()
        .filter(|one| one.same)
        .map(|one| one.name.as_str())
        .collect();
    if !same.is_empty() {
        writeln!(out, "The same as then: {}", same.join(", "))?;
    }
    Ok(())
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => return "not recorded".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= VALUE_CHARS {
        return text;
    }
    let cut: String = text.chars().take(VALUE_CHARS).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Timestamp;
    use serde_json::json;

    fn replayed(now: &str) -> String {
        let said = |text: &str| Said {
            text: text.to_owned(),
            places: vec!["handbook.md, version 1, characters 10-40".to_owned()],
        };
        let (then, now) = (vec![said("Up to 45 dollars.")], vec![said(now)]);
        let replay = Replay {
            run: "r".parse().unwrap(),
            question: "Up to which value?".to_owned(),
            asked_at: Timestamp(0),
            mode: Some(AnswerMode::Written),
            outcome: Some(Outcome::Answered),
            rule: None,
            same: then == now,
            then,
            now,
            settings: vec![Compared {
                name: "model".to_owned(),
                then: json!("small"),
                now: json!("large"),
                same: false,
            }],
            finds_the_same: true,
            missing: Vec::new(),
            new: Vec::new(),
        };
        let mut out = Vec::new();
        print(&replay, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn both_answers_stand_there_and_what_changed_since() {
        let same = replayed("Up to 45 dollars.");
        assert!(same.contains("the same, word for word"), "{same}");
        assert!(same.contains("model: small -> large"), "{same}");
        let other = replayed("Up to 50 dollars.");
        assert!(other.contains("The answer is not the same."), "{other}");
        assert!(other.contains("Up to 45 dollars.") && other.contains("Up to 50 dollars."));
    }
}
