//! Folders, and what comes out of archives and mails.

use super::refusals::{invalid, not_there};
use super::{Done, World, both, file, found, ids};
use inhouse_protocol::{
    Audience, DocumentAccess, DocumentId, DocumentSummary, Role, SetId, VersionId,
};
use inhouse_store::{Actor, AddVersion, AddedVersion, INGEST, Principal, StoreError};

both!(
    one_name_in_two_folders_is_two_documents,
    a_folder_leads_nowhere_else,
    a_file_that_becomes_like_another_is_a_new_version,
    parts_stand_under_what_they_came_out_of,
    a_part_that_comes_again_is_not_read_twice,
    a_renamed_part_outlives_its_old_name,
    parts_go_with_what_they_came_out_of,
    parts_are_narrow_as_what_they_came_out_of,
    nothing_becomes_a_part_of_what_is_gone,
);

const BY: Actor = Actor::Operator;

fn in_folder(set: &SetId, folder: &str, name: &str, text: &str) -> AddVersion {
    AddVersion {
        folder: folder.to_owned(),
        ..file(set, name, text)
    }
}

fn part(set: &SetId, parent: &DocumentId, name: &str, text: &str) -> AddVersion {
    AddVersion {
        part_of: Some(parent.clone()),
        ..in_folder(set, "all.zip", name, text)
    }
}

/// An archive that holds files, each with its name as its text.
struct Archive {
    set: SetId,
    document: DocumentId,
}

impl Archive {
    async fn of(world: &World, names: &[&str]) -> Result<Self, Box<dyn std::error::Error>> {
        let set = world.set("Contracts", Audience::Everyone).await?;
        let (document, version) = ids(world.add(&set, "all.zip", "an archive").await?)?;
        let archive = Self { set, document };
        for name in names {
            let (_, version) = archive.part(world, name, name).await?;
            world.store.commit_version(&version, found(name)).await?;
        }
        world
            .store
            .commit_version(&version, found("the list"))
            .await?;
        Ok(archive)
    }

    async fn part(
        &self,
        world: &World,
        name: &str,
        text: &str,
    ) -> Result<(DocumentId, VersionId), Box<dyn std::error::Error>> {
        let add = part(&self.set, &self.document, name, text);
        ids(world.store.add_version(&BY, add).await?)
    }

    async fn names(&self, world: &World) -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let scope = world.everything().await?;
        let documents = world.store.documents(&scope, &self.set).await?;
        Ok(documents.iter().map(place).collect())
    }
}

fn place(document: &DocumentSummary) -> String {
    format!("{}|{}", document.folder, document.name)
}

async fn one_name_in_two_folders_is_two_documents(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    let store = &world.store;
    for (folder, text) in [("", "one"), ("2025", "two"), ("2026/new", "three")] {
        let added = store
            .add_version(&BY, in_folder(&set, folder, "lease.txt", text))
            .await?;
        assert!(matches!(added, AddedVersion::New { .. }), "{added:?}");
    }
    let again = store
        .add_version(&BY, in_folder(&set, "2025", "lease.txt", "two, mended"))
        .await?;
    let (document, version) = ids(again)?;
    let scope = world.everything().await?;
    let listed = store.documents(&scope, &set).await?;
    assert_eq!(
        listed.iter().map(place).collect::<Vec<_>>(),
        ["|lease.txt", "2025|lease.txt", "2026/new|lease.txt"]
    );
    assert_eq!(store.documents_named(&scope, "lease.txt").await?.len(), 3);
    let named = store.documents_named(&scope, "2025/lease.txt").await?;
    assert_eq!(named.len(), 1);
    assert_eq!((&named[0].id, named[0].version_number), (&document, 2));
    let work = store.version_for_ingest(&version).await?;
    assert_eq!((work.folder.as_str(), work.depth), ("2025", 0));
    assert_eq!((work.number, work.newest), (2, true));
    Ok(())
}

async fn a_folder_leads_nowhere_else(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    for folder in ["..", "/etc", "a/../b", "a//b"] {
        let added = world
            .store
            .add_version(&BY, in_folder(&set, folder, "x.txt", folder))
            .await;
        invalid(&added);
    }
    Ok(())
}

async fn a_file_that_becomes_like_another_is_a_new_version(world: World) -> Done {
    let set = world.set("Contracts", Audience::Everyone).await?;
    world.document(&set, "one.txt", "one").await?;
    world.document(&set, "two.txt", "two").await?;
    let added = world.add(&set, "two.txt", "one").await?;
    assert!(
        matches!(added, AddedVersion::NewVersion { .. }),
        "{added:?}"
    );
    let added = world.add(&set, "three.txt", "one").await?;
    assert!(matches!(added, AddedVersion::Duplicate { .. }), "{added:?}");
    Ok(())
}

async fn parts_stand_under_what_they_came_out_of(world: World) -> Done {
    let archive = Archive::of(&world, &["a.txt", "b.txt"]).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let detail = store.document_detail(&scope, &archive.document).await?;
    let parts: Vec<_> = detail.parts.iter().map(place).collect();
    assert_eq!(parts, ["all.zip|a.txt", "all.zip|b.txt"]);
    let of_part = store.document_detail(&scope, &detail.parts[0].id).await?;
    assert_eq!(of_part.summary.part_of.as_ref(), Some(&archive.document));
    assert_eq!(of_part.part_of.ok_or("a name")?.name, "all.zip");
    let deeper = AddVersion {
        folder: "all.zip/a.txt".into(),
        ..part(&archive.set, &detail.parts[0].id, "deep.txt", "deep")
    };
    let (_, version) = ids(store.add_version(&BY, deeper).await?)?;
    assert_eq!(store.version_for_ingest(&version).await?.depth, 2);
    let references = store.references(&scope, &archive.document).await?;
    assert_eq!(references.parts, 3);
    Ok(())
}

