//! When versions are in force: what is found today, what on another day, and what never.

use super::refusals::{invalid, not_there};
use super::{Done, World, both, found, ids};
use inhouse_protocol::{
    Audience, Day, DocumentFacts, DocumentId, Role, SetId, Validity, VersionDates, VersionId,
};
use inhouse_store::{Actor, OutboxKind, Principal, StoreError};

both!(
    a_question_about_an_earlier_day_finds_the_version_of_that_day,
    a_version_of_the_future_is_not_found_before_its_day,
    a_correction_that_reaches_back_replaces_what_it_corrects,
    what_has_expired_is_not_found,
    a_document_takes_the_place_of_another_from_its_first_day_on,
    a_document_that_goes_hands_the_place_that_it_took_to_its_successor,
    dates_are_kept_by_who_manages_the_set_and_make_sense,
    the_indexes_hear_of_every_day_that_moves,
    of_versions_read_at_once_no_two_are_in_force,
);

const BY: Actor = Actor::Operator;

fn day(text: &str) -> Result<Day, Box<dyn std::error::Error>> {
    Ok(text.parse::<Day>()?)
}

fn from(day: Day) -> VersionDates {
    VersionDates {
        effective_from: Some(day),
        effective_until: None,
    }
}

async fn date(world: &World, version: &VersionId, dates: VersionDates) -> Result<(), StoreError> {
    let scope = world.store.scope(&Principal::operator()).await?;
    world
        .store
        .set_version_dates(&BY, &scope, version, dates)
        .await
}

async fn supersede(
    world: &World,
    document: &DocumentId,
    other: Option<&DocumentId>,
) -> Result<(), StoreError> {
    let scope = world.store.scope(&Principal::operator()).await?;
    let facts = DocumentFacts {
        supersedes: other.cloned(),
        ..DocumentFacts::default()
    };
    world.store.set_facts(&BY, &scope, document, &facts).await
}

async fn version(
    world: &World,
    set: &SetId,
    name: &str,
    text: &str,
) -> Result<VersionId, Box<dyn std::error::Error>> {
    Ok(world.document(set, name, text).await?.1)
}

async fn a_question_about_an_earlier_day_finds_the_version_of_that_day(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let first = version(&world, &set, "travel.txt", "Fly.").await?;
    world.pass_days(30);
    let (document, second) = world
        .document(&set, "travel.txt", "Take the train.")
        .await?;
    let changed = world.today();

    assert_eq!(world.in_force().await?, std::slice::from_ref(&second));
    let store = &world.store;
    let today = world.everything().await?;
    assert_eq!(today.on(), changed);
    let mut passages = Vec::new();
    for version in [&first, &second] {
        for row in store.index_rows(version, super::MODEL).await? {
            passages.push(row.passage);
        }
    }
    let texts = async |day: Day| {
        let scope = world.everything().await?.as_of(day);
        let shown = store.passages(&scope, &passages).await?;
        let texts = shown.into_iter().map(|passage| passage.text);
        Ok::<_, Box<dyn std::error::Error>>(texts.collect::<Vec<_>>())
    };
    assert_eq!(texts(changed).await?, ["Take the train."]);
    assert_eq!(texts(changed.plus(-1)).await?, ["Fly."]);
    assert_eq!(texts(Day::FIRST).await?, ["Fly."]);
    assert_eq!(texts(Day::LAST).await?, ["Take the train."]);

    let shown = store.document(&today, &document).await?;
    let since = Validity {
        from: Some(changed),
        until: None,
    };
    assert_eq!(shown.validity, Some(since));
    let detail = store.document_detail(&today, &document).await?;
    let told: Vec<_> = detail
        .versions
        .iter()
        .map(|version| (version.number, version.in_force))
        .collect();
    assert_eq!(told, [(2, true), (1, false)]);
    let before = Validity {
        from: None,
        until: Some(changed),
    };
    assert_eq!(detail.versions[1].validity, Some(before));
    let then = today.as_of(changed.plus(-1));
    let original = store.original_of(&then, &document).await?;
    assert_eq!(original.sha256, "sha-Fly.");
    Ok(())
}

