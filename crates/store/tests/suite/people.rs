//! Accounts, sessions, and what slows down guessing.

use super::{Done, World, both};
use inhouse_protocol::{PersonChange, Role};
use inhouse_store::{Actor, NewUser, SessionLimits, StoreError};

both!(
    an_email_address_has_one_account_whatever_its_case,
    what_is_no_email_address_is_refused,
    a_session_opens_and_ends_on_the_server,
    disabling_an_account_ends_its_sessions_at_once,
    a_new_role_ends_the_sessions_that_had_the_old_one,
    a_new_password_ends_the_sessions,
    a_session_ends_with_its_age_however_busy,
    an_idle_session_ends_and_a_busy_one_goes_on,
    a_disabled_account_opens_no_session,
    the_last_admin_cannot_be_lost,
    guessing_an_account_gets_slower_with_every_failure,
    guessing_from_one_address_gets_slower_over_many_accounts,
    failures_are_forgotten_with_time,
    a_password_typed_as_the_account_is_kept_nowhere,
);

fn new(email: &str) -> NewUser {
    NewUser {
        email: email.into(),
        name: "Ada".into(),
        role: Role::Admin,
        department: None,
        password_hash: "$argon2id$one".into(),
    }
}

async fn an_email_address_has_one_account_whatever_its_case(world: World) -> Done {
    let store = &world.store;
    let user = store
        .create_user(&Actor::Operator, new(" Ada@Example.COM "))
        .await?;
    assert_eq!(user.email, "ada@example.com");
    let again = store
        .create_user(&Actor::Operator, new("ada@example.com"))
        .await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })));
    assert_eq!(
        store.user_by_email("ADA@example.com").await?,
        Some(user.clone())
    );
    let (found, hash) = store
        .password_hash_of("Ada@example.com")
        .await?
        .ok_or("there")?;
    assert_eq!((found, hash.as_str()), (user, "$argon2id$one"));
    assert_eq!(store.password_hash_of("bob@example.com").await?, None);
    Ok(())
}

async fn what_is_no_email_address_is_refused(world: World) -> Done {
    for email in [
        "",
        "ada",
        "@example.com",
        "ada@",
        "a da@example.com",
        "a@b@c",
    ] {
        let made = world.store.create_user(&Actor::Operator, new(email)).await;
        assert!(matches!(made, Err(StoreError::Invalid(_))), "{email:?}");
    }
    Ok(())
}

async fn a_session_opens_and_ends_on_the_server(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let session = store
        .open_session(&user.id, "Firefox", SessionLimits::default())
        .await?;
    let other = store
        .open_session(&user.id, "Chrome", SessionLimits::default())
        .await?;
    let principal = store
        .principal_of_session(&session)
        .await?
        .ok_or("signed in")?;
    assert_eq!(principal.user(), Some(&user));
    assert_eq!(principal.session(), Some(&session));
    assert_eq!(principal.actor(), Actor::User(user.id.clone()));

    store.end_session(&principal.actor(), &session).await?;
    store.end_session(&principal.actor(), &session).await?;
    assert!(store.principal_of_session(&session).await?.is_none());
    assert!(store.principal_of_session(&other).await?.is_some());
    assert!(
        store
            .principal_of_session(&"nobody".parse()?)
            .await?
            .is_none()
    );
    Ok(())
}

async fn disabling_an_account_ends_its_sessions_at_once(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let session = store
        .open_session(&user.id, "Firefox", SessionLimits::default())
        .await?;
    let disable = PersonChange {
        disabled: Some(true),
        role: None,
    };
    store
        .change_user(&Actor::Operator, &user.id, &disable)
        .await?;
    assert!(store.principal_of_session(&session).await?.is_none());
    assert!(
        store
            .principal_of_email("emil@example.com")
            .await?
            .is_none()
    );

    let enable = PersonChange {
        disabled: Some(false),
        role: None,
    };
    store
        .change_user(&Actor::Operator, &user.id, &enable)
        .await?;
    assert!(
        store.principal_of_session(&session).await?.is_none(),
        "ended is ended"
    );
    assert!(
        store
            .principal_of_email("emil@example.com")
            .await?
            .is_some()
    );
    Ok(())
}

async fn a_new_role_ends_the_sessions_that_had_the_old_one(world: World) -> Done {
    let (user, _) = world.person("lena", Role::Legal).await?;
    let session = world
        .store
        .open_session(&user.id, "Firefox", SessionLimits::default())
        .await?;
    let demote = PersonChange {
        role: Some(Role::Employee),
        disabled: None,
    };
    let changed = world
        .store
        .change_user(&Actor::Operator, &user.id, &demote)
        .await?;
    assert_eq!(changed.role, Role::Employee);
    assert!(world.store.principal_of_session(&session).await?.is_none());
    Ok(())
}

async fn a_new_password_ends_the_sessions(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let session = store
        .open_session(&user.id, "Firefox", SessionLimits::default())
        .await?;
    store
        .set_password_hash(&Actor::Operator, &user.id, "$argon2id$two")
        .await?;
    assert!(store.principal_of_session(&session).await?.is_none());
    let (_, hash) = store
        .password_hash_of("emil@example.com")
        .await?
        .ok_or("there")?;
    assert_eq!(hash, "$argon2id$two");
    let nobody = store
        .set_password_hash(&Actor::Operator, &"nobody".parse()?, "x")
        .await;
    assert!(matches!(nobody, Err(StoreError::NotFound)));
    Ok(())
}

