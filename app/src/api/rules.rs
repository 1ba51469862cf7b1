//! The API of the rules.

use super::{Api, Reply};
use inhouse_protocol::{
    CheckRules, ReplayRules, RuleDraft, RuleVersion, RuleVersionDetail, RuleVersionId,
    RuleVersionState, RulesCheck, RulesReplay, RulesTried, SetRuleState, TryRules,
};

impl Api {
    /// Faults, and how the tests come out; nothing is stored.
    pub(crate) async fn check_rules(&self, content: String) -> Reply<RulesCheck> {
        let path = format!("{}/check", path::rules());
        self.give("POST", path, &CheckRules { content }).await
    }

    /// What rules make of a question; nothing is stored.
    pub(crate) async fn try_rules(&self, tried: &TryRules) -> Reply<RulesTried> {
        let path = format!("{}/try", path::rules());
        self.give("POST", path, tried).await
    }

    /// What rules would have done to the last questions.
    pub(crate) async fn replay_rules(&self, wanted: &ReplayRules) -> Reply<RulesReplay> {
        let path = format!("{}/replay", path::rules());
        self.give("POST", path, wanted).await
    }

    pub(crate) async fn rule_version(&self, id: &RuleVersionId) -> Reply<RuleVersionDetail> {
        self.get(path::rule_version(id)).await
    }

    pub(crate) async fn draft_rules(&self, draft: &RuleDraft) -> Reply<RuleVersion> {
        let path = format!("{}/versions", path::rules());
        self.give("POST", path, draft).await
    }

    /// Writes a draft anew.
    pub(crate) async fn change_rules(
        &self,
        id: &RuleVersionId,
        draft: &RuleDraft,
    ) -> Reply<RuleVersion> {
        self.give("PUT", path::rule_version(id), draft).await
    }

    /// Proposes a version, publishes it, takes it back or withdraws it.
    pub(crate) async fn set_rules_state(
        &self,
        id: &RuleVersionId,
        state: RuleVersionState,
    ) -> Reply<RuleVersion> {
        let path = format!("{}/state", path::rule_version(id));
        self.give("POST", path, &SetRuleState { state }).await
    }
}

/// Where rules are.
pub(crate) mod path {
    use super::RuleVersionId;

    pub(crate) fn rules() -> String {
        "/api/v1/rules".to_owned()
    }

    pub(crate) fn rule_version(id: &RuleVersionId) -> String {
        format!("/api/v1/rules/versions/{id}")
    }
}
