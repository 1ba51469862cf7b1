//! A rule's condition: an expression of the Common Expression Language over the signals.
//!
//! Conditions are compiled once, when the rules are loaded. They hold no loops (the macros that
//! make them are not part of the environment), their length and the number of their nodes are
//! capped, and regular expressions run in linear time, so judging one takes bounded time.

use crate::rules::Stage;
use crate::signals::{SIGNALS, SignalValue, Signals};
use cel::common::ast::{Expr, LiteralValue};
use cel::parser::Expression;
use cel::{Context, Env, Value};
use regex::{Regex, RegexBuilder};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Longest condition, in characters.
pub const MAX_CONDITION_CHARS: usize = 2_000;

/// Most nodes of a condition: names, literals, operators and calls.
pub const MAX_CONDITION_NODES: usize = 150;

/// Longest pattern given to `matches`, in characters.
const MAX_PATTERN_CHARS: usize = 1_000;

/// The functions and operators a condition may use.
const FUNCTIONS: &[&str] = &[
    "_?_:_",
    "_&&_",
    "_||_",
    "!_",
    "_-_",
    "_+_",
    "_*_",
    "_/_",
    "_==_",
    "_!=_",
    "_>=_",
    "_<=_",
    "_>_",
    "_<_",
    "-_",
    "@in",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "size",
];

/// Largest compiled pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// A compiled condition.
pub(crate) struct Condition {
    /// The expression; in place of each `signal.matches(…)` stands the name of its result.
    expression: Expression,
    matches: Vec<Match>,
    /// Names of the signals it reads, in the order of the documentation.
    reads: Vec<&'static str>,
}

/// A `signal.matches('pattern')`, compiled once: the language itself would do it each time.
struct Match {
    /// The name of its result in the expression.
    result: String,
    signal: String,
    pattern: Regex,
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Condition")
            .field("reads", &self.reads)
            .finish_non_exhaustive()
    }
}

/// The language of the conditions: the standard functions, without the macros that loop.
pub(crate) fn language() -> Arc<Env> {
    Arc::new(Env::default().with_stdlib())
}

impl Condition {
    /// Compiles `source` for rules of `stage`. The error says what is wrong and what to do.
    pub(crate) fn compile(language: &Arc<Env>, stage: Stage, source: &str) -> Result<Self, String> {
        let length = source.chars().count();
        if length > MAX_CONDITION_CHARS {
            return Err(format!(
                "the condition has {length} characters, {MAX_CONDITION_CHARS} are allowed; split the rule in two"
            ));
        }
        let program = language.compile(source).map_err(|errors| {
            let said: Vec<String> = errors
                .errors
                .iter()
                .map(|e| format!("at {}:{}: {}", e.pos.0, e.pos.1, e.msg))
                .collect();
            format!("the condition is no valid expression ({})", said.join("; "))
        })?;
        let mut walk = Walk::default();
        walk.visit(program.expression())?;
        let mut reads = BTreeSet::new();
        for name in &walk.names {
            let position = SIGNALS.iter().position(|s| s.name == name).ok_or_else(|| {
                format!("there is no signal '{name}'; use one of {}", names(stage))
            })?;
            if SIGNALS[position].from > stage {
                return Err(format!(
                    "'{name}' is known only from the stage '{}' on, the rule is of the stage '{}'",
                    SIGNALS[position].from.as_str(),
                    stage.as_str()
                ));
            }
            reads.insert(position);
        }
        let mut expression = program.expression().clone();
        let mut matches = Vec::new();
        take_matches(&mut expression, &mut matches)?;
        let condition = Self {
            expression,
            matches,
            reads: reads.into_iter().map(|at| SIGNALS[at].name).collect(),
        };
        condition.try_out(language)?;
        Ok(condition)
    }

    /// Evaluates every part once, so that a type error in a branch that is rarely reached shows
    /// when the rules are loaded.
    fn try_out(&self, language: &Arc<Env>) -> Result<(), String> {
        let signals = Signals {
            answerability: Some(0.5),
            answerable_from: Some(0.5),
            ..Signals::of_question("May I?")
        };
        let context = self.context(language, &signals);
        let mut parts = Vec::new();
        logical_parts(&self.expression, &mut parts);
        for part in parts {
            match Value::resolve(part, &context) {
                Ok(Value::Bool(_)) => {}
                Ok(other) => {
                    return Err(format!(
                        "the condition, or a part of it, is no yes or no but {other:?}"
                    ));
                }
                Err(error) => return Err(format!("the condition can't be judged: {error}")),
            }
        }
        Ok(())
    }

