//! The rights that groups give: on sets, on restricted sets, on single documents.

use super::refusals::{conflict, invalid, not_there};
use super::{Done, World, both, granted, ids, sentence};
use inhouse_protocol::{
    Audience, DocumentAccess, DocumentId, GroupId, NewDocumentSet, Outcome, PersonChange, Right,
    Role, SetAccess, SetId, VersionId,
};
use inhouse_store::{Actor, FinishRun, Principal, Scope, Store, StoreError, User};

both!(
    a_person_sees_the_sets_of_their_groups,
    a_right_that_is_lost_is_lost_at_the_next_request,
    somebody_disabled_sees_nothing,
    a_restricted_set_is_there_only_for_its_groups,
    a_restricted_set_always_has_a_group_that_manages_it,
    whoever_makes_a_restricted_set_from_outside_does_not_find_it_again,
    who_only_reads_a_set_changes_nothing,
    rights_make_sense_or_are_refused,
    a_narrowed_document_is_there_for_its_groups_and_for_who_manages_the_set,
    a_narrowed_document_is_counted_only_for_who_sees_it,
    a_document_narrowed_later_leaves_the_answers_that_cite_it,
    a_group_goes_with_the_rights_that_it_gave,
    every_change_of_rights_is_recorded_with_its_set,
);

const BY: Actor = Actor::Operator;

fn access(audience: Audience, grants: &[(&GroupId, Right)]) -> SetAccess {
    SetAccess {
        audience,
        grants: granted(grants),
    }
}

/// Somebody in a group of their own.
struct Member {
    user: User,
    principal: Principal,
    group: GroupId,
}

impl Member {
    async fn scope(&self, store: &Store) -> Result<Scope, StoreError> {
        store.scope(&self.principal).await
    }
}

async fn member(world: &World, name: &str) -> Result<Member, Box<dyn std::error::Error>> {
    let (user, principal) = world.person(name, Role::Employee).await?;
    let group = world.group(&format!("Group of {name}"), &[&user]).await?;
    Ok(Member {
        user,
        principal,
        group,
    })
}

/// A document in a set that a group reads and another manages.
struct Shared {
    reader: Member,
    manager: Member,
    outsider: Member,
    set: SetId,
    document: DocumentId,
    version: VersionId,
}

async fn shared(world: &World, audience: Audience) -> Result<Shared, Box<dyn std::error::Error>> {
    let reader = member(world, "reader").await?;
    let manager = member(world, "manager").await?;
    let outsider = member(world, "outsider").await?;
    let grants = [
        (&reader.group, Right::Read),
        (&manager.group, Right::Manage),
    ];
    let set = world.set_for("Mergers", audience, &grants).await?;
    let (document, version) = world.document(&set, "kestrel.txt", "Canary.").await?;
    Ok(Shared {
        reader,
        manager,
        outsider,
        set,
        document,
        version,
    })
}

impl Shared {
    /// Narrows the document to these groups.
    async fn narrow(&self, store: &Store, groups: &[&GroupId]) -> Done {
        let access = DocumentAccess {
            groups: Some(groups.iter().map(|group| (*group).clone()).collect()),
        };
        let scope = self.manager.scope(store).await?;
        let by = self.manager.principal.actor();
        store
            .set_document_access(&by, &scope, &self.document, &access)
            .await?;
        Ok(())
    }
}

async fn a_person_sees_the_sets_of_their_groups(world: World) -> Done {
    let shared = shared(&world, Audience::Groups).await?;
    let store = &world.store;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    for (principal, sees, manages) in [
        (&shared.reader.principal, true, false),
        (&shared.manager.principal, true, true),
        (&shared.outsider.principal, false, false),
        (&ada, true, true),
        (&Principal::operator(), true, true),
    ] {
        let scope = store.scope(principal).await?;
        assert_eq!(scope.contains(&shared.set), sees);
        assert_eq!(scope.shows(&shared.set, &shared.document), sees);
        assert_eq!(scope.manages(&shared.set), manages);
        let sets = store.sets(&scope).await?;
        assert_eq!(sets.len(), usize::from(sees));
        for set in sets {
            assert_eq!((set.manages, set.documents), (manages, 1));
            assert_eq!(set.grants.len(), if manages { 2 } else { 0 });
        }
    }
    Ok(())
}

