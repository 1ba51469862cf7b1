//! The schema, on an empty database and on one that is there.

use super::{Done, World, both};
use inhouse_store::{MasterKeys, Store, StoreError, SystemClock};
use std::sync::Arc;

both!(
    migrating_twice_changes_nothing,
    a_database_of_a_newer_program_is_refused,
);

async fn migrating_twice_changes_nothing(world: World) -> Done {
    assert_eq!(world.store.pending_migrations().await?, 0);
    assert_eq!(world.store.migrate().await?, 0);
    world.store.ping().await?;
    Ok(())
}

async fn a_database_of_a_newer_program_is_refused(world: World) -> Done {
    let checksum = if world.store.is_sqlite() {
        "x'00'"
    } else {
        "'\\x00'"
    };
    world
        .tamper(&format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'later', true, {checksum}, 0)"
        ))
        .await?;
    let pending = world.store.pending_migrations().await;
    assert!(matches!(pending, Err(StoreError::Migration(_))));
    Ok(())
}

#[tokio::test]
async fn processes_that_start_at_once_migrate_once() -> Done {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("inhouse.db").display());
    let starts = (0..4).map(|_| {
        let url = url.clone();
        tokio::spawn(async move {
            let store = Store::open(&url, Arc::new(SystemClock), MasterKeys::ephemeral()).await?;
            store.migrate().await?;
            store.pending_migrations().await
        })
    });
    for start in starts.collect::<Vec<_>>() {
        assert_eq!(start.await??, 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_relative_sqlite_path_is_refused() -> Done {
    let keys = MasterKeys::ephemeral();
    let opened = Store::open("sqlite://inhouse.db", Arc::new(SystemClock), keys).await;
    assert!(matches!(opened, Err(StoreError::Invalid(_))));
    Ok(())
}
