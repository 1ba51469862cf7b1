//! Trying a question on rules: everything but the model, with the rights of whoever tries.

use super::given;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::pipeline;
use inhouse_protocol::{RulesTried, TryRules};
use inhouse_store::Principal;

/// The longest question, in characters, as one that is asked.
const QUESTION: usize = 4_000;

/// What the given rules, or else those in force, make of a question. Nothing is stored.
pub(crate) async fn try_out(app: &App, by: &Principal, tried: &TryRules) -> AppResult<RulesTried> {
    let question = tried.question.trim();
    if !(1..=QUESTION).contains(&question.chars().count()) {
        return Err(AppError::field(
            "question",
            "Type a question of at most 4,000 characters.",
        ));
    }
    let search = app.search();
    let rules = match &tried.content {
        Some(content) => given(app, &search, content).await?,
        None => app.rules_for(&search).await?,
    };
    pipeline::try_rules(app, by, &rules, question, tried.question_only).await
}
