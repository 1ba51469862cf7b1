//! A rule's condition: an expression of the Common Expression Language over the signals.
//!
//! Conditions are compiled once, when the rules are loaded. They hold no loops (the macros that
//! make them are not part of the environment) but `list.exists(x, …)` over a signal, which is
//! bounded; their length and the number of their nodes are capped, and regular expressions run in
//! linear time, so judging one takes bounded time.

mod lifted;
mod walk;

use crate::rules::Stage;
use crate::signals::{SIGNALS, SignalValue, Signals};
use cel::common::ast::Expr;
use cel::parser::Expression;
use cel::{Context, Env, Value};
use lifted::Lifted;
use std::collections::BTreeSet;
use std::sync::Arc;
use walk::Walk;

/// Longest condition, in characters.
pub const MAX_CONDITION_CHARS: usize = 2_000;

/// Most nodes of a condition: names, literals, operators and calls.
pub const MAX_CONDITION_NODES: usize = 150;

/// A compiled condition.
pub(crate) struct Condition {
    /// The expression; in place of each `signal.matches(…)` and `signal.exists(…)` stands the name
    /// of its result.
    expression: Expression,
    lifted: Vec<Lifted>,
    /// Names of the signals it reads, in the order of the documentation.
    reads: Vec<&'static str>,
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Condition")
            .field("reads", &self.reads)
            .finish_non_exhaustive()
    }
}

/// What a condition says is compared by the source that stands beside it in the rule.
impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.reads == other.reads
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
        let mut lifted = Vec::new();
        lifted::take(&mut expression, &mut lifted)?;
        let condition = Self {
            expression,
            lifted,
            reads: reads.into_iter().map(|at| SIGNALS[at].name).collect(),
        };
        condition.try_out(language)?;
        Ok(condition)
    }

    /// Evaluates every part once, so that a type error in a branch that is rarely reached shows
    /// when the rules are loaded.
    fn try_out(&self, language: &Arc<Env>) -> Result<(), String> {
        let context = self.context(language, &Signals::sample())?;
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
        match Value::resolve(&self.expression, &self.context(language, signals)?) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("the condition gave {other:?}, not yes or no")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The signals it reads.
    pub(crate) fn reads(&self) -> &[&'static str] {
        &self.reads
    }

    /// The signals that it reads and the results of what was lifted out of it. The error says why
    /// one of those could not be judged.
    fn context(
        &self,
        language: &Arc<Env>,
        signals: &Signals,
    ) -> Result<Context<'static, 'static>, String> {
        let mut context = Context::with_env(Arc::clone(language));
        for name in &self.reads {
            context.add_variable_from_value(*name, value_of(signals, name));
        }
        for each in &self.lifted {
            let holds = each.holds(&context, signals)?;
            context.add_variable_from_value(each.result.as_str(), holds);
        }
        Ok(context)
    }
}

/// A signal as the condition language sees it.
fn value_of(signals: &Signals, name: &str) -> Value {
    match signals.value(name) {
        Some(SignalValue::Text(text)) => Value::from(text),
        Some(SignalValue::Whole(number)) => Value::Int(number),
        Some(SignalValue::Share(number)) => Value::Float(number),
        Some(SignalValue::Flag(flag)) => Value::Bool(flag),
        Some(SignalValue::List(list)) => Value::from(list),
        Some(SignalValue::Unknown) | None => Value::Null,
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
