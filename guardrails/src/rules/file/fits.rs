//! What goes together in a rule. Each error says what doesn't, and what to do.

use super::RuleEntry;
use crate::rules::{Action, OnError, Stage};

/// The stages of a question's way, for actions that go with all but the last.
const BEFORE_THE_END: &[Stage] = &[Stage::Question, Stage::Found, Stage::Written];

/// What a rule does, its ticket with it.
pub(super) fn action_of(entry: &RuleEntry) -> Result<Action, String> {
    match (entry.action, entry.ticket) {
        (Action::Escalate | Action::Ticket, true) => Ok(Action::Ticket),
        (action, true) => Err(format!(
            "'ticket' goes with the action 'escalate', not with '{}'",
            action.as_str()
        )),
        (action, false) => Ok(action),
    }
}

/// Whether the fields of a rule go together. `fails` is what it does where it can't be judged.
pub(super) fn check(entry: &RuleEntry, action: Action, fails: [OnError; 2]) -> Result<(), String> {
    if !is_name(&entry.id) {
        return Err("an id has small letters, digits and hyphens, such as 'off-topic'".to_owned());
    }
    if entry.title.trim().is_empty() {
        return Err("the title is empty".to_owned());
    }
    stage_takes(entry.stage, action)?;
    for fail in fails {
        if let OnError::Take(action) = fail {
            stage_takes(entry.stage, action)?;
        }
    }
    check_message(entry, action)?;
    check_desk(entry, action)?;
    check_more(entry, action)?;
    check_days(entry)
}

fn stage_takes(stage: Stage, action: Action) -> Result<(), String> {
    let (stages, why): (&[Stage], &str) = match action {
        Action::Redact | Action::Rewrite => (&[Stage::Question], "later the search is done"),
        Action::Quotes | Action::Model => (
            &[Stage::Question, Stage::Found],
            "at 'written' the answer is there",
        ),
        Action::Flag | Action::Escalate | Action::Ticket => return Ok(()),
        Action::Answer | Action::Caution | Action::Decline | Action::Refuse => {
            (BEFORE_THE_END, "at 'after' the asker has the answer")
        }
    };
    if stages.contains(&stage) {
        return Ok(());
    }
    let names: Vec<String> = stages
        .iter()
        .map(|stage| format!("'{}'", stage.as_str()))
        .collect();
    let (word, names) = match names.as_slice() {
        [one] => ("stage", one.clone()),
        several => ("stages", several.join(" and ")),
    };
    Err(format!(
        "'{}' goes with the {word} {names}: {why}",
        action.as_str()
    ))
}

fn check_message(entry: &RuleEntry, action: Action) -> Result<(), String> {
    let speaks = matches!(
        action,
        Action::Caution | Action::Decline | Action::Refuse | Action::Escalate | Action::Ticket
    );
    if speaks && entry.stage != Stage::After && entry.message.is_empty() {
        return Err("the message is empty; say what the asker is told".to_owned());
    }
    match entry.message.languages().find(|code| !is_name(code)) {
        Some(code) => Err(format!(
            "'{code}' is no code of a language; use one such as en or de"
        )),
        None => Ok(()),
    }
}

/// What says where at the desk a question goes.
fn check_desk(entry: &RuleEntry, action: Action) -> Result<(), String> {
    let reason = entry.reason.is_some().then_some("reason");
    let queue = entry.queue.is_some().then_some("queue");
    let priority = entry.priority.is_some().then_some("priority");
    if !action.reaches_a_person()
        && let Some(field) = reason.or(queue).or(priority)
    {
        return Err(format!(
            "'{field}' goes with the actions 'escalate' and 'ticket' only"
        ));
    }
    if let Some(queue) = entry.queue.as_deref().filter(|queue| !is_name(queue)) {
        return Err(format!(
            "'{queue}' is no key of a queue; keys have small letters, digits and hyphens"
        ));
    }
    match entry.priority.as_deref() {
        None | Some("urgent" | "high" | "normal" | "low") => Ok(()),
        Some(other) => Err(format!(
            "'{other}' is no priority; use urgent, high, normal or low"
        )),
    }
}

/// What belongs to one action alone, and flags.
fn check_more(entry: &RuleEntry, action: Action) -> Result<(), String> {
    for (name, given, belongs) in [
        ("rewrite", entry.rewrite.is_some(), Action::Rewrite),
        ("model", entry.model.is_some(), Action::Model),
    ] {
        if given && action != belongs {
            return Err(format!("'{name}' goes with the action '{name}' only"));
        }
    }
    let rewrite = entry.rewrite.as_deref().unwrap_or_default();
    if action == Action::Rewrite && !rewrite.contains("{question}") {
        return Err(
            "say in 'rewrite' what is searched, with {question} where the question stands"
                .to_owned(),
        );
    }
    let model = entry.model.as_deref().unwrap_or_default();
    if action == Action::Model && model.trim().is_empty() {
        return Err("say in 'model' which task profile answers".to_owned());
    }
    if action == Action::Flag && entry.flags.is_empty() {
        return Err("say in 'flags' what is set, as in flags = [\"leave\"]".to_owned());
    }
    match entry.flags.iter().find(|flag| !is_name(flag)) {
        Some(flag) => Err(format!(
            "'{flag}' is no flag; flags have small letters, digits and hyphens"
        )),
        None => Ok(()),
    }
}

fn check_days(entry: &RuleEntry) -> Result<(), String> {
    let days = [&entry.effective_from, &entry.effective_until];
    for day in days.into_iter().flatten() {
        if !is_day(day) {
            return Err(format!("'{day}' is no day; write it as in 2026-03-31"));
        }
    }
    match days {
        [Some(from), Some(until)] if from > until => Err(format!(
            "the rule counts from {from} until {until}, which is before that"
        )),
        _ => Ok(()),
    }
}

/// Small letters, digits and hyphens.
fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(is_part)
}

/// An ISO day, such as 2026-03-31.
fn is_day(text: &str) -> bool {
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<u32>().ok());
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let (year, month, day) = (
        number(text.get(..4)),
        number(text.get(5..7)),
        number(text.get(8..)),
    );
    let (true, Some(year), Some(month), Some(day)) = (shape, year, month, day) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}