async fn a_right_that_is_lost_is_lost_at_the_next_request(world: World) -> Done {
    let shared = shared(&world, Audience::Groups).await?;
    let (store, reader) = (&world.store, &shared.reader);
    assert!(reader.scope(store).await?.contains(&shared.set));
    store
        .remove_member(&BY, &reader.group, &reader.user.id)
        .await?;
    assert!(!reader.scope(store).await?.contains(&shared.set));
    store
        .add_member(&BY, &reader.group, &reader.user.id)
        .await?;
    assert!(reader.scope(store).await?.contains(&shared.set));

    let scope = shared.manager.scope(store).await?;
    let others = access(
        Audience::Groups,
        &[
            (&shared.outsider.group, Right::Read),
            (&shared.manager.group, Right::Manage),
        ],
    );
    let by = shared.manager.principal.actor();
    store.set_access(&by, &scope, &shared.set, &others).await?;
    assert!(!reader.scope(store).await?.contains(&shared.set));
    assert!(shared.outsider.scope(store).await?.contains(&shared.set));
    Ok(())
}

async fn somebody_disabled_sees_nothing(world: World) -> Done {
    let shared = shared(&world, Audience::Groups).await?;
    world.set("Policies", Audience::Everyone).await?;
    let disable = PersonChange {
        role: None,
        disabled: Some(true),
    };
    world
        .store
        .change_user(&BY, &shared.reader.user.id, &disable)
        .await?;
    // With the principal of before.
    let scope = shared.reader.scope(&world.store).await?;
    assert_eq!(scope.sets(), Some([].as_slice()));
    Ok(())
}

async fn a_restricted_set_is_there_only_for_its_groups(world: World) -> Done {
    let shared = shared(&world, Audience::Restricted).await?;
    let store = &world.store;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    for inside in [&shared.reader, &shared.manager] {
        assert!(inside.scope(store).await?.contains(&shared.set));
    }
    let scope = store.scope(&ada).await?;
    assert!(!scope.contains(&shared.set) && !scope.manages_any());
    assert!(store.sets(&scope).await?.is_empty());
    assert_eq!(store.set_by_name(&scope, "Mergers").await?, None);
    not_there(&store.set(&scope, &shared.set).await);
    not_there(&store.documents(&scope, &shared.set).await);
    not_there(&store.document(&scope, &shared.document).await);
    not_there(&store.original_of(&scope, &shared.document).await);
    not_there(&store.source(&scope, &shared.version, 0, 5, 5).await);
    assert!(
        store
            .documents_named(&scope, "kestrel.txt")
            .await?
            .is_empty()
    );
    let group = store.group(&scope, &shared.manager.group).await?;
    assert_eq!((group.people.len(), group.sets.len()), (1, 0));
    let open = access(Audience::Everyone, &[]);
    not_there(
        &store
            .set_access(&ada.actor(), &scope, &shared.set, &open)
            .await,
    );
    let everything = world.everything().await?;
    assert_eq!(store.documents(&everything, &shared.set).await?.len(), 1);
    Ok(())
}

async fn a_restricted_set_always_has_a_group_that_manages_it(world: World) -> Done {
    let shared = shared(&world, Audience::Restricted).await?;
    let store = &world.store;
    let scope = shared.manager.scope(store).await?;
    let by = shared.manager.principal.actor();
    let unmanaged = access(Audience::Restricted, &[(&shared.reader.group, Right::Read)]);
    invalid(&store.set_access(&by, &scope, &shared.set, &unmanaged).await);

    // Who removes the group is told the set's name only where they may see it.
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let outside = store.scope(&ada).await?;
    let group = &shared.manager.group;
    let told = conflict(store.delete_group(&ada.actor(), &outside, group).await);
    assert!(!told.contains("Mergers"), "{told}");
    let told = conflict(
        store
            .delete_group(&BY, &world.everything().await?, group)
            .await,
    );
    assert!(told.contains("Mergers"), "{told}");

    let both = access(
        Audience::Restricted,
        &[
            (&shared.reader.group, Right::Manage),
            (group, Right::Manage),
        ],
    );
    store.set_access(&by, &scope, &shared.set, &both).await?;
    store.delete_group(&ada.actor(), &outside, group).await?;
    assert!(shared.reader.scope(store).await?.manages(&shared.set));
    assert!(!shared.manager.scope(store).await?.contains(&shared.set));
    Ok(())
}

async fn whoever_makes_a_restricted_set_from_outside_does_not_find_it_again(world: World) -> Done {
    let manager = member(&world, "manager").await?;
    let (_, ada) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let mut new = NewDocumentSet {
        name: "Whistleblowing".into(),
        description: String::new(),
        audience: Audience::Restricted,
        grants: Vec::new(),
    };
    invalid(&store.create_set(&ada.actor(), &new).await);
    new.grants = granted(&[(&manager.group, Right::Manage)]);
    let made = store.create_set(&ada.actor(), &new).await?;
    assert!(!made.manages && made.grants.is_empty());
    let scope = store.scope(&ada).await?;
    not_there(&store.set(&scope, &made.id).await);
    assert!(manager.scope(store).await?.manages(&made.id));

    // A taken name reads the same whether the set can be seen or not.
    world.set("Policies", Audience::Everyone).await?;
    let hidden = conflict(store.create_set(&ada.actor(), &new).await);
    new.name = "policies".into();
    let shown = conflict(store.create_set(&ada.actor(), &new).await);
    assert_eq!(hidden, shown);
    Ok(())
}

