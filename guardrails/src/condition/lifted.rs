//! Parts of a condition that are judged before it: patterns, compiled once (the language itself
//! would do it each time), and looks through lists (its loops are not part of the environment).

use super::value_of;
use crate::signals::{SIGNALS, SignalValue, Signals};
use cel::common::ast::{Expr, LiteralValue};
use cel::parser::Expression;
use cel::{Context, Value};
use regex::{Regex, RegexBuilder};

/// Longest pattern given to `matches`, in characters.
const MAX_PATTERN_CHARS: usize = 1_000;

/// Largest compiled pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// Most entries of a list that `exists` looks at.
const MAX_ENTRIES: usize = 200;

/// A part in whose place the name of its result stands in the expression.
pub(super) struct Lifted {
    pub(super) result: String,
    signal: String,
    test: Test,
}

enum Test {
    /// `signal.matches('pattern')`
    Matches(Regex),
    /// `signal.exists(entry, test)`
    Exists { entry: String, test: Expression },
}

impl Lifted {
    /// Whether it holds, with the signals of the condition in `context`. The error says why that
    /// could not be judged.
    pub(super) fn holds(
        &self,
        context: &Context<'static, 'static>,
        signals: &Signals,
    ) -> Result<Value, String> {
        match (&self.test, signals.value(&self.signal)) {
            (Test::Matches(pattern), Some(SignalValue::Text(text))) => {
                Ok(Value::Bool(pattern.is_match(&text)))
            }
            (Test::Exists { entry, test }, Some(SignalValue::List(list))) => {
                for item in list.into_iter().take(MAX_ENTRIES) {
                    let mut scope = context.new_inner_scope();
                    scope.add_variable_from_value(entry.as_str(), item);
                    match Value::resolve(test, &scope) {
                        Ok(Value::Bool(true)) => return Ok(Value::Bool(true)),
                        Ok(Value::Bool(false)) => {}
                        Ok(other) => {
                            return Err(format!(
                                "the condition of an exists is no yes or no but {other:?}"
                            ));
                        }
                        Err(error) => return Err(format!("an exists can't be judged: {error}")),
                    }
                }
                Ok(Value::Bool(false))
            }
            _ => Ok(value_of(signals, &self.signal)),
        }
    }
}

/// Puts the name of its result in place of each `signal.matches('pattern')` and
/// `signal.exists(x, …)`.
pub(super) fn take(expression: &mut Expression, lifted: &mut Vec<Lifted>) -> Result<(), String> {
    let result = format!("part {}", lifted.len());
    let (signal, test) = match &mut expression.expr {
        Expr::Call(call) if call.func_name == "matches" => {
            let target = call.target.as_deref().or(call.args.first());
            let Some(Expr::Ident(signal)) = target.map(|t| &t.expr) else {
                return Err("matches goes with a signal, as in question.matches('…')".to_owned());
            };
            if !is_of_kind(signal, "string") {
                return Err(format!("'{signal}' is no text, it can't be matched"));
            }
            let pattern = pattern(call.args.last())?;
            (signal.clone(), Test::Matches(pattern))
        }
        Expr::Call(call) if call.func_name == "exists" => {
            let (signal, entry, test) = exists_parts(expression)?;
            let (entry, test) = (entry.to_owned(), test.clone());
            (signal.to_owned(), Test::Exists { entry, test })
        }
        Expr::Call(call) => {
            return call
                .target
                .iter_mut()
                .map(AsMut::as_mut)
                .chain(&mut call.args)
                .try_for_each(|e| take(e, lifted));
        }
        Expr::List(list) => return list.elements.iter_mut().try_for_each(|e| take(e, lifted)),
        _ => return Ok(()),
    };
    expression.expr = Expr::Ident(result.clone());
    lifted.push(Lifted {
        result,
        signal,
        test,
    });
    Ok(())
}

/// The signal, the name of an entry and the test of a `signal.exists(entry, test)`.
pub(super) fn exists_parts(expression: &Expression) -> Result<(&str, &str, &Expression), String> {
    let shape =
        || "exists goes with a list, as in groups.exists(g, g.startsWith('Legal'))".to_owned();
    let Expr::Call(call) = &expression.expr else {
        return Err(shape());
    };
    let Some(Expr::Ident(signal)) = call.target.as_deref().map(|target| &target.expr) else {
        return Err(shape());
    };
    let [entry, test] = call.args.as_slice() else {
        return Err(shape());
    };
    let Expr::Ident(entry) = &entry.expr else {
        return Err(shape());
    };
    if !is_of_kind(signal, "list") {
        return Err(format!("'{signal}' is no list; {}", shape()));
    }
    if SIGNALS.iter().any(|signal| signal.name == entry) {
        return Err(format!(
            "'{entry}' is the name of a signal; call the entry otherwise"
        ));
    }
    if holds_matches(test) {
        return Err("matches goes with a signal, not inside an exists".to_owned());
    }
    Ok((signal, entry, test))
}

fn is_of_kind(name: &str, kind: &str) -> bool {
    SIGNALS.iter().any(|s| s.name == name && s.kind == kind)
}

fn holds_matches(expression: &Expression) -> bool {
    match &expression.expr {
        Expr::Call(call) => {
            call.func_name == "matches"
                || call.target.as_deref().is_some_and(holds_matches)
                || call.args.iter().any(holds_matches)
        }
        Expr::List(list) => list.elements.iter().any(holds_matches),
        _ => false,
    }
}

/// A pattern has to be written out, so that it is checked when the rules are loaded.
fn pattern(argument: Option<&Expression>) -> Result<Regex, String> {
    let Some(Expr::Literal(LiteralValue::String(text))) = argument.map(|a| &a.expr) else {
        return Err("the pattern of matches has to be written out in quotes".to_owned());
    };
    let length = text.inner().chars().count();
    if length > MAX_PATTERN_CHARS {
        return Err(format!(
            "a pattern has {length} characters, {MAX_PATTERN_CHARS} are allowed"
        ));
    }
    RegexBuilder::new(text.inner())
        .size_limit(MAX_PATTERN_BYTES)
        .build()
        .map_err(|error| format!("'{}' is no valid pattern: {error}", text.inner()))
}
