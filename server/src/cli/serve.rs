//! `inhouse serve` and `inhouse worker`: run until the system says stop.

use super::context::{Context, open_app};
use crate::app::{self, Answers};
use anyhow::Context as _;
use std::io::Write as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

pub(super) async fn serve(context: Context<'_>) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let app = open_app(&context.config, Answers::Written).await?;
    let public_url = app.config.public_url();
    let listening = |address| {
        tracing::info!(%address, %public_url, "ready");
        // Standard output may be closed by whoever started us; the log has the same.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "Inhouse is ready at {public_url}").and_then(|()| out.flush());
    };
    app::serve(&app, listening, stop.cancelled_owned()).await?;
    Ok(())
}

pub(super) async fn work(context: Context<'_>) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let mut config = context.config;
    // `serve` has DIR/index; a worker beside it follows the database into one of its own.
    config
        .storage
        .index
        .get_or_insert_with(|| "index-worker".into());
    let app = open_app(&config, Answers::NotWritten).await?;
    writeln!(context.out, "The worker is ready.")?;
    context.out.flush()?;
    app::work(&app, stop.cancelled_owned()).await?;
    Ok(())
}

/// Cancelled by SIGTERM or SIGINT; a second one ends the process at once.
pub(super) fn stop_signal() -> anyhow::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate()).context("signals can't be received")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("signals can't be received")?;
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        for second in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if second {
                std::process::exit(1);
            }
            tracing::info!("stopping; what is in work is finished first");
            told.cancel();
        }
    });
    Ok(stop)
}
