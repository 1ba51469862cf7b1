//! Which rules decide, and what can be done with rules that don't yet: check them, compare them,
//! try them, and judge by them what was asked already.
//!
//! In force are, in this order: a file of the operator's, the version that the legal team
//! published, the rules that ship for the departments that are switched on.

mod checking;
mod diff;
mod examples;
mod replaying;
mod trying;

pub(crate) use checking::{Bench, missing_queues, unreadable};
pub(crate) use diff::diff;
pub(crate) use examples::Examples;
pub(crate) use replaying::replay;
pub(crate) use trying::try_out;

use crate::app::{App, Search, StartError};
use crate::config::Config;
use crate::error::{AppError, AppResult};
use inhouse_guardrails::{RuleError, RuleSet, TopicExamples, shipped_rules};
use inhouse_protocol::{RuleVersionId, RuleVersionState, RulesOrigin};
use inhouse_retrieval::{Embedder, RetrievalError, Topics};
use inhouse_store::{LiveRules, Principal, Store};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Rules as they were read.
#[derive(Debug, Clone)]
pub struct RuleSource {
    /// Checked and compiled.
    pub set: Arc<RuleSet>,
    /// As TOML.
    pub text: String,
    /// Of the text, in hex.
    pub sha256: String,
    /// Where they come from.
    pub origin: RulesOrigin,
    /// The version, where they are one.
    pub version: Option<RuleVersionId>,
}

/// Rules with their topics and intents taught, as questions are judged by them.
#[derive(Debug, Clone)]
pub struct RulesInUse {
    /// Checked and compiled.
    pub set: Arc<RuleSet>,
    /// As TOML.
    pub text: String,
    /// Of the text, in hex.
    pub sha256: String,
    /// Where they come from.
    pub origin: RulesOrigin,
    /// The version, where they are one.
    pub version: Option<RuleVersionId>,
    /// The id of the model that embedded the examples.
    pub model: String,
    /// What questions are about.
    pub topics: Topics,
    /// What askers want.
    pub intents: Topics,
}

impl RuleSource {
    /// Reads rules; `version` where they are one.
    fn read(
        text: String,
        origin: RulesOrigin,
        version: Option<RuleVersionId>,
    ) -> Result<Self, RuleError> {
        Ok(Self {
            set: Arc::new(RuleSet::parse(&text)?),
            sha256: sha256(&text),
            text,
            origin,
            version,
        })
    }

    /// Rules that somebody gave, which are in force nowhere.
    pub(crate) fn given(text: &str) -> Result<Self, RuleError> {
        Self::read(text.to_owned(), RulesOrigin::Version, None)
    }

    /// The operator's file, else what ships for the departments that are switched on.
    pub(crate) fn configured(config: &Config) -> Result<Self, StartError> {
        let Some(path) = config.rules_path() else {
            return Self::shipped(config);
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => return Err(StartError::File { path, error }),
        };
        let place = path.display().to_string();
        Self::read(text, RulesOrigin::File, None)
            .map_err(|error| StartError::Rules { place, error })
    }

    /// What ships for the departments that are switched on.
    pub(crate) fn shipped(config: &Config) -> Result<Self, StartError> {
        let departments: Vec<&str> = config
            .rules
            .departments
            .iter()
            .map(String::as_str)
            .collect();
        shipped_rules(&departments)
            .and_then(|text| Self::read(text, RulesOrigin::Shipped, None))
            .map_err(|error| StartError::Rules {
                place: "the shipped rules".to_owned(),
                error,
            })
    }

    /// The version that decides.
    pub(crate) fn live(live: LiveRules) -> Result<Self, StartError> {
        let place = format!("version {} of the rules", live.number);
        Self::read(live.content, RulesOrigin::Version, Some(live.id))
            .map_err(|error| StartError::Rules { place, error })
    }

    /// The version that the legal team published, where there is one; a file of the operator's
    /// comes before it.
    pub(crate) async fn or_live(self, store: &Store) -> Result<Self, StartError> {
        if self.origin == RulesOrigin::File {
            return Ok(self);
        }
        match store.live_rules().await? {
            Some(live) => Self::live(live),
            None => Ok(self),
        }
    }

    /// The same rules with their topics and intents embedded by this model.
    pub(crate) async fn teach(
        self,
        embedder: &Embedder,
        examples: &Examples,
    ) -> Result<RulesInUse, RetrievalError> {
        let topics = taught(embedder, examples, self.set.topics()).await?;
        let intents = taught(embedder, examples, self.set.intents()).await?;
        let Self {
            set,
            text,
            sha256,
            origin,
            version,
        } = self;
        Ok(RulesInUse {
            set,
            text,
            sha256,
            origin,
            version,
            model: embedder.id().to_owned(),
            topics,
            intents,
        })
    }
}

impl RulesInUse {
    /// The rules without what was taught.
    pub(crate) fn source(&self) -> RuleSource {
        RuleSource {
            set: Arc::clone(&self.set),
            text: self.text.clone(),
            sha256: self.sha256.clone(),
            origin: self.origin,
            version: self.version.clone(),
        }
    }
}

async fn taught(
    embedder: &Embedder,
    examples: &Examples,
    labels: &[TopicExamples],
) -> Result<Topics, RetrievalError> {
    let texts: Vec<String> = labels
        .iter()
        .flat_map(|label| label.examples.iter().cloned())
        .collect();
    let mut vectors = examples.embed(embedder, texts).await?.into_iter();
    let labels = labels.iter().map(|label| {
        let vectors = vectors.by_ref().take(label.examples.len()).collect();
        (label.label.clone(), vectors)
    });
    Ok(Topics::from_embedded(labels.collect()))
}

/// Rules that are not in force, with their topics taught. `Invalid` with the fault in words.
pub(crate) async fn given(app: &App, search: &Search, text: &str) -> AppResult<Arc<RulesInUse>> {
    let source =
        RuleSource::given(text).map_err(|error| AppError::field("content", error.to_string()))?;
    let taught = source
        .teach(search.retriever.embedder(), app.examples())
        .await
        .map_err(AppError::internal)?;
    Ok(Arc::new(taught))
}

/// Moves a version on; what is to decide has to be in order. `Invalid` says what isn't.
pub(crate) async fn advance(
    store: &Store,
    bench: &Bench<'_>,
    by: &Principal,
    id: &RuleVersionId,
    to: RuleVersionState,
    second_person: bool,
) -> AppResult<()> {
    let (_, content) = store.rule_version(id).await?;
    if matches!(to, RuleVersionState::Proposed | RuleVersionState::Live) {
        let check = bench.check(&content).await.map_err(AppError::internal)?;
        if let Some(problem) = checking::problem(&check) {
            return Err(AppError::field("content", problem));
        }
    }
    let checked = sha256(&content);
    store
        .set_rule_version_state(by, id, to, &checked, second_person)
        .await?;
    Ok(())
}

/// The hash of a text, in hex.
fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}