async fn who_only_reads_a_set_changes_nothing(world: World) -> Done {
    let shared = shared(&world, Audience::Groups).await?;
    let store = &world.store;
    for person in [&shared.reader, &shared.outsider] {
        let (scope, by) = (person.scope(store).await?, person.principal.actor());
        let open = access(Audience::Everyone, &[]);
        not_there(&store.set_access(&by, &scope, &shared.set, &open).await);
        let nobody = DocumentAccess {
            groups: Some(Vec::new()),
        };
        not_there(
            &store
                .set_document_access(&by, &scope, &shared.document, &nobody)
                .await,
        );
        not_there(&store.delete_document(&by, &scope, &shared.document).await);
    }
    let (scope, by) = (
        shared.manager.scope(store).await?,
        shared.manager.principal.actor(),
    );
    store.delete_document(&by, &scope, &shared.document).await?;
    Ok(())
}

async fn rights_make_sense_or_are_refused(world: World) -> Done {
    let shared = shared(&world, Audience::Groups).await?;
    let (store, scope) = (&world.store, world.everything().await?);
    let (group, nobody) = (&shared.reader.group, "none".parse::<GroupId>()?);
    for grants in [
        [(group, Right::Read), (group, Right::Manage)].as_slice(),
        [(&nobody, Right::Read)].as_slice(),
    ] {
        let access = access(Audience::Groups, grants);
        invalid(&store.set_access(&BY, &scope, &shared.set, &access).await);
    }
    let access = DocumentAccess {
        groups: Some(vec![nobody]),
    };
    invalid(
        &store
            .set_document_access(&BY, &scope, &shared.document, &access)
            .await,
    );
    assert!(shared.reader.scope(store).await?.contains(&shared.set));
    Ok(())
}

async fn a_narrowed_document_is_there_for_its_groups_and_for_who_manages_the_set(
    world: World,
) -> Done {
    let shared = shared(&world, Audience::Everyone).await?;
    let store = &world.store;
    let passage = world.passages_of(&shared.version).await?[0].id.clone();
    shared.narrow(store, &[&shared.outsider.group]).await?;

    for (person, sees) in [
        (&shared.reader, false),
        (&shared.outsider, true),
        (&shared.manager, true),
    ] {
        let scope = person.scope(store).await?;
        assert!(scope.contains(&shared.set));
        assert_eq!(scope.shows(&shared.set, &shared.document), sees);
        assert_eq!(scope.hidden().is_empty(), sees);
        let listed = store.documents(&scope, &shared.set).await?;
        let found = store
            .passages(&scope, std::slice::from_ref(&passage))
            .await?;
        assert_eq!(
            (listed.len(), found.len()),
            (usize::from(sees), usize::from(sees))
        );
        if !sees {
            not_there(&store.document(&scope, &shared.document).await);
            not_there(&store.original_of(&scope, &shared.document).await);
            not_there(&store.source(&scope, &shared.version, 0, 5, 5).await);
            let named = store.documents_named(&scope, "kestrel.txt").await?;
            assert!(named.is_empty());
        }
        for document in listed {
            let told = scope.manages(&shared.set);
            assert!(document.narrowed);
            assert_eq!(document.groups.len(), usize::from(told));
        }
    }

    shared.narrow(store, &[]).await?;
    let outsider = shared.outsider.scope(store).await?;
    assert_eq!(outsider.hidden(), std::slice::from_ref(&shared.document));
    let everyone = DocumentAccess { groups: None };
    let scope = shared.manager.scope(store).await?;
    store
        .set_document_access(&BY, &scope, &shared.document, &everyone)
        .await?;
    let reader = shared.reader.scope(store).await?;
    assert!(!store.document(&reader, &shared.document).await?.narrowed);
    Ok(())
}