    /// Whether the condition holds. The error says why it could not be judged.
    pub(crate) fn holds(&self, language: &Arc<Env>, signals: &Signals) -> Result<bool, String> {
        for name in &self.reads {
            if signals.value(name) == Some(SignalValue::Unknown) {
                return Err(format!("'{name}' was not computed"));
            }
        }
        match Value::resolve(&self.expression, &self.context(language, signals)) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("the condition gave {other:?}, not yes or no")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The signals it reads.
    pub(crate) fn reads(&self) -> &[&'static str] {
        &self.reads
    }

    fn context(&self, language: &Arc<Env>, signals: &Signals) -> Context<'static, 'static> {
        let mut context = Context::with_env(Arc::clone(language));
        for name in &self.reads {
            let value = match signals.value(name) {
                Some(SignalValue::Text(text)) => Value::from(text),
                Some(SignalValue::Whole(number)) => Value::Int(number),
                Some(SignalValue::Share(number)) => Value::Float(number),
                Some(SignalValue::Flag(flag)) => Value::Bool(flag),
                Some(SignalValue::Unknown) | None => Value::Null,
            };
            context.add_variable_from_value(*name, value);
        }
        for each in &self.matches {
            let holds = match signals.value(&each.signal) {
                Some(SignalValue::Text(text)) => Value::Bool(each.pattern.is_match(&text)),
                _ => Value::Null,
            };
            context.add_variable_from_value(each.result.as_str(), holds);
        }
        context
    }
}

fn names(stage: Stage) -> String {
    let known: Vec<&str> = SIGNALS
        .iter()
        .filter(|s| s.from <= stage)
        .map(|s| s.name)
        .collect();
    known.join(", ")
}

/// The whole expression and the operands of its `&&`, `||`, `!` and `?:`.
fn logical_parts<'a>(expression: &'a Expression, parts: &mut Vec<&'a Expression>) {
    parts.push(expression);
    if let Expr::Call(call) = &expression.expr
        && matches!(call.func_name.as_str(), "_&&_" | "_||_" | "!_" | "_?_:_")
    {
        for operand in &call.args {
            logical_parts(operand, parts);
        }
    }
}

/// Collects names and counts nodes; refuses what a condition may not hold.
#[derive(Default)]
struct Walk {
    names: BTreeSet<String>,
    nodes: usize,
}

impl Walk {
    fn visit(&mut self, expression: &Expression) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MAX_CONDITION_NODES {
            return Err(format!(
                "the condition has more than {MAX_CONDITION_NODES} parts; split the rule in two"
            ));
        }
        match &expression.expr {
            Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => {
                self.names.insert(name.clone());
                Ok(())
            }
            Expr::List(list) => list.elements.iter().try_for_each(|e| self.visit(e)),
            Expr::Call(call) => {
                if !FUNCTIONS.contains(&call.func_name.as_str()) {
                    return Err(format!(
                        "'{}' can't be used in a condition; there are comparisons, &&, ||, !, in, \
                         + - * /, contains, startsWith, endsWith, matches and size",
                        call.func_name.trim_matches('_')
                    ));
                }
                call.target
                    .iter()
                    .map(AsRef::as_ref)
                    .chain(&call.args)
                    .try_for_each(|e| self.visit(e))
            }
            Expr::Select(select) => Err(format!(
                "signals have no fields: '.{}' can't be read",
                select.field
            )),
            Expr::Comprehension(_) | Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err("loops, maps and structures can't be used in a condition".to_owned())
            }
        }
    }
}

/// Puts the name of its result in place of each `signal.matches('pattern')`.
fn take_matches(expression: &mut Expression, matches: &mut Vec<Match>) -> Result<(), String> {
    let result = format!("match {}", matches.len());
    match &mut expression.expr {
        Expr::Call(call) if call.func_name == "matches" => {
            let target = call.target.as_deref().or(call.args.first());
            let Some(Expr::Ident(signal)) = target.map(|t| &t.expr) else {
                return Err("matches goes with a signal, as in question.matches('…')".to_owned());
            };
            let text = |s: &&crate::signals::Signal| s.name == signal && s.kind == "string";
            if !SIGNALS.iter().any(|s| text(&s)) {
                return Err(format!("'{signal}' is no text, it can't be matched"));
            }
            matches.push(Match {
                result: result.clone(),
                signal: signal.clone(),
                pattern: pattern(call.args.last())?,
            });
            expression.expr = Expr::Ident(result);
            Ok(())
        }
        Expr::Call(call) => call
            .target
            .iter_mut()
            .map(AsMut::as_mut)
            .chain(&mut call.args)
            .try_for_each(|e| take_matches(e, matches)),
        Expr::List(list) => list
            .elements
            .iter_mut()
            .try_for_each(|e| take_matches(e, matches)),
        _ => Ok(()),
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