async fn a_version_of_the_future_is_not_found_before_its_day(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let now = version(&world, &set, "travel.txt", "Fly.").await?;
    let later = version(&world, &set, "travel.txt", "Walk.").await?;
    let begins = world.today().plus(20);
    date(&world, &later, from(begins)).await?;
    assert_eq!(world.in_force().await?, std::slice::from_ref(&now));
    assert!(world.passages_of(&later).await?.is_empty());
    world.pass_days(19);
    assert_eq!(world.in_force().await?, [now]);
    world.pass_days(1);
    assert_eq!(world.in_force().await?, std::slice::from_ref(&later));
    assert_eq!(world.passages_of(&later).await?.len(), 1);
    Ok(())
}

async fn a_correction_that_reaches_back_replaces_what_it_corrects(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let mut versions = Vec::new();
    for (text, begins) in [
        ("one", "2025-01-01"),
        ("two", "2026-01-01"),
        ("three", "2025-07-01"),
    ] {
        let version = version(&world, &set, "travel.txt", text).await?;
        date(&world, &version, from(day(begins)?)).await?;
        versions.push(version);
    }
    for (on, expected) in [
        ("2024-12-31", [].as_slice()),
        ("2025-01-01", &versions[..1]),
        ("2025-06-30", &versions[..1]),
        ("2025-07-01", &versions[2..]),
        ("2026-02-01", &versions[2..]),
    ] {
        assert_eq!(world.in_force_on(day(on)?).await?, expected, "{on}");
    }
    assert_eq!(world.store.findable_versions().await?.len(), 2);
    Ok(())
}

async fn what_has_expired_is_not_found(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let first = version(&world, &set, "offer.txt", "one").await?;
    world.pass_days(10);
    let second = version(&world, &set, "offer.txt", "two").await?;
    let ends = world.today().plus(5);
    let dates = VersionDates {
        effective_from: None,
        effective_until: Some(ends),
    };
    date(&world, &second, dates).await?;
    assert_eq!(world.in_force().await?, std::slice::from_ref(&second));
    world.pass_days(5);
    assert!(world.in_force().await?.is_empty(), "nor what it replaced");
    assert_eq!(world.in_force_on(ends.plus(-1)).await?, [second]);
    assert_eq!(world.in_force_on(ends.plus(-6)).await?, [first]);
    Ok(())
}

async fn a_document_takes_the_place_of_another_from_its_first_day_on(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let (old, of_old) = world.document(&set, "travel 2025.txt", "old").await?;
    world.pass_days(30);
    let (new, of_new) = world.document(&set, "travel 2026.txt", "new").await?;
    assert_eq!(world.in_force().await?.len(), 2);

    supersede(&world, &new, Some(&old)).await?;
    let read = world.today();
    assert_eq!(world.in_force().await?, std::slice::from_ref(&of_new));
    assert_eq!(
        world.in_force_on(read.plus(-1)).await?,
        std::slice::from_ref(&of_old),
        "it holds from the day it was read, no longer since ever"
    );
    // The first day of the one moves the last day of the other.
    let begins = read.plus(60);
    date(&world, &of_new, from(begins)).await?;
    assert_eq!(world.in_force().await?, std::slice::from_ref(&of_old));
    assert_eq!(
        world.in_force_on(begins).await?,
        std::slice::from_ref(&of_new)
    );
    let third = version(&world, &set, "travel 2025.txt", "old, mended").await?;
    assert_eq!(world.in_force().await?, std::slice::from_ref(&third));
    assert_eq!(
        world.in_force_on(begins).await?,
        std::slice::from_ref(&of_new)
    );

    // Whatever takes the place of the successor takes the place of both.
    let (newest, of_newest) = world.document(&set, "travel 2027.txt", "newest").await?;
    supersede(&world, &newest, Some(&new)).await?;
    date(&world, &of_newest, from(read.plus(10))).await?;
    assert_eq!(
        world.in_force_on(read.plus(9)).await?,
        std::slice::from_ref(&third)
    );
    for on in [read.plus(10), begins, begins.plus(500)] {
        assert_eq!(
            world.in_force_on(on).await?,
            std::slice::from_ref(&of_newest),
            "{on}"
        );
    }
    supersede(&world, &newest, None).await?;
    supersede(&world, &new, None).await?;
    assert_eq!(world.in_force_on(begins.plus(500)).await?.len(), 3);
    Ok(())
}

