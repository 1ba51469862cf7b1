//! `inhouse embedding`: how far the change to another embedding model is.

use super::context::Context;
use crate::embedding::progress;
use anyhow::Context as _;
use clap::Subcommand;
use inhouse_protocol::EmbeddingState;
use inhouse_store::StoreError;
use std::io::Write;

/// `inhouse embedding …`
#[derive(Debug, Subcommand)]
pub enum EmbeddingCommand {
    /// Stop embedding by the model that is to answer next; what is done stays
    Pause,
    /// Go on with it
    Resume,
}

pub(super) async fn embedding(
    command: Option<EmbeddingCommand>,
    context: Context<'_>,
) -> anyhow::Result<()> {
    let store = context.store().await?;
    if let Some(command) = command {
        let by = context.principal(&store).await?.actor();
        let paused = matches!(command, EmbeddingCommand::Pause);
        match store.pause_embedding(&by, paused).await {
            Err(StoreError::NotFound) => anyhow::bail!(
                "no other embedding model is on its way: name one under [embedding] and start \
                 `inhouse serve` again"
            ),
            done => done?,
        }
    }
    let state = store.embedding_state().await?;
    write(&state, context.out).context("standard output can't be written")
}

fn write(state: &EmbeddingState, out: &mut dyn Write) -> std::io::Result<()> {
    if state.active.is_empty() {
        return writeln!(out, "No embedding model has been used yet.");
    }
    writeln!(out, "{} answers.", state.active)?;
    match &state.next {
        Some(next) => writeln!(out, "{}", progress(next)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::{NextEmbedding, Timestamp};

    #[test]
    fn the_model_that_answers_and_the_next_one_are_told() {
        let mut state = EmbeddingState {
            active: "small".into(),
            next: None,
        };
        let said = |state: &EmbeddingState| {
            let mut out = Vec::new();
            write(state, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(said(&state), "small answers.\n");
        state.next = Some(NextEmbedding {
            model: "large".into(),
            paused: true,
            done: 3,
            total: 10,
            begun_at: Timestamp(0),
        });
        let said = said(&state);
        assert!(said.contains("large is to answer next: 3 of 10"), "{said}");
        assert!(said.contains("inhouse embedding resume"), "{said}");
    }
}
