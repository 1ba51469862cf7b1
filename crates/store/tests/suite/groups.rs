//! Groups: their names, and who is in them by being listed or by a role.

use super::refusals::{conflict, invalid, not_there};
use super::{Done, World, both};
use inhouse_protocol::{GroupChange, GroupId, MemberSource, PersonChange, Role};
use inhouse_store::Actor;

both!(
    a_group_has_one_name_whatever_its_case,
    a_person_is_in_a_group_once,
    a_membership_by_role_ends_with_the_role,
);

const BY: Actor = Actor::Operator;

async fn a_group_has_one_name_whatever_its_case(world: World) -> Done {
    let store = &world.store;
    let id = world.group("Works council", &[]).await?;
    let named = |name: &str| GroupChange {
        name: Some(name.to_owned()),
        description: None,
    };
    conflict(store.create_group(&BY, &named(" works COUNCIL ")).await);
    conflict(store.change_group(&BY, &id, &named("legal team")).await);
    invalid(&store.create_group(&BY, &named(" ")).await);
    let found = store.group_by_name("WORKS council").await?;
    assert_eq!(found.ok_or("there")?.id, id);
    let change = GroupChange {
        name: None,
        description: Some("Elected".into()),
    };
    let changed = store.change_group(&BY, &id, &change).await?;
    assert_eq!(
        (changed.name.as_str(), changed.description.as_str()),
        ("Works council", "Elected")
    );
    not_there(&store.change_group(&BY, &"none".parse()?, &change).await);
    Ok(())
}

async fn a_person_is_in_a_group_once(world: World) -> Done {
    let store = &world.store;
    let (lena, _) = world.person("lena", Role::Legal).await?;
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let team: GroupId = "legal-team".parse()?;
    for _ in 0..2 {
        store.add_member(&BY, &team, &lena.id).await?;
        store.add_member(&BY, &team, &emil.id).await?;
    }
    let shown = store.group(&world.everything().await?, &team).await?;
    assert_eq!((shown.group.members, shown.people.len()), (2, 2));
    assert_eq!(shown.people[0].name, "emil");
    store.remove_member(&BY, &team, &lena.id).await?;
    let shown = store.group(&world.everything().await?, &team).await?;
    assert_eq!(shown.people[1].source, MemberSource::Role);
    conflict(store.remove_member(&BY, &team, &lena.id).await);
    store.remove_member(&BY, &team, &emil.id).await?;
    not_there(&store.remove_member(&BY, &team, &emil.id).await);
    not_there(&store.add_member(&BY, &team, &"none".parse()?).await);
    not_there(&store.add_member(&BY, &"none".parse()?, &emil.id).await);
    Ok(())
}

async fn a_membership_by_role_ends_with_the_role(world: World) -> Done {
    let (user, lena) = world.person("lena", Role::Legal).await?;
    let set = world.legal_set("Board").await?;
    assert!(world.store.scope(&lena).await?.contains(&set));
    let demote = PersonChange {
        role: Some(Role::Employee),
        disabled: None,
    };
    world.store.change_user(&BY, &user.id, &demote).await?;
    // With the principal of before: the role of now counts.
    assert!(!world.store.scope(&lena).await?.contains(&set));
    Ok(())
}
