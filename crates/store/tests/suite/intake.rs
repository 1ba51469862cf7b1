//! Files on their way in: how soon each is read, what moves, what failed, stopping and trying again.

use super::refusals::{conflict, invalid, not_there};
use super::{Done, World, both, file, found, ids};
use inhouse_protocol::{
    Audience, DocumentAccess, DocumentId, DocumentSummary, FailureCause, LineBox, PageInfo,
    ParserChoice, ReadSettings, Role, SetId, Timestamp, VersionId, VersionState,
};
use inhouse_store::{Actor, AddVersion, Committed, INGEST, Principal, Priority, Store, StoreError};

both!(
    one_persons_load_does_not_hold_up_anothers_file,
    a_stopped_file_stays_so_whatever_its_worker_does,
    a_stopped_file_is_read_again_when_somebody_wants_it,
    all_that_failed_is_read_again_with_its_own_settings,
    all_that_is_on_its_way_is_stopped_at_once,
    quarantine_shows_what_failed_to_who_manages_the_set,
    whoever_watches_is_told_what_moves,
    who_only_reads_moves_nothing,
    what_was_read_is_told_with_its_pages_and_warnings,
);

const BY: Actor = Actor::Operator;

fn upload(set: &SetId, name: &str) -> AddVersion {
    AddVersion {
        priority: Priority::Upload,
        ..file(set, name, name)
    }
}

/// The subjects of the jobs, in the order in which a worker gets them.
async fn queue(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut subjects = Vec::new();
    while let Some(job) = store.lease_job(&[INGEST], "w", 1_000).await? {
        subjects.push(job.subject);
    }
    Ok(subjects)
}

async fn added(
    world: &World,
    set: &SetId,
    name: &str,
) -> Result<(DocumentId, VersionId), Box<dyn std::error::Error>> {
    ids(world.add(set, name, name).await?)
}

async fn one_persons_load_does_not_hold_up_anothers_file(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (_, emil) = world.person("emil", Role::Admin).await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    for number in 0..60 {
        let add = upload(&set, &format!("load {number}.txt"));
        store.add_version(&emil.actor(), add).await?;
    }
    let ada_actor = ada.actor();
    let one = store.add_version(&ada_actor, upload(&set, "one.txt"));
    let (_, one) = ids(one.await?)?;
    let order = queue(store).await?;
    let place = order.iter().position(|subject| subject == one.as_str());
    assert_eq!((order.len(), place), (61, Some(50)));
    Ok(())
}

async fn a_stopped_file_stays_so_whatever_its_worker_does(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, version) = added(&world, &set, "lease.txt").await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let job = store
        .lease_job(&[INGEST], "w", 60_000)
        .await?
        .ok_or("a job")?;
    let reading = VersionState::Reading { done: 1, total: 9 };
    assert!(store.set_version_state(&version, &reading).await?);

    store.cancel_version(&BY, &scope, &document).await?;
    assert!(!store.heartbeat(&job.id, "w", 60_000).await?);
    assert!(!store.set_version_state(&version, &reading).await?);
    store.commit_version(&version, found("lease.txt")).await?;
    world.fail(&version, "too late").await?;
    let state = store.version_state(&version).await?;
    let stopped = matches!(&state, VersionState::Failed { cause, reason }
        if *cause == FailureCause::Cancelled && reason.contains("Retry"));
    assert!(stopped, "{state:?}");
    assert!(store.findable_versions().await?.is_empty());
    assert_eq!(store.jobs_waiting(INGEST).await?, 0);
    conflict(store.cancel_version(&BY, &scope, &document).await);
    Ok(())
}

async fn a_stopped_file_is_read_again_when_somebody_wants_it(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, version) = added(&world, &set, "lease.pdf").await?;
    let (store, scope) = (&world.store, world.everything().await?);
    store.cancel_version(&BY, &scope, &document).await?;
    let settings = ReadSettings {
        parser: ParserChoice::Ocr,
        languages: vec!["de".into()],
        patient: true,
    };
    for languages in [vec!["deu".into()], vec!["de".into(); 9], vec!["D1".into()]] {
        let wrong = ReadSettings {
            languages,
            ..settings.clone()
        };
        let retried = store.retry_version(&BY, &scope, &document, &wrong).await;
        invalid(&retried);
    }
    store
        .retry_version(&BY, &scope, &document, &settings)
        .await?;
    assert_eq!(queue(store).await?, [version.as_str()]);
    let work = store.version_for_ingest(&version).await?;
    assert_eq!((work.settings, work.added_by), (settings, BY));
    store.commit_version(&version, found("lease.pdf")).await?;
    assert_eq!(world.in_force().await?, [version]);
    Ok(())
}

