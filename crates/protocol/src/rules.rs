//! Rules in versions: written, checked, tried, approved, live.

use crate::{Outcome, RuleVersionId, RunId, Timestamp};
use serde::{Deserialize, Serialize};

/// Where a version of the rules stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleVersionState {
    /// Being written.
    Draft,
    /// Waits for a second person.
    Proposed,
    /// Decides.
    Live,
    /// Decided once.
    Former,
    /// Never went live.
    Withdrawn,
}

impl RuleVersionState {
    /// The state's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Live => "live",
            Self::Former => "former",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A version in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleVersion {
    pub id: RuleVersionId,
    /// From 1.
    pub number: u64,
    pub state: RuleVersionState,
    /// What changed and why, by its author.
    pub note: String,
    /// By name.
    pub author: String,
    pub approved_by: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub live_from: Option<Timestamp>,
    pub live_until: Option<Timestamp>,
    /// The first characters of the content's SHA-256 in hex.
    pub sha256: String,
}

/// Where the rules in force come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RulesOrigin {
    /// Those that ship, for the departments that are switched on.
    Shipped,
    /// A file of the operator's; they can't be changed here.
    File,
    /// The live version.
    Version,
}

/// A rule, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSummary {
    pub id: String,
    pub title: String,
    /// `question`, `found`, `written` or `after`.
    pub stage: String,
    pub condition: String,
    /// What it does, in words.
    pub action: String,
    /// What the asker is told, in English or the first language it has.
    pub message: String,
    /// Who answers for it; empty: nobody said.
    pub owner: String,
    /// From and until when it counts, in words; empty: always.
    pub effective: String,
    pub tests: u64,
}

/// A topic or intent, as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicSummary {
    pub label: String,
    pub examples: u64,
}

/// `GET /api/v1/rules`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub origin: RulesOrigin,
    /// The rules in force, as TOML.
    pub content: String,
    pub rules: Vec<RuleSummary>,
    pub topics: Vec<TopicSummary>,
    pub intents: Vec<TopicSummary>,
    /// Departments whose rules ship: name, and whether they are switched on.
    pub departments: Vec<(String, bool)>,
    /// The newest first.
    pub versions: Vec<RuleVersion>,
    /// A second person has to approve.
    pub second_person: bool,
    /// Name, type, stage and meaning of each signal.
    pub signals: Vec<SignalInfo>,
}

/// A signal that conditions may look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalInfo {
    pub name: String,
    pub kind: String,
    /// The stage from which on it is known.
    pub from: String,
    pub meaning: String,
}

/// `GET /api/v1/rules/versions/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleVersionDetail {
    pub version: RuleVersion,
    pub content: String,
    pub check: RulesCheck,
    /// Against the rules in force.
    pub diff: RulesDiff,
}

/// `POST /api/v1/rules/versions`, `PUT /api/v1/rules/versions/{id}`: only drafts change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDraft {
    /// At most 500,000 characters.
    pub content: String,
    pub note: String,
}

/// `POST /api/v1/rules/versions/{id}/state`: `live` (a former one: roll-back), `proposed`, `draft`
/// (takes a proposal back) or `withdrawn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetRuleState {
    pub state: RuleVersionState,
}

/// `POST /api/v1/rules/check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRules {
    pub content: String,
}

/// Something wrong with rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFault {
    /// From 1; none where it has no place.
    pub line: Option<u64>,
    pub message: String,
}

/// A rule's test and how it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTestResult {
    /// The rule or topic that it belongs to.
    pub rule: String,
    pub question: String,
    /// What was expected and what came, in words.
    pub expected: String,
    pub came: String,
    pub passed: bool,
}

/// What checking rules gave: no faults and all tests passed is what can go live.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesCheck {
    pub faults: Vec<RuleFault>,
    pub tests: Vec<RuleTestResult>,
}

impl RulesCheck {
    /// Whether rules checked like this may go live.
    pub fn passes(&self) -> bool {
        self.faults.is_empty() && self.tests.iter().all(|test| test.passed)
    }
}

/// A line of a comparison of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    pub change: LineChange,
    pub text: String,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineChange {
    Same,
    Added,
    Removed,
}

/// What two sets of rules do differently.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesDiff {
    /// Ids.
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
    /// Changed lines with three around each; a line of `…` stands for what was left out.
    pub lines: Vec<DiffLine>,
}

/// `POST /api/v1/rules/try`: nothing is stored, and no model is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TryRules {
    /// The rules to try; none: those in force.
    #[serde(default)]
    pub content: Option<String>,
    /// 1 to 4,000 characters.
    pub question: String,
    /// Judge the question only, and search nothing.
    #[serde(default)]
    pub question_only: bool,
}

/// What trying gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RulesTried {
    pub outcome: Outcome,
    /// The rule that decided: its title.
    pub rule: Option<String>,
    pub message: String,
    /// Every signal by name, and its value in words.
    pub signals: Vec<(String, String)>,
    /// How each rule saw it, in words.
    pub trace: Vec<String>,
    /// Queue and priority, where it goes to a person.
    pub queue: Option<String>,
    pub flags: Vec<String>,
    pub took_ms: f64,
}

/// `POST /api/v1/rules/replay`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayRules {
    /// The rules to try.
    pub content: String,
    /// How many of the last questions, 1 to 1,000.
    pub questions: u64,
}

/// A question that would have ended otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayedQuestion {
    pub run: RunId,
    pub question: String,
    /// By today's rules, and by these: outcome and rule in words.
    pub before: String,
    pub after: String,
}

/// What rules would have done to the last real questions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesReplay {
    pub questions: u64,
    /// How many end in each way, by today's rules and by these.
    pub outcomes: Vec<(String, u64, u64)>,
    /// At most 200.
    pub changed: Vec<ReplayedQuestion>,
}
