//! Signed-in browsers: how a session begins, goes on and ends.

use super::{Done, World, both};
use inhouse_protocol::{PersonChange, Role, SessionId, SignInMethod, UserId};
use inhouse_store::{Actor, NewSession, SessionLimits, StoreError};

both!(
    a_session_opens_and_ends_on_the_server,
    signing_in_again_ends_the_session_that_the_browser_came_with,
    disabling_an_account_ends_its_sessions_at_once,
    a_new_role_ends_the_sessions_that_had_the_old_one,
    a_new_password_ends_the_sessions,
    a_session_ends_with_its_age_however_busy,
    an_idle_session_ends_and_a_busy_one_goes_on,
    a_disabled_account_opens_no_session,
    a_person_sees_the_sessions_in_force_and_no_others,
    a_person_ends_their_own_session_and_nobody_elses,
    an_admin_ends_every_session_of_a_person,
    what_signed_in_is_sealed_in_the_record,
);

impl World {
    /// A new session of a browser.
    async fn session(
        &self,
        user: &UserId,
        client: &str,
    ) -> Result<SessionId, Box<dyn std::error::Error>> {
        let new = NewSession::new(SignInMethod::Password, client);
        Ok(self.store.open_session(user, &new).await?)
    }

    async fn is_live(&self, session: &SessionId) -> Result<bool, Box<dyn std::error::Error>> {
        let principal = self.store.principal_of_session(session).await?;
        Ok(principal.is_some())
    }
}

const DISABLE: PersonChange = PersonChange {
    role: None,
    disabled: Some(true),
};

async fn a_session_opens_and_ends_on_the_server(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let session = world.session(&user.id, "Firefox").await?;
    let other = world.session(&user.id, "Chrome").await?;
    let (principal, method) = store.signed_in(&session).await?.ok_or("signed in")?;
    assert_eq!(principal.user(), Some(&user));
    assert_eq!(principal.session(), Some(&session));
    assert_eq!(principal.actor(), Actor::User(user.id.clone()));
    assert_eq!(method, SignInMethod::Password);

    store.end_session(&principal.actor(), &session).await?;
    store.end_session(&principal.actor(), &session).await?;
    assert!(!world.is_live(&session).await?);
    assert!(world.is_live(&other).await?);
    assert!(!world.is_live(&"nobody".parse()?).await?);
    Ok(())
}

async fn signing_in_again_ends_the_session_that_the_browser_came_with(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let first = world.session(&user.id, "Firefox").await?;
    let elsewhere = world.session(&user.id, "Chrome").await?;
    let mut again = NewSession::new(SignInMethod::PasswordTotp, "Firefox");
    again.replaces = Some(first.clone());
    let second = world.store.open_session(&user.id, &again).await?;
    assert_ne!(first, second);
    assert!(!world.is_live(&first).await?);
    assert!(world.is_live(&second).await?);
    assert!(world.is_live(&elsewhere).await?);
    Ok(())
}

async fn disabling_an_account_ends_its_sessions_at_once(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let session = world.session(&user.id, "Firefox").await?;
    store
        .change_user(&Actor::Operator, &user.id, &DISABLE)
        .await?;
    assert!(!world.is_live(&session).await?);
    let acting = store.principal_of_email("emil@example.com").await?;
    assert!(acting.is_none());

    let enable = PersonChange {
        disabled: Some(false),
        role: None,
    };
    store
        .change_user(&Actor::Operator, &user.id, &enable)
        .await?;
    assert!(!world.is_live(&session).await?, "ended is ended");
    let acting = store.principal_of_email("emil@example.com").await?;
    assert!(acting.is_some());
    Ok(())
}

async fn a_new_role_ends_the_sessions_that_had_the_old_one(world: World) -> Done {
    let (user, _) = world.person("lena", Role::Legal).await?;
    let session = world.session(&user.id, "Firefox").await?;
    let demote = PersonChange {
        role: Some(Role::Employee),
        disabled: None,
    };
    let changed = world
        .store
        .change_user(&Actor::Operator, &user.id, &demote)
        .await?;
    assert_eq!(changed.role, Role::Employee);
    assert!(!world.is_live(&session).await?);
    Ok(())
}

async fn a_new_password_ends_the_sessions(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let session = world.session(&user.id, "Firefox").await?;
    store
        .set_password_hash(&Actor::Operator, &user.id, "$argon2id$two")
        .await?;
    assert!(!world.is_live(&session).await?);
    let known = store.password_hash_of("emil@example.com").await?;
    let (_, hash) = known.ok_or("there")?;
    assert_eq!(hash, "$argon2id$two");
    let nobody = store
        .set_password_hash(&Actor::Operator, &"nobody".parse()?, "x")
        .await;
    assert!(matches!(nobody, Err(StoreError::NotFound)));
    Ok(())
}

