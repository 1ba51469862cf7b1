//! What a condition may hold.

use super::MAX_CONDITION_NODES;
use super::lifted::exists_parts;
use cel::common::ast::Expr;
use cel::parser::Expression;
use std::collections::BTreeSet;

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
    "exists",
    "matches",
    "size",
];

/// Collects names and counts nodes; refuses what a condition may not hold.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) names: BTreeSet<String>,
    nodes: usize,
    /// The name that an `exists` around here gives to each entry.
    entry: Option<String>,
}

impl Walk {
    pub(super) fn visit(&mut self, expression: &Expression) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MAX_CONDITION_NODES {
            return Err(format!(
                "the condition has more than {MAX_CONDITION_NODES} parts; split the rule in two"
            ));
        }
        match &expression.expr {
            Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => {
                if self.entry.as_ref() != Some(name) {
                    self.names.insert(name.clone());
                }
                Ok(())
            }
            Expr::List(list) => list.elements.iter().try_for_each(|e| self.visit(e)),
            Expr::Call(call) => {
                if !FUNCTIONS.contains(&call.func_name.as_str()) {
                    return Err(format!(
                        "'{}' can't be used in a condition; there are comparisons, &&, ||, !, in, \
                         + - * /, contains, startsWith, endsWith, matches, exists and size",
                        call.func_name.trim_matches('_')
                    ));
                }
                if call.func_name == "exists" {
                    return self.visit_exists(expression);
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

    /// `signal.exists(x, …)`: inside, `x` is an entry of the list.
    fn visit_exists(&mut self, expression: &Expression) -> Result<(), String> {
        let (signal, entry, test) = exists_parts(expression)?;
        if self.entry.is_some() {
            return Err("an exists can't stand inside another one".to_owned());
        }
        self.names.insert(signal.to_owned());
        self.entry = Some(entry.to_owned());
        let visited = self.visit(test);
        self.entry = None;
        visited
    }
}