async fn a_part_that_comes_again_is_not_read_twice(world: World) -> Done {
    let archive = Archive::of(&world, &["a.txt"]).await?;
    let (document, version) = archive.part(&world, "broken.txt", "broken").await?;
    world.fail(&version, "broken").await?;
    // The worker was killed, and unpacks once more.
    for (name, text) in [("a.txt", "a.txt"), ("broken.txt", "broken")] {
        let add = part(&archive.set, &archive.document, name, text);
        let added = world.store.add_version(&BY, add).await?;
        assert!(matches!(added, AddedVersion::Duplicate { .. }), "{added:?}");
    }
    let scope = world.everything().await?;
    let shown = world.store.document(&scope, &document).await?;
    assert_eq!(shown.version_number, 1);
    Ok(())
}

async fn a_renamed_part_outlives_its_old_name(world: World) -> Done {
    let archive = Archive::of(&world, &["old.txt", "kept.txt"]).await?;
    archive.part(&world, "new.txt", "old.txt").await?;
    let keep = ["new.txt", "kept.txt"].map(|name| ("all.zip".to_owned(), name.to_owned()));
    let retire = async || {
        world
            .store
            .retire_parts(&Actor::System, &archive.document, &keep)
            .await
    };
    assert_eq!((retire().await?, retire().await?), (1, 0));
    assert_eq!(
        archive.names(&world).await?,
        ["|all.zip", "all.zip|kept.txt", "all.zip|new.txt"]
    );
    let record = world.store.audit_after(0, 100).await?.pop();
    let record = record.ok_or("a record")?;
    assert_eq!(
        (record.action.as_str(), record.actor),
        ("document.delete", Actor::System)
    );
    assert_eq!(record.detail["part_of"], archive.document.as_str());
    Ok(())
}

async fn parts_go_with_what_they_came_out_of(world: World) -> Done {
    let archive = Archive::of(&world, &["a.txt", "b.txt"]).await?;
    let (_, waiting) = archive.part(&world, "c.txt", "c.txt").await?;
    let (store, scope) = (&world.store, world.everything().await?);
    while let Some(job) = store.lease_job(&[INGEST], "w", 60_000).await? {
        if job.subject != waiting.as_str() {
            store.finish_job(&job.id, "w").await?;
        }
    }
    assert_eq!(store.findable_versions().await?.len(), 3);
    let before = store.audit_after(0, 1_000).await?.len();
    store
        .delete_document(&BY, &scope, &archive.document)
        .await?;
    assert!(archive.names(&world).await?.is_empty());
    assert!(store.findable_versions().await?.is_empty());
    assert_eq!(store.jobs_waiting(INGEST).await?, 0);
    not_there(&store.version_for_ingest(&waiting).await);
    let records = store.audit_after(0, 1_000).await?.split_off(before);
    assert_eq!(records.len(), 4, "a record for each");
    for record in records {
        assert_eq!(record.action, "document.delete");
        assert_eq!(record.detail["set"], archive.set.as_str());
    }
    let removed = store.outbox_after(3, 100).await?;
    assert_eq!(removed.len(), 3);
    Ok(())
}

async fn parts_are_narrow_as_what_they_came_out_of(world: World) -> Done {
    let archive = Archive::of(&world, &["a.txt"]).await?;
    let (emil, emils) = world.person("emil", Role::Employee).await?;
    let (_, ottos) = world.person("otto", Role::Employee).await?;
    let group = world.group("Deal team", &[&emil]).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let narrow = DocumentAccess {
        groups: Some(vec![group]),
    };
    store
        .set_document_access(&BY, &scope, &archive.document, &narrow)
        .await?;
    // Also what is found in it from then on.
    archive.part(&world, "later.txt", "later").await?;
    let sees = async |principal: &Principal| {
        let scope = store.scope(principal).await?;
        let documents = store.documents(&scope, &archive.set).await?;
        Ok::<_, StoreError>(documents.len())
    };
    assert_eq!((sees(&emils).await?, sees(&ottos).await?), (3, 0));
    let wide = DocumentAccess { groups: None };
    store
        .set_document_access(&BY, &scope, &archive.document, &wide)
        .await?;
    assert_eq!(sees(&ottos).await?, 3);
    Ok(())
}

async fn nothing_becomes_a_part_of_what_is_gone(world: World) -> Done {
    let archive = Archive::of(&world, &[]).await?;
    let elsewhere = world.set("Policies", Audience::Everyone).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let other_set = part(&elsewhere, &archive.document, "a.txt", "a");
    not_there(&store.add_version(&BY, other_set).await);
    store
        .delete_document(&BY, &scope, &archive.document)
        .await?;
    let late = part(&archive.set, &archive.document, "a.txt", "a");
    not_there(&store.add_version(&BY, late).await);
    Ok(())
}
