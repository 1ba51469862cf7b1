//! A document's way in, as far as the database goes.

use super::refusals::{conflict, invalid, not_there};
use super::{Done, MODEL, World, both, file, found, ids};
use inhouse_protocol::{
    Audience, DocumentId, FailureCause, NewDocumentSet, ReadSettings, VersionState,
};
use inhouse_store::{Actor, AddedVersion, INGEST, IngestJob, StoreError};

both!(
    a_set_has_one_name_whatever_its_case,
    an_added_file_is_queued_with_its_job,
    the_same_content_is_a_duplicate_under_any_name,
    the_same_name_with_other_content_is_a_new_version,
    content_that_failed_or_was_superseded_may_come_again,
    two_uploads_of_one_name_become_two_versions,
    a_version_is_committed_with_all_its_parts,
    a_new_version_replaces_the_former_one_when_it_is_committed,
    a_failed_new_version_leaves_the_former_one_searchable,
    a_version_that_comes_late_does_not_replace_a_newer_one,
    a_failed_version_can_be_retried,
    a_late_worker_changes_nothing_of_what_is_ready,
    a_deleted_document_is_gone_at_once,
    what_does_not_fit_its_text_is_not_committed,
    a_source_window_counts_in_characters,
    a_nul_in_a_text_moves_no_offset,
    sets_count_their_documents,
);

async fn a_set_has_one_name_whatever_its_case(world: World) -> Done {
    let id = world.set("Policies", Audience::Everyone).await?;
    let again = NewDocumentSet {
        name: " policies ".into(),
        description: String::new(),
        audience: Audience::Groups,
        grants: Vec::new(),
    };
    let made = world.store.create_set(&Actor::Operator, &again).await;
    assert!(matches!(made, Err(StoreError::Conflict { .. })));
    let scope = world.everything().await?;
    let found = world.store.set_by_name(&scope, "POLICIES").await?;
    assert_eq!(found.ok_or("there")?.id, id);
    let other = world.store.set_by_name(&scope, "Contracts").await?;
    assert_eq!(other, None);
    Ok(())
}

async fn an_added_file_is_queued_with_its_job(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let added = world.add(&set, "lease.txt", "text").await?;
    assert!(matches!(added, AddedVersion::New { .. }));
    let (document, version) = ids(added)?;
    let shown = world
        .store
        .document(&world.everything().await?, &document)
        .await?;
    assert_eq!(
        (shown.version_number, shown.state),
        (1, VersionState::Queued)
    );
    assert_eq!(shown.title, "lease.txt");
    let job = world
        .store
        .lease_job(&[INGEST], "w", 1_000)
        .await?
        .ok_or("a job")?;
    let payload: IngestJob = serde_json::from_str(&job.payload)?;
    assert_eq!(payload.version, version);
    let todo = world.store.version_for_ingest(&version).await?;
    assert_eq!(
        (todo.set_name.as_str(), todo.sha256.as_str()),
        ("Contracts", "sha-text")
    );
    let nowhere = world
        .store
        .add_version(&Actor::Operator, file(&"none".parse()?, "a", "b"))
        .await;
    assert!(matches!(nowhere, Err(StoreError::NotFound)));
    let folder = world
        .store
        .add_version(&Actor::Operator, file(&set, "a/b.txt", "b"))
        .await;
    invalid(&folder);
    Ok(())
}

async fn the_same_content_is_a_duplicate_under_any_name(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, _) = ids(world.add(&set, "lease.txt", "text").await?)?;
    for name in ["lease.txt", "copy.txt"] {
        let duplicate = AddedVersion::Duplicate {
            document: document.clone(),
            name: "lease.txt".into(),
        };
        assert_eq!(world.add(&set, name, "text").await?, duplicate);
    }
    assert_eq!(world.store.jobs_waiting(INGEST).await?, 1);
    let other = world.set("Policies", Audience::Everyone).await?;
    let elsewhere = world.add(&other, "lease.txt", "text").await?;
    assert!(matches!(elsewhere, AddedVersion::New { .. }));
    Ok(())
}

