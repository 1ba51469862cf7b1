//! People and groups that the SCIM client keeps.

use super::{Done, World, both};
use inhouse_protocol::{Audience, PersonSource, Right, Role, SignInMethod, UserId};
use inhouse_store::{
    Actor, NewSession, ScimCondition, ScimGroupData, ScimQuery, ScimUser, ScimUserData, Store,
    StoreError,
};

both!(
    a_person_is_made_found_and_listed,
    a_name_and_an_address_belong_to_one_person,
    deactivating_ends_sessions_and_comes_back,
    a_deleted_person_is_gone_for_the_client_and_may_come_back,
    an_account_made_by_hand_is_the_clients_only_where_that_is_said,
    the_last_admin_cannot_be_disabled_by_the_client,
    a_change_that_fails_leaves_everything_as_it_was,
    members_come_and_go_and_are_the_clients,
    a_group_of_ours_keeps_its_rights_when_the_client_takes_it_over_and_leaves,
    groups_of_roles_are_not_the_clients,
    a_list_is_cut_into_pages,
);

const BY: Actor = Actor::Operator;

fn person(name: &str) -> ScimUserData {
    ScimUserData {
        user_name: name.into(),
        external_id: None,
        email: format!("{name}@example.com"),
        name: name.into(),
        department: None,
        active: true,
    }
}

fn group(name: &str, members: &[&UserId]) -> ScimGroupData {
    ScimGroupData {
        external_id: Some(format!("x-{name}")),
        name: name.into(),
        members: members.iter().map(|id| (*id).clone()).collect(),
    }
}

async fn made(store: &Store, name: &str) -> Result<ScimUser, StoreError> {
    store.scim_create_user(&BY, &person(name), false).await
}

/// Changes a person by an edit that can't fail.
async fn changed(
    store: &Store,
    id: &UserId,
    edit: impl FnOnce(&mut ScimUserData) + Send,
) -> Result<ScimUser, StoreError> {
    let result = store
        .scim_change_user(&BY, id, |mut data| {
            edit(&mut data);
            Ok::<_, std::convert::Infallible>(data)
        })
        .await?;
    let Ok(user) = result;
    Ok(user)
}

async fn found(store: &Store, condition: ScimCondition) -> Result<Vec<UserId>, StoreError> {
    let query = ScimQuery {
        conditions: vec![condition],
        start: 0,
        count: 10,
    };
    let page = store.scim_users(&query).await?;
    Ok(page.items.into_iter().map(|user| user.id).collect())
}

fn is_conflict<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Conflict { .. }))
}

fn is_missing<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::NotFound))
}

async fn a_person_is_made_found_and_listed(world: World) -> Done {
    let store = &world.store;
    let new = ScimUserData {
        user_name: "Ada.L".into(),
        external_id: Some("E7".into()),
        department: Some("Sales".into()),
        ..person("ada")
    };
    let ada = store.scim_create_user(&BY, &new, false).await?;
    assert_eq!(ada.data.user_name, "ada.l");
    assert_eq!(store.scim_user(&ada.id).await?, ada);
    assert_eq!(store.user(&ada.id).await?.source, PersonSource::Scim);
    made(store, "eve").await?;
    for condition in [
        ScimCondition::Id(ada.id.to_string()),
        ScimCondition::UserName("ADA.l".into()),
        ScimCondition::ExternalId("E7".into()),
        ScimCondition::DisplayName("Ada".into()),
        ScimCondition::Email("ADA@example.com".into()),
    ] {
        let ids = found(store, condition.clone()).await?;
        assert_eq!(ids, std::slice::from_ref(&ada.id), "{condition:?}");
    }
    assert!(
        found(store, ScimCondition::ExternalId("e7".into()))
            .await?
            .is_empty()
    );
    assert_eq!(found(store, ScimCondition::Active(true)).await?.len(), 2);
    // An account that the client doesn't keep isn't there for it.
    let (local, _) = world.person("local", Role::Admin).await?;
    assert!(is_missing(&store.scim_user(&local.id).await));
    Ok(())
}