async fn a_session_ends_with_its_age_however_busy(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let limits = SessionLimits {
        lifetime_ms: 3_600_000,
        idle_ms: 1_200_000,
    };
    let session = world
        .store
        .open_session(&user.id, "Firefox", limits)
        .await?;
    for _ in 0..5 {
        world.clock.advance_ms(600_000);
        assert!(world.store.principal_of_session(&session).await?.is_some());
    }
    world.clock.advance_ms(600_000);
    assert!(world.store.principal_of_session(&session).await?.is_none());
    Ok(())
}

async fn an_idle_session_ends_and_a_busy_one_goes_on(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let limits = SessionLimits::default();
    let idle = store.open_session(&user.id, "Firefox", limits).await?;
    let busy = store.open_session(&user.id, "Chrome", limits).await?;
    world.clock.advance_ms(limits.idle_ms - 1);
    assert!(store.principal_of_session(&busy).await?.is_some());
    world.clock.advance_ms(1);
    assert!(store.principal_of_session(&idle).await?.is_none());
    assert!(store.principal_of_session(&busy).await?.is_some());
    let seen = store.person(&user.id).await?.last_seen_at.ok_or("seen")?;
    assert_eq!(
        store.now().since_ms(seen),
        1,
        "written at most once a minute"
    );
    Ok(())
}

async fn a_disabled_account_opens_no_session(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let disable = PersonChange {
        disabled: Some(true),
        role: None,
    };
    world
        .store
        .change_user(&Actor::Operator, &user.id, &disable)
        .await?;
    let opened = world
        .store
        .open_session(&user.id, "Firefox", SessionLimits::default())
        .await;
    assert!(matches!(opened, Err(StoreError::NotFound)));
    Ok(())
}

async fn the_last_admin_cannot_be_lost(world: World) -> Done {
    let (ada, _) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let disable = PersonChange {
        disabled: Some(true),
        role: None,
    };
    let demote = PersonChange {
        role: Some(Role::Legal),
        disabled: None,
    };
    for change in [&disable, &demote] {
        let changed = store.change_user(&Actor::Operator, &ada.id, change).await;
        assert!(matches!(changed, Err(StoreError::Conflict { .. })));
    }
    world.person("alan", Role::Admin).await?;
    store
        .change_user(&Actor::Operator, &ada.id, &disable)
        .await?;
    Ok(())
}

async fn guessing_an_account_gets_slower_with_every_failure(world: World) -> Done {
    let store = &world.store;
    for failure in 0..4 {
        assert_eq!(
            store
                .sign_in_delay_ms("ada@example.com", "10.0.0.1")
                .await?,
            0
        );
        let address = format!("10.0.1.{failure}");
        store
            .record_sign_in_failure("Ada@example.com", &address)
            .await?;
    }
    assert_eq!(
        store
            .sign_in_delay_ms("ada@example.com", "10.0.0.1")
            .await?,
        0
    );
    store
        .record_sign_in_failure("ada@example.com", "10.0.1.9")
        .await?;
    assert_eq!(
        store
            .sign_in_delay_ms("ada@example.com", "10.0.0.1")
            .await?,
        1_000
    );
    store
        .record_sign_in_failure("ada@example.com", "10.0.1.9")
        .await?;
    assert_eq!(
        store
            .sign_in_delay_ms("ada@example.com", "10.0.0.1")
            .await?,
        2_000
    );
    assert_eq!(
        store
            .sign_in_delay_ms("bob@example.com", "10.0.0.1")
            .await?,
        0
    );
    world.clock.advance_ms(1_500);
    assert_eq!(
        store
            .sign_in_delay_ms("ADA@example.com", "10.0.0.1")
            .await?,
        500
    );
    store.clear_sign_in_failures("ada@example.com").await?;
    assert_eq!(
        store
            .sign_in_delay_ms("ada@example.com", "10.0.0.1")
            .await?,
        0
    );
    Ok(())
}

async fn guessing_from_one_address_gets_slower_over_many_accounts(world: World) -> Done {
    for number in 0..40 {
        let account = format!("person{number}@example.com");
        world
            .store
            .record_sign_in_failure(&account, "10.0.0.1")
            .await?;
    }
    let wait = world
        .store
        .sign_in_delay_ms("someone@example.com", "10.0.0.1")
        .await?;
    assert_eq!(wait, 15 * 60_000);
    assert_eq!(
        world
            .store
            .sign_in_delay_ms("someone@example.com", "10.0.0.2")
            .await?,
        0
    );
    Ok(())
}

async fn a_password_typed_as_the_account_is_kept_nowhere(world: World) -> Done {
    let store = &world.store;
    store
        .record_sign_in_failure("correct horse battery", "10.0.0.1")
        .await?;
    let record = store.audit_after(0, 1).await?.remove(0);
    assert_eq!(record.subject, "account:(no e-mail address)");
    assert!(!record.detail.to_string().contains("horse"));
    Ok(())
}

async fn failures_are_forgotten_with_time(world: World) -> Done {
    let store = &world.store;
    for _ in 0..9 {
        store
            .record_sign_in_failure("ada@example.com", "10.0.0.1")
            .await?;
    }
    world.clock.advance_ms(24 * 3_600_000);
    store
        .record_sign_in_failure("ada@example.com", "10.0.0.1")
        .await?;
    assert_eq!(
        store
            .sign_in_delay_ms("ada@example.com", "10.0.0.1")
            .await?,
        0
    );
    Ok(())
}
