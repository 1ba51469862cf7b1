//! People whom a provider vouches for: which account is theirs, what the provider decides of it.

use super::{Done, World, both};
use inhouse_protocol::{PersonChange, PersonSource, Role};
use inhouse_store::{
    Actor, Arrival, ArrivalGroup, ArrivalRefusal, ArrivalRole, ArrivalRules, ScimUserData, Store,
    User, Welcome,
};

both!(
    somebody_new_gets_an_account_and_finds_it_again,
    nobody_new_is_let_in_where_no_accounts_are_made,
    an_account_made_by_hand_is_linked_only_where_that_is_said,
    an_account_that_scim_made_is_linked,
    somebody_else_with_the_same_address_is_refused,
    a_disabled_account_stays_so_whatever_the_provider_says,
    role_and_groups_follow_the_provider,
    the_last_admin_stays_one_whatever_the_provider_says,
    a_role_from_here_stays_where_the_provider_decides_none,
    mirrored_names_lead_into_no_group_of_a_role,
    name_and_address_follow_the_provider_that_keeps_the_account,
    two_first_sign_ins_at_once_make_one_account,
);

const RULES: ArrivalRules = ArrivalRules {
    link_by_email: false,
    new_people: true,
};

fn ada() -> Arrival {
    Arrival {
        source: PersonSource::Oidc,
        provider: "https://login.example.com".into(),
        name: "7".into(),
        email: "Ada@example.com".into(),
        display_name: "Ada".into(),
        department: None,
        role: ArrivalRole::StartsAs(Role::Employee),
        groups: Vec::new(),
    }
}

fn group(name: &str, mirrored: bool) -> ArrivalGroup {
    ArrivalGroup {
        name: name.into(),
        mirrored,
    }
}

async fn person(store: &Store, arrival: &Arrival) -> Result<User, Box<dyn std::error::Error>> {
    match store.welcome(arrival, RULES).await? {
        Welcome::Person(user) => Ok(user),
        Welcome::Refused(reason) => Err(reason.code().into()),
    }
}

async fn refusal(
    store: &Store,
    arrival: &Arrival,
    rules: ArrivalRules,
) -> Result<ArrivalRefusal, Box<dyn std::error::Error>> {
    match store.welcome(arrival, rules).await? {
        Welcome::Person(_) => Err("was let in".into()),
        Welcome::Refused(reason) => Ok(reason),
    }
}

async fn actions(store: &Store) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let records = store.audit_after(0, 1_000).await?;
    Ok(records.into_iter().map(|record| record.action).collect())
}

async fn groups_of(world: &World, user: &User) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let scope = world
        .store
        .scope(&inhouse_store::Principal::operator())
        .await?;
    let mut names = Vec::new();
    for group in world.store.groups().await? {
        let detail = world.store.group(&scope, &group.id).await?;
        if detail.people.iter().any(|member| member.id == user.id) {
            names.push(group.name);
        }
    }
    Ok(names)
}

async fn somebody_new_gets_an_account_and_finds_it_again(world: World) -> Done {
    let made = person(&world.store, &ada()).await?;
    assert_eq!(made.email, "ada@example.com");
    assert_eq!(made.source, PersonSource::Oidc);
    assert_eq!(person(&world.store, &ada()).await?, made);
    assert_eq!(actions(&world.store).await?, ["user.create", "user.link"]);
    world.store.verify_audit().await?;
    Ok(())
}

async fn nobody_new_is_let_in_where_no_accounts_are_made(world: World) -> Done {
    let rules = ArrivalRules {
        new_people: false,
        ..RULES
    };
    let reason = refusal(&world.store, &ada(), rules).await?;
    assert_eq!(reason, ArrivalRefusal::Unknown);
    assert!(world.store.users().await?.is_empty());
    let records = world.store.audit_after(0, 10).await?;
    assert_eq!(records[0].action, "session.refused");
    let text = format!("{records:?}").to_lowercase();
    assert!(!text.contains("ada@example.com"), "{text}");
    let nobody = Arrival {
        role: ArrivalRole::Nobody,
        ..ada()
    };
    let reason = refusal(&world.store, &nobody, RULES).await?;
    assert_eq!(reason, ArrivalRefusal::NoRole);
    Ok(())
}

async fn an_account_made_by_hand_is_linked_only_where_that_is_said(world: World) -> Done {
    let (local, _) = world.person("ada", Role::Legal).await?;
    let reason = refusal(&world.store, &ada(), RULES).await?;
    assert_eq!(reason, ArrivalRefusal::Taken);
    let rules = ArrivalRules {
        link_by_email: true,
        ..RULES
    };
    let Welcome::Person(linked) = world.store.welcome(&ada(), rules).await? else {
        return Err("was refused".into());
    };
    assert_eq!(linked, local);
    // From now on by the identity, whatever the rule says.
    assert_eq!(person(&world.store, &ada()).await?.id, local.id);
    Ok(())
}

async fn an_account_that_scim_made_is_linked(world: World) -> Done {
    let provisioned = ScimUserData {
        user_name: "ada".into(),
        external_id: None,
        email: "ada@example.com".into(),
        name: "Ada Lovelace".into(),
        department: Some("Sales".into()),
        active: true,
    };
    let made = world
        .store
        .scim_create_user(&Actor::Operator, &provisioned, false)
        .await?;
    let linked = person(&world.store, &ada()).await?;
    assert_eq!(linked.id, made.id);
    // SCIM keeps the name.
    assert_eq!(linked.name, "Ada Lovelace");
    Ok(())
}

