//! The rule chain: signals in, verdict out. Pure functions over text and numbers; no I/O, no
//! async, and no knowledge of HTTP, SQL or a model.
//!
//! - [`RuleSet`] reads the rules file; [`RuleSet::judge`] says which rule decides a [`Stage`].
//! - [`shipped_rules`] are those that ship, for the departments that are switched on.
//! - [`Signals`] is everything a rule's condition may look at.
//! - [`injection`], [`personal`] and [`answerability`] compute three of the signals.
//! - [`grounding`] checks a written sentence against the passages that it cites.
//! - [`extract`] finds the sentences that answer a question, [`conflict`] documents that contradict
//!   each other.
//! - [`sentences`] and [`citations`] take a model's output apart while it is being written.

pub mod answerability;
pub mod asked;
mod chain;
pub mod citations;
mod condition;
pub mod conflict;
mod departments;
pub mod extract;
pub mod grounding;
pub mod injection;
pub mod personal;
mod rules;
pub mod sentences;
mod signals;
mod statements;
mod text;
mod units;

pub use chain::{Decision, RuleResult, RuleTrace, Seen, Verdict};
pub use condition::{MAX_CONDITION_CHARS, MAX_CONDITION_NODES};
pub use departments::{DEPARTMENTS, shipped_rules};
pub use rules::{
    Action, Changed, Expect, Messages, OnError, Reason, Rule, RuleError, RuleInWords, RuleSet,
    RuleTest, Stage, TopicExamples, diff,
};
pub use signals::{SIGNALS, Signal, SignalValue, Signals};