async fn a_session_ends_with_its_age_however_busy(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let mut new = NewSession::new(SignInMethod::Password, "Firefox");
    new.limits = SessionLimits {
        lifetime_ms: 3_600_000,
        idle_ms: 1_200_000,
    };
    let session = world.store.open_session(&user.id, &new).await?;
    for _ in 0..5 {
        world.clock.advance_ms(600_000);
        assert!(world.is_live(&session).await?);
    }
    world.clock.advance_ms(600_000);
    assert!(!world.is_live(&session).await?);
    Ok(())
}

async fn an_idle_session_ends_and_a_busy_one_goes_on(world: World) -> Done {
    let (user, _) = world.person("emil", Role::Employee).await?;
    let store = &world.store;
    let idle = world.session(&user.id, "Firefox").await?;
    let busy = world.session(&user.id, "Chrome").await?;
    let idle_ms = SessionLimits::default().idle_ms;
    world.clock.advance_ms(idle_ms - 1);
    assert!(world.is_live(&busy).await?);
    world.clock.advance_ms(1);
    assert!(!world.is_live(&idle).await?);
    assert!(world.is_live(&busy).await?);
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
    world
        .store
        .change_user(&Actor::Operator, &user.id, &DISABLE)
        .await?;
    let new = NewSession::new(SignInMethod::Oidc, "Firefox");
    let opened = world.store.open_session(&user.id, &new).await;
    assert!(matches!(opened, Err(StoreError::NotFound)));
    Ok(())
}

async fn a_person_sees_the_sessions_in_force_and_no_others(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let (olga, _) = world.person("olga", Role::Employee).await?;
    let store = &world.store;
    world.session(&olga.id, "Olga's").await?;
    let ended = world.session(&emil.id, "Ended").await?;
    store
        .end_session(&Actor::User(emil.id.clone()), &ended)
        .await?;
    world.session(&emil.id, "Forgotten").await?;
    let hour_ms = 3_600_000;
    world.clock.advance_ms(hour_ms);
    let here = world.session(&emil.id, "Here").await?;
    let seen = store.sessions(&emil.id, Some(&here)).await?;
    let told: Vec<_> = seen
        .iter()
        .map(|session| (session.client.as_str(), session.current))
        .collect();
    assert_eq!(told, [("Here", true), ("Forgotten", false)]);
    assert_eq!(seen[0].method, SignInMethod::Password);

    // Two hours without a request.
    world.clock.advance_ms(hour_ms);
    let seen = store.sessions(&emil.id, None).await?;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].id, here);
    Ok(())
}

async fn a_person_ends_their_own_session_and_nobody_elses(world: World) -> Done {
    let (emil, by) = world.person("emil", Role::Employee).await?;
    let (olga, _) = world.person("olga", Role::Employee).await?;
    let store = &world.store;
    let mine = world.session(&emil.id, "Firefox").await?;
    let theirs = world.session(&olga.id, "Firefox").await?;
    let refused = store.end_session_of(&by.actor(), &emil.id, &theirs).await;
    assert!(matches!(refused, Err(StoreError::NotFound)));
    assert!(world.is_live(&theirs).await?);

    store.end_session_of(&by.actor(), &emil.id, &mine).await?;
    assert!(!world.is_live(&mine).await?);
    let again = store.end_session_of(&by.actor(), &emil.id, &mine).await;
    assert!(matches!(again, Err(StoreError::NotFound)));
    Ok(())
}

async fn an_admin_ends_every_session_of_a_person(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    let (ada, admin) = world.person("ada", Role::Admin).await?;
    let store = &world.store;
    let one = world.session(&emil.id, "Firefox").await?;
    let two = world.session(&emil.id, "Chrome").await?;
    let kept = world.session(&ada.id, "Firefox").await?;
    assert_eq!(store.end_sessions(&admin.actor(), &emil.id).await?, 2);
    assert!(!world.is_live(&one).await?);
    assert!(!world.is_live(&two).await?);
    assert!(world.is_live(&kept).await?);
    let nobody = store.end_sessions(&admin.actor(), &"nobody".parse()?).await;
    assert!(matches!(nobody, Err(StoreError::NotFound)));
    Ok(())
}

async fn what_signed_in_is_sealed_in_the_record(world: World) -> Done {
    let (emil, _) = world.person("emil", Role::Employee).await?;
    world.session(&emil.id, "Emil's own browser").await?;
    let records = world.store.audit_after(0, 100).await?;
    let record = records.last().ok_or("a record")?;
    assert_eq!(record.action, "session.sign_in");
    assert_eq!(record.subject, format!("user:{}", emil.id));
    assert_eq!(record.detail["method"], "password");
    assert!(!record.detail.to_string().contains("Emil"));
    Ok(())
}