async fn the_same_name_with_other_content_is_a_new_version(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, first) = ids(world.add(&set, "lease.txt", "one").await?)?;
    let added = world.add(&set, "lease.txt", "two").await?;
    assert!(matches!(added, AddedVersion::NewVersion { .. }));
    let (same, second) = ids(added)?;
    assert_eq!(same, document);
    assert_ne!(first, second);
    let scope = world.everything().await?;
    let shown = world.store.documents(&scope, &set).await?;
    assert_eq!(shown.len(), 1);
    assert_eq!((&shown[0].version, shown[0].version_number), (&second, 2));
    assert_eq!(
        world.store.documents_named(&scope, "lease.txt").await?,
        shown
    );
    Ok(())
}

async fn content_that_failed_or_was_superseded_may_come_again(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = ids(world.add(&set, "lease.txt", "one").await?)?;
    world.fail(&version, "encrypted").await?;
    assert!(matches!(
        world.add(&set, "lease.txt", "one").await?,
        AddedVersion::NewVersion { .. }
    ));
    assert!(matches!(
        world.add(&set, "lease.txt", "two").await?,
        AddedVersion::NewVersion { .. }
    ));
    assert!(matches!(
        world.add(&set, "lease.txt", "one").await?,
        AddedVersion::NewVersion { .. }
    ));
    Ok(())
}

async fn two_uploads_of_one_name_become_two_versions(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let mut uploads = Vec::new();
    for text in ["one", "two", "three", "four"] {
        let (store, file) = (world.other_process().await?, file(&set, "lease.txt", text));
        uploads.push(tokio::spawn(async move {
            store.add_version(&Actor::Operator, file).await
        }));
    }
    let mut fresh = 0;
    for upload in uploads {
        if matches!(upload.await??, AddedVersion::New { .. }) {
            fresh += 1;
        }
    }
    assert_eq!(fresh, 1);
    let shown = world
        .store
        .documents(&world.everything().await?, &set)
        .await?;
    assert_eq!((shown.len(), shown[0].version_number), (1, 4));
    Ok(())
}

async fn a_version_is_committed_with_all_its_parts(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, version) = ids(world.add(&set, "lease.txt", "one\ntwo").await?)?;
    let store = &world.store;
    for state in [
        VersionState::Reading { done: 3, total: 7 },
        VersionState::Embedding { done: 1, total: 2 },
    ] {
        assert!(store.set_version_state(&version, &state).await?);
        assert_eq!(store.version_state(&version).await?, state);
    }
    assert!(
        store.index_rows(&version, MODEL).await?.is_empty(),
        "nothing half-done is visible"
    );
    store.commit_version(&version, found("one\ntwo")).await?;

    let shown = store
        .document(&world.everything().await?, &document)
        .await?;
    assert_eq!(
        (shown.state, shown.passages, shown.pages),
        (VersionState::Ready, 2, Some(1))
    );
    assert_eq!(shown.title, "A title");
    let passages = world.passages_of(&version).await?;
    let texts: Vec<_> = passages
        .iter()
        .map(|passage| passage.text.as_str())
        .collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!((passages[1].start, passages[1].end), (4, 7));
    assert_eq!(passages[1].heading_path, ["1 Term"]);
    assert_eq!(store.findable_passages().await?, 2);
    let original = store
        .original_of(&world.everything().await?, &document)
        .await?;
    assert_eq!(original.sha256, "sha-one\ntwo");
    Ok(())
}

async fn a_new_version_replaces_the_former_one_when_it_is_committed(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, first) = world.document(&set, "lease.txt", "one").await?;
    let (_, second) = ids(world.add(&set, "lease.txt", "two").await?)?;
    let old = world.passages_of(&first).await?;
    assert_eq!(old.len(), 1, "not before");
    let scope = world.everything().await?;
    assert_eq!(
        world.store.original_of(&scope, &document).await?.sha256,
        "sha-one"
    );

    world.store.commit_version(&second, found("two")).await?;
    assert_eq!(world.in_force().await?, std::slice::from_ref(&second));
    let ids = [old[0].id.clone()];
    assert!(world.store.passages(&scope, &ids).await?.is_empty());
    assert_eq!(world.passages_of(&second).await?[0].version_number, 2);
    let source = world.store.source(&scope, &first, 0, 3, 10).await?;
    assert_eq!((source.text.as_str(), source.superseded), ("one", true));
    Ok(())
}