async fn a_name_and_an_address_belong_to_one_person(world: World) -> Done {
    let store = &world.store;
    let ada = made(store, "ada").await?;
    let eve = made(store, "eve").await?;
    let same_name = ScimUserData {
        user_name: "ADA".into(),
        ..person("other")
    };
    assert!(is_conflict(
        &store.scim_create_user(&BY, &same_name, true).await
    ));
    let same_email = ScimUserData {
        email: "ADA@example.com".into(),
        ..person("other")
    };
    assert!(is_conflict(
        &store.scim_create_user(&BY, &same_email, true).await
    ));
    let renamed = changed(store, &eve.id, |data| data.user_name = "ada".into()).await;
    assert!(is_conflict(&renamed));
    let moved = changed(store, &eve.id, |data| data.email = "ada@example.com".into()).await;
    assert!(is_conflict(&moved));
    let renamed = changed(store, &ada.id, |data| data.user_name = "lovelace".into()).await?;
    assert_eq!(renamed.data.user_name, "lovelace");
    assert_eq!(
        found(store, ScimCondition::UserName("lovelace".into())).await?,
        [ada.id]
    );
    Ok(())
}

async fn deactivating_ends_sessions_and_comes_back(world: World) -> Done {
    let store = &world.store;
    let ada = made(store, "ada").await?;
    let new = NewSession::new(SignInMethod::Oidc, "Firefox");
    let session = store.open_session(&ada.id, &new).await?;
    let left = changed(store, &ada.id, |data| data.active = false).await?;
    assert!(!left.data.active);
    assert!(store.principal_of_session(&session).await?.is_none());
    let back = changed(store, &ada.id, |data| data.active = true).await?;
    assert!(back.data.active);
    // The session that ended stays so.
    assert!(store.principal_of_session(&session).await?.is_none());
    store.verify_audit().await?;
    Ok(())
}

async fn a_deleted_person_is_gone_for_the_client_and_may_come_back(world: World) -> Done {
    let store = &world.store;
    let ada = made(store, "ada").await?;
    store
        .scim_create_group(&BY, &group("Sales", &[&ada.id]))
        .await?;
    store.scim_delete_user(&BY, &ada.id).await?;
    assert!(is_missing(&store.scim_user(&ada.id).await));
    assert!(is_missing(&store.scim_delete_user(&BY, &ada.id).await));
    assert!(store.user(&ada.id).await?.disabled_at.is_some());
    let back = made(store, "ada").await?;
    assert_eq!(back.id, ada.id);
    assert!(back.data.active);
    assert!(back.groups.is_empty());
    Ok(())
}

async fn an_account_made_by_hand_is_the_clients_only_where_that_is_said(world: World) -> Done {
    let store = &world.store;
    let (local, _) = world.person("ada", Role::Legal).await?;
    assert!(is_conflict(&made(store, "ada").await));
    let kept = store.scim_create_user(&BY, &person("ada"), true).await?;
    assert_eq!(kept.id, local.id);
    let now = store.user(&local.id).await?;
    assert_eq!((now.role, now.source), (Role::Legal, PersonSource::Local));
    Ok(())
}

async fn the_last_admin_cannot_be_disabled_by_the_client(world: World) -> Done {
    let store = &world.store;
    let (root, _) = world.person("root", Role::Admin).await?;
    store.scim_create_user(&BY, &person("root"), true).await?;
    let disabled = changed(store, &root.id, |data| data.active = false).await;
    assert!(is_conflict(&disabled));
    assert!(is_conflict(&store.scim_delete_user(&BY, &root.id).await));
    assert!(store.scim_user(&root.id).await?.data.active);
    Ok(())
}

async fn a_change_that_fails_leaves_everything_as_it_was(world: World) -> Done {
    let store = &world.store;
    let ada = made(store, "ada").await?;
    let refused = store
        .scim_change_user(&BY, &ada.id, |_| Err::<ScimUserData, _>("no"))
        .await?;
    assert_eq!(refused.err(), Some("no"));
    let nameless = changed(store, &ada.id, |data| {
        data.user_name = "other".into();
        data.email = "no address".into();
    })
    .await;
    assert!(matches!(nameless, Err(StoreError::Invalid(_))));
    assert_eq!(store.scim_user(&ada.id).await?, ada);
    let records = store.audit_after(0, 100).await?.len();
    changed(store, &ada.id, |_| ()).await?;
    assert_eq!(store.audit_after(0, 100).await?.len(), records);
    Ok(())
}

