//! The rules in force, as this process knows them; another may publish a version at any time.

use super::{App, Search, StartError};
use crate::error::{AppError, AppResult};
use crate::rules::{Examples, RuleSource, RulesInUse};
use inhouse_protocol::{RuleVersionId, RulesOrigin};
use inhouse_store::Store;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};

/// What an instance knows of rules.
pub(super) struct Rules {
    current: watch::Sender<Arc<RulesInUse>>,
    /// Locked while others take their place; the live version that this program can't read.
    unreadable: Mutex<Option<RuleVersionId>>,
    examples: Examples,
}

impl Rules {
    /// The rules in force, taught by the model that searches.
    pub(super) async fn open(
        configured: RuleSource,
        store: &Store,
        search: &Search,
    ) -> Result<Self, StartError> {
        let examples = Examples::default();
        let source = configured.or_live(store).await?;
        let taught = source.teach(search.retriever.embedder(), &examples).await?;
        Ok(Self {
            current: watch::Sender::new(Arc::new(taught)),
            unreadable: Mutex::default(),
            examples,
        })
    }
}

impl App {
    /// The rules as last known, without a look at the database.
    pub fn rules(&self) -> Arc<RulesInUse> {
        self.rules.current.borrow().clone()
    }

    /// What was embedded for rules.
    pub(crate) fn examples(&self) -> &Examples {
        &self.rules.examples
    }

    /// Takes over which version the database says is live.
    pub async fn follow_rules(&self) -> AppResult<()> {
        self.rules_for(&self.search()).await?;
        Ok(())
    }

    /// The rules in force, their topics taught by the model of this search. Take them once a
    /// question: others may take their place at any time.
    ///
    /// A live version that can't be read, such as one of a later program, is said in the log, and
    /// what was in force before goes on deciding.
    pub async fn rules_for(&self, search: &Search) -> AppResult<Arc<RulesInUse>> {
        let live = match self.rules().origin {
            RulesOrigin::File => None,
            RulesOrigin::Shipped | RulesOrigin::Version => self.store.live_rules_id().await?,
        };
        let fits = |known: &RulesInUse| known.version == live && known.model == search.model();
        let known = self.rules();
        if fits(&known) {
            return Ok(known);
        }
        let mut unreadable = self.rules.unreadable.lock().await;
        // Somebody else may have taken them over meanwhile.
        let known = self.rules();
        let refused = live.is_some() && *unreadable == live;
        let source = if known.version == live || refused {
            known.source()
        } else {
            match self.read_rules().await {
                Ok(source) => source,
                Err(error @ StartError::Rules { .. }) => {
                    tracing::error!(%error, "the live rules can't be read; those before them decide");
                    unreadable.clone_from(&live);
                    known.source()
                }
                Err(error) => return Err(AppError::internal(error)),
            }
        };
        if source.version == known.version && known.model == search.model() {
            return Ok(known);
        }
        let taught = source
            .teach(search.retriever.embedder(), &self.rules.examples)
            .await
            .map_err(AppError::internal)?;
        let taught = Arc::new(taught);
        tracing::info!(version = ?taught.version, model = taught.model, "rules were taken over");
        self.rules.current.send_replace(Arc::clone(&taught));
        Ok(taught)
    }

    async fn read_rules(&self) -> Result<RuleSource, StartError> {
        RuleSource::configured(&self.config)?
            .or_live(&self.store)
            .await
    }
}
