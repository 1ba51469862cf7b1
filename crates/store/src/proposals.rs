//! What documents say of themselves, and a person's word on it: nothing of it counts before.

use crate::access::Scope;
use crate::audit::Actor;
use crate::dates::{dates_of, store_dates};
use crate::facts::{JURISDICTION_LENGTH, facts};
use crate::row::{Columns, to_json};
use crate::validity::{hold, recompute};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    Day, DocumentFacts, DocumentId, Fact, Proposal, ProposalsDecided, VersionId,
};
use serde_json::json;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// One a fact.
pub(crate) type Proposed = BTreeMap<Fact, Proposal>;

impl Store {
    /// A person's word on what was read from a version: what is accepted is stored as if they had
    /// set it, and neither is proposed any more. `NotFound` unless the scope manages the set;
    /// `Conflict` when something isn't proposed (any more); `Invalid` when the same is accepted and
    /// dismissed, or the version would end before it begins.
    pub async fn decide_proposals(
        &self,
        by: &Actor,
        scope: &Scope,
        id: &VersionId,
        decided: &ProposalsDecided,
    ) -> Result<()> {
        let (document, set) = self.managed_document_of(scope, id).await?;
        if decided
            .accept
            .iter()
            .any(|fact| decided.dismiss.contains(fact))
        {
            return Err(StoreError::Invalid(
                "Either accept what was read or dismiss it, not both.".into(),
            ));
        }
        let mut write = self.write().await?;
        hold(&mut write, &document).await?;
        let mut proposed = proposed_of(&mut write, id).await?;
        let mut take = |fact: &Fact| {
            proposed.remove(fact).ok_or_else(|| {
                StoreError::conflict("This was decided meanwhile. Load the page again.")
            })
        };
        let accepted: Vec<Proposal> = decided
            .accept
            .iter()
            .map(&mut take)
            .collect::<Result<_>>()?;
        let dismissed: Vec<Proposal> = decided.dismiss.iter().map(take).collect::<Result<_>>()?;
        if accepted.is_empty() && dismissed.is_empty() {
            return Ok(());
        }
        store_proposed(&mut write, id, &proposed).await?;
        let mut of_document = Vec::new();
        for proposal in &accepted {
            accept(&mut write, &document, id, proposal).await?;
            if matches!(proposal.fact, Fact::ReviewOn | Fact::Jurisdiction) {
                of_document.push(proposal.fact);
            }
        }
        answered_of_all(&mut write, &document, &of_document).await?;
        recompute(&mut write, &document).await?;
        let detail = json!({
            "set": set, "version": id, "accepted": values(&accepted),
            "dismissed": values(&dismissed),
        });
        let subject = ("document", document.as_str());
        write
            .commit(by, "document.proposals", subject, detail)
            .await
    }
}

/// What was proposed, a fact.
fn values(proposals: &[Proposal]) -> BTreeMap<Fact, &str> {
    let values = proposals.iter().map(|one| (one.fact, one.value.as_str()));
    values.collect()
}

/// Stores what a proposal says. Whatever a parser may propose, what can't be stored is refused.
async fn accept(
    write: &mut Write,
    document: &DocumentId,
    version: &VersionId,
    proposal: &Proposal,
) -> Result<()> {
    let day = || {
        proposal.value.parse::<Day>().map_err(|_| {
            StoreError::Invalid("What was read is no day. Dismiss it, and set the day.".into())
        })
    };
    match proposal.fact {
        Fact::EffectiveFrom => {
            let mut dates = dates_of(write, version).await?;
            dates.effective_from = Some(day()?);
            store_dates(write, version, dates).await
        }
        Fact::EffectiveUntil => {
            let mut dates = dates_of(write, version).await?;
            dates.effective_until = Some(day()?);
            store_dates(write, version, dates).await
        }
        Fact::ReviewOn => {
            sqlx::query("UPDATE documents SET review_on = $2 WHERE id = $1")
                .bind(document.as_str())
                .bind(day()?.number())
                .execute(write.connection())
                .await?;
            Ok(())
        }
        Fact::Jurisdiction => {
            sqlx::query("UPDATE documents SET jurisdiction = $2 WHERE id = $1")
                .bind(document.as_str())
                .bind(proposal.value.as_str())
                .execute(write.connection())
                .await?;
            Ok(())
        }
    }
}

/// The column `proposed`.
pub(crate) fn of(row: &AnyRow) -> Result<Proposed> {
    row.json("proposed")
}

/// What of a fresh version's proposals is worth a person's look, for the column `proposed`: not
/// what the document is known to be, nor what can't be stored.
pub(crate) async fn kept(
    write: &mut Write,
    document: &DocumentId,
    proposals: &[Proposal],
) -> Result<String> {
    let row = sqlx::query(
        "SELECT jurisdiction, owner_id, review_on, tags, supersedes FROM documents WHERE id = $1",
    )
    .bind(document.as_str())
    .fetch_optional(write.connection())
    .await?;
    let known = facts(&row.ok_or(StoreError::NotFound)?)?;
    let mut proposed = Proposed::new();
    for proposal in proposals {
        if is_news(proposal, &known) {
            proposed
                .entry(proposal.fact)
                .or_insert_with(|| proposal.clone());
        }
    }
    to_json(&proposed)
}

fn is_news(proposal: &Proposal, known: &DocumentFacts) -> bool {
    let value = proposal.value.as_str();
    let day = value.parse::<Day>();
    match proposal.fact {
        Fact::EffectiveFrom | Fact::EffectiveUntil => day.is_ok(),
        Fact::ReviewOn => day.is_ok_and(|day| known.review_on != Some(day)),
        Fact::Jurisdiction => {
            (1..=JURISDICTION_LENGTH).contains(&value.chars().count())
                && !value.contains('\0')
                && known.jurisdiction != value
        }
    }
}

/// Takes back the proposals that a person's own word has answered.
pub(crate) async fn answered(write: &mut Write, version: &VersionId, facts: &[Fact]) -> Result<()> {
    let mut proposed = proposed_of(write, version).await?;
    let before = proposed.len();
    proposed.retain(|fact, _| !facts.contains(fact));
    if proposed.len() < before {
        store_proposed(write, version, &proposed).await?;
    }
    Ok(())
}

/// The same for a word on the document, which answers what each of its versions proposed.
pub(crate) async fn answered_of_all(
    write: &mut Write,
    document: &DocumentId,
    facts: &[Fact],
) -> Result<()> {
    if facts.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query("SELECT id FROM versions WHERE document_id = $1 ORDER BY number")
        .bind(document.as_str())
        .fetch_all(write.connection())
        .await?;
    for row in &rows {
        answered(write, &row.id("id")?, facts).await?;
    }
    Ok(())
}

async fn proposed_of(write: &mut Write, version: &VersionId) -> Result<Proposed> {
    let row = sqlx::query("SELECT proposed FROM versions WHERE id = $1")
        .bind(version.as_str())
        .fetch_optional(write.connection())
        .await?;
    of(&row.ok_or(StoreError::NotFound)?)
}

async fn store_proposed(write: &mut Write, version: &VersionId, proposed: &Proposed) -> Result<()> {
    sqlx::query("UPDATE versions SET proposed = $2 WHERE id = $1")
        .bind(version.as_str())
        .bind(to_json(proposed)?)
        .execute(write.connection())
        .await?;
    Ok(())
}