async fn somebody_else_with_the_same_address_is_refused(world: World) -> Done {
    person(&world.store, &ada()).await?;
    let other = Arrival {
        name: "8".into(),
        ..ada()
    };
    let rules = ArrivalRules {
        link_by_email: true,
        ..RULES
    };
    let reason = refusal(&world.store, &other, rules).await?;
    assert_eq!(reason, ArrivalRefusal::Taken);
    Ok(())
}

async fn a_disabled_account_stays_so_whatever_the_provider_says(world: World) -> Done {
    world.person("root", Role::Admin).await?;
    let made = person(&world.store, &ada()).await?;
    let disabled = PersonChange {
        disabled: Some(true),
        ..PersonChange::default()
    };
    world
        .store
        .change_user(&Actor::Operator, &made.id, &disabled)
        .await?;
    let admin = Arrival {
        role: ArrivalRole::Is(Role::Admin),
        ..ada()
    };
    let reason = refusal(&world.store, &admin, RULES).await?;
    assert_eq!(reason, ArrivalRefusal::Disabled);
    assert_eq!(world.store.user(&made.id).await?.role, Role::Employee);
    Ok(())
}

async fn role_and_groups_follow_the_provider(world: World) -> Done {
    world.person("root", Role::Admin).await?;
    let counsel = Arrival {
        role: ArrivalRole::Is(Role::Legal),
        groups: vec![group("Contracts", false), group("contracts ", false)],
        ..ada()
    };
    let made = person(&world.store, &counsel).await?;
    assert_eq!(made.role, Role::Legal);
    assert_eq!(groups_of(&world, &made).await?, ["Contracts", "Legal team"]);
    let moved = Arrival {
        role: ArrivalRole::Is(Role::Employee),
        groups: vec![group("Sales", true)],
        ..ada()
    };
    let now = person(&world.store, &moved).await?;
    assert_eq!(now.role, Role::Employee);
    assert_eq!(groups_of(&world, &now).await?, ["Sales"]);
    let seen = actions(&world.store).await?;
    for action in ["user.change", "user.groups", "group.create"] {
        assert!(seen.iter().any(|one| one == action), "{action}: {seen:?}");
    }
    world.store.verify_audit().await?;
    Ok(())
}

async fn the_last_admin_stays_one_whatever_the_provider_says(world: World) -> Done {
    let admin = Arrival {
        role: ArrivalRole::Is(Role::Admin),
        ..ada()
    };
    person(&world.store, &admin).await?;
    let demoted = Arrival {
        role: ArrivalRole::Is(Role::Employee),
        ..ada()
    };
    assert_eq!(person(&world.store, &demoted).await?.role, Role::Admin);
    world.person("root", Role::Admin).await?;
    assert_eq!(person(&world.store, &demoted).await?.role, Role::Employee);
    Ok(())
}

async fn a_role_from_here_stays_where_the_provider_decides_none(world: World) -> Done {
    let made = person(&world.store, &ada()).await?;
    let legal = PersonChange {
        role: Some(Role::Legal),
        ..PersonChange::default()
    };
    world
        .store
        .change_user(&Actor::Operator, &made.id, &legal)
        .await?;
    assert_eq!(person(&world.store, &ada()).await?.role, Role::Legal);
    Ok(())
}

async fn mirrored_names_lead_into_no_group_of_a_role(world: World) -> Done {
    let mirrored = Arrival {
        groups: vec![group("legal TEAM", true)],
        ..ada()
    };
    let made = person(&world.store, &mirrored).await?;
    assert!(groups_of(&world, &made).await?.is_empty());
    let meant = Arrival {
        groups: vec![group("Legal team", false)],
        ..ada()
    };
    person(&world.store, &meant).await?;
    assert_eq!(groups_of(&world, &made).await?, ["Legal team"]);
    Ok(())
}

async fn name_and_address_follow_the_provider_that_keeps_the_account(world: World) -> Done {
    let made = person(&world.store, &ada()).await?;
    let married = Arrival {
        email: "ada.king@example.com".into(),
        display_name: "Ada King".into(),
        department: Some("Mathematics".into()),
        ..ada()
    };
    let now = person(&world.store, &married).await?;
    assert_eq!(now.id, made.id);
    assert_eq!(now.email, "ada.king@example.com");
    assert_eq!(world.store.user(&made.id).await?, now);
    // An address that is somebody's stays theirs.
    world.person("eve", Role::Employee).await?;
    let taken = Arrival {
        email: "eve@example.com".into(),
        ..married
    };
    assert_eq!(person(&world.store, &taken).await?.email, now.email);
    Ok(())
}

async fn two_first_sign_ins_at_once_make_one_account(world: World) -> Done {
    let (one, other) = (world.store.clone(), world.other_process().await?);
    // Which of the two is first, and by how much, differs from one to the next.
    for number in 0..32 {
        let arrival = Arrival {
            name: format!("uid={number}"),
            email: format!("ada{number}@example.com"),
            ..ada()
        };
        let (first, second) =
            tokio::join!(one.welcome(&arrival, RULES), other.welcome(&arrival, RULES));
        let (Welcome::Person(first), Welcome::Person(second)) = (first?, second?) else {
            return Err("was refused".into());
        };
        assert_eq!(first.id, second.id);
    }
    assert_eq!(world.store.users().await?.len(), 32);
    Ok(())
}