async fn a_narrowed_document_is_counted_only_for_who_sees_it(world: World) -> Done {
    let shared = shared(&world, Audience::Everyone).await?;
    let store = &world.store;
    let nobody = DocumentAccess {
        groups: Some(Vec::new()),
    };
    let everything = world.everything().await?;
    let (waiting, _) = ids(world.add(&shared.set, "two.txt", "two").await?)?;
    let (broken, version) = ids(world.add(&shared.set, "three.txt", "three").await?)?;
    world.fail(&version, "encrypted").await?;
    let counts = async |scope: &Scope| {
        let set = store.set(scope, &shared.set).await?;
        Ok::<_, StoreError>((set.documents, set.in_progress, set.failed))
    };
    let reader = shared.reader.scope(store).await?;
    assert_eq!(counts(&reader).await?, (3, 1, 1));
    for document in [&waiting, &broken] {
        store
            .set_document_access(&BY, &everything, document, &nobody)
            .await?;
    }
    let reader = shared.reader.scope(store).await?;
    assert_eq!(counts(&reader).await?, (1, 0, 0));
    let manager = shared.manager.scope(store).await?;
    assert_eq!(counts(&manager).await?, (3, 1, 1));
    assert_eq!(counts(&everything).await?, (3, 1, 1));
    Ok(())
}

async fn a_document_narrowed_later_leaves_the_answers_that_cite_it(world: World) -> Done {
    let shared = shared(&world, Audience::Everyone).await?;
    let (store, reader) = (&world.store, &shared.reader.principal);
    let passages = world.passages_of(&shared.version).await?;
    let conversation = store.create_conversation(reader).await?;
    let run = store.start_run(reader, &conversation, "What now?").await?;
    let end = FinishRun {
        sentences: vec![sentence(&passages[0])],
        passages,
        ..FinishRun::new(Outcome::Answered)
    };
    store.finish_run(&run, end).await?;
    let before = store.conversation(reader, &conversation).await?;
    assert_eq!(before.exchanges[0].sentences.len(), 1);

    shared.narrow(store, &[&shared.outsider.group]).await?;
    let after = store.conversation(reader, &conversation).await?;
    assert!(after.exchanges[0].sentences.is_empty() && after.exchanges[0].passages.is_empty());
    assert!(!serde_json::to_string(&after)?.contains("Canary"));
    Ok(())
}

async fn a_group_goes_with_the_rights_that_it_gave(world: World) -> Done {
    let shared = shared(&world, Audience::Groups).await?;
    let (store, everything) = (&world.store, world.everything().await?);
    shared
        .narrow(store, &[&shared.reader.group, &shared.manager.group])
        .await?;
    store
        .delete_group(&BY, &everything, &shared.reader.group)
        .await?;
    not_there(&store.group(&everything, &shared.reader.group).await);
    not_there(
        &store
            .delete_group(&BY, &everything, &shared.reader.group)
            .await,
    );
    assert!(!shared.reader.scope(store).await?.contains(&shared.set));
    let set = store.set(&everything, &shared.set).await?;
    assert_eq!(set.grants.len(), 1);
    let document = store.document(&everything, &shared.document).await?;
    assert_eq!(document.groups, std::slice::from_ref(&shared.manager.group));
    let team: GroupId = "legal-team".parse()?;
    conflict(store.delete_group(&BY, &everything, &team).await);
    Ok(())
}

async fn every_change_of_rights_is_recorded_with_its_set(world: World) -> Done {
    let shared = shared(&world, Audience::Groups).await?;
    let (store, everything) = (&world.store, world.everything().await?);
    let before = store.audit_after(0, 1_000).await?.len();
    shared.narrow(store, &[&shared.reader.group]).await?;
    let open = access(
        Audience::Everyone,
        &[
            (&shared.reader.group, Right::Read),
            (&shared.manager.group, Right::Manage),
        ],
    );
    for _ in 0..2 {
        // What changes nothing leaves no record.
        store
            .set_access(&BY, &everything, &shared.set, &open)
            .await?;
    }
    let group = &shared.reader.group;
    store
        .remove_member(&BY, group, &shared.reader.user.id)
        .await?;
    store.delete_group(&BY, &everything, group).await?;

    let records = store.audit_after(0, 1_000).await?.split_off(before);
    let actions: Vec<_> = records
        .iter()
        .map(|record| record.action.as_str())
        .collect();
    assert_eq!(
        actions,
        [
            "document.access",
            "set.access",
            "group.member_remove",
            "set.access",
            "document.access",
            "group.delete"
        ]
    );
    assert_eq!(records[1].detail["audience"], "everyone");
    assert_eq!(records[1].detail["was_audience"], "groups");
    let set = format!("set:{}", shared.set);
    for record in &records {
        match record.action.as_str() {
            "set.access" => assert_eq!(record.subject, set),
            "document.access" => assert_eq!(record.detail["set"], shared.set.as_str()),
            _ => {}
        }
    }
    store.verify_audit().await?;
    Ok(())
}