async fn all_that_failed_is_read_again_with_its_own_settings(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let other = world.set("Policies", Audience::Everyone).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let mut failed = Vec::new();
    for (set, name) in [(&set, "a.pdf"), (&set, "b.pdf"), (&other, "c.pdf")] {
        let (document, version) = added(&world, set, name).await?;
        world.fail(&version, "encrypted").await?;
        failed.push((document, version));
    }
    let settings = ReadSettings {
        patient: true,
        ..ReadSettings::default()
    };
    let (document, version) = &failed[0];
    store
        .retry_version(&BY, &scope, document, &settings)
        .await?;
    world.fail(version, "encrypted").await?;
    // An older version that failed is nobody's concern any more.
    let (_, old) = added(&world, &set, "d.pdf").await?;
    world.fail(&old, "encrypted").await?;
    world.document(&set, "d.pdf", "readable").await?;
    queue(store).await?;

    assert_eq!(store.retry_failed(&BY, &scope, &set).await?, 2);
    assert_eq!(store.retry_failed(&BY, &scope, &set).await?, 0);
    let mut again = queue(store).await?;
    again.sort_unstable();
    let mut expected: Vec<_> = failed[..2].iter().map(|(_, id)| id.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(again, expected);
    let work = store.version_for_ingest(version).await?;
    assert_eq!(work.settings, settings);
    Ok(())
}

async fn all_that_is_on_its_way_is_stopped_at_once(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let (_, reading) = added(&world, &set, "a.pdf").await?;
    let state = VersionState::Reading { done: 0, total: 0 };
    store.set_version_state(&reading, &state).await?;
    for name in ["b.pdf", "c.pdf"] {
        added(&world, &set, name).await?;
    }
    let before = store.audit_after(0, 100).await?.len();
    assert_eq!(store.cancel_all(&BY, &scope, &set).await?, 3);
    assert!(
        !store.set_version_state(&reading, &state).await?,
        "its worker learns it"
    );
    assert!(queue(store).await?.is_empty());
    let records = store.audit_after(0, 100).await?.split_off(before);
    let actions: Vec<_> = records.iter().map(|one| one.action.as_str()).collect();
    assert_eq!(actions, ["document.cancel"; 3]);
    assert_eq!(records[0].detail["set"], set.as_str());
    Ok(())
}

async fn quarantine_shows_what_failed_to_who_manages_the_set(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let closed = world.set("Closed", Audience::Everyone).await?;
    let (_, first) = added(&world, &set, "first.pdf").await?;
    world.fail(&first, "It is encrypted.").await?;
    world.clock.advance_ms(1_000);
    world.document(&set, "second.pdf", "readable").await?;
    let (_, second) = ids(world.add(&set, "second.pdf", "not").await?)?;
    world
        .store
        .fail_version(&second, FailureCause::Memory, "Too large.")
        .await?;
    added(&world, &closed, "waits.pdf").await?;

    let (_, ada) = world.person("ada", Role::Admin).await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let told = store.quarantine(&store.scope(&ada).await?).await?;
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.document.name.as_str(), one.earlier_in_force))
        .collect();
    assert_eq!(told, [("second.pdf", true), ("first.pdf", false)]);
    let all = store.quarantine(&world.everything().await?).await?;
    assert_eq!(all[0].set_name, "Contracts");
    assert_eq!(all[0].failed_at, world.store.now());
    let reader = store.scope(&emil).await?;
    assert!(store.quarantine(&reader).await?.is_empty());
    Ok(())
}

fn names(moved: &[DocumentSummary]) -> Vec<&str> {
    moved
        .iter()
        .map(|document| document.name.as_str())
        .collect()
}