async fn a_document_that_goes_hands_the_place_that_it_took_to_its_successor(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let (old, of_old) = world.document(&set, "2024.txt", "old").await?;
    let (middle, _) = world.document(&set, "2025.txt", "middle").await?;
    let (new, of_new) = world.document(&set, "2026.txt", "new").await?;
    supersede(&world, &middle, Some(&old)).await?;
    supersede(&world, &new, Some(&middle)).await?;
    let scope = world.everything().await?;
    let store = &world.store;
    store.delete_document(&BY, &scope, &middle).await?;
    assert_eq!(world.in_force().await?, [of_new]);
    let detail = store.document_detail(&scope, &new).await?;
    assert_eq!(detail.supersedes.map(|other| other.id), Some(old.clone()));
    let by = store.document_detail(&scope, &old).await?.superseded_by;
    assert_eq!(by.map(|other| other.id), Some(new.clone()));
    // Without a successor, what it superseded is in force again.
    store.delete_document(&BY, &scope, &new).await?;
    assert_eq!(world.in_force().await?, [of_old]);
    Ok(())
}

async fn dates_are_kept_by_who_manages_the_set_and_make_sense(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let version = version(&world, &set, "travel.txt", "one").await?;
    let (begins, ends) = (day("2026-01-01")?, day("2026-01-01")?);
    let backwards = VersionDates {
        effective_from: Some(begins),
        effective_until: Some(ends),
    };
    invalid(&date(&world, &version, backwards).await);
    not_there(&date(&world, &"none".parse()?, from(begins)).await);
    let (_, emil) = world.person("emil", Role::Employee).await?;
    let scope = world.store.scope(&emil).await?;
    let by = emil.actor();
    let set_by_reader = world
        .store
        .set_version_dates(&by, &scope, &version, from(begins))
        .await;
    not_there(&set_by_reader);
    let before = world.store.audit_after(0, 100).await?.len();
    for _ in 0..2 {
        date(&world, &version, from(begins)).await?;
    }
    let records = world.store.audit_after(0, 100).await?.split_off(before);
    let [record] = records.as_slice() else {
        return Err(format!("{records:?}").into());
    };
    assert_eq!(record.action, "document.dates");
    assert_eq!(record.detail["set"], set.as_str());
    assert_eq!(record.detail["dates"]["effective_from"], "2026-01-01");
    Ok(())
}

async fn the_indexes_hear_of_every_day_that_moves(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let first = version(&world, &set, "travel.txt", "one").await?;
    let second = version(&world, &set, "travel.txt", "two").await?;
    let heard = async |after: i64| {
        let entries = world.store.outbox_after(after, 100).await?;
        let told = entries.into_iter().map(|entry| (entry.kind, entry.version));
        Ok::<_, StoreError>(told.collect::<Vec<_>>())
    };
    let (upsert, remove) = (OutboxKind::Upsert, OutboxKind::Remove);
    assert_eq!(
        heard(0).await?,
        [
            (upsert, first.clone()),
            // What holds now comes before what is past by it.
            (upsert, second.clone()),
            (upsert, first.clone()),
        ]
    );
    date(&world, &second, from(Day::FIRST)).await?;
    assert_eq!(
        heard(3).await?,
        [(upsert, second.clone()), (remove, first.clone())]
    );
    let rows = world.store.index_rows(&first, super::MODEL).await?;
    assert!(rows.is_empty());
    date(&world, &second, from(world.today())).await?;
    assert_eq!(heard(5).await?, [(upsert, second), (upsert, first)]);
    Ok(())
}

async fn of_versions_read_at_once_no_two_are_in_force(world: World) -> Done {
    let set = world.set("Policies", Audience::Everyone).await?;
    let mut waiting = Vec::new();
    for number in 0..8 {
        let text = format!("text {number}");
        let (_, version) = ids(world.add(&set, "travel.txt", &text).await?)?;
        waiting.push((version, text));
    }
    let newest = waiting.last().ok_or("there are some")?.0.clone();
    let stores = [world.store.clone(), world.other_process().await?];
    let mut commits = Vec::new();
    for (number, (version, text)) in waiting.into_iter().enumerate() {
        let store = stores[number % 2].clone();
        commits.push(tokio::spawn(async move {
            store.commit_version(&version, found(&text)).await
        }));
    }
    for commit in commits {
        commit.await??;
    }
    assert_eq!(world.in_force().await?, [newest]);
    let yesterday = world.today().plus(-1);
    assert_eq!(world.in_force_on(yesterday).await?.len(), 1);
    Ok(())
}