async fn a_failed_new_version_leaves_the_former_one_searchable(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, first) = world.document(&set, "lease.txt", "one").await?;
    let (_, second) = ids(world.add(&set, "lease.txt", "two").await?)?;
    world.fail(&second, "This PDF is encrypted.").await?;
    assert_eq!(world.in_force().await?, std::slice::from_ref(&first));
    assert_eq!(world.passages_of(&first).await?.len(), 1);
    let shown = world
        .store
        .document(&world.everything().await?, &document)
        .await?;
    let failed = VersionState::Failed {
        cause: FailureCause::Encrypted,
        reason: "This PDF is encrypted.".to_owned(),
    };
    assert_eq!((shown.state, shown.validity), (failed, None));
    let scope = world.everything().await?;
    let in_force = world.store.original_of(&scope, &document).await?;
    let unread = world.store.original_of_version(&scope, &document, &second);
    let unread = unread.await?;
    assert_eq!(
        (in_force.sha256.as_str(), unread.sha256.as_str()),
        ("sha-one", "sha-two")
    );
    Ok(())
}

async fn a_version_that_comes_late_does_not_replace_a_newer_one(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, first) = ids(world.add(&set, "lease.txt", "one").await?)?;
    let (_, second) = ids(world.add(&set, "lease.txt", "two").await?)?;
    world.store.commit_version(&second, found("two")).await?;
    world.store.commit_version(&first, found("one")).await?;
    assert_eq!(world.in_force().await?, [second]);
    assert_eq!(
        world.store.version_state(&first).await?,
        VersionState::Ready
    );
    // What it was in force before the newer one came can still be asked.
    let yesterday = world.today().plus(-1);
    assert_eq!(world.in_force_on(yesterday).await?, [first]);
    Ok(())
}

async fn a_failed_version_can_be_retried(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, version) = ids(world.add(&set, "lease.txt", "one").await?)?;
    let (store, scope) = (&world.store, world.everything().await?);
    let settings = ReadSettings::default();
    let retry = async |document: &DocumentId| {
        store
            .retry_version(&Actor::Operator, &scope, document, &settings)
            .await
    };
    conflict(retry(&document).await);
    let job = store
        .lease_job(&[INGEST], "w", 1_000)
        .await?
        .ok_or("a job")?;
    world.fail(&version, "out of memory").await?;
    store.finish_job(&job.id, "w").await?;

    assert_eq!(retry(&document).await?, version);
    assert_eq!(store.version_state(&version).await?, VersionState::Queued);
    let leased = store.lease_job(&[INGEST], "w", 1_000).await?;
    assert!(leased.is_some());
    store.commit_version(&version, found("one")).await?;
    assert_eq!(world.in_force().await?, [version]);
    not_there(&retry(&"none".parse()?).await);
    Ok(())
}

async fn a_late_worker_changes_nothing_of_what_is_ready(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = world.document(&set, "lease.txt", "one").await?;
    let before = world.passages_of(&version).await?;
    world.store.commit_version(&version, found("one")).await?;
    world.fail(&version, "too slow").await?;
    let reading = VersionState::Reading { done: 0, total: 0 };
    assert!(!world.store.set_version_state(&version, &reading).await?);
    assert_eq!(
        world.store.version_state(&version).await?,
        VersionState::Ready
    );
    assert_eq!(world.passages_of(&version).await?, before);
    assert_eq!(world.store.outbox_head().await?, 1);
    Ok(())
}