async fn whoever_watches_is_told_what_moves(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let (empty, since) = store.progress(&scope, &set, Timestamp(0)).await?;
    assert_eq!((empty.documents, empty.moved.len()), (0, 0));
    assert!(since > Timestamp(0), "the next call is no first one");

    world.document(&set, "ready.txt", "ready").await?;
    let (told, _) = store.progress(&scope, &set, since).await?;
    assert_eq!(names(&told.moved), ["ready.txt"]);

    world.clock.advance_ms(600_000);
    let (_, waiting) = added(&world, &set, "waiting.txt").await?;
    let (document, hidden) = added(&world, &set, "hidden.txt").await?;
    let nobody = DocumentAccess {
        groups: Some(Vec::new()),
    };
    store
        .set_document_access(&BY, &scope, &document, &nobody)
        .await?;
    let (first, since) = store.progress(&scope, &set, Timestamp(0)).await?;
    assert_eq!(names(&first.moved), ["waiting.txt", "hidden.txt"]);
    assert_eq!(
        (first.documents, first.in_progress, first.failed),
        (3, 2, 0)
    );

    world.clock.advance_ms(600_000);
    let reading = VersionState::Reading { done: 1, total: 2 };
    store.set_version_state(&waiting, &reading).await?;
    world.fail(&hidden, "broken").await?;
    let (next, _) = store.progress(&scope, &set, since).await?;
    assert_eq!((next.in_progress, next.failed), (1, 1));
    assert_eq!(names(&next.moved), ["waiting.txt", "hidden.txt"]);
    assert_eq!(next.moved[0].state, reading);
    assert_eq!(next.moved[0].moved_at, store.now());

    let (_, emil) = world.person("emil", Role::Employee).await?;
    let reader = store.scope(&emil).await?;
    let (seen, _) = store.progress(&reader, &set, since).await?;
    assert_eq!(names(&seen.moved), ["waiting.txt"]);
    assert_eq!((seen.documents, seen.failed), (2, 0));
    let legal = world.legal_set("Legal").await?;
    not_there(&store.progress(&reader, &legal, Timestamp(0)).await);
    not_there(&store.progress(&scope, &"none".parse()?, Timestamp(0)).await);
    Ok(())
}

async fn who_only_reads_moves_nothing(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (document, version) = added(&world, &set, "lease.txt").await?;
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let (scope, by) = (store.scope(&emil).await?, emil.actor());
    not_there(&store.cancel_version(&by, &scope, &document).await);
    not_there(&store.cancel_all(&by, &scope, &set).await);
    world.fail(&version, "broken").await?;
    not_there(&store.retry_failed(&by, &scope, &set).await);
    let settings = ReadSettings::default();
    not_there(&store.retry_version(&by, &scope, &document, &settings).await);
    not_there(&store.references(&scope, &document).await);
    let operator = store.scope(&Principal::operator()).await?;
    let nowhere: SetId = "none".parse()?;
    not_there(&store.cancel_all(&BY, &operator, &nowhere).await);
    Ok(())
}

async fn what_was_read_is_told_with_its_pages_and_warnings(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let (document, version) = added(&world, &set, "lease.pdf").await?;
    let line = LineBox {
        start: 0,
        end: 5,
        page: 1,
        left: 1_000,
        top: 500,
        width: 8_000,
        height: 200,
    };
    let page = PageInfo {
        page: 1,
        label: Some("iv".into()),
        parser: "tesseract".into(),
        width: 595,
        height: 842,
    };
    let beyond = Committed {
        boxes: vec![LineBox { end: 99, ..line }],
        ..found("lease")
    };
    invalid(&store.commit_version(&version, beyond).await);
    let read = Committed {
        boxes: vec![line],
        page_info: vec![page.clone()],
        warnings: vec!["Its macros were ignored.".into()],
        language: "de".into(),
        ..found("lease")
    };
    store.commit_version(&version, read).await?;

    let detail = store.document_detail(&scope, &document).await?;
    assert!(detail.summary.attention);
    let told = &detail.versions[0];
    assert_eq!(told.page_info, [page]);
    assert_eq!(told.warnings, ["Its macros were ignored."]);
    assert_eq!((told.language.as_str(), told.passages), ("de", 1));
    let text = store.version_text(&scope, &version).await?;
    assert_eq!((text.text.as_str(), text.blocks.len()), ("lease", 1));
    assert_eq!((text.version.number, &text.set), (1, &set));
    let (_, waiting) = added(&world, &set, "other.pdf").await?;
    not_there(&store.version_text(&scope, &waiting).await);
    Ok(())
}
