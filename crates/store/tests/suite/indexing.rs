//! The outbox and what the indexes read.

use super::{Done, MODEL, World, both, found, ids};
use inhouse_protocol::{Audience, Day};
use inhouse_store::{Actor, OutboxEntry, OutboxKind};

both!(
    the_outbox_tells_the_indexes_in_the_order_of_the_commits,
    commits_at_once_get_numbers_without_gaps,
    a_consumer_goes_on_where_it_was,
    an_index_row_carries_all_that_a_search_needs,
);

fn entry(seq: i64, kind: OutboxKind, version: &inhouse_protocol::VersionId) -> OutboxEntry {
    OutboxEntry {
        seq,
        kind,
        version: version.clone(),
    }
}

async fn the_outbox_tells_the_indexes_in_the_order_of_the_commits(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    assert_eq!(world.store.outbox_head().await?, 0);
    let (lease, first) = world.document(&set, "lease.txt", "one").await?;
    let (_, other) = world.document(&set, "loan.txt", "loan").await?;
    let (_, second) = world.document(&set, "lease.txt", "two").await?;
    let scope = world.everything().await?;
    world
        .store
        .delete_document(&Actor::Operator, &scope, &lease)
        .await?;

    let entries = world.store.outbox_after(0, 10).await?;
    let expected = [
        entry(1, OutboxKind::Upsert, &first),
        entry(2, OutboxKind::Upsert, &other),
        // The first version now ends where the second begins.
        entry(3, OutboxKind::Upsert, &second),
        entry(4, OutboxKind::Upsert, &first),
        entry(5, OutboxKind::Remove, &first),
        entry(6, OutboxKind::Remove, &second),
    ];
    assert_eq!(entries, expected);
    assert_eq!(world.store.outbox_after(1, 2).await?, expected[1..3]);
    assert_eq!(world.store.outbox_head().await?, 6);
    assert_eq!(world.store.findable_versions().await?, [other]);
    Ok(())
}

async fn commits_at_once_get_numbers_without_gaps(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let mut commits = Vec::new();
    for number in 0..12 {
        let text = format!("text {number}");
        let (_, version) = ids(world.add(&set, &format!("{number}.txt"), &text).await?)?;
        let store = world.store.clone();
        commits.push(tokio::spawn(async move {
            store.commit_version(&version, found(&text)).await
        }));
    }
    for commit in commits {
        commit.await??;
    }
    let seqs: Vec<_> = world
        .store
        .outbox_after(0, 100)
        .await?
        .iter()
        .map(|e| e.seq)
        .collect();
    assert_eq!(seqs, (1..=12).collect::<Vec<i64>>());
    world.store.verify_audit().await?;
    Ok(())
}

async fn a_consumer_goes_on_where_it_was(world: World) -> Done {
    let store = &world.store;
    assert_eq!(store.cursor("qdrant:passages").await?, 0);
    store.set_cursor("qdrant:passages", 7).await?;
    store.set_cursor("qdrant:passages", 9).await?;
    store.set_cursor("another", 1).await?;
    assert_eq!(store.cursor("qdrant:passages").await?, 9);
    Ok(())
}

async fn an_index_row_carries_all_that_a_search_needs(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, version) = world.document(&set, "lease.txt", "one\ntwo").await?;
    let rows = world.store.index_rows(&version, MODEL).await?;
    assert_eq!(rows.len(), 2);
    assert_eq!(world.store.findable_passages().await?, 2);
    let row = &rows[1];
    assert_eq!(
        (&row.document, &row.version, &row.set),
        (&document, &version, &set)
    );
    assert_eq!(
        (row.ordinal, row.start, row.end, row.page),
        (1, 4, 7, Some(1))
    );
    assert_eq!(
        (row.name.as_str(), row.set_name.as_str()),
        ("lease.txt", "Contracts")
    );
    assert_eq!(
        (row.text.as_str(), row.header.as_str()),
        ("two", "A title > 1 Term")
    );
    assert_eq!((row.folder.as_str(), row.language.as_str()), ("", "en"));
    assert_eq!(
        (row.valid_from, row.valid_until),
        (Day::FIRST.number(), Day::LAST.number() + 1)
    );
    assert_eq!(row.vector, [0.25, -1.0]);
    Ok(())
}