async fn a_deleted_document_is_gone_at_once(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, version) = world.document(&set, "lease.txt", "one").await?;
    let passages = world.passages_of(&version).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    store
        .delete_document(&Actor::Operator, &scope, &document)
        .await?;

    assert!(store.documents(&scope, &set).await?.is_empty());
    assert!(matches!(
        store.document(&scope, &document).await,
        Err(StoreError::NotFound)
    ));
    assert!(matches!(
        store.original_of(&scope, &document).await,
        Err(StoreError::NotFound)
    ));
    assert!(matches!(
        store.source(&scope, &version, 0, 1, 9).await,
        Err(StoreError::NotFound)
    ));
    assert!(
        store
            .passages(&scope, &[passages[0].id.clone()])
            .await?
            .is_empty()
    );
    assert!(store.index_rows(&version, MODEL).await?.is_empty());
    assert!(store.findable_versions().await?.is_empty());
    let again = store
        .delete_document(&Actor::Operator, &scope, &document)
        .await;
    assert!(matches!(again, Err(StoreError::NotFound)));

    let (_, waiting) = ids(world.add(&set, "draft.txt", "draft").await?)?;
    let draft = store.documents_named(&scope, "draft.txt").await?;
    store
        .delete_document(&Actor::Operator, &scope, &draft[0].id)
        .await?;
    assert!(matches!(
        store.version_for_ingest(&waiting).await,
        Err(StoreError::NotFound)
    ));
    let late = store.commit_version(&waiting, found("draft")).await;
    assert!(matches!(late, Err(StoreError::NotFound)));
    // The name is free again.
    assert!(matches!(
        world.add(&set, "lease.txt", "one").await?,
        AddedVersion::New { .. }
    ));
    Ok(())
}

async fn what_does_not_fit_its_text_is_not_committed(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = ids(world.add(&set, "lease.txt", "one").await?)?;
    let mut beyond = found("one");
    beyond.passages[0].end = 4;
    let mut missing = found("one");
    missing.vectors.clear();
    for wrong in [beyond, missing] {
        let committed = world.store.commit_version(&version, wrong).await;
        assert!(matches!(committed, Err(StoreError::Invalid(_))));
    }
    assert_eq!(
        world.store.version_state(&version).await?,
        VersionState::Queued
    );
    Ok(())
}

async fn a_source_window_counts_in_characters(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let text = "Präambel § 1\nDie Kündigung 🖋 erfolgt schriftlich.\nEnde";
    let (_, version) = world.document(&set, "vertrag.txt", text).await?;
    let scope = world.everything().await?;
    let source = world.store.source(&scope, &version, 17, 26, 4).await?;
    assert_eq!(source.text, "Die Kündigung 🖋 e");
    assert_eq!((source.from, source.total), (13, text.chars().count()));
    assert_eq!(source.blocks.len(), 1);
    assert_eq!(source.set_name, "Contracts");
    let all = world
        .store
        .source(&scope, &version, 20, usize::MAX, usize::MAX)
        .await?;
    assert_eq!(
        (all.text.as_str(), all.from, all.blocks.len()),
        (text, 0, 3)
    );
    Ok(())
}

async fn a_nul_in_a_text_moves_no_offset(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, version) = world.document(&set, "odd.txt", "a\0b\nsecond").await?;
    let passages = world.passages_of(&version).await?;
    assert_eq!(passages[0].text, "a\u{FFFD}b");
    let scope = world.everything().await?;
    let source = world.store.source(&scope, &version, 4, 10, 0).await?;
    assert_eq!(source.text, "second");
    Ok(())
}

async fn sets_count_their_documents(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    world.set("Empty", Audience::Everyone).await?;
    world.document(&set, "one.txt", "one").await?;
    world.add(&set, "two.txt", "two").await?;
    let (_, bad) = ids(world.add(&set, "three.txt", "three").await?)?;
    world.fail(&bad, "broken").await?;
    let (gone, _) = world.document(&set, "four.txt", "four").await?;
    let scope = world.everything().await?;
    world
        .store
        .delete_document(&Actor::Operator, &scope, &gone)
        .await?;
    let sets = world.store.sets(&scope).await?;
    let counts: Vec<_> = sets
        .iter()
        .map(|set| {
            (
                set.name.as_str(),
                set.documents,
                set.in_progress,
                set.failed,
            )
        })
        .collect();
    assert_eq!(counts, [("Contracts", 3, 1, 1), ("Empty", 0, 0, 0)]);
    Ok(())
}