async fn members_come_and_go_and_are_the_clients(world: World) -> Done {
    let store = &world.store;
    let (ada, eve) = (made(store, "ada").await?, made(store, "eve").await?);
    let (local, _) = world.person("local", Role::Employee).await?;
    let stranger = store
        .scim_create_group(&BY, &group("Sales", &[&local.id]))
        .await;
    assert!(matches!(stranger, Err(StoreError::Invalid(_))));
    let sales = store
        .scim_create_group(&BY, &group("Sales", &[&ada.id, &ada.id]))
        .await?;
    assert_eq!(sales.data.members, std::slice::from_ref(&ada.id));
    // A member whom an admin lists is not the client's to see or to remove.
    store.add_member(&BY, &sales.id, &local.id).await?;
    let swapped = store
        .scim_change_group(&BY, &sales.id, |mut data| {
            data.members = vec![eve.id.clone()];
            Ok::<_, std::convert::Infallible>(data)
        })
        .await??;
    assert_eq!(swapped.data.members, std::slice::from_ref(&eve.id));
    let eve = store.scim_user(&eve.id).await?;
    assert_eq!(eve.groups, [(sales.id.clone(), "Sales".to_owned())]);
    assert!(store.scim_user(&ada.id).await?.groups.is_empty());
    store.verify_audit().await?;
    Ok(())
}

async fn a_group_of_ours_keeps_its_rights_when_the_client_takes_it_over_and_leaves(
    world: World,
) -> Done {
    let store = &world.store;
    let (local, _) = world.person("local", Role::Employee).await?;
    let ours = world.group("Contracts", &[&local]).await?;
    world
        .set_for("Contracts", Audience::Groups, &[(&ours, Right::Read)])
        .await?;
    let ada = made(store, "ada").await?;
    let theirs = store
        .scim_create_group(&BY, &group("CONTRACTS", &[&ada.id]))
        .await?;
    assert_eq!(theirs.id, ours);
    assert!(is_conflict(
        &store.scim_create_group(&BY, &group("Contracts", &[])).await
    ));
    store.scim_delete_group(&BY, &ours).await?;
    assert!(is_missing(&store.scim_group(&ours).await));
    let left = store.groups().await?;
    let left = left
        .iter()
        .find(|group| group.id == ours)
        .ok_or("is there")?;
    assert_eq!(left.members, 1);
    // One that nobody else uses goes altogether.
    let plain = store
        .scim_create_group(&BY, &group("Plain", &[&ada.id]))
        .await?;
    store.scim_delete_group(&BY, &plain.id).await?;
    assert!(
        store
            .groups()
            .await?
            .iter()
            .all(|group| group.id != plain.id)
    );
    Ok(())
}

async fn groups_of_roles_are_not_the_clients(world: World) -> Done {
    let team = world
        .store
        .scim_create_group(&BY, &group("legal team", &[]))
        .await;
    assert!(is_conflict(&team));
    let all = world
        .store
        .scim_groups(&ScimQuery {
            count: 10,
            ..ScimQuery::default()
        })
        .await?;
    assert_eq!(all.total, 0);
    Ok(())
}

async fn a_list_is_cut_into_pages(world: World) -> Done {
    let store = &world.store;
    for name in ["a", "b", "c"] {
        made(store, name).await?;
        store.scim_create_group(&BY, &group(name, &[])).await?;
        world.clock.advance_ms(1);
    }
    let query = ScimQuery {
        conditions: Vec::new(),
        start: 1,
        count: 1,
    };
    let people = store.scim_users(&query).await?;
    assert_eq!((people.total, people.items.len()), (3, 1));
    assert_eq!(people.items[0].data.name, "b");
    let groups = store.scim_groups(&query).await?;
    assert_eq!((groups.total, groups.items.len()), (3, 1));
    assert_eq!(groups.items[0].data.name, "b");
    let none = ScimQuery { count: 0, ..query };
    assert!(store.scim_users(&none).await?.items.is_empty());
    Ok(())
}
